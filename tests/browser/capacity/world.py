"""Two projects that ask for one developer at once, a colleague who is free, and an open deal: run as a program inside an installation."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import django

django.setup()

from tests.people import make_cast, make_sale  # noqa: E402
from wonward.domains.delivery.queries.tasks import list_tasks  # noqa: E402
from wonward.domains.delivery.types import TaskChange  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people, put_roles  # noqa: E402
from wonward.domains.staff.types import BookingStatus, NewBooking  # noqa: E402
from wonward.journeys.capacity.operations import book_time  # noqa: E402
from wonward.journeys.handoff.operations import close_deal_as_won  # noqa: E402
from wonward.journeys.promises.operations import change_plan  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402
from wonward.kernel.ref import Ref  # noqa: E402

PEOPLE = {
    "Peer Olsen": "Developer", "Noor Haddad": "Developer", "Ida Moreau": "Designer", "Yara Costa": "Strategist", "Oskar Blum": "Editor",
}


def main() -> None:
    now = datetime.now(UTC)
    cast = make_cast()
    ids = create_people(actor=system_actor(), people=[NewPerson(name=name) for name in PEOPLE], now=now)
    put_roles(actor=system_actor(), roles={key: [role] for key, role in zip(ids, PEOPLE.values(), strict=True)}, now=now)
    kickoff = now.date() + timedelta(days=14)
    projects = []
    for name, company in (("First shop", "First Ltd"), ("Second shop", "Second Ltd")):
        sale = make_sale(cast, name=name, company=company)
        brief = sale.brief(kickoff_date=kickoff, promised_finish_date=kickoff + timedelta(days=300))
        projects.append(close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=brief, now=now).project_ids[0])
    for project_id in projects:
        build = next(row for row in list_tasks(actor=cast.owner, project_id=project_id) if row.key == "build")
        change_plan(actor=cast.owner, project_id=project_id, changes=[TaskChange(build.id, {"assignee_id": ids[0]})], now=now)
    monday = now.date() + timedelta(days=7 - now.date().weekday())
    booking = NewBooking(
        Ref("delivery.project", projects[0]), monday, monday + timedelta(days=4), 1200, person_id=ids[2], status=BookingStatus.CONFIRMED
    )
    (booking_id,) = book_time(actor=cast.owner, bookings=[booking], now=now)
    open_deal = make_sale(cast, name="Third shop", company="Third Ltd")
    wanted: date = kickoff + timedelta(days=200)
    print(json.dumps({"projects": projects, "booking": booking_id, "deal": open_deal.deal_id, "wanted": wanted.isoformat(), "kickoff": kickoff.isoformat()}))


if __name__ == "__main__":
    main()
