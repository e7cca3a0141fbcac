"""The ledger follows the plan, and says so once when a promise crosses a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.foundation.database import update_records
from wonward.foundation.events.operations import publish, publish_many
from wonward.journeys.promises import events
from wonward.journeys.promises.models import Promise, PromiseCover
from wonward.journeys.promises.queries.following import confirmed_with_covers, finishes_with_others
from wonward.journeys.promises.queries.holding import find_further
from wonward.journeys.promises.rules import coverage_of, crossing_of
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.event import Event

_FACTS = {
    "at_risk": events.PromisesAtRisk, "uncovered": events.PromisesUncovered, "repaired": events.PromisesRepaired,
}
FOLLOWING = ("coverage", "alarm", "forecast_date", "updated_at")


@transaction.atomic(savepoint=False)
def refresh_coverage(*, actor: Actor, project_ids: Sequence[int], finishes: Mapping[int, date], now: datetime) -> None:
    """Let the ledger follow the plans; only promises whose coverage or forecast changed are written.

    `finishes` are the finish dates of the projects' live tasks; those of other projects that keep the same promises are read.
    """
    found = confirmed_with_covers(project_ids=project_ids)
    every = finishes_with_others(found, finishes, project_ids=project_ids)
    changed, crossed = follow_plans([(promise, [every.get(key) for key in task_ids]) for promise, task_ids in found], now)
    update_records(changed, FOLLOWING)
    if changed:
        tell(changed, actor, now)
    tell_crossings(crossed, actor, now)


def follow_plans(found: Iterable[tuple[Promise, Sequence[date | None]]], now: datetime) -> tuple[list[Promise], list[tuple[str, Promise]]]:
    """Let promises follow the finishes of their work, unsaved: which are others now, and the lines that were crossed."""
    changed, crossed = [], []
    for promise, finishes in found:
        before = (promise.coverage, promise.forecast_date)
        crossing = follow_plan(promise, finishes)
        if before != (promise.coverage, promise.forecast_date):
            promise.updated_at = now
            changed.append(promise)
        if crossing:
            crossed.append((crossing, promise))
    return changed, crossed


def follow_plan(promise: Promise, finishes: Sequence[date | None]) -> str:
    """Set what is computed from the plan on a row, unsaved; returns the line it crosses, if it is confirmed."""
    before = promise.coverage
    promise.coverage, promise.forecast_date = coverage_of(due_date=promise.due_date, finishes=finishes)
    if promise.state != "confirmed":
        promise.alarm = ""
        return ""
    crossing, promise.alarm = crossing_of(alarm=promise.alarm, before=before, after=promise.coverage)
    return crossing


def follow_plan_now(promise: Promise) -> str:
    """The same by the finish dates its covering tasks have now."""
    task_ids = list(PromiseCover.objects.filter(promise=promise).values_list("task_id", flat=True))
    tasks = find_tasks(task_ids=task_ids) if task_ids else {}
    return follow_plan(promise, [tasks[key].finish_date for key in task_ids])


def lock_ledger(*project_ids: int) -> None:
    """Nobody covers or settles a promise that holds in the projects while their dates move."""
    list(Promise.objects.select_for_update().holding_in(project_ids).order_by("pk").values_list("pk", flat=True))


def tell(promises: Collection[Promise], actor: Actor, now: datetime, *, are_at_home: bool = False) -> None:
    """One fact about many promises; `are_at_home` when none of them holds in further projects."""
    further = {} if are_at_home else find_further(promise_ids=[promise.pk for promise in promises if promise.project_id])
    publish(
        events.PromisesChanged(
            promise_ids=[promise.pk for promise in promises],
            deal_ids=sorted({promise.deal_id for promise in promises if promise.deal_id}),
            project_ids=sorted({key for promise in promises for key in _places(promise, further)}),
        ),
        actor=actor, now=now,
    )


def _places(promise: Promise, further: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    return (promise.project_id, *further.get(promise.pk, ())) if promise.project_id else ()


def tell_crossings(crossed: Sequence[tuple[str, Promise]], actor: Actor, now: datetime) -> None:
    """One fact per line, deal and projects, so that nobody reads in it of a record they do not see.

    Everybody who manages one of the projects, and the owner of the deal, is named once.
    """
    if not crossed:
        return
    further = find_further(promise_ids=[promise.pk for _, promise in crossed])
    groups: dict[tuple[str, int | None, tuple[int, ...]], list[Promise]] = {}
    for crossing, promise in crossed:
        groups.setdefault((crossing, promise.deal_id, _places(promise, further)), []).append(promise)
    projects = find_projects(actor=system_actor(), project_ids=[key for _, _, places in groups for key in places])
    deals = find_deal_rows(actor=system_actor(), deal_ids=[key for _, key, _ in groups if key])
    facts: list[Event] = []
    for (crossing, deal_id, places), promises in groups.items():
        people = (
            *(projects[key].manager_id for key in places if key in projects),
            deals[deal_id].owner_id if deal_id in deals else None,
        )
        facts.append(
            _FACTS[crossing](
                promise_ids=[promise.pk for promise in promises], deal_ids=[deal_id] if deal_id else [],
                project_ids=list(places),
                forecast_dates=[promise.forecast_date for promise in promises],
                person_ids=list(dict.fromkeys(key for key in people if key)), happened_at=now,
            )
        )
    publish_many(facts, actor=actor, now=now)
