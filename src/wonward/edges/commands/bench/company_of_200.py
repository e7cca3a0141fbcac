"""A company of 200 people with three years behind it, made through the product's own doors."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import ClosingBrief, NewDeal, NextAction
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.domains.staff.queries import find_actor
from wonward.edges.commands.bench.data import EMAIL, PASSWORD, win_ready
from wonward.foundation.access.operations import create_token
from wonward.foundation.access.queries import find_user_id
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.imports.operations import commit_import, stage_import
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money

PEOPLE, COMPANIES, OPEN, CLOSED, PROJECTS = 200, 600, 400, 6_000, 60
TASKS_OF_A_PROJECT = 25
ROLES = ("sales", "sales", "project_manager", "member", "leadership")


@dataclass(frozen=True, slots=True)
class Company:
    """What the load needs to know: tokens of people by access role, and ids to ask for."""

    tokens: dict[str, list[str]]
    deal_ids: list[int]
    project_ids: list[int]
    company_ids: list[int]


def build(now: datetime, folder: Path) -> Company:
    """Build it; `folder` receives a file to import while it is under load."""
    dice = random.Random(200)  # noqa: S311
    people = [NewPerson(name="Owner Bench", email=EMAIL, access_role="owner", password=PASSWORD)]
    people += [NewPerson(name=f"Person {n}", email=f"p{n}@bench.example", access_role=ROLES[n % len(ROLES)]) for n in range(PEOPLE - 1)]
    create_people(actor=system_actor(), people=people, now=now)
    owner = _actor_of(EMAIL)
    companies = create_companies(actor=owner, companies=[NewCompany(name=f"Company {n:05}") for n in range(COMPANIES)], now=now)
    create_contacts(
        actor=owner, contacts=[NewContact(name=f"Contact {n}", company_id=key) for n, key in enumerate([*companies, *companies])], now=now
    )
    sellers = [n for n in range(PEOPLE - 1) if ROLES[n % len(ROLES)] == "sales"]
    for rows, name in ((CLOSED, "past"), (500, "later")):
        (folder / f"{name}.csv").write_text(_past_deals(dice, name, rows, sellers, now), encoding="utf-8")
    staged = stage_import(actor=owner, kind="deals", file_name="past.csv", stream=io.BytesIO((folder / "past.csv").read_bytes()), now=now)
    commit_import(actor=owner, batch_id=staged, choices={}, now=now, run_now=True)
    won, contact_id = win_ready(owner, TASKS_OF_A_PROJECT, PROJECTS, now)
    brief = ClosingBrief("Everything as offered.", now.date() + timedelta(days=900), "", True, contact_id, now.date() + timedelta(days=7))
    projects = [close_deal_as_won(actor=owner, deal_id=deal_id, brief=brief, now=now).project_ids[0] for deal_id in won]
    deals = create_deals(actor=owner, now=now, deals=[
        NewDeal(
            name=f"Deal {n}", company_id=dice.choice(companies), value=Money(dice.randint(100, 99_999) * 100, "EUR"),
            next_action=NextAction("call", now.date() + timedelta(days=dice.randint(-9, 40)), "Call back"),
        )
        for n in range(OPEN)
    ])
    tokens: dict[str, list[str]] = {"owner": [_token(owner, now)]}
    for n in range(20):
        tokens.setdefault(ROLES[n % len(ROLES)], []).append(_token(_actor_of(f"p{n}@bench.example"), now))
    return Company(tokens, list(deals), projects, list(companies))


def _actor_of(email: str) -> Actor:
    user_id = find_user_id(email)
    actor = find_actor(user_id=user_id) if user_id else None
    if actor is None:
        raise SystemExit(f"{email} cannot sign in")
    return actor


def _token(actor: Actor, now: datetime) -> str:
    return create_token(actor=actor, user_id=actor.user_id or 0, name="Load", scopes=None, now=now)


def _past_deals(dice: random.Random, name: str, rows: int, sellers: list[int], now: datetime) -> str:
    """Three years of deals that are closed, as a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["opportunity_id", "name", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"])
    for n in range(rows):
        engaged = now.date() - timedelta(days=dice.randint(140, 1095))
        writer.writerow([
            f"{name}{n:06}", f"Past deal {name} {n}", f"Person {dice.choice(sellers)}", "", f"Company {dice.randrange(COMPANIES):05}",
            dice.choice(("Won", "Lost")), engaged, engaged + timedelta(days=dice.randint(5, 120)), dice.randint(100, 90_000),
        ])
    return text.getvalue()
