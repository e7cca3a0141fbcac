"""Making users, teams and tokens; checking passwords with a limit before the hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from wonward.foundation.access.models import (
    AccessRole,
    ApiToken,
    IdempotentReply,
    SignInAttempt,
    Team,
    User,
)
from wonward.foundation.access.policy import PERMISSIONS, ROLES, require
from wonward.foundation.access.rules import token_digest
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_EMAIL = 10
ATTEMPTS_PER_ADDRESS = 50
REPLIES_KEPT_FOR = timedelta(days=7)


@cache
def _hash_of_nobody() -> str:
    """Hashed against when the e-mail is unknown, so that both answers cost the same."""
    return make_password(secrets.token_urlsafe(16))


class TooManyAttempts(Refused):
    """Too many failed sign-ins; the door stays shut for a while."""

    code = "too_many_attempts"


@transaction.atomic
def create_user(
    *, actor: Actor, email: str, name: str, role: str, password: str | None, time_zone: str = "UTC", now: datetime
) -> int:
    """Add a sign-in; without a password nobody can use it until they are invited. Returns the user's id."""
    require(actor, "access.user.manage")
    address = email.strip().lower()
    if "@" not in address:
        raise Refused.field("email", f"“{email}” is not an e-mail address.")
    if role not in ROLES:
        raise Refused.field("role", f"“{role}” is not an access role. Choose one of: {', '.join(ROLES)}.")
    if User.objects.filter(email=address).exists():
        raise Refused.field("email", f"{address} already has a sign-in.", "taken")
    if password is not None and len(password) < 8:
        raise Refused.field("password", "A password needs at least 8 characters.", "too_short")
    access_role, _ = AccessRole.objects.get_or_create(key=role)
    user = User(
        email=address, name=name.strip() or address, access_role=access_role, time_zone=time_zone,
        created_at=now, updated_at=now,
    )
    if password is None:
        user.set_unusable_password()
    else:
        user.password = make_password(password)
    user.save(force_insert=True)
    return user.pk


def ensure_team(*, name: str, now: datetime) -> int:
    """The id of the team of this name, made when missing."""
    team, _ = Team.objects.get_or_create(name=name.strip(), defaults={"created_at": now, "updated_at": now})
    return team.pk


@transaction.atomic
def create_token(
    *, actor: Actor, user_id: int, name: str, scopes: Sequence[str] | None, now: datetime
) -> str:
    """Make an API token for a user and return it; it is shown once, only its digest is kept."""
    if actor.user_id != user_id:
        require(actor, "access.user.manage")
    unknown = sorted(set(scopes or ()) - set(PERMISSIONS))
    if unknown:
        raise Refused("Unknown scope.", [FieldError("scopes", f"There is no permission {name}.") for name in unknown])
    token = "wnw_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user_id=user_id, name=name or "API", digest=token_digest(token),
        scopes=list(scopes) if scopes else None, created_at=now,
    )
    return token


def check_sign_in(*, email: str, password: str, address: str, now: datetime) -> int | None:
    """The user's id when the password is right, else None. Refuses before hashing when tried too often."""
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    recent = SignInAttempt.objects.filter(happened_at__gt=now - ATTEMPT_WINDOW)
    if (
        recent.filter(email_digest=digest).count() >= ATTEMPTS_PER_EMAIL
        or recent.filter(address=address).count() >= ATTEMPTS_PER_ADDRESS
    ):
        raise TooManyAttempts("Too many failed sign-ins. Wait 15 minutes and try again.")
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if check_password(password, user.password if user else _hash_of_nobody()) and user:
        return user.pk
    SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
    return None


@transaction.atomic
def change_preferences(*, actor: Actor, theme: str | None = None, density: str | None = None, now: datetime) -> None:
    """Store the viewer's own look."""
    changes: dict[str, object] = {}
    if theme is not None:
        if theme not in ("light", "dark", "system"):
            raise Refused.field("theme", f"“{theme}” is not a theme.")
        changes["theme"] = theme
    if density is not None:
        if density not in ("normal", "compact"):
            raise Refused.field("density", f"“{density}” is not a density.")
        changes["density"] = density
    if changes and actor.user_id:
        User.objects.filter(pk=actor.user_id).update(**changes, updated_at=now)


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
