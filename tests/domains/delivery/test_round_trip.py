"""Any plan goes into the file for MS Project and comes back into a new project as the plan it was."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.domains.delivery.plan import Plan, make_plan
from tests.people import NOW, Cast
from wonward.domains.delivery.queries.exchange import get_project_file, list_file_losses, read_plan
from wonward.domains.delivery.rules.project_file import CONSTRAINT_TYPES
from wonward.domains.delivery.types.exchange import (
    OwnFacts,
    PlanFacts,
    ReadPlan,
    TakenLink,
    TakenOutsideLink,
    TakenTask,
)
from wonward.journeys.promises.operations import open_project_from_plan
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

START = date(2027, 1, 4)
WORDS = ("Dig & “fill”", "<b>Übergabe</b>", "Ärger", "Two\tparts", "Pläne — Stand 3", "x" * 120)
CALENDARS = (
    STANDARD_CALENDAR,
    WorkCalendar((((480, 720),),) * 4 + ((), (), ()), {START + timedelta(days=9): (), START + timedelta(days=12): ((541, 723),)}),
)
OTHER = {"ASAP", "ALAP"}


def _facts(dice: random.Random, number: int) -> OwnFacts:
    done = datetime(2026, 11, 2, 9, number % 60, tzinfo=UTC)
    return OwnFacts(
        criteria=("It works", f"It is {number}"), met=(("It works", "Tom Brandt", done),),
        checks=(("On a phone", True, "Tom Brandt", done), (dice.choice(WORDS), False, "", None)),
        labels=tuple(dice.sample(("Front end", "Später", "A, b"), dice.randrange(3))), helpers=(("Mara Klein", "reviews"),),
        efforts=(("Developer", 600), ("Tester", 60 * number)), skills=(("French", dice.randint(1, 5)), ("Vue", 2)),
        repeat=dice.choice((None, (2, "week", date(2027, 12, 1)), (1, "month", None))),
        blocked=dice.choice((None, ("No access", date(2026, 11, 3)))), promise_key=dice.choice(("", f"key{number}")),
        is_priority_set=None,
    )


def _task(dice: random.Random, number: int, parent: int | None) -> TakenTask:
    values: dict[str, Any] = {"name": f"{dice.choice(WORDS)} {number}", "parent": parent, "notes": dice.choice(("", "A & <b>\n“B”"))}
    what = dice.choice(("task", "task", "task", "milestone", "approval"))
    if what != "task":
        return TakenTask(kind=what, duration_minutes=0, **values)
    constraint = dice.choice(list(CONSTRAINT_TYPES))
    percent = dice.choice((0, 0, 0, 40, 100))
    values |= {
        "constraint": constraint, "constraint_date": None if constraint in OTHER else START + timedelta(days=dice.randrange(40)),
        "duration_minutes": dice.choice((60, 480, 750, 2400)), "effort_minutes": dice.choice((0, 300, 4800)), "percent_complete": percent,
        "status": "done" if percent == 100 else "doing" if percent else dice.choice(("todo", "review")),
        "deadline_date": dice.choice((None, START + timedelta(days=dice.randrange(60)))), "priority": dice.choice(("", "urgent", "high", "low")),
        "person_name": dice.choice(("", "Noor Haddad")), "role": dice.choice(("", "Developer", "Brand new role")),
        "is_deliverable": dice.random() < 0.3, "own_facts": dice.choice((OwnFacts(), _facts(dice, number))),
    }
    if percent:
        values["actual_start_date"] = START + timedelta(days=dice.randrange(5))
        values["actual_finish_date"] = START + timedelta(days=7) if percent == 100 else None
    elif dice.random() < 0.2:
        values |= {"manual_start_date": START + timedelta(days=3), "manual_finish_date": START + timedelta(days=8), "constraint": "ASAP", "constraint_date": None}
    return TakenTask(**values)


def _links(dice: random.Random, tasks: list[TakenTask]) -> tuple[TakenLink, ...]:
    found = {}
    leaves = [place for place, task in enumerate(tasks) if task.kind == "task"]
    for place in leaves[1:]:
        source = dice.choice([one for one in leaves if one < place])
        found[source, place] = TakenLink(source, place, dice.choice(("FS", "SS", "FF", "SF")), dice.choice((0, 240, -90, 1440)), dice.choice(("working", "elapsed")))
    return tuple(found.values())


def generated(seed: int, outside: Plan) -> ReadPlan:
    """Phases in phases, everything a task can say, every kind of link, two frozen plans, and a wait for another project."""
    dice = random.Random(seed)
    tasks = [TakenTask("Phase", kind="phase"), TakenTask("Inner phase", 0, kind="phase")]
    tasks += [_task(dice, number, dice.choice((None, 0, 1))) for number in range(2, 12)]
    tasks += [TakenTask("Inside", 0), TakenTask("Deep inside", 1)]
    frozen = {place: (START, START + timedelta(days=dice.randrange(30))) for place in range(len(tasks))}
    source = next(iter(outside.tasks().values()))
    name = get_project_file(actor=outside.cast.manager, project_id=outside.project_id).name
    waits = (TakenOutsideLink(name, source.id, len(tasks) - 1, "FS", 480, "working"),)
    return ReadPlan(
        f"Plan {seed}", START, tuple(tasks), _links(dice, tasks), (frozen, dict.fromkeys(frozen, (START, START))), f"Calendar {seed}",
        CALENDARS[seed % 2], outside_links=waits, facts=PlanFacts(("Sold", "Later"), date(2027, 9, 1)),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(10))
def test_what_was_taken_out_is_what_comes_back(cast: Cast, seed: int) -> None:
    outside = make_plan(cast)
    plan = generated(seed, outside)
    first = open_project_from_plan(actor=cast.owner, plan=plan, company_id=outside.company_id, manager_id=cast.manager.person_id, now=NOW)
    assert first.losses == ()
    assert list_file_losses(actor=cast.owner, project_id=first.project_id) == ()
    taken = read_plan(get_project_file(actor=cast.owner, project_id=first.project_id).content)
    assert taken.losses == ()
    assert sorted(task.own_facts.skills for task in taken.tasks) == sorted(task.own_facts.skills for task in plan.tasks)
    second = open_project_from_plan(actor=cast.owner, plan=taken, company_id=outside.company_id, manager_id=cast.manager.person_id, now=NOW)
    assert second.losses == ()
    again = read_plan(get_project_file(actor=cast.owner, project_id=second.project_id).content)
    for name in ("tasks", "links", "outside_links", "baselines", "calendar", "start_date", "facts", "losses"):
        assert getattr(again, name) == getattr(taken, name), name
