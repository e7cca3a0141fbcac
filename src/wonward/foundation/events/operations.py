"""Recording facts, and repeating reactions that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef

from wonward.foundation.access.policy import require
from wonward.foundation.database import insert_records, insert_rows, insert_told
from wonward.foundation.database.doorbell import BELL, ring
from wonward.foundation.events.bus import handler_names
from wonward.foundation.events.models import Delivery, DeliveryState, EventSubject, OutboxEvent
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.event import Event

KEPT_FOR = timedelta(days=90)
_PRUNED_AT_ONCE = 500


_OUTBOX = ("name", "version", "payload", "actor_label", "actor_user_id", "on_behalf_of", "recorded_at")
_TRANSACTION = {"postgresql": "pg_current_xact_id()::text::bigint", "sqlite": "0"}
"""The number of the running transaction, which SQLite does not need."""


def publish(event: Event, *, actor: Actor, now: datetime) -> int:
    """Record one fact in the caller's transaction and return its id; see `publish_many`."""
    return publish_many([event], actor=actor, now=now)[0]


def publish_many(events: Sequence[Event], *, actor: Actor, now: datetime) -> list[int]:
    """Record facts and their deliveries in the caller's transaction; the ids, in the given order.

    Outside a transaction this is a RuntimeError: a fact without the change it tells of would be a lie.
    Costs three inserts for any number of events; one event on PostgreSQL a single statement.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published outside a transaction.")
    if not events:
        return []
    if len(events) == 1 and connection.vendor == "postgresql":
        return [_publish_at_once(events[0], actor, now)]
    fixed = {"transaction_id": _TRANSACTION[connection.vendor]}
    ids = insert_told(OutboxEvent, _OUTBOX, [_row(event, actor, now) for event in events], fixed=fixed)
    insert_rows(
        EventSubject, ("event_id", "noun", "ref_id"),
        [
            (key, ref.noun, ref.id)
            for key, event in zip(ids, events, strict=True)
            for ref in dict.fromkeys(event.subjects())
        ],
    )
    insert_records([
        Delivery(event_id=key, handler=handler, due_at=now)
        for key, event in zip(ids, events, strict=True)
        for handler in handler_names(event.name)
    ])
    ring()
    return ids


def _publish_at_once(event: Event, actor: Actor, now: datetime) -> int:
    """The fact, what it is about, its deliveries and the bell in one way to PostgreSQL and back: most operations tell one fact."""
    subjects = list(dict.fromkeys(event.subjects()))
    fresh = Delivery(due_at=now)
    names = [field.attname for field in Delivery._meta.concrete_fields if field.attname not in ("id", "event_id", "handler")]
    name, version, payload, *who = _row(event, actor, now)
    # Tables, columns and expressions are our own words, never somebody's.
    sql = f"""
        WITH fact AS (
            INSERT INTO events_outboxevent ({", ".join(_OUTBOX)}, transaction_id)
            VALUES ({", ".join(["%s"] * len(_OUTBOX))}, {_TRANSACTION["postgresql"]}) RETURNING id
        ), about AS (
            INSERT INTO events_eventsubject (event_id, noun, ref_id)
            SELECT fact.id, noun, ref_id FROM fact, unnest(%s::text[], %s::bigint[]) AS about(noun, ref_id)
        ), reactions AS (
            INSERT INTO events_delivery (event_id, handler, {", ".join(names)})
            SELECT fact.id, handler, {", ".join(["%s"] * len(names))} FROM fact, unnest(%s::text[]) AS reactions(handler)
        )
        SELECT id, {BELL} FROM fact
    """  # noqa: S608
    params = [
        name, version, connection.ops.adapt_json_value(payload, None), *who, [ref.noun for ref in subjects], [ref.id for ref in subjects],
        *(getattr(fresh, one) for one in names), list(handler_names(event.name)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


def replay_delivery(*, actor: Actor, delivery_id: int, now: datetime) -> None:
    """Give a dead delivery all its attempts again, starting now. NotFound unless it is dead."""
    require(actor, "events.delivery.replay")
    with transaction.atomic():
        dead = Delivery.objects.filter(pk=delivery_id, died_at__isnull=False)
        if not dead.exists() or not _revive(dead, now):
            raise NotFound("failed delivery", delivery_id)


def replay_all_dead(*, actor: Actor, now: datetime, handler: str = "") -> int:
    """Replay every dead delivery, or those of one handler; how many they were."""
    require(actor, "events.delivery.replay")
    deliveries = Delivery.objects.filter(handler=handler) if handler else Delivery.objects.all()
    with transaction.atomic():
        return _revive(deliveries, now)


def prune_events(*, now: datetime) -> int:
    """Forget events older than 90 days whose deliveries are all done; how many were forgotten.

    Works in short transactions of 500 events, so nobody waits for it.
    """
    forgotten = 0
    while True:
        with transaction.atomic():
            unfinished = Delivery.objects.filter(event=OuterRef("pk")).exclude(state=DeliveryState.DONE)
            old = OutboxEvent.objects.filter(~Exists(unfinished), recorded_at__lt=now - KEPT_FOR)
            ids = list(old.order_by("recorded_at").values_list("pk", flat=True)[:_PRUNED_AT_ONCE])
            if not ids:
                return forgotten
            OutboxEvent.objects.filter(pk__in=ids).delete()
            forgotten += len(ids)


def settle_restored_events() -> int:
    """Call after a restore, and when a worker starts: how many events had to be settled.

    A restored PostgreSQL counts transactions anew; events that claim a transaction of the future would stay
    invisible to streams, so all events take their place before every new one.
    """
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            # While an older transaction is under way the snapshot ends before our own, whose events are none of the future.
            cursor.execute(
                "SELECT greatest(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0))"
            )
            (next_transaction,) = cursor.fetchone()
        if not OutboxEvent.objects.filter(transaction_id__gt=next_transaction).exists():
            return 0
        return OutboxEvent.objects.exclude(transaction_id=0).update(transaction_id=0)


def _row(event: Event, actor: Actor, now: datetime) -> tuple[Any, ...]:
    """One fact in the order of `_OUTBOX`."""
    return event.name, event.version, msgspec.to_builtins(event, str_keys=True), actor.label, actor.user_id, actor.on_behalf_of, now


def _revive(deliveries: models.QuerySet[Delivery], now: datetime) -> int:
    count = deliveries.filter(died_at__isnull=False).update(
        state=DeliveryState.PENDING, attempts=0, due_at=now, died_at=None
    )
    if count:
        ring()
    return count
