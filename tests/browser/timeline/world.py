"""A small plan, one of three thousand tasks and, where `endless` is asked for, one of ten thousand: run as a program inside an installation, whose people it makes where nobody is; prints their ids."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from tests.people import PASSWORD, ROLES, Cast, actor_of  # noqa: E402
from wonward.domains.catalog.types import BlueprintItem, Waits  # noqa: E402
from wonward.domains.clients.operations import create_companies  # noqa: E402
from wonward.domains.clients.types import NewCompany  # noqa: E402
from wonward.domains.delivery.types import NewProject  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.foundation.access.queries import find_user_id  # noqa: E402
from wonward.journeys.promises.operations import open_project  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402

PER_PHASE = 50
PLANS = {"small": 20, "spare": 30, "long": 3000}
ENDLESS = "endless"


def main() -> None:
    now = datetime.now(UTC)
    if find_user_id("owner@studio.test") is None:
        create_people(
            actor=system_actor(), now=now,
            people=[NewPerson(name=name, email=f"{key}@studio.test", access_role=role, password=PASSWORD)
                    for key, (name, role) in ROLES.items()],
        )
    cast = Cast(**{key: actor_of(f"{key}@studio.test") for key in ROLES})
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Ferry Works")], now=now)
    ids = {}
    for name, count in {**PLANS, **({ENDLESS: 10_000} if ENDLESS in sys.argv else {})}.items():
        new = NewProject(
            name=f"A {name} plan", company_id=company_id, manager_id=cast.manager.person_id, start_date=now.date() + timedelta(days=3),
            promised_finish_date=now.date() + timedelta(days=400), items=tuple(items(count)), status="active",
            member_ids=(cast.member.person_id or 0,),
        )
        ids[name] = open_project(actor=cast.owner, new=new, now=now)
    print(json.dumps({**ids, "password": PASSWORD}))


def items(count: int) -> list[BlueprintItem]:
    """Phases of fifty tasks; every tenth of a phase waits for nothing, each other one for the task before it."""
    made: list[BlueprintItem] = []
    phase = ""
    for number in range(count):
        if number % PER_PHASE == 0:
            phase = f"phase{number}"
            made.append(_item(phase, "phase", f"Phase {number // PER_PHASE + 1}", None, 0, ()))
            continue
        waits = () if number % 10 == 1 else (Waits(f"task{number - 1}", "FS", 0),) if number % PER_PHASE > 1 else ()
        made.append(_item(f"task{number}", "task", f"Task {number}", phase, 480 * (1 + number % 4), waits))
    return made


def _item(key: str, kind: str, name: str, parent: str | None, minutes: int, after: tuple[Waits, ...]) -> BlueprintItem:
    return BlueprintItem(key, kind, name, parent, minutes, minutes, "", after, "", ())


if __name__ == "__main__":
    main()
