"""Telling the sample company's past through the product's own operations, at past instants."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from wonward.domains.clients.operations import (
    add_stakeholder,
    change_company,
    create_companies,
    create_contacts,
)
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange, TaskRow
from wonward.domains.sales.operations.deals import create_deals, lose_deal, move_deal
from wonward.domains.sales.operations.next_actions import save_brief, set_next_action
from wonward.domains.sales.types import ClosingBrief, NewDeal, NewLine, NextAction, PipelineRow
from wonward.edges.commands.sample import names
from wonward.edges.commands.sample.catalogue import PRICES, PROMISES
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won, return_handoff
from wonward.journeys.handoff.types import ClosedDeal, Question
from wonward.journeys.promises.operations import change_plan, make_promises, settle_promise
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import STANDARD_CALENDAR

Say = Callable[[str], None]
WAITS_EVERY = 5  # Of as many deals one has a client whose mails nobody answered yet.


@dataclass(slots=True)
class Stage:
    """What the story has to play with."""

    dice: random.Random
    now: datetime
    sellers: Sequence[Actor]
    managers: Sequence[Actor]
    services: dict[str, int]
    pipeline: PipelineRow
    roles: dict[str, list[int]]
    currency: str = "EUR"
    companies: list[int] = field(default_factory=list)
    contacts: dict[int, list[int]] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        """An instant in the past, at office hours."""
        return (self.now - timedelta(days=days)).replace(hour=self.dice.randint(8, 16), minute=self.dice.randint(0, 59))


def add_clients(stage: Stage) -> None:
    """Forty companies with two to four people each."""
    then = stage.ago(520)
    seller = stage.sellers[0]
    stage.companies = create_companies(
        actor=seller, now=then,
        companies=[
            NewCompany(name=name, industry=industry, country=country, domain=f"{name.split()[0].lower()}.example",
                       tier=stage.dice.choice("AABBBC"), owner_id=stage.sellers[place % len(stage.sellers)].person_id,
                       employees=stage.dice.choice((40, 85, 120, 300, 900, 2400)))
            for place, (name, industry, country) in enumerate(names.COMPANIES)
        ],
    )
    wanted = []
    for company_id, (name, _, _) in zip(stage.companies, names.COMPANIES, strict=True):
        for _ in range(stage.dice.randint(2, 4)):
            first, last = stage.dice.choice(names.FIRST), stage.dice.choice(names.LAST)
            wanted.append(
                NewContact(name=f"{first} {last}", company_id=company_id, title=stage.dice.choice(names.TITLES),
                           email=f"{first}.{last}@{name.split()[0]}.example".lower(),
                           phone=f"+49 30 {stage.dice.randint(100000, 999999)}",
                           preference=stage.dice.choice(("prefers e-mail", "prefers a call", "wants detail", "")))
            )
    for contact_id, contact in zip(create_contacts(actor=seller, contacts=wanted, now=then), wanted, strict=True):
        assert contact.company_id
        stage.contacts.setdefault(contact.company_id, []).append(contact_id)
    change_company(
        actor=seller, company_id=stage.companies[0], version=None, now=then,
        changes={"pain_points": "Three agencies in two years. Nobody remembered what had been agreed.",
                 "preferences": "Short weekly summary on Fridays. No calls before ten."},
    )


@dataclass(frozen=True)
class Opening:
    """A deal to be opened by its seller and moved as far as `stage_place`."""

    company_id: int
    service: str
    seller: Actor
    at: datetime
    stage_place: int
    due: date
    closed_at: datetime | None = None


def open_deals(stage: Stage, openings: Sequence[Opening]) -> list[int]:
    """Deals opened by the same seller at the same time are written together; then each moves to its stage over time."""
    together: dict[tuple[int | None, datetime], list[int]] = {}
    for place, opening in enumerate(openings):
        together.setdefault((opening.seller.person_id, opening.at), []).append(place)
    ids = [0] * len(openings)
    for places in together.values():
        first = openings[places[0]]
        made = create_deals(actor=first.seller, now=first.at, deals=[_new_deal(stage, openings[place]) for place in places])
        for place, deal_id in zip(places, made, strict=True):
            ids[place] = deal_id
    for deal_id, opening in zip(ids, openings, strict=True):
        _move_along(stage, deal_id, opening)
    return ids


def open_deal(stage: Stage, opening: Opening) -> int:
    """One deal, moved to its stage over time."""
    return open_deals(stage, [opening])[0]


def _new_deal(stage: Stage, opening: Opening) -> NewDeal:
    dice, service = stage.dice, opening.service
    price = Money(PRICES[service][0] * dice.choice((60, 75, 80, 90, 100, 100, 110, 130, 160)), stage.currency)
    kind, note = dice.choice(names.ACTIONS)
    return NewDeal(
        name=dice.choice(names.DEALS[service]), company_id=opening.company_id, value=price,
        stage_id=next(row.id for row in stage.pipeline.stages if row.kind == "open"),
        lines=(NewLine(stage.services[service], Decimal(1), price),), opened_date=opening.at.date(),
        expected_close_date=opening.at.date() + timedelta(days=dice.randint(30, 330)),
        source=dice.choice(("Trade fair", "Referral", "Website", "Outbound", "Campaign")),
        next_action=NextAction(kind, opening.due, note),
    )


def _move_along(stage: Stage, deal_id: int, opening: Opening) -> None:
    stages = [row for row in stage.pipeline.stages if row.kind == "open"]
    span = max(1.0, ((opening.closed_at or stage.now) - opening.at).total_seconds() / 86400)
    for place in range(1, opening.stage_place + 1):
        when = opening.at + timedelta(days=span * place / (opening.stage_place + 1.5))
        move_deal(actor=opening.seller, deal_id=deal_id, stage_id=stages[place].id, now=when)


def talk(stage: Stage, *, seller: Actor, deal_id: int, company_id: int, start: datetime, end: datetime, count: int) -> list[int]:
    """Entries in the log between two instants."""
    gap = (end - start) / (count + 1)
    entries = []
    for place in range(count):
        kind, body = stage.dice.choice(names.NOTES)
        contact = stage.dice.choice(stage.contacts[company_id])
        refs, at = (Ref("sales.deal", deal_id), Ref("clients.company", company_id)), start + gap * (place + 1)
        entries.append(
            NewCommunication(
                kind=CommunicationKind(kind), refs=refs, body=body, happened_at=at, direction="in" if kind == "email" else "",
                participants=(NewParticipant(contact_id=contact),),
            )
        )
        if kind == "email" and deal_id % WAITS_EVERY:
            entries.append(
                NewCommunication(
                    kind=CommunicationKind.EMAIL, refs=refs, body=names.REPLY, happened_at=at + gap / 4, direction="out",
                    participants=(NewParticipant(contact_id=contact),),
                )
            )
    return log_communications(actor=seller, entries=entries, now=end)


def promise(stage: Stage, *, seller: Actor, deal_id: int, company_id: int, service: str, due: date, at: datetime) -> None:
    """What was promised, each with the words it was said in."""
    for kind, key, text, quote in PROMISES[service]:
        contact = stage.contacts[company_id][0]
        (entry_id,) = log_communications(
            actor=seller, now=at,
            entries=[
                NewCommunication(kind=CommunicationKind.EMAIL, refs=(Ref("sales.deal", deal_id),), body=quote, happened_at=at,
                                 direction="in", participants=(NewParticipant(contact_id=contact),))
            ],
        )
        make_promises(
            actor=seller, now=at,
            promises=[
                NewPromise(kind=PromiseKind(kind), key=key, text=text, deal_id=deal_id, weight=stage.dice.randint(1, 3),
                           due_date=due if kind == "deliverable" else None,
                           source=Source(quote=quote, ref=Ref("comms.communication", entry_id), said_at=at))
            ],
        )


def open_pipeline(stage: Stage, count: int) -> None:
    """Two hundred open deals in every mood: on time, due today, late, stuck, parked."""
    dice = stage.dice
    today = stage.now.date()
    chances = (26, 24, 20, 18, 12)
    days = [stage.ago(back) for back in (2, 3, 4, 5, 6, 8, 9, 11, 13, 16, 20, 26, 34, 48)]
    moods = (-6, -2, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 12, 14, 21)
    openings = [
        Opening(
            company_id=dice.choice(stage.companies), service=dice.choice(list(PRICES)),
            seller=stage.sellers[place % len(stage.sellers)], at=dice.choice(days),
            stage_place=dice.choices(range(5), chances)[0], due=today + timedelta(days=dice.choice(moods)),
        )
        for place in range(count)
    ]
    for place, (deal_id, deal) in enumerate(zip(open_deals(stage, openings), openings, strict=True)):
        if place % 2 == 0:
            talk(stage, seller=deal.seller, deal_id=deal_id, company_id=deal.company_id, start=deal.at, end=stage.ago(1),
                 count=dice.randint(1, 4))
        if place % 9 == 0:
            set_next_action(actor=deal.seller, deal_id=deal_id, now=stage.now,
                            action=NextAction("parked", today + timedelta(days=45), "Budget opens in the new year"))
        if place % 5 == 0:
            save_brief(
                actor=deal.seller, deal_id=deal_id, now=stage.now,
                answers={"scope_summary": f"{deal.service} as in the estimate, without translations.",
                         "main_stakeholder_id": stage.contacts[deal.company_id][0]},
            )


def lose_some(stage: Stage, count: int) -> None:
    """Deals that did not work out, each salesperson's few of a week written together."""
    dice = stage.dice
    weeks = [stage.ago(dice.randint(120, 400)) for _ in range(count // 5)]
    openings = []
    for place in range(count):
        at = weeks[place % len(weeks)]
        open_for = timedelta(days=dice.randint(15, 60))
        openings.append(
            Opening(
                company_id=dice.choice(stage.companies), service=dice.choice(list(PRICES)),
                seller=stage.sellers[place % len(weeks) % len(stage.sellers)], at=at,
                stage_place=dice.choices(range(5), (20, 20, 22, 22, 16))[0],
                due=(at + open_for).date(), closed_at=at + open_for,
            )
        )
    for deal_id, deal in zip(open_deals(stage, openings), openings, strict=True):
        lose_deal(actor=deal.seller, deal_id=deal_id, reason=dice.choice(names.LOST), now=deal.closed_at or stage.now)


def win(stage: Stage, *, days_ago: float, service: str, slack_days: int, place: int = -1) -> tuple[ClosedDeal, datetime]:
    """One deal from first call to handoff; `place` chooses the company, else the dice do."""
    dice = stage.dice
    company_id = stage.companies[place] if place >= 0 else dice.choice(stage.companies[:26])
    seller = dice.choice(stage.sellers)
    closed_at = stage.ago(days_ago)
    start = closed_at - timedelta(days=dice.randint(25, 60))
    deal_id = open_deal(stage, Opening(company_id, service, seller, start, 4, closed_at.date(), closed_at))
    contact_id = stage.contacts[company_id][0]
    for other, part, influence in zip(stage.contacts[company_id], ("decides", "pays", "doubts", "uses"),
                                      ("high", "high", "medium", "low"), strict=False):
        add_stakeholder(actor=seller, ref=Ref("sales.deal", deal_id), contact_id=other, decision_role=part, influence=influence,
                        now=start)
    talk(stage, seller=seller, deal_id=deal_id, company_id=company_id, start=start, end=closed_at - timedelta(days=2), count=3)
    kickoff = STANDARD_CALENDAR.next_working_day(closed_at.date() + timedelta(days=7))
    lengths = {"Website build": 52, "CRM rollout": 30, "Brand system": 36, "Paid media": 34, "Support retainer": 6}
    promised = STANDARD_CALENDAR.add_working_days(kickoff, lengths[service] + slack_days)
    promise(stage, seller=seller, deal_id=deal_id, company_id=company_id, service=service, due=promised,
            at=closed_at - timedelta(days=5))
    closed = close_deal_as_won(
        actor=seller, deal_id=deal_id, now=closed_at,
        brief=ClosingBrief(
            scope_summary=f"{service} as in the estimate: {PROMISES[service][0][2].lower()}. Excludes translations and photography.",
            promised_finish_date=promised, key_constraints="Legal review of every public page takes five working days.",
            main_stakeholder_id=contact_id, kickoff_date=kickoff,
        ),
    )
    return closed, closed_at


def deliver(stage: Stage, closed: ClosedDeal, closed_at: datetime, *, until: datetime) -> None:
    """Accept, then work through the plan as far as the calendar has come."""
    manager = stage.managers[0]
    assert closed.handoff_id is not None
    accept_handoff(actor=manager, handoff_id=closed.handoff_id, now=closed_at + timedelta(days=1))
    for project_id in closed.project_ids:
        tasks = list_tasks(actor=manager, project_id=project_id)
        changes = [edit for task in tasks if (edit := _progress(stage, task, until.date()))]
        if changes:
            change_plan(actor=manager, project_id=project_id, changes=changes, reason="Progress of the week.", now=until)
        if get_project(actor=manager, project_id=project_id).percent_done == 100:
            change_project(actor=manager, project_id=project_id, changes={"status": "done"}, now=until)
            for row in list_promises(actor=manager, project_id=project_id):
                if row.state == "confirmed":
                    settle_promise(actor=manager, promise_id=row.id, state="kept", now=until)


def _progress(stage: Stage, task: TaskRow, today: date) -> TaskChange | None:
    """What would have happened to a task by now."""
    people = stage.roles.get(task.role, [])
    assignee = {"assignee_id": stage.dice.choice(people)} if people else {}
    if task.kind == "phase" or task.start_date is None or task.finish_date is None:
        return None
    if task.finish_date < today:
        done = {"status": "done", "actual_start_date": task.start_date, "actual_finish_date": task.finish_date}
        return TaskChange(task.id, {**done, **(assignee if task.kind == "task" else {})})
    if task.kind == "task" and task.start_date <= today:
        return TaskChange(task.id, {"percent_complete": stage.dice.choice((20, 40, 60)), **assignee})
    return TaskChange(task.id, assignee) if assignee and task.kind == "task" else None


def slip(stage: Stage, project_id: int, *, days: int, reason: str) -> None:
    """Let the longest unfinished critical task take so long that the project ends `days` working days after its promise."""
    manager = stage.managers[0]
    todo = [task for task in list_tasks(actor=manager, project_id=project_id)
            if task.kind == "task" and task.status != "done" and task.is_critical]
    project = get_project(actor=manager, project_id=project_id)
    promised, forecast = project.promised_finish_date, project.forecast_finish_date
    if todo and promised and forecast:
        task = max(todo, key=lambda row: row.duration_minutes)
        to_spare = STANDARD_CALENDAR.working_days_between(forecast, promised) - 1 if forecast < promised else 0
        change_plan(
            actor=manager, project_id=project_id, now=stage.now - timedelta(hours=stage.dice.randint(2, 40)), reason=reason,
            changes=[TaskChange(task.id, {"duration_minutes": task.duration_minutes + (days + to_spare) * 480})],
        )


def ask_back(stage: Stage, closed: ClosedDeal, closed_at: datetime) -> None:
    """Return one answer to sales."""
    assert closed.handoff_id is not None
    return_handoff(
        actor=stage.managers[0], handoff_id=closed.handoff_id, now=closed_at + timedelta(hours=5),
        questions=[Question("key_constraints", "Do migrated pages need the legal review too, or only new copy?")],
    )
