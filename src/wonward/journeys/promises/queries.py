"""Reading the ledger: promises of a deal or project the viewer sees, and the why behind a task."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.delivery.queries.tasks import find_tasks, get_task
from wonward.foundation.access.policy import visible_ids, visible_refs
from wonward.journeys.promises.models import Promise, PromiseCover, PromiseSource
from wonward.journeys.promises.rules import coverage_of, sum_coverage, weigh_coverage
from wonward.journeys.promises.types import BrokenPromise, Coverage, CoverRow, PromiseRow, column_of
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

SORTS: dict[str, tuple[str, ...]] = {
    "-weight": ("-weight", "due_date", "pk"), "weight": ("weight", "due_date", "pk"),
    "due_date": ("due_date", "pk"), "-due_date": ("-due_date", "-pk"), "id": ("pk",), "-id": ("-pk",),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}


def visible_promises(actor: Actor) -> QuerySet[Promise]:
    """Promises on deals or projects the actor sees."""
    if not actor.may("promises.promise.view"):
        return Promise.objects.none()
    return Promise.objects.filter(
        Q(deal__in=visible_ids("sales.deal", actor)) | Q(project__in=visible_ids("delivery.project", actor))
    )


def list_promises(
    *, actor: Actor, deal_id: int | None = None, project_id: int | None = None, text: str = "",
    updated_since: datetime | None = None, sort: str = "-weight", offset: int = 0, limit: int = 200,
) -> list[PromiseRow]:
    """The ledger of a deal or project, heaviest first; everything the viewer sees when neither is named.

    `sort` is one of SORTS.
    """
    promises = visible_promises(actor)
    if deal_id is not None:
        _require_visible(actor, Ref("sales.deal", deal_id))
        promises = promises.filter(deal_id=deal_id)
    if project_id is not None:
        _require_visible(actor, Ref("delivery.project", project_id))
        promises = promises.filter(project_id=project_id)
    if text:
        promises = promises.filter(text__icontains=text)
    if updated_since:
        promises = promises.filter(updated_at__gte=updated_since)
    return promise_rows(actor, promises.order_by(*SORTS[sort])[offset : offset + limit])


def list_promises_of_deal(*, actor: Actor, deal_id: int, limit: int = 200) -> list[PromiseRow]:
    """The promises of a deal as far as the viewer sees them, on the deal or on its project; empty when none is."""
    return promise_rows(actor, visible_promises(actor).filter(deal_id=deal_id).order_by("-weight", "due_date", "pk")[:limit])


def _require_visible(actor: Actor, ref: Ref) -> None:
    if not visible_refs(actor, [ref]):
        raise NotFound(ref.noun.partition(".")[2], ref.id)


def get_coverage(*, actor: Actor, deal_id: int | None = None, project_id: int | None = None) -> Coverage:
    """How much of what was promised on a deal or project live work keeps in time."""
    return sum_coverage(list_promises(actor=actor, deal_id=deal_id, project_id=project_id, limit=5000))


def find_promised_refs(*, deal_ids: Collection[int] = (), project_ids: Collection[int] = ()) -> set[Ref]:
    """Those of the given deals and projects that a promise was made on, whoever sees it."""
    deals = Promise.objects.filter(deal_id__in=set(deal_ids)).values_list("deal_id", flat=True)
    projects = Promise.objects.filter(project_id__in=set(project_ids)).values_list("project_id", flat=True)
    return {Ref("sales.deal", key) for key in deals if key} | {Ref("delivery.project", key) for key in projects if key}


def get_promise(*, actor: Actor, promise_id: int) -> PromiseRow:
    """One promise, or NotFound."""
    rows = promise_rows(actor, visible_promises(actor).filter(pk=promise_id))
    if not rows:
        raise NotFound("promise", promise_id)
    return rows[0]


def promise_rows(actor: Actor, promises: QuerySet[Promise]) -> list[PromiseRow]:
    """Rows with covers and sources; tasks the viewer does not see and words they may not read stay hidden."""
    found = list(promises)
    ids = [promise.pk for promise in found]
    covers = _covers(actor, ids)
    sources = {source.promise_id: source for source in PromiseSource.objects.filter(promise_id__in=ids)}
    readable = _readable(actor, list(sources.values()))
    return [_row(promise, covers.get(promise.pk, ()), sources.get(promise.pk), readable) for promise in found]


def _covers(actor: Actor, promise_ids: Collection[int]) -> dict[int, tuple[CoverRow, ...]]:
    pairs = list(PromiseCover.objects.filter(promise_id__in=promise_ids).order_by("pk").values_list("promise_id", "task_id"))
    seen = {ref.id for ref in visible_refs(actor, {Ref("delivery.task", task_id) for _, task_id in pairs})}
    tasks = find_tasks(task_ids=seen) if seen else {}
    covers: dict[int, list[CoverRow]] = {}
    for promise_id, task_id in pairs:
        if task_id not in tasks:
            continue
        task = tasks[task_id]
        covers.setdefault(promise_id, []).append(
            CoverRow(task.id, task.name, task.kind, task.finish_date, task.status == "done")
        )
    return {key: tuple(rows) for key, rows in covers.items()}


def _readable(actor: Actor, sources: Collection[PromiseSource]) -> set[Ref]:
    return visible_refs(actor, {Ref(source.noun, source.ref_id) for source in sources if source.ref_id})


def _row(promise: Promise, covers: tuple[CoverRow, ...], source: PromiseSource | None, readable: set[Ref]) -> PromiseRow:
    ref = Ref(source.noun, source.ref_id) if source and source.ref_id else None
    homes = (Ref("sales.deal", promise.deal_id or 0), Ref("delivery.project", promise.project_id or 0))
    may_read = source is not None and (ref is None or ref in readable or ref in homes)
    ref = ref if may_read else None
    return PromiseRow(
        promise.pk, promise.number, promise.deal_id, promise.project_id, promise.kind, promise.key, promise.text,
        promise.condition, promise.due_date, promise.weight, promise.state, promise.coverage, promise.forecast_date,
        promise.is_client_visible, promise.state_reason, promise.author_label,
        source.quote if source and may_read else "", ref, source.speaker if source and may_read else "",
        source.said_at if source and may_read else None, covers, promise.version, promise.created_at, promise.updated_at,
    )


def get_coverages_of_deals(*, actor: Actor, deal_ids: Collection[int]) -> dict[int, Coverage]:
    """How well what was promised on each deal is covered, as far as the viewer sees the promises; one query."""
    tallies: dict[int, list[tuple[str, int]]] = {}
    rows = visible_promises(actor).filter(deal_id__in=set(deal_ids)).exclude(state="draft")
    for deal_id, state, coverage, weight in rows.values_list("deal_id", "state", "coverage", "weight"):
        tallies.setdefault(deal_id, []).append((column_of(state, coverage), weight))
    return {key: weigh_coverage(tallies.get(key, ())) for key in deal_ids}


def list_reasons(*, actor: Actor, task_id: int) -> list[PromiseRow]:
    """The why behind a task: the promises it, or a phase around it, keeps; with their original words."""
    task = get_task(actor=actor, task_id=task_id)
    around = [task.id]
    parent_id = task.parent_id
    while parent_id is not None:
        around.append(parent_id)
        parent_id = find_tasks(task_ids=[parent_id])[parent_id].parent_id
    ids = PromiseCover.objects.filter(task_id__in=around).values("promise_id")
    return promise_rows(actor, visible_promises(actor).filter(pk__in=ids).order_by("-weight", "pk"))


def find_reason_counts(*, actor: Actor, task_ids: Collection[int]) -> dict[int, int]:
    """How many visible promises each task keeps; one query."""
    counts: dict[int, int] = {}
    pairs = PromiseCover.objects.filter(task_id__in=set(task_ids), promise__in=visible_promises(actor))
    for task_id in pairs.values_list("task_id", flat=True):
        counts[task_id] = counts.get(task_id, 0) + 1
    return counts


def find_newly_broken(*, project_id: int, finishes: dict[int, date], gone: Collection[int]) -> list[BrokenPromise]:
    """Confirmed promises in time so far that these finish dates would make late or leave without work."""
    broken = []
    for promise, task_ids in confirmed_with_covers(project_id=project_id):
        live = [finishes.get(key) for key in task_ids if key not in gone]
        coverage, forecast = coverage_of(due_date=promise.due_date, finishes=live)
        if promise.coverage == "planned" and coverage != "planned":
            because = (
                f"the work now ends on {forecast:%Y-%m-%d}, promised was {promise.due_date:%Y-%m-%d}"
                if coverage == "at_risk" and forecast and promise.due_date
                else "no work covers it any more"
            )
            broken.append(BrokenPromise(promise.pk, promise.number, promise.text, promise.due_date, forecast, because))
    return broken


def confirmed_with_covers(*, project_id: int) -> list[tuple[Promise, list[int]]]:
    """The confirmed promises of a project with the ids of their covering tasks; two queries."""
    promises = list(Promise.objects.filter(project_id=project_id, state="confirmed").order_by("pk"))
    covers: dict[int, list[int]] = {}
    pairs: Any = PromiseCover.objects.filter(promise__in=promises).values_list("promise_id", "task_id")
    for promise_id, task_id in pairs:
        covers.setdefault(promise_id, []).append(task_id)
    return [(promise, covers.get(promise.pk, [])) for promise in promises]
