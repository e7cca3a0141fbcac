"""A row of the file as a record of its kind: plain values, and everything that did not fit."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wonward.journeys.imports.rules.dates import is_no_date, read_date, read_moment
from wonward.journeys.imports.rules.fields import FIELDS, Field
from wonward.journeys.imports.rules.formats import Formats
from wonward.journeys.imports.rules.meanings import YES_NO, meaning_of
from wonward.journeys.imports.rules.namesakes import best_namesake
from wonward.journeys.imports.rules.numbers import (
    NumberForm,
    ReadNumber,
    is_blank,
    read_number,
    resolve_currency,
    to_minor,
)
from wonward.journeys.imports.rules.shapes import looks_like_email
from wonward.journeys.imports.rules.words import same_key, tidy
from wonward.journeys.imports.types import Problem
from wonward.kernel.wording import joined, worded

Record = dict[str, Any]
_EMPTY_TEXTS = frozenset({"NULL", "\\N", "#N/A", "#REF!", "#VALUE!", "NaN"})
_PIECE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(w|d|h|m|s)", re.IGNORECASE)
_PIECE_MINUTES = {"w": 2400, "d": 480, "h": 60, "m": 1, "s": 1 / 60}
_DOMAIN = re.compile(r"^(?:[a-z]+://)?(?:[\w-]+\.)+[\w-]{2,}(?:[/:?#].*)?$", re.IGNORECASE)
_LARGEST_INTEGER = 2_000_000_000


@dataclass(slots=True)
class ReadRow:
    """A row as read. `external_id` is the file's own id or one made from what names the row; `is_own_id` tells which."""

    number: int
    record: Record
    external_id: str
    is_own_id: bool
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_stopped(self) -> bool:
        return any(problem.stops_row for problem in self.problems)

    def stop(self, column: str, message: str, code: str) -> None:
        """Leave the row out, saying why."""
        self.problems.append(Problem(self.number, column, message, code, True))

    def warn(self, column: str, message: str, code: str) -> None:
        """Let the row in, saying what it loses."""
        self.problems.append(Problem(self.number, column, message, code, False))


@dataclass(slots=True)
class Reader:
    """Reads the rows of one file. `fields` maps a field to its column; amounts without a sign are in `currency`."""

    kind: str
    headers: Sequence[str]
    fields: Mapping[str, int]
    formats: Formats
    currency: str
    zone: str
    own: Mapping[str, Field] = field(default_factory=dict)
    _known: dict[tuple[int, str], Any] = field(default_factory=dict)
    _seen: Counter[str] = field(default_factory=Counter)
    _ids: dict[str, int] = field(default_factory=dict)
    _sharers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def read(self, number: int, cells: Sequence[str]) -> ReadRow:
        """One row. Read the rows of a file in order: repeated ones are told apart by counting."""
        row = ReadRow(number, {}, "", False)
        for name, index in self.fields.items():
            text = cells[index]
            if not text or text in _EMPTY_TEXTS:
                continue
            value = self._value(row, self.own.get(name) or FIELDS[self.kind][name], index, text)
            if value is not None and value != "":
                row.record[name] = value
        _settle_currency(row, self.currency)
        _settle_names(self.kind, row)
        _settle_several(row)
        self._identify(row, cells)
        return row

    def _value(self, row: ReadRow, spec: Field, index: int, text: str) -> Any:
        known = self._known.get((index, text), self)
        if known is not self:
            return known
        try:
            value = _READERS.get(spec.type, _read_text)(self, index, text)
        except ValueError as error:
            stops = spec.name in ("value",)
            message: str = worded("Row {number}, {header}: {error}", number=row.number, header=self.headers[index], error=error.args[0])
            if not stops:
                message = joined([message, worded("It was left empty.")])
            row.problems.append(Problem(row.number, self.headers[index], message, f"bad_{spec.type}", stops))
            return None
        if isinstance(value, str) and len(value) > spec.longest:
            row.warn(self.headers[index], worded("Row {number}, {header}: the text was cut to {longest} characters.", number=row.number, header=self.headers[index], longest=spec.longest), "cut")
            return value[: spec.longest].rstrip()
        if len(text) < 60:
            self._known[index, text] = value
        return value

    def _identify(self, row: ReadRow, cells: Sequence[str]) -> None:
        own = row.record.get("external_id", "")
        row.is_own_id = bool(own)
        row.external_id = own or _named_by(self.kind, row.record)
        if self.kind == "contacts" and not own and row.record.get("email"):
            self._meet_sharers(row)
        if row.external_id:
            first = self._ids.setdefault(row.external_id, row.number)
            if first != row.number:
                what = worded("the id {own}", own=own) if own else f"“{row.record.get('name') or row.record.get('email')}”"
                row.stop("", worded("Row {number} repeats {what} of row {first}.", number=row.number, what=what, first=first), "repeated")
            return
        filled = sorted(f"{header}={text}" for header, text in zip(self.headers, cells, strict=True) if text)
        digest = "row:" + hashlib.sha256("\x1f".join(filled).encode()).hexdigest()[:32]
        self._seen[digest] += 1
        count = self._seen[digest]
        row.external_id = digest if count == 1 else f"{digest}#{count}"


    def _meet_sharers(self, row: ReadRow) -> None:
        """Two rows with one address are one person when their names may be one; else both come in."""
        name, email = row.record.get("name", ""), row.record["email"].casefold()
        sharers = self._sharers.setdefault(email, [])
        if first := best_namesake(name, sharers):
            what = f"“{next(other for number, other in sharers if number == first)}” ({email})"
            row.stop("", worded("Row {number} repeats {what} of row {first}.", number=row.number, what=what, first=first), "repeated")
            return
        if sharers:
            sentence = worded("Row {number}: {email} is the address of {other} in row {first}, too; both people come in.", number=row.number, email=email, other=sharers[0][1], first=sharers[0][0])
            row.warn("", sentence, "shared_address")
        sharers.append((row.number, name))


def digest_of(record: Record) -> str:
    """A fingerprint of what a row says, to see whether it has changed."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def _named_by(kind: str, record: Record) -> str:
    """What makes a row without id the same row when the file comes again; nothing for kinds whose rows have no name of their own."""
    name, email = same_key(record.get("name", "")), record.get("email", "").casefold()
    if kind in ("companies", "services"):
        return f"name:{name}"[:150] if name else ""
    if kind in ("contacts", "users"):
        place = same_key(record.get("company") or record.get("company_external_id") or record.get("team") or "") if kind == "contacts" else ""
        if kind == "users" and email:
            return f"email:{email}"[:150]
        return f"email:{email}|{name}"[:150] if email else f"name:{name}|{place}"[:150] if name else ""
    if kind == "leads":
        return f"email:{email}|{record.get('received_date', '')}"[:150] if email else ""
    if kind == "projects":
        return f"name:{name}|{same_key(record.get('company') or record.get('company_external_id') or '')}"[:150] if name else ""
    return ""


def _settle_names(kind: str, row: ReadRow) -> None:
    """A name from its parts, else from the address; a record without any name is stopped by its kind."""
    record = row.record
    if kind in ("contacts", "users", "leads"):
        first, last = record.pop("first_name", ""), record.pop("last_name", "")
        if not record.get("name"):
            record["name"] = tidy(f"{first} {last}")
        if kind == "leads":
            record["name"] = record["name"] or record.get("company") or record.get("email") or record.get("external_id", "")[:60]
        if not record["name"] and record.get("email"):
            record["name"] = record["email"]
            row.warn("", worded("Row {number} has no name; the e-mail address stands in for it.", number=row.number), "no_name")
        if not record["name"]:
            del record["name"]
    for message, is_missing in _missing(kind, record):
        if is_missing:
            row.stop("", worded("Row {number} {message}", number=row.number, message=message), "required")


def _settle_several(row: ReadRow) -> None:
    """Several companies or contacts in one cell, as `Acme;Beta`: the first name stands for them, and the row says so."""
    record = row.record
    companies, contacts = several(record.get("company", "")), several(record.get("contact", ""))
    ids = several(record.get("company_external_id", ""))
    if len(companies) > 1 or len(ids) > 1:
        names = ", ".join(companies if len(companies) > 1 else ids)
        row.warn("", worded("Row {number} names several companies, {names}; the first that is known is taken, and only that one.", number=row.number, names=names), "several_companies")
    if len(contacts) > 1 and not record.get("contact_external_id"):
        row.warn("", worded("Row {number} names several contacts, {names}; without their ids only the first is taken.", number=row.number, names=", ".join(contacts)), "several_contacts")
    for name, parts in (("company", companies), ("contact", contacts)):
        if len(parts) > 1:
            record[name] = parts[0]


def words_in(text: str) -> tuple[str, ...]:
    """The tags of a cell."""
    return tuple(word.strip()[:60] for word in text.replace(";", ",").split(",") if word.strip())


def several(text: str) -> list[str]:
    """The parts of a cell that holds several things."""
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _missing(kind: str, record: Record) -> Sequence[tuple[str, bool]]:
    has_name = bool(record.get("name"))
    if kind in ("companies", "services", "tasks", "projects"):
        return [(worded("has no name."), not has_name)]
    if kind == "leads":
        return [(worded("has neither name, company, e-mail address nor id."), not has_name)]
    if kind in ("contacts", "users"):
        return [(worded("has neither name nor e-mail address."), not has_name)]
    if kind == "communications":
        return [(worded("has no text."), not record.get("body") and not record.get("subject"))]
    says_something = any(record.get(name) for name in ("name", "company", "service", "external_id", "value", "contact"))
    return [(worded("says nothing about a deal."), not says_something)]


def _settle_currency(row: ReadRow, default: str) -> None:
    """Amounts become minor units of the currency of their sign, of the row's currency column, or of the default."""
    stated = row.record.get("currency", "")
    for name, value in row.record.items():
        if isinstance(value, ReadNumber):
            sign = value.currency
            currency = resolve_currency(sign, default=stated or default) if sign else stated or default
            minor, is_rounded = to_minor(value.value, currency)
            row.record[name] = [minor, currency]
            if is_rounded:
                row.warn("", worded("Row {number}: {value} {currency} was rounded to the smallest unit.", number=row.number, value=f"{value.value.normalize():f}", currency=currency), "rounded")


def _read_text(reader: Reader, index: int, text: str) -> str:
    return tidy(text)


def _read_long(reader: Reader, index: int, text: str) -> str:
    return text.strip()


def _read_email(reader: Reader, index: int, text: str) -> str:
    first = re.split("[;,]", text)[0].strip()
    if first.endswith(">") and "<" in first:
        first = first[first.rfind("<") + 1 : -1].strip()
    first = first.removeprefix("mailto:")
    if not looks_like_email(first):
        raise ValueError(worded("“{text}” is not an e-mail address.", text=text[:60]))
    return first.lower()


def _read_domain(reader: Reader, index: int, text: str) -> str:
    if not _DOMAIN.match(text.strip()):
        raise ValueError(worded("“{text}” is not a web address.", text=text[:60]))
    return text.strip()


def _read_amount(reader: Reader, index: int, text: str) -> ReadNumber | None:
    if is_blank(text):
        return None
    number = read_number(text, NumberForm(reader.formats.decimals.get(index, ".")))
    in_header = reader.formats.currencies.get(index, "")
    return ReadNumber(number.value, number.currency or in_header)


def _read_number(reader: Reader, index: int, text: str) -> str | None:
    number = _read_amount(reader, index, text)
    return None if number is None else f"{number.value.normalize():f}"


def _read_integer(reader: Reader, index: int, text: str) -> int | None:
    number = _read_amount(reader, index, text)
    if number is None:
        return None
    whole = int(number.value.to_integral_value(rounding=ROUND_HALF_UP))
    if not 0 <= whole <= _LARGEST_INTEGER:
        raise ValueError(worded("“{text}” is outside what may be counted.", text=text[:40]))
    return whole


def _read_percent(reader: Reader, index: int, text: str) -> int | None:
    if is_blank(text):
        return None
    value = read_number(text.replace("%", "").strip(), NumberForm(reader.formats.decimals.get(index, "."))).value
    percent = value * 100 if Decimal(0) < value < 1 else value
    if not 0 <= percent <= 100:
        raise ValueError(worded("“{text}” is not between 0 and 100 percent.", text=text[:40]))
    return int(percent.to_integral_value(rounding=ROUND_HALF_UP))


def _read_date(reader: Reader, index: int, text: str) -> str | None:
    if is_blank(text) or is_no_date(text):
        return None
    return read_date(text, reader.formats.orders.get(index, "dmy"), zone=reader.zone).isoformat()


def _read_moment(reader: Reader, index: int, text: str) -> str | None:
    if is_blank(text) or is_no_date(text):
        return None
    return read_moment(text, reader.formats.orders.get(index, "dmy"), zone=reader.zone).isoformat()


def _read_yes_no(reader: Reader, index: int, text: str) -> bool | None:
    meaning = meaning_of(YES_NO, text) or ("yes" if text.strip() in ("✓", "✔") else "")
    if not meaning and not is_blank(text):
        raise ValueError(worded("“{text}” is neither yes nor no.", text=text[:40]))
    return meaning == "yes" if meaning else None


def _read_currency(reader: Reader, index: int, text: str) -> str:
    return resolve_currency(read_number(f"{text.strip()} 1", NumberForm(".")).currency, default=reader.currency)


def _read_year(reader: Reader, index: int, text: str) -> int:
    if not (text[:4].isdecimal() and 1000 <= int(text[:4]) <= 2200):
        raise ValueError(worded("“{text}” is not a year.", text=text[:40]))
    return int(text[:4])


def _read_minutes(reader: Reader, index: int, text: str) -> int | None:
    if is_blank(text):
        return None
    pieces = _PIECE.findall(text)
    if pieces:
        return round(sum(float(amount.replace(",", ".")) * _PIECE_MINUTES[unit.lower()] for amount, unit in pieces))
    number = read_number(text, NumberForm("," if "," in text else ".")).value
    minutes = round(float(number) * reader.formats.units.get(index, 60.0))
    if not 0 <= minutes <= _LARGEST_INTEGER:
        raise ValueError(worded("“{text}” is outside what may be planned.", text=text[:40]))
    return minutes


def _read_id(reader: Reader, index: int, text: str) -> str:
    text = text.removeprefix("@")
    return tidy(text).removesuffix(".0") if text.removesuffix(".0").isdecimal() else tidy(text)


def _read_ids(reader: Reader, index: int, text: str) -> str:
    return tidy(text)


_READERS: Mapping[str, Callable[[Reader, int, str], Any]] = {
    "long_text": _read_long, "email": _read_email, "domain": _read_domain, "money": _read_amount, "number": _read_number,
    "integer": _read_integer, "percent": _read_percent, "date": _read_date, "moment": _read_moment, "yes_no": _read_yes_no,
    "currency": _read_currency, "year": _read_year, "minutes": _read_minutes, "id": _read_id, "ids": _read_ids,
}
