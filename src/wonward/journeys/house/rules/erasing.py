"""Finding a person's words in texts and documents, and taking them out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

ERASED = "[erased]"
NOBODY = "Erased person"
FORMER_COLLEAGUE = "Former colleague"
# What a lead tells of the person it is.
LEAD_WORDS = ("name", "email", "phone", "title", "message", "website")
_SHORTEST = 4
_SHORTEST_PHONE = 6
_BETWEEN_WORDS = r"\s+"
_BETWEEN_DIGITS = r"[\s\-./()]*"


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """What finds any of the words, whole and in any case; numbers of a phone whatever stands between the digits."""
    found = {one for word in words if (one := _piece(" ".join(word.split())))}
    if not found:
        return None
    return re.compile("|".join(sorted(found, key=len, reverse=True)), re.IGNORECASE)


def _piece(word: str) -> str:
    digits = re.sub(r"\D", "", word)
    if len(digits) >= _SHORTEST_PHONE and not re.search(r"[^\d\s\-./()+]", word):
        return rf"(?<!\d)\+?{_BETWEEN_DIGITS.join(digits)}(?!\d)"
    if len(word) < _SHORTEST:
        return ""
    return rf"(?<!\w){_BETWEEN_WORDS.join(re.escape(part) for part in word.split())}(?!\w)"


def holds(value: Any, pattern: re.Pattern[str]) -> bool:
    """Whether a text, or any text within a document, holds one of the words."""
    if isinstance(value, str):
        return bool(pattern.search(value))
    if isinstance(value, dict):
        return any(holds(key, pattern) or holds(one, pattern) for key, one in value.items())
    return isinstance(value, list | tuple) and any(holds(one, pattern) for one in value)


def without(value: Any, pattern: re.Pattern[str]) -> Any:
    """The same with every one of the words taken out."""
    if isinstance(value, str):
        return pattern.sub(ERASED, value)
    if isinstance(value, dict):
        return {without(key, pattern): without(one, pattern) for key, one in value.items()}
    return [without(one, pattern) for one in value] if isinstance(value, list | tuple) else value


def parts_of_name(name: str) -> list[str]:
    """First and last names of their own, for texts that are surely about the person."""
    return [part for part in name.split() if len(part) >= _SHORTEST]
