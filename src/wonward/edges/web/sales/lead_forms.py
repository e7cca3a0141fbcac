"""From what a form about leads sent to what an operation takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wonward.domains.sales.types.leads import Conversion, NewLead
from wonward.edges.web.shell.custom_facts import read_own_fields
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.next_actions import read_next_action

_NUMBERS = ("owner_id", "service_id", "campaign_id", "employees")


def read_new_lead(data: Mapping[str, str]) -> NewLead:
    """A lead from the quick form."""
    reader = FormReader(data)
    lead = NewLead(
        name=reader.text("name", limit=200), company_name=reader.text("company_name", limit=200), title=reader.text("title", limit=160),
        email=reader.text("email", limit=254), phone=reader.text("phone", limit=60), message=reader.text("message", limit=10_000),
        source=reader.text("source", limit=120), campaign_id=reader.number("campaign_id"), service_id=reader.number("service_id"),
        owner_id=reader.number("owner_id"),
    )
    reader.finish()
    return lead


def read_lead_field(name: str, value: str) -> Any:
    """One inline-edited field as the operation takes it."""
    reader = FormReader({name: value})
    result: Any = reader.number(name) if name in _NUMBERS else reader.text(name, limit=10_000)
    reader.finish()
    return result


def read_conversion(data: Mapping[str, str], *, currency: str) -> Conversion:
    """How the lead becomes a deal; `company_id` 0 and `contact_id` 0 stand for new ones."""
    reader = FormReader(data)
    conversion = Conversion(
        company_id=reader.number("company_id") or None, company_name=reader.text("company_name", limit=200),
        contact_id=reader.number("contact_id") or None, deal_name=reader.text("deal_name", limit=200),
        value=reader.money("value", currency), owner_id=reader.number("owner_id"), stage_id=reader.number("stage_id"),
        service_id=reader.number("service_id"), expected_close_date=reader.day("expected_close_date"),
        next_action=read_next_action(data), custom=read_own_fields(data),
    )
    reader.finish()
    return conversion
