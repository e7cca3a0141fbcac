"""`python -m tests.hardening.poison FIRST`: put a numbered payload into every column that holds words; prints what is where.

It writes past every rule and length on purpose: pages may trust nothing that comes from the database.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402, TID251
from django.db import connection, models, transaction  # noqa: E402

from tests.hardening.payloads import numbered  # noqa: E402

# Words of the machine: codes, keys and hashes that no person ever types.
CODES = frozenset({
    "key", "digest", "password", "language", "time_zone", "theme", "density", "email_digest", "noun", "ref_noun", "subject_noun",
    "basis_noun", "prefix", "currency", "operation", "via", "salt", "chain_hash", "sha256", "media_type", "kind", "status", "state",
    "direction", "document_sha256", "privacy", "side", "decision", "coverage", "alarm", "type", "lag_unit", "constraint", "placement", "normalised",
    "external_source", "spread", "strategy", "ended_by", "name_key", "item_key", "field", "next_kind", "noun_key", "request_digest", "body_digest", "origin",
})
LEFT_ALONE = {
    "access_user": {"email"}, "access_team": set(), "imports_importbatch": {"source"}, "notifications_thread": {"reason"},
    "notifications_notification": {"reason"},
}
WORKINGS = frozenset({"auth", "contenttypes", "sessions", "events", "jobs", "django_tasks_database", "mail"})
WORDS_IN_JSON = frozenset({"name", "text", "label", "note", "title", "quote", "message", "header", "reason", "acceptance_criteria",
                           "examples", "checklist", "scope_summary", "key_constraints", "criteria", "service", "description"})
MOST_ROWS = 400


def main(first: int) -> None:
    numbers = itertools.count(first)
    told: dict[int, str] = {}
    models_with_words = [
        model for model in apps.get_models()
        if model._meta.app_label not in WORKINGS and model._meta.db_table not in ("search_entry", "audit_auditentry")
    ]
    with transaction.atomic():
        for model in models_with_words:
            told.update(_poison(model, numbers))
    print(json.dumps({"next": next(numbers), "places": sorted(set(told.values())), "values": len(told)}))


def _poison(model: type[models.Model], numbers: Iterator[int]) -> Iterator[tuple[int, str]]:
    table = model._meta.db_table
    columns = [field for field in model._meta.concrete_fields if _holds_words(table, field)]
    if not columns:
        return
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = ", ".join(quoted(field.column) for field in columns)
        pk = model._meta.pk
        assert pk is not None
        cursor.execute(f"SELECT {quoted(pk.column)}, {names} FROM {quoted(table)} LIMIT {MOST_ROWS}")
        for key, *values in cursor.fetchall():
            for field, value in zip(columns, values, strict=True):
                if value in (None, ""):
                    continue
                number = next(numbers)
                poisoned = _in_json(value, number) if isinstance(field, models.JSONField) else numbered(number)
                cursor.execute(f"UPDATE {quoted(table)} SET {quoted(field.column)} = %s WHERE {quoted(pk.column)} = %s", [poisoned, key])
                yield number, f"{table}.{field.column}"


def _holds_words(table: str, field: Any) -> bool:
    if field.column in CODES or field.column in LEFT_ALONE.get(table, ()) or field.choices:
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def _in_json(value: Any, number: int) -> str:
    return json.dumps(_inside(json.loads(value) if isinstance(value, str) else value, number, is_word=False))


def _inside(value: Any, number: int, *, is_word: bool) -> Any:
    if isinstance(value, dict):
        return {key: _inside(one, number, is_word=key in WORDS_IN_JSON) for key, one in value.items()}
    if isinstance(value, list):
        return [_inside(one, number, is_word=is_word) for one in value]
    return numbered(number) if is_word and isinstance(value, str) and value else value


if __name__ == "__main__":
    main(int(sys.argv[1]))
