"""Moving rows in and out, rules without a database, and how pasted lines are read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.delivery.plan import Plan
from tests.people import NOW
from wonward.domains.delivery.rules.likeness import likeness
from wonward.domains.delivery.rules.repeating import next_start
from wonward.domains.delivery.types import NewTask, PlacedTask
from wonward.edges.web.delivery.pasted_lines import MOST_LINES, read_lines
from wonward.journeys.promises.operations import undo_plan_change
from wonward.kernel.errors import Refused


@pytest.mark.django_db
def test_a_task_moves_into_a_phase_and_the_undo_puts_it_back(plan: Plan) -> None:
    before = [(row.name, row.level) for row in plan.tasks().values()]
    changed = plan.change(PlacedTask(plan.ids["build"], plan.ids["concept"], plan.ids["workshop"]))
    rows = list(plan.tasks().values())
    assert [row.name for row in rows][:4] == ["Concept", "Discovery workshop", "Build the templates", "Wireframes"]
    undo_plan_change(actor=plan.cast.manager, project_id=plan.project_id, plan_version=changed.outcome.plan_version, now=NOW)
    assert [(row.name, row.level) for row in plan.tasks().values()] == before


@pytest.mark.django_db
def test_a_row_cannot_lie_in_itself_nor_in_what_takes_no_time(plan: Plan) -> None:
    with pytest.raises(Refused, match="cannot lie in itself"):
        plan.change(PlacedTask(plan.ids["concept"], plan.ids["workshop"]))
    with pytest.raises(Refused, match="takes no time"):
        plan.change(PlacedTask(plan.ids["build"], plan.ids["live"]))
    with pytest.raises(Refused, match="waits for the other"):
        plan.change(PlacedTask(plan.ids["migrate"], plan.ids["build"]))


@pytest.mark.django_db
def test_new_rows_lie_in_rows_of_the_same_change(plan: Plan) -> None:
    plan.change(NewTask("Launch", kind="phase"), NewTask("Invite", parent_id=-1), NewTask("Speak", parent_id=-1, behind_id=-2))
    tasks = plan.tasks()
    assert (tasks["Invite"].parent_id, tasks["Speak"].parent_id) == (tasks["Launch"].id, tasks["Launch"].id)
    assert tasks["Launch"].duration_minutes == 480
    names = list(tasks)
    assert names.index("Speak") == names.index("Invite") + 1


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 40), st.sampled_from(["day", "week", "month"]), st.integers(0, 900))
def test_the_next_of_a_series_lies_after_and_never_skips_one(start: date, every: int, unit: str, late: int) -> None:
    after = start + timedelta(days=late)
    found = next_start(start, every=every, unit=unit, after=after)
    assert found > after
    longest = every * {"day": 1, "week": 7, "month": 31}[unit]
    assert (found - after).days <= longest


def test_a_monthly_series_keeps_the_end_of_the_month() -> None:
    assert next_start(date(2027, 1, 31), every=1, unit="month", after=date(2027, 1, 31)) == date(2027, 2, 28)
    assert next_start(date(2027, 1, 31), every=1, unit="month", after=date(2027, 2, 28)) == date(2027, 3, 31)


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("Migrate the content", "migrate Contents", True), ("Größe prüfen", "grosse prufen", True), ("Café menu", "cafe menus", True),
    ("Build templates", "Build the shop", False), ("", "", False),
])
def test_names_are_alike_by_the_words_they_share(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 75) is alike
    assert likeness(one, other) == likeness(other, one)


def test_an_outline_is_read_by_its_indents_whatever_they_are() -> None:
    text = "Launch\n\t- Invite\n\t\t1. Write the mail\n\n\t• Speak\nAfter\r\n    Thank"
    assert read_lines(text) == [(0, "Launch"), (1, "Invite"), (2, "Write the mail"), (1, "Speak"), (0, "After"), (1, "Thank")]


def test_ten_thousand_lines_get_a_clear_answer() -> None:
    with pytest.raises(Refused, match=f"These are 10000 lines; at most {MOST_LINES}"):
        read_lines("\n".join(f"Line {n}" for n in range(10_000)))
    with pytest.raises(Refused, match="Line 2 has 400 characters"):
        read_lines("ok\n" + "x" * 400)
    with pytest.raises(Refused, match="Write what is to be done"):
        read_lines(" \n\t")


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["a", "b c", "- d"])), min_size=1, max_size=40))
def test_depths_grow_by_one_at_most(lines: list[tuple[int, str]]) -> None:
    levels = [level for level, _ in read_lines("\n".join(" " * depth + name for depth, name in lines))]
    assert levels[0] == 0
    assert all(later <= former + 1 for former, later in zip(levels, levels[1:], strict=False))
