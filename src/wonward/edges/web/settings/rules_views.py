"""Rules of selling and handing over: pipelines with their stages, what the gate asks, how handoffs are run."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import list_services
from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import FACTS_ASKED, PipelineRow, StageRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.custom_fields.queries import list_every_field
from wonward.journeys.handoff.operations import change_handoff_rules, drop_required_answer, require_answer
from wonward.journeys.handoff.queries import get_rules, list_asked_answers
from wonward.journeys.handoff.types import NewAskedAnswer
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.wording import heard

_MOST_ROWS = 40


@page(permission="sales.pipeline.edit", methods=("GET", "POST"))
def pipelines(request: SignedInRequest) -> HttpResponse:
    """Every pipeline; a new one."""
    errors: tuple[FieldError, ...] = ()
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            name = reader.text("name", limit=120)
            reader.finish()
            key = create_pipeline(actor=request.actor, name=name, now=request.now)
            return go_on(request, address_of("pipeline", pipeline_id=key), _("The pipeline is there, with the stages of the first one."))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = refusal.errors
    context = {"rows": list_pipelines(), "errors": errors, "said": take_said(request), "tab": "pipelines"}
    return render(request, "settings/pipelines.html", context, status=422 if errors else 200)


@page(permission="sales.pipeline.edit", methods=("GET", "POST"))
def pipeline(request: SignedInRequest, pipeline_id: int) -> HttpResponse:
    """One pipeline and its stages."""
    row = next((one for one in list_pipelines() if one.id == pipeline_id), None)
    if row is None:
        raise NotFound("pipeline", pipeline_id)
    errors: tuple[FieldError, ...] = ()
    problem, status = "", 200
    here = address_of("pipeline", pipeline_id=pipeline_id)
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            name, version, drafts = reader.text("name", limit=120), reader.version(), _drafts(reader)
            reader.finish()
            change_pipeline(actor=request.actor, pipeline_id=pipeline_id, name=name, stages=drafts, version=version, now=request.now)
            return go_on(request, here, _("Saved."), undo_url=here, undo=_as_form(row))
        except Stale as stale:
            problem, status = _("%(message)s Your entries are still here; save again to put them over the other change.") % {"message": stale.message}, 412
        except Conflict as refusal:
            problem, status = refusal.message, 409
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors, status = refusal.errors, 422
    lines = _lines(request, row)
    context = {
        "row": row, "lines": lines, "closed": [stage for stage in row.stages if stage.kind != "open"], "errors": errors, "problem": problem,
        "name": request.POST.get("name", row.name), "said": take_said(request), "tab": "pipelines",
        "facts": [(key, heard(words)) for key, words in FACTS_ASKED.items()], "asked_fields": _asked_fields(row),
    }
    return render(request, "settings/pipeline.html", context, status=status)


def _asked_fields(row: PipelineRow) -> dict[int, list[str]]:
    """The custom fields each stage asks for, by their labels."""
    found: dict[int, list[str]] = {}
    for one in list_every_field(noun="sales.deal"):
        for ref in one.places:
            found.setdefault(ref.id, []).append(one.label)
    return {stage.id: found[stage.id] for stage in row.stages if stage.id in found}


def _drafts(reader: FormReader) -> list[StageDraft]:
    """The rows in the order of their place; rows without a name are left out."""
    found = []
    for at in range(_MOST_ROWS):
        name = reader.text(f"name-{at}", limit=120)
        if not name or reader.flag(f"gone-{at}"):
            continue
        place = reader.number(f"place-{at}")
        percent, days = reader.number(f"probability-{at}"), reader.number(f"days-{at}")
        draft = StageDraft(
            reader.number(f"id-{at}"), name, 0 if percent is None else percent, 14 if days is None else days,
            tuple(name for name in FACTS_ASKED if reader.flag(f"asks-{at}-{name}")), tuple(reader.text(f"criteria-{at}", limit=6000).splitlines()),
        )
        found.append((at + 1 if place is None else place, at, draft))
    return [draft for _place, _at, draft in sorted(found, key=lambda one: one[:2])]


def _as_form(row: PipelineRow) -> dict[str, object]:
    """The pipeline as its form would send it. New stages get new ids, so a stage that was taken away comes back as a new one."""
    values: dict[str, object] = {"name": row.name}
    for at, stage in enumerate(stage for stage in row.stages if stage.kind == "open"):
        values |= {f"id-{at}": stage.id, f"name-{at}": stage.name, f"probability-{at}": stage.probability,
                   f"days-{at}": stage.days_until_stuck, f"place-{at}": at + 1, f"criteria-{at}": _criteria_text(stage)}
        values |= {f"asks-{at}-{name}": "1" for name in stage.required_fields}
    return values


def _criteria_text(stage: StageRow) -> str:
    return "\n".join(one.text for one in stage.exit_criteria)


def _lines(request: SignedInRequest, row: PipelineRow) -> list[tuple[object, ...]]:
    if request.method == "POST":
        sent = request.POST
        return [
            (sent.get(f"id-{at}", ""), sent[f"name-{at}"], sent.get(f"probability-{at}", ""), sent.get(f"days-{at}", ""),
             [name for name in FACTS_ASKED if sent.get(f"asks-{at}-{name}")], sent.get(f"criteria-{at}", ""))
            for at in range(_MOST_ROWS) if sent.get(f"name-{at}")
        ]
    return [
        (stage.id, stage.name, stage.probability, stage.days_until_stuck, stage.required_fields, _criteria_text(stage))
        for stage in row.stages if stage.kind == "open"
    ]


@page(permission="handoff.rules.edit", methods=("GET", "POST"))
def handoff_rules(request: SignedInRequest) -> HttpResponse:
    """How long delivery has, what kickoffs start with, and what the gate asks besides the five answers."""
    rules, errors = get_rules(), tuple[FieldError, ...]()
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            hours, version = reader.number("acceptance_hours"), reader.version()
            checklist = reader.text("checklist").splitlines()
            reader.finish()
            change_handoff_rules(
                actor=request.actor, acceptance_minutes=(hours or 0) * 60, checklist=checklist, version=version, now=request.now
            )
            before = {"acceptance_hours": rules.acceptance_minutes // 60, "checklist": "\n".join(rules.checklist)}
            here = address_of("handoff_rules")
            return go_on(request, here, _("Saved. Handoffs that exist keep their limit."), undo_url=here, undo=before)
        except Conflict:
            raise
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = refusal.errors
    return _show_rules(request, errors)


def _show_rules(request: SignedInRequest, errors: tuple[FieldError, ...]) -> HttpResponse:
    rules = get_rules()
    rows = list_pipelines()
    services = {one.id: one.name for one in list_services(actor=request.actor)} if request.actor.may("catalog.service.view") else {}
    names = {one.id: one.name for one in rows}
    asked = [
        (one, names.get(one.pipeline_id or 0) or services.get(one.service_id or 0) or "–", bool(one.pipeline_id)) for one in list_asked_answers()
    ]
    homes = [(f"pipeline:{one.id}", _("Pipeline %(name)s") % {"name": one.name}) for one in rows]
    homes += [(f"service:{key}", _("Service %(name)s") % {"name": name}) for key, name in services.items()]
    context = {
        "rules": rules, "hours": request.POST.get("acceptance_hours", rules.acceptance_minutes // 60),
        "checklist": request.POST.get("checklist", "\n".join(rules.checklist)), "asked": asked, "homes": homes, "errors": errors,
        "sent": request.POST, "said": take_said(request), "tab": "handoff_rules",
        "kinds": [("text", _("Text")), ("date", _("Date")), ("choice", _("One of several"))],
    }
    return render(request, "settings/handoff_rules.html", context, status=422 if errors else 200)


@page(permission="handoff.rules.edit", methods=("POST",))
def handoff_question(request: SignedInRequest) -> HttpResponse:
    """Ask for one more answer at the gate of a pipeline, or of deals with a service."""
    try:
        reader = FormReader(request.POST)
        kind, _colon, key = reader.text("home", limit=40).partition(":")
        if not (key.isascii() and key.isdigit() and len(key) < 16):
            raise Refused.field("home", _("Of which pipeline or service is it asked?"), "required")
        choices = tuple(line.strip() for line in reader.text("choices", limit=4000).splitlines() if line.strip())
        new = NewAskedAnswer(
            reader.text("label", limit=200), reader.text("kind", limit=10) or "text", "", choices,
            pipeline_id=int(key) if kind == "pipeline" else None, service_id=int(key) if kind == "service" else None,
        )
        reader.finish()
        answer_id = require_answer(actor=request.actor, new=new, now=request.now)
        undo_url = address_of("handoff_question_removal", answer_id=answer_id)
        return go_on(request, address_of("handoff_rules"), _("It is asked from now on."), undo_url=undo_url, undo={})
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _show_rules(request, refusal.errors)


@page(permission="handoff.rules.edit", methods=("POST",))
def handoff_question_removal(request: SignedInRequest, answer_id: int) -> HttpResponse:
    """Ask for an answer no more."""
    row = next((one for one in list_asked_answers() if one.id == answer_id), None)
    drop_required_answer(actor=request.actor, answer_id=answer_id, now=request.now)
    home = f"pipeline:{row.pipeline_id}" if row and row.pipeline_id else f"service:{row.service_id}" if row else ""
    before = {"home": home, "label": row.label, "kind": row.kind, "choices": "\n".join(row.choices)} if row else None
    return go_on(request, address_of("handoff_rules"), _("It is asked no more."), undo_url=address_of("handoff_question"), undo=before)
