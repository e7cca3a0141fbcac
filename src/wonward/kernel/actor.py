"""Who acts, and how far their rights reach. Built once per request, never looked up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """How far a permission reaches, from nowhere to everywhere."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    RELATED = "related"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Actor:
    """One person, or the system, at work. `person_id` owns and is assigned; `user_id` signs in."""

    label: str
    user_id: int | None = None
    person_id: int | None = None
    team_id: int | None = None
    leads_team_id: int | None = None
    role: str = ""
    grants: Mapping[str, Scope] = field(default_factory=dict)
    token_scopes: frozenset[str] | None = None
    time_zone: str = "UTC"
    language: str = "en"
    via: str = "web"
    on_behalf_of: str = ""
    is_system: bool = False

    def scope_of(self, permission: str) -> Scope:
        """The reach of a permission for this actor; a token can only narrow it."""
        if self.token_scopes is not None and permission not in self.token_scopes:
            return Scope.NONE
        if self.is_system:
            return Scope.ALL
        return self.grants.get(permission, Scope.NONE)

    def may(self, permission: str) -> bool:
        """Whether the permission reaches anything at all."""
        return self.scope_of(permission) is not Scope.NONE


def system_actor(label: str = "Wonward", via: str = "system") -> Actor:
    """The product itself: scheduled work and reactions to facts."""
    return Actor(label=label, is_system=True, via=via, role="system")
