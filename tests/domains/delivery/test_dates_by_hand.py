"""Tasks whose dates somebody set by hand: the plan leaves them there and says which waits they do not keep."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.domains.delivery.plan import Plan
from tests.people import NOW, Cast
from wonward.domains.delivery.models import Dependency
from wonward.domains.delivery.operations import freeze_plan
from wonward.domains.delivery.queries.baselines import find_variances
from wonward.domains.delivery.queries.by_hand import list_unkept_waits
from wonward.domains.delivery.queries.exchange import get_project_file, read_plan
from wonward.domains.delivery.queries.leveling import list_plan_items
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.rules.by_hand import is_kept
from wonward.domains.delivery.types import MovedTasks, NewDependency, NewTask, TaskChange, TaskRow
from wonward.journeys.promises.operations import change_plan, open_project_from_plan, undo_plan_change
from wonward.kernel.errors import Refused
from wonward.kernel.work_calendar import STANDARD_CALENDAR


def span(row: TaskRow) -> tuple[date | None, date | None]:
    return row.start_date, row.finish_date


def by_hand(plan: Plan, key: str, start: date, finish: date | None = None) -> tuple[str, ...]:
    return plan.change(TaskChange(plan.ids[key], {"manual": (start, finish)}), reason="As agreed.").outcome.unkept


def unkept(plan: Plan) -> list[str]:
    row = get_project(actor=plan.cast.manager, project_id=plan.project_id)
    return [str(wait.words) for wait in list_unkept_waits(project_id=plan.project_id, calendar_id=row.calendar_id)]


@pytest.mark.django_db
def test_dates_set_by_hand_stay_where_they_are_and_what_waits_follows(plan: Plan) -> None:
    by_hand(plan, "build", date(2027, 2, 1), date(2027, 2, 12))
    build = next(row for row in plan.tasks().values() if row.id == plan.ids["build"])
    assert (*span(build), build.is_manual, build.duration_minutes) == (date(2027, 2, 1), date(2027, 2, 12), True, 10 * 480)
    plan.change(NewTask("Behind it", after_ids=(build.id,)), reason="More.")
    assert plan.task("Behind it").start_date == date(2027, 2, 15)
    plan.change(MovedTasks((plan.ids["workshop"],), days=40), reason="Later.")
    again = plan.task(build.name)
    assert span(again) == span(build)


@pytest.mark.django_db
def test_a_wait_that_is_not_kept_is_told_with_the_change_and_afterwards(plan: Plan) -> None:
    workshop, build = (next(row for row in plan.tasks().values() if row.id == plan.ids[key]) for key in ("workshop", "build"))
    if not Dependency.objects.filter(predecessor_id=workshop.id, successor_id=build.id).exists():
        plan.change(NewDependency(workshop.id, build.id), reason="So.")
    assert workshop.start_date
    said = by_hand(plan, "build", workshop.start_date)
    sentence = f"“{build.name}” starts before “{workshop.name}” is finished."
    assert sentence in said
    assert sentence in unkept(plan)
    plan.change(TaskChange(build.id, {"manual": None}), reason="Back to the plan.")
    assert unkept(plan) == []
    assert not plan.task(build.name).is_manual


@pytest.mark.django_db
def test_a_move_a_stretch_and_an_undo_keep_them_by_hand(plan: Plan, cast: Cast) -> None:
    by_hand(plan, "build", date(2027, 2, 1), date(2027, 2, 5))
    name = next(row.name for row in plan.tasks().values() if row.id == plan.ids["build"])
    plan.change(MovedTasks((plan.ids["build"],), days=2, longer_minutes=480), reason="Later.")
    assert span(plan.task(name)) == (date(2027, 2, 3), date(2027, 2, 10))
    moved = plan.change(TaskChange(plan.ids["build"], {"start_date": date(2027, 2, 8)}), reason="Later.")
    assert span(plan.task(name)) == (date(2027, 2, 8), date(2027, 2, 15))
    undo_plan_change(actor=cast.manager, project_id=plan.project_id, plan_version=moved.outcome.plan_version, now=NOW)
    assert (*span(plan.task(name)), plan.task(name).is_manual) == (date(2027, 2, 3), date(2027, 2, 10), True)


@pytest.mark.django_db
def test_by_hand_is_undone_to_the_plan_it_was(plan: Plan, cast: Cast) -> None:
    before = plan.tasks()
    changed = plan.change(TaskChange(plan.ids["build"], {"manual": (date(2027, 2, 6), date(2027, 2, 7))}), reason="On a weekend.")
    name = next(row.name for row in before.values() if row.id == plan.ids["build"])
    assert span(plan.task(name)) == (date(2027, 2, 6), date(2027, 2, 7)), "also on days off"
    undo_plan_change(actor=cast.manager, project_id=plan.project_id, plan_version=changed.outcome.plan_version, now=NOW)
    for key, row in plan.tasks().items():
        assert (span(row), row.is_manual, row.duration_minutes) == (span(before[key]), False, before[key].duration_minutes)


@pytest.mark.django_db
def test_a_milestone_stands_on_its_day_and_a_phase_has_none_of_its_own(plan: Plan) -> None:
    rows = plan.tasks()
    moment = next(row for row in rows.values() if row.kind == "milestone")
    phase = next(row for row in rows.values() if row.kind == "phase")
    plan.change(TaskChange(moment.id, {"manual": (date(2027, 3, 2), None)}), reason="Agreed.")
    assert span(plan.task(moment.name)) == (date(2027, 3, 2), date(2027, 3, 2))
    for wrong in (TaskChange(phase.id, {"manual": (date(2027, 3, 2), None)}), TaskChange(plan.ids["build"], {"manual": (date(2027, 3, 2), date(2027, 3, 1))}),
                  TaskChange(plan.ids["build"], {"manual": (date(3027, 3, 2), None)})):
        with pytest.raises(Refused) as refusal:
            plan.change(wrong)
        assert refusal.value.errors[0].field == "manual"


@pytest.mark.django_db
def test_the_distances_kept_behind_a_move_leave_it_alone(plan: Plan, cast: Cast) -> None:
    made = plan.change(NewTask("First"), NewTask("Fixed", after_ids=(-1,)), reason="More.").outcome.touched_ids
    plan.change(TaskChange(made[1], {"manual": (date(2027, 5, 3), date(2027, 5, 4))}), reason="Agreed.")
    change_plan(
        actor=cast.manager, project_id=plan.project_id, changes=[MovedTasks((made[0],), days=3)], reason="Later.", shift="keep_gap", now=NOW
    )
    assert span(plan.task("Fixed")) == (date(2027, 5, 3), date(2027, 5, 4))


@pytest.mark.django_db
def test_levelling_sees_a_start_that_must_be_and_a_baseline_sees_the_difference(plan: Plan, cast: Cast) -> None:
    by_hand(plan, "build", date(2027, 2, 1), date(2027, 2, 5))
    item = next(one for one in list_plan_items(project_ids=[plan.project_id]) if one.id == plan.ids["build"])
    assert (item.constraint, item.constraint_date) == ("MSO", date(2027, 2, 1))
    number = freeze_plan(actor=cast.manager, project_id=plan.project_id, name="By hand", now=NOW)
    plan.change(MovedTasks((plan.ids["build"],), days=2), reason="Later.")
    calendar_id = get_project(actor=cast.manager, project_id=plan.project_id).calendar_id
    found = find_variances(project_id=plan.project_id, calendar_id=calendar_id, number=number, task_ids=[plan.ids["build"]])
    assert found[plan.ids["build"]][1] == 2


@pytest.mark.django_db
def test_ms_project_is_told_and_tells_of_tasks_scheduled_by_hand(plan: Plan, cast: Cast) -> None:
    by_hand(plan, "build", date(2027, 2, 6), date(2027, 2, 9))
    content = get_project_file(actor=cast.manager, project_id=plan.project_id).content
    assert b"<Manual>1</Manual>" in content
    assert b"<ManualStart>2027-02-06T" in content
    read = read_plan(content)
    assert read.losses == ()
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=NOW)
    mine = {row.name: (span(row), row.is_manual) for row in plan.tasks().values()}
    theirs = Plan(cast, made.project_id, plan.company_id).tasks()
    assert {name: (span(row), row.is_manual) for name, row in theirs.items()} == mine


NINE, FIVE = 9, 17


def at(day: int, hour: int) -> datetime:
    return datetime(2027, 2, day, hour)


@pytest.mark.parametrize(
    ("kind", "lag", "unit", "after", "kept"),
    [
        ("FS", 0, "working", (at(2, NINE), at(2, FIVE)), True), ("FS", 0, "working", (at(1, NINE), at(1, FIVE)), False),
        ("FS", 480, "working", (at(2, NINE), at(2, FIVE)), False), ("FS", 480, "working", (at(3, NINE), at(3, FIVE)), True),
        ("FS", -480, "working", (at(1, NINE), at(1, FIVE)), True), ("FS", 1440, "elapsed", (at(2, NINE), at(2, FIVE)), False),
        ("SS", 0, "working", (at(1, NINE), at(1, FIVE)), True), ("FF", 0, "working", (at(1, NINE), at(1, FIVE)), True),
        ("SF", 0, "working", (datetime(2027, 1, 29, NINE), datetime(2027, 1, 29, FIVE)), False),
    ],
)
def test_a_wait_is_kept_or_not_by_its_type_and_lag(kind: str, lag: int, unit: str, after: tuple[datetime, datetime], kept: bool) -> None:
    assert is_kept(kind, lag, unit, (at(1, NINE), at(1, FIVE)), after, STANDARD_CALENDAR) is kept
