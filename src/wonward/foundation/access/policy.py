"""The policy: permission names with their default reach per access role, and who sees which record.

Packages declare their permissions and nouns here at start; nothing else in the product decides rights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wonward.foundation.database.reading import put, recall
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotAllowed
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

if TYPE_CHECKING:
    from django.db.models import QuerySet

ROLES: Mapping[str, str] = {
    "owner": "Owner",
    "admin": "Admin",
    "leadership": "Leadership",
    "sales": "Sales",
    "marketing": "Marketing",
    "project_manager": "Project manager",
    "member": "Member",
    "finance": "Finance",
}
_EVERYTHING = ("owner", "admin")
AREA_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "sales": ("sales.", "handoff.rules."),
    "delivery": ("delivery.", "handoff.", "capacity.", "staff.booking.", "staff.time_off.", "timesheets."),
    "money": ("finance.",),
    "marketing": ("marketing.",),
    "portal": ("portal_access.",),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """A named right; `defaults` gives each access role its reach (missing = none)."""

    name: str
    label: str
    defaults: Mapping[str, Scope]


PERMISSIONS: dict[str, Permission] = {}
VisibleIds = Callable[[Actor], "QuerySet[Any]"]
FindActor = Callable[[int], "Actor | None"]
NamesOf = Callable[[Collection[int]], Mapping[int, str]]
VisibleAmong = Callable[[Actor, Collection[int]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Noun:
    """How one noun answers who sees what."""

    visible_ids: VisibleIds
    visible_among: VisibleAmong | None
    is_host: bool
    names_of: NamesOf | None = None
    tells_history: bool = False


_NOUNS: dict[str, Noun] = {}
_ACTOR_FINDERS: list[FindActor] = []


def declare(name: str, label: str, **defaults: Scope) -> None:
    """Declare a permission once; owner and admin always reach everything."""
    unknown = set(defaults) - set(ROLES)
    if unknown:
        raise ValueError(f"{name} names unknown access roles: {', '.join(sorted(unknown))}.")
    if name in PERMISSIONS:
        raise ValueError(f"The permission {name} is declared twice.")
    PERMISSIONS[name] = Permission(name, label, {**dict.fromkeys(_EVERYTHING, Scope.ALL), **defaults})
    _usual_grants.cache_clear()


def grants_of(
    role: str, overrides: Mapping[str, str] | None = None, team_overrides: Mapping[str, str] | None = None
) -> dict[str, Scope]:
    """Every permission of an access role with its reach; overrides win over defaults, a team's over its members' role's."""
    grants = dict(_usual_grants(role))
    if role == "owner":
        return grants
    if role == "admin":
        team_overrides = None
    for name, override in {**(overrides or {}), **(team_overrides or {})}.items():
        if name in PERMISSIONS:
            grants[name] = Scope(override)
    return grants


@lru_cache(maxsize=64)
def _usual_grants(role: str) -> Mapping[str, Scope]:
    """What an access role reaches before anybody changed it, until another permission is declared."""
    return {
        name: reach
        for name, permission in PERMISSIONS.items()
        if (reach := permission.defaults.get(role, Scope.NONE)) is not Scope.NONE
    }


def closed_prefixes(areas: Mapping[str, bool]) -> tuple[str, ...]:
    """How the names of rights and nouns begin that belong to areas which are switched off."""
    return tuple(prefix for area, prefixes in AREA_PREFIXES.items() if not areas.get(area, True) for prefix in prefixes)


def roles_in(areas: Mapping[str, bool], kept: str = "") -> dict[str, str]:
    """The access roles that have work where some areas are off, and the one somebody has."""
    left_out = {role for role, area in (("project_manager", "delivery"), ("sales", "sales")) if not areas.get(area, True)}
    return {key: words for key, words in ROLES.items() if key not in left_out or key == kept}


def without_areas(grants: Mapping[str, Scope], areas: Mapping[str, bool]) -> Mapping[str, Scope]:
    """The rights that are left once areas are switched off; nobody has a right in an area that is off, not even an owner."""
    closed = closed_prefixes(areas)
    return {name: reach for name, reach in grants.items() if not name.startswith(closed)} if closed else grants


def require(actor: Actor, permission: str) -> Scope:
    """The actor's reach for a declared permission, or NotAllowed."""
    if permission not in PERMISSIONS:
        raise LookupError(f"No package declares the permission {permission}.")
    reach = actor.scope_of(permission)
    if reach is Scope.NONE:
        raise NotAllowed(worded("Your access role does not include “{label}”.", label=worded(PERMISSIONS[permission].label)))
    return reach


def require_change(
    actor: Actor,
    permission: str,
    *,
    person_ids: Collection[int | None],
    team_ids: Collection[int | None] = (),
) -> None:
    """Reach OWN needs the actor among `person_ids` (owner, members) or leading one of `team_ids`."""
    reach = require(actor, permission)
    if reach is Scope.ALL:
        return
    if actor.person_id is not None and actor.person_id in person_ids:
        return
    if actor.leads_team_id is not None and actor.leads_team_id in team_ids:
        return
    if reach is Scope.TEAM and actor.team_id is not None and actor.team_id in team_ids:
        return
    raise NotAllowed("Only the owner, a member, the lead of their team or an admin may change this.")


def as_its_author(actor: Actor, permission: str) -> Actor:
    """Somebody who takes back what they changed themselves: that a record is no longer theirs by that change does not hinder them.

    Only for callers that know that nobody touched the record since. Who no longer has the right at all gets none.
    """
    return replace(actor, grants={**actor.grants, permission: Scope.ALL}) if actor.may(permission) else actor


def register_noun(
    noun: str, visible_ids: VisibleIds, *, visible_among: VisibleAmong | None = None, is_host: bool = True,
    names_of: NamesOf | None = None, tells_history: bool | None = None,
) -> None:
    """Tell the policy which ids of a noun an actor sees, as a subquery usable in any filter.

    Records that hang on others say `is_host=False` (nothing hangs on them in turn) and answer for given ids by
    `visible_among`, which is cheaper than asking for everything they could hang on. `names_of` tells what given ids are
    called, for those who have been shown to see them. Whoever sees a host reads its history; of other nouns only where
    `tells_history` says so.
    """
    if noun in _NOUNS:
        raise ValueError(f"The noun {noun} is registered twice.")
    _NOUNS[noun] = Noun(visible_ids, visible_among, is_host, names_of, is_host if tells_history is None else tells_history)


def known_nouns() -> tuple[str, ...]:
    """Every registered noun, sorted."""
    return tuple(sorted(_NOUNS))


def ways_to_see() -> tuple[VisibleIds, ...]:
    """How every noun is seen: what was worked out from them holds as long as they are the same."""
    return tuple(noun.visible_ids for noun in _NOUNS.values())


def host_nouns() -> tuple[str, ...]:
    """The nouns that communications, documents and comments hang on, sorted."""
    return tuple(sorted(name for name, noun in _NOUNS.items() if noun.is_host))


def tells_history(noun: str) -> bool:
    """Whether those who see a record of a noun may read who changed it."""
    return noun in _NOUNS and _NOUNS[noun].tells_history


def listed_nouns() -> tuple[str, ...]:
    """The nouns whose visible ids are cheap enough to filter whole lists by, sorted."""
    return tuple(sorted(name for name, noun in _NOUNS.items() if noun.visible_among is None))


def visible_ids(noun: str, actor: Actor) -> QuerySet[Any]:
    """A values_list subquery of the ids of `noun` the actor sees."""
    if noun not in _NOUNS:
        raise LookupError(f"No package registers the noun {noun}.")
    return _NOUNS[noun].visible_ids(actor)


def reaches_all(noun: str, actor: Actor) -> bool:
    """Whether the actor sees every record of the noun, so that a filter by `visible_ids` would only cost time."""
    return ids_unless_all(noun, actor) is None


def ids_unless_all(noun: str, actor: Actor) -> QuerySet[Any] | None:
    """`visible_ids`, or None where the actor sees every record of the noun."""
    found = visible_ids(noun, actor)
    return found if found.query.where else None


def visible_refs(actor: Actor, refs: Iterable[Ref]) -> set[Ref]:
    """Those of the given references that the actor sees; one query per noun, unknown nouns vanish."""
    wanted: dict[str, set[int]] = {}
    for ref in refs:
        wanted.setdefault(ref.noun, set()).add(ref.id)
    seen: set[Ref] = set()
    for name, ids in wanted.items():
        if noun := _NOUNS.get(name):
            known = {key for key in ids if recall(("seen", id(actor), name, key))}
            if ids - known:
                found = (
                    noun.visible_among(actor, ids - known)
                    if noun.visible_among
                    else noun.visible_ids(actor).filter(pk__in=ids - known)
                )
                for key in found:
                    known.add(key)
                    keep_seen(actor, Ref(name, key))
            seen.update(Ref(name, key) for key in known)
    return seen


def keep_seen(actor: Actor, ref: Ref) -> None:
    """Let this reading remember that the actor sees a record; it holds the actor, so that the key stays theirs."""
    put(("seen", id(actor), ref.noun, ref.id), actor)


def names_of(refs: Iterable[Ref]) -> dict[Ref, str]:
    """What records are called; one query per noun. It filters nothing: ask for what the reader sees."""
    wanted: dict[str, set[int]] = {}
    for ref in refs:
        wanted.setdefault(ref.noun, set()).add(ref.id)
    found: dict[Ref, str] = {}
    for name, ids in wanted.items():
        noun = _NOUNS.get(name)
        if noun is not None and noun.names_of is not None:
            found |= {Ref(name, key): words for key, words in noun.names_of(ids).items()}
    return found


def can_see(actor: Actor, ref: Ref) -> bool:
    """Whether one reference is visible to the actor."""
    return bool(visible_refs(actor, [ref]))


def register_actor_finder(find: FindActor) -> None:
    """Tell the policy how the actor of a user is built, for work that is done on behalf of people who are not there."""
    _ACTOR_FINDERS[:] = [find]


def actor_of_user(user_id: int) -> Actor | None:
    """The actor of a user with all their rights; None when they may not sign in any more."""
    if not _ACTOR_FINDERS:
        raise LookupError("No package says how the actor of a user is built.")
    return _ACTOR_FINDERS[0](user_id)
