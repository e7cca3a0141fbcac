"""What a converted lead knows and its company, contact and deal do not: it fills what is empty there and replaces nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from wonward.domains.clients.operations import change_company, change_contact, put_contact_points
from wonward.domains.clients.queries import get_company, get_contact_card
from wonward.domains.clients.rules import is_domain, normalise_domain, normalise_point
from wonward.domains.sales.models import Lead
from wonward.domains.sales.rules.scoring import email_kind
from wonward.foundation.custom_fields.operations import set_many_values
from wonward.foundation.custom_fields.queries import list_fields, list_values, values_by_record
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed
from wonward.kernel.ref import Ref


def company_facts(lead: Lead) -> dict[str, Any]:
    """What a lead says about its company."""
    domain = normalise_domain(lead.website) if is_domain(lead.website) else ""
    if not domain and email_kind(lead.email) == "company":
        host = lead.email.rpartition("@")[2]
        domain = normalise_domain(host) if is_domain(host) else ""
    return {"domain": domain, "country": lead.country, "industry": lead.industry, "employees": lead.employees, "source": lead.source}


def fill_company(actor: Actor, lead: Lead, company_id: int, now: datetime) -> None:
    """Give a known company what it lacks; left as it is by somebody who may not change it."""
    known = get_company(actor=actor, company_id=company_id)
    missing = {name: value for name, value in company_facts(lead).items() if value and not getattr(known, name)}
    if missing:
        with suppress(NotAllowed):
            change_company(actor=actor, company_id=company_id, changes=missing, version=None, now=now)


def fill_contact(actor: Actor, lead: Lead, contact_id: int, now: datetime) -> None:
    """Give a known contact the title it lacks and every address and number it is not yet reached by."""
    card = get_contact_card(actor=actor, contact_id=contact_id)
    missing = {name: value for name, value in (("title", lead.title), ("source", lead.source)) if value and not getattr(card.contact, name)}
    points = [(point.kind, point.value) for point in card.points]
    reached = {(kind, normalise_point(kind, value)) for kind, value in points}
    further = [
        (kind, value) for kind, value in (("email", lead.email.strip()), ("phone", lead.phone.strip()))
        if value and (kind, normalise_point(kind, value)) not in reached
    ]
    with suppress(NotAllowed):
        if missing:
            change_contact(actor=actor, contact_id=contact_id, changes=missing, version=None, now=now)
        if further:
            put_contact_points(actor=actor, contact_id=contact_id, points=[*points, *further], now=now)


def carry_fields(actor: Actor, lead: Lead, targets: Mapping[str, int], now: datetime) -> None:
    """Values of the house's own fields go to the fields of the same key and kind of each target, by noun, that are empty."""
    said = {one.field.key: one for one in list_values(actor=actor, ref=Ref("sales.lead", lead.pk)) if one.value is not None}
    if not said:
        return
    for noun, key in targets.items():
        present = values_by_record(actor=actor, noun=noun, ids=[key]).get(key, {})
        fitting = {
            field.key: said[field.key].value for field in list_fields(actor=actor, noun=noun)
            if field.key in said and field.key not in present and field.kind is said[field.key].field.kind
            and (not field.choices or _is_among(said[field.key].value, field.choices))
        }
        if fitting:
            set_many_values(actor=actor, noun=noun, values={key: fitting}, now=now)


def _is_among(value: Any, choices: tuple[str, ...]) -> bool:
    return all(one in choices for one in value) if isinstance(value, (list, tuple, set, frozenset)) else value in choices
