"""The elements of an MS Project file: their texts, numbers, marks and moments, and what is left behind of them."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element

from wonward.domains.delivery.types.exchange import Loss
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_EXAMPLES = 5
_FIRST_YEAR, _LAST_YEAR = 1990, 2150
_NEVER = 1985


class Losses:
    """What is left behind, gathered by sentence."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def lose(self, what: str, example: str = "") -> None:
        self.found.setdefault(what, []).append(example)

    def all(self) -> tuple[Loss, ...]:
        return tuple(
            Loss(what, len(names), tuple(dict.fromkeys(name[:80] for name in names if name))[:_EXAMPLES]) for what, names in self.found.items()
        )


def text_of(row: Element, name: str) -> str:
    return (row.findtext(name) or "").strip()


def whole_of(row: Element, name: str, otherwise: int = 0) -> int:
    text = text_of(row, name)
    try:
        return max(-(2**31), min(2**31 - 1, int(float(text)))) if text else otherwise
    except (ValueError, OverflowError):
        return otherwise


def is_set(row: Element, name: str) -> bool:
    return text_of(row, name).lower() in ("1", "true")


def moment_of(text: str, what: str) -> datetime | None:
    """A local date and time; MS Project writes years before its own first one for "none"."""
    if not text or text == "NA":
        return None
    try:
        at = datetime.fromisoformat(text[:19])
    except ValueError:
        raise Refused.field("file", worded("“{what}” has the date “{text}”, which is none.", what=what, text=text[:40]), "date") from None
    if at.year < _NEVER:
        return None
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise Refused.field("file", worded("“{what}” has the date {at}; plans lie between {first_year} and {last_year}.", what=what, at=at.date(), first_year=_FIRST_YEAR, last_year=_LAST_YEAR), "date")
    return at
