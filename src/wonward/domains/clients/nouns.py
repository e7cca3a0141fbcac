"""Who sees companies and contacts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.models import Company, Contact
from wonward.domains.clients.queries import visible_companies, visible_contacts
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


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
