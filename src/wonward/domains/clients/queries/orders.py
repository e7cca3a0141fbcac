"""The orders and groups of lists of companies and contacts; what is empty comes last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import NullIf

from wonward.foundation.custom_fields.queries import sort_by_field
from wonward.kernel.actor import Actor

M = TypeVar("M", bound=Model)
Order = tuple[str | OrderBy, ...]


def _filled(column: str, *, is_falling: bool = False) -> OrderBy:
    words = NullIf(F(column), Value(""), output_field=TextField())
    return words.desc(nulls_last=True) if is_falling else words.asc(nulls_last=True)


def _both(key: str, rising: Order, falling: Order) -> dict[str, Order]:
    return {key: rising, f"-{key}": falling}


def _plain(*keys: str) -> dict[str, Order]:
    return {order: (order,) for key in keys for order in (key, f"-{key}")}


def _worded(*keys: str) -> dict[str, Order]:
    return {name: order for key in keys for name, order in _both(key, (_filled(key), "name"), (_filled(key, is_falling=True), "name")).items()}


def _known(key: str, column: str) -> dict[str, Order]:
    return _both(key, (F(column).asc(nulls_last=True), "name"), (F(column).desc(nulls_last=True), "name"))


COMPANY_SORTS: Mapping[str, Order] = {
    **_plain("name", "created_at", "updated_at"), **_worded("industry", "country", "tier"), **_known("owner", "owner__name"),
    **_known("since", "client_since_date"), **_known("employees", "employees"), **_both("number", ("pk",), ("-pk",)),
}
COMPANY_GROUPS: Mapping[str, tuple[Order, str]] = {
    "owner": ((F("owner__name").asc(nulls_last=True), "owner_id"), "owner_id"), "tier": ((_filled("tier"),), "tier"),
    "industry": ((_filled("industry"),), "industry"), "country": ((_filled("country"),), "country"),
}
HOME = "home_name"
CONTACT_SORTS: Mapping[str, Order] = {
    **_plain("name", "created_at", "updated_at"), **_worded("source", "preference", "title"), **_known("company", HOME),
}
CONTACT_GROUPS: Mapping[str, tuple[Order, str]] = {
    "company": ((F(HOME).asc(nulls_last=True), "home_id"), "home_id"), "source": ((_filled("source"),), "source"),
}


def in_order(
    records: QuerySet[M], *, noun: str, sort: str, group: str, sorts: Mapping[str, Order], groups: Mapping[str, tuple[Order, str]], actor: Actor
) -> QuerySet[M, Any]:
    """The records group by group, in each by `sort`: one of `sorts`, or `cf_` and the key of a custom field; by name for anything else."""
    first = groups[group][0] if group in groups else ()
    by_field = None if sort in sorts else sort_by_field(records, noun=noun, sort=sort, actor=actor)
    if by_field is None:
        return records.order_by(*first, *sorts.get(sort, sorts["name"]), "pk")
    return by_field.order_by(*first, *by_field.query.order_by) if first else by_field
