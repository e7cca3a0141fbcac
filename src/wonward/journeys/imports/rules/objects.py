"""A JSON list of records, or JSON lines, to a table of text."""

from __future__ import annotations

import json
from typing import Any

from wonward.journeys.imports.rules.delimited import Record
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_LISTS = ("records", "data", "items", "results", "cards", "rows", "values", "objects")
_MOST_COLUMNS = 500
# What some interfaces wrap the fields of a record into, and the records they spell out inside another.
_WRAPPERS = ("properties", "fields")
_PARTIES = {"org_id": "organization", "person_id": "person", "user_id": "owner", "owner_id": "owner"}
_SINGULAR = {"companies": "company", "contacts": "contact", "deals": "deal"}


def looks_like_json(text: str) -> bool:
    """Whether the text starts as a JSON list or object does."""
    return text.lstrip("\ufeff \r\n\t")[:1] in ("[", "{")


def read_objects(text: str) -> list[Record]:
    """A header record and one record per object; nested objects become `parent.child` columns."""
    try:
        document = json.loads(text.lstrip("\ufeff"), parse_constant=lambda _: None)
    except RecursionError:
        raise Refused.field("file", "The JSON is nested too deeply to be a table.", "broken") from None
    except ValueError as error:
        lines = _lines(text)
        if lines is not None:
            return _table(lines)
        place = worded(" (line {lineno})", lineno=error.lineno) if isinstance(error, json.JSONDecodeError) else ""
        raise Refused.field("file", worded("The JSON cannot be read{place}. Export it again.", place=place), "broken") from None
    return _table(_find_rows(document))


def _lines(text: str) -> list[Any] | None:
    """One object per line, as JSON lines have them; None when it is not that."""
    try:
        rows = [json.loads(line, parse_constant=lambda _: None) for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return rows if len(rows) > 1 and all(isinstance(row, dict) for row in rows) else None


def _table(rows: list[Any]) -> list[Record]:
    columns: dict[str, None] = {}
    flat: list[dict[str, str]] = []
    for row in rows:
        values: dict[str, str] = {}
        if isinstance(row, dict):
            _flatten(row, "", values, 0)
        else:
            values["value"] = _text(row)
        flat.append(values)
        columns.update(dict.fromkeys(values))
        if len(columns) > _MOST_COLUMNS:
            raise Refused.field("file", worded("The records have more than {most_columns} different keys.", most_columns=_MOST_COLUMNS), "too_large")
    header = list(columns)
    body = [Record(number, [values.get(name, "") for name in header]) for number, values in enumerate(flat, start=2)]
    return [Record(1, header), *body] if header else []


def _find_rows(document: Any) -> list[Any]:
    """The list itself, or the list an export wraps in an object."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in _LISTS:
            if isinstance(document.get(name), list):
                return list(document[name])
        lists = [value for value in document.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        if lists:
            return max(lists, key=len)
        return [document]
    raise Refused.field("file", "The JSON is neither a list nor an object.", "unsupported")


def _flatten(row: dict[str, Any], prefix: str, values: dict[str, str], depth: int) -> None:
    for key, value in row.items():
        name = f"{prefix}{key}"[:200]
        if isinstance(value, dict) and depth == 0 and key in _WRAPPERS:
            _flatten(value, "", values, depth + 1)
        elif isinstance(value, dict) and depth == 0 and key == "associations":
            _flatten_associations(value, values)
        elif isinstance(value, dict) and key in _PARTIES and "name" in value:
            _flatten_party(_PARTIES[key], value, values)
        elif isinstance(value, dict) and depth < 3:
            _flatten(value, f"{name}.", values, depth + 1)
        else:
            values[name] = _text(value)


def _flatten_party(word: str, party: dict[str, Any], values: dict[str, str]) -> None:
    """Who a record belongs to, spelled out inside it: `org_id: {value, name}`."""
    values[f"{word} id"] = _text(party.get("value", party.get("id")))
    for name in ("name", "email", "phone"):
        if party.get(name):
            values[f"{word} {name}"] = _text(party[name])


def _flatten_associations(associations: dict[str, Any], values: dict[str, str]) -> None:
    """The ids of other records, as `companies: {results: [{id}]}`, into one cell each."""
    for key, wrapped in associations.items():
        found = wrapped.get("results") if isinstance(wrapped, dict) else None
        ids = [_text(one["id"]) for one in found if isinstance(one, dict) and "id" in one] if isinstance(found, list) else []
        if ids:
            values[f"associated {_SINGULAR.get(key, key)} ids"[:200]] = ";".join(dict.fromkeys(ids))


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(isinstance(one, dict) and "value" in one for one in value):
        value = [one["value"] for one in sorted(value, key=lambda one: not one.get("primary"))]
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value if isinstance(one, (str, int, float)))
    return str(value)
