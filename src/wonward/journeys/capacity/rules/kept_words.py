"""Sentences in a stored document: kept as template and values, so that whoever reads them later hears them in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wonward.kernel.wording import Joined, Sentence, joined, worded


def kept(text: str) -> Any:
    """A sentence as JSON; plain words stay as they are."""
    if isinstance(text, Joined):
        return {"between": text.between, "parts": [kept(part) for part in text.parts]}
    if isinstance(text, Sentence):
        return {"template": text.template, "values": {name: _kept_value(value) for name, value in text.values.items()}}
    return text


def said(document: Any) -> str:
    """The sentence that was kept; what was kept as plain words is read as such."""
    if isinstance(document, Mapping):
        if "parts" in document:
            return joined([said(part) for part in document["parts"]], document["between"])
        return worded(document["template"], **{name: _said_value(value) for name, value in document["values"].items()})
    return str(document or "")


def _kept_value(value: object) -> Any:
    if isinstance(value, str):
        return kept(value)
    return {"day": value.isoformat()} if isinstance(value, date) else value if isinstance(value, int | float) else str(value)


def _said_value(value: Any) -> object:
    if isinstance(value, int | float):
        return value
    return date.fromisoformat(value["day"]) if isinstance(value, Mapping) and "day" in value else said(value)
