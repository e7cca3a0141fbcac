"""Which records may have custom fields, who may fill them in, and what may ask for them. Packages say so at start."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

RequireChange = Callable[[Actor, int], None]
ListPlaces = Callable[[], Sequence[tuple[Ref, str]]]
FindPlaces = Callable[[Collection[int]], Mapping[int, Ref]]


@dataclass(frozen=True, slots=True)
class Host:
    """A noun with fields. `require_change` raises NotFound or NotAllowed; `list_places` names what may ask for fields.

    `find_places` says where records stand now, by id; what that place asks for is not emptied.
    """

    noun: str
    require_change: RequireChange
    list_places: ListPlaces | None = None
    find_places: FindPlaces | None = None


_HOSTS: dict[str, Host] = {}


def register_fields(
    noun: str, require_change: RequireChange, *, list_places: ListPlaces | None = None, find_places: FindPlaces | None = None
) -> None:
    """Let records of a noun have custom fields."""
    if noun in _HOSTS:
        raise ValueError(f"The noun {noun} has its fields registered twice.")
    _HOSTS[noun] = Host(noun, require_change, list_places, find_places)


def find_host(noun: str) -> Host | None:
    """The host of a noun, None when its records have no fields."""
    return _HOSTS.get(noun)


def host_nouns() -> tuple[str, ...]:
    """Every noun with fields, in the order of registration."""
    return tuple(_HOSTS)


def places_of(noun: str) -> dict[Ref, str]:
    """What may ask for fields of a noun, each in words."""
    host = _HOSTS.get(noun)
    return dict(host.list_places()) if host and host.list_places else {}
