"""Reading promises of deals and projects the viewer sees, and the why behind a task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Coalesce

from wonward.domains.delivery.queries.tasks import find_tasks, get_task
from wonward.domains.delivery.types import TaskRow
from wonward.foundation.access.policy import reaches_all, visible_ids, visible_refs
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.journeys.promises.models import (
    Promise,
    PromiseCover,
    PromiseProject,
    PromiseQuerySet,
    PromiseSource,
)
from wonward.journeys.promises.queries.amounts import (
    MOST_SEARCHED,
    find_readable_amounts,
    found_as_read,
    holding_words,
    reads_every_amount,
)
from wonward.journeys.promises.queries.holding import find_further, list_covers, list_kept_by
from wonward.journeys.promises.rules import (
    because_of,
    cover_share,
    find_words,
    steps_from,
    suggest,
    weigh_coverage,
)
from wonward.journeys.promises.rules.amounts import without_amounts
from wonward.journeys.promises.types import (
    APART,
    COLUMNS,
    CONDITIONS,
    BasisRow,
    Coverage,
    CoverRow,
    Ledger,
    MarkedWords,
    PromiseFacts,
    PromiseRow,
    Tally,
    column_of,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

SORTS: dict[str, tuple[str, ...]] = {
    "-weight": ("-weight", "due_date", "pk"), "weight": ("weight", "due_date", "pk"),
    "due_date": ("due_date", "pk"), "-due_date": ("-due_date", "-pk"), "id": ("pk",), "-id": ("-pk",),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}
_OVER = ("done", "cancelled")


def visible_promises(actor: Actor) -> PromiseQuerySet:
    """Promises on deals or projects the actor sees."""
    if not actor.may("promises.promise.view"):
        return Promise.objects.none()
    projects = visible_ids("delivery.project", actor)
    seen = Q(deal__in=visible_ids("sales.deal", actor)) | Q(project__in=projects)
    if not reaches_all("delivery.project", actor):
        seen |= Q(pk__in=PromiseProject.objects.filter(project__in=projects).values("promise_id"))
    return Promise.objects.filter(seen)


def list_promises(
    *, actor: Actor, deal_id: int | None = None, project_id: int | None = None, sold_on_deal_id: int | None = None, text: str = "",
    state: str = "", column: str = "", kind: str = "", updated_since: datetime | None = None, sort: str = "-weight", offset: int = 0,
    limit: int = 200,
) -> list[PromiseRow]:
    """The ledger of a deal or project, heaviest first; everything the viewer sees when neither is named.

    `sort` is one of SORTS, `column` one of COLUMNS, "apart" or "draft". `sold_on_deal_id` keeps what the viewer sees of a deal's
    promises, also without seeing the deal.
    """
    if deal_id is not None and not (project_id or sold_on_deal_id or text or state or column or kind or updated_since):
        return _at_home(actor, Ref("sales.deal", deal_id), sort, offset, limit)
    if project_id is not None and not (deal_id or sold_on_deal_id or text or state or column or kind or updated_since):
        return _at_home(actor, Ref("delivery.project", project_id), sort, offset, limit)
    promises = _promises_of(actor, deal_id, project_id)
    if sold_on_deal_id is not None:
        promises = promises.filter(deal_id=sold_on_deal_id)
    if state:
        promises = promises.filter(state=state)
    if column:
        promises = promises.filter(in_column(column))
    if kind:
        promises = promises.filter(kind=kind)
    if updated_since:
        promises = promises.filter(updated_at__gte=updated_since)
    ordered = promises.order_by(*SORTS[sort])
    if not text:
        return promise_rows(actor, ordered[offset : offset + limit])
    found = ordered.filter(holding_words(text))
    if reads_every_amount(actor):
        return promise_rows(actor, found[offset : offset + limit])
    return found_as_read(promise_rows(actor, found[:MOST_SEARCHED]), text)[offset : offset + limit]


def _at_home(actor: Actor, home: Ref, sort: str, offset: int, limit: int) -> list[PromiseRow]:
    """The whole ledger of a deal or project: who sees the one sees every promise on it."""
    if not actor.may("promises.promise.view"):
        return []
    _require_visible(actor, home)
    is_deal = home.noun == "sales.deal"

    def ledger(values: Values) -> QuerySet[Any, Any]:
        of_home = Promise.objects.filter(deal_id=values["home"]) if is_deal else Promise.objects.holding_in(values["home"])
        return _kept(of_home.order_by(*SORTS[sort]))[offset : offset + limit]

    return _rows(actor, prepared.rows((is_deal, sort, offset, limit), ledger, {"home": home.id}))


def list_promises_of_deal(*, actor: Actor, deal_id: int, limit: int = 200) -> list[PromiseRow]:
    """The promises of a deal as far as the viewer sees them, on the deal or on its projects, heaviest first; empty when none is."""
    seen = visible_promises(actor).filter(deal_id=deal_id)
    return promise_rows(actor, seen.order_by(*SORTS["-weight"])[:limit])


def list_promise_facts(*, deal_id: int) -> list[PromiseFacts]:
    """Every promise of a deal as it is written down, in the order they were made; one query. For records, not for readers."""
    return [PromiseFacts(*values) for values in prepared.rows("promise facts", _facts_of_deal, {"deal": deal_id})]


def _facts_of_deal(values: Values) -> QuerySet[Any, Any]:
    return Promise.objects.filter(deal_id=values["deal"]).order_by("pk").values_list(
        "pk", "number", "project_id", "kind", "key", "text", "condition", "due_date", "weight", "state",
        Coalesce("source__quote", Value(""), output_field=TextField()), "source__ref_id",
    )


def _promises_of(actor: Actor, deal_id: int | None, project_id: int | None) -> PromiseQuerySet:
    promises = visible_promises(actor)
    if deal_id is not None:
        _require_visible(actor, Ref("sales.deal", deal_id))
        promises = promises.filter(deal_id=deal_id)
    if project_id is not None:
        _require_visible(actor, Ref("delivery.project", project_id))
        promises = promises.holding_in(project_id)
    return promises


def in_column(column: str) -> Q:
    """The promises of one column, as `column_of` decides it; "draft" are those that were not confirmed yet."""
    if column == "draft":
        return Q(state="draft")
    if column == APART:
        return Q(kind__in=CONDITIONS) & ~Q(state="draft")
    states = {
        "kept": Q(state="kept"), "waived": Q(state__in=("waived", "replaced")),
        "at_risk": Q(state="broken") | Q(state="confirmed", coverage="at_risk"),
    }
    return states.get(column, Q(state="confirmed", coverage=column)) & ~Q(kind__in=CONDITIONS)


def _require_visible(actor: Actor, ref: Ref) -> None:
    if not visible_refs(actor, [ref]):
        raise NotFound(ref.noun.partition(".")[2], ref.id)


def get_coverage(*, actor: Actor, deal_id: int | None = None, project_id: int | None = None) -> Coverage:
    """How much of what was promised on a deal or project live work keeps in time."""
    return _coverage(_tally(_promises_of(actor, deal_id, project_id)))


@dataclass(frozen=True, slots=True)
class _Heap:
    """Promises alike in kind, state and coverage."""

    kind: str
    state: str
    coverage: str
    count: int
    weight: int

    @property
    def column(self) -> str:
        return "draft" if self.state == "draft" else column_of(self.state, self.coverage, self.kind)


def _tally(promises: QuerySet[Promise]) -> list[_Heap]:
    rows = promises.order_by().values_list("kind", "state", "coverage").annotate(Count("pk"), Sum("weight"))
    return [_Heap(*row) for row in rows]


def _coverage(heaps: Collection[_Heap]) -> Coverage:
    return cover_share((heap.column, heap.count, heap.weight) for heap in heaps if heap.state != "draft")


def get_ledger(
    *, actor: Actor, deal_id: int | None = None, project_id: int | None = None, kind: str = "", limit: int = 20
) -> Ledger:
    """The ledger of a deal or project: all numbers, and the first `limit` rows of each column, heaviest first."""
    promises = _promises_of(actor, deal_id, project_id)
    heaps = _tally(promises)
    chosen = [heap for heap in heaps if not kind or heap.kind == kind]
    tallies: dict[str, Tally] = {}
    kinds: dict[str, int] = {}
    for key in (*COLUMNS, APART, "draft"):
        inside = [heap for heap in chosen if heap.column == key]
        tallies[key] = Tally(sum(heap.count for heap in inside), sum(heap.weight for heap in inside))
    for heap in heaps:
        kinds[heap.kind] = kinds.get(heap.kind, 0) + heap.count
    shown = promises.filter(kind=kind) if kind else promises
    found: list[tuple[Any, ...]] = []
    for key, tally in tallies.items():
        if tally.count:
            found += _kept(shown.filter(in_column(key)).order_by(*SORTS["-weight"]))[:limit]
    columns: dict[str, list[PromiseRow]] = {key: [] for key in tallies}
    for row in _rows(actor, found):
        columns["draft" if row.state == "draft" else row.column].append(row)
    return Ledger(_coverage(heaps), tallies, columns, kinds)


def find_promised_refs(*, deal_ids: Collection[int] = (), project_ids: Collection[int] = ()) -> set[Ref]:
    """Those of the given deals and projects that a promise was made on, whoever sees it."""
    deals = Promise.objects.filter(deal_id__in=set(deal_ids)).values_list("deal_id", flat=True)
    projects = Promise.objects.filter(project_id__in=set(project_ids)).order_by().values_list("project_id")
    further = PromiseProject.objects.filter(project_id__in=set(project_ids)).order_by().values_list("project_id")
    return {Ref("sales.deal", key) for key in deals if key} | {Ref("delivery.project", key) for (key,) in projects.union(further) if key}


def get_promise(*, actor: Actor, promise_id: int) -> PromiseRow:
    """One promise, or NotFound."""
    rows = promise_rows(actor, visible_promises(actor).filter(pk=promise_id))
    if not rows:
        raise NotFound("promise", promise_id)
    return rows[0]


def promise_rows(actor: Actor, promises: QuerySet[Promise]) -> list[PromiseRow]:
    """Rows with covers and sources; tasks the viewer does not see and words they may not read stay hidden."""
    return _rows(actor, _kept(promises))


def _kept(promises: QuerySet[Promise]) -> QuerySet[Any, Any]:
    shared = Exists(PromiseProject.objects.filter(promise=OuterRef("pk")))
    return promises.annotate(is_shared=shared).values_list(*_Kept._fields)


class _Kept(NamedTuple):
    """A promise as it is stored, with its source and its basis; the fields are named as Django names them."""

    pk: int
    number: str
    deal_id: int | None
    project_id: int | None
    kind: str
    key: str
    text: str
    condition: str
    due_date: date | None
    weight: int
    state: str
    coverage: str
    forecast_date: date | None
    is_client_visible: bool
    state_reason: str
    state_by: str
    state_at: datetime | None
    replaced_by_id: int | None
    replaced_by__number: str | None
    author_label: str
    version: int
    created_at: datetime
    updated_at: datetime
    source__pk: int | None
    source__noun: str
    source__ref_id: int | None
    source__quote: str
    source__speaker: str
    source__said_at: datetime | None
    basis__kickoff_date: date | None
    basis__earliest_date: date
    basis__p50_date: date
    basis__p80_date: date
    basis__p90_date: date
    basis__chance_percent: int
    basis__because: str
    basis__seed: int
    basis__approver_id: int | None
    basis__approver_label: str
    basis__approved_at: datetime | None
    project__manager_id: int | None
    is_shared: bool

    @property
    def source_ref(self) -> Ref | None:
        """The record the words stand in."""
        return Ref(self.source__noun, self.source__ref_id) if self.source__ref_id else None


def _rows(actor: Actor, values: Iterable[tuple[Any, ...]]) -> list[PromiseRow]:
    found = [_Kept(*one) for one in values]
    work = _work([promise.pk for promise in found])
    covering = [task for tasks in work.values() for task in tasks]
    projects = {ref.id for ref in visible_refs(actor, {Ref("delivery.project", task.project_id) for task in covering})}
    seen = {task.id for task in covering if task.project_id in projects}
    readable = visible_refs(actor, {ref for promise in found if (ref := promise.source_ref)})
    shared = [promise.pk for promise in found if promise.is_shared]
    further = find_further(promise_ids=shared) if shared else {}
    rows = [_row(promise, work.get(promise.pk, []), seen, readable, further.get(promise.pk, ())) for promise in found]
    priced = find_readable_amounts(actor=actor, promises=[(one.pk, one.deal_id, one.project__manager_id, one.is_shared) for one in found])
    return [row if row.id in priced else without_amounts(row) for row in rows]


def _work(promise_ids: Collection[int]) -> dict[int, list[TaskRow]]:
    """The covering tasks of each promise, in the order they were named."""
    if not promise_ids:
        return {}
    pairs = list_covers(promise_ids=promise_ids)
    tasks: Mapping[int, TaskRow] = find_tasks(task_ids=[task_id for _, task_id in pairs]) if pairs else {}
    work: dict[int, list[TaskRow]] = {}
    for promise_id, task_id in pairs:
        if task_id in tasks:
            work.setdefault(promise_id, []).append(tasks[task_id])
    return work


def _is_done(task: TaskRow) -> bool:
    return task.status == "done" or task.percent_complete == 100


def _row(promise: _Kept, work: list[TaskRow], seen: set[int], readable: Collection[Ref], further: tuple[int, ...]) -> PromiseRow:
    ref = promise.source_ref
    homes = (Ref("sales.deal", promise.deal_id or 0), Ref("delivery.project", promise.project_id or 0))
    words = promise if promise.source__pk is not None and (ref is None or ref in readable or ref in homes) else None
    row = PromiseRow(
        promise.pk, promise.number, promise.deal_id, promise.project_id, promise.kind, promise.key, promise.text,
        promise.condition, promise.due_date, promise.weight, promise.state, promise.coverage, promise.forecast_date,
        promise.is_client_visible, promise.state_reason, promise.state_by, promise.state_at, promise.replaced_by_id,
        promise.replaced_by__number or "",
        suggest(
            state=promise.state, due_date=promise.due_date, done=[_is_done(task) for task in work],
            finishes=[task.finish_date for task in work],
        ),
        steps_from(promise.state), "", promise.author_label, words.source__quote if words else "", ref if words else None,
        words.source__speaker if words else "", words.source__said_at if words else None,
        tuple(CoverRow(task.id, task.name, task.kind, task.finish_date, _is_done(task)) for task in work if task.id in seen),
        promise.version, promise.created_at, promise.updated_at, _basis(promise), further,
    )
    because = because_of(row)
    return replace(row, because=f"{because.rstrip('.')}. {row.basis.words(row.due_date)}" if row.basis else because)


def _basis(promise: _Kept) -> BasisRow | None:
    if promise.basis__kickoff_date is None:
        return None
    return BasisRow(
        promise.basis__kickoff_date, promise.basis__earliest_date, promise.basis__p50_date, promise.basis__p80_date,
        promise.basis__p90_date, promise.basis__chance_percent, promise.basis__because, promise.basis__seed,
        promise.basis__approver_id, promise.basis__approver_label, promise.basis__approved_at,
    )


def get_coverages_of_deals(*, actor: Actor, deal_ids: Collection[int]) -> dict[int, Coverage]:
    """How well what was promised on each deal is covered, as far as the viewer sees the promises; one query."""
    tallies: dict[int, list[tuple[str, int]]] = {}
    rows = visible_promises(actor).filter(deal_id__in=set(deal_ids)).exclude(state="draft")
    for deal_id, state, coverage, kind, weight in rows.values_list("deal_id", "state", "coverage", "kind", "weight"):
        tallies.setdefault(deal_id, []).append((column_of(state, coverage, kind), weight))
    return {key: weigh_coverage(tallies.get(key, ())) for key in deal_ids}


def list_reasons(*, actor: Actor, task_id: int) -> list[PromiseRow]:
    """The why behind a task: the promises it, or a phase around it, keeps; with their original words."""
    task = get_task(actor=actor, task_id=task_id)
    return _reasons(actor, [task.id, *_parents({task.id: task.parent_id}).get(task.id, ())])


def list_reasons_of(*, actor: Actor, task_id: int, parents: Mapping[int, int | None]) -> list[PromiseRow]:
    """The same for a task the viewer has been shown; `parents` tells the outline."""
    return _reasons(actor, [task_id, *_chain(task_id, parents)])


def _reasons(actor: Actor, around: Collection[int]) -> list[PromiseRow]:
    ids = PromiseCover.objects.filter(task_id__in=around).values("promise_id")
    reasons = visible_promises(actor).filter(pk__in=ids).exclude(state="replaced")
    return promise_rows(actor, reasons.order_by("-weight", "pk"))


def find_reason_counts(*, actor: Actor, task_ids: Collection[int], parents: Mapping[int, int | None]) -> dict[int, int]:
    """How many promises each task the viewer has been shown, or a phase around it, keeps; `parents` tells the outline; one query.

    Who sees a project sees every promise that holds in it, and a task keeps no other promises.
    """
    if not actor.may("promises.promise.view"):
        return {}
    around = {key: _chain(key, parents) for key in task_ids}
    wanted = set(task_ids).union(*around.values())
    kept: dict[int, set[int]] = {}
    for task_id, promise_id in list_kept_by(task_ids=wanted):
        kept.setdefault(task_id, set()).add(promise_id)
    counts = {key: len(set().union(*(kept.get(one, ()) for one in (key, *around.get(key, ()))))) for key in task_ids}
    return {key: count for key, count in counts.items() if count}


def _parents(parent_ids: Mapping[int, int | None]) -> dict[int, tuple[int, ...]]:
    """The phases around each of the given tasks, nearest first; one query per level."""
    known = dict(parent_ids)
    while missing := {parent for parent in known.values() if parent is not None and parent not in known}:
        known |= {task.id: task.parent_id for task in find_tasks(task_ids=missing).values()}
    return {key: _chain(key, known) for key in parent_ids}


def _chain(key: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    chain: list[int] = []
    parent = parents.get(key)
    while parent is not None:
        chain.append(parent)
        parent = parents.get(parent)
    return tuple(chain)


def mark_words(*, actor: Actor, promise_id: int, communication_id: int, body: str) -> MarkedWords | None:
    """Where the words of a promise stand in the body of an entry the viewer reads; None when it quotes another record."""
    row = next(iter(promise_rows(actor, visible_promises(actor).filter(pk=promise_id))), None)
    if row is None or row.source_ref != Ref("comms.communication", communication_id):
        return None
    said = PromiseSource.objects.filter(promise_id=promise_id).values_list("quote", flat=True).first() if row.hides_amounts else row.quote
    return MarkedWords(row.number, tuple(find_words(body, said or "")))


def list_earlier_promises(*, actor: Actor, promise_id: int) -> list[PromiseRow]:
    """What a promise replaced, latest first, as far as the viewer sees it."""
    earlier: list[int] = []
    layer = {promise_id}
    while layer := set(Promise.objects.filter(replaced_by_id__in=layer).values_list("pk", flat=True)):
        earlier += sorted(layer, reverse=True)
    rows = {row.id: row for row in promise_rows(actor, visible_promises(actor).filter(pk__in=earlier))} if earlier else {}
    return [rows[key] for key in earlier if key in rows]


def list_uncovered_promises(*, actor: Actor, offset: int = 0, limit: int = 200) -> list[PromiseRow]:
    """Confirmed promises of running projects that no work covers, heaviest first."""
    return promise_rows(actor, _uncovered(actor).order_by(*SORTS["-weight"])[offset : offset + limit])


def count_uncovered_promises(*, actor: Actor) -> int:
    """How many rows `list_uncovered_promises` has in all."""
    return _uncovered(actor).count()


def _uncovered(actor: Actor) -> QuerySet[Promise]:
    further = PromiseProject.objects.filter(promise=OuterRef("pk")).exclude(project__status__in=_OVER)
    runs = (Q(project__isnull=False) & ~Q(project__status__in=_OVER)) | Exists(further)
    return visible_promises(actor).filter(runs, in_column("uncovered"))


def list_unsourced_promises(*, actor: Actor, offset: int = 0, limit: int = 200) -> list[PromiseRow]:
    """Live promises without a single original word, heaviest first."""
    return promise_rows(actor, _unsourced(actor).order_by(*SORTS["-weight"])[offset : offset + limit])


def count_unsourced_promises(*, actor: Actor) -> int:
    """How many rows `list_unsourced_promises` has in all."""
    return _unsourced(actor).count()


def _unsourced(actor: Actor) -> QuerySet[Promise]:
    quoted = PromiseSource.objects.exclude(quote="").values("promise_id")
    return visible_promises(actor).filter(state__in=("draft", "confirmed")).exclude(pk__in=quoted)


def list_due_work(*, project_ids: Collection[int]) -> list[tuple[int, date, int]]:
    """(task, due date, weight) of every confirmed, dated promise of projects the viewer has been shown and the tasks that keep it."""
    covers = PromiseCover.objects.filter(
        task__project_id__in=set(project_ids), promise__state="confirmed", promise__due_date__isnull=False
    ).order_by("pk")
    return [(task_id, due, weight) for task_id, due, weight in covers.values_list("task_id", "promise__due_date", "promise__weight") if due]


def list_settled_promises(*, since: datetime, until: datetime) -> list[tuple[int, datetime, bool, int | None, int | None, int | None, int | None]]:
    """Promises kept or broken in a time: id, when, whether kept, deal, its owner, project, its manager. For sums, whoever may see them.

    What hangs on a restricted deal or project is left out. One query.
    """
    settled = Promise.objects.filter(state__in=("kept", "broken"), state_at__gte=since, state_at__lt=until)
    open_to_all = settled.exclude(deal__is_restricted=True).exclude(project__is_restricted=True)
    found = open_to_all.order_by("-state_at", "-pk").values_list(
        "pk", "state_at", "state", "deal_id", "deal__owner_id", "project_id", "project__manager_id"
    )
    return [(key, at, state == "kept", deal, owner, project, manager) for key, at, state, deal, owner, project, manager in found if at is not None]
