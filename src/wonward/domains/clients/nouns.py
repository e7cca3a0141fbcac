"""Who sees companies and contacts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.models import Affiliation, Company, Contact
from wonward.domains.clients.queries import visible_companies, visible_contacts
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import register_noun, require_change
from wonward.foundation.custom_fields.registry import register_fields
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
