"""Writing contacts as vCard 3.0, which every address book reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LINE = 75


@dataclass(frozen=True, slots=True)
class Card:
    """What one card says. `points` are (kind, value)."""

    name: str
    company: str = ""
    title: str = ""
    points: Sequence[tuple[str, str]] = ()
    note: str = ""
    uid: str = ""


def write_cards(cards: Iterable[Card]) -> str:
    """Cards one after the other, lines ended and folded as RFC 2426 asks."""
    return "".join(f"{_fold(line)}\r\n" for card in cards for line in _lines(card))


def _lines(card: Card) -> list[str]:
    given, _, family = card.name.rpartition(" ")
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escape(card.name)}", f"N:{_escape(family)};{_escape(given)};;;"]
    if card.company:
        lines.append(f"ORG:{_escape(card.company)}")
    if card.title:
        lines.append(f"TITLE:{_escape(card.title)}")
    words = {"email": "EMAIL;TYPE=INTERNET", "phone": "TEL;TYPE=VOICE", "website": "URL"}
    lines += [f"{words.get(kind, f'X-{kind.upper()}')}:{_escape(value)}" for kind, value in card.points]
    if card.note:
        lines.append(f"NOTE:{_escape(card.note)}")
    if card.uid:
        lines.append(f"UID:{_escape(card.uid)}")
    return [*lines, "END:VCARD"]


def _escape(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def _fold(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + width
    return "\r\n".join([*parts, part])
