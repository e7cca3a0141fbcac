"""Geometry of the plan as plain numbers: days become x, rows become y. No colours, no words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from wonward.domains.delivery.types import DependencyRow, OutlineRow, TaskRow
from wonward.kernel.work_calendar import WorkCalendar

ROW = 34
MONTH_ROOM = 110
DIAMOND = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the plan: `x` and widths in pixels; a baseline only where the task was in the frozen plan."""

    task: TaskRow
    x: int
    width: int
    done_width: int
    baseline_x: int | None
    baseline_width: int
    has_children: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the time axis."""

    x: int
    day: date
    is_month: bool


@dataclass(frozen=True, slots=True)
class PlanDrawing:
    """Everything the timeline draws of the rows from `first_row` on; `rows_left` wait to be asked for."""

    bars: list[Bar]
    links: list[str]
    critical_links: list[str]
    ticks: Sequence[Tick]
    off_spans: Sequence[tuple[int, int]]
    width: int
    height: int
    day_width: int
    today_x: int | None
    promise_x: int | None
    first_row: int
    rows_left: int
    last_day: date


def shown_rows(tasks: Sequence[OutlineRow], folded: Collection[int], kept: Collection[int] | None = None) -> list[OutlineRow]:
    """The dated tasks in outline order without what lies inside a folded phase; with `kept` those and what they lie in."""
    if kept is None and not folded:
        return [task for task in tasks if task.start_date and task.finish_date]
    hidden: set[int] = set()
    if kept is not None:
        around = set(kept)
        for task in reversed(tasks):
            if task.id in around and task.parent_id is not None:
                around.add(task.parent_id)
        tasks = [task for task in tasks if task.id in around]
    shown = []
    for task in tasks:
        if task.parent_id is not None and (task.parent_id in folded or task.parent_id in hidden):
            hidden.add(task.id)
        elif task.start_date and task.finish_date:
            shown.append(task)
    return shown


def draw_plan(
    *, tasks: Sequence[OutlineRow], rows: Sequence[OutlineRow], details: Mapping[int, TaskRow], links: Sequence[DependencyRow],
    baseline: Mapping[int, tuple[date, date]], promised: date | None, forecast: date | None, today: date, calendar: WorkCalendar,
    first_row: int = 0,
) -> PlanDrawing:
    """Place a stretch of the plan with its baseline and dependencies; days the calendar does not work are spans.

    `tasks` are the whole plan, `rows` its `shown_rows`, `details` the tasks of the stretch that begins at
    `first_row`, `links` at least those that begin or end there.
    """
    first, last = _frame(tasks, [day for day in (promised, forecast) if day], today)
    span = (last - first).days + 1
    unit = 24 if span <= 60 else 14 if span <= 130 else 8 if span <= 300 else 4
    origin = first.toordinal()

    def x_of(day: date) -> int:
        return (day.toordinal() - origin) * unit

    parents = {task.parent_id for task in tasks}
    stretch = rows[first_row : first_row + len(details)]
    bars = [
        _bar(details[row.id], x_of, unit, baseline.get(row.id), row.id in parents) for row in stretch
    ]
    plain, critical = _links(rows, links, range(first_row, first_row + len(stretch)), x_of, unit)
    is_open_ended = first_row + len(stretch) < len(rows)
    return PlanDrawing(
        bars, plain, critical, _ticks(first, span, unit) if not first_row else (),
        _off_spans(first, span, unit, calendar) if not first_row else (), span * unit, max(1, len(rows)) * ROW, unit,
        x_of(today) if first <= today <= last else None, x_of(promised) + unit if promised else None,
        first_row, len(rows) - first_row - len(stretch) if is_open_ended else 0, last,
    )


def _frame(tasks: Sequence[OutlineRow], marks: Sequence[date], today: date) -> tuple[date, date]:
    """The first and the last day of the drawing, with air on both sides."""
    starts = [task.start_date for task in tasks if task.start_date]
    finishes = [task.finish_date for task in tasks if task.finish_date]
    first, last = min([*starts, *marks], default=today), max([*finishes, *marks], default=today)
    return first - timedelta(days=3), last + timedelta(days=21)


def _bar(
    task: TaskRow, x_of: Callable[[date], int], unit: int, frozen: tuple[date, date] | None, is_parent: bool
) -> Bar:
    x, width = _extent(task, x_of, unit)
    return Bar(
        task, x, width, round(width * task.percent_complete / 100), x_of(frozen[0]) if frozen else None,
        max(unit, x_of(frozen[1]) + unit - x_of(frozen[0])) if frozen else 0, is_parent,
    )


def _extent(task: TaskRow | OutlineRow, x_of: Callable[[date], int], unit: int) -> tuple[int, int]:
    assert task.start_date
    assert task.finish_date
    x = x_of(task.start_date)
    return x, unit if task.is_moment else max(unit, x_of(task.finish_date) + unit - x)


def _reach(task: TaskRow | OutlineRow, x_of: Callable[[date], int], unit: int) -> tuple[int, int]:
    """Where dependencies meet the shape: a milestone is a diamond around the end of its day."""
    x, width = _extent(task, x_of, unit)
    return (x + width - DIAMOND, 2 * DIAMOND) if task.is_moment else (x, width)


def _links(
    rows: Sequence[OutlineRow], links: Sequence[DependencyRow], places: range, x_of: Callable[[date], int], unit: int
) -> tuple[list[str], list[str]]:
    """The paths whose lower end lies among `places`, so that every path is drawn with exactly one stretch of rows."""
    at = {task.id: place for place, task in enumerate(rows)}
    plain: list[str] = []
    critical: list[str] = []
    for link in links:
        source, target = at.get(link.from_id), at.get(link.to_id)
        if source is None or target is None or max(source, target) not in places:
            continue
        ends = (*_reach(rows[source], x_of, unit), source), (*_reach(rows[target], x_of, unit), target)
        is_critical = rows[source].is_critical and rows[target].is_critical
        (critical if is_critical else plain).append(_path(*ends, link.type))
    return plain, critical


@lru_cache(maxsize=256)
def _off_spans(first: date, span: int, unit: int, calendar: WorkCalendar) -> tuple[tuple[int, int], ...]:
    """Stretches of days off as (x, width); the same for every drawing of that frame."""
    spans: list[tuple[int, int]] = []
    for n in range(span):
        if calendar.is_working_day(first + timedelta(days=n)):
            continue
        if spans and spans[-1][0] + spans[-1][1] == n * unit:
            spans[-1] = (spans[-1][0], spans[-1][1] + unit)
        else:
            spans.append((n * unit, unit))
    return tuple(spans)


def _path(source: tuple[int, int, int], target: tuple[int, int, int], kind: str) -> str:
    """An elbow from one end of the predecessor to one end of the successor, both given as (x, width, row)."""
    from_x = source[0] + source[1] if kind in ("FS", "FF") else source[0]
    to_x = target[0] if kind in ("FS", "SS") else target[0] + target[1]
    from_y, to_y = source[2] * ROW + ROW // 2, target[2] * ROW + ROW // 2
    out = from_x + 6 if kind in ("FS", "FF") else from_x - 6
    if kind == "FS" and to_x >= from_x + 12:
        return f"M{from_x} {from_y}H{to_x - 6}V{to_y}H{to_x - 1}"
    if kind == "FS" and to_x >= from_x - 2 and to_y > from_y:
        return f"M{from_x - 4} {from_y + 12}V{to_y}H{to_x - 1}"
    back = to_x - 7 if kind in ("FS", "SS") else to_x + 7
    middle = from_y + (ROW // 2 if to_y > from_y else -ROW // 2)
    return f"M{from_x} {from_y}H{out}V{middle}H{back}V{to_y}H{to_x - 1 if kind in ('FS', 'SS') else to_x + 1}"


@lru_cache(maxsize=256)
def _ticks(first: date, span: int, unit: int) -> tuple[Tick, ...]:
    ticks = []
    for n in range(span):
        day = first + timedelta(days=n)
        if day.day == 1 or (n == 0 and (32 - day.day) * unit > MONTH_ROOM):
            ticks.append(Tick(n * unit, day, True))
        elif day.weekday() == 0 and unit >= 8:
            ticks.append(Tick(n * unit, day, False))
    return tuple(ticks)


@dataclass(frozen=True, slots=True)
class MiniTimeline:
    """Promise against forecast in a drawing 1000 units wide; every x lies between 20 and 980."""

    start_x: int
    today_x: int
    promised_x: int | None
    forecast_x: int
    months: list[tuple[int, date]]


def draw_promise(*, start: date, promised: date | None, forecast: date | None, today: date) -> MiniTimeline:
    """The whole project on one line."""
    end = max(day for day in (promised, forecast, today, start + timedelta(days=14)) if day)
    first = min(start, today)
    span = max(1, (end - first).days)

    def x_of(day: date) -> int:
        return 40 + round(900 * (day - first).days / span)

    months = []
    day = date(first.year, first.month, 1)
    while day <= end:
        if day >= first:
            months.append((x_of(day), day))
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    step = max(1, len(months) // 8)
    return MiniTimeline(x_of(start), x_of(today), x_of(promised) if promised else None, x_of(forecast or end), months[::step])
