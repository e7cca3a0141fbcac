"""Grants, members, owners, restrictions and archiving in any order, against a small oracle of who sees what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from tests.figures import tell
from tests.machines import play
from tests.people import NOW, actor_of
from tests.permissions.walker import Walker
from tests.permissions.world import ROLES, World
from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import communications_among, visible_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.models import Project, ProjectMember
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.planning import create_project
from wonward.domains.delivery.queries.projects import list_projects
from wonward.domains.delivery.types import NewProject
from wonward.domains.sales.models import Deal, DealMember
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter, NewDeal, NextAction
from wonward.domains.staff.models import Person
from wonward.foundation.access.models import AccessRole, Team
from wonward.foundation.access.policy import PERMISSIONS, visible_refs
from wonward.kernel.actor import Actor, Scope, system_actor
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
STEPS = 50
PEOPLE = ("admin", "seller", "teammate", "manager", "planner", "member", "finance", "marketer")
VIEWS = ("sales.deal.view", "delivery.project.view", "comms.communication.view")
_WORK = (BlueprintItem("work", "task", "Work", None, 480, 0, "", (), "", ()),)


@dataclass
class Record:
    """What the oracle knows of a deal or project."""

    id: int
    company: str
    owner: str
    members: set[str] = field(default_factory=set)
    is_restricted: bool = False
    is_won: bool = False
    is_archived: bool = False
    works_for_client: set[str] = field(default_factory=set)


@dataclass
class Note:
    """What the oracle knows of an entry of the log."""

    id: int
    author: str
    is_restricted: bool
    on: list[tuple[str, int]]


class AccessMachine(RuleBasedStateMachine):
    """Every rule changes one thing; after each, somebody in turn must see exactly what the oracle says, after some and at the end everybody."""

    world: ClassVar[World]
    steps: ClassVar[int] = 0
    everybody_every: ClassVar[int] = 1
    deals = Bundle("deals")
    projects = Bundle("projects")

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.compared = 0
        self.known_deals: dict[int, Record] = {}
        self.known_projects: dict[int, Record] = {}
        self.notes: dict[int, Note] = {}
        self.overrides: dict[str, dict[str, str]] = {}
        self.team_of: dict[str, int | None] = dict.fromkeys(PEOPLE)
        self.teams = [Team.objects.create(name=f"Machine {n}", created_at=NOW, updated_at=NOW).pk for n in (1, 2)]

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.mark)

    def person(self, name: str) -> int:
        return self.world.ids[f"person.{name}"]

    @rule(target=deals, owner=st.sampled_from(("seller", "teammate", "member", "manager")),
          company=st.sampled_from(("north", "south")))
    def open_deal(self, owner: str, company: str) -> int:
        (key,) = create_deals(
            actor=system_actor(), now=NOW,
            deals=[NewDeal(name="Machine", company_id=self.world.ids[f"company.{company}"], owner_id=self.person(owner),
                           next_action=NextAction("call", date(2026, 12, 1)))],
        )
        self.known_deals[key] = Record(key, company, owner, works_for_client={owner})
        return key

    @rule(key=deals, owner=st.sampled_from(PEOPLE))
    def hand_over_deal(self, key: int, owner: str) -> None:
        deal = self.known_deals[key]
        change_deal(actor=system_actor(), deal_id=key, changes={"owner_id": self.person(owner)}, now=NOW)
        if owner != deal.owner:
            deal.works_for_client = {owner, *deal.members}
        deal.owner = owner

    @rule(key=deals, to=st.booleans())
    def restrict_deal(self, key: int, to: bool) -> None:
        change_deal(actor=system_actor(), deal_id=key, changes={"is_restricted": to}, now=NOW)
        self.known_deals[key].is_restricted = to

    @rule(key=deals)
    def win_deal(self, key: int) -> None:
        Deal.objects.filter(pk=key).update(status="won")
        self.known_deals[key].is_won = True

    @rule(key=deals, who=st.sampled_from(PEOPLE))
    def swap_deal_member(self, key: int, who: str) -> None:
        deal = self.known_deals[key]
        if who in deal.members:
            DealMember.objects.filter(deal_id=key, person_id=self.person(who)).delete()
        else:
            DealMember.objects.create(deal_id=key, person_id=self.person(who), added_at=NOW)
        deal.members ^= {who}

    @rule(target=projects, manager=st.sampled_from(("manager", "planner")), company=st.sampled_from(("north", "south")),
          is_restricted=st.booleans())
    def start_project(self, manager: str, company: str, is_restricted: bool) -> int:
        made = create_project(
            actor=system_actor(), now=NOW,
            new=NewProject("Machine", self.world.ids[f"company.{company}"], self.person(manager), date(2026, 12, 1), None, _WORK,
                           is_restricted=is_restricted),
        )
        self.known_projects[made.project_id] = Record(made.project_id, company, manager, {manager}, is_restricted)
        return made.project_id

    @rule(key=projects, manager=st.sampled_from(PEOPLE), to=st.booleans())
    def hand_over_and_restrict_project(self, key: int, manager: str, to: bool) -> None:
        changes = {"manager_id": self.person(manager), "is_restricted": to}
        change_project(actor=system_actor(), project_id=key, changes=changes, now=NOW)
        project = self.known_projects[key]
        if (project.owner, project.is_restricted) != (manager, to):
            project.members.add(manager)
        project.owner, project.is_restricted = manager, to

    @rule(key=projects, who=st.sampled_from(PEOPLE))
    def swap_project_member(self, key: int, who: str) -> None:
        project = self.known_projects[key]
        if who in project.members:
            ProjectMember.objects.filter(project_id=key, person_id=self.person(who)).delete()
        else:
            ProjectMember.objects.create(project_id=key, person_id=self.person(who), added_at=NOW)
        project.members ^= {who}

    @rule(key=projects, to=st.booleans())
    def archive_project(self, key: int, to: bool) -> None:
        Project.objects.filter(pk=key).update(archived_at=NOW if to else None)
        self.known_projects[key].is_archived = to

    @rule(role=st.sampled_from(("sales", "project_manager", "member", "finance", "marketing")), view=st.sampled_from(VIEWS),
          reach=st.sampled_from([scope.value for scope in Scope]))
    def change_grants(self, role: str, view: str, reach: str) -> None:
        self.overrides.setdefault(role, {})[view] = reach
        AccessRole.objects.filter(key=role).update(overrides=self.overrides[role])

    @rule(who=st.sampled_from(PEOPLE), team=st.sampled_from((None, 0, 1)))
    def change_team(self, who: str, team: int | None) -> None:
        self.team_of[who] = None if team is None else self.teams[team]
        Person.objects.filter(pk=self.person(who)).update(team_id=self.team_of[who])

    @precondition(lambda self: self.known_deals or self.known_projects)
    @rule(data=st.data(), is_restricted=st.booleans())
    def log_note(self, data: st.DataObject, is_restricted: bool) -> None:
        homes = [("sales.deal", key) for key in self.known_deals] + [("delivery.project", key) for key in self.known_projects]
        on = data.draw(st.lists(st.sampled_from(homes), min_size=1, max_size=2, unique=True))
        author = data.draw(st.sampled_from(PEOPLE))
        writer = Actor(label=author, person_id=self.person(author), is_system=True)
        entry = NewCommunication(
            kind=CommunicationKind.NOTE, refs=tuple(Ref(noun, key) for noun, key in on), body="Machine", happened_at=NOW,
            privacy="restricted" if is_restricted else "internal",
        )
        (key,) = log_communications(actor=writer, entries=[entry], now=NOW)
        self.notes[key] = Note(key, author, is_restricted, on)

    def reach(self, who: str, view: str) -> str:
        """How far a view reaches, told from the override or the default."""
        role = ROLES[who]
        if role in ("owner", "admin"):
            return "bosses"
        default = PERMISSIONS[view].defaults.get(role, Scope.NONE).value
        return self.overrides.get(role, {}).get(view, default)

    def oracle_deal(self, who: str, deal: Record) -> bool:
        is_mine = who == deal.owner or who in deal.members
        team = self.team_of[who]
        return {
            "bosses": True, "none": False, "own": is_mine, "all": is_mine or not deal.is_restricted,
            "team": is_mine or (not deal.is_restricted and team is not None and self.team_of[deal.owner] == team),
            "related": is_mine or (not deal.is_restricted and deal.is_won),
        }[self.reach(who, "sales.deal.view")]

    def oracle_project(self, who: str, project: Record) -> bool:
        is_mine = who == project.owner or who in project.members
        team = self.team_of[who]
        base = {"north": {"seller", "manager"}, "south": {"teammate", "manager", "planner"}}[project.company]
        works = base.union(*(deal.works_for_client for deal in self.known_deals.values() if deal.company == project.company))
        return {
            "bosses": True, "none": False, "own": is_mine, "all": is_mine or not project.is_restricted,
            "team": is_mine or (not project.is_restricted and team is not None and self.team_of[project.owner] == team),
            "related": is_mine or (not project.is_restricted and who in works),
        }[self.reach(who, "delivery.project.view")]

    def oracle_note(self, who: str, note: Note) -> bool:
        if self.reach(who, "comms.communication.view") == "none" or (note.is_restricted and note.author != who):
            return False
        return any(
            self.oracle_deal(who, self.known_deals[key]) if noun == "sales.deal" else self.oracle_project(who, self.known_projects[key])
            for noun, key in note.on
        )

    def whom_to_compare(self) -> tuple[str, ...]:
        """Everybody before the first step and after each `everybody_every`th, else the next one."""
        self.compared += 1
        if self.compared % self.everybody_every == 1 % self.everybody_every:
            return PEOPLE
        return (PEOPLE[self.compared % len(PEOPLE)],)

    @invariant()
    def people_see_exactly_what_the_oracle_says(self) -> None:
        type(self).steps += 1
        for who in self.whom_to_compare():
            actor = actor_of(f"{who}@studio.test")
            deals = {key for key, deal in self.known_deals.items() if self.oracle_deal(who, deal)}
            projects = {key for key, project in self.known_projects.items() if self.oracle_project(who, project)}
            notes = {key for key, note in self.notes.items() if self.oracle_note(who, note)}
            self.check_lists(who, actor, deals, projects)
            refs = [Ref("sales.deal", key) for key in self.known_deals] + [Ref("delivery.project", key) for key in self.known_projects]
            seen = {Ref("sales.deal", key) for key in deals} | {Ref("delivery.project", key) for key in projects}
            assert visible_refs(actor, refs) == seen, who
            if self.notes:
                assert communications_among(actor=actor, communication_ids=set(self.notes)) == notes, who
                assert set(visible_communications(actor).filter(pk__in=self.notes).values_list("pk", flat=True)) == notes, who

    def check_lists(self, who: str, actor: Actor, deals: set[int], projects: set[int]) -> None:
        listed = {row.id for row in list_deals(actor=actor, where=DealFilter(text="Machine"), now=NOW, limit=500)}
        assert listed == deals, who
        live = {key for key in projects if not self.known_projects[key].is_archived}
        assert {row.id for row in list_projects(actor=actor, text="Machine", limit=500)} == live, who


def _run(walker: Walker, *, examples: int, steps: int, everybody_every: int) -> None:
    AccessMachine.world, AccessMachine.steps, AccessMachine.everybody_every = walker.world, 0, everybody_every
    play(AccessMachine, games=examples, moves=steps)
    tell("grants, moves, shares and archives in any order, against an oracle", states_compared=AccessMachine.steps, people=len(PEOPLE))


def test_rights_follow_every_change_at_once(walker: Walker):
    _run(walker, examples=4, steps=12, everybody_every=1)


@pytest.mark.long
def test_rights_follow_five_thousand_changes(walker: Walker):
    # What rights ask is asked of PostgreSQL by the walk too: there a tenth is enough.
    wanted = 5_000 if connection.vendor == "sqlite" else 500
    _run(walker, examples=wanted // STEPS + 5, steps=STEPS, everybody_every=10)
    assert AccessMachine.steps >= wanted
