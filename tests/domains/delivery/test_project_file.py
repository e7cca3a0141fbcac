"""The MS Project file: read back with the standard parser it says, task by task, what the plan says."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.delivery.plan import Plan
from tests.people import NOW, Cast
from wonward.domains.delivery.models import Dependency, Task
from wonward.domains.delivery.operations import freeze_plan
from wonward.domains.delivery.queries.exchange import get_project_file
from wonward.domains.delivery.rules.project_file import CONSTRAINT_TYPES, LINK_TYPES, project_file
from wonward.domains.delivery.types import NewDependency, TaskChange
from wonward.domains.delivery.types.exchange import PlannedLink, PlannedTask, WholePlan
from wonward.kernel.errors import NotFound
from wonward.kernel.work_calendar import WorkCalendar

NS = {"p": "http://schemas.microsoft.com/project"}
DAY = ((480, 720), (780, 1020))
CALENDAR = WorkCalendar((DAY, DAY, DAY, DAY, ((480, 720),), (), ()), {date(2026, 12, 25): (), date(2026, 12, 5): ((540, 1440),)})
MONDAY = datetime(2026, 12, 7, 8)
MOMENT = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


def said(element: ElementTree.Element, path: str) -> str | None:
    return element.findtext("/".join(f"p:{part}" for part in path.split("/")), namespaces=NS)


def rows(root: ElementTree.Element, path: str) -> list[ElementTree.Element]:
    return root.findall("/".join(f"p:{part}" for part in path.split("/")), NS)


def minutes(text: str | None) -> int:
    hours, _, rest = (text or "").removeprefix("PT").partition("H")
    return int(hours) * 60 + int(rest.partition("M")[0])


def planned(key: int, **values: object) -> PlannedTask:
    plain = {
        "id": key, "parent_id": None, "level": 0, "name": f"Task {key}", "notes": "", "is_moment": False, "duration_minutes": 480,
        "effort_minutes": 480, "percent_complete": 0, "priority": "normal", "start_at": MONDAY, "finish_at": MONDAY + timedelta(hours=9),
        "constraint": "ASAP", "constraint_date": None, "deadline_date": None, "actual_start_date": None, "actual_finish_date": None,
        "is_critical": False, "total_float_minutes": 0, "free_float_minutes": 0, "person_id": None, "person_name": "", "role": "",
    }
    return PlannedTask(**{**plain, **values})  # type: ignore[arg-type]


def written(*tasks: PlannedTask, links: tuple[PlannedLink, ...] = (), **values: object) -> ElementTree.Element:
    plain = {
        "name": "Website", "company_name": "Northwind", "manager_name": "Tom", "start_date": MONDAY.date(), "created_at": MOMENT,
        "updated_at": MOMENT, "calendar_name": "Standard", "calendar": CALENDAR,
    }
    return ElementTree.fromstring(project_file(WholePlan(**{**plain, "tasks": tasks, "links": links, **values})))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_our_own_file_read_back_is_the_plan(plan: Plan, cast: Cast) -> None:
    plan.change(TaskChange(plan.ids["workshop"], {"assignee_id": cast.member.person_id, "percent_complete": 50, "notes": "A & <b>"}))
    plan.change(NewDependency(plan.ids["workshop"], plan.ids["migrate"], "SF", -90, "elapsed"))
    freeze_plan(actor=cast.manager, project_id=plan.project_id, name="Later", now=NOW)
    root = ElementTree.fromstring(get_project_file(actor=cast.manager, project_id=plan.project_id).content)
    found = {int(said(one, "UID") or 0): one for one in rows(root, "Tasks/Task")}
    tasks = {task.pk: task for task in Task.objects.filter(project_id=plan.project_id)}
    assert found.keys() == tasks.keys()
    parents = {task.parent_id for task in tasks.values()}
    for key, task in tasks.items():
        one = found[key]
        assert said(one, "Name") == task.name
        assert said(one, "Start") == f"{task.start_date}T{task.start_minute // 60:02d}:{task.start_minute % 60:02d}:00"
        assert said(one, "Finish") == f"{task.finish_date}T{task.finish_minute // 60:02d}:{task.finish_minute % 60:02d}:00"
        assert said(one, "OutlineLevel") == ("1" if task.parent_id is None else "2")
        assert (said(one, "Milestone"), said(one, "Summary")) == (str(int(task.kind == "milestone")), str(int(key in parents)))
        assert int(said(one, "ConstraintType") or -1) == CONSTRAINT_TYPES[task.constraint]
        assert said(one, "Critical") == str(int(task.is_critical))
        if key not in parents:
            assert minutes(said(one, "Duration")) == (0 if task.kind == "milestone" else task.duration_minutes)
            assert said(one, "PercentComplete") == str(task.percent_complete)
        assert [said(line, "Number") for line in rows(one, "Baseline")] == ["0", "1"]
    links = {(int(said(line, "PredecessorUID") or 0), key, int(said(line, "Type") or -1), int(said(line, "LinkLag") or 0), said(line, "LagFormat"))
             for key, one in found.items() for line in rows(one, "PredecessorLink")}
    assert links == {(link.predecessor_id, link.successor_id, LINK_TYPES[link.type], link.lag_minutes * 10, "7" if link.lag_unit == "working" else "8")
                     for link in Dependency.objects.filter(project_id=plan.project_id)}
    assert (plan.ids["workshop"], plan.ids["migrate"], 2, -900, "8") in links
    assert said(found[plan.ids["workshop"]], "Notes") == "A & <b>"
    people = {said(one, "UID"): (said(one, "Name"), said(one, "IsGeneric")) for one in rows(root, "Resources/Resource")}
    given = {int(said(one, "TaskUID") or 0): people[said(one, "ResourceUID")] for one in rows(root, "Assignments/Assignment")}
    assert given[plan.ids["workshop"]] == ("Noor Haddad", "0")
    assert given[plan.ids["build"]] == ("Developer", "1")


@pytest.mark.django_db
def test_who_does_not_see_the_project_gets_no_file(plan: Plan, cast: Cast) -> None:
    for stranger in (cast.member, cast.marketer):
        with pytest.raises(NotFound):
            get_project_file(actor=stranger, project_id=plan.project_id)


def test_the_calendar_counts_from_sunday_and_names_its_exceptions() -> None:
    root = written(planned(1))
    days = {said(one, "DayType"): one for one in rows(root, "Calendars/Calendar/WeekDays/WeekDay")}
    assert list(days) == ["1", "2", "3", "4", "5", "6", "7"]
    assert {key: said(one, "DayWorking") for key, one in days.items()} == {"1": "0", "2": "1", "3": "1", "4": "1", "5": "1", "6": "1", "7": "0"}
    times = [(said(one, "FromTime"), said(one, "ToTime")) for one in rows(days["6"], "WorkingTimes/WorkingTime")]
    assert times == [("08:00:00", "12:00:00")]
    exceptions = rows(root, "Calendars/Calendar/Exceptions/Exception")
    assert [(said(one, "TimePeriod/FromDate"), said(one, "TimePeriod/ToDate"), said(one, "DayWorking")) for one in exceptions] == [
        ("2026-12-05T00:00:00", "2026-12-05T23:59:00", "1"), ("2026-12-25T00:00:00", "2026-12-25T23:59:00", "0")]
    assert said(exceptions[0], "WorkingTimes/WorkingTime/ToTime") == "00:00:00"
    assert (said(root, "MinutesPerDay"), said(root, "MinutesPerWeek")) == ("480", str(4 * 480 + 240))


def test_each_constraint_and_kind_of_link_has_its_number() -> None:
    names = ["ASAP", "ALAP", "MSO", "MFO", "SNET", "SNLT", "FNET", "FNLT"]
    tasks = [planned(at + 1, constraint=name, constraint_date=date(2026, 12, 12) if at > 1 else None) for at, name in enumerate(names)]
    links = tuple(PlannedLink(1, at + 2, kind, 30, "working") for at, kind in enumerate(["FF", "FS", "SF", "SS"]))
    found = rows(written(*tasks, links=links), "Tasks/Task")
    assert [said(one, "ConstraintType") for one in found] == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert [said(one, "PredecessorLink/Type") for one in found[1:5]] == ["0", "1", "2", "3"]
    assert {said(one, "PredecessorLink/LinkLag") for one in found[1:5]} == {"300"}
    assert [said(one, "ConstraintDate") for one in found[:2]] == [None, None]
    assert said(found[4], "ConstraintDate") == "2026-12-14T08:00:00"
    assert said(found[7], "ConstraintDate") == "2026-12-12T23:59:00", "a Saturday ends when it ends"


def test_a_phase_lasts_from_its_first_to_its_last_working_minute_and_is_as_far_as_what_it_holds() -> None:
    root = written(
        planned(1, start_at=MONDAY, finish_at=datetime(2026, 12, 11, 12), duration_minutes=5),
        planned(2, parent_id=1, level=1, duration_minutes=1440, percent_complete=100, finish_at=datetime(2026, 12, 9, 17)),
        planned(3, parent_id=1, level=1, duration_minutes=720, start_at=datetime(2026, 12, 10, 8), finish_at=datetime(2026, 12, 11, 12)),
        planned(4, is_moment=True, start_at=datetime(2026, 12, 11, 12), finish_at=datetime(2026, 12, 11, 12)),
    )
    phase, done, _, moment = rows(root, "Tasks/Task")
    assert (minutes(said(phase, "Duration")), said(phase, "PercentComplete")) == (4 * 480 + 240, "66")
    assert (said(done, "ActualStart"), said(done, "ActualFinish"), said(done, "RemainingDuration")) == (
        "2026-12-07T08:00:00", "2026-12-09T17:00:00", "PT0H0M0S")
    assert (said(moment, "Duration"), said(moment, "Milestone"), said(moment, "OutlineNumber")) == ("PT0H0M0S", "1", "2")
    assert [said(one, "OutlineNumber") for one in rows(root, "Tasks/Task")] == ["1", "1.1", "1.2", "2"]


def test_a_frozen_plan_that_began_on_a_day_off_before_the_plan_is_kept() -> None:
    frozen = MappingProxyType({1: (date(2026, 12, 5), date(2026, 12, 6))})
    (one,) = rows(written(planned(1), baselines=(frozen,), calendar=WorkCalendar((DAY, DAY, DAY, DAY, DAY, (), ()))), "Tasks/Task")
    assert said(one, "Baseline/Finish") == "2026-12-04T17:00:00"
    assert said(one, "Baseline/Start") == "2026-12-04T17:00:00"


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_make_a_document_that_can_be_read(name: str, notes: str) -> None:
    (one,) = rows(written(planned(1, name=name, notes=notes, person_id=4, person_name=name)), "Tasks/Task")
    kept = "".join(sign for sign in name if sign.isprintable())
    assert "".join(sign for sign in said(one, "Name") or "" if sign.isprintable()) == kept
