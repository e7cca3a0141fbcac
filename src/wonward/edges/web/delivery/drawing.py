"""Geometry of the plan as plain numbers: days become x, rows become y. No colours, no words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wonward.domains.delivery.types import BaselineRow, DependencyRow, TaskRow

ROW = 34
BAR = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the plan. `x`, `width` in drawing units of `day_width` per day; `y` of the row's top."""

    task: TaskRow
    x: int
    width: int
    y: int
    done_width: int
    baseline_x: int | None
    baseline_width: int
    promise_count: int
    has_children: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the time axis."""

    x: int
    day: date
    is_month: bool


@dataclass(frozen=True, slots=True)
class PlanDrawing:
    """Everything the timeline draws."""

    bars: list[Bar]
    links: list[str]
    critical_links: list[str]
    ticks: list[Tick]
    weekends: list[int]
    width: int
    height: int
    day_width: int
    today_x: int | None
    promise_x: int | None
    forecast_x: int | None


def draw_plan(
    *, tasks: Sequence[TaskRow], links: Sequence[DependencyRow], baseline: BaselineRow | None, promised: date | None,
    forecast: date | None, today: date, promise_counts: Mapping[int, int],
) -> PlanDrawing:
    """Place every task, its baseline, its dependencies and the promise line."""
    dated = [task for task in tasks if task.start_date and task.finish_date]
    days = [day for task in dated for day in (task.start_date, task.finish_date) if day]
    days += [day for day in (promised, forecast) if day]
    first = min(days, default=today) - timedelta(days=3)
    last = max(days, default=today) + timedelta(days=10)
    span = (last - first).days + 1
    unit = 24 if span <= 60 else 14 if span <= 130 else 8 if span <= 300 else 4

    def x_of(day: date) -> int:
        return (day - first).days * unit

    parents = {task.parent_id for task in tasks}
    bars = [
        _bar(task, place, x_of, unit, baseline.dates.get(task.id) if baseline else None, promise_counts.get(task.id, 0),
             task.id in parents)
        for place, task in enumerate(dated)
    ]
    by_id = {bar.task.id: bar for bar in bars}
    paths = [(_path(by_id[link.from_id], by_id[link.to_id], link.type), by_id[link.from_id].task.is_critical
              and by_id[link.to_id].task.is_critical) for link in links if link.from_id in by_id and link.to_id in by_id]
    return PlanDrawing(
        bars, [path for path, is_critical in paths if not is_critical], [path for path, is_critical in paths if is_critical],
        _ticks(first, span, unit), [x_of(first + timedelta(days=n)) for n in range(span) if (first + timedelta(days=n)).weekday() == 5],
        span * unit, max(1, len(bars)) * ROW, unit, x_of(today) if first <= today <= last else None,
        x_of(promised) + unit if promised else None, x_of(forecast) + unit if forecast else None,
    )


def _bar(
    task: TaskRow, place: int, x_of: Callable[[date], int], unit: int, frozen: tuple[date, date] | None, promises: int,
    is_parent: bool,
) -> Bar:
    assert task.start_date
    assert task.finish_date
    x = x_of(task.start_date)
    width = unit if task.kind == "milestone" else max(unit, x_of(task.finish_date) + unit - x)
    return Bar(
        task, x, width, place * ROW, round(width * task.percent_complete / 100),
        x_of(frozen[0]) if frozen else None, max(unit, x_of(frozen[1]) + unit - x_of(frozen[0])) if frozen else 0,
        promises, is_parent,
    )


def _path(source: Bar, target: Bar, kind: str) -> str:
    """An elbow from one end of the predecessor to one end of the successor."""
    from_x = source.x + source.width if kind in ("FS", "FF") else source.x
    to_x = target.x if kind in ("FS", "SS") else target.x + target.width
    from_y, to_y = source.y + ROW // 2, target.y + ROW // 2
    out = from_x + 6 if kind in ("FS", "FF") else from_x - 6
    if kind == "FS" and to_x >= from_x + 12:
        return f"M{from_x} {from_y}H{to_x - 6}V{to_y}H{to_x - 1}"
    back = to_x - 7 if kind in ("FS", "SS") else to_x + 7
    middle = from_y + (ROW // 2 if to_y > from_y else -ROW // 2)
    return f"M{from_x} {from_y}H{out}V{middle}H{back}V{to_y}H{to_x - 1}"


def _ticks(first: date, span: int, unit: int) -> list[Tick]:
    ticks = []
    for n in range(span):
        day = first + timedelta(days=n)
        if day.day == 1 or n == 0:
            ticks.append(Tick(n * unit, day, True))
        elif day.weekday() == 0 and unit >= 8:
            ticks.append(Tick(n * unit, day, False))
    return ticks


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
