"""The time that is reserved for a deal."""

from __future__ import annotations

from wonward.domains.staff.queries import list_bookings
from wonward.domains.staff.types import BookingStatus
from wonward.journeys.capacity.types import ReservedTime
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def list_reserved_time(*, actor: Actor, deal_id: int) -> list[ReservedTime]:
    """What templates reserved for a deal the viewer has been shown, by role and person in the order it begins; nothing for who sees no bookings."""
    found: dict[tuple[str, str], ReservedTime] = {}
    for one in list_bookings(actor=actor, subject=Ref("sales.deal", deal_id)):
        if one.is_from_templates and one.status is BookingStatus.TENTATIVE:
            key = (one.role_name, one.person_name)
            known = found.get(key, ReservedTime(*key, 0, one.start_date, one.finish_date))
            found[key] = ReservedTime(*key, known.minutes + one.minutes, min(known.start_date, one.start_date), max(known.finish_date, one.finish_date))
    return list(found.values())
