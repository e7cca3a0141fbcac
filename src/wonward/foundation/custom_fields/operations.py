"""Adding, changing and deleting fields; filling them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.foundation.access.policy import require, visible_refs
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.custom_fields.events import CustomValuesChanged
from wonward.foundation.custom_fields.models import FieldDefinition, FieldRequirement, FieldValue
from wonward.foundation.custom_fields.queries import list_fields, values_by_record
from wonward.foundation.custom_fields.registry import find_host, host_nouns, places_of
from wonward.foundation.custom_fields.rules import (
    MOST_FIELDS,
    Stored,
    check_new,
    clean_choices,
    key_of,
    plain,
    read_value,
    value_of,
)
from wonward.foundation.custom_fields.types import TAGS, FieldKind, FieldRow, NewField
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

NOUN = "custom_fields.field"


@transaction.atomic
def add_field(*, actor: Actor, new: NewField, now: datetime) -> int:
    """Add a field to a noun; its id. The key is made of the label and never changes."""
    require(actor, "custom_fields.field.edit")
    if new.noun not in host_nouns():
        raise Refused.field("noun", worded("“{noun}” has no custom fields.", noun=new.noun[:60]), "unknown")
    choices = check_new(new)
    rows = list(FieldDefinition.objects.filter(noun=new.noun))
    live = [row for row in rows if row.deleted_at is None]
    if len(live) >= MOST_FIELDS:
        raise Refused(worded("A record has at most {most_fields} custom fields.", most_fields=MOST_FIELDS))
    label = " ".join(new.label.split())
    _refuse_taken(live, label)
    row = FieldDefinition.objects.create(
        noun=new.noun, key=key_of(label, [row.key for row in rows]), label=label, kind=new.kind.value, choices=list(choices),
        hint=new.hint.strip()[:200], position=max((row.position for row in live if row.kind != TAGS), default=0) + 1, created_at=now, updated_at=now,
    )
    record_change(
        actor=actor, operation="custom_fields.add_field", ref=Ref(NOUN, row.pk), now=now,
        changes={"noun": [None, new.noun], "label": [None, label], "kind": [None, new.kind.value], "choices": [None, list(choices)]},
    )
    return row.pk


@transaction.atomic
def change_field(
    *, actor: Actor, field_id: int, label: str | None = None, choices: Sequence[str] | None = None, hint: str | None = None,
    position: int | None = None, places: Sequence[Ref] | None = None, version: int | None = None, now: datetime,
) -> None:
    """Rename a field, change its choices, its place among the others, or what asks for it; what is None stays.

    A choice that records hold is not taken away; the kind of a field never changes.
    """
    require(actor, "custom_fields.field.edit")
    row = _locked(field_id)
    if version is not None and version != row.version:
        raise Stale(worded("“{label}” was changed by somebody else in the meantime.", label=row.label), current={"version": row.version}, yours={"version": version})
    values: dict[str, Any] = {}
    if label is not None:
        values["label"] = " ".join(label.split())
        if not values["label"] or len(values["label"]) > 80:
            raise Refused.field("label", "A field needs a name of at most 80 characters.", "required")
        _refuse_taken(FieldDefinition.objects.filter(noun=row.noun, deleted_at__isnull=True).exclude(pk=row.pk), values["label"])
    if choices is not None and row.kind == FieldKind.CHOICE:
        values["choices"] = list(clean_choices(choices))
        _refuse_choices_in_use(row, values["choices"])
    if hint is not None:
        values["hint"] = hint.strip()[:200]
    if position is not None:
        values["position"] = max(1, min(position, 999))
    changes = {field: [getattr(row, field), value] for field, value in values.items() if getattr(row, field) != value}
    if places is not None and (moved := _put_places(row, places)):
        changes["places"] = moved
    if not changes:
        return
    FieldDefinition.objects.filter(pk=row.pk).update(**values, version=row.version + 1, updated_at=now)
    record_change(actor=actor, operation="custom_fields.change_field", ref=Ref(NOUN, row.pk), changes=changes, now=now)


@transaction.atomic
def delete_field(*, actor: Actor, field_id: int, now: datetime) -> None:
    """Take a field off the records; `restore_field` brings it back with its values. Conflict while a stage or the gate asks for it."""
    require(actor, "custom_fields.field.edit")
    row = _locked(field_id)
    if row.kind == TAGS:
        raise Conflict("Tags stay with the records.")
    places = places_of(row.noun)
    asking = [places[ref] for ref in _places(row) if ref in places]
    if asking:
        raise Conflict(worded("“{label}” is asked for by {asking}. Let it ask no more before you delete the field.", label=row.label, asking=", ".join(asking)))
    if row.deleted_at is None:
        _mark(actor, row, now, "custom_fields.delete_field", now)


@transaction.atomic
def restore_field(*, actor: Actor, field_id: int, now: datetime) -> None:
    """Bring a deleted field back with the values it had."""
    require(actor, "custom_fields.field.edit")
    row = _locked(field_id)
    if row.deleted_at is not None:
        _refuse_taken(FieldDefinition.objects.filter(noun=row.noun, deleted_at__isnull=True), row.label)
        _mark(actor, row, None, "custom_fields.restore_field", now)


def _mark(actor: Actor, row: FieldDefinition, deleted_at: datetime | None, operation: str, now: datetime) -> None:
    FieldDefinition.objects.filter(pk=row.pk).update(deleted_at=deleted_at, version=row.version + 1, updated_at=now)
    record_change(actor=actor, operation=operation, ref=Ref(NOUN, row.pk), changes={"deleted_at": [row.deleted_at, deleted_at]}, now=now)


@transaction.atomic
def set_values(*, actor: Actor, ref: Ref, values: Mapping[str, object], now: datetime) -> None:
    """Fill in or empty fields of one record by their keys; Refused names every value that does not fit."""
    host = find_host(ref.noun)
    if host is None:
        raise NotFound("record", ref)
    host.require_change(actor, ref.id)
    set_many_values(actor=actor, noun=ref.noun, values={ref.id: values}, now=now)


@transaction.atomic
def set_many_values(*, actor: Actor, noun: str, values: Mapping[int, Mapping[str, object]], now: datetime) -> None:
    """The same for many records of a noun by id. The caller has settled the right to change each of them."""
    fields = {row.key: row for row in list_fields(actor=actor, noun=noun)}
    errors: list[FieldError] = []
    wanted: dict[tuple[int, str], list[Stored]] = {}
    for ref_id, given in values.items():
        for key, raw in given.items():
            at = f"custom.{key}"
            if key not in fields:
                errors.append(FieldError(at, worded("There is no custom field {key}.", key=key[:60]), "unknown"))
                continue
            try:
                wanted[ref_id, key] = read_value(fields[key].kind, raw, choices=fields[key].choices, currency=get_organisation().currency)
            except ValueError as wrong:
                errors.append(FieldError(at, worded("{label}: {wrong}", label=fields[key].label, wrong=wrong.args[0]), "invalid"))
    errors += _unknown_people(actor, fields, wanted) + _asked_for(noun, fields, wanted)
    if errors:
        raise Refused(errors[0].words, errors)
    _write(actor, noun, fields, wanted, now)


def _unknown_people(actor: Actor, fields: Mapping[str, FieldRow], wanted: Mapping[tuple[int, str], list[Stored]]) -> list[FieldError]:
    named = {(key, row.whole) for (_, key), rows in wanted.items() if fields[key].kind is FieldKind.PERSON for row in rows}
    known = visible_refs(actor, [Ref("staff.person", person) for _, person in named if person])
    return [
        FieldError(f"custom.{key}", worded("{label}: there is no colleague {person}.", label=fields[key].label, person=person), "unknown")
        for key, person in sorted(named, key=str) if Ref("staff.person", person or 0) not in known
    ]


def _asked_for(noun: str, fields: Mapping[str, FieldRow], wanted: Mapping[tuple[int, str], list[Stored]]) -> list[FieldError]:
    """What is emptied although the place where its record stands asks for it."""
    host = find_host(noun)
    emptied = [(ref_id, fields[key]) for (ref_id, key), rows in wanted.items() if not rows and fields[key].places]
    if not emptied or host is None or host.find_places is None:
        return []
    standing = host.find_places({ref_id for ref_id, _ in emptied})
    words = places_of(noun)
    return [
        FieldError(f"custom.{field.key}", worded("{place} asks for “{label}”; it cannot be empty.", place=words.get(standing[ref_id], ""), label=field.label), "required")
        for ref_id, field in emptied if standing.get(ref_id) in field.places
    ]


def _write(
    actor: Actor, noun: str, fields: Mapping[str, FieldRow], wanted: Mapping[tuple[int, str], list[Stored]], now: datetime
) -> None:
    """Replace what differs, with one line of history and one event per record."""
    before = values_by_record(actor=actor, noun=noun, ids={ref_id for ref_id, _ in wanted}, keys={key for _, key in wanted})
    changes: dict[int, dict[str, list[object]]] = {}
    gone: dict[int, list[int]] = {}
    fresh: list[FieldValue] = []
    for (ref_id, key), rows in wanted.items():
        field = fields[key]
        old, new = before.get(ref_id, {}).get(key), value_of(field.kind, rows)
        if old == new:
            continue
        changes.setdefault(ref_id, {})[f"custom.{key}"] = [plain(old), plain(new)]
        gone.setdefault(field.id, []).append(ref_id)
        fresh += [
            FieldValue(field_id=field.id, ref_id=ref_id, text_value=row.text, number_value=row.number, date_value=row.day, whole_value=row.whole)
            for row in rows
        ]
    for field_id, ids in gone.items():
        FieldValue.objects.filter(field_id=field_id, ref_id__in=ids).delete()
    FieldValue.objects.bulk_create(fresh, batch_size=500)
    record_changes(
        actor=actor, operation="custom_fields.set_values", changes=[Change(Ref(noun, key), found) for key, found in changes.items()], now=now
    )
    for ref_id in changes:
        publish(CustomValuesChanged(noun=noun, ref_id=ref_id), actor=actor, now=now)


def _locked(field_id: int) -> FieldDefinition:
    row = FieldDefinition.objects.select_for_update().filter(pk=field_id).first()
    if row is None:
        raise NotFound("field", field_id)
    return row


def _places(row: FieldDefinition) -> list[Ref]:
    return [Ref(noun, key) for noun, key in row.requirements.order_by("pk").values_list("place_noun", "place_id")]


def _put_places(row: FieldDefinition, places: Sequence[Ref]) -> list[object] | None:
    """What asks for the field, before and after; None when nothing changes."""
    known = places_of(row.noun)
    for ref in places:
        if ref not in known:
            raise Refused.field("places", worded("{ref} cannot ask for fields.", ref=ref), "unknown")
    before = _places(row)
    if set(before) == set(places):
        return None
    row.requirements.all().delete()
    FieldRequirement.objects.bulk_create(
        FieldRequirement(field=row, place_noun=ref.noun, place_id=ref.id) for ref in dict.fromkeys(places)
    )
    return [[str(ref) for ref in before], [str(ref) for ref in places]]


@transaction.atomic
def copy_requirements(*, pairs: Sequence[tuple[Ref, Ref]]) -> None:
    """Let each second record ask for the fields the first one asks for; the caller has settled the right."""
    targets = dict(pairs)
    asked = FieldRequirement.objects.filter(place_noun__in={ref.noun for ref in targets}, place_id__in={ref.id for ref in targets})
    FieldRequirement.objects.bulk_create(
        [
            FieldRequirement(field_id=row.field_id, place_noun=targets[Ref(row.place_noun, row.place_id)].noun, place_id=targets[Ref(row.place_noun, row.place_id)].id)
            for row in asked if Ref(row.place_noun, row.place_id) in targets
        ],
        ignore_conflicts=True,
    )


def _refuse_taken(rows: Any, label: str) -> None:
    if any(row.label.casefold() == label.casefold() for row in rows):
        raise Refused.field("label", worded("There is a field {label} already.", label=label), "taken")


def _refuse_choices_in_use(row: FieldDefinition, choices: Sequence[str]) -> None:
    if not choices:
        raise Refused.field("choices", "Give at least one choice.", "required")
    gone = [choice for choice in row.choices if choice not in choices]
    held = set(FieldValue.objects.filter(field_id=row.pk, text_value__in=gone).values_list("text_value", flat=True)) if gone else set()
    if held:
        raise Refused.field("choices", worded("Records hold {held}. Give them another choice first.", held=", ".join(sorted(held))), "in_use")
