"""People as they are pasted from a list, a spreadsheet or an address field; pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST_LINES = 500
_ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+\.[^\s<>,;\"']+")


@dataclass(frozen=True, slots=True)
class PastedPerson:
    """One line: `fault` is empty, `no_address`, `twice` or `here`. `role` is a key of the access roles."""

    line: int
    name: str
    email: str
    role: str
    fault: str = ""


def read_people(text: str, *, roles: Mapping[str, str], here: Collection[str] = ()) -> list[PastedPerson]:
    """Name, address and access role of every line that holds anything, in any order, with commas, semicolons, tabs or brackets.

    `roles` maps keys to the words people use for them; a line without a role is a member. `here` are addresses already known.
    """
    by_words = {word.casefold(): key for key, words in roles.items() for word in (key, key.replace("_", " "), words)}
    found: list[PastedPerson] = []
    seen: set[str] = set()
    for at, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _ADDRESS.search(line)
        email = match[0].lower().strip(".") if match else ""
        rest = line.replace(match[0], "\t") if match else line
        parts = [part.strip(" <>\"'()") for part in re.split(r"[,;\t]", rest)]
        role = next((by_words[part.casefold()] for part in parts if part.casefold() in by_words), "member")
        names = [part for part in parts if part and part.casefold() not in by_words]
        fault = "no_address" if not email else "twice" if email in seen else "here" if email in here else ""
        seen.add(email)
        found.append(PastedPerson(at, (names[0] if names else _name_of(email))[:160], email, role, fault))
    return found


def _name_of(email: str) -> str:
    """A name made of an address: mara.klein@… is Mara Klein."""
    return " ".join(part.capitalize() for part in re.split(r"[._-]+", email.partition("@")[0]) if part)
