"""When two pieces of work are probably the same."""

from __future__ import annotations

import re
import unicodedata

ALIKE = 75
_SMALL = frozenset([
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    "und", "der", "die", "das", "den", "dem", "mit", "von", "zu", "im", "am",
])


def words_of(name: str) -> frozenset[str]:
    """The words that count, without case, accents, marks and plural endings."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    found = re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one)))
    return frozenset(_stem(word) for word in found if word not in _SMALL) or frozenset(found)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def likeness(one: str, other: str) -> int:
    """How many of the words of both names they share, 0 to 100."""
    left, right = words_of(one), words_of(other)
    if not left or not right:
        return 0
    return round(100 * len(left & right) / len(left | right))
