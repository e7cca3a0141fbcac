"""What comes in: strict types that name the field and never reach the database with a value it cannot hold."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    WithJsonSchema,
    model_validator,
)

from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

LARGEST_ID = 2**63 - 1
LARGEST_COUNT = 2**31 - 1
LARGEST_DAYS = 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+ -]\d{2}:\d{2})")
_MOST_OFFSET = 10**9


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a text cannot contain the character NUL")
    return value


def _read_day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("write a date as YYYY-MM-DD")


def _read_instant(value: Any) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        text = value.upper().replace(" ", "+")
        head, _, fraction = text.partition(".")
        if fraction:
            digits = re.match(r"\d+", fraction)
            assert digits
            text = f"{head}.{digits[0][:6].ljust(6, '0')}{fraction[digits.end() :]}"
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError("write an instant with its offset, such as 2026-11-19T09:30:00Z")


def _read_number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("write a number")
    if not abs(value) <= LARGEST_DAYS:
        raise ValueError("this number is out of range")
    return value


def _read_quantity(value: Any) -> Decimal:
    number = Decimal(str(_read_number(value)))
    if number != number.quantize(Decimal("0.01")):
        raise ValueError("a quantity has at most two decimal places")
    return number.quantize(Decimal("0.01"))


def _read_ref(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a reference such as sales.deal:12")
    return str(Ref.parse(value))


def read_whole(value: Any) -> Any:
    """Query parameters are text: only digits are a number."""
    if isinstance(value, str):
        if not re.fullmatch(r"-?\d{1,19}", value):
            raise ValueError("write a whole number")
        return int(value)
    return value


def _read_flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError("write true or false")
        return value == "true"
    return value


Id = Annotated[int, Strict(), Field(ge=1, le=LARGEST_ID)]
Count = Annotated[int, Strict(), Field(ge=0, le=LARGEST_COUNT)]
Whole = Annotated[int, Strict(), Field(ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
Flag = Annotated[bool, Strict()]
Short = Annotated[str, Strict(), Field(max_length=80), AfterValidator(_storable)]
Label = Annotated[str, Strict(), Field(max_length=120), AfterValidator(_storable)]
Name = Annotated[str, Strict(), Field(max_length=200), AfterValidator(_storable)]
Line = Annotated[str, Strict(), Field(max_length=300), AfterValidator(_storable)]
Paragraph = Annotated[str, Strict(), Field(max_length=500), AfterValidator(_storable)]
Prose = Annotated[str, Strict(), Field(max_length=200_000), AfterValidator(_storable)]
Tags = Annotated[list[Annotated[str, Strict(), Field(max_length=60), AfterValidator(_storable)]], Field(max_length=40)]
Day = Annotated[date, BeforeValidator(_read_day)]
Instant = Annotated[datetime, BeforeValidator(_read_instant)]
_NUMBER_SCHEMA = {"type": "number", "minimum": -LARGEST_DAYS, "maximum": LARGEST_DAYS}
Number = Annotated[float | int, BeforeValidator(_read_number), WithJsonSchema(_NUMBER_SCHEMA)]
Quantity = Annotated[Decimal, BeforeValidator(_read_quantity), WithJsonSchema(_NUMBER_SCHEMA)]
RefText = Annotated[
    str, BeforeValidator(_read_ref), WithJsonSchema({"type": "string", "pattern": "^[a-z_]+\\.[a-z_]+:[0-9]{1,18}$"})
]
FieldValues = Annotated[dict[str, Line | int | float | list[Label] | dict[str, Short] | None], Field(max_length=100)]
QueryId = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=LARGEST_ID)]
QueryFlag = Annotated[bool, BeforeValidator(_read_flag)]
QueryText = Annotated[str, Field(max_length=200), AfterValidator(_storable)]


class Body(BaseModel):
    """Base of every body: an unknown key is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """The keys that were sent, with their values as read."""
        return {name: getattr(self, name) for name in self.model_fields_set}


CurrencyCode = Annotated[str, Strict(), Field(pattern=r"^[A-Z]{3}$")]


class MoneyIn(Body):
    """`{"amount": "84000.00", "currency": "EUR"}`."""

    amount: Annotated[str, Strict(), Field(pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,3})?$")]
    currency: Annotated[str, Strict(), Field(pattern=r"^[A-Z]{3}$")]

    @model_validator(mode="after")
    def fits_the_currency(self) -> MoneyIn:
        """As many decimal places as the currency has."""
        self.read()
        return self

    def read(self) -> Money:
        """The amount in minor units."""
        return Money.parse(self.amount, self.currency)


def cursor_at(offset: int) -> str:
    """An opaque cursor; nobody should read it."""
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def _read_cursor(value: str) -> str:
    if value:
        offset_of(value)
    return value


def offset_of(cursor: str) -> int:
    """Where a cursor points; a ValueError when it is none of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        if re.fullmatch(r"o\d{1,10}", text) and int(text[1:]) <= _MOST_OFFSET:
            return int(text[1:])
    except (binascii.Error, UnicodeError, ValueError):
        pass
    raise ValueError("this is not a cursor that a list has given")


Cursor = Annotated[str, Field(max_length=64), AfterValidator(_read_cursor)]


class ListQuery(BaseModel):
    """What every list takes. Each list adds `sort` and its filters."""

    limit: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=200)] = 50
    cursor: Cursor = ""
    updated_since: Instant | None = None
    q: QueryText = ""

    @property
    def offset(self) -> int:
        """Rows to leave out."""
        return offset_of(self.cursor) if self.cursor else 0
