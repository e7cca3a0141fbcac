"""Whether what is asked of many records can be asked at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from wonward.journeys.automation.types import BEHIND, TRASHED, BulkField, BulkKind
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

_IDS = (BulkKind.PERSON, BulkKind.STAGE, BulkKind.CAMPAIGN, BulkKind.SERVICE)
_LONGEST = 2000


def asked_errors(fields: Sequence[BulkField], asked: Mapping[str, Any]) -> list[FieldError]:
    """What cannot be understood in what is asked; whether a record takes it, the record's own operation says."""
    if not asked:
        return [FieldError("changes", "Say what to change.", "required")]
    if TRASHED in asked and len(asked) > 1:
        return [FieldError(TRASHED, "Records are put into the trash or changed, not both at once.", "alone")]
    known = {field.key: field for field in fields}
    errors = []
    for key, value in asked.items():
        field = known.get(key)
        if field is None:
            errors.append(FieldError(key[:60], worded("{key} cannot be changed for many records at once.", key=key[:60]), "unknown"))
        elif value in (None, "", []) and not field.may_be_empty:
            errors.append(FieldError(key, "This cannot be made empty for many records at once.", "required"))
        elif value not in (None, "", []) and not _fits(field.kind, value):
            errors.append(FieldError(key, "This is not a value of the field.", "invalid"))
    return errors


def _fits(kind: BulkKind, value: Any) -> bool:
    if kind in _IDS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53
    if kind is BulkKind.DATE:
        return _is_day(value)
    if kind is BulkKind.ACTION:
        return _is_action(value)
    if kind is BulkKind.TAGS:
        return isinstance(value, list) and len(value) <= 30 and all(isinstance(word, str) and len(word) <= 60 for word in value)
    if kind is BulkKind.TRASH:
        return value is True
    if kind is BulkKind.CUSTOM:
        return isinstance(value, (str, int, float, list, dict)) and len(str(value)) <= _LONGEST
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_action(value: Any) -> bool:
    return (
        isinstance(value, dict) and set(value) <= {"kind", "due_date", "note", "owner_id"} and isinstance(value.get("kind"), str)
        and _is_day(value.get("due_date")) and isinstance(value.get("note", ""), str)
        and (value.get("owner_id") is None or _fits(BulkKind.PERSON, value["owner_id"]))
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, each with both values."""
    return {key: [value, after.get(key)] for key, value in before.items() if after.get(key) != value}


def is_untouched(now: Mapping[str, Any], changes: Mapping[str, Sequence[Any]], *, version: int, version_then: int) -> bool:
    """Whether a record still stands as the bulk change left it."""
    return version == version_then and all(now.get(key) == pair[1] for key, pair in changes.items() if not key.startswith(BEHIND))


def with_words(words: Collection[str], *, add: Sequence[str], remove: Sequence[str]) -> list[str]:
    """Tags with some more and some fewer, whatever their case; the order stays."""
    gone = {word.strip().casefold() for word in remove}
    kept = {word.casefold(): word for word in words if word.casefold() not in gone}
    for word in add:
        if word.strip():
            kept.setdefault(word.strip().casefold(), word.strip())
    return list(kept.values())
