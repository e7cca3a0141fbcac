"""Finding users by session, token or e-mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from wonward.foundation.access.models import (
    AccessLink,
    AccessRole,
    ApiToken,
    Passkey,
    RecoveryCode,
    SignIn,
    Team,
    User,
)
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
    week_start: int


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


def find_languages(user_ids: Collection[int]) -> dict[int, str]:
    """What each of the users reads."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "language"))


def find_address(user_id: int) -> str:
    """The e-mail address of a user; empty when there is none."""
    return User.objects.filter(pk=user_id).values_list("email", flat=True).first() or ""


def get_preferences(user_id: int) -> PreferenceRow:
    """The shell's view of a user."""
    return once(("preferences", user_id), lambda: _preferences(User.objects.select_related("access_role").get(pk=user_id)))


def wants_checklist(user_id: int) -> bool:
    """Whether somebody still wants to see what to do first."""
    return _beginnings(user_id)[0]


def _beginnings(user_id: int) -> tuple[bool, bool]:
    """Whether somebody wants the first steps, and has a second factor; asked once while a page is read."""
    found = once(
        ("beginnings", user_id),
        lambda: User.objects.filter(pk=user_id).values_list(
            "checklist_is_on", "factor_secret", Exists(Passkey.objects.filter(user_id=OuterRef("pk")))
        ).first(),
    )
    return (found[0], found[1] != "" or found[2]) if found else (False, False)


def keep_preferences(user_id: int, preferences: PreferenceRow) -> None:
    """Let this reading use what came along with a person."""
    put(("preferences", user_id), preferences)


def _preferences(user: User) -> PreferenceRow:
    return PreferenceRow(
        user.email, user.access_role.key, user.theme, user.density, user.language, user.time_zone, user.keyboard_is_on,
        user.week_start,
    )


def live_sign_in(sign_in_id: int, user_id: int) -> QuerySet[SignIn]:
    """The sign-in a session names, if it has not been ended; to be asked within another question."""
    return SignIn.objects.filter(pk=sign_in_id, user_id=user_id, ended_at__isnull=True)


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A browser somebody is signed in with; `browser` is what it calls itself."""

    id: int
    address: str
    browser: str
    created_at: datetime


def list_sign_ins(user_id: int, *, since: datetime) -> list[SignInRow]:
    """A user's live browsers that signed in since an instant, newest first."""
    found = SignIn.objects.filter(user_id=user_id, ended_at__isnull=True, created_at__gte=since).order_by("-created_at", "-pk")
    return [SignInRow(*row) for row in found.values_list("pk", "address", "browser", "created_at")[:100]]


@dataclass(frozen=True, slots=True)
class OwnTokenRow:
    """A token as its owner sees it; the token itself is known to nobody any more."""

    id: int
    name: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None


def list_tokens(user_id: int, *, now: datetime) -> list[OwnTokenRow]:
    """A user's live tokens, newest first."""
    live = ApiToken.objects.filter(user_id=user_id, revoked_at__isnull=True).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return [
        OwnTokenRow(key, name, None if scopes is None else tuple(scopes), created_at, expires_at)
        for key, name, scopes, created_at, expires_at in live.order_by("-pk").values_list("pk", "name", "scopes", "created_at", "expires_at")
    ]


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What the people's screen and the profile say of a sign-in."""

    id: int
    email: str
    role: str
    is_active: bool
    has_password: bool
    has_factor: bool
    recovery_codes: int
    language: str
    time_zone: str
    week_start: int
    theme: str
    density: str
    keyboard_is_on: bool
    version: int


def get_sign_in_facts(user_ids: Collection[int]) -> dict[int, SignInFacts]:
    """Facts about sign-ins by user id; one query."""
    users = User.objects.filter(pk__in=user_ids).select_related("access_role")
    unused = dict(
        RecoveryCode.objects.filter(user_id__in=user_ids, used_at__isnull=True)
        .order_by().values_list("user_id").annotate(count=Count("pk")).values_list("user_id", "count")
    )
    return {
        user.pk: SignInFacts(
            user.pk, user.email, user.access_role.key, user.is_active, user.has_usable_password(), bool(user.factor_secret),
            unused.get(user.pk, 0), user.language, user.time_zone, user.week_start, user.theme, user.density,
            user.keyboard_is_on, user.version,
        )
        for user in users
    }


def has_factor(user_id: int) -> bool:
    """Whether a sign-in asks for a second factor."""
    return _beginnings(user_id)[1]


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as its owner sees it; `is_synced` ones are on several devices of theirs."""

    id: int
    name: str
    is_synced: bool
    created_at: datetime
    used_at: datetime | None


def list_passkeys(user_id: int) -> list[PasskeyRow]:
    """A user's passkeys, the oldest first."""
    rows = Passkey.objects.filter(user_id=user_id).order_by("pk").values_list("pk", "name", "is_synced", "created_at", "used_at")
    return [PasskeyRow(*row) for row in rows]


def find_link_owner(*, token: str, purpose: str, now: datetime) -> tuple[int, str, str] | None:
    """Whom a live link of this kind belongs to, as (id, name, e-mail); None when it is used, over or never was."""
    live = AccessLink.objects.filter(digest=token_digest(token), purpose=purpose, used_at__isnull=True, expires_at__gt=now)
    return live.filter(user__is_active=True).values_list("user_id", "user__name", "user__email").first()


def list_invited(*, now: datetime) -> set[int]:
    """Users with an invitation that can still be accepted."""
    live = AccessLink.objects.filter(purpose="invite", used_at__isnull=True, expires_at__gt=now)
    return set(live.values_list("user_id", flat=True))


@dataclass(frozen=True, slots=True)
class RoleRights:
    """What of an access role differs from its defaults: permission → reach."""

    overrides: Mapping[str, str]
    version: int


def get_role_rights() -> dict[str, RoleRights]:
    """Every access role that differs from its defaults, by key."""
    return {key: RoleRights(overrides, version) for key, overrides, version in AccessRole.objects.values_list("key", "overrides", "version")}


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with what its members may do differently."""

    id: int
    name: str
    overrides: Mapping[str, str]
    version: int


def list_teams() -> list[TeamRow]:
    """Every team by name."""
    return [TeamRow(*row) for row in Team.objects.order_by("name").values_list("pk", "name", "overrides", "version")]


def rows_seen(
    actor: Actor, name: str, permissions: Sequence[str], build: Callable[[Actor, Values], QuerySet[Any, Any]],
    values: Values | None = None, *, is_kept: bool = False,
) -> list[tuple[Any, ...]]:
    """Prepared rows of a question whose visibility depends on the actor's person, team and reach in `permissions` alone."""
    question = question_of(actor, name, permissions, build, values)
    return rows(question.key, question.build, question.values, is_kept=is_kept)


def question_of(
    actor: Actor, name: str, permissions: Sequence[str], build: Callable[[Actor, Values], QuerySet[Any, Any]],
    values: Values | None = None,
) -> Question:
    """The same to be asked together with others."""
    key = (place_of(build), name, actor.is_system, actor.role in ("owner", "admin"), *(actor.scope_of(permission) for permission in permissions))
    mine = {"person": actor.person_id or 0, "team": actor.team_id or 0, **(values or {})}
    return Question(key, lambda given: build(replace(actor, person_id=given["person"], team_id=given["team"]), given), mine)
