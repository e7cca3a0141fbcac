"""Finding users by session, token or e-mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wonward.foundation.access.models import ApiToken, User
from wonward.foundation.access.rules import token_digest
from wonward.foundation.database.prepared import Question, Values, place_of, rows
from wonward.foundation.database.reading import once, put
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class TokenRow:
    """Whose token it is, and what it may do."""

    id: int
    user_id: int
    scopes: list[str] | None


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """A user's own settings for the shell."""

    email: str
    role: str
    theme: str
    density: str
    language: str
    time_zone: str
    keyboard_is_on: bool


def find_token(*, token: str, now: datetime) -> TokenRow | None:
    """A live token, or None."""
    row = (
        ApiToken.objects.filter(digest=token_digest(token), revoked_at__isnull=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .values_list("pk", "user_id", "scopes")
        .first()
    )
    return TokenRow(*row) if row else None


def find_user_id(email: str) -> int | None:
    """The id of an active user by e-mail."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).values_list("pk", flat=True).first()


def find_active_users(user_ids: Collection[int]) -> set[int]:
    """Those of the given users who may sign in."""
    return set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))


def find_address(user_id: int) -> str:
    """The e-mail address of a user; empty when there is none."""
    return User.objects.filter(pk=user_id).values_list("email", flat=True).first() or ""


def get_preferences(user_id: int) -> PreferenceRow:
    """The shell's view of a user."""
    return once(("preferences", user_id), lambda: _preferences(User.objects.select_related("access_role").get(pk=user_id)))


def keep_preferences(user_id: int, preferences: PreferenceRow) -> None:
    """Let this reading use what came along with a person."""
    put(("preferences", user_id), preferences)


def _preferences(user: User) -> PreferenceRow:
    return PreferenceRow(
        user.email, user.access_role.key, user.theme, user.density, user.language, user.time_zone, user.keyboard_is_on
    )


def rows_seen(
    actor: Actor, name: str, permissions: Sequence[str], build: Callable[[Actor, Values], QuerySet[Any, Any]],
    values: Values | None = None,
) -> list[tuple[Any, ...]]:
    """Prepared rows of a question whose visibility depends on the actor's person, team and reach in `permissions` alone."""
    question = question_of(actor, name, permissions, build, values)
    return rows(question.key, question.build, question.values)


def question_of(
    actor: Actor, name: str, permissions: Sequence[str], build: Callable[[Actor, Values], QuerySet[Any, Any]],
    values: Values | None = None,
) -> Question:
    """The same to be asked together with others."""
    key = (place_of(build), name, actor.is_system, actor.role in ("owner", "admin"), *(actor.scope_of(permission) for permission in permissions))
    mine = {"person": actor.person_id or 0, "team": actor.team_id or 0, **(values or {})}
    return Question(key, lambda given: build(replace(actor, person_id=given["person"], team_id=given["team"]), given), mine)
