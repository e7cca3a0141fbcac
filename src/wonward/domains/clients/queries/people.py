"""One contact in full: how they are reached, where they work, what they agreed to, what they are part of, whom they brought."""

from __future__ import annotations

from wonward.domains.clients.models import Affiliation, Company, Consent, Contact, ContactPoint, Stakeholder
from wonward.domains.clients.queries.records import get_contact, visible_companies, visible_contacts
from wonward.domains.clients.rules.vcards import Card, write_cards
from wonward.domains.clients.types import (
    AffiliationRow,
    ConsentRow,
    ContactCard,
    PointRow,
    ReferralRow,
    StakeRow,
)
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_BROUGHT_SHOWN = 50


def get_contact_card(*, actor: Actor, contact_id: int) -> ContactCard:
    """Everything about one contact that this viewer may see, or NotFound."""
    contact = get_contact(actor=actor, contact_id=contact_id)
    points = ContactPoint.objects.filter(contact_id=contact_id).order_by("-is_primary", "kind", "pk")
    homes = Affiliation.objects.filter(contact_id=contact_id, company__in=visible_companies(actor)).order_by("finish_date", "-is_main", "pk")
    words = Consent.objects.filter(contact_id=contact_id).order_by("noted_at", "pk")
    said = [ConsentRow(*row) for row in words.values_list("purpose", "state", "basis", "source", "noted_at", "noted_by")]
    consents = {row.purpose: row for row in said}
    stakes = Stakeholder.objects.filter(contact_id=contact_id).order_by("-created_at", "-pk")
    return ContactCard(
        contact=contact,
        points=tuple(PointRow(*row) for row in points.values_list("pk", "kind", "value", "is_primary")),
        affiliations=tuple(
            AffiliationRow(*row)
            for row in homes.values_list("pk", "company_id", "company__name", "role", "is_main", "start_date", "finish_date")
        ),
        consents=tuple(consents[purpose] for purpose in sorted(consents)),
        said=tuple(reversed(said)),
        stakes=tuple(
            StakeRow(Ref(noun, key), role, influence, stance, is_main)
            for noun, key, role, influence, stance, is_main in stakes.values_list(
                "noun", "ref_id", "decision_role", "influence", "stance", "is_main"
            )[:100]
        ),
        brought_by=_brought_by(actor, contact.referred_by_id), brought=tuple(list_brought(actor=actor, contact_id=contact_id)),
    )


def _brought_by(actor: Actor, contact_id: int | None) -> ReferralRow | None:
    if contact_id is None:
        return None
    name = visible_contacts(actor).filter(pk=contact_id).values_list("name", flat=True).first()
    return ReferralRow("contact", contact_id, name) if name is not None else None


def find_referrer(*, actor: Actor, company_id: int) -> ReferralRow | None:
    """Who brought a company the viewer has been shown, if they see them."""
    return _brought_by(actor, Company.objects.filter(pk=company_id).values_list("referred_by_id", flat=True).first())


def list_brought(*, actor: Actor, contact_id: int) -> list[ReferralRow]:
    """The companies and contacts somebody brought, as far as the viewer sees them; two queries."""
    companies = visible_companies(actor).filter(referred_by_id=contact_id, archived_at__isnull=True).order_by("name", "pk")
    contacts = visible_contacts(actor).filter(referred_by_id=contact_id, archived_at__isnull=True).order_by("name", "pk")
    return [
        *(ReferralRow("company", key, name) for key, name in companies.values_list("pk", "name")[:_BROUGHT_SHOWN]),
        *(ReferralRow("contact", key, name) for key, name in contacts.values_list("pk", "name")[:_BROUGHT_SHOWN]),
    ]


def who_brought(contact_id: int) -> list[int]:
    """Who brought a contact, who brought them, and so on, nearest first; ends where it would come round again."""
    found: list[int] = []
    above = Contact.objects.filter(pk=contact_id).values_list("referred_by_id", flat=True).first()
    while above is not None and above not in found:
        found.append(above)
        above = Contact.objects.filter(pk=above).values_list("referred_by_id", flat=True).first()
    return found


def find_refusals(*, contact_ids: list[int], purpose: str) -> set[int]:
    """Those of the given contacts whose newest word on a purpose is no."""
    newest: dict[int, str] = {}
    rows = Consent.objects.filter(contact_id__in=contact_ids, purpose=purpose).order_by("noted_at", "pk")
    for key, state in rows.values_list("contact_id", "state"):
        newest[key] = state
    return {key for key, state in newest.items() if state in ("refused", "withdrawn")}


def get_vcard(*, actor: Actor, contact_id: int) -> tuple[str, str]:
    """Name and vCard of one contact, or NotFound."""
    card = get_contact_card(actor=actor, contact_id=contact_id)
    row = card.contact
    points = [(point.kind, point.value) for point in card.points]
    return row.name, write_cards([Card(row.name, row.company_name, row.title, points, uid=f"wonward-contact-{row.id}")])
