"""The log of a record as a story by days, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.comms.types import CommunicationRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, size_words, time_words
from wonward.foundation.files.queries import list_attached
from wonward.kernel.actor import Actor

_KINDS = {
    "call": (gettext_lazy("Call"), "phone", "sell"), "email": (gettext_lazy("E-mail"), "mail", "sell"),
    "chat": (gettext_lazy("Chat"), "message-circle", "sell"), "meeting": (gettext_lazy("Meeting"), "calendar", "deliver"),
    "note": (gettext_lazy("Note"), "square-pen", ""),
}
WRITTEN_KINDS = ("note", "call", "email", "meeting")


@dataclass(frozen=True, slots=True)
class StoryFile:
    """A file beside an entry; `size` in words."""

    name: str
    href: str
    size: str


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One entry; `promise_url` opens the form that makes a promise of its words; `joint` stands before the people: with, or from."""

    id: int
    icon: str
    tone: str
    kind: str
    author: str
    people: str
    subject: str
    text: str
    at: str
    at_iso: str
    is_restricted: bool
    promise_url: str = ""
    files: tuple[StoryFile, ...] = ()
    joint: str = ""


@dataclass(frozen=True, slots=True)
class StoryDay:
    """What happened on one day."""

    words: str
    entries: list[StoryEntry] = field(default_factory=list)


def promise_urls(actor: Actor, new_promise_url: str) -> Callable[[int], str] | None:
    """The address that makes a promise of an entry, for those who may make promises."""
    return (lambda key: f"{new_promise_url}?communication_id={key}") if actor.may("promises.promise.make") else None


def tell(
    rows: Sequence[CommunicationRow], *, today: date, zone: str, promise_url: Callable[[int], str] | None = None,
    files: Mapping[int, Sequence[StoryFile]] | None = None,
) -> list[StoryDay]:
    """Entries grouped by the reader's civil days; `files` as `files_beside` finds them."""
    days: list[StoryDay] = []
    last: date | None = None
    for row in rows:
        day = row.happened_at.astimezone(ZoneInfo(zone)).date()
        if day != last:
            days.append(StoryDay(_day_words(day, today)))
            last = day
        promise = promise_url(row.id) if promise_url and not row.is_automatic else ""
        days[-1].entries.append(entry_of(row, zone, promise, (files or {}).get(row.id, ())))
    return days


def files_beside(actor: Actor, rows: Sequence[CommunicationRow]) -> dict[int, list[StoryFile]]:
    """The files that came with entries the viewer was shown, by entry; one query however many there are."""
    found = list_attached(actor=actor, noun="comms.communication", ids=[row.id for row in rows if not row.is_automatic or row.kind == "email"])
    return {
        key: [StoryFile(one.name, address_of("document", document_id=one.document_id), size_words(one.size)) for one in files]
        for key, files in found.items()
    }


def entry_of(row: CommunicationRow, zone: str, promise_url: str = "", files: Sequence[StoryFile] = ()) -> StoryEntry:
    """One entry as its line shows it."""
    words, icon, tone = _KINDS.get(row.kind, _KINDS["note"])
    icon, tone = ("bot", "warn") if row.is_automatic else (icon, tone)
    people = ", ".join(name for name in row.participants if name != row.author) or (_("the client") if row.direction == "in" else "")
    return StoryEntry(
        row.id, icon, tone, str(words), row.author, people, row.subject, row.body, time_words(row.happened_at, zone),
        row.happened_at.isoformat(), row.privacy == "restricted", promise_url if row.body else "", tuple(files),
        _("from") if row.direction == "in" else _("with"),
    )


def direction_of(data: Mapping[str, str], kind: str) -> str:
    """Whose words an entry holds: "in" when the composer was told that the client wrote or called."""
    return "in" if data.get("is_from_client") and kind != "note" else ""


def _day_words(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_form(day, "EEEE d MMMM" if day.year == today.year else "EEEE d MMMM y")


def kind_choices() -> list[tuple[str, str]]:
    """Kinds people write by hand, as (value, words)."""
    return [(key, str(_KINDS[key][0])) for key in WRITTEN_KINDS]
