"""Imports: a file goes up, is looked at, goes in, and may be taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.catalog.queries import list_services
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.queries import list_people
from wonward.edges.web.settings import import_presenting as show
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import number as say_number
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.journeys.imports.operations import (
    check_import,
    commit_import,
    delete_mapping,
    list_kinds,
    save_mapping,
    stage_import,
    undo_import,
    use_mapping,
)
from wonward.journeys.imports.queries import (
    get_batch,
    list_batches,
    list_fields,
    list_mappings,
    list_staged_rows,
    sum_rows,
)
from wonward.journeys.imports.types import KINDS, ROW_STATUSES, BatchRow
from wonward.kernel.errors import FieldError, Refused

ROWS_PER_PAGE = 50
IMPORTS = register_list(SavedList(
    "imports.batches", "imports", gettext_lazy("Imports"), gettext_lazy("All imports"), "imports.batch.run", ("what", "status", "q"),
    (
        ListColumn("file", gettext_lazy("File"), is_fixed=True), ListColumn("kind", gettext_lazy("What"), is_sortable=False),
        ListColumn("rows", gettext_lazy("Rows"), is_number=True, has_sum=True), ListColumn("written", gettext_lazy("Written"), is_number=True, is_sortable=False),
        ListColumn("problems", gettext_lazy("Remarks"), is_number=True, is_sortable=False), ListColumn("status", gettext_lazy("State"), is_sortable=False),
        ListColumn("created_at", gettext_lazy("When, who")),
    ),
    (("kind", gettext_lazy("What")), ("status", gettext_lazy("State")), ("author", gettext_lazy("Who"))),
))


@page(permission="imports.batch.run", methods=("GET", "POST"))
def imports(request: SignedInRequest) -> HttpResponse:
    """Send a file up, and what was imported so far."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _stage(request)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    look = look_at(request, IMPORTS)
    place = look.query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    what, status, text = look.query.get("what", ""), look.query.get("status", ""), look.query.get("q", "").strip()[:120]
    asked = {"kind": what if what in KINDS else "", "status": status if status in show.STATUS_WORDS else "", "text": text}
    found = list_batches(
        actor=request.actor, **asked, sort=look.state.sort or "-created_at", group=look.state.group, offset=(number - 1) * ROWS_PER_PAGE,
        limit=ROWS_PER_PAGE + 1,
    )
    sums = {"rows": say_number(sum_rows(actor=request.actor, **asked))} if "rows" in look.sums and found else {}
    context = {
        "look": look, "sort": look.state.sort or "-created_at", "sort_href": look.without("sort", "page"), "base_href": look.without("page"),
        "what": what, "status": status, "text": text, "kept": look.kept("what", "status", "q"), "is_filtered": any(asked.values()), "sums": sums,
        "status_options": [(key, str(words)) for key, words in show.STATUS_WORDS.items()],
        "groups": show.batch_groups(found[:ROWS_PER_PAGE], look.state.group, request.actor.time_zone), "has_next": len(found) > ROWS_PER_PAGE,
        "page_number": number, "kinds": [(kind, show.kind_label(kind)) for kind in list_kinds(request.actor)], "errors": errors,
        "kind": request.POST.get("kind", request.GET.get("kind", "deals")),
    }
    if errors and is_fragment(request):
        return render_block(request, "settings/imports.html", "upload", context, status=422)
    return render(request, "settings/imports.html", context, block="list", status=422 if errors else 200)


def _stage(request: SignedInRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    kind = request.POST.get("kind", "")
    if upload is None:
        raise Refused.field("file", _("Choose a file: CSV, Excel or JSON lines as other products export them."), "required")
    if kind not in KINDS:
        raise Refused.field("kind", _("Say what the rows of the file are."), "required")
    batch_id = stage_import(actor=request.actor, kind=kind, file_name=upload.name or "import", stream=upload, now=request.now)
    return go_to(request, address_of("import_batch", batch_id=batch_id))


def _offers(request: SignedInRequest, row: BatchRow) -> dict[str, list[tuple[str, str]]]:
    """What a value of the file may become, besides what is proposed."""
    about = {value.about for value in row.values}
    if row.status != "staged":
        return {}
    offers: dict[str, list[tuple[str, str]]] = {"company": [("create", _("New company"))]}
    if "stage" in about:
        pipelines = list_pipelines()
        offers["stage"] = [
            (str(stage.id), stage.name if len(pipelines) == 1 else f"{pipeline.name}: {stage.name}")
            for pipeline in pipelines for stage in pipeline.stages
        ] + [("won", _("Won, as history")), ("lost", _("Lost, as history")), ("create", _("New stage"))]
    if "owner" in about:
        offers["owner"] = [("me", _("You")), ("create", _("New person without sign-in")), ("none", _("Nobody")),
                           *((str(person.id), person.name) for person in list_people(actor=request.actor))]
    if "service" in about:
        offers["service"] = [("create", _("New service")),
                             *((str(service.id), service.name) for service in list_services(actor=request.actor))]
    return offers


def _context(request: SignedInRequest, batch_id: int, errors: dict[str, str] | None = None) -> dict[str, Any]:
    row = get_batch(actor=request.actor, batch_id=batch_id)
    wanted = request.GET.get("rows", "")
    wanted = wanted if wanted in ROW_STATUSES else ""
    is_staged = row.status == "staged"
    words, tone, icon = show.status_look(row)
    return {
        "losses": row.losses, "lost_cells": sum(one.filled for one in row.losses),
        "mappings": list_mappings(actor=request.actor, batch_id=batch_id) if is_staged else [],
        "batch": row, "kind": show.kind_label(row.kind), "status_words": words, "status_tone": tone, "status_icon": icon,
        "columns": show.column_rows(row, list_fields(row.kind, actor=request.actor), is_staged), "values": show.value_groups(row, _offers(request, row)),
        "steps": show.steps_of(row), "expected": show.count_rows(row.expected), "counts": show.count_rows(row.counts),
        "problems": show.problem_rows(row.problem_groups), "check_count": sum(1 for line in row.mapping if line.field and line.confidence < show.SURE),
        "reconciliation": show.reconciliation_rows(row.reconciliation), "kept": show.kept_rows(row.kept),
        "progress": show.progress_words(row), "progress_share": round(1000 * row.rows_applied / row.rows) if row.rows else 0,
        "is_staged": is_staged, "rows_wanted": wanted, "errors": errors or {},
        "error_list": [FieldError("", message) for message in (errors or {}).values()],
        "file_rows": show.staged_rows(list_staged_rows(actor=request.actor, batch_id=batch_id, status=wanted, limit=ROWS_PER_PAGE))
        if wanted else [],
        "may_undo": row.status in ("done", "failed"), "may_go_on": row.status == "failed",
        "left_out": row.expected.get("stopped", 0) if is_staged else row.counts.get("skipped", 0),
    }


@page(permission="imports.batch.run")
def import_batch(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """One import: what would happen, how far it is, what came of it."""
    return render(request, "settings/import.html", _context(request, batch_id), block="sheet")


@page(permission="imports.batch.run", methods=("POST",))
def import_commit(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Look again with other choices, or let the import go ahead with them."""
    row = get_batch(actor=request.actor, batch_id=batch_id)
    choices = show.read_choices(row, request.POST)
    version = request.POST.get("version", "")
    try:
        if request.POST.get("do") == "check" or (row.status == "staged" and version.isdecimal() and int(version) != row.version):
            check_import(
                actor=request.actor, batch_id=batch_id, choices=choices, version=int(version) if version.isdecimal() else None,
                now=request.now,
            )
        else:
            commit_import(actor=request.actor, batch_id=batch_id, choices=choices if row.status == "staged" else {}, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return render(request, "settings/import.html", _context(request, batch_id, errors_by_field(refusal.errors)), block="sheet", status=422)
    return _drawn_again(request, batch_id)


@page(permission="imports.batch.run", methods=("POST",))
def import_mappings(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Keep the choices of this import under a name."""
    reader = FormReader(request.POST)
    name = reader.text("name", limit=200)
    reader.finish()
    row = get_batch(actor=request.actor, batch_id=batch_id)
    choices = show.read_choices(row, request.POST)
    try:
        if row.status == "staged" and (choices["mapping"] or len(choices) > 1):
            check_import(actor=request.actor, batch_id=batch_id, choices=choices, now=request.now)
        save_mapping(actor=request.actor, batch_id=batch_id, name=name, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return render(request, "settings/import.html", _context(request, batch_id, errors_by_field(refusal.errors)), block="sheet", status=422)
    return _drawn_again(request, batch_id)


@page(permission="imports.batch.run", methods=("POST",))
def import_mapping(request: SignedInRequest, batch_id: int, mapping_id: int) -> HttpResponse:
    """Read the file by kept choices, or forget them."""
    if request.POST.get("do") == "delete":
        get_batch(actor=request.actor, batch_id=batch_id)
        delete_mapping(actor=request.actor, mapping_id=mapping_id, now=request.now)
    else:
        use_mapping(actor=request.actor, batch_id=batch_id, mapping_id=mapping_id, now=request.now)
    return _drawn_again(request, batch_id)


@page(permission="imports.batch.run", methods=("POST",))
def import_undo(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Take back what an import brought, as far as nobody worked on it since."""
    undo_import(actor=request.actor, batch_id=batch_id, now=request.now)
    return _drawn_again(request, batch_id)


def _drawn_again(request: SignedInRequest, batch_id: int) -> HttpResponse:
    if is_fragment(request):
        return render_block(request, "settings/import.html", "sheet", _context(request, batch_id))
    return HttpResponseRedirect(address_of("import_batch", batch_id=batch_id))
