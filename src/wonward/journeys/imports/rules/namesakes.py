"""Whether two names may be one person's: what keeps an address shared by several people from making them one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from wonward.domains.clients.rules.folding import person_words

_NEARLY = 0.8


def may_be_one(name: str, other: str) -> bool:
    """Same names in any order, a name left out, an initial, a slip, or the same given name with another family name."""
    if "@" in name or "@" in other:
        return True
    one, two = person_words(name), person_words(other)
    if not one or not two or set(one) <= set(two) or set(two) <= set(one):
        return True
    return one[0] == two[0] or (one[-1] == two[-1] and _agree(one[0], two[0]))


def best_namesake(name: str, people: Sequence[tuple[int, str]]) -> int | None:
    """Of people given as (id, name), who may be the one of this name: first somebody of exactly these names."""
    same = [key for key, other in people if sorted(person_words(other)) == sorted(person_words(name))]
    near = [key for key, other in people if may_be_one(name, other)]
    return next(iter([*same, *near]), None)


def _agree(given: str, other: str) -> bool:
    return given.startswith(other) or other.startswith(given) or SequenceMatcher(None, given, other).ratio() >= _NEARLY
