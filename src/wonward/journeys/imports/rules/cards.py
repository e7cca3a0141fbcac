"""vCards of any version (2.1, 3.0, 4.0) to a table: one row per card, in columns whose names the mapping knows."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wonward.journeys.imports.rules.delimited import Record
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

COLUMNS = ("Id", "Full name", "First name", "Last name", "E-mail", "Work email", "Phone", "Mobile phone", "Further addresses and numbers",
           "Job title", "Company", "Company website", "Tags", "Note", "Address", "Birthday")
_NEW_PROPERTY = re.compile(r"^[A-Za-z0-9.\-]+[;:]")
_SPLIT = re.compile(r"(?<!\\);")
_LISTED = re.compile(r"(?<!\\),")
_MOST_CARDS = 100_000


@dataclass(slots=True)
class _Card:
    """What is gathered of one card."""

    texts: dict[str, str] = field(default_factory=dict)
    emails: list[str] = field(default_factory=list)
    phones: list[tuple[bool, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def looks_like_cards(text: str) -> bool:
    """Whether the text starts as a vCard does."""
    return text.lstrip("\ufeff \r\n\t")[:11].upper() == "BEGIN:VCARD"


def read_cards(text: str) -> list[Record]:
    """A header record and one record per card that says anything."""
    rows = [Record(1, list(COLUMNS))]
    card: _Card | None = None
    depth = 0
    for name, params, value in _properties(text):
        if name == "BEGIN":
            depth += 1
            card = _Card() if depth == 1 else card
        elif name == "END":
            depth = max(0, depth - 1)
            if depth == 0 and card is not None:
                cells = _cells(card)
                if any(cells):
                    rows.append(Record(len(rows) + 1, cells))
                card = None
            if len(rows) > _MOST_CARDS:
                raise Refused.field("file", worded("The file has more than {most_cards} cards. Split it.", most_cards=f"{_MOST_CARDS:,}"), "too_large")
        elif depth == 1 and card is not None:
            _take(card, name, params, value)
    return rows


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and decoded value of every property, lines unfolded."""
    for line in _unfolded(text):
        head, value = _parted(line)
        if not head:
            continue
        name, _, params = head.partition(";")
        params = params.upper()
        if "QUOTED-PRINTABLE" in params:
            raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
            charset = re.search(r"CHARSET=\"?([\w-]+)", params)
            try:
                value = raw.decode(charset[1] if charset else "utf-8", "replace")
            except LookupError:
                value = raw.decode("utf-8", "replace")
        elif "BASE64" in params or "ENCODING=B" in params:
            value = ""
        yield name.rpartition(".")[2].upper(), params, value


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines: folded ones put together, soft breaks of quoted-printable too, and the naked lines of old pictures."""
    whole = ""
    for line in text.lstrip("\ufeff").splitlines():
        if line[:1] in (" ", "\t"):
            whole += line[1:]
        elif whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper():
            whole = whole[:-1] + line
        elif whole and not _NEW_PROPERTY.match(line):
            whole += line if "BASE64" in whole[:200].upper() else ""
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole


def _parted(line: str) -> tuple[str, str]:
    """Before and after the first colon that stands outside quotes."""
    quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[:place], line[place + 1 :]
    return "", ""


def _take(card: _Card, name: str, params: str, value: str) -> None:
    plain = _plain(value)
    if name == "N":
        parts = [_plain(part) for part in _SPLIT.split(value)]
        card.texts.setdefault("Last name", parts[0])
        card.texts.setdefault("First name", parts[1] if len(parts) > 1 else "")
    elif name == "EMAIL" and "@" in plain:
        card.emails.append(plain.removeprefix("mailto:"))
    elif name == "TEL" and plain:
        card.phones.append(("CELL" in params or "MOBILE" in params, plain.removeprefix("tel:")))
    elif name in ("CATEGORIES", "X-CATEGORIES"):
        card.tags += [_plain(part) for part in _LISTED.split(value)]
    elif name == "ADR":
        card.texts.setdefault("Address", ", ".join(part for part in (_plain(one) for one in _SPLIT.split(value)) if part))
    elif name == "ORG":
        card.texts.setdefault("Company", _plain(_SPLIT.split(value)[0]))
    else:
        column = {"FN": "Full name", "TITLE": "Job title", "ROLE": "Job title", "NOTE": "Note", "UID": "Id", "URL": "Company website", "BDAY": "Birthday"}.get(name)
        if column and plain:
            card.texts.setdefault(column, plain)


def _plain(value: str) -> str:
    """Without the backslashes the format asks for."""
    text = re.sub(r"\\([nN])", "\n", value)
    return re.sub(r"\\(.)", r"\1", text).strip()


def _cells(card: _Card) -> list[str]:
    """A name is built of its parts, or taken from the company or the address, when the card has none."""
    texts = dict(card.texts)
    emails = list(dict.fromkeys(card.emails))
    mobiles = [number for is_mobile, number in card.phones if is_mobile]
    phones = [number for is_mobile, number in card.phones if not is_mobile]
    built = " ".join(part for part in (texts.get("First name", ""), texts.get("Last name", "")) if part)
    texts["Full name"] = texts.get("Full name", "") or built or texts.get("Company", "") or (emails[0] if emails else "")
    texts |= {
        "E-mail": _at(emails, 0), "Work email": _at(emails, 1), "Phone": _at(phones, 0), "Mobile phone": _at(mobiles, 0),
        "Further addresses and numbers": "; ".join([*emails[2:], *phones[1:], *mobiles[1:]]),
        "Tags": ", ".join(dict.fromkeys(tag for tag in card.tags if tag)),
    }
    return [texts.get(column, "") for column in COLUMNS]


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""
