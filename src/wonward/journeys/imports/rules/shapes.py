"""What the values of a column look like: which share of them could be of a type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wonward.journeys.imports.rules.dates import looks_like_date
from wonward.journeys.imports.rules.meanings import (
    COMMUNICATION_KINDS,
    DIRECTIONS,
    PROJECT_STATUSES,
    TASK_STATUSES,
    YES_NO,
    is_country,
    meaning_of,
)
from wonward.journeys.imports.rules.numbers import NumberForm, is_blank, is_currency, read_number

_EMAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]{2,}$")
_DOMAIN = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?:[/:?].*)?$", re.IGNORECASE)
_PHONE = re.compile(r"^[+(]?[\d\s().\-/]{5,}(?:(?:x|ext\.?)\s?\d+)?$", re.IGNORECASE)
_DURATION = re.compile(r"^(?:\d+(?:[.,]\d+)?\s*(?:w|d|h|m|s|weeks?|days?|hours?|hrs?|min(?:ute)?s?|tage?|std\.?|stunden?)\s*)+$", re.IGNORECASE)
_SAMPLED = 300


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its values; `sample` holds up to 300 distinct ones, in order."""

    index: int
    header: str
    filled: int
    sample: tuple[str, ...]

    @property
    def examples(self) -> tuple[str, ...]:
        return tuple(text[:60] for text in self.sample[:3])


def columns_of(headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> list[Column]:
    """Every column with a sample of its values."""
    columns = []
    for index, header in enumerate(headers):
        filled = 0
        distinct: dict[str, None] = {}
        for _, cells in rows:
            if text := cells[index]:
                filled += 1
                if len(distinct) < _SAMPLED:
                    distinct[text] = None
        columns.append(Column(index, header, filled, tuple(distinct)))
    return columns


def fit(column: Column, field_type: str) -> float | None:
    """The share of sampled values that could be of a type (0–1); None when nothing can be said."""
    check = _CHECKS.get(field_type)
    texts = [text for text in column.sample if not is_blank(text)]
    if check is None or not texts:
        return None
    return sum(1 for text in texts if check(text)) / len(texts)


def looks_like_email(text: str) -> bool:
    """Whether this is one e-mail address, bare or as `Name <address>`."""
    return bool(_EMAIL.match(_address(text)))


def _address(text: str) -> str:
    bare = text.strip()
    return bare[bare.rfind("<") + 1 : -1] if bare.endswith(">") and "<" in bare else bare


def _is_number(text: str) -> bool:
    for decimal in (".", ","):
        try:
            read_number(text, NumberForm(decimal))
        except ValueError:
            continue
        return True
    return False


def _is_year(text: str) -> bool:
    return text[:4].isdecimal() and 1000 <= int(text[:4]) <= 2200


def is_duration(text: str) -> bool:
    """Whether this is `2d 4h`, `3 hours` or a plain number."""
    return bool(_DURATION.match(text.strip())) or _is_number(text)


_CHECKS = {
    "email": lambda text: looks_like_email(re.split("[;,]", text)[0]),
    "domain": lambda text: bool(_DOMAIN.match(text.strip())),
    "phone": lambda text: bool(_PHONE.match(text.strip())),
    "number": _is_number,
    "integer": _is_number,
    "money": _is_number,
    "percent": lambda text: _is_number(text.replace("%", "")),
    "date": looks_like_date,
    "moment": looks_like_date,
    "yes_no": lambda text: bool(meaning_of(YES_NO, text)) or text.strip() in ("✓", "✔"),
    "currency": is_currency,
    "country": is_country,
    "year": _is_year,
    "minutes": is_duration,
    "task_status": lambda text: bool(meaning_of(TASK_STATUSES, text)),
    "project_status": lambda text: bool(meaning_of(PROJECT_STATUSES, text)),
    "communication_kind": lambda text: bool(meaning_of(COMMUNICATION_KINDS, text)),
    "direction": lambda text: bool(meaning_of(DIRECTIONS, text)),
    "name": lambda text: any(letter.isalpha() for letter in text),
    "text": lambda text: len(text) <= 1000,
}
