"""Making and keeping promises, and the only way to move a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wonward.domains.clients.operations import put_client_team
from wonward.domains.delivery.planning import create_project, plan_change, write_change
from wonward.domains.delivery.queries.tasks import find_tasks, get_task
from wonward.domains.delivery.types import NewProject, PlanEdit, PlanOutcome
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.promises import events
from wonward.journeys.promises.models import Promise, PromiseCover, PromiseSource
from wonward.journeys.promises.queries import confirmed_with_covers, find_newly_broken, visible_promises
from wonward.journeys.promises.rules import coverage_of
from wonward.journeys.promises.types import BrokenPromise, NewPromise
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class ChangedPlan:
    """What a plan change did, and the promises it broke."""

    outcome: PlanOutcome
    broken: tuple[BrokenPromise, ...]


class ReasonRequired(Refused):
    """A confirmed promise would break; say why and send the change again."""

    code = "reason_required"

    def __init__(self, broken: Sequence[BrokenPromise]) -> None:
        names = " ".join(f"{promise.number} “{promise.text}”: {promise.because}." for promise in broken)
        message = f"This breaks what was promised. {names} Give the reason."
        super().__init__(message, [FieldError("reason", message, "required")])
        self.broken = tuple(broken)


@transaction.atomic
def change_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], reason: str = "", plan_version: int | None = None,
    now: datetime,
) -> ChangedPlan:
    """Compute the new dates, refuse without `reason` if a confirmed promise breaks, then write everything at once."""
    today = civil_date(now, get_organisation().time_zone)
    planned = plan_change(
        actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, today=today, now=now
    )
    broken = find_newly_broken(
        project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids
    )
    if broken and not reason.strip():
        raise ReasonRequired(broken)
    if planned.removed_task_ids:
        PromiseCover.objects.filter(task_id__in=planned.removed_task_ids).delete()
    outcome = write_change(actor=actor, planned=planned, reason=reason, now=now)
    refresh_coverage(actor=actor, project_id=project_id, finishes=planned.finish_dates(), now=now)
    if broken:
        _tell(events.PromisesBroken, [promise.id for promise in broken], actor, now)
    return ChangedPlan(outcome, tuple(broken))


@transaction.atomic
def open_project(*, actor: Actor, new: NewProject, now: datetime) -> int:
    """Start a project that no deal led to, such as one that ran before; returns its id. Its first item may come later."""
    require(actor, "delivery.project.edit")
    if not new.name.strip():
        raise Refused.field("name", "A project needs a name.", "required")
    if not visible_refs(actor, [Ref("clients.company", new.company_id)]):
        raise Refused.field("company_id", f"There is no company {new.company_id} that you can see.", "unknown")
    if new.manager_id is not None and not person_exists(new.manager_id):
        raise Refused.field("manager_id", f"There is no colleague {new.manager_id}.", "unknown")
    created = create_project(actor=actor, new=new, now=now)
    if new.manager_id is not None:
        put_client_team(basis_noun="delivery.project", links=[(created.project_id, new.company_id, new.manager_id)])
    return created.project_id


def preview_plan(
    *, actor: Actor, project_id: int, changes: Sequence[PlanEdit], plan_version: int | None = None, now: datetime
) -> ChangedPlan:
    """What a change would move and break. Nothing is written."""
    today = civil_date(now, get_organisation().time_zone)
    with transaction.atomic():
        planned = plan_change(
            actor=actor, project_id=project_id, edits=changes, plan_version=plan_version, today=today, now=now
        )
        broken = find_newly_broken(project_id=project_id, finishes=planned.finish_dates(), gone=planned.removed_task_ids)
        transaction.set_rollback(True)
    return ChangedPlan(planned.outcome, tuple(broken))


@transaction.atomic
def refresh_coverage(*, actor: Actor, project_id: int, finishes: Mapping[int, date], now: datetime) -> None:
    """Let the ledger follow the plan; only promises whose coverage or forecast changed are written."""
    changed = []
    for promise, task_ids in confirmed_with_covers(project_id=project_id):
        coverage, forecast = coverage_of(due_date=promise.due_date, finishes=[finishes.get(key) for key in task_ids])
        if (promise.coverage, promise.forecast_date) != (coverage, forecast):
            promise.coverage, promise.forecast_date, promise.updated_at = coverage, forecast, now
            promise.version += 1
            changed.append(promise)
    Promise.objects.bulk_update(changed, ["coverage", "forecast_date", "updated_at", "version"])
    if changed:
        _tell(events.PromisesChanged, [promise.pk for promise in changed], actor, now)


def _tell(kind: type[events.PromisesChanged], promise_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    rows = list(Promise.objects.filter(pk__in=promise_ids).values_list("deal_id", "project_id"))
    publish(
        kind(
            promise_ids=list(promise_ids), deal_ids=sorted({deal for deal, _ in rows if deal}),
            project_ids=sorted({project for _, project in rows if project}),
        ),
        actor=actor, now=now,
    )


@transaction.atomic
def make_promises(*, actor: Actor, promises: Sequence[NewPromise], now: datetime) -> list[int]:
    """Write promises down, each on a deal or project the actor sees. Returns their ids in order."""
    require(actor, "promises.promise.make")
    _check(actor, promises)
    numbers = take_numbers(noun="promises.promise", count=len(promises))
    rows = [
        Promise(
            number=number, deal_id=new.deal_id, project_id=new.project_id, kind=new.kind.value, key=new.key[:80],
            text=new.text.strip()[:500], condition=new.condition.strip()[:500], due_date=new.due_date, weight=new.weight,
            state=new.state, is_client_visible=new.is_client_visible, author_label=actor.label, created_at=now, updated_at=now,
        )
        for number, new in zip(numbers, promises, strict=True)
    ]
    Promise.objects.bulk_create(rows, batch_size=500)
    PromiseSource.objects.bulk_create(
        [
            PromiseSource(
                promise=row, quote=new.source.quote.strip(), speaker=new.source.speaker[:200], said_at=new.source.said_at,
                noun=new.source.ref.noun if new.source.ref else "", ref_id=new.source.ref.id if new.source.ref else None,
            )
            for row, new in zip(rows, promises, strict=True)
            if new.source
        ],
        batch_size=500,
    )
    record_changes(
        actor=actor, operation="promises.promise.make", now=now,
        changes=[Change(Ref("promises.promise", row.pk), {"text": [None, row.text]}) for row in rows],
    )
    if rows:
        _tell(events.PromisesChanged, [row.pk for row in rows], actor, now)
    return [row.pk for row in rows]


def _check(actor: Actor, promises: Sequence[NewPromise]) -> None:
    many = len(promises) > 1
    homes = {Ref("sales.deal", new.deal_id) for new in promises if new.deal_id} | {
        Ref("delivery.project", new.project_id) for new in promises if new.project_id
    }
    quoted = {new.source.ref for new in promises if new.source and new.source.ref}
    seen = visible_refs(actor, homes | quoted)
    errors = []
    for index, new in enumerate(promises):
        at = f"promises[{index}]." if many else ""
        if not new.text.strip():
            errors.append(FieldError(f"{at}text", "Write what was promised.", "required"))
        if not new.deal_id and not new.project_id:
            errors.append(FieldError(f"{at}deal_id", "A promise belongs to a deal or a project.", "required"))
        for field, noun, key in (("deal_id", "sales.deal", new.deal_id), ("project_id", "delivery.project", new.project_id)):
            if key and Ref(noun, key) not in seen:
                errors.append(FieldError(f"{at}{field}", f"There is no {field[:-3]} {key} that you can see.", "unknown"))
        if not 1 <= new.weight <= 5:
            errors.append(FieldError(f"{at}weight", "A weight lies between 1 and 5.", "range"))
        if new.state not in ("draft", "confirmed"):
            errors.append(FieldError(f"{at}state", "A new promise is a draft or confirmed."))
        if new.source and new.source.ref and new.source.ref not in seen:
            errors.append(FieldError(f"{at}source.ref", f"There is no record {new.source.ref} that you can see.", "unknown"))
    if errors:
        raise Refused(errors[0].message, errors)


@transaction.atomic
def attach_promises(
    *, actor: Actor, deal_id: int, project_id: int, tasks_by_key: Mapping[str, Sequence[int]], finishes: Mapping[int, date],
    now: datetime,
) -> tuple[int, int]:
    """The win ties a deal's promises to its project and covers them by key. Returns (promises, covered ones)."""
    promises = list(Promise.objects.filter(deal_id=deal_id, project__isnull=True).exclude(state__in=("waived", "replaced")))
    for promise in promises:
        promise.project_id = project_id
        if promise.state == "draft":
            promise.state = "confirmed"
        promise.version += 1
        promise.updated_at = now
    Promise.objects.bulk_update(promises, ["project_id", "state", "version", "updated_at"])
    covers = [
        PromiseCover(promise=promise, task_id=task_id, created_at=now)
        for promise in promises
        if promise.key
        for task_id in tasks_by_key.get(promise.key, ())
    ]
    PromiseCover.objects.bulk_create(covers, ignore_conflicts=True)
    refresh_coverage(actor=actor, project_id=project_id, finishes=finishes, now=now)
    return len(promises), len({cover.promise_id for cover in covers})


def _lock(actor: Actor, promise_id: int, version: int | None, yours: Mapping[str, Any]) -> Promise:
    """Take one visible promise for writing: the right first, then the version, then the rules of the caller."""
    promise = visible_promises(actor).select_for_update(of=("self",)).filter(pk=promise_id).first()
    if promise is None:
        raise NotFound("promise", promise_id)
    require(actor, "promises.promise.make")
    if version is not None and version != promise.version:
        raise Stale(
            f"{promise.number} was changed by somebody else in the meantime.",
            current={"state": promise.state, "version": promise.version}, yours={**yours, "version": version},
        )
    return promise


@transaction.atomic
def cover_promise(
    *, actor: Actor, promise_id: int, task_id: int, version: int | None = None, now: datetime
) -> None:
    """Say which task keeps a promise; the task belongs to the promise's project."""
    promise = _lock(actor, promise_id, version, {"task_id": task_id})
    task = get_task(actor=actor, task_id=task_id)
    if task.project_id != promise.project_id:
        raise Refused.field("task_id", f"“{task.name}” belongs to another project than {promise.number}.", "foreign")
    PromiseCover.objects.get_or_create(promise=promise, task_id=task_id, defaults={"created_at": now})
    record_change(
        actor=actor, operation="promises.promise.cover", ref=Ref("promises.promise", promise.pk),
        changes={"task": [None, task.name]}, now=now,
    )
    _refresh_one(actor, promise, now)


@transaction.atomic
def uncover_promise(
    *, actor: Actor, promise_id: int, task_id: int, version: int | None = None, now: datetime
) -> None:
    """Take a task off a promise; the promise stays, uncovered if nothing else keeps it."""
    promise = _lock(actor, promise_id, version, {"task_id": task_id})
    get_task(actor=actor, task_id=task_id)
    gone, _ = PromiseCover.objects.filter(promise=promise, task_id=task_id).delete()
    if not gone:
        raise NotFound("cover", task_id)
    record_change(
        actor=actor, operation="promises.promise.uncover", ref=Ref("promises.promise", promise.pk),
        changes={"task": [task_id, None]}, now=now,
    )
    _refresh_one(actor, promise, now)


def _refresh_one(actor: Actor, promise: Promise, now: datetime) -> None:
    task_ids = list(PromiseCover.objects.filter(promise=promise).values_list("task_id", flat=True))
    tasks = find_tasks(task_ids=task_ids)
    promise.coverage, promise.forecast_date = coverage_of(
        due_date=promise.due_date, finishes=[tasks[key].finish_date for key in task_ids]
    )
    promise.version += 1
    promise.updated_at = now
    promise.save()
    _tell(events.PromisesChanged, [promise.pk], actor, now)


@transaction.atomic
def settle_promise(
    *, actor: Actor, promise_id: int, state: str, reason: str = "", version: int | None = None, now: datetime
) -> None:
    """Confirm, keep, break or waive a promise. Waiving and breaking need a reason; nothing is ever deleted."""
    promise = _lock(actor, promise_id, version, {"state": state})
    if state not in ("confirmed", "kept", "broken", "waived"):
        raise Refused.field("state", f"“{state}” is not a state a promise can be put into.", "unknown")
    if promise.state == "replaced":
        raise Conflict(f"{promise.number} has been replaced.")
    if state in ("waived", "broken") and not reason.strip():
        raise Refused.field("reason", f"Say why {promise.number} is {state}.", "required")
    before = promise.state
    promise.state, promise.state_reason = state, reason.strip()[:500]
    promise.state_by, promise.state_at = actor.label, now
    record_change(
        actor=actor, operation="promises.promise.settle", ref=Ref("promises.promise", promise.pk),
        changes={"state": [before, state], "reason": [None, reason.strip()]}, now=now,
    )
    _refresh_one(actor, promise, now)
