"""Making users and teams, and what they may change about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import available_timezones

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wonward.foundation.access.models import AccessRole, Team, User
from wonward.foundation.access.policy import PERMISSIONS, ROLES, require
from wonward.foundation.access.rules import check_password_strength
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound, Refused, Stale
from wonward.kernel.wording import worded

THEMES, DENSITIES, LANGUAGES = ("light", "dark", "system"), ("normal", "compact"), ("en", "en-gb", "de")


@transaction.atomic
def create_user(
    *, actor: Actor, email: str, name: str, role: str, password: str | None, time_zone: str = "UTC", now: datetime
) -> int:
    """Add a sign-in; without a password nobody can use it until they are invited. Returns the user's id."""
    require(actor, "access.user.manage")
    address = _address(email)
    if password is not None:
        check_password_strength(password, address)
    user = User(
        email=address, name=name.strip() or address, access_role=_role(role), time_zone=time_zone,
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
def change_preferences(
    *, actor: Actor, theme: str | None = None, density: str | None = None, language: str | None = None,
    time_zone: str | None = None, week_start: int | None = None, keyboard_is_on: bool | None = None,
    checklist_is_on: bool | None = None, now: datetime,
) -> dict[str, list[object]]:
    """Store the viewer's own look and habits; what changed, as field → [before, after]. `week_start` 0 is Monday, 6 Sunday."""
    choices: dict[str, tuple[object, object]] = {
        "theme": (theme, THEMES), "density": (density, DENSITIES), "language": (language, LANGUAGES),
        "week_start": (week_start, (0, 5, 6)), "keyboard_is_on": (keyboard_is_on, (True, False)),
        "checklist_is_on": (checklist_is_on, (True, False)),
    }
    changes: dict[str, object] = {}
    for field, (value, known) in choices.items():
        if value is not None:
            if value not in known:  # type: ignore[operator]
                raise Refused.field(field, worded("“{value}” is not a {field}.", value=value, field=field.replace("_", " ")))
            changes[field] = value
    if time_zone is not None:
        if time_zone not in available_timezones():
            raise Refused.field("time_zone", worded("“{time_zone}” is not a time zone.", time_zone=time_zone[:60]))
        changes["time_zone"] = time_zone
    if not changes or not actor.user_id:
        return {}
    before = User.objects.filter(pk=actor.user_id).values(*changes).get()
    User.objects.filter(pk=actor.user_id).update(**changes, updated_at=now)
    return {field: [before[field], value] for field, value in changes.items() if before[field] != value}


@transaction.atomic
def change_user(*, user_id: int, changes: Mapping[str, object], now: datetime) -> dict[str, list[object]]:
    """Change name, e-mail, access role (by key) or `is_active`; what changed. A new role or the end of a sign-in ends sessions.

    The caller has settled the right. Refused for an address that is taken, and for the last owner's last right.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("access_role").get(pk=user_id)
    audit: dict[str, list[object]] = {}
    values = dict(changes)
    if (role := values.pop("role", None)) is not None and role != user.access_role.key:
        _keep_an_owner(user, "role")
        audit["role"] = [user.access_role.key, role]
        user.access_role = _role(str(role))
    if (is_active := values.pop("is_active", None)) is not None and is_active != user.is_active:
        if not is_active:
            _keep_an_owner(user, "is_active")
        audit["is_active"] = [user.is_active, is_active]
        user.is_active = bool(is_active)
    if "email" in values:
        values["email"] = _address(str(values["email"]), user_id)
    for field in ("name", "email"):
        if field in values and values[field] != getattr(user, field):
            audit[field] = [getattr(user, field), values[field]]
            setattr(user, field, values[field])
    if not audit:
        return {}
    if {"role", "is_active", "email"} & set(audit):
        user.session_epoch += 1
    user.version += 1
    user.updated_at = now
    user.save()
    return audit


def _role(key: str) -> AccessRole:
    if key not in ROLES:
        raise Refused.field("role", worded("“{key}” is not an access role. Choose one of: {roles}.", key=key, roles=", ".join(ROLES)))
    return AccessRole.objects.get_or_create(key=key)[0]


def _address(text: str, user_id: int | None = None) -> str:
    address = text.strip().lower()
    if "@" not in address or len(address) > 254:
        raise Refused.field("email", worded("“{text}” is not an e-mail address.", text=text[:80]))
    if User.objects.filter(email=address).exclude(pk=user_id or 0).exists():
        raise Refused.field("email", worded("{address} already has a sign-in.", address=address), "taken")
    return address


def _keep_an_owner(user: User, field: str) -> None:
    """Somebody must be able to change everything: the last active owner stays one."""
    owners = User.objects.select_for_update(of=("self",)).filter(access_role__key="owner", is_active=True).order_by("pk")
    if user.access_role.key == "owner" and user.is_active and {owner.pk for owner in owners} == {user.pk}:
        raise Refused.field(
            field, worded("{name} is the only owner. Make somebody else an owner first, or nobody could manage this installation.", name=user.name),
            "last_owner",
        )


@transaction.atomic
def change_role_rights(
    *, actor: Actor, role: str, reaches: Mapping[str, str], version: int | None = None
) -> dict[str, list[object]]:
    """Set how far permissions reach for an access role; what changed. The owner's rights cannot be changed.

    A reach equal to the default is forgotten, so that a later default counts.
    """
    require(actor, "access.user.manage")
    if role == "owner" or role not in ROLES:
        raise Refused.field("role", "An owner may do everything; that cannot be changed.")
    row, _ = AccessRole.objects.select_for_update().get_or_create(key=role)
    _check_version(row.version, version)
    audit = _override(row.overrides, reaches, role)
    if role == "admin" and row.overrides.get("access.user.manage") == "none" and actor.role == "admin":
        raise Refused.field("access.user.manage", "You would take the right to change this from yourself; ask an owner.", "own_right")
    if audit:
        AccessRole.objects.filter(pk=row.pk).update(overrides=row.overrides, version=row.version + 1)
    return audit


@transaction.atomic
def change_team_rights(*, actor: Actor, team_id: int, reaches: Mapping[str, str], version: int | None, now: datetime) -> dict[str, list[object]]:
    """Set how far permissions reach for the members of a team, whatever their access role; "" follows the role again."""
    require(actor, "access.user.manage")
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFound("team", team_id)
    _check_version(team.version, version)
    audit = _override(team.overrides, reaches, "")
    if audit:
        Team.objects.filter(pk=team_id).update(overrides=team.overrides, version=team.version + 1, updated_at=now)
    return audit


def _check_version(current: int, yours: int | None) -> None:
    if yours is not None and yours != current:
        raise Stale("Somebody else changed these rights in the meantime.", current={"version": current}, yours={"version": yours})


def _override(overrides: dict[str, str], reaches: Mapping[str, str], role: str) -> dict[str, list[object]]:
    audit: dict[str, list[object]] = {}
    for name, reach in reaches.items():
        if name not in PERMISSIONS or reach not in ("", *Scope):
            raise Refused.field(name, worded("{name} cannot reach “{reach}”.", name=name, reach=reach), "unknown")
        default = PERMISSIONS[name].defaults.get(role, Scope.NONE).value if role else ""
        before = overrides.get(name, default)
        if reach == default:
            overrides.pop(name, None)
        else:
            overrides[name] = reach
        if before != reach:
            audit[name] = [before, reach]
    return audit


@transaction.atomic
def rename_team(*, actor: Actor, team_id: int, name: str, version: int | None, now: datetime) -> dict[str, list[object]]:
    """Give a team another name; what changed."""
    require(actor, "access.user.manage")
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFound("team", team_id)
    _check_version(team.version, version)
    words = name.strip()[:120]
    if not words:
        raise Refused.field("name", "A team needs a name.", "required")
    if Team.objects.filter(name=words).exclude(pk=team_id).exists():
        raise Refused.field("name", worded("There is a team {words} already.", words=words), "taken")
    if words == team.name:
        return {}
    Team.objects.filter(pk=team_id).update(name=words, version=team.version + 1, updated_at=now)
    return {"name": [team.name, words]}
