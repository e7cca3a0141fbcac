"""Who sees companies and contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.queries import visible_companies, visible_contacts
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


def visible_company_ids(actor: Actor) -> QuerySet[Any]:
    return visible_companies(actor).values_list("pk", flat=True)


def visible_contact_ids(actor: Actor) -> QuerySet[Any]:
    return visible_contacts(actor).values_list("pk", flat=True)


register_noun("clients.company", visible_company_ids)
register_noun("clients.contact", visible_contact_ids)
