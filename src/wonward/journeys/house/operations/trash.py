"""The trash: a record leaves its tables with all its rows, comes back with all of them, or goes for good after 30 days.

While it is there no list, count, search or unique name knows of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from wonward.domains.delivery.queries.projects import find_removed_tasks, find_undo, get_project
from wonward.domains.delivery.types import PlanEdit, RemovedTask, RestoredTask
from wonward.foundation.access.policy import names_of, require, visible_refs
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.custom_fields.registry import find_host
from wonward.foundation.database.operations import (
    check_links,
    empty_links,
    fill_links,
    remove_rows,
    write_rows,
)
from wonward.foundation.database.queries import read_rows
from wonward.foundation.events.operations import publish, publish_many
from wonward.foundation.files.storage import current_storage
from wonward.journeys.house.events import RecordBroughtBack, RecordTrashed
from wonward.journeys.house.models import TrashItem
from wonward.journeys.house.queries.holds import held_companies, held_projects, is_held
from wonward.journeys.house.queries.trash import (
    KEPT_FOR,
    NOUNS,
    SETTINGS,
    Belongings,
    find_belongings,
    visible_trash,
)
from wonward.journeys.house.rules.holds import on_hold
from wonward.journeys.house.rules.sample import table_of
from wonward.journeys.promises.operations import (
    ChangedPlan,
    ReasonRequired,
    change_plan,
    undo_plan_change,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import joined, worded

TASK = "delivery.task"
_MOST_NAMED = 5
_USES = {
    "sales.deal": worded("Deals"), "sales.stagevisit": worded("Steps of deals"), "sales.lead": worded("Leads"), "sales.leadform": worded("Forms"),
    "handoff.requiredanswer": worded("Questions at the handoff"), "insights.objective": worded("Objectives"), "saved_views.savedview": worded("Saved views"),
}


def trash_record(*, actor: Actor, ref: Ref, reason: str = "", now: datetime) -> int:
    """Put a record that the actor may change into the trash; its place there.

    A pipeline or a team goes once nobody uses it. A task leaves its plan, which is dated anew: that asks for `reason` when it breaks a confirmed promise. Refused while records that must not be without it stand on it: they are named. NotFound when the actor does not see it.
    """
    return _put_away(actor, [ref], reason, None, None, now)[0]


def trash_tasks(
    *, actor: Actor, task_ids: Sequence[int], reason: str = "", version: int | None = None, plan_version: int | None = None, now: datetime
) -> tuple[int, ChangedPlan]:
    """Put tasks of one plan with everything in them into the trash at one place; the place, and what it made of the plan.

    `version` is that of the only task and `plan_version` that of the plan their author saw.
    """
    item_id, changed = _put_away(actor, [Ref(TASK, key) for key in dict.fromkeys(task_ids)], reason, version, plan_version, now)
    assert changed is not None
    return item_id, changed


@transaction.atomic
def undo_plan(*, actor: Actor, project_id: int, plan_version: int, reason: str = "", now: datetime) -> ChangedPlan:
    """Put back what the change to `plan_version` did: tasks it took out come back from the trash with all that hung on them.

    Tasks it added go into the trash with all that hangs on them since, so that this can be put back as well. `reason` is kept where a
    promise breaks. Stale when the plan has moved on since, Conflict when the tasks have left the trash.
    """
    project = get_project(actor=actor, project_id=project_id)
    gone, rest, meant = find_removed_tasks(project_id=project_id, plan_version=plan_version)
    if gone:
        if meant != project.plan_version:
            raise Stale(
                worded("The plan of {number} moved in the meantime.", number=project.number),
                current={"plan_version": project.plan_version}, yours={"plan_version": meant},
            )
        item = visible_trash(actor).filter(noun=TASK, ref_id__in=gone).order_by("-pk").first()
        if item is None:
            raise Conflict(worded("The tasks that were removed no longer lie in the trash."))
        changed = _returned(actor, item.pk, now, rest)[1]
        assert changed is not None
        return changed
    edits, meant = find_undo(project_id=project_id, plan_version=plan_version)
    added = [Ref(TASK, edit.task_id) for edit in edits if isinstance(edit, RemovedTask)]
    if not added:
        return undo_plan_change(actor=actor, project_id=project_id, plan_version=plan_version, reason=reason, now=now)
    try:
        with transaction.atomic():
            changed = _put_away(actor, added, "", None, meant, now, edits)[1]
    except ReasonRequired:
        changed = _put_away(actor, added, reason, None, meant, now, edits)[1]
    assert changed is not None
    return changed


def _put_away(
    actor: Actor, refs: Sequence[Ref], reason: str, version: int | None, plan_version: int | None, now: datetime, edits: Sequence[PlanEdit] = ()
) -> tuple[int, ChangedPlan | None]:
    """Records of one kind into one place of the trash; tasks are of one plan, out of which `edits` take them or which else loses just them."""
    ref, *others = refs
    if ref.noun in SETTINGS:
        return _put_setting_away(actor, ref, now), None
    host = find_host(ref.noun) if ref.noun in NOUNS else None
    seen = visible_refs(actor, refs) if host is not None else set()
    for one in refs:
        if one not in seen:
            raise NotFound("record", one)
    assert host is not None
    with transaction.atomic():
        # Of many tasks the plan is asked, which is one and lets no other's go.
        for one in refs[:1] if ref.noun == TASK else refs:
            host.require_change(actor, one.id)
            if is_held(one):
                raise on_hold()
        found = find_belongings(ref=ref, also=[one.id for one in others])
        if found.in_the_way:
            what = ", ".join(f"{count} × {table.rpartition('.')[2]}" for table, count in sorted(found.in_the_way.items())[:_MOST_NAMED])
            raise Conflict(worded("Other records stand on this one and cannot be without it ({what}). Put those away first.", what=what))
        names = names_of(refs)
        root = found.rows[table_of(ref.noun)][ref.id]
        item = _keep(actor, ref, ", ".join(names.get(one, str(one)) for one in refs), found, bool(root.get("is_restricted")), now)
        for table, column, keys, _target in found.emptied:
            empty_links(table, column, keys)
        changed = None
        if ref.noun == TASK:
            removals: list[PlanEdit] = [RemovedTask(one.id, version) for one in refs]
            changed = change_plan(
                actor=actor, project_id=root["project_id"], changes=edits or removals, reason=reason, plan_version=plan_version, now=now
            )
        _take_out(actor, refs, item, found, now)
    return item.pk, changed


def _keep(actor: Actor, ref: Ref, name: str, found: Belongings, is_restricted: bool, now: datetime) -> TrashItem:
    return TrashItem.objects.create(
        noun=ref.noun, ref_id=ref.id, name=name[:400], is_restricted=is_restricted, user_id=actor.user_id,
        rows={table: list(rows.values()) for table, rows in found.rows.items()}, emptied=found.emptied, trashed_by=actor.label[:160], trashed_at=now,
    )


def _take_out(actor: Actor, refs: Sequence[Ref], item: TrashItem, found: Belongings, now: datetime) -> None:
    for table, rows in found.rows.items():
        remove_rows(table, rows)
    check_links()
    record_changes(actor=actor, operation="house.trash", changes=[Change(one, {"trash": [None, item.pk]}) for one in refs], now=now)
    publish_many([RecordTrashed(noun=one.noun, ref_id=one.id) for one in refs], actor=actor, now=now)


@transaction.atomic
def _put_setting_away(actor: Actor, ref: Ref, now: datetime) -> int:
    """A pipeline with its stages, or a team with its rights and calendar; refused, naming them, while anything uses it."""
    require(actor, SETTINGS[ref.noun])
    table = table_of(ref.noun)
    root = next(iter(read_rows(table, where={"id": ref.id})), None)
    if root is None:
        raise NotFound("record", ref)
    if root.get("is_default"):
        raise Conflict(worded("“{name}” is the first choice for everything new; it stays.", name=root["name"]))
    found = find_belongings(ref=ref)
    if users := _users_of(found):
        raise Conflict(worded("“{name}” is in use: {names}.", name=root["name"], names=joined(users, ", ")))
    item = _keep(actor, ref, root["name"], found, False, now)
    for name, column, keys, _target in found.emptied:
        empty_links(name, column, keys)
    _take_out(actor, [ref], item, found, now)
    return item.pk


def _users_of(found: Belongings) -> list[str]:
    """Who and what uses a setting: colleagues by name, everything else by its kind."""
    tables = set(found.in_the_way)
    people: list[str] = []
    for table, _column, keys, _target in found.emptied:
        if table == "staff.person":
            people += [row["name"] for row in read_rows(table, columns=["name"], where={"id": keys, "is_active": True})]
        else:
            tables.add(table)
    named = [*sorted(people)[:_MOST_NAMED], *(["…"] if len(people) > _MOST_NAMED else [])]
    return [*named, *(_USES.get(table, table) for table in sorted(tables))]


def bring_back(*, actor: Actor, item_id: int, now: datetime) -> Ref:
    """Bring a record back as it was, under its number; a plan is dated anew. Conflict when something has its place or what it needs is gone."""
    return _returned(actor, item_id, now)[0]


def _returned(actor: Actor, item_id: int, now: datetime, rest: Sequence[PlanEdit] = ()) -> tuple[Ref, ChangedPlan | None]:
    changed = None
    try:
        with transaction.atomic():
            item = visible_trash(actor).select_for_update().filter(pk=item_id).first()
            if item is None:
                raise NotFound("record in the trash", item_id)
            if item.noun in SETTINGS:
                require(actor, SETTINGS[item.noun])
            for table, rows in item.rows.items():
                write_rows(table, rows)
            for table, column, keys, target in item.emptied:
                fill_links(table, column, keys, target)
            check_links()
            ref = Ref(item.noun, item.ref_id)
            if ref.noun == TASK:
                changed = _take_into_plan(actor, next(row for row in item.rows[table_of(TASK)] if row["id"] == ref.id), rest, now)
            TrashItem.objects.filter(pk=item_id).delete()
            record_change(actor=actor, operation="house.bring_back", ref=ref, changes={"trash": [item_id, None]}, now=now)
            publish(RecordBroughtBack(noun=ref.noun, ref_id=ref.id), actor=actor, now=now)
    except IntegrityError:
        raise Conflict("Something else has its place by now, or what it belongs to is gone.") from None
    return ref, changed


def _take_into_plan(actor: Actor, task: dict[str, Any], rest: Sequence[PlanEdit], now: datetime) -> ChangedPlan:
    """Date the plan anew around a task that came back; what it breaks by that was broken when it went."""
    again = RestoredTask(task["id"], {"name": task["name"]})
    return change_plan(actor=actor, project_id=task["project_id"], changes=[again, *rest], reason=f"“{task['name']}” came back from the trash", now=now)


def empty_trash(*, now: datetime) -> int:
    """Let go for good what has lain in the trash for 30 days, with the contents that only it had; how many records."""
    held, plans = held_companies(), {row["pk"] for row in held_projects()}
    old = [
        item for item in TrashItem.objects.filter(trashed_at__lte=now - KEPT_FOR)
        if not any(row.get("company_id") in held or row.get("project_id") in plans for rows in item.rows.values() for row in rows)
    ]
    for item in old:
        contents = []
        with transaction.atomic():
            blob_ids = {row["blob_id"] for row in item.rows.get("files.document", ())}
            TrashItem.objects.filter(pk=item.pk).delete()
            for blob_id in blob_ids:
                if not any(read_rows("files.document", columns=["id"], where={"blob_id": blob_id})):
                    contents += [row["sha256"] for row in read_rows("files.blob", where={"id": blob_id})]
                    remove_rows("files.blob", [blob_id])
        for sha256 in contents:
            current_storage().remove(sha256)
    return len(old)


