"""Recording facts, and repeating reactions that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef

from wonward.foundation.access.policy import require
from wonward.foundation.database import insert_records, insert_rows, insert_told
from wonward.foundation.database.doorbell import BELL, ring
from wonward.foundation.database.gathering import put_off
from wonward.foundation.events.bus import handler_names
from wonward.foundation.events.models import Delivery, DeliveryState, EventSubject, OutboxEvent
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.event import Event

KEPT_FOR = timedelta(days=90)
_PRUNED_AT_ONCE = 500
_TOLD_AT_ONCE = 200


_OUTBOX = ("name", "version", "payload", "actor_label", "actor_user_id", "on_behalf_of", "recorded_at")
_TRANSACTION = {"postgresql": "pg_current_xact_id()::text::bigint", "sqlite": "0"}
"""The number of the running transaction, which SQLite does not need."""


def publish(event: Event, *, actor: Actor, now: datetime) -> int:
    """Record one fact in the caller's transaction and return its id; see `publish_many`."""
    ids = publish_many([event], actor=actor, now=now)
    return ids[0] if ids else 0


def publish_many(events: Sequence[Event], *, actor: Actor, now: datetime) -> list[int]:
    """Record facts and their deliveries in the caller's transaction; the ids, in the given order.

    Outside a transaction this is a RuntimeError: a fact without the change it tells of would be a lie.
    Costs three inserts for any number of events, on PostgreSQL a single statement. Facts that an operation of many steps
    gathers have no ids yet.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published outside a transaction.")
    facts = [_Fact(event, _row(event, actor, now), now) for event in events]
    if not facts or put_off(_record, facts):
        return []
    return _record(facts)


@dataclass(frozen=True, slots=True)
class _Fact:
    """An event with its row in the order of `_OUTBOX`, and when it happened."""

    event: Event
    row: tuple[Any, ...]
    now: datetime


def _record(facts: Sequence[_Fact]) -> list[int]:
    if connection.vendor == "postgresql":
        return [key for start in range(0, len(facts), _TOLD_AT_ONCE) for key in _record_at_once(facts[start : start + _TOLD_AT_ONCE])]
    ids = insert_told(OutboxEvent, _OUTBOX, [fact.row for fact in facts], fixed={"transaction_id": _TRANSACTION["sqlite"]})
    insert_rows(
        EventSubject, ("event_id", "noun", "ref_id"),
        [(key, ref.noun, ref.id) for key, fact in zip(ids, facts, strict=True) for ref in dict.fromkeys(fact.event.subjects())],
    )
    insert_records([
        Delivery(event_id=key, handler=handler, due_at=fact.now)
        for key, fact in zip(ids, facts, strict=True)
        for handler in handler_names(fact.event.name)
    ])
    ring()
    return ids


def _record_at_once(facts: Sequence[_Fact]) -> list[int]:
    """The facts, what they are about, their deliveries and the bell in one way to PostgreSQL and back."""
    fresh = Delivery()
    names = [field.attname for field in Delivery._meta.concrete_fields if field.attname not in ("id", "event_id", "handler", "due_at")]
    one = f"({', '.join(['%s'] * len(_OUTBOX))}, {_TRANSACTION['postgresql']})"
    # Ids are given in the order of the rows. Tables, columns and expressions are our own words, never somebody's.
    sql = f"""
        WITH fact AS (
            INSERT INTO events_outboxevent ({", ".join(_OUTBOX)}, transaction_id) VALUES {", ".join([one] * len(facts))} RETURNING id
        ), placed AS (
            SELECT id, row_number() OVER (ORDER BY id) AS place FROM fact
        ), about AS (
            INSERT INTO events_eventsubject (event_id, noun, ref_id)
            SELECT id, noun, ref_id FROM unnest(%s::int[], %s::text[], %s::bigint[]) WITH ORDINALITY AS about(place, noun, ref_id, at)
            JOIN placed USING (place) ORDER BY at
        ), reactions AS (
            INSERT INTO events_delivery (event_id, handler, due_at, {", ".join(names)})
            SELECT id, handler, due_at, {", ".join(["%s"] * len(names))}
            FROM unnest(%s::int[], %s::text[], %s::timestamptz[]) WITH ORDINALITY AS reactions(place, handler, due_at, at)
            JOIN placed USING (place) ORDER BY at
        )
        SELECT id, {BELL} FROM placed ORDER BY id
    """  # noqa: S608
    about = [(place, ref.noun, ref.id) for place, fact in enumerate(facts, 1) for ref in dict.fromkeys(fact.event.subjects())]
    reactions = [(place, handler, fact.now) for place, fact in enumerate(facts, 1) for handler in handler_names(fact.event.name)]
    params: list[Any] = []
    for fact in facts:
        name, version, payload, *who = fact.row
        params += [name, version, connection.ops.adapt_json_value(payload, None), *who]
    params += [*_columns_of(about), *(getattr(fresh, name) for name in names), *_columns_of(reactions)]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [int(key) for key, _ in cursor.fetchall()]


def _columns_of(rows: Sequence[tuple[Any, Any, Any]]) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(3)]


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
