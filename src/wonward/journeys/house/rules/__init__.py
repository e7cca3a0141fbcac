"""The shape of an export: where what lies, and what a spreadsheet must not take for a formula."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MANIFEST = "manifest.json"
TABLES = "tables"
CONTENTS = "contents"
FORMAT = 2
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Money in two columns, lists as JSON, and nothing a spreadsheet would take for a formula."""
    cells: dict[str, Any] = {}
    for name, value in record.items():
        if name in ("value", "price", "cost"):
            cells[f"{name}_amount"] = value["amount"] if value else ""
            cells[f"{name}_currency"] = value["currency"] if value else ""
        else:
            cells[name] = cell(value)
    return cells


def cell(value: Any) -> Any:
    """A value as a cell of a sheet."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
