"""MS Project files read: units, outline, losses, harm; and our own file comes back as the plan it was."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.delivery.plan import Plan
from tests.edges.web.sales.desk import sign_in
from tests.journeys.imports.shared import shared_folder
from tests.people import NOW, Cast
from wonward.domains.approvals.types import Told
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.models import (
    ChecklistItem,
    Dependency,
    MetCriterion,
    PlanBaseline,
    Project,
    Task,
    TaskEffort,
    TaskHelper,
    TaskLabel,
    TaskSkill,
)
from wonward.domains.delivery.operations import (
    add_checks,
    ask_for_skills,
    enter_risk,
    freeze_plan,
    label_tasks,
    meet_criterion,
    put_helper,
    tick_check,
    write_note,
)
from wonward.domains.delivery.queries.exchange import get_project_file, list_file_losses, read_plan
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.rules.guarded_xml import read_tree
from wonward.domains.delivery.rules.project_reading import minutes_of
from wonward.domains.delivery.types import (
    NewDependency,
    NewProject,
    NewTask,
    ResumedWork,
    RiskFields,
    TaskChange,
)
from wonward.domains.delivery.types.exchange import OwnFacts
from wonward.domains.staff.operations import ensure_roles
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.promises.operations import (
    change_plan,
    fill_project_from_plan,
    open_project,
    open_project_from_plan,
    preview_plan_file,
    record_approval,
)
from wonward.kernel.errors import Conflict, NotAllowed, Refused
from wonward.kernel.ref import Ref

REAL = shared_folder() / "data/pm/msproject"
HEAD = '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Title>Move</Title><StartDate>2026-12-01T08:00:00</StartDate>'


def file_of(tasks: str, more: str = "") -> bytes:
    return f"{HEAD}<Tasks>{tasks}</Tasks>{more}</Project>".encode()


def task(uid: int, name: str = "", more: str = "", level: int = 1, duration: str = "PT16H0M0S") -> str:
    return f"<Task><UID>{uid}</UID><Name>{name or f'Task {uid}'}</Name><OutlineLevel>{level}</OutlineLevel><Duration>{duration}</Duration>{more}</Task>"


def link(uid: int, lag: int = 0, lag_format: int = 7, kind: int = 1) -> str:
    return f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type><LinkLag>{lag}</LinkLag><LagFormat>{lag_format}</LagFormat></PredecessorLink>"


def test_units_are_those_of_the_schema() -> None:
    plan = read_plan(file_of(
        task(1) + task(2, more=link(1, 4800)) + task(3, more=link(1, 14400, 8, 3)) + task(4, more=link(1, 50, 19)) + task(5, more=link(1, -2400, 5, 0))
    ))
    assert [one.duration_minutes for one in plan.tasks] == [960] * 5
    assert [(one.type, one.lag_minutes, one.lag_unit) for one in plan.links] == [
        ("FS", 480, "working"), ("SS", 1440, "elapsed"), ("FS", 480, "working"), ("FF", -240, "working")]
    assert [loss.what for loss in plan.losses] == ["Lags in percent become the working time they stand for today."]


def test_the_outline_makes_phases_milestones_and_people() -> None:
    more = (
        "<Resources><Resource><UID>1</UID><Name>Noor Haddad</Name><Type>1</Type></Resource><Resource><UID>2</UID><Name>Designer</Name><Type>1</Type>"
        "<IsGeneric>1</IsGeneric></Resource><Resource><UID>3</UID><Name>Paint</Name><Type>0</Type></Resource></Resources><Assignments>"
        + "".join(f"<Assignment><TaskUID>2</TaskUID><ResourceUID>{key}</ResourceUID></Assignment>" for key in (1, 2, 3)) + "</Assignments>"
    )
    plan = read_plan(file_of(
        task(0, "The project", level=0) + task(1, "Concept") + task(2, "Sketch", level=2) + task(3, "Agreed", "<Milestone>1</Milestone>", 2, "PT0H0M0S")
        + task(4, "Build"), more,
    ))
    assert [(one.name, one.kind, one.parent) for one in plan.tasks] == [
        ("Concept", "phase", None), ("Sketch", "task", 0), ("Agreed", "milestone", 0), ("Build", "task", None)]
    assert (plan.tasks[1].person_name, plan.tasks[1].role) == ("Noor Haddad", "Designer")
    assert [loss.examples for loss in plan.losses] == [("Paint",)]


def test_constraints_deadlines_progress_and_baselines_are_read() -> None:
    plan = read_plan(file_of(
        task(1, more="<ConstraintType>4</ConstraintType><ConstraintDate>2026-12-07T08:00:00</ConstraintDate><Deadline>2026-12-18T17:00:00</Deadline>"
                     "<PercentComplete>40</PercentComplete><ActualStart>2026-12-07T08:00:00</ActualStart><Priority>900</Priority>"
                     "<Baseline><Number>0</Number><Start>2026-12-03T08:00:00</Start><Finish>2026-12-04T17:00:00</Finish></Baseline>")
        + task(2, more="<ConstraintType>7</ConstraintType><ConstraintDate>2026-12-11T17:00:00</ConstraintDate>")
        + task(3, more="<Manual>1</Manual><Start>2026-12-09T08:00:00</Start>")
    ))
    first, second, third = plan.tasks
    assert (first.constraint, first.constraint_date, first.deadline_date, first.status, first.percent_complete, first.priority) == (
        "SNET", date(2026, 12, 7), date(2026, 12, 18), "doing", 40, "urgent")
    assert (second.constraint, second.constraint_date) == ("FNLT", date(2026, 12, 11))
    assert (third.constraint, third.manual_start_date, third.manual_finish_date) == ("ASAP", date(2026, 12, 9), date(2026, 12, 10))
    assert plan.baselines == ({0: (date(2026, 12, 3), date(2026, 12, 4))},)


_NUMBERS = {"MSO": 2, "MFO": 3, "SNET": 4, "SNLT": 5, "FNET": 6, "FNLT": 7}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", _NUMBERS)
@pytest.mark.parametrize("hour", [8, 13, 17])
def test_every_dated_constraint_is_kept_to_its_day_and_leaves_on_it(kind: str, hour: int, cast: Cast, plan: Plan) -> None:
    more = f"<ConstraintType>{_NUMBERS[kind]}</ConstraintType><ConstraintDate>2026-12-11T{hour:02d}:00:00</ConstraintDate>"
    read = read_plan(file_of(task(1, more=more)))
    is_finish = kind in ("MFO", "FNET", "FNLT")
    assert (read.tasks[0].constraint, read.tasks[0].constraint_date) == (kind, date(2026, 12, 11))
    lost = [loss for loss in read.losses if loss.what == "Times of day of constraints are left behind; their day counts."]
    assert bool(lost) is (hour != (17 if is_finish else 8))
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=NOW)
    row = Task.objects.get(project_id=made.project_id)
    if kind in ("MSO", "SNET"):
        assert row.start_date == date(2026, 12, 11)
    elif kind in ("MFO", "FNET"):
        assert row.finish_date == date(2026, 12, 11)
    again = get_project_file(actor=cast.manager, project_id=made.project_id).content.decode()
    assert f"<ConstraintDate>2026-12-11T{'17' if is_finish else '08'}:00:00</ConstraintDate>" in again
    assert read_plan(again.encode()).tasks[0].constraint_date == date(2026, 12, 11)


def test_a_finish_at_midnight_is_the_end_of_the_day_before() -> None:
    (one,) = read_plan(file_of(task(1, more="<ConstraintType>7</ConstraintType><ConstraintDate>2026-12-12T00:00:00</ConstraintDate>"))).tasks
    assert (one.constraint, one.constraint_date) == ("FNLT", date(2026, 12, 11))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><Project><Tasks>&y;</Tasks></Project>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Project><Tasks/></Project>', "document type"),
        (b"<a>" * 60 + b"</a>" * 60, "deep"), (b"PK\x03\x04", "The workbook is damaged"), (b"<Project><Tasks>", "cannot be read"),
        (b"<html><body/></html>", "not of MS Project"), (b"<Project><Tasks/></Project>", "no task"), (b"", "neither an XML file"),
        (file_of(task(1, duration="two days")), "“Task 1” lasts “two days”"),
        (file_of(task(1, more="<Deadline>9999-12-31T00:00:00</Deadline>")), "“Task 1” has the date 9999-12-31"),
        (file_of(task(1, more="<Deadline>soon</Deadline>")), "which is none"),
        (b'<?xml version="1.0" encoding="klingon"?><Project/>', "cannot be read"),
    ],
)
def test_a_file_that_is_none_or_could_do_harm_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        read_plan(content)
    assert refusal.value.errors[0].field == "file"


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    for sent in (content, b"<Project><Tasks>" + content + b"</Tasks></Project>", file_of(f"<Task><UID>1</UID><Name>{content.hex()}</Name></Task>")):
        with contextlib.suppress(Refused):
            assert read_plan(sent).tasks


@given(st.integers(0, 10**7), st.integers(0, 59))
def test_a_duration_in_hours_and_minutes_is_exact(hours: int, minutes: int) -> None:
    assert minutes_of(f"PT{hours}H{minutes}M0S") == hours * 60 + minutes


def test_a_tree_has_no_namespaces() -> None:
    assert [one.tag for one in read_tree(b'<p:a xmlns:p="urn:x"><p:b/></p:a>').iter()] == ["a", "b"]


_ELSEWHERE = {"id", "project_id", "key", "parent_id", "position", "version", "created_at", "updated_at"}
_ENTERED = (*(field.attname for field in Task._meta.concrete_fields if field.attname not in _ELSEWHERE), "parent__name")


def whole(project_id: int) -> dict[str, Any]:
    """Everything a plan says, in names instead of ids."""
    of_task = {"task__project_id": project_id}
    rows = {row["pk"]: row for row in Task.objects.filter(project_id=project_id).values("pk", *_ENTERED)}
    for row in rows.values():
        if row["kind"] != "task":
            row["duration_minutes"] = 0
    names = {key: row["name"] for key, row in rows.items()}
    links = Dependency.objects.filter(project_id=project_id).values_list("predecessor__name", "successor__name", "type", "lag_minutes", "lag_unit")
    frozen = [
        (name, {names[int(key)]: pair for key, pair in dates.items()})
        for name, dates in PlanBaseline.objects.filter(project_id=project_id).order_by("number").values_list("name", "dates")
    ]
    return {
        "tasks": sorted(({name: row[name] for name in _ENTERED} for row in rows.values()), key=str), "links": sorted(links), "frozen": frozen,
        "promised": Project.objects.filter(pk=project_id).values_list("start_date", "promised_finish_date").get(),
        "checks": sorted(ChecklistItem.objects.filter(**of_task).values_list("task__name", "position", "text", "is_done", "done_by_label", "done_at")),
        "met": sorted(MetCriterion.objects.filter(**of_task).values_list("task__name", "text", "met_by_label", "met_at")),
        "labels": sorted(TaskLabel.objects.filter(**of_task).values_list("task__name", "label__name", "label__tone")),
        "helpers": sorted(TaskHelper.objects.filter(**of_task).values_list("task__name", "person__name", "part")),
        "skills": sorted(TaskSkill.objects.filter(**of_task).values_list("task__name", "skill__name", "level")),
        "efforts": sorted(TaskEffort.objects.filter(**of_task).values_list("task__name", "role__name", "minutes")),
    }


def enter_everything(plan: Plan, cast: Cast) -> None:
    """Say of the work of a plan whatever can be said of it."""
    build, wireframes = plan.ids["build"], plan.ids["wireframes"]
    assert cast.seller.person_id
    plan.change(
        TaskChange(build, {
            "acceptance_criteria": ["It works", "It is “quick” & <safe>"], "blocked_reason": "No access", "repeat_every": 2, "repeat_unit": "week",
            "repeat_until_date": date(2027, 12, 1), "promise_key": "extra", "is_deliverable": True}),
        TaskChange(wireframes, {"priority": "normal", "manual": (date(2027, 1, 9), date(2027, 1, 13))}), reason="Said.",
    )
    checks = add_checks(actor=cast.manager, task_id=build, texts=["On a phone", "In German"], now=NOW)
    tick_check(actor=cast.manager, task_id=build, check_id=checks[1], is_done=True, now=NOW)
    meet_criterion(actor=cast.manager, task_id=build, text="It works", is_met=True, now=NOW)
    label_tasks(actor=cast.manager, project_id=plan.project_id, task_ids=[build, wireframes], add=["Front end"], now=NOW)
    put_helper(actor=cast.manager, task_id=build, person_id=cast.seller.person_id, part="reviews", now=NOW)
    ask_for_skills(actor=cast.manager, task_id=build, put={"French": 3, "Vue": 5}, now=NOW)
    roles = ensure_roles(names=["Developer", "Tester"], now=NOW)
    TaskEffort.objects.filter(task_id=build).delete()
    TaskEffort.objects.bulk_create(TaskEffort(task_id=build, role_id=key, minutes=600) for key in roles.values())


@pytest.mark.django_db
def test_our_own_file_comes_back_as_the_plan_it_was(plan: Plan, cast: Cast) -> None:
    ids = plan.ids
    plan.change(
        TaskChange(ids["workshop"], {"assignee_id": cast.member.person_id, "percent_complete": 100, "notes": "A & <b>\nB"}),
        TaskChange(ids["wireframes"], {"percent_complete": 30, "priority": "urgent", "is_deliverable": True, "deadline_date": date(2027, 1, 4)}),
        TaskChange(ids["migrate"], {"start_date": date(2027, 1, 11), "status": "review", "duration_minutes": 750}),
        NewDependency(ids["workshop"], ids["migrate"], "SF", -90, "elapsed"),
        NewTask("Design approved", kind="approval", duration_minutes=0, after_ids=(ids["workshop"],)), NewTask("Afterwards", kind="phase"),
        NewTask("Inside", parent_id=-2, duration_minutes=240), reason="Later.",
    )
    enter_everything(plan, cast)
    record_approval(actor=cast.manager, task_id=plan.task("Design approved").id, told=Told("Hanne", "Yes.", NOW.date()), now=NOW)
    freeze_plan(actor=cast.manager, project_id=plan.project_id, name="Later", now=NOW)
    content = get_project_file(actor=cast.manager, project_id=plan.project_id).content
    read = read_plan(content)
    assert read.losses == preview_plan_file(actor=cast.manager, plan=read, now=NOW) == ()
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=NOW)
    assert made.losses == ()
    ours, theirs = whole(plan.project_id), whole(made.project_id)
    assert all(ours.values()), "nothing is compared that nobody entered"
    for name, said in ours.items():
        assert theirs[name] == said, name
    again = read_plan(get_project_file(actor=cast.manager, project_id=made.project_id).content)
    assert (again.tasks, again.links, again.baselines, again.calendar) == (read.tasks, read.links, read.baselines, read.calendar)


@pytest.mark.django_db
def test_the_same_file_for_the_same_client_makes_one_project(plan: Plan, cast: Cast) -> None:
    read = read_plan(file_of(task(1) + task(2, more=link(1))))
    first = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, external_id="abc", now=NOW)
    second = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, external_id="abc", now=NOW)
    assert (second.project_id, second.is_replayed, first.task_count, first.link_count) == (first.project_id, True, 2, 1)
    with pytest.raises(Conflict, match="has a plan already"):
        fill_project_from_plan(actor=cast.manager, project_id=first.project_id, plan=read, now=NOW)
    for actor in (cast.member, cast.marketer):
        with pytest.raises(NotAllowed):
            open_project_from_plan(actor=actor, plan=read, company_id=plan.company_id, now=NOW)


@pytest.mark.django_db
def test_a_cycle_is_refused_naming_its_path_and_makes_nothing(plan: Plan, cast: Cast) -> None:
    read = read_plan(file_of(task(1, "Dig", link(2)) + task(2, "Fill", link(1))))
    before = Task.objects.count()
    with pytest.raises(Refused, match="Dig → Fill → Dig|Fill → Dig → Fill"):
        open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, now=NOW)
    assert Task.objects.count() == before


@pytest.mark.django_db
def test_names_are_people_then_roles_then_losses(plan: Plan, cast: Cast) -> None:
    resources = "".join(f"<Resource><UID>{key}</UID><Name>{name}</Name><Type>1</Type></Resource>" for key, name in enumerate(("Noor Haddad", "Developer", "Ghost"), 1))
    assigned = "".join(f"<Assignment><TaskUID>{key}</TaskUID><ResourceUID>{key}</ResourceUID></Assignment>" for key in (1, 2, 3))
    read = read_plan(file_of(task(1) + task(2) + task(3), f"<Resources>{resources}</Resources><Assignments>{assigned}</Assignments>"))
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, now=NOW)
    rows = list(Task.objects.filter(project_id=made.project_id).order_by("position").values_list("assignee__name", "role__name"))
    assert rows == [("Noor Haddad", None), (None, "Developer"), (None, None)]
    assert [(loss.count, loss.examples) for loss in made.losses] == [(1, ("Ghost",))]
    assert get_project(actor=cast.manager, project_id=made.project_id).start_date == date(2026, 12, 1)


@pytest.mark.django_db
def test_what_our_own_file_does_not_hold_is_said_before_it_is_made(plan: Plan, cast: Cast) -> None:
    assert list_file_losses(actor=cast.manager, project_id=plan.project_id) == ()
    enter_everything(plan, cast)
    freeze_plan(actor=cast.manager, project_id=plan.project_id, name="After the call", now=NOW)
    assert list_file_losses(actor=cast.manager, project_id=plan.project_id) == ()
    write_note(actor=cast.manager, project_id=plan.project_id, title="Access", text="Ask Hanne.", now=NOW)
    enter_risk(actor=cast.manager, project_id=plan.project_id, fields=RiskFields("Rain"), now=NOW)
    said = NewCommunication(CommunicationKind.NOTE, (Ref("delivery.task", plan.ids["build"]),), "Ask first.", NOW)
    log_communications(actor=cast.manager, entries=[said, said], now=NOW)
    stored = put_stream(io.BytesIO(b"A sketch"))
    add_document(actor=cast.manager, name="sketch.txt", stored=stored, refs=[Ref("delivery.task", plan.ids["live"])], now=NOW)
    add_field(actor=cast.owner, new=NewField("delivery.task", "Room", FieldKind.TEXT), now=NOW)
    set_values(actor=cast.manager, ref=Ref("delivery.task", plan.ids["live"]), values={"room": "4.02"}, now=NOW)
    told = {loss.what: (loss.count, loss.examples) for loss in list_file_losses(actor=cast.manager, project_id=plan.project_id)}
    assert told == {
        "Notes of the project stay here.": (1, ()), "Risks and issues stay here.": (1, ()), "Comments on tasks stay here.": (1, ("Build the templates",)),
        "Files of tasks stay here.": (1, ("Go live",)), "Custom fields of tasks stay here.": (1, ("Go live",)),
    }


@pytest.mark.django_db
def test_helpers_nobody_here_is_called_are_named(plan: Plan, cast: Cast) -> None:
    enter_everything(plan, cast)
    content = get_project_file(actor=cast.manager, project_id=plan.project_id).content
    name = TaskHelper.objects.get().person.name
    read = read_plan(content.replace(name.encode(), b"Ghost"))
    assert [(loss.count, loss.examples) for loss in preview_plan_file(actor=cast.manager, plan=read, now=NOW)] == [(1, ("Ghost",))]
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=NOW)
    assert not TaskHelper.objects.filter(task__project_id=made.project_id).exists()


@pytest.mark.parametrize("said", ["{", "[]", '{"checks": 3}', '{"labels": ["' + "x" * 41 + '"]}', '{"repeat": [0, "week", null]}', '{"other": 1}', '{"skills": [["French", 6]]}',
                                  '{"blocked": ["No", "2200-01-01"]}', "9" * 5000, "[" * 3000])
def test_what_another_program_made_of_our_own_words_is_lost_with_a_line(said: str) -> None:
    field = f"<ExtendedAttribute><FieldID>188743740</FieldID><Value>{escape(said)}</Value></ExtendedAttribute>"
    read = read_plan(file_of(task(1, more=field)))
    assert read.tasks[0].own_facts == OwnFacts()
    assert [loss.what for loss in read.losses] == ["What our own file said beside the words of MS Project was changed or cut by another program."]


@pytest.mark.skipif(not REAL.is_dir(), reason="the collected files are not here")
def test_real_files_of_other_programs_are_read_or_refused_with_their_counts() -> None:
    read = read_plan((REAL / "ganttproject-holidays.mspdi.xml").read_bytes())
    assert ([one.name for one in read.tasks], read.start_date, read.losses) == (["task1"], date(2010, 9, 15), ())
    assert read.calendar is not None
    assert dict(read.calendar.exceptions) == {date(2010, 9, 16): (), date(2010, 9, 23): (), date(2010, 9, 24): ()}
    with pytest.raises(Refused, match="There is no task in the file"):
        read_plan((REAL / "ganttproject-weekends.mspdi.xml").read_bytes())


def test_a_small_file_of_another_program_brings_its_task_and_its_days_off() -> None:
    week = "".join(f"<WeekDay><DayType>{place}</DayType><DayWorking>{int(1 < place < 7)}</DayWorking></WeekDay>" for place in range(1, 8))
    off = "".join(
        f"<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-12-{day}T00:00:00</FromDate>"
        f"<ToDate>2026-12-{day}T23:59:00</ToDate></TimePeriod></WeekDay>" for day in (24, 25))
    read = read_plan(file_of(task(1), f"<Calendars><Calendar><UID>1</UID><Name>x</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{week}{off}</WeekDays></Calendar></Calendars>"))
    assert read.calendar is not None
    assert (len(read.tasks), sorted(read.calendar.exceptions)) == (1, [date(2026, 12, 24), date(2026, 12, 25)])


def test_calendars_of_people_and_of_single_tasks_are_named_as_left_behind() -> None:
    calendars = "".join(
        f"<Calendar><UID>{key}</UID><Name>{name}</Name><IsBaseCalendar>{int(key == 1)}</IsBaseCalendar>{days}</Calendar>"
        for key, name, days in ((1, "Standard", ""), (2, "Noor", "<WeekDays><WeekDay><DayType>2</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays>"),
                                (3, "Ben", "")))
    people = "".join(f"<Resource><UID>{key}</UID><Name>{name}</Name><Type>1</Type><CalendarUID>{key}</CalendarUID></Resource>" for key, name in ((2, "Noor"), (3, "Ben")))
    read = read_plan(file_of(task(1, "Dig", "<CalendarUID>1</CalendarUID>"), f"<Calendars>{calendars}</Calendars><Resources>{people}</Resources>"))
    assert {loss.what.partition(" are")[0]: loss.examples for loss in read.losses} == {
        "Calendars of single people": ("Noor",), "Calendars of single tasks": ("Dig",)}


def exception(kind: int, first: str, last: str, more: str = "", by: int = 0) -> str:
    return (
        f"<Exception><EnteredByOccurrences>{by}</EnteredByOccurrences><TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate>"
        f"</TimePeriod><Name>Off</Name><Type>{kind}</Type>{more}<DayWorking>0</DayWorking></Exception>"
    )


@pytest.mark.parametrize(
    ("kind", "more", "days"),
    [
        (1, "", {"2026-12-24", "2026-12-25"}), (7, "<Period>10</Period>", {"2026-12-24", "2027-01-03", "2027-01-13"}),
        (2, "<Month>11</Month><MonthDay>25</MonthDay>", {"2026-12-25", "2027-12-25", "2028-12-25"}),
        (3, "<Month>10</Month><MonthItem>7</MonthItem><MonthPosition>3</MonthPosition>", {"2027-11-25", "2028-11-23"}),
        (3, "<Month>4</Month><MonthItem>4</MonthItem><MonthPosition>4</MonthPosition>", {"2027-05-31", "2028-05-29"}),
        (4, "<Period>2</Period><MonthDay>31</MonthDay>", {"2026-12-31"}),
        (5, "<Period>6</Period><MonthItem>1</MonthItem><MonthPosition>0</MonthPosition>", {"2027-06-01", "2027-12-01"}),
        (6, "<Period>2</Period><DaysOfWeek>34</DaysOfWeek>", {"2026-12-25", "2027-01-04", "2027-01-08"}),
    ],
)
def test_a_recurring_exception_of_a_calendar_is_all_of_its_days(kind: int, more: str, days: set[str]) -> None:
    last = {1: "2026-12-25", 7: "2027-01-20", 4: "2027-03-01", 5: "2027-12-20", 6: "2027-01-10"}.get(kind, "2028-12-31")
    week = "".join(f"<WeekDay><DayType>{place}</DayType><DayWorking>{int(1 < place < 7)}</DayWorking></WeekDay>" for place in range(1, 8))
    row = f"<Calendars><Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{week}</WeekDays>"
    content = file_of(task(1), f"{row}<Exceptions>{exception(kind, '2026-12-24', last, more)}</Exceptions></Calendar></Calendars>")
    read = read_plan(content)
    assert read.calendar is not None
    assert {day.isoformat() for day in read.calendar.exceptions} == days
    assert read.losses == ()


@pytest.mark.django_db
def test_what_was_kept_as_the_midnight_after_is_kept_as_its_day_and_back(plan: Plan) -> None:
    kept = import_module("wonward.domains.delivery.migrations.0008_constraints_to_the_day")
    for key, kind in (("workshop", "FNLT"), ("wireframes", "SNET"), ("build", "MFO")):
        Task.objects.filter(pk=plan.ids[key]).update(constraint=kind, constraint_date=date(2026, 12, 12))

    def days() -> list[date | None]:
        return [Task.objects.get(pk=plan.ids[key]).constraint_date for key in ("workshop", "wireframes", "build")]

    apps = SimpleNamespace(get_model=lambda *_name: Task)
    kept.to_the_day(apps, None)
    assert days() == [date(2026, 12, 11), date(2026, 12, 12), date(2026, 12, 11)]
    kept.to_the_midnight_after(apps, None)
    assert days() == [date(2026, 12, 12)] * 3


WEEK = "".join(
    f"<WeekDay><DayType>{place}</DayType><DayWorking>{int(1 < place < 7)}</DayWorking>"
    + ("<WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes>" if 1 < place < 7 else "") + "</WeekDay>"
    for place in range(1, 8))
SUMMER = (
    "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-12-07T00:00:00</FromDate><ToDate>2026-12-13T23:59:00</ToDate></TimePeriod><Name>Short</Name><WeekDays>"
    "<WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime>"
    "<FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay></WeekDays></WorkWeek></WorkWeeks>"
    "<Exceptions><Exception><TimePeriod><FromDate>2026-12-12T00:00:00</FromDate><ToDate>2026-12-12T23:59:00</ToDate></TimePeriod><DayWorking>0</DayWorking></Exception></Exceptions>"
)


def calendar_of(more: str = "") -> str:
    return f"<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Name>Site</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{WEEK}</WeekDays>{more}</Calendar></Calendars>"


def dated(start: str, finish: str) -> str:
    return f"<Start>{start}</Start><Finish>{finish}</Finish>"


def test_weeks_that_work_otherwise_for_a_while_are_the_exceptions_of_their_days() -> None:
    read = read_plan(file_of(task(1), calendar_of(SUMMER)))
    assert read.calendar is not None
    assert dict(read.calendar.exceptions) == {date(2026, 12, 11): (), date(2026, 12, 12): ()}
    without = read_plan(file_of(task(1), calendar_of(SUMMER.partition("<Exceptions>")[0]))).calendar
    assert without is not None
    assert dict(without.exceptions) == {date(2026, 12, 11): (), date(2026, 12, 12): ((480, 720),)}


def test_what_another_program_counts_otherwise_or_holds_beside_is_named() -> None:
    own = "<ExtendedAttributes><ExtendedAttribute><FieldID>188743731</FieldID><FieldName>Text1</FieldName><Alias>Room</Alias></ExtendedAttribute></ExtendedAttributes>"
    filled = "<ExtendedAttribute><FieldID>188743731</FieldID><Value>4.02</Value></ExtendedAttribute>"
    read = read_plan(file_of(task(1, more=filled) + task(2), f"<ScheduleFromStart>0</ScheduleFromStart>{own}"))
    assert [(loss.what, loss.count, loss.examples) for loss in read.losses] == [
        ("A plan that is counted back from its end is counted from its start here.", 1, ()), ("Custom fields of tasks are left behind.", 1, ("Room",))]


@pytest.mark.django_db
def test_what_lies_on_other_days_here_than_in_the_file_is_said_before_and_after(plan: Plan, cast: Cast) -> None:
    whole, late = dated("2026-12-01T08:00:00", "2026-12-02T16:00:00"), dated("2026-12-08T08:00:00", "2026-12-09T16:00:00")
    content = file_of(task(1, "Dig", whole) + task(2, "Fill", link(1) + late), calendar_of())
    read, expected = read_plan(content), [("Tasks lie on other days here than in the file.", 1, ("Fill: 2026-12-09 → 2026-12-04",))]

    def lines(losses: Any) -> list[tuple[str, int, tuple[str, ...]]]:
        return [(one.what, one.count, one.examples) for one in losses]

    assert lines(preview_plan_file(actor=cast.owner, plan=read, now=NOW)) == expected
    made = open_project_from_plan(actor=cast.owner, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=NOW)
    assert lines(made.losses) == expected
    assert Task.objects.get(project_id=made.project_id, name="Fill").finish_date == date(2026, 12, 4)
    kept = read_plan(file_of(task(1, "Dig", whole) + task(2, "Fill", link(1, 3 * 4800) + late), calendar_of()))
    assert preview_plan_file(actor=cast.owner, plan=kept, now=NOW) == ()
    page = sign_in(cast.owner).post(reverse("plan_import"), {"file": SimpleUploadedFile("plan.xml", content, "text/xml")}).content.decode()
    assert "Tasks lie on other days here than in the file." in page
    assert "Fill: 2026-12-09 → 2026-12-04" in page
    into = open_project(actor=cast.owner, new=NewProject("Later", plan.company_id, None, date(2027, 3, 1), None, ()), now=NOW)
    assert [loss.count for loss in preview_plan_file(actor=cast.owner, plan=kept, project_id=into, now=NOW)] == [2]


@pytest.mark.django_db
def test_a_plan_that_goes_on_after_it_fell_behind_comes_back_from_its_file_on_the_same_days(plan: Plan, cast: Cast) -> None:
    later = datetime(2027, 3, 1, 9, tzinfo=UTC)
    change_plan(actor=cast.manager, project_id=plan.project_id, changes=[ResumedWork(later.date())], reason="Late.", now=later)
    before = {name: (row.start_date, row.finish_date) for name, row in plan.tasks().items()}
    read = read_plan(get_project_file(actor=cast.manager, project_id=plan.project_id).content)
    assert preview_plan_file(actor=cast.manager, plan=read, now=later) == ()
    made = open_project_from_plan(actor=cast.manager, plan=read, company_id=plan.company_id, manager_id=cast.manager.person_id, now=later)
    found = Task.objects.filter(project_id=made.project_id)
    assert {row.name: (row.start_date, row.finish_date) for row in found} == before
