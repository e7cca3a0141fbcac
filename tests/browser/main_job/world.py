"""Fills a fresh installation for the browser: run as a program inside the installation's environment."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from tests.people import PASSWORD, ROLES, WEBSITE, Cast, actor_of  # noqa: E402
from wonward.domains.catalog.operations import create_services, create_template  # noqa: E402
from wonward.domains.catalog.types import NewService  # noqa: E402
from wonward.domains.clients.operations import create_companies, create_contacts  # noqa: E402
from wonward.domains.clients.types import NewCompany, NewContact  # noqa: E402
from wonward.domains.comms.operations import log_communications  # noqa: E402
from wonward.domains.comms.types import CommunicationKind, NewCommunication  # noqa: E402
from wonward.domains.delivery.queries.tasks import list_tasks  # noqa: E402
from wonward.domains.sales.operations.deals import create_deals  # noqa: E402
from wonward.domains.sales.operations.leads import create_leads  # noqa: E402
from wonward.domains.sales.operations.proposals import create_proposal, send_proposal  # noqa: E402
from wonward.domains.sales.types import ClosingBrief, NewDeal, NewLine, NextAction  # noqa: E402
from wonward.domains.sales.types.leads import NewLead  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402
from wonward.kernel.money import Money  # noqa: E402
from wonward.kernel.ref import Ref  # noqa: E402


def main() -> None:
    now = datetime.now(UTC)
    today = now.date()
    create_people(
        actor=system_actor(), now=now,
        people=[NewPerson(name=name, email=f"{key}@studio.test", access_role=role, password=PASSWORD)
                for key, (name, role) in ROLES.items()],
    )
    cast = Cast(**{key: actor_of(f"{key}@studio.test") for key in ROLES})
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Northwind Robotics")], now=now)
    (contact_id,) = create_contacts(
        actor=cast.seller, now=now,
        contacts=[NewContact(name="Hanne Dahl", company_id=company_id, title="Head of Digital", email="hanne@northwind.test")],
    )
    template_id = create_template(actor=cast.owner, name="Website build", items=WEBSITE, now=now)
    (service_id,) = create_services(
        actor=cast.owner, now=now,
        services=[NewService(name="Website build", template_id=template_id, price=Money(8_400_000, "EUR"))],
    )
    deals = create_deals(
        actor=cast.seller, now=now,
        deals=[
            NewDeal(name=name, company_id=company_id, value=Money(8_400_000, "EUR"), lines=(NewLine(service_id, Decimal(1)),),
                    next_action=NextAction("call", today + timedelta(days=days), "Call Hanne"))
            for name, days in (("Website replatform", 0), ("Careers site", -2), ("Shop relaunch", 5), ("Fair configurator", 9), ("Booth tablets", 12))
        ],
    )
    log_communications(
        actor=cast.seller, now=now,
        entries=[NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", deals[0]),),
                                  "We must be live before the trade fair on the 24th.", now)],
    )
    (lead_id,) = create_leads(actor=cast.seller, now=now, leads=[
        NewLead(name="Signe Holt", company_name="Pellworth Ceramics", email="signe@pellworth.test", phone="+45 5550 1084", message="We open a showroom in May."),
    ])
    offer_id = create_proposal(actor=cast.seller, deal_id=deals[4], now=now)
    token = send_proposal(actor=cast.seller, proposal_id=offer_id, valid_until=today + timedelta(days=20), now=now)
    print(json.dumps({"lead_id": lead_id, "offer_id": offer_id, "token": token, "company_id": company_id, "contact_id": contact_id, "deals": deals, "harbour": _won(cast, service_id, now)}))


def _won(cast: Cast, service_id: int, now: datetime) -> dict[str, Any]:
    """A deal of another client that was won and accepted: what two people work on at the same time."""
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Harbour Foods")], now=now)
    (contact_id,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Ines Faro", company_id=company_id)], now=now)
    (deal_id,) = create_deals(
        actor=cast.seller, now=now,
        deals=[NewDeal(name="Harbour portal", company_id=company_id, value=Money(5_200_000, "EUR"), lines=(NewLine(service_id, Decimal(1)),),
                       next_action=NextAction("call", now.date() + timedelta(days=1), "Call Ines"))],
    )
    brief = ClosingBrief(
        scope_summary="A portal for 40 shops.", promised_finish_date=now.date() + timedelta(days=60), key_constraints="The harvest.",
        main_stakeholder_id=contact_id, kickoff_date=now.date() + timedelta(days=7),
    )
    closed = close_deal_as_won(actor=cast.seller, deal_id=deal_id, brief=brief, now=now)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=now)
    tasks = {row.key: row.id for row in list_tasks(actor=cast.owner, project_id=closed.project_ids[0])}
    return {"company_id": company_id, "deal_id": deal_id, "project_id": closed.project_ids[0], "tasks": tasks}


if __name__ == "__main__":
    main()
