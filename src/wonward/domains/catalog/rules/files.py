"""A template as a file: JSON that says what it is and by which schema it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wonward.domains.catalog.rules.checking import check_items
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded

FORMAT = "wonward.template"
SCHEMA = 1


def write_file(*, name: str, number: int, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The document of one version."""
    return {"format": FORMAT, "schema": SCHEMA, "name": name, "number": number, "items": [dict(item) for item in items]}


def read_file(document: Any) -> tuple[str, list[Mapping[str, Any]], list[FieldError]]:
    """(name, items, everything wrong with it). A file of a newer schema is refused as a whole."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        return "", [], [FieldError("file", "This is not a template file of Wonward.", "format")]
    schema = document.get("schema")
    if schema != SCHEMA:
        return "", [], [FieldError("file", worded("This file is written by schema {schema}; this version reads schema {known}.", schema=schema, known=SCHEMA), "schema")]
    name, items = document.get("name"), document.get("items")
    errors = []
    if not isinstance(name, str) or not name.strip() or len(name) > 200:
        errors.append(FieldError("name", "A template needs a name of at most 200 characters.", "required"))
    if not isinstance(items, list):
        return "", [], [*errors, FieldError("items", "A template file has a list of items.", "type")]
    return str(name or "").strip(), items, [*errors, *check_items(items)]
