"""The services sold on a deal: replacing them, alone or together with other changes of the deal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_offers
from wonward.domains.catalog.types import Hours, Offer
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, DealLine
from wonward.domains.sales.operations.deals import (
    change_deal,
    change_value,
    check_changes,
    check_version,
    find_open_stage,
    lock_deal,
    move_deal,
)
from wonward.domains.sales.queries.rows import ValueRight
from wonward.domains.sales.rules import chosen_options, line_errors, sum_lines, total_of
from wonward.domains.sales.rules.pricing import Priced, kept_conversion, price_of, read_conversion
from wonward.domains.sales.rules.role_hours import kept_hours, read_hours
from wonward.domains.sales.types import LinesChanged, NewLine, SoldService
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def change_lines(
    *, actor: Actor, deal_id: int, lines: Sequence[NewLine], version: int | None = None, is_value_kept: bool = False, now: datetime
) -> LinesChanged:
    """Replace the services of an open deal as a whole; the first is its main service.

    The deal's value follows the sum of the lines while it is empty or what the former lines came to; a value entered by
    hand stays, as it does with `is_value_kept`. Who may not see prices cannot set them: their lines keep the prices that
    the services had on this deal, and new ones take the list price.
    """
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    check_version(actor, deal, version, {"lines": list(lines)})
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; its services can no longer change.", number=deal.number, status=worded(deal.status)))
    former = _stored(deal)
    offers = _offers(deal, [*lines, *former], now)
    sold = _sold(actor, deal, lines, former, offers)
    total = total_of(sold)
    before = Money(deal.value_minor, deal.currency) if deal.value_minor is not None else None
    follows = not is_value_kept and (before is None or before == sum_lines(former))
    if sold == former:
        return LinesChanged(is_changed=False, is_value_kept=not follows)
    audit: dict[str, list[Any]] = {"lines": [_noted(former, offers), _noted(sold, offers)]}
    if follows:
        change_value(deal, total, audit, now)
    DealLine.objects.filter(deal_id=deal.pk).delete()
    DealLine.objects.bulk_create(
        DealLine(
            deal_id=deal.pk, service_id=line.service_id, position=place, quantity=line.quantity,
            unit_price_minor=line.unit_price.minor if line.unit_price else None,
            options=None if line.options is None else list(line.options), conversion=kept_conversion(line.conversion),
            role_hours=kept_hours(line.hours),
        )
        for place, line in enumerate(sold)
    )
    deal.main_service_id = sold[0].service_id if sold else None
    deal.version += 1
    deal.updated_at = now
    deal.save()
    record_change(actor=actor, operation="sales.deal.change_lines", ref=Ref("sales.deal", deal.pk), changes=audit, now=now)
    publish(events.DealChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
    return LinesChanged(is_changed=True, is_value_kept=not follows)


def _stored(deal: Deal) -> list[SoldService]:
    return [
        SoldService(
            line.service_id, line.quantity,
            Money(line.unit_price_minor, deal.currency) if line.unit_price_minor is not None else None,
            None if line.options is None else tuple(line.options), read_conversion(line.conversion), read_hours(line.role_hours),
        )
        for line in DealLine.objects.filter(deal_id=deal.pk).order_by("position", "pk")
    ]


def _sold(
    actor: Actor, deal: Deal, lines: Sequence[NewLine], former: Sequence[SoldService], offers: Mapping[int, Offer]
) -> list[SoldService]:
    """The lines as they will be stored; refuses naming every line that cannot be sold."""
    may_price = ValueRight(actor).covers(deal.pk, deal.owner_id)
    known = {line.service_id for line in former}
    errors = line_errors(lines, offers, currency=deal.currency, already_sold=known)
    if not may_price:
        errors += [
            FieldError(f"lines[{place}].unit_price", "Your access role does not include prices; leave the price out.", "not_allowed")
            for place, line in enumerate(lines) if line.unit_price is not None
        ]
    if errors:
        raise Refused(errors[0].words, errors)
    kept: dict[int, list[Priced]] = {}
    planned: dict[int, list[Hours | None]] = {}
    for one in former:
        kept.setdefault(one.service_id, []).append((one.unit_price, one.conversion))
        planned.setdefault(one.service_id, []).append(one.hours)
    sold = []
    for line in lines:
        offer, before = offers[line.service_id], kept.get(line.service_id, [])
        if before and not may_price:
            price, conversion = before.pop(0)
        else:
            same = next((priced for priced in before if line.unit_price is not None and priced[0] == line.unit_price), None)
            price, conversion = same or price_of(line.unit_price, offer.listed)
        hours = planned[line.service_id].pop(0) if planned.get(line.service_id) else None
        hours = hours if line.hours is None else read_hours(kept_hours(line.hours))
        sold.append(SoldService(line.service_id, line.quantity, price, chosen_options(line.options, offer), conversion, hours))
    return sold


def _offers(deal: Deal, lines: Iterable[NewLine | SoldService], now: datetime) -> dict[int, Offer]:
    today = civil_date(now, get_organisation().time_zone)
    return get_offers({line.service_id for line in lines}, currency=deal.currency, on=today)


def _noted(lines: Sequence[SoldService], offers: Mapping[int, Offer]) -> list[dict[str, Any]]:
    return [
        {
            "service_id": line.service_id, "service": offers[line.service_id].name, "quantity": f"{line.quantity.normalize():f}",
            "unit_price": str(line.unit_price) if line.unit_price else None,
            "options": None if line.options is None else list(line.options),
        }
        | ({"conversion": kept_conversion(line.conversion)} if line.conversion else {})
        | ({"hours": kept_hours(line.hours)} if line.hours else {})
        for line in lines
    ]


_HANDING_ON = ("owner_id", "is_restricted")


@transaction.atomic
def revise_deal(
    *, actor: Actor, deal_id: int, changes: Mapping[str, Any], stage_id: int | None = None,
    lines: Sequence[NewLine] | None = None, version: int | None = None, now: datetime,
) -> None:
    """Move a deal, change its fields and replace its lines at once: all or nothing; a stale version is told before any rule."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    yours = dict(changes)
    if stage_id is not None:
        yours["stage_id"] = stage_id
    if lines is not None:
        yours["lines"] = list(lines)
    check_version(actor, deal, version, yours)
    check_changes(actor, deal, changes, now)
    if stage_id is not None:
        find_open_stage(deal, stage_id)
    if lines is not None:
        former = _stored(deal)
        _sold(actor, deal, lines, former, _offers(deal, [*lines, *former], now))
    if lines is not None:
        change_lines(actor=actor, deal_id=deal_id, lines=lines, is_value_kept="value" in changes, now=now)
    # What the stage may ask for comes before it; what may leave the writer without the right to go on comes last.
    last = {field: value for field, value in changes.items() if field in _HANDING_ON} if stage_id is not None else dict(changes)
    if first := {field: value for field, value in changes.items() if field not in last}:
        change_deal(actor=actor, deal_id=deal_id, changes=first, now=now)
    if stage_id is not None:
        move_deal(actor=actor, deal_id=deal_id, stage_id=stage_id, now=now)
    if last:
        change_deal(actor=actor, deal_id=deal_id, changes=last, now=now)
