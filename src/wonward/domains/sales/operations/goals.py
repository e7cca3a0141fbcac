"""Saying what is to be won in a month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from wonward.domains.sales.models import Goal
from wonward.domains.staff.queries import person_exists
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def put_goal(*, actor: Actor, month: date, amount: Money | None, person_id: int | None = None, now: datetime) -> None:
    """Set the goal of a person, or of everybody together, for a month; no amount takes it away."""
    require(actor, "sales.goal.edit")
    currency = get_organisation().currency
    if amount is not None and amount.currency != currency:
        raise Refused.field("amount", worded("Goals are in {currency}.", currency=currency))
    if amount is not None and amount.minor <= 0:
        raise Refused.field("amount", "A goal is more than nothing.")
    if person_id is not None and not person_exists(person_id):
        raise Refused.field("person_id", worded("There is no colleague {person_id}.", person_id=person_id), "unknown")
    first = month.replace(day=1)
    whose: dict[str, Any] = {"person_id": person_id, "month": first}
    row = Goal.objects.select_for_update().filter(**whose).first()
    before = row.amount_minor if row else None
    if amount is None:
        if row is not None:
            row.delete()
    else:
        Goal.objects.update_or_create(
            **whose, defaults={"amount_minor": amount.minor, "updated_at": now},
            create_defaults={"amount_minor": amount.minor, "created_at": now, "updated_at": now},
        )
    after = amount.minor if amount else None
    if before != after:
        ref = Ref("staff.person", person_id) if person_id is not None else Ref("organisation.organisation", 1)
        record_change(actor=actor, operation="sales.goal.put", ref=ref, changes={f"goal {first:%Y-%m}": [before, after]}, now=now)
