"""The forward pass for early dates and the backward pass for late ones, over integers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wonward.engines.scheduling.axis import CalendarAxis, WindowTooSmall
from wonward.engines.scheduling.network import (
    FINISH_HUB,
    FROM_START,
    MILESTONE,
    SS,
    START_HUB,
    STARTS_WITHIN,
    SUMMARY,
    TO_FINISH,
    Network,
)
from wonward.engines.scheduling.placement import latest_finish_index, place_task, remaining_minutes
from wonward.engines.scheduling.types import ConstraintType

NEVER = 1 << 60
NOT_WORKED_OUT = -1
HOLD_ROUNDS = 5


@dataclass(slots=True)
class Solution:
    """Per node: working indexes (``*_index``) of its own calendar and instants (``*_at``).

    ``starts_at`` of a plain task is worked out only when asked (``start_instant``). ``spans`` are the minutes
    from late start to late finish. ``late_starts_at`` is the latest instant the node may be waited for.
    ``first_leaves`` has, per hub of a summary's start, the leaf that starts first.
    """

    network: Network
    start_index: list[int]
    starts_at: list[int]
    finish_index: list[int]
    finishes_at: list[int]
    spans: list[int]
    late_finish_index: list[int]
    late_starts_at: list[int]
    finish_at: int
    first_leaves: dict[int, int]

    def start_instant(self, node: int) -> int:
        start = self.starts_at[node]
        return self.network.axes[node].start_side(self.start_index[node]) if start < 0 else start


def empty_solution(network: Network) -> Solution:
    count = len(network.kinds)
    zeros = [0] * count
    return Solution(
        network,
        zeros,
        [NOT_WORKED_OUT] * count,
        zeros.copy(),
        zeros.copy(),
        network.durations.copy(),
        zeros.copy(),
        [NEVER] * count,
        network.start,
        {},
    )


def run_passes(solution: Solution, affected: Collection[int] | None = None) -> None:
    """Early dates, late dates, and early ones again if tasks want to be as late as possible.

    Holding a task back may change which leaf starts its summary, and with it what may be late: then once more.
    Raises WindowTooSmall when a date leaves the days the tables cover.
    """
    try:
        _run_forward(solution, None, affected)
        run_backward(solution)
        for _ in range(HOLD_ROUNDS):
            holds = _late_holds(solution)
            if not holds:
                break
            first_leaves = solution.first_leaves.copy()
            _run_forward(solution, holds, None)
            if first_leaves == solution.first_leaves:
                break
            run_backward(solution)
    except IndexError:
        raise WindowTooSmall(solution.network.window, is_before=False) from None


def has_late_tasks(network: Network) -> bool:
    """Whether any task wants to be as late as possible."""
    return any(network.tasks[place].constraint == ConstraintType.ALAP for place in network.detailed)


def _run_forward(solution: Solution, held: dict[int, int] | None, affected: Collection[int] | None) -> None:
    """Place every node, or only the ``affected`` ones, as early as links, dates and ``held`` allow."""
    network = solution.network
    kinds, durations, tables = network.kinds, network.durations, network.tables
    successors, general = network.successors, network.general
    start_index, starts_at, finish_index, finishes_at = solution.start_index, solution.starts_at, solution.finish_index, solution.finishes_at
    ready = [network.start] * network.task_count + [0] * (len(kinds) - network.task_count)
    for place, anchor in network.anchors.items():
        ready[place] = anchor
    order: Sequence[int] = network.order
    if affected is not None:
        order = [node for node in order if node in affected]
        _push_across_border(solution, affected, ready)
    status = network.status if network.status is not None else 0
    columns = (ready, kinds, tables, durations, successors, general)
    for node, start, kind, (before_day, in_day, unit, leads), duration, followers, others in zip(order, *_in_order(columns, order), strict=False):
        if kind > MILESTONE:
            place_special(solution, node, start, held)
            finish = finishes_at[node]
        else:
            if start < status:
                start = status
            day = start // 1440
            start_index[node] = index = before_day[day] + in_day[day][start - day * 1440]
            if kind:
                minutes, minute = in_day[day], start - day * 1440
                if minutes[minute + 1] > minutes[minute] or (minute and minutes[minute - 1] < minutes[minute]):
                    finish = start
                else:
                    finish, _ = network.axes[node].milestone(start)
                starts_at[node] = finishes_at[node] = finish
                finish_index[node] = index
            else:
                finish_index[node] = index = index + duration
                finishes_at[node] = finish = index + leads[(index - 1) // unit]
        for follower in followers:
            if ready[follower] < finish:
                ready[follower] = finish
        if others:
            _push_general(solution, node, ready)
    finish_project(solution)


def _in_order(columns: Iterable[Sequence[Any]], order: Sequence[int]) -> list[Iterator[Any]]:
    """What columns hold for each node when its turn comes: what is written before that is seen."""
    if isinstance(order, range):
        return [iter(column) if order.step > 0 else reversed(column) for column in columns]
    return [map(column.__getitem__, order) for column in columns]


def finish_project(solution: Solution) -> None:
    finishes = solution.finishes_at[: solution.network.task_count]
    solution.finish_at = max(finishes, default=solution.network.start)


def place_special(solution: Solution, node: int, ready: int, held: dict[int, int] | None) -> None:
    network = solution.network
    kind = network.kinds[node]
    if kind == SUMMARY:
        return
    if kind == FINISH_HUB:
        solution.finishes_at[node] = ready
        return
    if kind == START_HUB:
        start, first = min((solution.start_instant(leaf), leaf) for leaf in network.hub_leaves[node])
        solution.starts_at[node], solution.first_leaves[node] = start, first
        return
    placed = place_task(network, node, ready, held.get(node, 0) if held else 0)
    solution.starts_at[node], solution.start_index[node] = placed.start, placed.start_index
    solution.finishes_at[node], solution.finish_index[node] = placed.finish, placed.finish_index
    if node in network.started:
        solution.spans[node] = remaining_minutes(network.tasks[node])
    elif network.tasks[node].is_manual:
        solution.spans[node] = placed.finish_index - placed.start_index


def _push_across_border(solution: Solution, affected: Collection[int], ready: list[int]) -> None:
    """Tell affected nodes what the untouched ones before them already give."""
    network = solution.network
    for node, followers in enumerate(network.successors):
        if node not in affected:
            finish = solution.finishes_at[node]
            for follower in followers:
                if ready[follower] < finish:
                    ready[follower] = finish
            if network.general[node]:
                _push_general(solution, node, ready)


def _push_general(solution: Solution, node: int, ready: list[int]) -> None:
    network = solution.network
    axes, durations = network.axes, network.durations
    start, finish = NOT_WORKED_OUT, solution.finishes_at[node]
    for follower, code, lag, is_elapsed in network.general[node]:
        earliest, back = finish, 0
        if code:
            if code == STARTS_WITHIN:
                continue
            if code & FROM_START:
                earliest = start = solution.start_instant(node) if start < 0 else start
            if code & TO_FINISH:
                back = durations[follower]
        if is_elapsed:
            earliest, lag = earliest + lag, 0
        if lag or back:
            earliest = link_start(axes[follower], earliest, lag, back)
        if earliest > ready[follower]:
            ready[follower] = earliest


def link_start(axis: CalendarAxis, source: int, lag: int, back: int) -> int:
    """The earliest start of a successor, whose calendar is ``axis``, that may lie ``lag`` working minutes after an instant.

    ``back`` are the minutes it lasts where the link binds its finish, otherwise 0.
    """
    if not lag and not back:
        return source
    if source < 0:
        raise WindowTooSmall(axis.window, is_before=True)
    before_day, in_day, unit, leads = axis.tables
    day = source // 1440
    index = before_day[day] + in_day[day][source - day * 1440] + lag - back
    last = index - 1 if lag > 0 and not back else index
    if last < 0:
        raise WindowTooSmall(axis.window, is_before=True)
    return index + leads[last // unit]


def run_backward(solution: Solution) -> None:
    """Find how late every node may be without moving the project's finish or breaking a date."""
    network = solution.network
    kinds, spans, tables, axes = network.kinds, solution.spans, network.tables, network.axes
    successors, general = network.successors, network.general
    late_finish_index, late_starts_at = solution.late_finish_index, solution.late_starts_at
    project_finish = solution.finish_at
    order = network.order[::-1]
    columns = (kinds, spans, tables, successors, general)
    for node, kind, span, (before_day, in_day, unit, leads), followers, others in zip(order, *_in_order(columns, order), strict=False):
        limit = project_finish
        for follower in followers:
            late = late_starts_at[follower]
            if late < limit:
                limit = late
        if kind > MILESTONE:
            limit_special(solution, node, limit)
            continue
        index_limit = NEVER
        if others:
            limit, index_limit = general_limits(solution, node, limit)
        day = limit // 1440
        if day < 0:
            raise WindowTooSmall(network.window, is_before=True)
        index = before_day[day] + in_day[day][limit - day * 1440]
        if index_limit < index:
            index = index_limit
        late_finish_index[node] = index
        index -= span
        if index < 0:
            raise WindowTooSmall(network.window, is_before=True)
        late = index + leads[index // unit]
        late_starts_at[node] = late if late <= limit or span else axes[node].finish_side(index)


def limit_special(solution: Solution, node: int, limit: int) -> None:
    """The late dates of hubs and of tasks with dates or progress of their own."""
    network = solution.network
    kind, span, axis = network.kinds[node], solution.spans[node], network.axes[node]
    if kind == SUMMARY:
        return
    index_limit = NEVER
    if node in network.complete:
        solution.late_finish_index[node] = solution.finish_index[node]
        return
    if network.general[node]:
        limit, index_limit = general_limits(solution, node, limit)
    if kind > SUMMARY:
        solution.late_starts_at[node] = limit
        return
    if not span:
        limit = min(limit, network.caps.get(node, limit))
    index = latest_finish_index(network, node, min(axis.index(limit), index_limit))
    solution.late_finish_index[node] = index
    late_start = axis.start_side(index - span)
    solution.late_starts_at[node] = late_start if span or late_start <= limit else axis.finish_side(index)


def latest_source(axis: CalendarAxis, index: int, instant: int, lag: int, is_elapsed: bool, span: int) -> int:
    """The latest end of a predecessor that leaves the bound end of a successor where it is.

    ``index`` and ``instant`` say where that is; ``axis`` is the successor's calendar. Only a milestone
    (``span`` 0) tells the end of one working span from the beginning of the next.
    """
    if span:
        return axis.start_side(index) - lag if is_elapsed else axis.start_side(index - lag)
    if is_elapsed or not lag:
        return instant - lag
    if lag < 0 and axis.start_side(index) > instant:
        index -= 1
    return axis.start_side(index - lag)


def general_limits(solution: Solution, node: int, limit: int) -> tuple[int, int]:
    """Tighten a late finish by the links that are not plain: as an instant, and as a working index."""
    network = solution.network
    tables, started, complete = network.tables, network.started, network.complete
    spans, late_finish_index, late_starts_at, first_leaves = solution.spans, solution.late_finish_index, solution.late_starts_at, solution.first_leaves
    span, index_limit = spans[node], NEVER
    is_started = node in started
    for follower, code, lag, is_elapsed in network.general[node]:
        if code == STARTS_WITHIN:
            if node != first_leaves[follower]:
                continue
            latest = late_starts_at[follower]
        elif follower in complete or (code == SS and follower in started):
            continue
        else:
            index, follower_span = late_finish_index[follower], spans[follower]
            if not code & TO_FINISH:
                index -= follower_span
            if follower_span and not is_elapsed and index >= lag:
                # As `latest_source` says it, without the calls.
                index -= lag
                _, _, unit, leads = tables[follower]
                latest = index + leads[index // unit]
            else:
                latest = latest_source(network.axes[follower], index, late_starts_at[follower], lag, is_elapsed, follower_span)
        if latest >= limit:
            continue
        if not (code & FROM_START and (span or is_started)):
            limit = latest
        elif not is_started:
            index_limit = min(index_limit, latest_start_index(network.axes[node], latest, span) + span)
    return limit, index_limit


def latest_start_index(axis: CalendarAxis, latest: int, span: int) -> int:
    """The last working index at which a task of ``span`` minutes starts no later than an instant."""
    index = axis.index(latest)
    return index - 1 if span and axis.start_side(index) > latest else index


def _late_holds(solution: Solution) -> dict[int, int]:
    """Late start instants of the open tasks that want to be as late as possible."""
    network = solution.network
    holds: dict[int, int] = {}
    for place in network.detailed:
        task = network.tasks[place]
        if task.constraint != ConstraintType.ALAP or place in network.hierarchy.leaves:
            continue
        if place not in network.started and not (task.is_manual and task.manual_start_at is not None):
            holds[place] = late_start_instant(solution, place)
    return holds


def late_start_instant(solution: Solution, place: int) -> int:
    """The late start as shown: a milestone keeps to the end of a working span unless it is on time."""
    network = solution.network
    if solution.late_finish_index[place] == solution.finish_index[place]:
        return solution.start_instant(place)
    index = solution.late_finish_index[place]
    if not solution.spans[place]:
        return network.axes[place].finish_side(index)
    return network.axes[place].start_side(index - solution.spans[place])
