"""Making and editing templates: an empty one, one from the gallery, from a project or from a file; and the editor."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.catalog.operations import (
    add_gallery_templates,
    change_template,
    create_template,
    import_template,
)
from wonward.domains.catalog.queries import (
    compare_drafts,
    expand_draft,
    find_mistakes,
    get_template,
    list_gallery,
    list_template_options,
)
from wonward.domains.delivery.operations import create_template_of_project
from wonward.domains.delivery.queries.projects import list_projects
from wonward.edges.web.settings.template_draft import (
    MOST_ROWS,
    Draft,
    change_rows,
    details_of,
    draft_of,
    read_draft,
)
from wonward.edges.web.settings.template_presenting import editor_rows, gallery_cards, kind_words
from wonward.edges.web.settings.template_preview import chosen_options, preview_context, read_sold
from wonward.edges.web.settings.views import require_delivery
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.errors import FieldError, Refused

LARGEST_FILE = 4 * 1024 * 1024
MOST_PROJECTS = 200


@page(permission="catalog.template.edit", methods=("GET", "POST"))
def new_template(request: SignedInRequest) -> HttpResponse:
    """Where a new template starts from."""
    require_delivery()
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return go_to(request, reverse("template", kwargs={"template_id": _make(request)}))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors[:8])
    projects = list_projects(actor=request.actor, limit=MOST_PROJECTS) if request.actor.may("delivery.project.view") else []
    context = {
        "errors": errors, "values": request.POST, "gallery": gallery_cards(list_gallery(actor=request.actor)),
        "projects": [(row.id, f"{row.number} {row.name}") for row in projects],
        "project_id": request.POST.get("project_id") or request.GET.get("project", ""),
    }
    return render(request, "settings/new_template.html", context, status=422 if errors else 200)


def _make(request: SignedInRequest) -> int:
    """Make what was asked for and return its id; of several the first."""
    source, reader = request.POST.get("source", ""), FormReader(request.POST)
    if source == "gallery":
        keys = request.POST.getlist("keys")
        if not keys:
            raise Refused.field("keys", _("Choose at least one."), "required")
        return add_gallery_templates(actor=request.actor, keys=keys, now=request.now)[0]
    if source == "file":
        return import_template(actor=request.actor, document=_read_upload(request), now=request.now)
    name = reader.text("name", limit=200)
    if source == "project":
        project_id = reader.number("project_id")
        reader.finish()
        if project_id is None:
            raise Refused.field("project_id", _("Choose a project."), "required")
        return create_template_of_project(actor=request.actor, project_id=project_id, name=name, now=request.now)
    reader.finish()
    items: list[dict[str, Any]] = [
        {"key": "start", "kind": "phase", "name": _("First phase")},
        {"key": "kickoff", "kind": "task", "name": _("Kickoff"), "parent": "start", "duration_days": 1},
        {"key": "done", "kind": "milestone", "name": _("Done"), "after": [{"key": "kickoff"}], "promise_key": "finish"},
    ]
    return create_template(actor=request.actor, name=name, items=items, now=request.now)


def _read_upload(request: SignedInRequest) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        raise Refused.field("file", _("Choose a file that was saved from a template."), "required")
    if (upload.size or 0) > LARGEST_FILE:
        raise Refused.field("file", _("This file is larger than a template can be."), "too_large")
    try:
        return json.loads(upload.read().decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused.field("file", _("This file cannot be read; it is not JSON."), "format") from None


@page(permission="catalog.template.edit", methods=("GET", "POST"))
def template_editor(request: SignedInRequest, template_id: int) -> HttpResponse:
    """The outline to edit. Every press of a button sends the whole draft; only Save writes, as the next version."""
    require_delivery(template_id)
    row = get_template(actor=request.actor, template_id=template_id)
    if request.method != "POST":
        return _show(request, template_id, draft_of(row.name, row.items[:MOST_ROWS]), row.version)
    draft, do = read_draft(request.POST), request.POST.get("do", "check")
    reader = FormReader(request.POST)
    version = reader.version()
    reader.finish()
    if do == "save" and len(row.items) <= MOST_ROWS:
        errors = _faults(draft)
        if not errors:
            change_template(
                actor=request.actor, template_id=template_id, name=draft.name, items=draft.items(), note=draft.note, version=version,
                now=request.now,
            )
            return go_to(request, reverse("template", kwargs={"template_id": template_id}))
        return _show(request, template_id, draft, version, status=422)
    if do not in ("save", "check", "look"):
        change_rows(draft, do)
    return _show(request, template_id, draft, version, is_look=do == "look")


def _faults(draft: Draft) -> bool:
    """Whether anything keeps the draft from being saved; every fault is noted in the draft."""
    items = draft.items()
    if not draft.name:
        draft.faults.append(("name", _("A template needs a name.")))
    if draft.is_readable:
        draft.tell(find_mistakes(items))
    return bool(draft.faults) or not draft.is_readable


def _show(
    request: SignedInRequest, template_id: int, draft: Draft, version: int | None, *, is_look: bool = False, status: int = 200
) -> HttpResponse:
    row = get_template(actor=request.actor, template_id=template_id)
    is_faulty = _faults(draft) if status == 200 else True
    sold = read_sold(request.POST or request.GET, civil_date(request.now, request.actor.time_zone))
    items = draft.items() if not is_faulty else []
    options = list_template_options([item for item in (line.details for line in draft.rows) if item.get("when")])
    preview = preview_context(expand_draft(items, quantity=sold.quantity, options=chosen_options(sold)), sold, options)
    opened = draft.rows[draft.opened] if draft.opened is not None else None
    context = {
        "template": row, "draft": draft, "version": version, "rows": editor_rows(draft.rows), "opened": draft.opened,
        "details": details_of(opened) if opened else {}, "preview": preview, "is_faulty": is_faulty,
        "faults": _fault_list(draft), "kinds": [(kind, kind_words(kind)) for kind in ("phase", "task", "milestone", "approval")],
        "anchors": [("project", _("Kickoff or promised finish"))] + [
            (line.key, f"{line.number} {line.name}") for line in draft.rows if line.kind != "task" and line is not opened
        ],
        "roles": sorted({line.role for line in draft.rows if line.role}), "change_count": len(compare_drafts(row.items, items)) if items else 0,
        "is_too_large": len(row.items) > MOST_ROWS, "next_number": row.number + 1,
        "action": reverse("template_editor", kwargs={"template_id": template_id}),
    }
    if is_look:
        return render_block(request, "settings/editor_side.html", "side", context)
    return render(request, "settings/template_editor.html", context, block="editor", status=status)


def _fault_list(draft: Draft) -> list[FieldError]:
    """Every sentence, each with the field it leads to."""
    found = [FieldError(place, message) for place, message in draft.faults]
    for place, row in enumerate(draft.rows):
        found += [FieldError(f"{name}-{place}", message) for name, message in row.faults]
    return found
