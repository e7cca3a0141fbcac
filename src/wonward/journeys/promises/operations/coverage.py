"""The ledger follows the plan, and says so once when a promise crosses a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.foundation.events.operations import publish, publish_many
from wonward.journeys.promises import events
from wonward.journeys.promises.models import Promise, PromiseCover
from wonward.journeys.promises.queries import confirmed_with_covers
from wonward.journeys.promises.rules import coverage_of, crossing_of
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.event import Event

_FACTS = {
    "at_risk": events.PromisesAtRisk, "uncovered": events.PromisesUncovered, "repaired": events.PromisesRepaired,
}
FOLLOWING = ("coverage", "alarm", "forecast_date", "updated_at")


@transaction.atomic(savepoint=False)
def refresh_coverage(*, actor: Actor, project_id: int, finishes: Mapping[int, date], now: datetime) -> None:
    """Let the ledger follow the plan; only promises whose coverage or forecast changed are written.

    `finishes` are the finish dates of the project's live tasks.
    """
    changed, crossed = [], []
    for promise, task_ids in confirmed_with_covers(project_id=project_id):
        before = (promise.coverage, promise.forecast_date)
        crossing = follow_plan(promise, [finishes.get(key) for key in task_ids])
        if before != (promise.coverage, promise.forecast_date):
            promise.updated_at = now
            changed.append(promise)
        if crossing:
            crossed.append((crossing, promise))
    Promise.objects.bulk_update(changed, FOLLOWING, batch_size=200)
    if changed:
        tell(changed, actor, now)
    tell_crossings(crossed, actor, now)


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
    """Nobody covers or settles a promise of the projects while their dates move."""
    list(Promise.objects.select_for_update().filter(project_id__in=project_ids).order_by("pk").values_list("pk", flat=True))


def tell(promises: Collection[Promise], actor: Actor, now: datetime) -> None:
    """One fact about many promises."""
    publish(
        events.PromisesChanged(
            promise_ids=[promise.pk for promise in promises],
            deal_ids=sorted({promise.deal_id for promise in promises if promise.deal_id}),
            project_ids=sorted({promise.project_id for promise in promises if promise.project_id}),
        ),
        actor=actor, now=now,
    )


def tell_crossings(crossed: Sequence[tuple[str, Promise]], actor: Actor, now: datetime) -> None:
    """One fact per line, deal and project, so that nobody reads in it of a record they do not see."""
    if not crossed:
        return
    groups: dict[tuple[str, int | None, int | None], list[Promise]] = {}
    for crossing, promise in crossed:
        groups.setdefault((crossing, promise.deal_id, promise.project_id), []).append(promise)
    projects = find_projects(actor=system_actor(), project_ids=[key for _, _, key in groups if key])
    deals = find_deal_rows(actor=system_actor(), deal_ids=[key for _, key, _ in groups if key])
    facts: list[Event] = []
    for (crossing, deal_id, project_id), promises in groups.items():
        people = (
            projects[project_id].manager_id if project_id in projects else None,
            deals[deal_id].owner_id if deal_id in deals else None,
        )
        facts.append(
            _FACTS[crossing](
                promise_ids=[promise.pk for promise in promises], deal_ids=[deal_id] if deal_id else [],
                project_ids=[project_id] if project_id else [],
                forecast_dates=[promise.forecast_date for promise in promises],
                person_ids=list(dict.fromkeys(key for key in people if key)), happened_at=now,
            )
        )
    publish_many(facts, actor=actor, now=now)
