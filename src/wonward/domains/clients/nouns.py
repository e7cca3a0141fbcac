"""Who sees companies and contacts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.models import (
    Affiliation,
    ClientTeamMember,
    Company,
    Consent,
    Contact,
    ContactPoint,
    Stakeholder,
)
from wonward.domains.clients.queries import visible_companies, visible_contacts
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import register_noun, require_change
from wonward.foundation.custom_fields.registry import register_fields
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.foundation.search.registry import CLIENT, OWNER, register_facet
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound


def visible_company_ids(actor: Actor) -> QuerySet[Any]:
    return visible_companies(actor).values_list("pk", flat=True)


def visible_contact_ids(actor: Actor) -> QuerySet[Any]:
    return visible_contacts(actor).values_list("pk", flat=True)


def company_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Company.objects.filter(pk__in=ids).values_list("pk", "name"))


def contact_names(ids: Collection[int]) -> dict[int, str]:
    return dict(Contact.objects.filter(pk__in=ids).values_list("pk", "name"))


register_noun("clients.company", visible_company_ids, names_of=company_names)
register_noun("clients.contact", visible_contact_ids, names_of=contact_names)
register_facet("clients.company", CLIENT, lambda ids: Company.objects.filter(pk__in=ids).values_list("pk", flat=True))
register_facet("clients.company", OWNER, lambda ids: Company.objects.filter(owner_id__in=ids).values_list("pk", flat=True))
register_facet("clients.contact", CLIENT, lambda ids: Affiliation.objects.filter(company_id__in=ids).values_list("contact_id", flat=True))


def require_company_fields(actor: Actor, company_id: int) -> None:
    found = visible_companies(actor).filter(pk=company_id).values_list("owner_id", flat=True)
    if not found:
        raise NotFound("company", company_id)
    require_change(actor, "clients.company.edit", person_ids=[found[0]], team_ids=[get_team_id(found[0])])


def require_contact_fields(actor: Actor, contact_id: int) -> None:
    if not visible_contacts(actor).filter(pk=contact_id).exists():
        raise NotFound("contact", contact_id)
    owners = Affiliation.objects.filter(contact_id=contact_id).values_list("company__owner_id", flat=True)
    require_change(actor, "clients.company.edit", person_ids=list(owners))


register_fields("clients.company", require_company_fields)
register_fields("clients.contact", require_contact_fields)
@moves_links
def move_own_links(move: LinkMove) -> None:
    """People, their ways to be reached and the parts they play; what would be there twice is kept once."""
    if move.is_back:
        move.restore(Affiliation, ContactPoint, Stakeholder, ClientTeamMember, Consent, Company, Contact)
        return
    _make_room(move)
    move.keys("clients.company", Affiliation, "company_id", alone_with=("contact_id",))
    move.keys("clients.contact", Affiliation, "contact_id", alone_with=("company_id",))
    move.keys("clients.contact", ContactPoint, "contact_id", alone_with=("kind", "normalised"))
    move.keys("clients.contact", Stakeholder, "contact_id", alone_with=("noun", "ref_id"))
    move.refs(Stakeholder, "noun", "ref_id", alone_with=("contact_id",))
    move.keys("clients.company", ClientTeamMember, "company_id")
    move.refs(ClientTeamMember, "basis_noun", "basis_id", alone_with=("person_id",))
    move.keys("clients.contact", Consent, "contact_id")
    move.keys("clients.company", Company, "parent_id")
    move.keys("clients.contact", Company, "referred_by_id")
    move.keys("clients.contact", Contact, "referred_by_id")
    move.keys("clients.company", Company, "merged_into_id")
    move.keys("clients.contact", Contact, "merged_into_id")


def _make_room(move: LinkMove) -> None:
    """Of what a record has only one, the target's stays; where the source's would vanish with its row, it is handed on."""
    if move.noun == "clients.company":
        for row in Affiliation.objects.filter(company_id=move.source_id, is_main=True, finish_date__isnull=True):
            kept = Affiliation.objects.filter(company_id=move.target_id, contact_id=row.contact_id, finish_date__isnull=True).first()
            if kept is not None:
                move.change(row, is_main=False)
                move.change(kept, is_main=True)
    if move.noun != "clients.contact":
        return
    if Affiliation.objects.filter(contact_id=move.target_id, is_main=True, finish_date__isnull=True).exists():
        for row in Affiliation.objects.filter(contact_id=move.source_id, is_main=True, finish_date__isnull=True):
            move.change(row, is_main=False)
    kinds = ContactPoint.objects.filter(contact_id=move.target_id, is_primary=True).values_list("kind", flat=True)
    for point in ContactPoint.objects.filter(contact_id=move.source_id, is_primary=True, kind__in=list(kinds)):
        move.change(point, is_primary=False)
    for stake in Stakeholder.objects.filter(contact_id=move.source_id):
        kept_stake = Stakeholder.objects.filter(contact_id=move.target_id, noun=stake.noun, ref_id=stake.ref_id).first()
        if kept_stake is not None:
            is_main = stake.is_main or kept_stake.is_main
            if stake.is_main:
                move.change(stake, is_main=False)
            move.change(
                kept_stake, is_main=is_main, decision_role=kept_stake.decision_role or stake.decision_role,
                influence=kept_stake.influence or stake.influence, stance=kept_stake.stance or stake.stance,
                preference=kept_stake.preference or stake.preference,
            )
