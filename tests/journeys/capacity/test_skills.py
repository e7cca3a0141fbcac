"""Skills in levelling and in date answers: whoever does the work has them, and what is missing is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.capacity.leveling_world import make_clash
from tests.journeys.capacity.test_dates import KICKOFF, keep_busy
from tests.people import NOW, TODAY, WEBSITE, make_sale
from wonward.domains.delivery.operations import ask_for_skills
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.operations import NewPerson, create_people, put_roles, put_skills
from wonward.domains.staff.queries import list_working_people
from wonward.journeys.capacity.operations import apply_leveling, ask_date
from wonward.journeys.capacity.queries.dates import get_date_answer, read_date_case
from wonward.journeys.capacity.rules.date_answer import settle
from wonward.journeys.capacity.rules.date_case import LeverMove, pulled
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import system_actor


@pytest.fixture
def clash(studio):
    """Two projects whose templates any of two developers builds; nobody is named."""
    made = make_clash(studio)
    (second,) = create_people(actor=system_actor(), people=[NewPerson(name="Vera Lind")], now=NOW)
    put_roles(actor=system_actor(), roles={second: ["Developer"]}, now=NOW)
    for project_id in made.projects:
        change_plan(actor=studio.cast.owner, project_id=project_id, changes=[TaskChange(made.tasks(project_id)["build"].id, {"assignee_id": None})], now=NOW)
    return made


def ask_both(clash, skills=None):
    for project_id in clash.projects:
        ask_for_skills(actor=clash.studio.cast.owner, task_id=clash.tasks(project_id)["build"].id, put=skills or {"French": 3}, now=NOW)


def builds(run):
    return [move for move in run.moves if move.name == "Build the templates" and move.is_set]


def test_two_developers_build_side_by_side_until_both_tasks_ask_for_what_one_of_them_can(clash):
    assert builds(clash.read(clash.level())) == []
    put_skills(actor=system_actor(), person_id=clash.studio.dev, skills={"French": 4}, now=NOW)
    ask_both(clash)
    run = clash.read(clash.level())
    (move,) = builds(run)
    assert move.because.startswith("Everybody in Developer with French (level 3) is taken on 20")
    assert "“Build the templates”" in move.because
    assert "Developer · French 3" in {row.name for row in run.loads}
    apply_leveling(actor=clash.studio.cast.owner, run_id=run.id, reason="One speaks French", now=NOW)
    assert builds(clash.read(clash.level())) == []


def test_a_level_below_the_one_asked_for_does_not_count(clash):
    put_skills(actor=system_actor(), person_id=clash.studio.dev, skills={"French": 2}, now=NOW)
    ask_both(clash)
    run = clash.read(clash.level())
    assert builds(run) == []
    assert sum(note.startswith("Nobody in Developer with French (level 3) can do “Build the templates”") for note in run.notes) == 2


def test_hours_of_who_has_both_skills_are_counted_once(clash):
    """One developer has French and another skill; each task asks for one of them, and both at once is more than a person."""
    put_skills(actor=system_actor(), person_id=clash.studio.dev, skills={"French": 4, "Vue": 4}, now=NOW)
    first, second = (clash.tasks(key)["build"].id for key in clash.projects)
    ask_for_skills(actor=clash.studio.cast.owner, task_id=first, put={"French": 1}, now=NOW)
    ask_for_skills(actor=clash.studio.cast.owner, task_id=second, put={"Vue": 1}, now=NOW)
    (move,) = builds(clash.read(clash.level()))
    assert "taken on 20" in move.because


def test_somebody_on_a_task_they_cannot_do_is_named(clash):
    ask_both(clash)
    task = clash.tasks(clash.first)["build"].id
    change_plan(actor=clash.studio.cast.owner, project_id=clash.first, changes=[TaskChange(task, {"assignee_id": clash.studio.dev})], now=NOW)
    assert "“Build the templates” asks for French (level 3), which Peer Olsen does not have." in clash.read(clash.level()).notes


def test_somebody_with_two_roles_is_offered_to_both_and_counted_once(clash):
    """A builder edits as well: both pools have his hours, and what is asked of both fits those who are in either."""
    owner = clash.studio.cast.owner
    oskar = next(one for one in list_working_people(actor=owner) if one.name == "Oskar Blum")
    editor = create_people(actor=system_actor(), people=[NewPerson(name="Nora Falk")], now=NOW)[0]
    put_roles(actor=system_actor(), roles={oskar.id: ["Editor", "Developer"], editor: ["Editor"]}, now=NOW)
    rows = {row.name: row for row in clash.read(clash.level()).loads}
    (joint,) = [row for name, row in rows.items() if set(name.split(" / ")) == {"Developer", "Editor"}]
    week = max(range(len(joint.capacity)), key=lambda place: joint.capacity[place])
    assert [rows[name].capacity[week] for name in ("Developer", "Editor")] == [3 * 2400, 2 * 2400]
    assert joint.capacity[week] == 4 * 2400
    assert joint.before == tuple(a + b for a, b in zip(rows["Developer"].before, rows["Editor"].before, strict=True))
    assert joint.over(joint.after) == 0


def french_sale(studio):
    items = [{**item, "skills": [{"name": "French", "level": 3}]} if item["key"] == "build" else item for item in WEBSITE]
    return make_sale(studio.cast, name="French shop", company="Boutique", items=items)


def answer(studio, sale):
    key = ask_date(actor=studio.cast.seller, deal_id=sale.deal_id, kickoff=KICKOFF, now=NOW)
    return get_date_answer(actor=studio.cast.seller, answer_id=key)


def test_a_date_waits_for_the_one_who_has_the_skill(staffed):
    sale = french_sale(staffed)
    nobody = answer(staffed, sale)
    assert any("Nobody in Developer with French (level 3) can do “Build the templates”" in note for note in nobody.notes)
    put_skills(actor=system_actor(), person_id=staffed.dev, skills={"French": 3}, now=NOW)
    free = answer(staffed, sale)
    assert not any("French" in note for note in free.notes)
    (helper,) = create_people(actor=system_actor(), people=[NewPerson(name="Vera Lind")], now=NOW)
    put_roles(actor=system_actor(), roles={helper: ["Developer"]}, now=NOW)
    keep_busy(staffed)
    waits = answer(staffed, sale)
    assert waits.earliest > free.earliest
    assert (waits.binding, "Developer with French (level 3)" in waits.because) == ("skill", True)
    plain = answer(staffed, make_sale(staffed.cast, name="Plain shop", company="Plain"))
    assert plain.earliest == free.earliest


def test_one_more_developer_of_a_lever_has_the_skill(staffed):
    put_skills(actor=system_actor(), person_id=staffed.dev, skills={"French": 3}, now=NOW)
    keep_busy(staffed)
    sale = french_sale(staffed)
    case = read_date_case(actor=staffed.cast.seller, deal_id=sale.deal_id, kickoff=KICKOFF, today=TODAY).case
    assert settle(pulled(case, LeverMove("person", "developer"))).finish < settle(case).finish
    assert settle(case).finish - KICKOFF > timedelta(days=20)
