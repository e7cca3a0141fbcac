"""Reading, checking and writing the values of custom fields; pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wonward.foundation.custom_fields.types import CustomValue, FieldKind, NewField
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.money import Money
from wonward.kernel.wording import worded

LONGEST_TEXT = 500
MOST_FIELDS = 100
MOST_CHOICES = 200
MOST_TAGS = 30
LARGEST_NUMBER = Decimal(10) ** 15
_ADDRESS = re.compile(r"https?://[^\s/?#:@]+\.[^\s/?#:@]+(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
COLUMN_OF: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "text_value", FieldKind.LINK: "text_value", FieldKind.CHOICE: "text_value", FieldKind.TAGS: "text_value",
    FieldKind.NUMBER: "number_value", FieldKind.DATE: "date_value", FieldKind.MONEY: "whole_value", FieldKind.PERSON: "whole_value",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One value as its row keeps it; money is minor units in `whole` with the currency in `text`."""

    text: str = ""
    number: Decimal | None = None
    day: date | None = None
    whole: int | None = None


def read_value(kind: FieldKind, raw: object, *, choices: Sequence[str] = (), currency: str = "EUR") -> list[Stored]:
    """What somebody typed or sent, as rows to keep; none when it is empty. ValueError says in words what is wrong."""
    if raw is None or raw in ("", [], ()):
        return []
    if kind is FieldKind.TAGS:
        return [Stored(text=word) for word in _tags(raw)]
    if kind is FieldKind.NUMBER:
        return [Stored(number=_number(raw))]
    if kind is FieldKind.MONEY:
        money = _money(raw, currency)
        return [Stored(text=money.currency, whole=money.minor)]
    if kind is FieldKind.DATE:
        return [Stored(day=_day(raw))]
    if kind is FieldKind.PERSON:
        return [Stored(whole=_whole(raw))]
    text = _text(raw)
    if not text:
        return []
    if kind is FieldKind.CHOICE:
        found = next((choice for choice in choices if choice.casefold() == text.casefold()), None)
        if found is None:
            raise ValueError(worded("“{text}” is none of the choices: {choice}.", text=text[:60], choice=", ".join(choices)[:300]))
        return [Stored(text=found)]
    if kind is FieldKind.LINK:
        return [Stored(text=_link(text))]
    return [Stored(text=text)]


def sees_field(actor: Actor, kind: FieldKind) -> bool:
    """Whether a viewer may know fields of a kind: those of money need the right to amounts."""
    return kind is not FieldKind.MONEY or actor.may("custom_fields.money.view")


def value_of(kind: FieldKind, rows: Sequence[Stored]) -> CustomValue | None:
    """The value that rows keep; None without rows."""
    if not rows:
        return None
    if kind is FieldKind.TAGS:
        return tuple(sorted((row.text for row in rows), key=str.casefold))
    row = rows[0]
    if kind is FieldKind.MONEY:
        return Money(row.whole or 0, row.text)
    if kind is FieldKind.NUMBER:
        return None if row.number is None else plain_number(row.number)
    return {FieldKind.DATE: row.day, FieldKind.PERSON: row.whole}.get(kind, row.text)


def plain(value: CustomValue | None) -> object:
    """A value as JSON and the history keep it."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def plain_number(number: Decimal) -> Decimal:
    """Without zeros behind the point, and never as a power of ten."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral() else short


def key_of(label: str, taken: Sequence[str]) -> str:
    """A key for addresses and the API: plain letters and digits, once per noun."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:40] or "field"
    key, more = base, 2
    while key in taken:
        key, more = f"{base}_{more}", more + 1
    return key


def check_new(new: NewField) -> tuple[str, ...]:
    """The choices as they are kept, or Refused naming every fault."""
    errors = []
    if not new.label.strip() or len(new.label.strip()) > 80:
        errors.append(FieldError("label", "A field needs a name of at most 80 characters.", "required"))
    if new.kind is FieldKind.TAGS:
        errors.append(FieldError("kind", "Every record has tags already.", "taken"))
    choices = clean_choices(new.choices)
    if new.kind is FieldKind.CHOICE and not choices:
        errors.append(FieldError("choices", "Give at least one choice.", "required"))
    if len(choices) > MOST_CHOICES or any(len(choice) > 120 for choice in choices):
        errors.append(FieldError("choices", worded("A field has at most {most_choices} choices of at most 120 characters.", most_choices=MOST_CHOICES), "too_long"))
    if errors:
        raise Refused(errors[0].words, errors)
    return choices if new.kind is FieldKind.CHOICE else ()


def clean_choices(choices: Sequence[str]) -> tuple[str, ...]:
    """Each choice once, without the spaces around it."""
    found: dict[str, str] = {}
    for choice in choices:
        if words := " ".join(choice.split()):
            found.setdefault(words.casefold(), words)
    return tuple(found.values())


def read_condition(kind: FieldKind, text: str, *, person_id: int | None = None, currency: str = "EUR") -> dict[str, Any] | None:
    """A filter as lookups on a value's row: words for text, `a..b` for ranges, several choices with commas, `me` for a person.

    `none` asks for records without a value: an empty mapping. None when it cannot be read, which narrows nothing.
    """
    asked = text.strip()
    if asked == "none":
        return {}
    if not asked:
        return None
    column = COLUMN_OF[kind]
    if kind in (FieldKind.CHOICE, FieldKind.TAGS):
        words = [word.strip() for word in asked.split(",") if word.strip()]
        return {f"{column}__in": words} if words else None
    if kind in (FieldKind.TEXT, FieldKind.LINK):
        return {f"{column}__icontains": asked[:LONGEST_TEXT]}
    if kind is FieldKind.PERSON:
        if asked == "me":
            return {column: person_id or 0}
        return {column: int(asked)} if asked.isdecimal() and len(asked) < 16 else None
    return _range(kind, column, asked, currency)


def _range(kind: FieldKind, column: str, asked: str, currency: str) -> dict[str, Any] | None:
    first, dots, last = asked.partition("..")
    try:
        bounds = [_bound(kind, part, currency) if part.strip() else None for part in ((first, last) if dots else (first, first))]
    except ValueError:
        return None
    found = {f"{column}__{name}": bound for name, bound in zip(("gte", "lte"), bounds, strict=True) if bound is not None}
    return found or None


def _bound(kind: FieldKind, text: str, currency: str) -> object:
    (row,) = read_value(kind, text.strip(), currency=currency)
    return {FieldKind.NUMBER: row.number, FieldKind.DATE: row.day, FieldKind.MONEY: row.whole}[kind]


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(worded("This must be text."))
    text = " ".join(raw.replace("\x00", "").split())
    if len(text) > LONGEST_TEXT:
        raise ValueError(worded("This has {count} characters; at most {longest_text} fit.", count=len(text), longest_text=LONGEST_TEXT))
    return text


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        raise ValueError(worded("This must be a number."))
    words = re.sub(r"[\s'\u202f\u00a0]", "", str(raw))
    if words.count(",") == 1 and "." not in words:
        words = words.replace(",", ".")
    try:
        number = Decimal(words.replace(",", ""))
    except InvalidOperation:
        raise ValueError(worded("“{raw}” is not a number.", raw=str(raw)[:40])) from None
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        raise ValueError(worded("“{raw}” is too large.", raw=str(raw)[:40]))
    if number != round(number, 6):
        raise ValueError(worded("A number has at most six decimals."))
    return number


def _money(raw: object, currency: str) -> Money:
    if isinstance(raw, Money):
        return raw
    if isinstance(raw, Mapping):
        return Money.parse(str(raw.get("amount", "")), str(raw.get("currency") or currency).upper())
    text = str(raw).strip()
    if match := re.fullmatch(r"(.*?)\s*\b([A-Za-z]{3})", text):
        text, currency = match[1], match[2].upper()
    return Money.parse(str(_number(text)), currency)


def _day(raw: object) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        raise ValueError(worded("“{raw}” is not a date.", raw=str(raw)[:40])) from None


def _whole(raw: object) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isdecimal() or len(text) > 15:
        raise ValueError(worded("“{text}” is not a colleague.", text=text[:40]))
    return int(text)


def _link(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    if not _ADDRESS.fullmatch(address):
        raise ValueError(worded("“{text}” is not a web address.", text=text[:60]))
    return address


def _tags(raw: object) -> list[str]:
    if isinstance(raw, str):
        parts: Sequence[object] = raw.split(",")
    elif isinstance(raw, Sequence):
        parts = raw
    else:
        raise ValueError(worded("Tags are words."))
    found: dict[str, str] = {}
    for part in parts:
        word = _text(part).strip("#, ")
        if word:
            if len(word) > 40:
                raise ValueError(worded("“{word}…” is too long for a tag.", word=word[:40]))
            found.setdefault(word.casefold(), word)
    if len(found) > MOST_TAGS:
        raise ValueError(worded("A record has at most {most_tags} tags.", most_tags=MOST_TAGS))
    return list(found.values())
