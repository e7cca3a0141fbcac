"""API tokens: shown once, kept as digests."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wonward.foundation.access.models import ApiToken
from wonward.foundation.access.policy import PERMISSIONS, require
from wonward.foundation.access.rules import token_digest
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.wording import worded


@transaction.atomic
def create_token(
    *, actor: Actor, user_id: int, name: str, scopes: Sequence[str] | None, expires_at: datetime | None = None, now: datetime
) -> str:
    """Make an API token for a user and return it; it is shown once, only its digest is kept."""
    if actor.user_id != user_id:
        require(actor, "access.user.manage")
    unknown = sorted(set(scopes or ()) - set(PERMISSIONS))
    if unknown:
        raise Refused("Unknown scope.", [FieldError("scopes", worded("There is no permission {name}.", name=name)) for name in unknown])
    if expires_at is not None and expires_at <= now:
        raise Refused.field("expires_at", "A token must end in the future.", "out_of_range")
    token = "wnw_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user_id=user_id, name=name.strip()[:120] or "API", digest=token_digest(token),
        scopes=list(scopes) if scopes else None, expires_at=expires_at, created_at=now,
    )
    return token


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int, now: datetime) -> str:
    """End one of the actor's own tokens, or anybody's with the right to manage sign-ins; its name. NotFound otherwise."""
    tokens = ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True)
    if not actor.may("access.user.manage"):
        tokens = tokens.filter(user_id=actor.user_id or 0)
    token = tokens.select_for_update().first()
    if token is None:
        raise NotFound("token", token_id)
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    return token.name
