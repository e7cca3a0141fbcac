"""The services of a deal while somebody edits them: typed words, and the lines they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from wonward.domains.catalog.types import Offer
from wonward.domains.sales.queries.deals import sum_of
from wonward.domains.sales.types import LineRow, NewLine
from wonward.edges.web.sales.role_hours import hours_words, read_hours
from wonward.edges.web.shell.fields import FormReader
from wonward.kernel.errors import FieldError
from wonward.kernel.money import Money

MOST_ROWS = 100
LONGEST_HOURS = 2000


@dataclass(slots=True)
class DraftRow:
    """One line as typed. `drawn_service` and `drawn_price` are what the page showed, to tell what has been changed since.

    `is_open` while nobody has chosen among the options: all of them come along. `key` names the row on the page. `hours` as one types them; empty they are the template's, None leaves what stands on the deal.
    """

    key: str
    service_id: int | None = None
    quantity: str = "1"
    price: str = ""
    options: tuple[str, ...] = ()
    is_open: bool = True
    drawn_service: int | None = None
    drawn_price: str = ""
    hours: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_untouched(self) -> bool:
        """A row that was added and never filled in."""
        return self.service_id is None and self.quantity in ("", "1") and not self.price


def plain_amount(price: Money | None) -> str:
    """An amount as one would type it."""
    if price is None:
        return ""
    amount = price.amount
    return f"{amount:.0f}" if amount == int(amount) else str(amount)


def plain_quantity(quantity: Decimal) -> str:
    """2 or 2.5, never 2.00."""
    return f"{quantity.normalize():f}"


def rows_of(lines: Sequence[LineRow], offers: Mapping[int, Offer]) -> list[DraftRow]:
    """What is sold now, ready to be edited; a deal without services starts with an empty row."""
    rows = []
    for place, line in enumerate(lines):
        offered = offers[line.service_id].options
        price = plain_amount(line.unit_price)
        rows.append(DraftRow(
            f"r{place}", line.service_id, plain_quantity(line.quantity), price,
            offered if line.options is None else line.options, line.options is None, line.service_id, price,
            hours_words(line.hours or ()),
        ))
    return rows or [DraftRow("r0", hours="")]


def read_rows(data: QueryDict) -> list[DraftRow]:
    """The rows as sent."""
    count = data.get("rows", "")
    rows = []
    for place in range(min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 6 else 0):
        def text(name: str, at: int = place, longest: int = 80) -> str:
            return data.get(f"{name}-{at}", "").replace("\x00", "").strip()[:longest]

        key = text("key")
        rows.append(DraftRow(
            key if key.isascii() and key.isalnum() and key else f"x{place}", _id(text("service")), text("quantity"), text("price"),
            tuple(option[:120] for option in data.getlist(f"option-{place}")), text("open") == "1", _id(text("drawn")),
            text("drawn_price"), text("hours", longest=LONGEST_HOURS) if f"hours-{place}" in data else None,
        ))
    return rows


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def settle(rows: Sequence[DraftRow], offers: Mapping[int, Offer]) -> None:
    """Fit each row to the service now chosen in it: another service brings its price, unless one was typed, and all its options."""
    for row in rows:
        offer = offers.get(row.service_id or 0)
        if row.service_id == row.drawn_service:
            if row.is_open and offer and set(row.options) != set(offer.options):
                row.is_open = False
            continue
        if row.price == row.drawn_price:
            row.price = plain_amount(offer.price) if offer else ""
        row.options, row.is_open = offer.options if offer else (), True
        if row.drawn_service is not None and row.hours is not None:
            row.hours = ""


def change_rows(rows: list[DraftRow], do: str) -> None:
    """Add a row, or move or take away the one named by its place: `add`, `up:1`, `down:0`, `remove:2`."""
    verb, _colon, place = do.partition(":")
    if verb == "add":
        if len(rows) < MOST_ROWS:
            numbers = [int(row.key[1:]) for row in rows if row.key[1:].isdecimal()]
            rows.append(DraftRow(f"r{max(numbers, default=-1) + 1}", hours=""))
        return
    at = int(place) if place.isdecimal() and len(place) < 4 else len(rows)
    if at >= len(rows):
        return
    if verb == "remove":
        del rows[at]
    elif verb in ("up", "down"):
        to = at - 1 if verb == "up" else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]


def read_lines(rows: Sequence[DraftRow], currency: str, *, with_prices: bool) -> list[tuple[DraftRow, NewLine]]:
    """The line each filled row stands for; what cannot be read is noted in the row and left out."""
    found = []
    for row in rows:
        if row.is_untouched:
            continue
        if row.service_id is None:
            row.errors["service"] = _("Choose a service, or take this line away.")
        quantity = _quantity(row)
        reader = FormReader({"price": row.price, "hours": row.hours or ""})
        price = reader.money("price", currency) if with_prices else None
        hours = None if row.hours is None else read_hours(reader, "hours")
        row.errors.update({error.field: error.message for error in reader.errors})
        if row.service_id is not None and quantity is not None and not reader.errors:
            found.append((row, NewLine(row.service_id, quantity, price, None if row.is_open else row.options, hours=hours)))
    return found


def _quantity(row: DraftRow) -> Decimal | None:
    typed = row.quantity.replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    if typed.count(",") == 1 and "." not in typed:
        typed = typed.replace(",", ".")
    try:
        quantity = Decimal(typed)
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite():
        row.errors["quantity"] = _("“%(value)s” is not a quantity.") % {"value": row.quantity[:40]} if row.quantity else _("How many?")
        return None
    if abs(quantity) >= 10**9 or quantity.as_tuple().exponent < -9:  # type: ignore[operator]
        row.errors["quantity"] = _("A quantity lies above 0 and below a million, with at most two decimal places.")
        return None
    return quantity


def tell(found: Sequence[tuple[DraftRow, NewLine]], errors: Sequence[FieldError]) -> list[str]:
    """Put what the operation refused beside the fields; returns what concerns no single line."""
    names = {"service_id": "service", "unit_price": "price", "quantity": "quantity", "options": "options", "role_hours": "hours"}
    general = []
    for error in errors:
        place, _bracket, name = error.field.removeprefix("lines[").partition("].")
        name = name.partition("[")[0]
        if place.isdecimal() and name in names and int(place) < len(found):
            found[int(place)][0].errors.setdefault(names[name], error.message)
        else:
            general.append(error.message)
    return general


def sums(rows: Sequence[DraftRow], offers: Mapping[int, Offer], currency: str) -> tuple[dict[str, Money], Money | None]:
    """What each row comes to by its key, and all of them together; an empty price is the list price, as it will be saved."""
    found: dict[str, Money] = {}
    priced = []
    for row, line in read_lines(rows, currency, with_prices=True):
        listed = offers[line.service_id].price if line.service_id in offers else None
        price = line.unit_price or listed
        if price and price.currency == currency and abs(line.quantity) <= 10**6:
            found[row.key] = price.times(line.quantity)
            priced.append(NewLine(line.service_id, line.quantity, price))
    return found, sum_of(priced)
