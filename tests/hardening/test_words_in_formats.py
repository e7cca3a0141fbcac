"""Whatever people write, it stays the words of one field: in letters, calendars, cards and notes. And whatever answers a passkey question
is an answer or a refusal. Both from kept files and many changes to them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.figures import tell
from tests.people import NOW, make_cast
from wonward.domains.clients.rules.vcards import Card, write_cards
from wonward.domains.delivery.rules.calendar_file import calendar_file
from wonward.domains.delivery.types.feeds import CalendarEntry
from wonward.edges.web.delivery.prose import prose
from wonward.foundation.access.models import SignInAttempt
from wonward.foundation.access.operations.passkeys import check_new_passkey, finish_passkey_check
from wonward.foundation.mail.rules import clean_subject
from wonward.foundation.mail.transport import build_message
from wonward.foundation.mail.types import Letter
from wonward.journeys.handoff.rules.calendar_file import invitation
from wonward.kernel.errors import Refused

HERE = Path(__file__).parent
WORDS, ANSWERS = sorted((HERE / "words").iterdir()), sorted((HERE / "passkeys").iterdir())
AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
_PIECES = (
    "\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028", "BEGIN:VEVENT", "END:VCARD", "Bcc: a@evil.test", "<script>", "</p>", '"', "'", "](", "javascript:",
    "https://x.test/", "**", "`", "```\n", "~~", "|", "\n-|-\n", "> ", "1. ", "&lt;", "&#0;", "\\", ";", ",", "\u202e", "👩‍👧", "ß" * 80, " " * 90, "=?utf-8?q?=0A?=",
)
_CALENDAR_NAMES = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID", "DTSTAMP", "DTSTART",
    "DTEND", "SUMMARY", "DESCRIPTION", "URL", "TRANSP", "SEQUENCE", "LOCATION", "STATUS",
}
_CARD_NAMES = {"BEGIN", "VERSION", "FN", "N", "ORG", "TITLE", "EMAIL", "TEL", "URL", "NOTE", "UID", "END"}
_TAGS = {"p", "br", "h3", "h4", "h5", "h6", "pre", "code", "hr", "blockquote", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr", "th", "td",
         "span", "strong", "em", "del", "a"}
_OPEN = {"br", "hr"}


def _mutations(texts: list[str], pieces: tuple[str, ...], each: int) -> Iterator[str]:
    chance = random.Random(1)
    for text in texts:
        yield text
        for _ in range(each):
            found = text
            for _ in range(chance.randint(1, 5)):
                place, length = chance.randrange(len(found) + 1), chance.randint(0, 30)
                put = chance.choice((*pieces, found[place : place + length] * 2, chr(chance.choice((*range(256), 0x2028, 0xFEFF, 0x1F600)))))
                found = found[:place] + put + found[place + length :]
            yield found


def _names_in(data: bytes) -> list[str]:
    """The names of the lines of a calendar or card, unfolded; no line is longer than 75 octets."""
    assert max(map(len, data.split(b"\r\n"))) <= 75
    lines = data.decode().replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    assert not [line for line in lines if re.search(r"[\r\n]", line)]
    return [re.split("[:;]", line)[0] for line in lines]


def _check_calendars(words: str) -> None:
    day = date(2026, 12, 1)
    entry = CalendarEntry(uid=words, title=words, first_date=day, last_date=day, note=words, address=words)
    names = _names_in(calendar_file(name=words, entries=[entry, entry], stamp=AT))
    assert (set(names) - _CALENDAR_NAMES, names.count("BEGIN"), names.count("SUMMARY")) == (set(), 3, 2)
    names = _names_in(invitation(uid=words, title=words, day=day, starts_at=time(9), duration_minutes=60, time_zone="Europe/Berlin", place=words,
                                 video_url=words, note=words, attendees=[words, words], stamp=AT))
    assert (set(names) - _CALENDAR_NAMES, names.count("BEGIN"), names.count("SUMMARY")) == (set(), 2, 1)


def _check_cards(words: str) -> None:
    card = Card(name=words, company=words, title=words, points=[("email", words), ("phone", words), ("website", words)], note=words, uid=words)
    names = _names_in(write_cards([card, card]).encode())
    assert (set(names) - _CARD_NAMES, names.count("BEGIN"), names.count("FN")) == (set(), 2, 2)


def _shown(subject: object) -> str:
    """Folding may put a space between two words or take one away."""
    return "".join(str(subject).split())


def _check_letters(words: str) -> None:
    letter = Letter(7, "ada@example.com", "", clean_subject(words), words, f"<p>{prose(words)}</p>", AT)
    message = message_from_bytes(bytes(build_message(letter, "office@studio.test")), policy=policy.default)
    assert sorted(message.keys()) == ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert (str(message["To"]), [part.get_content_type() for part in message.iter_parts()]) == ("ada@example.com", ["text/plain", "text/html"])
    assert _shown(message["Subject"]) == _shown(clean_subject(words))


class _Reader(HTMLParser):
    """Notes which elements and attributes a browser would make, and whether each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _OPEN:
            self._open.append(tag)
        leads = [value or "" for name, value in attrs if name == "href"]
        if tag not in _TAGS or {name for name, _ in attrs} - {"class", "aria-hidden", "href", "rel"} or (leads and tag != "a"):
            self.wrong.append(f"{tag} {attrs}")
        self.wrong += [value for value in leads if not value.startswith(("https://", "http://", "mailto:"))]

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def _check_notes(words: str) -> None:
    reader = _Reader()
    reader.feed(str(prose(words)))
    reader.close()
    assert reader.wrong == []


CHECKS: tuple[Callable[[str], None], ...] = (_check_calendars, _check_cards, _check_letters, _check_notes)


def _ask_all(each: int) -> None:
    asked = 0
    for words in _mutations([path.read_bytes().decode() for path in WORDS], _PIECES, each):
        for check in CHECKS:
            try:
                check(words)
            except Exception as error:
                raise AssertionError(f"{check.__name__}: {words!r:.2000}") from error
            asked += 1
    tell("kept words, changed, through letters, calendars, invitations, cards and notes", files=len(WORDS), written=asked, out_of_their_field=0)


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_kept_words_stay_in_their_field(path: Path):
    for check in CHECKS:
        check(path.read_bytes().decode())


def test_no_changed_words_leave_their_field():
    _ask_all(12)


@pytest.mark.long
def test_none_of_many_changed_words_leave_their_field():
    _ask_all(200)


def test_a_writer_that_forgets_to_escape_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("wonward.domains.delivery.rules.calendar_file.text_value", str)
    with pytest.raises(AssertionError):
        _check_calendars((HERE / "words" / "calendar_lines.txt").read_bytes().decode())
    monkeypatch.setattr("wonward.edges.web.delivery.prose.escape", str)
    with pytest.raises(AssertionError):
        _check_notes((HERE / "words" / "links.md").read_text())


_ANSWER_PIECES = ('"', "{", "}", "[", "]", "null", "0", "-1", "1e999", "\\ud800", "\\u0000", "A" * 400, "_-", "=", "true", '"rawId":', '"response":', "\0", "é")


def _answer(words: str, number: int) -> bool:
    """Whether it was refused, on the way in and on the way to a new passkey; anything else is a fault of ours and passes through."""
    asked = {"user_id": None, "since": NOW.isoformat(), "state": {"challenge": "AAAA", "user_verification": "required"}}
    later, address, refused = NOW + timedelta(seconds=1), f"10.0.{number // 250}.{number % 250}", 0
    for ask in (
        lambda: finish_passkey_check(challenge={**asked, "kind": "sign_in"}, answer=words, address=address, now=later),
        lambda: check_new_passkey(user_id=1, challenge={**asked, "kind": "register", "user_id": 1}, answer=words, name="X", address=address, now=later),
    ):
        try:
            ask()
        except Refused:
            refused += 1
    return refused == 2


def _answer_all(each: int) -> None:
    make_cast()
    answers = [path.read_bytes().decode() for path in ANSWERS]
    for number, words in enumerate(_mutations(answers, _ANSWER_PIECES, each)):
        try:
            assert _answer(words, number), "it was taken"
        except Exception as error:
            raise AssertionError(f"{words!r:.2000}") from error
        SignInAttempt.objects.all().delete()
    tell("kept answers of passkeys, changed", files=len(ANSWERS), answered=len(answers) * (each + 1), refused=len(answers) * (each + 1))


@pytest.fixture
def named(settings: Any) -> None:
    settings.BASE_URL = "https://crm.studio.test"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name)
def test_a_kept_bad_answer_of_a_passkey_is_refused(path: Path, named: None):
    make_cast()
    assert _answer(path.read_bytes().decode(), 1)


@pytest.mark.django_db
def test_no_changed_answer_of_a_passkey_is_taken_or_ends_the_reader(named: None):
    _answer_all(15)


@pytest.mark.long
@pytest.mark.django_db
def test_none_of_many_changed_answers_of_a_passkey_is_taken_or_ends_the_reader(named: None):
    _answer_all(100)
