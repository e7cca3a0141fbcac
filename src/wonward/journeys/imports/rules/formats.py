"""How a file writes its dates, numbers and durations: found from all values of each column, told with examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wonward.journeys.imports.rules.dates import ORDER_WORDS, DateOrder, detect_order
from wonward.journeys.imports.rules.fields import FIELDS, NO_FIELDS, Field
from wonward.journeys.imports.rules.numbers import NumberForm, detect_form, is_blank, is_currency
from wonward.journeys.imports.rules.shapes import is_duration
from wonward.journeys.imports.rules.words import header_key, split_qualifiers
from wonward.kernel.wording import worded

_DATES = frozenset({"date", "moment"})
_NUMBERS = frozenset({"number", "integer", "money", "percent"})
_UNIT_MINUTES = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0, "days": 480.0}


@dataclass(frozen=True, slots=True)
class Formats:
    """By column: the order of dates, the decimal sign of numbers, the currency named in the header, minutes per unit."""

    orders: Mapping[int, str] = field(default_factory=dict)
    decimals: Mapping[int, str] = field(default_factory=dict)
    currencies: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, float] = field(default_factory=dict)

    def to_document(self) -> dict[str, dict[str, Any]]:
        """As JSON keeps it."""
        return {name: {str(key): value for key, value in getattr(self, name).items()} for name in self.__slots__}

    @classmethod
    def from_document(cls, document: Mapping[str, Mapping[str, Any]]) -> Formats:
        """From what `to_document` gave."""
        return cls(**{name: {int(key): value for key, value in document.get(name, {}).items()} for name in cls.__slots__})


def find_formats(
    kind: str, fields: Mapping[str, int], headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], *,
    decimal_hint: str, date_order: str = "", own: Mapping[str, Field] = NO_FIELDS,
) -> tuple[Formats, list[str]]:
    """The formats of the mapped columns, and one note for each that was not self-evident."""
    notes: list[str] = []
    typed = {index: (own.get(name) or FIELDS[kind][name]).type for name, index in fields.items()}
    orders = _orders(typed, headers, rows, date_order, notes)
    decimals: dict[int, str] = {}
    for index, field_type in typed.items():
        if field_type in _NUMBERS:
            form = detect_form((cells[index] for _, cells in rows if cells[index]), hint=decimal_hint)
            decimals[index] = form.decimal
            _note_form(headers[index], form, [cells[index] for _, cells in rows[:2000]], notes)
    currencies = {index: code for index in typed if typed[index] == "money" and (code := _currency_in(headers[index]))}
    units = {index: _unit(headers[index], index, rows, notes) for index in typed if typed[index] == "minutes"}
    return Formats(orders, decimals, currencies, units), notes


def _orders(
    typed: Mapping[int, str], headers: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], chosen: str, notes: list[str]
) -> dict[int, str]:
    """Every date column by its own values; one without evidence follows those of the same file that have it."""
    columns = [index for index, field_type in typed.items() if field_type in _DATES]
    found = {index: detect_order(cells[index] for _, cells in rows if cells[index]) for index in columns}
    sure = [order.order for order in found.values() if order.is_sure and order.is_numeric]
    hint = max(set(sure), key=sure.count) if sure else ""
    orders: dict[int, str] = {}
    for index in columns:
        order = found[index]
        if not order.is_sure and hint:
            order = detect_order((cells[index] for _, cells in rows if cells[index]), hint=hint)
        if chosen:
            order = DateOrder(chosen, True, order.is_numeric, order.examples if order.order == chosen else ())
        orders[index] = order.order
        if order.is_numeric:
            notes.append(_order_note(headers[index], order, is_chosen=bool(chosen), follows=bool(hint)))
    return orders


def _order_note(header: str, order: DateOrder, *, is_chosen: bool, follows: bool) -> str:
    examples = "; ".join(f"{text} is {day.day} {day:%B %Y}" for text, day in order.examples)
    shown = f": {examples}" if examples else ""
    if is_chosen:
        return worded("Dates in “{header}” are read {order_word}, as chosen{shown}.", header=header, order_word=ORDER_WORDS[order.order], shown=shown)
    if order.is_sure:
        return worded("Dates in “{header}” are read {order_word}{shown}.", header=header, order_word=ORDER_WORDS[order.order], shown=shown)
    why = worded("as in the other columns") if follows else worded("but no value proves it; choose another order if that is wrong")
    return worded("Dates in “{header}” are read {order_word}, {why}{shown}.", header=header, order_word=ORDER_WORDS[order.order], why=why, shown=shown)


def _note_form(header: str, form: NumberForm, values: Sequence[str], notes: list[str]) -> None:
    telling = next((text for text in values if "," in text or "." in text), "")
    if form.decimal == "," and telling:
        notes.append(worded("Numbers in “{header}” have a decimal comma, such as {telling}.", header=header, telling=telling))
    elif not form.is_sure and telling:
        notes.append(worded("Numbers in “{header}” such as {telling} could be read two ways; {decimal} counts as the decimal sign.", header=header, telling=telling, decimal=f"{form.decimal!r}"))


def _currency_in(header: str) -> str:
    """`Amount (EUR)` and `Value in USD` name their currency."""
    _, qualifiers = split_qualifiers(header)
    words = [*qualifiers, *header_key(header).split()[-1:]]
    return next((word.upper() for word in words if len(word) == 3 and is_currency(word)), "")


def _unit(header: str, index: int, rows: Sequence[tuple[int, Sequence[str]]], notes: list[str]) -> float:
    """Minutes per unit of plain numbers: what the header says, whole minutes in seconds as Jira writes, else hours."""
    words = set(header_key(header).split())
    values = [cells[index] for _, cells in rows if cells[index] and not is_blank(cells[index])]
    numbers = [int(text) for text in values if text.isdecimal()]
    if words & {"hour", "hours", "hrs", "h", "stunden", "std", "heures", "horas", "ore", "uren"}:
        unit = "hours"
    elif words & {"minutes", "min", "mins", "minuten"}:
        unit = "minutes"
    elif words & {"days", "day", "tage", "pt", "jours"}:
        unit = "days"
    elif numbers and len(numbers) == len(values) and all(number % 60 == 0 for number in numbers) and min(number for number in numbers) >= 300:
        unit = "seconds"
    else:
        unit = "hours"
    if numbers and all(is_duration(text) for text in values[:50]):
        notes.append(worded("Plain numbers in “{header}” are read as {unit}.", header=header, unit=worded(unit)))
    return _UNIT_MINUTES[unit]
