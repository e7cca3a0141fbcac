"""What becomes of a promise: its work, its state, its few free facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.delivery.queries.tasks import get_task
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.journeys.promises.models import Promise, PromiseCover
from wonward.journeys.promises.operations.agreed import refuse_another_finish
from wonward.journeys.promises.operations.attaching import attach_new, cover_by_key
from wonward.journeys.promises.operations.coverage import follow_plan_now, tell, tell_crossings
from wonward.journeys.promises.operations.odds import answer_for_early
from wonward.journeys.promises.queries import visible_promises
from wonward.journeys.promises.queries.holding import find_further
from wonward.journeys.promises.rules import FREE_FIELDS, REASONED, WORDED_FIELDS, steps_from
from wonward.journeys.promises.types import STATES, PromiseKind
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import joined, worded


def lock_promise(actor: Actor, promise_id: int, version: int | None, yours: Mapping[str, Any]) -> Promise:
    """Take one visible promise for writing: the right first, then the version, then the rules of the caller."""
    promise = visible_promises(actor).select_for_update(of=("self",)).filter(pk=promise_id).first()
    if promise is None:
        raise NotFound("promise", promise_id)
    require(actor, "promises.promise.make")
    if version is not None and version != promise.version:
        raise Stale(
            worded("{number} was changed by somebody else in the meantime.", number=promise.number),
            current={"state": promise.state, "version": promise.version}, yours={**yours, "version": version},
        )
    return promise


@transaction.atomic
def cover_promise(
    *, actor: Actor, promise_id: int, task_id: int, version: int | None = None, now: datetime
) -> None:
    """Say which task keeps a promise; the task belongs to a project in which it holds. Saying it twice changes nothing."""
    promise = lock_promise(actor, promise_id, version, {"task_id": task_id})
    task = get_task(actor=actor, task_id=task_id)
    if task.project_id != promise.project_id and task.project_id not in find_further(promise_ids=[promise.pk]).get(promise.pk, ()):
        raise Refused.field("task_id", worded("“{name}” belongs to another project than {number}.", name=task.name, number=promise.number), "foreign")
    if promise.state == "replaced":
        raise Conflict(worded("{number} has been replaced.", number=promise.number))
    _, is_new = PromiseCover.objects.get_or_create(promise=promise, task_id=task_id, defaults={"created_at": now})
    if is_new:
        _note(actor, promise, "promises.promise.cover", {"task": [None, task.name]}, now)


@transaction.atomic
def uncover_promise(
    *, actor: Actor, promise_id: int, task_id: int, version: int | None = None, now: datetime
) -> None:
    """Take a task off a promise; the promise stays, uncovered if nothing else keeps it."""
    promise = lock_promise(actor, promise_id, version, {"task_id": task_id})
    task = get_task(actor=actor, task_id=task_id)
    gone, _ = PromiseCover.objects.filter(promise=promise, task_id=task_id).delete()
    if not gone:
        raise NotFound("cover", task_id)
    _note(actor, promise, "promises.promise.uncover", {"task": [task.name, None]}, now)


@transaction.atomic
def settle_promise(
    *, actor: Actor, promise_id: int, state: str, reason: str = "", version: int | None = None, now: datetime
) -> None:
    """Confirm, keep, break or waive a promise. Waiving and breaking need a reason; nothing is ever deleted.

    Confirming one that was kept, broken or waived takes that back. The state it has already changes nothing.
    """
    promise = lock_promise(actor, promise_id, version, {"state": state})
    if state not in STATES or state in ("draft", "replaced"):
        raise Refused.field("state", worded("“{state}” is not a state a promise can be put into.", state=state), "unknown")
    if promise.state == "replaced":
        raise Conflict(worded("{number} has been replaced.", number=promise.number))
    if state in REASONED and says_nothing(reason):
        raise Refused.field("reason", worded("Say why {number} is {state}.", number=promise.number, state=worded(state)), "required")
    if state == promise.state:
        return
    if state not in steps_from(promise.state):
        message: str = worded("{number} is {state} and cannot become {new_state}.", number=promise.number, state=worded(promise.state), new_state=worded(state))
        if "confirmed" in steps_from(promise.state):
            message = joined([message, worded("Confirm it first.")])
        raise Refused.field("state", message, "step")
    refuse_another_finish(actor=actor, promise=promise, state=state)
    if promise.state == "draft" and state == "confirmed":
        answer_for_early(actor=actor, promise=promise, now=now)
    if state == "confirmed" and promise.project_id is None:
        attach_new([promise], now)  # It was waived while its deal was won, and holds in the projects of that win too.
    before = promise.state
    promise.state, promise.state_reason = state, reason.strip()[:500]
    promise.state_by, promise.state_at = actor.label, now
    _note(actor, promise, "promises.promise.settle", {"state": [before, state], "reason": [None, promise.state_reason]}, now)


@transaction.atomic
def change_promise(
    *, actor: Actor, promise_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change facts of a promise: weight, key and client visibility at any time, its words only while it is a draft.

    Work that has a new key keeps it from now on; what kept it before goes on doing so. `changes` maps field names to plain values; what is as it was is no change.
    """
    promise = lock_promise(actor, promise_id, version, changes)
    if promise.state == "replaced":
        raise Conflict(worded("{number} has been replaced.", number=promise.number))
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    _refuse_wrong(promise, wanted)
    differs = {name: [getattr(promise, name), value] for name, value in wanted.items() if getattr(promise, name) != value}
    if not differs:
        return
    refuse_another_finish(actor=actor, promise=promise, **{name: value for name, (_, value) in differs.items()})
    for name, (_, value) in differs.items():
        setattr(promise, name, value)
    if "key" in differs:
        cover_by_key(promise, now)
    _note(actor, promise, "promises.promise.change", differs, now)


def _refuse_wrong(promise: Promise, wanted: Mapping[str, Any]) -> None:
    errors = []
    for name, value in wanted.items():
        if name not in (*FREE_FIELDS, *WORDED_FIELDS):
            errors.append(FieldError(name, worded("“{name}” cannot be changed.", name=name), "unknown"))
        elif name in WORDED_FIELDS and promise.state != "draft" and getattr(promise, name) != value:
            message = worded("{number} is {state}. Replace it, so that what was said first stays readable.", number=promise.number, state=worded(promise.state))
            errors.append(FieldError(name, message, "confirmed"))
    if not 1 <= wanted.get("weight", 1) <= 5:
        errors.append(FieldError("weight", "A weight lies between 1 and 5.", "range"))
    if wanted.get("text", "-") == "":
        errors.append(FieldError("text", "Write what was promised.", "required"))
    if wanted.get("kind", "date") not in set(PromiseKind):
        errors.append(FieldError("kind", worded("“{kind}” is not a kind of promise.", kind=wanted["kind"]), "unknown"))
    if errors:
        raise Refused(errors[0].words, errors)


def _note(actor: Actor, promise: Promise, operation: str, changes: Mapping[str, Any], now: datetime) -> None:
    """Save a changed promise with what follows from its work, its audit row and the facts."""
    crossing = follow_plan_now(promise)
    promise.version += 1
    promise.updated_at = now
    promise.save()
    record_change(actor=actor, operation=operation, ref=Ref("promises.promise", promise.pk), changes=changes, now=now)
    tell([promise], actor, now)
    tell_crossings([(crossing, promise)] if crossing else [], actor, now)
