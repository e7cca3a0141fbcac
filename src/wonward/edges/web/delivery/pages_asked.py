"""Which page of a list an address asks for."""

from __future__ import annotations

from collections.abc import Mapping


def page_asked(query: Mapping[str, str], name: str = "page") -> int:
    """The number of the page, from 1; the first one when the address says none or nonsense."""
    wanted = query.get(name, "")
    return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 6 else 1
