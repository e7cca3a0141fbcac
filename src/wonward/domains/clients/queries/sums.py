"""How many records each group of a list holds, over every row and not only the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from wonward.domains.clients.queries.orders import COMPANY_GROUPS, CONTACT_GROUPS
from wonward.domains.clients.queries.records import companies_of, contacts_of, with_homes
from wonward.domains.clients.types import CompanyFilter, ContactFilter
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class GroupSum:
    """A group: how many records, and how many people work at its companies together."""

    count: int
    employees: int = 0


def sum_companies(*, actor: Actor, where: CompanyFilter, group: str = "") -> dict[Any, GroupSum]:
    """Each group by what its companies share, None for all of them without a group; one query."""
    companies = companies_of(actor, where).order_by()
    if group not in COMPANY_GROUPS:
        found = companies.aggregate(count=Count("pk"), employees=Sum("employees", default=0))
        return {None: GroupSum(found["count"], found["employees"])}
    key = COMPANY_GROUPS[group][1]
    rows = companies.values_list(key).annotate(count=Count("pk"), employees=Sum("employees", default=0))
    return {value: GroupSum(count, employees) for value, count, employees in rows}


def sum_contacts(*, actor: Actor, where: ContactFilter, group: str) -> dict[Any, GroupSum]:
    """Each group of contacts by what they share; one query."""
    key = CONTACT_GROUPS[group][1]
    contacts = contacts_of(actor, where)
    rows = (with_homes(actor, contacts) if group == "company" else contacts).order_by().values_list(key).annotate(count=Count("pk"))
    return {value: GroupSum(count) for value, count in rows}
