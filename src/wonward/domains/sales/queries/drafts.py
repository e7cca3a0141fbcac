"""What the catalogue and the rates say of a draft: prices, hours and costs of its lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from wonward.domains.catalog.queries import get_cost_list, get_offers, get_role_hours, get_services_effort
from wonward.domains.sales.rules.pricing import price_of, rate_error
from wonward.domains.sales.rules.role_hours import cost_of
from wonward.domains.sales.types.proposals import ProposalContent, ProposalView
from wonward.domains.staff.queries import get_role_costs
from wonward.foundation.organisation.queries import civil_date, get_exchange, get_organisation
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money


def work_out(*, view: ProposalView, content: ProposalContent, now: datetime) -> ProposalContent:
    """A draft as it would be kept, for those who look while they write; Refused where a price cannot be found."""
    today = civil_date(now, get_organisation().time_zone)
    return with_costs(with_prices(content, view.content, view.currency, today), view.currency, today)


def with_costs(content: ProposalContent, currency: str, today: date) -> ProposalContent:
    """Hours, effort and planned cost of each line: those of its service today, unless it has hours of its own."""
    wanted = {line.service_id for line in content.lines if line.service_id}
    costs, efforts, planned = get_cost_list(wanted, currency=currency, on=today), get_services_effort(wanted), get_role_hours(wanted)
    rates = _hourly_costs(currency, today)
    lines = []
    for line in content.lines:
        usual = planned.get(line.service_id or 0, ())
        hours = () if line.hours == usual else line.hours
        effort = sum(minutes for _, minutes in hours) if hours else efforts.get(line.service_id or 0) or sum(minutes for _, minutes in usual)
        cost = costs.get(line.service_id or 0)
        if cost is None or hours:
            cost = cost_of(hours or usual, rates, currency) or cost
        lines.append(replace(line, hours=hours, planned=usual, cost=cost, effort_minutes=effort))
    return replace(content, lines=tuple(lines))


def _hourly_costs(currency: str, today: date) -> dict[str, Money]:
    """What an hour of each role costs in a currency, by the role's case-folded name; without a rate of exchange it is not known."""
    costs = get_role_costs(on=today)
    codes = {cost.currency for cost in costs.values()} - {currency}
    if not codes:
        return costs
    exchange = get_exchange(currencies={currency, *codes}, reporting_currency=get_organisation().currency, on=today)
    return {
        role: cost if cost.currency == currency else converted
        for role, cost in costs.items()
        if (converted := cost if cost.currency == currency else exchange.convert(cost, currency)[0]) is not None
    }


def with_prices(content: ProposalContent, before: ProposalContent, currency: str, today: date) -> ProposalContent:
    """A service that was not offered before and has no price brings its own; what had been converted stays marked so.

    Refused where no price can be found for it, by line.
    """
    wanted = {line.service_id for line in content.lines if line.service_id}
    offers = get_offers(wanted, currency=currency, on=today)
    known = {line.service_id for line in before.lines}
    converted = {(line.service_id, line.unit_price): line.conversion for line in before.lines if line.conversion}
    lines, errors = [], []
    for place, line in enumerate(content.lines):
        offer = offers.get(line.service_id or 0)
        price, conversion = line.unit_price, converted.get((line.service_id, line.unit_price))
        if offer is not None and conversion is None and (price is not None or line.service_id not in known):
            if price is None and offer.missing_rate:
                errors.append(rate_error(offer.name, currency, offer.missing_rate, field=f"lines[{place}].unit_price"))
            price, conversion = price_of(price, offer.listed)
        lines.append(replace(line, unit_price=price, conversion=conversion))
    if errors:
        raise Refused(errors[0].words, errors)
    return replace(content, lines=tuple(lines))
