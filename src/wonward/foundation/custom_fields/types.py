"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

TAGS = "tags"


class FieldKind(StrEnum):
    """What a field holds. Tags are several words; every noun with fields has one such field."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    PERSON = "person"
    LINK = "link"
    TAGS = "tags"


CustomValue = str | Decimal | Money | date | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewField:
    """A field to add to a noun; `choices` are words, for kind choice."""

    noun: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field. `places` are the records that ask for it, such as sales.stage:4."""

    id: int
    noun: str
    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...]
    hint: str
    position: int
    version: int
    is_deleted: bool = False
    places: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field of one record with its value, None when it is empty. A person's value is their id."""

    field: FieldRow
    value: CustomValue | None
