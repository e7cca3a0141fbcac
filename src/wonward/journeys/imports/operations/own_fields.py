"""Columns for the fields a house has made itself: they can be mapped to, are checked before, and are filled in after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wonward.foundation.custom_fields.operations import set_many_values, set_values
from wonward.foundation.custom_fields.queries import list_fields
from wonward.foundation.custom_fields.rules import read_value
from wonward.foundation.custom_fields.types import FieldKind, FieldRow
from wonward.journeys.imports.operations.matching import People
from wonward.journeys.imports.operations.work import Outcome, Work, attempt
from wonward.journeys.imports.queries import OWN_NOUNS, find_ledger, own_fields
from wonward.journeys.imports.rules.fields import OWN
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


def check_own_values(work: Work, rows: Sequence[ReadRow]) -> None:
    """Leave out what does not fit its field, and say so."""
    fields = fields_of(work)
    if not fields:
        return
    people = People(work) if any(field.kind is FieldKind.PERSON for field in fields.values()) else None
    for row in rows:
        for name in [name for name in row.record if name in fields]:
            field = fields[name]
            raw = _person(people, row.record[name]) if people and field.kind is FieldKind.PERSON else row.record[name]
            try:
                read_value(field.kind, _sent(field, raw), choices=field.choices, currency=work.currency)
            except ValueError as error:
                del row.record[name]
                row.warn("", worded("Row {number}, {label}: {error} It was left empty.", number=row.number, label=field.label, error=error.args[0]), "bad_own_field")
                continue
            row.record[name] = raw


def _person(people: People, name: str) -> Any:
    found = people.find_name(name)
    return found.id if found else name


def former_records(work: Work, rows: Sequence[ReadRow]) -> Mapping[str, Record]:
    """What the rows with fields of the house said when they came last."""
    ids = [row.external_id for row in rows if any(name.startswith(OWN) for name in row.record)]
    if not ids:
        return {}
    return {key: dict(entry.record or {}) for key, entry in find_ledger(kind=work.kind, source=work.source, external_ids=ids).items()}


def fill_own_fields(work: Work, outcomes: Sequence[Outcome], former: Mapping[str, Record]) -> None:
    """Write the values of rows that came in; of known records only what the file says anew."""
    fields = fields_of(work)
    fresh: dict[int, dict[str, object]] = {}
    for outcome in outcomes:
        if outcome.ref is None or outcome.status == "skipped" or not fields:
            continue
        before = former.get(outcome.row.external_id, {})
        values = values_of(fields, outcome.row.record, {} if outcome.status == "created" else before)
        if values and outcome.status == "created":
            fresh[outcome.ref.id] = values
        elif values:
            _change_known(work, outcome, values)
    refusal = attempt(lambda: set_many_values(actor=work.actor, noun=OWN_NOUNS[work.kind], values=fresh, now=work.now)) if fresh else ""
    for key, given in fresh.items() if refusal else ():
        _fill_one(work, key, given)
    work.tally["own_fields_filled"] += sum(len(given) for given in fresh.values())


def _change_known(work: Work, outcome: Outcome, values: Mapping[str, object]) -> None:
    assert outcome.ref
    ref = outcome.ref
    refusal = attempt(lambda: set_values(actor=work.actor, ref=ref, values=values, now=work.now))
    if refusal:
        outcome.row.warn("", worded("Row {number}: {refusal}", number=outcome.row.number, refusal=refusal), "bad_own_field")
    else:
        outcome.status = "updated"
        work.tally["own_fields_filled"] += len(values)


def _fill_one(work: Work, key: int, values: Mapping[str, object]) -> None:
    """Field by field, so that one that was changed since the file was looked at costs itself alone."""
    for name, value in values.items():
        attempt(_setting(work, Ref(OWN_NOUNS[work.kind], key), name, value))


def _setting(work: Work, ref: Ref, name: str, value: object) -> Any:
    return lambda: set_many_values(actor=work.actor, noun=ref.noun, values={ref.id: {name: value}}, now=work.now)


def values_of(fields: Mapping[str, FieldRow], record: Record, before: Record | None = None) -> dict[str, object]:
    """What a record says of the fields that it did not say before, by key, as the fields take it."""
    known = before or {}
    changed: Collection[str] = [name for name in record if name in fields and record[name] != known.get(name)]
    return {fields[name].key: _sent(fields[name], record[name]) for name in changed}


def _sent(field: FieldRow, value: Any) -> object:
    """A value of a record as the fields take it: money as its amount and currency, tags as words."""
    if field.kind is FieldKind.MONEY and isinstance(value, list):
        return Money(int(value[0]), str(value[1]))
    if field.kind is FieldKind.TAGS and isinstance(value, str):
        return [word.strip() for word in value.replace(";", ",").split(",") if word.strip()]
    return value


def fields_of(work: Work) -> dict[str, FieldRow]:
    """The fields of the house that the columns of a file may stand for, by the name of the column."""
    kind = work.kind
    wanted = own_fields(kind, actor=work.actor)
    return {f"{OWN}{row.key}": row for row in list_fields(actor=work.actor, noun=OWN_NOUNS[kind]) if f"{OWN}{row.key}" in wanted} if wanted else {}
