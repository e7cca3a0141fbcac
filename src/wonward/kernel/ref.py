"""A reference to any record without a foreign key: `sales.deal:12`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"^([a-z_]+\.[a-z_]+):([0-9]{1,18})$")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """`noun` is `<package>.<record>`, `id` the integer key."""

    noun: str
    id: int

    def __str__(self) -> str:
        return f"{self.noun}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read `sales.deal:12`; anything else is a ValueError that quotes the text."""
        match = _SHAPE.match(text)
        if not match:
            raise ValueError(f"“{text[:80]}” is not a reference such as sales.deal:12.")
        return cls(match[1], int(match[2]))
