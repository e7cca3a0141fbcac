"""What goes out: frozen documents, encoded once, with their version as ETag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from django.http import HttpResponse

from wonward.edges.api.v1.inputs import ListQuery, cursor_at
from wonward.kernel.errors import NotAllowed, NotFound
from wonward.kernel.money import Money
from wonward.kernel.wording import Joined, Sentence, heard

T = TypeVar("T")
R = TypeVar("R")
PREFIX = "/api/v1"


def _said(value: Any) -> str:
    """A sentence in the language of the caller; it is the one kind of text the encoder does not know."""
    if isinstance(value, Sentence | Joined):
        return heard(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


_encode = msgspec.json.Encoder(enc_hook=_said).encode


class MoneyOut(msgspec.Struct, frozen=True):
    """`{"amount": "84000.00", "currency": "EUR"}`."""

    amount: str
    currency: str


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list; `next` is the cursor of the following part."""

    items: list[T]
    next: str | None


def money(value: Money | None) -> MoneyOut | None:
    """Money in the words of the API."""
    return None if value is None else MoneyOut(str(value.amount), value.currency)


def days(minutes: int) -> float:
    """Working minutes as days of eight hours."""
    return minutes / 480


def answer(document: Any, *, status: int = 200, version: int | None = None, location: str = "") -> HttpResponse:
    """A JSON answer; `version` becomes the ETag, `location` is a path below `/api/v1`."""
    response = HttpResponse(_encode(document), status=status, content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    if location:
        response.headers["Location"] = PREFIX + location
    return response


def after_write(show: Callable[[], HttpResponse], *, status: int = 204, location: str = "") -> HttpResponse:
    """The record as its writer sees it now. What they may see no longer was written all the same: then without a body."""
    try:
        return show()
    except (NotFound, NotAllowed):
        response = HttpResponse(status=status)
        if location:
            response.headers["Location"] = PREFIX + location
        return response


def page(rows: Sequence[R], where: ListQuery, show: Callable[[R], Any]) -> HttpResponse:
    """One page of rows that were asked for with `limit=where.limit + 1`."""
    return answer(make_page(rows, where, show))


def make_page(rows: Sequence[R], where: ListQuery, show: Callable[[R], T]) -> Page[T]:
    """The page of rows that were asked for with `limit=where.limit + 1`."""
    following = cursor_at(where.offset + where.limit) if len(rows) > where.limit else None
    return Page([show(row) for row in rows[: where.limit]], following)


def refs(items: Iterable[Any]) -> list[str]:
    """References as text."""
    return [str(item) for item in items]
