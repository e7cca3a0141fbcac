"""Who is meant by @Name. Pure decisions on plain values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

_AT = re.compile(r"(?<![\w.@])@(?=\w)")


def find_mentioned(text: str, names: Mapping[int, str]) -> set[int]:
    """The ids of the people whose name follows an @, whatever its case; the longest name that fits is meant.

    A first name alone is enough where only one person has it. Two people of one full name are both meant.
    """
    known = _known(names)
    folded = text.casefold()
    found: set[int] = set()
    for match in _AT.finditer(folded):
        rest = folded[match.end():]
        for name in sorted(known, key=len, reverse=True):
            if rest.startswith(name) and not rest[len(name):len(name) + 1].isalnum():
                found |= known[name]
                break
    return found


def _known(names: Mapping[int, str]) -> dict[str, set[int]]:
    known: dict[str, set[int]] = {}
    for key, name in names.items():
        if words := name.casefold().split():
            known.setdefault(" ".join(words), set()).add(key)
    first = Counter(name.casefold().split()[0] for name in names.values() if name.strip())
    for key, name in names.items():
        words = name.casefold().split()
        if words and first[words[0]] == 1:
            known.setdefault(words[0], set()).add(key)
    return known
