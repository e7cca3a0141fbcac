"""What stands in a header: words, people, dates, names of e-mails, and values with parameters. Each reads its text once."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from urllib.parse import unquote_to_bytes

from wonward.foundation.mail.reading.charsets import read_text, read_transfer, tidy_line
from wonward.foundation.mail.reading.received import Mailbox

LONGEST_NAME = 200
_LONGEST_ADDRESS, _LONGEST_VALUE, _LONGEST_DATE = 254, 10_000, 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_ENCODED = re.compile(r"=\?([!-<>@-~]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_CONTINUED = re.compile(r"([^*]{1,60})(?:\*(\d{1,3}))?(\*)?")
_AT_ONCE = " \t\r\n"


def read_words(raw: str) -> str:
    """The text of a header with its encoded words (RFC 2047) read; a character torn between two of them is put together again."""
    found: list[str] = []
    kept, charset, place = b"", "", 0
    for word in _ENCODED.finditer(raw):
        between = raw[place : word.start()]
        alphabet = word[1].split("*")[0].lower()
        if kept and (between.strip(_AT_ONCE) or alphabet != charset):
            found.append(read_text(kept, charset))
            kept = b""
        if between.strip(_AT_ONCE) or not place:
            found.append(between)
        kept, charset, place = kept + _encoded_bytes(word[2], word[3]), alphabet, word.end()
    return "".join([*found, read_text(kept, charset) if kept else "", raw[place:]])


def _encoded_bytes(way: str, text: str) -> bytes:
    content = text.encode("utf-8", "replace")
    if way in "bB":
        try:
            return read_transfer(content, "base64")
        except binascii.Error:
            return content
    return binascii.a2b_qp(content, header=True)


def read_instant(raw: str) -> datetime | None:
    """The moment a date header names as a UTC instant; None for no date, or one outside the years 1900 to 2199."""
    try:
        parts = parsedate_tz(raw[:_LONGEST_DATE])
        if parts is None:
            return None
        moment = datetime(*parts[:6], tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def read_message_ids(raw: str) -> list[str]:
    """The names of e-mails in a header, without their brackets; a bare one counts where there are no brackets."""
    found = _MESSAGE_ID.findall(raw) or [word for word in raw[:_LONGEST_VALUE].split()[:1] if "@" in word and len(word) <= 900]
    return [name for one in found if (name := tidy_line(one, 900))]


def read_parameters(raw: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="utf-8"` as its value in small letters and its parameters, RFC 2231 included."""
    value, *pieces = _split_outside_quotes(raw[:_LONGEST_VALUE], ";")
    plain: dict[str, str] = {}
    torn: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces:
        name, is_given, text = piece.partition("=")
        found = _CONTINUED.fullmatch(name.strip().lower())
        if not is_given or found is None:
            continue
        bare = _unquoted(text.strip())
        if found[2] or found[3]:
            torn.setdefault(found[1], {}).setdefault(int(found[2] or 0), (bare, bool(found[3])))
        else:
            plain.setdefault(found[1], bare)
    return value.strip().lower(), plain | {name: _joined(parts) for name, parts in torn.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    charset, content = "", b""
    for number in sorted(parts):
        text, is_encoded = parts[number]
        if is_encoded and number == min(parts) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        content += unquote_to_bytes(text) if is_encoded else text.encode("utf-8", "replace")
    return read_text(content, charset)


def _split_outside_quotes(text: str, mark: str) -> Iterator[str]:
    start, is_quoted, is_escaped = 0, False, False
    for place, letter in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif letter == "\\" and is_quoted:
            is_escaped = True
        elif letter == '"':
            is_quoted = not is_quoted
        elif letter == mark and not is_quoted:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != '"':
        return text
    inner = text[1:-1] if text.endswith('"') else text[1:]
    return re.sub(r"\\(.)", r"\1", inner)


@dataclass(slots=True)
class _Person:
    """A mailbox while it is read."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None

    def mailbox(self) -> Mailbox | None:
        words = "".join(self.words).strip()
        address = _address(self.angle or "")
        if self.angle is None and "@" in words:
            bare = next((word for word in words.split() if _address(word)), "")
            address = _address(bare)
            words = words.replace(bare, " ", 1).strip() if bare else words
        said = words or " ".join(self.comments) or ("" if address else self.angle or "")
        name = tidy_line(read_words(said[:_LONGEST_VALUE]), LONGEST_NAME)
        name = "" if name.lower() == address else name
        return Mailbox(name, address) if name or address else None


def read_mailboxes(raw: str) -> Iterator[Mailbox]:
    """The people of a From, To or Cc header: names, addresses, groups, comments, separated by commas or semicolons."""
    person, place = _Person(), 0
    lost: set[str] = set()
    while place < len(raw):
        letter = raw[place]
        end = _end_of(raw, place, letter, lost)
        if end:
            inner = raw[place + 1 : end]
            if letter == '"':
                person.words.append(re.sub(r"\\(.)", r"\1", inner))
            elif letter == "(":
                person.comments.append(inner)
            elif person.angle is None:
                person.angle = inner
            place = end + 1
            continue
        if letter in ",;" or (letter == ":" and person.angle is None and "@" not in "".join(person.words[-1:])):
            found = person.mailbox() if letter != ":" else None
            if found:
                yield found
            person = _Person()
        elif letter not in "<>":
            stop = _next_mark(raw, place + 1)
            person.words.append(raw[place:stop])
            place = stop
            continue
        place += 1
    if last := person.mailbox():
        yield last


_MARK = re.compile(r"[\"(<>,;:]")


def _next_mark(raw: str, place: int) -> int:
    found = _MARK.search(raw, place)
    return found.start() if found else len(raw)


def _end_of(raw: str, place: int, letter: str, lost: set[str]) -> int:
    """Where what opens here closes; 0 for what opens nothing or never closes, which is found out once."""
    if letter not in '"(<' or letter in lost:
        return 0
    depth, at = 0, place
    while at < len(raw):
        one = raw[at]
        if one == "\\" and letter != "<":
            at += 2
            continue
        if letter == "(" and one == "(":
            depth += 1
        elif (letter == "(" and one == ")") or (letter == "<" and one == ">") or (letter == '"' and one == '"' and at > place):
            depth -= 1
            if depth <= 0:
                return at
        at += 1
    lost.add(letter)
    return 0


def _address(text: str) -> str:
    """An address in small letters, or "" for what is none."""
    bare = "".join(one for one in text.strip() if not one.isspace()).strip("'\"").lower().removeprefix("mailto:")
    if bare.startswith("@") and ":" in bare:
        bare = bare.rpartition(":")[2]
    local, _, domain = bare.rpartition("@")
    if not local or not domain or len(bare) > _LONGEST_ADDRESS or tidy_line(bare, _LONGEST_ADDRESS) != bare:
        return ""
    return bare
