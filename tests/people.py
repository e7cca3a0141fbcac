"""The cast: owner, teammate, stranger and the rest, made through the product's own operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.remembered import remembered
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import ClosingBrief, NewDeal, NewLine, NextAction
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.operations import create_token
from wonward.foundation.access.queries import find_user_id
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
PASSWORD = "correct horse battery"

WEBSITE = [
    {"key": "concept", "kind": "phase", "name": "Concept"},
    {"key": "workshop", "kind": "task", "name": "Discovery workshop", "parent": "concept", "duration_days": 2,
     "effort_minutes": 960, "role": "Strategist"},
    {"key": "wireframes", "kind": "task", "name": "Wireframes", "parent": "concept", "duration_days": 5,
     "effort_minutes": 2400, "role": "Designer", "after": [{"key": "workshop", "type": "FS", "lag_days": 0}]},
    {"key": "build", "kind": "task", "name": "Build the templates", "duration_days": 10, "effort_minutes": 4800,
     "role": "Developer", "after": [{"key": "wireframes", "type": "FS", "lag_days": 1}], "promise_key": "templates",
     "checklist": ["Responsive", "Accessible"]},
    {"key": "migrate", "kind": "task", "name": "Migrate the content", "duration_days": 4, "effort_minutes": 1920,
     "role": "Editor", "after": [{"key": "build", "type": "SS", "lag_days": 3}], "promise_key": "pages"},
    {"key": "live", "kind": "milestone", "name": "Go live", "promise_key": "finish",
     "after": [{"key": "build", "type": "FS", "lag_days": 0}, {"key": "migrate", "type": "FS", "lag_days": 0}]},
]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the stories."""

    owner: Actor
    seller: Actor
    teammate: Actor
    manager: Actor
    member: Actor
    finance: Actor
    leader: Actor
    marketer: Actor

    def everybody(self) -> dict[str, Actor]:
        return {name: getattr(self, name) for name in self.__slots__}


ROLES = {
    "owner": ("Olga Owner", "owner"), "seller": ("Mara Klein", "sales"), "teammate": ("Sam Peer", "sales"),
    "manager": ("Tom Brandt", "project_manager"), "member": ("Noor Haddad", "member"), "finance": ("Fay Ledger", "finance"),
    "leader": ("Lena Lead", "leadership"), "marketer": ("Max Market", "marketing"),
}


@remembered
def make_cast() -> Cast:
    """Eight people, one per access role and a second seller; nobody leads a team, so rights are the plain ones."""
    people = [
        NewPerson(name=name, email=f"{key}@studio.test", access_role=role, password=PASSWORD)
        for key, (name, role) in ROLES.items()
    ]
    create_people(actor=system_actor(), people=people, now=NOW)
    return Cast(**{key: actor_of(f"{key}@studio.test") for key in ROLES})


def actor_of(email: str) -> Actor:
    user_id = find_user_id(email)
    assert user_id is not None
    actor = find_actor(user_id=user_id)
    assert actor is not None
    return actor


def token_of(actor: Actor, scopes: list[str] | None = None) -> str:
    assert actor.user_id is not None
    return create_token(actor=actor, user_id=actor.user_id, name="test", scopes=scopes, now=NOW)


@dataclass(frozen=True, slots=True)
class Sale:
    """An open deal of the seller with everything a win needs."""

    company_id: int
    contact_id: int
    template_id: int
    service_id: int
    deal_id: int

    def brief(self, **changes: object) -> ClosingBrief:
        values: dict[str, object] = {
            "scope_summary": "Move 42 templates and 1,100 pages.", "promised_finish_date": date(2027, 3, 19),
            "key_constraints": "The trade fair on 24 March does not move.", "main_stakeholder_id": self.contact_id,
            "kickoff_date": date(2026, 12, 1),
        }
        return ClosingBrief(**{**values, **changes})  # type: ignore[arg-type]


@remembered
def make_sale(
    cast: Cast, *, name: str = "Website replatform", company: str = "Northwind Robotics", items: Sequence[dict[str, object]] = WEBSITE
) -> Sale:
    """A company, a contact, a service with a template, and an open deal with a next action."""
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name=company)], now=NOW)
    (contact_id,) = create_contacts(
        actor=cast.seller, now=NOW,
        contacts=[NewContact(name="Hanne Dahl", company_id=company_id, title="Head of Digital",
                             email=f"hanne@{company.split()[0].lower()}.test")],
    )
    template_id = create_template(actor=cast.owner, name=f"Website build {company}", items=items, now=NOW)
    (service_id,) = create_services(
        actor=cast.owner, now=NOW,
        services=[NewService(name=f"Website {company}", template_id=template_id, price=Money(8_400_000, "EUR"),
                             cost=Money(4_960_000, "EUR"))],
    )
    (deal_id,) = create_deals(
        actor=cast.seller, now=NOW,
        deals=[
            NewDeal(
                name=name, company_id=company_id, value=Money(8_400_000, "EUR"),
                lines=(NewLine(service_id, Decimal(1)),), next_action=NextAction("call", date(2026, 11, 20), "Call Hanne"),
            )
        ],
    )
    return Sale(company_id, contact_id, template_id, service_id, deal_id)
