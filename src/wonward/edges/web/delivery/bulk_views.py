"""Changing many tasks at once: what would happen is shown first, and one undo takes all of it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.operations import label_tasks
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import find_tasks, list_outline, list_tasks
from wonward.domains.delivery.types import (
    PRIORITIES,
    TASK_STATUSES,
    MovedTasks,
    PlacedTask,
    PlanEdit,
    RemovedTask,
    TaskChange,
)
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.edges.web.delivery.list_views import list_context
from wonward.edges.web.delivery.plan_presenting import role_options
from wonward.edges.web.delivery.task_presenting import priority_words, status_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.journeys.house.operations import trash_tasks
from wonward.journeys.promises.operations import ChangedPlan, ReasonRequired, change_plan, preview_plan
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.wording import heard

MOST_ROWS = 1000
MOVED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is asked of which tasks; `edits` is empty when only labels change, and says what a removal into the trash would do."""

    task_ids: list[int]
    edits: list[PlanEdit]
    add_label: str
    remove_label: str
    words: str
    is_removal: bool = False


@page(permission="delivery.plan.change", methods=("POST",))
def bulk_edit(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Choose what to change, look at what it does, and apply it."""
    get_project(actor=request.actor, project_id=project_id)
    ids = _chosen(request, project_id)
    if request.POST.get("step", "choose") == "choose":
        return _form(request, project_id, ids, {}, None, "")
    try:
        bulk = _read(request, project_id, ids)
        if request.POST.get("step") == "apply":
            return _apply(request, project_id, bulk)
        return _form(request, project_id, ids, {}, _preview(request, project_id, bulk), bulk.words)
    except ReasonRequired as refusal:
        preview = preview_plan(actor=request.actor, project_id=project_id, changes=bulk.edits, now=request.now)
        return _form(request, project_id, ids, errors_by_field(refusal.errors), preview, bulk.words)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _form(request, project_id, ids, errors_by_field(refusal.errors), None, "")


def _chosen(request: SignedInRequest, project_id: int) -> list[int]:
    texts = request.POST.getlist("task_id")
    ids = list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and len(text) < 16))
    if not ids or len(texts) > MOST_ROWS:
        raise Refused.field("task_id", _("Choose 1 to %(n)s rows.") % {"n": MOST_ROWS}, "required")
    found = find_tasks(task_ids=ids)
    for key in ids:
        if key not in found or found[key].project_id != project_id:
            raise NotFound("task", key)
    return ids


def _read(request: SignedInRequest, project_id: int, ids: list[int]) -> Bulk:
    reader = FormReader(request.POST)
    what, days = reader.text("what", limit=12), reader.number("days") or 0
    label, person = reader.text("label", limit=40), reader.number("assignee_id")
    reader.finish()
    count = ngettext("%(n)s task", "%(n)s tasks", len(ids)) % {"n": len(ids)}
    if what == "status" and (status := request.POST.get("status", "")) in TASK_STATUSES:
        return _set_to(project_id, ids, status)
    if what == "priority" and (priority := request.POST.get("priority", "")) in ("", *PRIORITIES):
        name = priority_words(priority) if priority else _("as the client")
        return Bulk(ids, [TaskChange(key, {"priority": priority}) for key in ids], "", "",
                    _("Priority of %(count)s: %(priority)s") % {"count": count, "priority": name})
    if what == "assignee":
        name = get_person_names([person]).get(person, "") if person else _("nobody")
        return Bulk(ids, [TaskChange(key, {"assignee_id": person}) for key in ids], "", "",
                    _("%(count)s given to %(name)s") % {"count": count, "name": name})
    if what == "role":
        role = reader.text("role", limit=120)
        return Bulk(ids, [TaskChange(key, {"role": role}) for key in ids], "", "",
                    _("Role of %(count)s: %(role)s") % {"count": count, "role": role or _("no role")})
    if what == "phase":
        return _placed(project_id, ids, reader.number("parent_id"), count)
    if what == "remove":
        return Bulk(ids, [RemovedTask(key) for key in ids], "", "", _("%(count)s put into the trash") % {"count": count}, is_removal=True)
    if what == "shift":
        if not days:
            raise Refused.field("days", _("Say by how many working days."), "required")
        return Bulk(ids, [MovedTasks(tuple(ids), days)], "", "", ngettext(
            "%(count)s moved by %(n)s working day", "%(count)s moved by %(n)s working days", abs(days)) % {"count": count, "n": days})
    if what in ("label", "unlabel"):
        if not label:
            raise Refused.field("label", _("Write a label."), "required")
        words = _("“%(label)s” put on %(count)s") if what == "label" else _("“%(label)s” taken off %(count)s")
        return Bulk(ids, [], label if what == "label" else "", label if what == "unlabel" else "", words % {"label": label, "count": count})
    raise Refused.field("what", _("Choose what to change."), "required")


def _set_to(project_id: int, ids: list[int], status: str) -> Bulk:
    """A phase is as far as what lies in it, so a chosen one passes over."""
    outline = list_outline(project_id=project_id)
    phases = {row.id for row in outline if row.kind == "phase"} & {row.parent_id for row in outline}
    work = [key for key in ids if key not in phases]
    if not work:
        raise Refused.field("what", _("A phase is as far as what lies in it. Choose the tasks in it."), "phase")
    count = ngettext("%(n)s task", "%(n)s tasks", len(work)) % {"n": len(work)}
    return Bulk(ids, [TaskChange(key, {"status": status}) for key in work], "", "",
                _("%(count)s set to “%(state)s”") % {"count": count, "state": status_words(status)})


def _placed(project_id: int, ids: list[int], parent_id: int | None, count: str) -> Bulk:
    """The chosen tasks one after the other at the end of a phase, or at the top; what lies in a chosen one stays in it."""
    parents = {row.id: row.parent_id for row in list_outline(project_id=project_id)}
    chosen = set(ids)

    def lies_in_chosen(key: int) -> bool:
        above = parents.get(key)
        while above is not None and above not in chosen:
            above = parents.get(above)
        return above is not None

    heads = [key for key in parents if key in chosen and not lies_in_chosen(key)]
    inside = [key for key, parent in parents.items() if parent == parent_id and key not in chosen]
    name = find_tasks(task_ids=[parent_id])[parent_id].name if parent_id in parents else ""
    if parent_id is not None and not name:
        raise Refused.field("parent_id", _("Choose a phase of this plan."), "unknown")
    edits: list[PlanEdit] = []
    last = inside[-1] if inside else None
    for key in heads:
        edits.append(PlacedTask(key, parent_id, last))
        last = key
    return Bulk(ids, edits, "", "", _("%(count)s put into “%(phase)s”") % {"count": count, "phase": name} if name
                else _("%(count)s put at the top") % {"count": count})


def _preview(request: SignedInRequest, project_id: int, bulk: Bulk) -> ChangedPlan | None:
    if not bulk.edits:
        return None
    return preview_plan(actor=request.actor, project_id=project_id, changes=bulk.edits, now=request.now)


def _apply(request: SignedInRequest, project_id: int, bulk: Bulk) -> HttpResponse:
    undo: dict[str, Any] = {}
    reason = FormReader(request.POST).text("reason", limit=2000)
    if bulk.is_removal:
        item_id, _changed = trash_tasks(actor=request.actor, task_ids=bulk.task_ids, reason=reason, now=request.now)
        undo = {"undo_url": address_of("trash_return", item_id=item_id), "undo_values": {}}
    elif bulk.edits:
        changed = change_plan(actor=request.actor, project_id=project_id, changes=bulk.edits, reason=reason, now=request.now)
        undo = {"undo_url": address_of("plan_undo", project_id=project_id), "undo_values": {"plan_version": changed.outcome.plan_version}}
    else:
        done = label_tasks(
            actor=request.actor, project_id=project_id, task_ids=bulk.task_ids, add=[bulk.add_label] if bulk.add_label else [],
            remove=[bulk.remove_label] if bulk.remove_label else [], now=request.now,
        )
        ids = sorted({key for keys in done.values() for key in keys})
        if ids:
            undo = {"undo_url": address_of("bulk_labels", project_id=project_id), "undo_values": {
                "task_ids": ",".join(map(str, ids)), "add": bulk.remove_label, "remove": bulk.add_label}}
    if not is_fragment(request):
        return go_to(request, address_of("project_list", project_id=project_id))
    response = render_block(request, "delivery/list.html", "rows", list_context(request, project_id))
    return with_toast(response, f"{bulk.words}.", closes_drawer=True, **undo)


@page(permission="delivery.plan.change", methods=("POST",))
def bulk_labels(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Put labels back as they were before a bulk change."""
    texts = request.POST.get("task_ids", "")[:16_000].split(",")
    ids = [int(text) for text in texts if text.isdecimal() and len(text) < 16]
    reader = FormReader(request.POST)
    add, remove = reader.text("add", limit=40), reader.text("remove", limit=40)
    reader.finish()
    if not ids or not (add or remove):
        raise Refused.field("task_ids", _("Say which tasks and which label."), "required")
    label_tasks(
        actor=request.actor, project_id=project_id, task_ids=ids, add=[add] if add else [], remove=[remove] if remove else [], now=request.now
    )
    response = render_block(request, "delivery/list.html", "rows", list_context(request, project_id))
    return with_toast(response, _("Put back as it was."))


def _form(
    request: SignedInRequest, project_id: int, ids: list[int], errors: dict[str, str], preview: ChangedPlan | None, words: str
) -> HttpResponse:
    actor = request.actor
    found = find_tasks(task_ids=ids)
    moved = preview.outcome.others if preview else ()
    context = {
        "project": get_project(actor=actor, project_id=project_id), "ids": ids, "values": request.POST, "errors": errors,
        "names": [found[key].name for key in ids[:5]], "rest": max(0, len(ids) - 5), "words": words, "preview": preview,
        "moved_count": len(moved), "broken": preview.broken if preview else (),
        "moved": [{"name": one.name, "before": date_short(one.start_before), "after": date_short(one.start_date), "because": heard(one.because)}
                  for one in moved[:MOVED_SHOWN]],
        "people_options": [(person.id, person.name) for person in list_people(actor=actor, with_placeholders=True)],
        "status_options": [(key, status_words(key)) for key in TASK_STATUSES],
        "priority_options": [(key, priority_words(key)) for key in PRIORITIES], "role_options": role_options(request.POST.get("role", "")),
        "phase_options": [(row.id, row.name) for row in list_tasks(actor=actor, project_id=project_id) if row.kind == "phase" and row.id not in ids],
        "action": request.get_full_path(),
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "delivery/bulk.html", "drawer_body", context, status=status)
    return render(request, "delivery/bulk.html", context, status=status)
