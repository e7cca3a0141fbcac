"""Idempotency keys: the answer first given is the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from wonward.foundation.access.models import IdempotentReply
from wonward.kernel.errors import Conflict

REPLIES_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a program received it; `body` is text."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    is_replayed: bool = False


def answer_once(*, user_id: int, key: str, request_digest: str, answer: Callable[[], Reply], now: datetime) -> Reply:
    """Give the answer of a key, or the one given first; what the answer writes and the reply are one transaction.

    Whatever `answer` raises leaves nothing behind, so the key may be used again. Conflict when the key belongs to
    another request, or to one that is being worked on this moment.
    """
    with transaction.atomic():
        stored = claim_reply(user_id=user_id, key=key, request_digest=request_digest, now=now)
        if stored is not None:
            return stored
        reply = answer()
        store_reply(user_id=user_id, key=key, reply=reply)
    return reply


def claim_reply(*, user_id: int, key: str, request_digest: str, now: datetime) -> Reply | None:
    """Reserve a key in the caller's transaction; the stored answer when there already is one. Conflict as above."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 20))", [f"{user_id}:{key}"])
            if not cursor.fetchone()[0]:
                raise Conflict("A request with this Idempotency-Key is being worked on. Ask again in a moment.")
    IdempotentReply.objects.filter(user_id=user_id, created_at__lt=now - REPLIES_KEPT_FOR).delete()
    known = IdempotentReply.objects.filter(user_id=user_id, key=key).first()
    if known is None:
        IdempotentReply.objects.create(user_id=user_id, key=key, request_digest=request_digest, created_at=now)
        return None
    if known.request_digest != request_digest:
        raise Conflict("This Idempotency-Key was used for another request.")
    if known.status is None:
        raise Conflict("A request with this Idempotency-Key is being worked on. Ask again in a moment.")
    return Reply(known.status, known.body, known.headers, is_replayed=True)


def store_reply(*, user_id: int, key: str, reply: Reply) -> None:
    """Keep the answer of a claimed key, in the caller's transaction."""
    IdempotentReply.objects.filter(user_id=user_id, key=key).update(
        status=reply.status, body=reply.body, headers=reply.headers
    )
