"""What records hold in their custom fields, beside their own facts: one query however many they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from django.http import HttpResponse

from wonward.edges.api.v1.answers import answer, make_page
from wonward.edges.api.v1.inputs import ListQuery
from wonward.foundation.custom_fields.queries import values_by_record
from wonward.foundation.custom_fields.rules import plain
from wonward.kernel.actor import Actor

CustomOut = dict[str, str | int | list[str] | dict[str, str] | None]
S = TypeVar("S", bound=msgspec.Struct)


def with_values(actor: Actor, noun: str, shown: Sequence[S]) -> list[S]:
    """Records already shown, each with the values by key that the viewer may know; fields without one are left out."""
    found = values_by_record(actor=actor, noun=noun, ids=[_id(one) for one in shown])
    return [
        msgspec.structs.replace(one, custom={key: plain(value) for key, value in found[_id(one)].items()}) if _id(one) in found else one
        for one in shown
    ]


def page_with_values(actor: Actor, noun: str, rows: Sequence[Any], where: ListQuery, show: Callable[[Any], msgspec.Struct]) -> HttpResponse:
    """One page of rows that were asked for with `limit=where.limit + 1`, each with its values."""
    found = make_page(rows, where, show)
    return answer(msgspec.structs.replace(found, items=with_values(actor, noun, found.items)))


def _id(shown: Any) -> int:
    return int(shown.id)
