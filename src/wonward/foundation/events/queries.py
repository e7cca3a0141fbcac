"""Reading facts in the order of their commits, and what became of their deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from wonward.foundation.access.policy import require
from wonward.foundation.database.prepared import rows
from wonward.foundation.database.reading import put, recall
from wonward.foundation.events.models import Delivery, DeliveryState, EventSubject, OutboxEvent
from wonward.foundation.events.types import DeliveryRow, EventRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_OLDEST_OPEN_TRANSACTION = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", ())


def list_events_after(*, after: int = 0, limit: int = 200, until: int | None = None) -> list[EventRow]:
    """Events that were committed after the event `after` (an id; 0 = from the start), oldest first.

    `until` is the id of the last event wanted. The list never skips an event that commits later with a smaller
    id, so the last id of one list is the `after` of the next.
    """
    events = _committed(_after(OutboxEvent.objects.all(), after))
    if until is not None:
        events = _up_to(events, until)
    return _rows(events[:limit])


def get_event(event_id: int) -> EventRow:
    """One event; NotFound when there is none."""
    for row in _rows(OutboxEvent.objects.filter(pk=event_id)):
        return row
    raise NotFound("event", event_id)


def latest_event_id() -> int:
    """The id of the last event `list_events_after` would give; 0 when there is none."""
    kept: int | None = recall("latest event")
    if kept is not None:
        return kept
    found = rows("latest event", lambda values: newest_event(), {})
    return found[0][0] if found else 0


def newest_event() -> QuerySet[Any, Any]:
    """The id `latest_event_id` tells, as a subquery for a question that is asked anyway; see `keep_latest_event`."""
    return _committed(OutboxEvent.objects.all()).reverse().values_list("pk")[:1]


def keep_latest_event(event_id: int | None) -> None:
    """Let this reading use what came along with its first question."""
    put("latest event", event_id or 0)


def has_unsettled_events() -> bool:
    """Whether events are committed that `list_events_after` still holds back; never on SQLite."""
    if connection.vendor != "postgresql":
        return False
    return OutboxEvent.objects.filter(transaction_id__gte=_OLDEST_OPEN_TRANSACTION).exists()


def list_dead_deliveries(*, actor: Actor, limit: int = 200) -> list[DeliveryRow]:
    """Deliveries that were given up, newest first."""
    require(actor, "events.delivery.replay")
    return _delivery_rows(Delivery.objects.filter(died_at__isnull=False).order_by("-died_at", "-pk")[:limit])


def list_failing_deliveries(*, actor: Actor, limit: int = 200) -> list[DeliveryRow]:
    """Deliveries that have failed and will be tried again, by the time of the next attempt."""
    require(actor, "events.delivery.replay")
    failing = Delivery.objects.filter(due_at__isnull=False, attempts__gt=0)
    return _delivery_rows(failing.order_by("due_at", "pk")[:limit])


def count_dead_deliveries() -> int:
    """How many deliveries were given up."""
    return Delivery.objects.filter(died_at__isnull=False).count()


def oldest_pending_age(*, now: datetime) -> timedelta | None:
    """For how long the most overdue delivery has been due; None when nothing is due.

    A failing delivery that waits for its next attempt is not due.
    """
    overdue = Delivery.objects.filter(due_at__lte=now)
    due_at = overdue.order_by("due_at").values_list("due_at", flat=True).first()
    return now - due_at if due_at else None


def _committed(events: QuerySet[OutboxEvent]) -> QuerySet[OutboxEvent]:
    """In the order of commits. PostgreSQL may commit ids out of order: leave out what is not settled yet."""
    if connection.vendor != "postgresql":
        return events.order_by("pk")
    settled = Q(transaction_id__lt=_OLDEST_OPEN_TRANSACTION)
    own = Q(transaction_id=RawSQL("pg_current_xact_id_if_assigned()::text::bigint", ()))
    return events.filter(settled | own).order_by("transaction_id", "pk")


def _after(events: QuerySet[OutboxEvent], event_id: int) -> QuerySet[OutboxEvent]:
    if connection.vendor != "postgresql" or not event_id:
        return events.filter(pk__gt=event_id)
    number = _transaction_of(event_id)
    return events.filter(Q(transaction_id__gt=number) | Q(transaction_id=number, pk__gt=event_id))


def _up_to(events: QuerySet[OutboxEvent], event_id: int) -> QuerySet[OutboxEvent]:
    if connection.vendor != "postgresql":
        return events.filter(pk__lte=event_id)
    number = _transaction_of(event_id)
    return events.filter(Q(transaction_id__lt=number) | Q(transaction_id=number, pk__lte=event_id))


def _transaction_of(event_id: int) -> int:
    """Its transaction, or that of the nearest event before it when it was pruned."""
    nearest = OutboxEvent.objects.filter(pk__lte=event_id).order_by("-pk")
    return nearest.values_list("transaction_id", flat=True).first() or 0


def _rows(events: QuerySet[OutboxEvent]) -> list[EventRow]:
    rows = list(events)
    subjects = _subjects_of(row.pk for row in rows)
    return [
        EventRow(
            id=row.pk,
            name=row.name,
            version=row.version,
            payload=row.payload,
            actor_label=row.actor_label,
            actor_user_id=row.actor_user_id,
            on_behalf_of=row.on_behalf_of,
            recorded_at=row.recorded_at,
            subjects=tuple(subjects.get(row.pk, ())),
        )
        for row in rows
    ]


def _subjects_of(event_ids: Iterable[int]) -> dict[int, list[Ref]]:
    found: dict[int, list[Ref]] = {}
    subjects = EventSubject.objects.filter(event__in=list(event_ids)).order_by("pk")
    for event_id, noun, ref_id in subjects.values_list("event_id", "noun", "ref_id"):
        found.setdefault(event_id, []).append(Ref(noun, ref_id))
    return found


def _delivery_rows(deliveries: QuerySet[Delivery]) -> list[DeliveryRow]:
    fields: Any = (
        "id",
        "event_id",
        "event__name",
        "handler",
        "attempts",
        "state",
        "due_at",
        "event__recorded_at",
    )
    return [
        DeliveryRow(
            id=pk,
            event_id=event_id,
            event_name=name,
            handler=handler,
            attempts=attempts,
            is_dead=state == DeliveryState.DEAD,
            due_at=due_at,
            recorded_at=recorded_at,
            last_error=last_error,
        )
        for pk, event_id, name, handler, attempts, state, due_at, recorded_at, last_error in deliveries.values_list(
            *fields, "last_error"
        )
    ]
