"""Reading fields, the values of records, and narrowing or sorting lists by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.db.models import F, FilteredRelation, Model, OuterRef, Q, QuerySet, Subquery

from wonward.foundation.access.policy import can_see
from wonward.foundation.custom_fields.models import FieldDefinition, FieldRequirement, FieldValue
from wonward.foundation.custom_fields.registry import find_host
from wonward.foundation.custom_fields.rules import COLUMN_OF, Stored, read_condition, sees_field, value_of
from wonward.foundation.custom_fields.types import CustomValue, FieldKind, FieldRow, FilledField
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.foundation.database.unchanged import once_while_unchanged
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

PREFIX = "cf_"
_FIELD = ("pk", "noun", "key", "label", "kind", "choices", "hint", "position", "version")
_VALUE = ("text_value", "number_value", "date_value", "whole_value")
M = TypeVar("M", bound=Model)


def list_fields(*, actor: Actor, noun: str = "") -> list[FieldRow]:
    """The fields of a noun the viewer may know of, in order, or of every noun, tags last; two queries, once per reading."""
    return [row for row in list_every_field(noun=noun) if sees_field(actor, row.kind)]


def list_every_field(*, noun: str = "", with_deleted: bool = False) -> list[FieldRow]:
    """The same whoever looks: for those who say which fields there are."""
    return [
        row for row in once_while_unchanged("custom fields", _every_field)
        if (not noun or row.noun == noun) and (with_deleted or not row.is_deleted)
    ]


def _every_field() -> tuple[FieldRow, ...]:
    places: dict[int, list[Ref]] = {}
    for field_id, noun, place_id in prepared.rows("places that ask for fields", _requirements, {}):
        places.setdefault(field_id, []).append(Ref(noun, place_id))
    found = prepared.rows("every custom field", _definitions, {})
    return tuple(_field(values, deleted is not None, tuple(places.get(values[0], ()))) for *values, deleted in found)


def _requirements(values: Values) -> QuerySet[Any, Any]:
    del values
    return FieldRequirement.objects.order_by("pk").values_list("field_id", "place_noun", "place_id")


def _definitions(values: Values) -> QuerySet[Any, Any]:
    del values
    return FieldDefinition.objects.order_by("noun", "position", "pk").values_list(*_FIELD, "deleted_at")


def get_field(*, field_id: int) -> FieldRow:
    """One field, deleted ones too, or NotFound."""
    for row in list_every_field(with_deleted=True):
        if row.id == field_id:
            return row
    raise NotFound("field", field_id)


def get_values(*, actor: Actor, ref: Ref) -> list[FilledField]:
    """Every field of a record with what it holds, in order. NotFound for what the viewer does not see."""
    if find_host(ref.noun) is None or not can_see(actor, ref):
        raise NotFound("record", ref)
    return list_values(actor=actor, ref=ref)


def list_values(*, actor: Actor, ref: Ref) -> list[FilledField]:
    """The same for a record the viewer has been shown; one query."""
    found = prepared.rows("custom fields of a record", _of_record, {"noun": ref.noun, "record": ref.id})
    fields: dict[int, FieldRow] = {}
    stored: dict[int, list[Stored]] = {}
    for *field, value_id, text, number, day, whole in found:
        fields.setdefault(field[0], _field(field))
        if value_id is not None:
            stored.setdefault(field[0], []).append(Stored(text, number, day, whole))
    return [FilledField(row, value_of(row.kind, stored.get(key, ()))) for key, row in fields.items() if sees_field(actor, row.kind)]


def values_by_record(
    *, actor: Actor, noun: str, ids: Collection[int], keys: Collection[str] | None = None
) -> dict[int, dict[str, CustomValue]]:
    """What the given records hold and the viewer may know, by id and key of the field; one query whatever their number. Ids the viewer has been shown."""
    wanted = FieldValue.objects.filter(field__noun=noun, field__deleted_at__isnull=True, ref_id__in=set(ids))
    if keys is not None:
        wanted = wanted.filter(field__key__in=set(keys))
    rows: dict[tuple[int, str, str], list[Stored]] = {}
    for ref_id, key, kind, *value in wanted.order_by("pk").values_list("ref_id", "field__key", "field__kind", *_VALUE) if ids else ():
        rows.setdefault((ref_id, key, kind), []).append(Stored(*value))
    found: dict[int, dict[str, CustomValue]] = {}
    for (ref_id, key, kind), stored in rows.items():
        value = value_of(FieldKind(kind), stored)
        if value is not None and sees_field(actor, FieldKind(kind)):
            found.setdefault(ref_id, {})[key] = value
    return found


def narrow_by_fields(records: QuerySet[M], *, noun: str, asked: Iterable[tuple[str, str]], actor: Actor) -> QuerySet[M]:
    """The records whose fields fit: (key, condition) pairs as rules.read_condition reads them.

    A field that is gone or hidden, and words that are no condition on it, narrow to nothing: what was asked for is not there, and
    who goes on to change all that match must not meet everything instead.
    """
    fields = {row.key: row for row in list_fields(actor=actor, noun=noun)} if asked else {}
    for key, text in asked:
        row = fields.get(key)
        lookups = read_condition(row.kind, text, person_id=actor.person_id, currency=get_organisation().currency) if row else None
        if row is None or lookups is None:
            return records.none()
        holds = FieldValue.objects.filter(field_id=row.id)
        if lookups:
            records = records.filter(pk__in=holds.filter(**lookups).values("ref_id"))
        else:
            records = records.exclude(pk__in=holds.values("ref_id"))
    return records


def sort_by_field(records: QuerySet[M], *, noun: str, sort: str, actor: Actor) -> QuerySet[M, Any] | None:
    """The records in the order of a field, `sort` being `cf_` and its key, with a minus for falling; None without such a field in sight of the viewer.

    Records without a value come last either way.
    """
    key = sort.removeprefix("-").removeprefix(PREFIX)
    row = next((one for one in list_fields(actor=actor, noun=noun) if one.key == key and one.kind is not FieldKind.TAGS), None)
    if row is None:
        return None
    value = FieldValue.objects.filter(field_id=row.id, ref_id=OuterRef("pk")).values(COLUMN_OF[row.kind])[:1]
    order = F("custom_order").desc(nulls_last=True) if sort.startswith("-") else F("custom_order").asc(nulls_last=True)
    ordered: QuerySet[M, Any] = cast("Any", records.annotate(custom_order=Subquery(value)).order_by(order, "pk"))
    return ordered


def missing_fields(*, place: Ref, ref: Ref) -> list[FieldRow]:
    """The fields a place asks for that a record leaves empty; one query."""
    asked = {"noun": ref.noun, "record": ref.id, "place_noun": place.noun, "place": place.id}
    return [_field(values) for values in prepared.rows("missing fields", _missing, asked)]


def _missing(values: Values) -> QuerySet[Any, Any]:
    asked = FieldDefinition.objects.filter(
        noun=values["noun"], deleted_at__isnull=True, requirements__place_noun=values["place_noun"], requirements__place_id=values["place"]
    )
    filled = FieldValue.objects.filter(ref_id=values["record"]).values("field_id")
    return asked.exclude(pk__in=filled).order_by("position", "pk").values_list(*_FIELD)


def list_tags(*, noun: str) -> list[tuple[str, int]]:
    """The tags in use on a noun with how often, by word."""
    rows = FieldValue.objects.filter(field__noun=noun, field__kind=FieldKind.TAGS.value).values_list("text_value", flat=True)
    counts: dict[str, int] = {}
    for word in rows.order_by("text_value"):
        counts[word] = counts.get(word, 0) + 1
    return list(counts.items())


def asked_fields(query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The conditions on fields in an address, as (key, condition): its parameters that begin with `cf_`."""
    return tuple((name.removeprefix(PREFIX), value) for name, value in sorted(query.items()) if name.startswith(PREFIX) and value)


def _of_record(values: Values) -> QuerySet[Any, Any]:
    fields = FieldDefinition.objects.filter(noun=values["noun"], deleted_at__isnull=True)
    mine = FilteredRelation("values", condition=Q(values__ref_id=values["record"]))
    return fields.annotate(mine=mine).order_by("position", "pk", "mine__pk").values_list(
        *_FIELD, "mine__pk", *(f"mine__{column}" for column in _VALUE)
    )


def _field(values: Sequence[Any], is_deleted: bool = False, places: tuple[Ref, ...] = ()) -> FieldRow:
    pk, noun, key, label, kind, choices, hint, position, version = values
    return FieldRow(pk, noun, key, label, FieldKind(kind), tuple(choices), hint, position, version, is_deleted, places)
