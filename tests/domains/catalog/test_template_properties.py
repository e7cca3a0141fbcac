"""What holds for every template, however often and whenever it is copied. No database."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domains.catalog.blueprints import blueprints
from wonward.domains.catalog.rules.comparing import digest_of
from wonward.domains.catalog.rules.expanding import choose_items, expand_items, split_units
from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.delivery.queries.drafts import date_items
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

STARTS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
HOLIDAYS = st.sets(st.dates(date(2026, 1, 1), date(2029, 12, 31)), max_size=25)
Item = dict[str, Any]


def graph_of(items: list[BlueprintItem]) -> Counter[tuple[str, str, str, int, str]]:
    return Counter((item.key, wait.key, wait.type, wait.lag_minutes, wait.lag_unit) for item in items for wait in item.after)


@settings(max_examples=50)
@given(blueprints(), st.integers(1, 5), st.integers(1, 7))
def test_copying_a_template_any_number_of_times_leaves_it_byte_for_byte_as_it_was(items: list[Item], copies: int, units: int) -> None:
    before, kept = digest_of(items), copy.deepcopy(items)
    for _ in range(copies):
        expand_items(items, quantity=Decimal(units), options=frozenset(["a"]))
        expand_items(items, quantity=Decimal(units), prefix="s1.")
    assert items == kept
    assert digest_of(items) == before


@settings(max_examples=50)
@given(blueprints())
def test_the_dependencies_of_a_copy_are_those_of_the_template(items: list[Item]) -> None:
    plain = [{**item, "repeat": None} for item in items]
    wanted = Counter(
        (item["key"], wait["key"], wait["type"], round(wait["lag_days"] * (480 if wait["lag_unit"] == "working" else 1440)), wait["lag_unit"])
        for item in plain
        for wait in item.get("after") or []
    )
    first, second = expand_items(plain), expand_items(plain, prefix="s2.")
    assert graph_of(first) == wanted
    strip = len("s2.")
    assert Counter((a[strip:], b[strip:], *rest) for a, b, *rest in graph_of(second).elements()) == wanted
    assert [item.parent for item in first] == [item.get("parent") for item in plain]


@settings(max_examples=50)
@given(blueprints(with_options=True), st.integers(1, 60), st.sets(st.sampled_from(["a", "b"])))
def test_a_copy_points_at_nothing_outside_itself(items: list[Item], units: int, options: set[str]) -> None:
    made = expand_items(items, quantity=Decimal(units), options=frozenset(options), prefix="s1.")
    keys = {item.key for item in made}
    assert len(keys) == len(made)
    assert all(item.parent in keys for item in made if item.parent is not None)
    assert all(wait.key in keys and wait.key != item.key for item in made for wait in item.after)


@settings(max_examples=50)
@given(blueprints(with_options=True), st.sets(st.sampled_from(["a", "b"])), STARTS)
def test_whatever_is_left_out_the_rest_can_still_be_dated(items: list[Item], options: set[str], start: date) -> None:
    made = expand_items(items, options=frozenset(options))
    dated = date_items(made, start_date=start, promised_finish_date=None, calendar=STANDARD_CALENDAR)
    assert set(dated) == {item.key for item in made}


@settings(max_examples=50)
@given(blueprints(with_options=True))
def test_leaving_out_a_section_keeps_the_order_of_the_rest(items: list[Item]) -> None:
    """What came after another through a section left out still comes after it."""
    everything = {item["key"]: [wait["key"] for wait in item.get("after") or []] for item in items}
    chosen = choose_items(items, frozenset())
    left = {item["key"] for item in chosen}
    leaves = {item["key"] for item in items if item["kind"] != "phase"}
    direct = {item["key"]: [wait["key"] for wait in item.get("after") or []] for item in chosen}
    for key in left & leaves:
        reachable = _behind(key, everything) & left
        assert _behind(key, direct) >= reachable


def _behind(key: str, graph: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[key])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += graph.get(one, [])
    return found


@given(st.decimals("0.01", "5000", places=2), st.integers(1, 200))
def test_units_are_shared_out_without_losing_one(quantity: Decimal, limit: int) -> None:
    shares = split_units(quantity, limit)
    assert sum(share.units for share in shares) == quantity
    assert 1 <= len(shares) <= limit
    assert [share.first for share in shares] == [1, *(share.last + 1 for share in shares[:-1])]
    assert max(share.last - share.first for share in shares) - min(share.last - share.first for share in shares) <= 1


@given(st.integers(1, 400), st.integers(1, 60))
def test_a_limit_changes_the_number_of_tasks_and_never_the_effort(units: int, limit: int) -> None:
    item = {"key": "page", "kind": "task", "name": "Page", "effort_minutes": {"per_unit": 90}, "repeat": "quantity", "repeat_limit": limit}
    made = expand_items([item], quantity=Decimal(units))
    assert len(made) == min(units, limit)
    assert sum(one.effort_minutes for one in made) == 90 * units


def working_minutes(start: Any, finish: Any, calendar: WorkCalendar) -> int:
    """Counted day by day, not by the engine."""
    total, day = 0, start.date()
    while day <= finish.date():
        for first, last in calendar.spans_on(day):
            low = max(first, start.hour * 60 + start.minute if day == start.date() else 0)
            high = min(last, finish.hour * 60 + finish.minute if day == finish.date() else 1440)
            total += max(0, high - low)
        day += timedelta(days=1)
    return total


@settings(max_examples=80)
@given(STARTS, HOLIDAYS, st.lists(st.sampled_from([0.5, 1, 2.5, 5, 7, 23]), min_size=1, max_size=5))
def test_a_task_lasts_what_the_template_says_whenever_it_starts(start: date, holidays: set[date], lengths: list[float]) -> None:
    """All weekdays, the nights the clocks change, holidays and turns of the year."""
    calendar = WorkCalendar(STANDARD_CALENDAR.week, dict.fromkeys(holidays, ()))
    items = [
        {"key": f"t{place}", "kind": "task", "name": "Task", "duration_days": days,
         "after": [{"key": f"t{place - 1}"}] if place else []}
        for place, days in enumerate(lengths)
    ]
    dated = date_items(expand_items(items), start_date=start, promised_finish_date=None, calendar=calendar)
    for place, days in enumerate(lengths):
        timing = dated[f"t{place}"].timing
        assert working_minutes(timing.start_at, timing.finish_at, calendar) == round(days * 480)
    assert dated["t0"].timing.start_at.date() == calendar.next_working_day(start)


@given(STARTS, HOLIDAYS, st.integers(0, 60), st.integers(0, 30), st.sampled_from([0.5, 1, 2, 3.5]))
def test_offsets_count_working_days_from_the_kickoff_and_back_from_the_finish(
    start: date, holidays: set[date], offset: int, back: int, days: float
) -> None:
    calendar = WorkCalendar(STANDARD_CALENDAR.week, dict.fromkeys(holidays, ()))
    finish = start + timedelta(days=200)
    items = [
        {"key": "early", "kind": "task", "name": "Early", "duration_days": days, "start_offset_days": offset},
        {"key": "late", "kind": "task", "name": "Late", "duration_days": days, "before_finish_days": back},
    ]
    dated = date_items(expand_items(items), start_date=start, promised_finish_date=finish, calendar=calendar)
    early, late = dated["early"].timing, dated["late"].timing
    first = calendar.next_working_day(start)
    assert calendar.working_days_between(first, early.start_at.date()) == offset + 1
    due = calendar.previous_working_day(finish)
    assert late.finish_at.date() == dated["late"].deadline_date
    assert calendar.working_days_between(late.finish_at.date(), due) == back + 1
