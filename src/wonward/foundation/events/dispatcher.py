"""Brings each event to each of its handlers: at least once, and each handler takes effect once.

A lease says who is at work, its fence number who is so by now. A handler runs in the transaction that marks its
delivery done, so a process may die at any moment: either both happened, or neither did and the lease runs out.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

import msgspec
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet

from wonward.foundation.events.bus import Subscription, find_subscription
from wonward.foundation.events.models import Delivery, DeliveryState, OutboxEvent
from wonward.foundation.events.rules import MAX_ATTEMPTS, retry_delay
from wonward.foundation.events.types import Author
from wonward.kernel.event import Event

LEASE = timedelta(seconds=60)
_LEASED_AT_ONCE = 50
_LONGEST_ERROR = 4000
_log = logging.getLogger("wonward.events")


@dataclass(frozen=True, slots=True)
class _Leased:
    """A delivery in our hands, with the fence number of our lease."""

    id: int
    fence: int
    handler: str
    attempts: int
    event: OutboxEvent


class _LeaseLost(Exception):
    """Another worker took the delivery over; whatever we did is rolled back."""


def deliver_pending(*, now: datetime, limit: int = 200, lease: timedelta = LEASE) -> int:
    """Deliver what is due, including what the handlers themselves publish; how many deliveries were tried.

    A handler that raises is tried again later, after 12 attempts never: its delivery is dead until replayed.
    A database that cannot even note the failure passes its error through.
    """
    tried = 0
    while tried < limit:
        leased = _lease_abandoned(now, lease) or _lease_due(now, lease, min(_LEASED_AT_ONCE, limit - tried))
        if not leased:
            return tried
        tried += _deliver_while_safe(leased, now, lease)
    return tried


def _deliver_while_safe(leased: list[_Leased], now: datetime, lease: timedelta) -> int:
    """Deliver while half of the lease remains and give the rest back; how many were tried."""
    started = time.monotonic()
    for position, delivery in enumerate(leased):
        try:
            if time.monotonic() - started > lease.total_seconds() / 2:
                _give_back(leased[position:])
                return position
            _deliver(delivery, now)
        except DatabaseError:
            with suppress(DatabaseError):
                _give_back(leased[position:])
            raise
    return len(leased)


def _deliver(delivery: _Leased, now: datetime) -> None:
    subscription = find_subscription(delivery.event.name, delivery.handler)
    if subscription is None:
        sentence = f"There is no handler {delivery.handler} for {delivery.event.name} any more."
        _held(delivery).update(**_dead(now), last_error=sentence)
        return
    try:
        with transaction.atomic():
            # Done first: the row lock keeps a second worker out, and a lost lease is noticed before any effect.
            if not _held(delivery).update(
                state=DeliveryState.DONE, due_at=None, leased_until=None, last_error=""
            ):
                raise _LeaseLost
            subscription.handler(_decode(subscription, delivery.event), **_author(subscription, delivery.event), now=now)
    except _LeaseLost:
        _log.info("Delivery %s was taken over by another worker.", delivery.id)
    except Exception as error:
        _note_failure(delivery, error, now)


def _note_failure(delivery: _Leased, error: Exception, now: datetime) -> None:
    attempts = delivery.attempts + 1
    again: dict[str, Any] = {"due_at": now + retry_delay(attempts, str(delivery.id)), "leased_until": None}
    _held(delivery).update(
        **(_dead(now) if attempts >= MAX_ATTEMPTS else again),
        attempts=attempts,
        last_error="".join(format_exception(error))[-_LONGEST_ERROR:],
    )
    _log.warning(
        "%s failed on event %s, attempt %s: %s", delivery.handler, delivery.event.pk, attempts, error
    )


def _dead(now: datetime) -> dict[str, Any]:
    return {"state": DeliveryState.DEAD, "died_at": now, "due_at": None, "leased_until": None}


def _author(subscription: Subscription, event: OutboxEvent) -> dict[str, Author]:
    return {"author": Author(event.actor_user_id, event.actor_label, event.recorded_at)} if subscription.tells_author else {}


def _decode(subscription: Subscription, event: OutboxEvent) -> Event:
    return msgspec.convert(event.payload, type=subscription.event_type, str_keys=True)


def _lease_due(now: datetime, lease: timedelta, limit: int) -> list[_Leased]:
    """Lease deliveries that nobody holds; parallel workers get different ones."""
    due = Delivery.objects.filter(due_at__lte=now, leased_until__isnull=True)
    # A read first: an idle worker must not queue for the right to write.
    if not due.exists():
        return []
    with transaction.atomic():
        return _lease(list(_locked(due).order_by("due_at", "pk")[:limit]), now + lease)


def _lease_abandoned(now: datetime, lease: timedelta) -> list[_Leased]:
    """Lease one delivery whose worker vanished. It comes alone and counts an attempt: it may be the killer."""
    abandoned = Delivery.objects.filter(leased_until__lte=now)
    if not abandoned.exists():
        return []
    with transaction.atomic():
        found = list(_locked(abandoned).order_by("leased_until", "pk")[:1])
        for delivery in found:
            delivery.attempts += 1
            Delivery.objects.filter(pk=delivery.pk).update(attempts=delivery.attempts)
            if delivery.attempts >= MAX_ATTEMPTS:
                sentence = (
                    f"The worker stopped each time {delivery.handler} ran; it was tried {MAX_ATTEMPTS} times."
                )
                Delivery.objects.filter(pk=delivery.pk).update(**_dead(now), last_error=sentence)
                return []
        return _lease(found, now + lease)


def _locked(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return deliveries.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


def _lease(found: list[Delivery], until: datetime) -> list[_Leased]:
    if not found:
        return []
    Delivery.objects.filter(pk__in=[row.pk for row in found]).update(leased_until=until, fence=F("fence") + 1)
    events = OutboxEvent.objects.in_bulk({row.event_id for row in found})
    return [_Leased(row.pk, row.fence + 1, row.handler, row.attempts, events[row.event_id]) for row in found]


def _give_back(leased: list[_Leased]) -> None:
    for delivery in leased:
        _held(delivery).update(leased_until=None)


def _held(delivery: _Leased) -> QuerySet[Delivery]:
    """The delivery if our lease is still the latest, else nothing."""
    return Delivery.objects.filter(pk=delivery.id, fence=delivery.fence, state=DeliveryState.PENDING)
