"""Fills a fresh installation for the browser: run as a program inside the installation's environment."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import django

django.setup()

from tests.people import PASSWORD, ROLES, WEBSITE, Cast, actor_of  # noqa: E402
from wonward.domains.catalog.operations import create_services, create_template  # noqa: E402
from wonward.domains.catalog.types import NewService  # noqa: E402
from wonward.domains.clients.operations import create_companies, create_contacts  # noqa: E402
from wonward.domains.clients.types import NewCompany, NewContact  # noqa: E402
from wonward.domains.comms.operations import log_communications  # noqa: E402
from wonward.domains.comms.types import CommunicationKind, NewCommunication  # noqa: E402
from wonward.domains.sales.operations.deals import create_deals  # noqa: E402
from wonward.domains.sales.types import NewDeal, NewLine, NextAction  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
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
            for name, days in (("Website replatform", 0), ("Careers site", -2), ("Shop relaunch", 5))
        ],
    )
    log_communications(
        actor=cast.seller, now=now,
        entries=[NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", deals[0]),),
                                  "We must be live before the trade fair on the 24th.", now)],
    )
    print(json.dumps({"company_id": company_id, "contact_id": contact_id, "deals": deals}))


if __name__ == "__main__":
    main()
