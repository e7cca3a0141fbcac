"""Tying promises to the projects of their deal, and to the work that has their key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from wonward.domains.delivery.queries.tasks import list_plan_ends
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.database import insert_records, update_records
from wonward.foundation.database.prepared import Values, records
from wonward.journeys.promises.models import Promise, PromiseCover, PromiseProject
from wonward.journeys.promises.operations.coverage import (
    FOLLOWING,
    follow_plan,
    follow_plans,
    refresh_coverage,
    tell,
    tell_crossings,
)
from wonward.journeys.promises.operations.odds import find_waiting
from wonward.journeys.promises.queries.holding import (
    find_deals_of_project,
    find_further,
    find_projects_of_deals,
)
from wonward.journeys.promises.rules import places_of
from wonward.journeys.promises.types import PlanWork
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_SETTLED = ("waived", "replaced")
_LIVE = ("draft", "confirmed")
_TIED = ("project_id", "state", "state_by", "state_at", "version")


@transaction.atomic(savepoint=False)
def attach_promises(
    *, actor: Actor, deal_id: int, plans: Sequence[PlanWork], are_new: bool = False, now: datetime
) -> tuple[int, int]:
    """The win ties a deal's promises to its projects, the first made first, and covers them by key.

    Drafts are confirmed by it; one that waits for an approval stays a draft. Returns (promises tied, covered ones). `are_new`
    when the projects were made just now, so that nothing else holds in them and no other work keeps what is tied to them.
    """
    promises: list[Promise] = records("promises to attach", _to_attach, {"deal": deal_id})
    unapproved = find_waiting(promises, now)
    waiting = [promise for promise in promises if promise.project_id is None]
    _settle_in(waiting, plans)
    changed, changes = [], []
    for promise in promises:
        fields: dict[str, list[object]] = {"project": [None, promise.project_id]} if promise in waiting else {}
        if promise.state == "draft" and promise.pk not in unapproved:
            fields["state"] = ["draft", "confirmed"]
            promise.state, promise.state_by, promise.state_at = "confirmed", actor.label, now
        if fields:
            promise.version += 1
            promise.updated_at = now
            changed.append(promise)
            changes.append(Change(Ref("promises.promise", promise.pk), fields))
    covers = _cover(waiting, plans, now)
    finishes = {key: day for plan in plans for key, day in plan.finishes.items()}
    following, crossed = follow_plans(_with_finishes(waiting, covers, finishes), now) if are_new else ([], [])
    update_records(changed, [*_TIED, *FOLLOWING])
    record_changes(actor=actor, operation="promises.promise.attach", now=now, changes=changes)
    if not are_new:
        refresh_coverage(actor=actor, project_ids=[plan.project_id for plan in plans], finishes=finishes, now=now)
    if following:
        tell(following, actor, now, are_at_home=len(plans) == 1)
    tell_crossings(crossed, actor, now)
    return len(waiting), len({cover.promise_id for cover in covers})


def _with_finishes(
    promises: Iterable[Promise], covers: Iterable[PromiseCover], finishes: Mapping[int, date]
) -> list[tuple[Promise, list[date | None]]]:
    """The confirmed ones with when the work that keeps them ends."""
    ends: dict[int, list[date | None]] = {}
    for cover in covers:
        ends.setdefault(cover.promise_id, []).append(finishes.get(cover.task_id))
    return [(promise, ends.get(promise.pk, [])) for promise in promises if promise.state == "confirmed"]


def _to_attach(values: Values) -> QuerySet[Any, Any]:
    live = Promise.objects.filter(deal_id=values["deal"]).filter(Q(project__isnull=True) | Q(state="draft")).exclude(state__in=_SETTLED)
    return live.select_for_update().order_by("pk")


@transaction.atomic(savepoint=False)
def take_in_work(*, actor: Actor, work: PlanWork, deal_id: int | None = None, now: datetime) -> None:
    """Work that came into a plan keeps, from now on, the live promises that have its keys; the caller lets coverage follow.

    With `deal_id` the whole project has just come to this deal: everything that holds in every project holds in it too.
    Otherwise it is one of the projects of its deals already.
    """
    deals = {deal_id} if deal_id is not None else find_deals_of_project(project_id=work.project_id)
    here = set(Promise.objects.holding_in(work.project_id).order_by().values_list("pk", flat=True))
    live = Promise.objects.filter(Q(deal_id__in=deals) | Q(pk__in=here), state__in=_LIVE, project__isnull=False)
    if deal_id is None:
        live = live.filter(key__in=work.tasks_by_key)
    every = find_projects_of_deals(deal_ids=deals) if deal_id is not None else {}
    keys: dict[int, Collection[str]] = {key: plan.tasks_by_key for key, plan in plans_of({one for ids in every.values() for one in ids}).items()}
    keys[work.project_id] = work.tasks_by_key
    keeping, arriving = [], []
    for promise in live.select_for_update(of=("self",)).order_by("pk"):
        has_key = bool(promise.key) and promise.key in work.covering
        holds_everywhere = work.project_id in places_of(kind=promise.kind, key=promise.key, keys=keys)
        if promise.pk not in here and (has_key or (deal_id is not None and holds_everywhere)):
            arriving.append(PromiseProject(promise=promise, project_id=work.project_id))
        if has_key:
            keeping.append(promise)
    PromiseProject.objects.bulk_create(arriving, ignore_conflicts=True)
    covers = [
        PromiseCover(promise=promise, task_id=task_id, created_at=now)
        for promise in keeping for task_id in work.covering[promise.key]
    ]
    PromiseCover.objects.bulk_create(covers, ignore_conflicts=True)
    record_changes(
        actor=actor, operation="promises.promise.cover", now=now,
        changes=[Change(Ref("promises.promise", promise.pk), {"key": [None, promise.key]}) for promise in keeping],
    )


def attach_new(promises: Sequence[Promise], now: datetime) -> list[tuple[str, Promise]]:
    """What was just written down holds in the projects its deal has already, and is kept by work with its key.

    Returns the lines that are crossed by that.
    """
    loose = [promise for promise in promises if promise.project_id is None]
    projects = find_projects_of_deals(deal_ids={promise.deal_id for promise in loose if promise.deal_id}) if loose else {}
    keyed = {promise.project_id for promise in promises if promise.project_id and promise.key}
    plans = plans_of({key for ids in projects.values() for key in ids} | keyed)
    if not plans:
        return []
    for promise in loose:
        _settle_in([promise], [plans[key] for key in projects.get(promise.deal_id or 0, ())])
    touched = [promise for promise in promises if promise.project_id in plans]
    covers = _cover(touched, list(plans.values()), now)
    finishes = {key: day for plan in plans.values() for key, day in plan.finishes.items()}
    crossed = []
    for promise in touched:
        crossing = follow_plan(promise, [finishes.get(cover.task_id) for cover in covers if cover.promise_id == promise.pk])
        if crossing:
            crossed.append((crossing, promise))
    Promise.objects.bulk_update(touched, ["project_id", *FOLLOWING])
    return crossed


def cover_by_key(promise: Promise, now: datetime) -> None:
    """Work that has the promise's key, in any project of its deal, keeps it; the caller lets its coverage follow."""
    if not promise.key or promise.project_id is None or promise.state not in _LIVE:
        return
    of_deal = find_projects_of_deals(deal_ids=[promise.deal_id]) if promise.deal_id else {}
    here = {promise.project_id, *find_further(promise_ids=[promise.pk]).get(promise.pk, ())}
    plans = plans_of({*here, *of_deal.get(promise.deal_id or 0, ())})
    fitting = [plan for plan in plans.values() if promise.key in plan.covering]
    PromiseProject.objects.bulk_create(
        PromiseProject(promise=promise, project_id=plan.project_id) for plan in fitting if plan.project_id not in here
    )
    PromiseCover.objects.bulk_create(
        [PromiseCover(promise=promise, task_id=task_id, created_at=now) for plan in fitting for task_id in plan.covering[promise.key]],
        ignore_conflicts=True,
    )


def plans_of(project_ids: Collection[int]) -> dict[int, PlanWork]:
    """The plans of projects as they are, the first made first; one query."""
    by_key: dict[int, dict[str, list[int]]] = {key: {} for key in sorted(project_ids)}
    finishes: dict[int, dict[int, date]] = {key: {} for key in by_key}
    for project_id, task_id, promise_key, finish in list_plan_ends(project_ids=project_ids) if project_ids else ():
        if promise_key:
            by_key[project_id].setdefault(promise_key, []).append(task_id)
        if finish:
            finishes[project_id][task_id] = finish
    return {key: PlanWork(key, by_key[key], finishes[key]) for key in by_key}


def _settle_in(promises: Iterable[Promise], plans: Sequence[PlanWork]) -> None:
    """Give each promise its home, unsaved, and write down its further projects."""
    keys: Mapping[int, Collection[str]] = {plan.project_id: plan.tasks_by_key for plan in plans}
    further = []
    for promise in promises if plans else ():
        home, *others = places_of(kind=promise.kind, key=promise.key, keys=keys)
        promise.project_id = home
        further += [PromiseProject(promise=promise, project_id=key) for key in others]
    if further:
        PromiseProject.objects.bulk_create(further)


def _cover(promises: Sequence[Promise], plans: Sequence[PlanWork], now: datetime) -> list[PromiseCover]:
    """Cover promises by the work that has their key in the projects in which they hold."""
    further = find_further(promise_ids=[promise.pk for promise in promises]) if len(plans) > 1 else {}
    covers = [
        PromiseCover(promise=promise, task_id=task_id, created_at=now)
        for promise in promises if promise.key
        for plan in plans if plan.project_id == promise.project_id or plan.project_id in further.get(promise.pk, ())
        for task_id in plan.covering.get(promise.key, ())
    ]
    insert_records(covers, ignore_conflicts=True)
    return covers
