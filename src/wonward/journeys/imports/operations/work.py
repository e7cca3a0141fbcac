"""What the verbs of an import share: who acts, how rows are read, what is counted, what was made on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from django.db import DataError, IntegrityError, transaction

from wonward.journeys.imports.models import ImportBatch
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.types import Choices, Problem, ValueChoice
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_Item = TypeVar("_Item")


@dataclass(slots=True)
class SideRecord:
    """A record made on the way."""

    ref: Ref
    name: str


@dataclass(slots=True)
class Outcome:
    """What became of one row: created, updated, unchanged or skipped."""

    row: ReadRow
    status: str
    ref: Ref | None = None
    message: str = ""
    version: int = 1


@dataclass(slots=True)
class Work:
    """One import at work. `tally` counts for the report; `cache` is for lookups that live as long as a chunk."""

    actor: Actor
    kind: str
    source: str
    choices: Choices
    currency: str
    zone: str
    title: str
    batch_id: int
    now: datetime
    today: date
    tally: Counter[str] = field(default_factory=Counter)
    side: list[SideRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: list[ValueChoice] = field(default_factory=list)
    sums: dict[str, list[int]] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)

    def made(self, noun: str, key: int, name: str, count_as: str) -> None:
        """Note a record made on the way, so that an undo finds it."""
        self.side.append(SideRecord(Ref(noun, key), name[:300]))
        self.tally[count_as] += 1


class KindHandler(Protocol):
    """One kind of import. `survey` adds what does not fit to the rows and writes nothing; `apply` writes through the owners.

    `permissions` are needed up front, each with the words for a person without it.
    """

    noun: str
    permissions: Mapping[str, str]

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None: ...

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]: ...


def work_of(batch: ImportBatch, actor: Actor, *, now: datetime, today: date, zone: str) -> Work:
    """The work on a batch."""
    return Work(
        actor, batch.kind, batch.source, Choices(**batch.choices), batch.currency, zone, batch.title, batch.pk or 0, now, today
    )


def write_each(write: Callable[[Sequence[_Item]], list[int]], items: Sequence[_Item]) -> list[int | str]:
    """Write many at once; if a rule or the database says no, halve until the one to blame is found.

    Per item its new id, or the sentence why it was refused.
    """
    if not items:
        return []
    try:
        with transaction.atomic():
            return list(write(items))
    except (Refused, NotFound, DataError, IntegrityError) as error:
        if len(items) == 1:
            return [sentence_of(error)]
    middle = len(items) // 2
    return [*write_each(write, items[:middle]), *write_each(write, items[middle:])]


def attempt(change: Callable[[], object]) -> str:
    """Make one change; empty when it was made, else the sentence why not, with nothing written."""
    try:
        with transaction.atomic():
            change()
    except (Refused, NotFound, DataError, IntegrityError) as error:
        return sentence_of(error)
    return ""


def sentence_of(error: Exception) -> str:
    """Why something was refused, fit for a person."""
    if isinstance(error, Refused) and error.errors:
        return error.errors[0].words
    if isinstance(error, (Refused, NotFound)):
        return error.words
    return worded("The database does not take these values.")


def changed_fields(before: Mapping[str, Any] | None, after: Record) -> set[str]:
    """The fields in which the file says something else than last time; every field when it was never seen."""
    if not before:
        return set(after)
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def money_of(value: Sequence[Any] | None) -> Money | None:
    """The amount of a record's money field."""
    return Money(int(value[0]), str(value[1])) if value else None


def date_of(value: str | None) -> date | None:
    """The day of a record's date field."""
    return date.fromisoformat(value) if value else None
