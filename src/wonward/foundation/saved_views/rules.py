"""A view as an address, and back; pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wonward.foundation.saved_views.types import ViewState
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded

SHAPE_PARAMETERS = ("columns", "group", "sort", "sums")
NO_SUMS = "none"
LONGEST_NAME = 80
MOST_FILTERS = 40
LONGEST_VALUE = 300
MOST_COLUMNS = 60


def read_state(
    query: Mapping[str, Iterable[str]], *, filters: Collection[str], columns: Collection[str], groups: Collection[str],
    sorts: Collection[str], sums: Collection[str],
) -> ViewState:
    """The state an address asks for: parameter → its values. What the list does not know is left out, never an error."""
    values = {name: [part for text in query.get(name, ()) for part in text.split(",")] for name in ("columns", "sums")}
    chosen = tuple(dict.fromkeys(key for key in values["columns"] if key in columns))
    group, sort = _last(query, "group"), _last(query, "sort")
    return ViewState(
        filters=tuple((name, value[:LONGEST_VALUE]) for name in filters if (value := _last(query, name).strip())),
        columns=chosen,
        group=group if group in groups else "",
        sort=sort if sort.removeprefix("-") in sorts else "",
        sums=tuple(dict.fromkeys(key for key in values["sums"] if key in sums)) if "sums" in query else None,
    )


def write_state(state: ViewState) -> dict[str, str]:
    """The parameters that `read_state` reads back to the same state."""
    found = dict(state.filters)
    if state.columns:
        found["columns"] = ",".join(state.columns)
    if state.group:
        found["group"] = state.group
    if state.sort:
        found["sort"] = state.sort
    if state.sums is not None:
        found["sums"] = ",".join(state.sums) or NO_SUMS
    return found


def pack(state: ViewState) -> dict[str, Any]:
    """As it is stored."""
    return {
        "filters": [list(pair) for pair in state.filters], "columns": list(state.columns), "group": state.group, "sort": state.sort,
        "sums": None if state.sums is None else list(state.sums),
    }


def unpack(stored: Mapping[str, Any]) -> ViewState:
    """The inverse of `pack`; what an older version did not know is empty."""
    sums = stored.get("sums")
    return ViewState(
        tuple((name, value) for name, value in stored.get("filters", ())), tuple(stored.get("columns", ())), stored.get("group", ""),
        stored.get("sort", ""), None if sums is None else tuple(sums),
    )


def check_name(name: str) -> str:
    """The name as it is stored, or Refused."""
    words = " ".join(name.split())
    if not words:
        raise Refused.field("name", "Give the view a name.", "required")
    if len(words) > LONGEST_NAME:
        raise Refused.field("name", worded("A name has at most {longest_name} characters.", longest_name=LONGEST_NAME), "too_long")
    return words


def check_state(state: ViewState) -> None:
    """Refused when a state is larger than any list could need."""
    errors = []
    if len(state.filters) > MOST_FILTERS or any(len(value) > LONGEST_VALUE for _, value in state.filters):
        errors.append(FieldError("filters", "These filters are too long to be kept.", "too_long"))
    if len(state.columns) > MOST_COLUMNS or len(state.sums or ()) > MOST_COLUMNS:
        errors.append(FieldError("columns", worded("A view shows at most {most_columns} columns.", most_columns=MOST_COLUMNS), "too_long"))
    if errors:
        raise Refused(errors[0].words, errors)


def _last(query: Mapping[str, Iterable[str]], name: str) -> str:
    values = list(query.get(name, ()))
    return values[-1] if values else ""
