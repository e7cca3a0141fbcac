"""By what else than words records are found: packages say in their `nouns` room which of theirs belong to given clients or owners."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

CLIENT, OWNER = "client", "owner"
IdsOf = Callable[[Collection[int]], "QuerySet[Any]"]

_FACETS: dict[tuple[str, str], IdsOf] = {}


def register_facet(noun: str, facet: str, ids_of: IdsOf) -> None:
    """Let records of a noun be found by a facet; `ids_of` gives those of the given clients (companies) or owners (people)."""
    if (noun, facet) in _FACETS:
        raise ValueError(f"The facet {facet} of {noun} is registered twice.")
    _FACETS[noun, facet] = ids_of


def find_facet(noun: str, facet: str) -> IdsOf | None:
    """How a noun answers a facet; None when it has none."""
    return _FACETS.get((noun, facet))
