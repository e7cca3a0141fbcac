"""Lists narrowed and sorted by custom fields: `?field=region:north&field=seats:>=10&sort=-cf_seats`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from wonward.edges.api.v1.inputs import QueryText
from wonward.foundation.custom_fields.queries import PREFIX, list_fields
from wonward.foundation.custom_fields.rules import read_condition
from wonward.foundation.custom_fields.types import FieldKind
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded

FieldFilters = Annotated[list[QueryText], Field(max_length=10)]
FieldSort = Annotated[str, Field(pattern=r"^-?cf_[a-z0-9_]{1,60}$")]


def read_field_filters(actor: Actor, noun: str, texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The conditions as (key, condition); refused when one names no field of the noun."""
    kinds = {row.key: row.kind for row in list_fields(actor=actor, noun=noun)} if texts else {}
    pairs = [text.partition(":") for text in texts]
    errors = [
        FieldError("field", worded("There is no field {value}; write its key, a colon and what it holds.", value=key or text), "unknown")
        for text, (key, _colon, condition) in zip(texts, pairs, strict=True) if key not in kinds or not condition.strip()
    ]
    errors += [
        FieldError("field", worded("“{condition}” cannot be read for {key}.", condition=condition, key=key))
        for key, _colon, condition in pairs if key in kinds and condition.strip() and read_condition(kinds[key], condition) is None
    ]
    if errors:
        raise Refused(errors[0].words, errors)
    return tuple((key, condition.strip()) for key, _colon, condition in pairs)


def read_field_sort(actor: Actor, noun: str, sort: str) -> str:
    """The order asked for; refused when it is by a field the noun does not have, or by one that has no order."""
    if not sort.removeprefix("-").startswith(PREFIX):
        return sort
    key = sort.removeprefix("-").removeprefix(PREFIX)
    if any(row.key == key and row.kind is not FieldKind.TAGS for row in list_fields(actor=actor, noun=noun)):
        return sort
    raise Refused.field("sort", worded("There is no field {value} to sort by.", value=key), "unknown")
