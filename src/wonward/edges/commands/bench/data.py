"""A hundred thousand deals of which eight thousand are open, made through the product's own doors."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from typing import Any

from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.queries import count_companies
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.deals import ask_count
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.queries import find_user_id
from wonward.foundation.database.prepared import numbers
from wonward.journeys.imports.operations import commit_import, stage_import
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

EMAIL, PASSWORD = "owner@bench.example", "bench bench bench"
CLOSED, OPEN, COMPANIES = 92_000, 8_000, 10_000


def owner() -> Actor | None:
    """Who acts, once the data is there."""
    user_id = find_user_id(EMAIL)
    return find_actor(user_id=user_id) if user_id else None


def ensure_data(now: datetime) -> tuple[Actor, dict[str, Any]]:
    """The actor, and what building told: empty when the data was cached."""
    actor = owner()
    if actor is not None and numbers([ask_count(actor, status="open")])[0] >= OPEN:
        return actor, {}
    create_people(actor=system_actor(), now=now,
                  people=[NewPerson(name="Owner Bench", email=EMAIL, access_role="owner", password=PASSWORD), *_sellers()])
    actor = owner()
    assert actor is not None
    dice = random.Random(7)  # noqa: S311
    companies = create_companies(actor=actor, companies=[NewCompany(name=f"Company {n:05}") for n in range(COMPANIES)], now=now)
    create_contacts(actor=actor, contacts=[NewContact(name=f"Contact {n}", company_id=key) for n, key in enumerate(companies)], now=now)
    services = create_services(actor=actor, now=now, services=[NewService(name=f"Service {n}", price=Money(100_000 * (n + 1), "EUR")) for n in range(6)])
    open_deals(actor, companies, services, dice, now)
    return actor, import_closed(actor, dice, now)


def ensure_history(actor: Actor, now: datetime) -> None:
    """Beside open deals that are there already: sellers, ten thousand companies and the deals of the past; those that are there stay."""
    if find_user_id("s0@bench.example") is None:
        create_people(actor=system_actor(), now=now, people=_sellers())
    there = count_companies(actor=actor)
    if there < COMPANIES:
        create_companies(actor=actor, companies=[NewCompany(name=f"Company {n:05}") for n in range(there, COMPANIES)], now=now)
    if sum(numbers([ask_count(actor, status=status) for status in ("won", "lost")])) < CLOSED:
        import_closed(actor, random.Random(7), now)["commit"]()  # noqa: S311


def _sellers() -> list[NewPerson]:
    return [NewPerson(name=f"Seller {n}", email=f"s{n}@bench.example", access_role="sales") for n in range(40)]


def open_deals(actor: Actor, companies: list[int], services: list[int], dice: random.Random, now: datetime) -> None:
    """Eight thousand open deals over six stages, in batches of five hundred."""
    stages = [stage.id for stage in list_pipelines()[0].stages if stage.kind == "open"]
    today = now.date()
    for start in range(0, OPEN, 500):
        create_deals(
            actor=actor, now=now - timedelta(days=dice.randint(0, 40)),
            deals=[
                NewDeal(
                    name=f"Deal {start + n}", company_id=dice.choice(companies), value=Money(dice.randint(100, 99_999) * 100, "EUR"),
                    stage_id=dice.choice(stages), lines=(NewLine(dice.choice(services)),),
                    next_action=NextAction("call", today + timedelta(days=dice.randint(-9, 40)), "Call back"),
                )
                for n in range(500)
            ],
        )


def import_closed(actor: Actor, dice: random.Random, now: datetime) -> dict[str, Any]:
    """The rest as history, through an import; tells rows and seconds from commit to done."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["opportunity_id", "name", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"])
    for n in range(CLOSED):
        engaged = date(2020, 1, 1) + timedelta(days=dice.randint(0, 2000))
        writer.writerow([
            f"B{n:06}", f"Past deal {n}", f"Seller {dice.randint(0, 39)}", f"Service {dice.randint(0, 5)}",
            f"Company {dice.randint(0, 9999):05}", dice.choice(("Won", "Lost")), engaged, engaged + timedelta(days=dice.randint(5, 120)),
            dice.randint(100, 90_000),
        ])
    batch_id = stage_import(actor=actor, kind="deals", file_name="past.csv", stream=io.BytesIO(text.getvalue().encode()), now=now)
    return {"batch_id": batch_id, "commit": lambda: commit_import(actor=actor, batch_id=batch_id, choices={}, now=now, run_now=True)}


def win_ready(actor: Actor, tasks: int, count: int, now: datetime, *, services: int = 1, entries: int = 0) -> tuple[list[int], int]:
    """Open deals of services whose templates have this many tasks together, and the contact a brief names.

    There are about one and a half dependencies a task, and `entries` lines in the log of each deal.
    """
    stamp = f"{tasks} {services} {now.timestamp()}"
    (company_id,) = create_companies(actor=actor, companies=[NewCompany(name=f"Winner {stamp}")], now=now)
    (contact_id,) = create_contacts(actor=actor, contacts=[NewContact(name="Main Person", company_id=company_id)], now=now)
    new = []
    for place in range(services):
        part = tasks // services + (place < tasks % services)
        template_id = create_template(actor=actor, name=f"Template {stamp} {place}", items=_items(part), now=now)
        new.append(NewService(name=f"Service {stamp} {place}", template_id=template_id))
    lines = tuple(NewLine(service_id) for service_id in create_services(actor=actor, now=now, services=new))
    deals = create_deals(
        actor=actor, now=now,
        deals=[NewDeal(name=f"Win {n}", company_id=company_id, lines=lines, next_action=NextAction("call", now.date(), "Win it"))
               for n in range(count)],
    )
    for deal_id in deals if entries else ():
        log_communications(actor=actor, now=now, entries=[
            NewCommunication(CommunicationKind.NOTE, refs=(Ref("sales.deal", deal_id),), body=f"What was said, {n}", happened_at=now)
            for n in range(entries)
        ])
    return deals, contact_id


def _items(tasks: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for n in range(tasks):
        after = [{"key": f"t{n - 1}"}] if n % 10 else []
        if n >= 10 and n % 5 < 3:
            after.append({"key": f"t{n - 10}"})
        items.append({"key": f"t{n}", "kind": "task", "name": f"Task {n}", "duration_days": 1 + n % 4, "effort_minutes": 240,
                      "role": f"Role {n % 5}", "after": after, "promise_key": f"p{n}" if n < 5 else ""})
    return items
