"""One line per route and method: whom it serves, whose record it touches, and a body that is fine but for its ids.

`@noun` in an address, a query or a body is an id of the family at hand, `@@noun` a reference; `@noun.name` is one record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.world import BOSSES, HOME, MAY_CHANGE, ROLES, SEES, World
from wonward.foundation.access.policy import PERMISSIONS
from wonward.kernel.actor import Scope

ALL_PROJECTS = ("north", "south", "secret")
ALL_DEALS = ("open", "hidden", "north", "south", "peer", "secret")
OPEN_DEALS = ("open", "peer", "hidden")
LEADS = ("open", "peer", "away")
CLIENTS = ("north", "south", "secret")
ANY = ("",)
_IN_KEY = re.compile(r"@([a-z_]+\.[a-z]+)")
_SLOT = re.compile(r"^(@@?)([a-z_]+)(?:\.([a-z]+))?$")


@dataclass(frozen=True, slots=True)
class Line:
    """`target` is the noun whose record decides; "" when none does. `refuses` are families whose state says no."""

    surface: str
    name: str
    method: str
    path: str
    permission: str | None
    target: str = ""
    families: tuple[str, ...] = ANY
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    refuses: tuple[str, ...] = ()
    unseen: tuple[int, ...] = (404,)
    changes: str = ""
    needs: tuple[str, ...] = ()
    right: str = ""
    filters: tuple[Mapping[str, str], ...] = ()
    is_form: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.surface, self.name, self.method)

    def record(self, family: str) -> str:
        """The record that decides about a family."""
        return record_of(self.target, family) if self.target else ""


def record_of(noun: str, family: str) -> str:
    """`contact` of the family `open` is `contact.north`; deals, promises and notes have one of their own."""
    name = f"{noun}.{family}"
    if name in SEES or noun in ("person", "question", "template", "service", "stage", "form", "day", "objective"):
        return name
    return f"{noun}.{HOME[family]}"


def expected(line: Line, role: str, family: str) -> str:
    """`ok`, `forbidden`, `unseen` or `state`: what this role gets, told from the policy's defaults and the world."""
    reach = reach_of(line.permission, role)
    names_a_record = line.surface == "api" and "{" in line.path
    if reach is Scope.NONE and not names_a_record:
        return "forbidden"
    if line.target and role not in SEES[line.record(family)]:
        return "unseen"
    reach = reach_of(line.right or line.permission, role)
    if reach is Scope.NONE:
        return "forbidden"
    if line.changes and reach is not Scope.ALL and role not in MAY_CHANGE.get(record_of(line.changes, family), frozenset()):
        return "forbidden"
    if any(role not in SEES[record_of(noun, family)] for noun in line.needs):
        return "unseen"
    return "state" if family in line.refuses else "ok"


def reach_of(permission: str | None, role: str) -> Scope:
    """How far a permission reaches for a role by default; None and "" reach everybody signed in."""
    if not permission or role in BOSSES:
        return Scope.ALL
    return PERMISSIONS[permission].defaults.get(ROLES[role], Scope.NONE)


def fill(value: Any, world: World, family: str, swap: Mapping[str, Any] | None = None) -> Any:
    """A path, query or body with ids in it. `swap` replaces the slot at a dotted place by something else."""
    return _fill(value, world, family, dict(swap or {}), "")


def _fill(value: Any, world: World, family: str, swap: dict[str, Any], place: str) -> Any:
    if isinstance(value, Mapping):
        return {
            _IN_KEY.sub(lambda match: str(world.ids[match[1]]), key): _fill(one, world, family, swap, f"{place}.{key}")
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_fill(one, world, family, swap, f"{place}.{number}") for number, one in enumerate(value)]
    match = _SLOT.match(value) if isinstance(value, str) else None
    if match is None:
        return value
    if place in swap:
        return swap[place]
    kind, noun, name = match.groups()
    record = f"{noun}.{name}" if name else record_of(noun, family)
    if kind == "@@":
        return str(world.ref(record))
    return world.ids[record]


def slots(value: Any, place: str = "") -> Iterator[tuple[str, str, bool]]:
    """(place, noun, is it a reference) of every slot in a query or body."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from slots(one, f"{place}.{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from slots(one, f"{place}.{number}")
    elif isinstance(value, str) and (match := _SLOT.match(value)):
        yield place, match[2], match[1] == "@@"


def address(line: Line, world: World, family: str, swap: Mapping[str, int] | None = None) -> str:
    """The path with the ids of a family; `swap` replaces single nouns."""
    def put(match: re.Match[str]) -> str:
        noun = match[1]
        if swap and noun in swap:
            return str(swap[noun])
        return str(world.ids[record_of(noun, family) if "." not in noun else noun])

    return re.sub(r"\{([a-z_.]+)\}", put, line.path)


def path_nouns(line: Line) -> list[str]:
    """The nouns in the path."""
    return re.findall(r"\{([a-z_.]+)\}", line.path)


def api(method: str, path: str, name: str, permission: str | None, **more: Any) -> Line:
    return Line("api", name, method, path, permission, **more)


def web(method: str, path: str, name: str, permission: str | None, **more: Any) -> Line:
    return Line("web", name, method, path, permission, **more)
