"""Halden Studio: a believable company of 25 people, made by our own operations. Loaded once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction

from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.domains.staff.queries import find_actor
from wonward.edges.commands.sample import staffing, story
from wonward.edges.commands.sample.catalogue import PRICES, TEMPLATES
from wonward.edges.commands.sample.contracts import add_contracts
from wonward.edges.commands.sample.leads import add_leads
from wonward.edges.commands.sample.names import PEOPLE
from wonward.edges.commands.sample.objectives import add_objectives
from wonward.edges.commands.sample.proposals import add_proposals
from wonward.edges.commands.sample.working import work_on
from wonward.foundation.access.queries import find_user_id
from wonward.foundation.organisation.operations import set_up_organisation
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.house.operations import remembering_sample
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money

PASSWORD = "wonward-sample"  # noqa: S105
SIGN_INS = (
    ("owner", "astrid.halden@halden.example"), ("sales", "mara.klein@halden.example"),
    ("project manager", "tom.brandt@halden.example"), ("member", "noor.haddad@halden.example"),
    ("finance", "fay.lindqvist@halden.example"), ("leadership", "lena.moreau@halden.example"),
)
OPEN_DEALS = 200
SKILLS = {
    "Front-end developer": "Developer", "Developer": "Developer", "Designer": "Designer", "Creative director": "Designer",
    "Strategist": "Strategist", "Consultant": "Consultant", "Editor": "Editor", "Media buyer": "Media buyer",
    "Quality engineer": "Quality", "Project manager": "Project manager", "Head of delivery": "Project manager",
}


def is_sample_loaded() -> bool:
    """Whether the sample company is there."""
    return find_user_id(SIGN_INS[0][1]) is not None


def load_sample_company(*, now: datetime, say: story.Say, is_guest: bool = False) -> bool:
    """Load it once; False when it was there already.

    As a guest it comes into a house that is somebody's own: name, currency and time zone stay, and nobody of it can sign in.
    """
    if is_sample_loaded():
        return False
    with transaction.atomic(), remembering_sample(now=now):
        if not is_guest:
            set_up_organisation(name="Halden Studio", currency="EUR", time_zone="Europe/Berlin", language=get_organisation().language, now=now)
        _tell_the_story(now, say, has_sign_ins=not is_guest)
    return True


def _tell_the_story(now: datetime, say: story.Say, *, has_sign_ins: bool) -> None:
    """One transaction: an interrupted load leaves nothing behind."""
    dice = random.Random(20260302)  # noqa: S311
    house = get_organisation()
    say("people, services and templates")
    actors = _people(now - timedelta(days=530), house.time_zone, has_sign_ins=has_sign_ins)
    services = _catalogue(actors["astrid.halden"], house.currency, now - timedelta(days=525))
    stage = story.Stage(
        dice=dice, now=now, sellers=[actors[key] for key in ("mara.klein", "jonas.ode", "sofia.pinto", "rui.dias", "livia.voss")],
        managers=[actors["tom.brandt"], actors["aylin.nowak"]], services=services, pipeline=list_pipelines()[0],
        roles=_roles(actors), currency=house.currency,
    )
    say("clients and contacts")
    story.add_clients(stage)
    say("lost deals")
    story.lose_some(stage, 70)
    say("30 projects, from handoff to done")
    running = _projects(stage)
    say(f"{OPEN_DEALS} open deals")
    story.open_pipeline(stage, OPEN_DEALS)
    say("bookings and time off")
    staffing.plan_people(stage)
    say("leads, campaigns and a form")
    add_leads(stage, marketer=actors["max.ahrens"])
    say("proposals")
    add_proposals(stage)
    say("contracts by the year")
    add_contracts(stage)
    say("approvals, notes and risks")
    work_on(stage, running)
    say("objectives")
    add_objectives(leader=actors["astrid.halden"], now=now)


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@halden.example"


def _people(then: datetime, time_zone: str, *, has_sign_ins: bool) -> dict[str, Actor]:
    known = {email for _, email in SIGN_INS} if has_sign_ins else set()
    create_people(
        actor=system_actor(), now=then,
        people=[
            NewPerson(name=name, email=_email(name), job_title=title, team=team, is_team_lead=leads, access_role=role,
                      password=PASSWORD if _email(name) in known else None, time_zone=time_zone)
            for name, role, title, team, leads in PEOPLE
        ],
    )
    actors: dict[str, Actor] = {}
    for name, *_ in PEOPLE:
        user_id = find_user_id(_email(name))
        actor = find_actor(user_id=user_id) if user_id else None
        assert actor
        actors[_email(name).partition("@")[0]] = actor
    put_roles(
        actor=system_actor(), now=then,
        roles={actors[_email(name).partition("@")[0]].person_id or 0: [SKILLS[title]]
               for name, _, title, _, _ in PEOPLE if title in SKILLS},
    )
    return actors


def _roles(actors: dict[str, Actor]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, _, title, _, _ in PEOPLE:
        person_id = actors[_email(name).partition("@")[0]].person_id
        if title in SKILLS and person_id:
            found.setdefault(SKILLS[title], []).append(person_id)
    return found


def _catalogue(owner: Actor, currency: str, then: datetime) -> dict[str, int]:
    wanted = []
    for name, items in TEMPLATES.items():
        template_id = create_template(actor=owner, name=name, items=items, now=then)
        price, cost = PRICES[name]
        effort = sum(item.get("effort_minutes", 0) for item in items)
        wanted.append(
            NewService(name=name, template_id=template_id, price=Money(price * 100, currency), cost=Money(cost * 100, currency),
                       effort_minutes=effort)
        )
    return dict(zip(TEMPLATES, create_services(actor=owner, services=wanted, now=then), strict=True))


def _projects(stage: story.Stage) -> list[int]:
    """Twelve done, thirteen running (some late), three waiting for acceptance, two returned; the ids of those that run, the newest first."""
    dice = stage.dice
    services = list(PRICES)
    for place in range(12):
        closed, at = story.win(stage, days_ago=150 + 22 * place, service=services[place % 5], slack_days=dice.choice((0, 2, 5)))
        story.deliver(stage, closed, at, until=stage.now - timedelta(days=place))
    reasons = ("Two page types were missing from the count.", "The client's legal review took longer.",
               "Noor is ill this week.", "The interface of the stock system changed.")
    running: list[int] = []
    for place in range(13):
        closed, at = story.win(stage, days_ago=8 + 4.5 * place, service=services[(place * 2) % 5], slack_days=dice.choice((1, 3, 6)),
                               place=place // 2)
        story.deliver(stage, closed, at, until=stage.now)
        running.extend(closed.project_ids)
        if place % 3 == 0:
            story.slip(stage, closed.project_ids[0], days=dice.choice((4, 6, 9)), reason=reasons[place % 4])
    for place in range(3):
        story.win(stage, days_ago=0.3 + place * 0.6, service=services[place], slack_days=4)
    for place in range(2):
        closed, at = story.win(stage, days_ago=2 + place, service=services[place + 1], slack_days=2)
        story.ask_back(stage, closed, at)
    return running
