"""Custom fields in words: beside the facts of a record, and in the cells of a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from wonward.domains.staff.queries import get_person_names, list_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_words, money_words, number
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.custom_fields.queries import PREFIX, list_fields, list_values, values_by_record
from wonward.foundation.custom_fields.types import CustomValue, FieldKind, FieldRow, FilledField
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard

# These have tags themselves: those are filtered by and imported, and the house's own stand beside them only where somebody filled them in.
WITH_OWN_TAGS = frozenset({"clients.company", "clients.contact"})
_CONTROLS = {FieldKind.DATE: "date", FieldKind.NUMBER: "number", FieldKind.MONEY: "money", FieldKind.CHOICE: "select", FieldKind.PERSON: "select"}


@dataclass(frozen=True, slots=True)
class CustomFact:
    """A custom field as the facts of a record show it; a link that is set can be followed."""

    key: str
    label: str
    url: str
    value: str
    shown: str
    kind: str
    options: Sequence[tuple[str, str]]
    hint: str
    href: str
    tags: tuple[str, ...]
    may_edit: bool


def facts_in(request: SignedInRequest, ref: Ref, *, may_edit: bool) -> list[CustomFact]:
    """The custom fields of a record the viewer has been shown; one query, two when a field names colleagues."""
    filled = list_values(actor=request.actor, ref=ref)
    people = [(str(one.id), one.name) for one in list_people(actor=request.actor)] if any(one.field.kind is FieldKind.PERSON for one in filled) else []
    shown = [one for one in filled if one.value or one.field.kind is not FieldKind.TAGS or ref.noun not in WITH_OWN_TAGS]
    return [fact_of(one, ref, people, may_edit=may_edit) for one in shown]


def tags_label(noun: str) -> str:
    """What the tags of the house are called on a record; another name where the record has tags itself."""
    return _("Further tags") if noun in WITH_OWN_TAGS else _("Tags")


def fact_of(filled: FilledField, ref: Ref, people: Sequence[tuple[str, str]], *, may_edit: bool) -> CustomFact:
    """One field of one record."""
    row, value = filled.field, filled.value
    options: Sequence[tuple[str, str]] = ()
    if row.kind is FieldKind.CHOICE:
        options = [("", _("Not set")), *((choice, choice) for choice in row.choices)]
    elif row.kind is FieldKind.PERSON:
        options = [("", _("Not set")), *people]
    return CustomFact(
        row.key, tags_label(ref.noun) if row.kind is FieldKind.TAGS else row.label,
        address_of("custom_value", noun=ref.noun, ref_id=ref.id, key=row.key), typed_value(value),
        words_of(value, row.kind, {int(key): name for key, name in people}), _CONTROLS.get(row.kind, "text"), options, row.hint,
        str(value) if row.kind is FieldKind.LINK and value else "", value if isinstance(value, tuple) else (), may_edit,
    )


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that a place asks for, as a control of a form about a record that does not exist yet."""

    key: str
    label: str
    control: str
    options: Sequence[tuple[str, str]]
    hint: str
    value: str
    asked_by: str


def asked_in_form(actor: Actor, noun: str, places: Mapping[Ref, str], values: Mapping[str, str]) -> list[AskedField]:
    """Controls for the fields that any of the places asks for; no query when none does, two at most."""
    rows = [row for row in list_fields(actor=actor, noun=noun) if places.keys() & set(row.places) and row.kind is not FieldKind.TAGS]
    people = [(str(one.id), one.name) for one in list_people(actor=actor)] if any(row.kind is FieldKind.PERSON for row in rows) else []
    options = {FieldKind.PERSON: people}
    return [
        AskedField(
            row.key, row.label, _CONTROLS.get(row.kind, "text"), options.get(row.kind, [(choice, choice) for choice in row.choices]),
            row.hint, values.get(f"custom.{row.key}", ""), ", ".join(heard(places[ref]) for ref in row.places if ref in places),
        )
        for row in rows
    ]


def read_own_fields(data: Mapping[str, str]) -> dict[str, object]:
    """What a form filled in of them, by key."""
    return {name.removeprefix("custom."): value.strip() for name, value in data.items() if name.startswith("custom.") and value.strip()}


def typed_value(value: CustomValue | None) -> str:
    """What the control holds."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def words_of(value: CustomValue | None, kind: FieldKind, names: dict[int, str]) -> str:
    """What a reader sees."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return money_words(value)
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if kind is FieldKind.PERSON:
        return names.get(int(value), "")
    return str(value)


def cells_of(actor: Actor, noun: str, keys: Collection[str], ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The words of custom fields by record and column (`cf_` and the key); one query, two when a field names colleagues."""
    if not keys or not ids:
        return {}
    fields: dict[str, FieldRow] = {row.key: row for row in list_fields(actor=actor, noun=noun) if row.key in keys}
    found = values_by_record(actor=actor, noun=noun, ids=ids, keys=fields)
    people = {value for held in found.values() for key, value in held.items() if fields[key].kind is FieldKind.PERSON and isinstance(value, int)}
    names = get_person_names(people) if people else {}
    return {
        ref_id: {f"{PREFIX}{key}": words_of(value, fields[key].kind, names) for key, value in held.items()} for ref_id, held in found.items()
    }


def sheet_fields(actor: Actor, noun: str) -> tuple[list[str], list[str]]:
    """The keys and labels of the fields of a noun as columns of a file; tags have a column of their own."""
    rows = [row for row in list_fields(actor=actor, noun=noun) if row.kind is not FieldKind.TAGS]
    return [row.key for row in rows], [row.label for row in rows]


def sheet_cells(actor: Actor, noun: str, keys: Sequence[str], ids: Sequence[int]) -> dict[int, list[str]]:
    """The words of these fields by record, in their order, empty where nothing stands; at most two queries."""
    cells = cells_of(actor, noun, keys, ids)
    return {ref_id: [cells.get(ref_id, {}).get(f"{PREFIX}{key}", "") for key in keys] for ref_id in ids}
