"""Turning deal tuples into redacted rows. The columns are read flat: no model instances on hot lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Exists, QuerySet

from wonward.domains.sales.models import Deal, DealMember
from wonward.domains.sales.types import DealRow, NextActionRow
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.database.reading import once
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

COLUMNS = (
    "pk", "number", "name", "status", "company_id", "company__name", "owner_id", "owner__name", "pipeline_id",
    "stage_id", "stage__name", "stage__kind", "stage__probability", "stage__days_until_stuck", "probability",
    "value_minor", "currency", "source", "opened_date", "expected_close_date", "closed_date", "lost_reason",
    "is_history", "is_restricted", "stage_entered_at", "next_kind", "next_note", "next_due_date", "next_owner_id",
    "next_owner__name", "main_service__name", "main_service__tone", "external_id", "version", "created_at", "updated_at",
)


class ValueRight:
    """Whether the viewer sees a deal's value: everybody's, their own, or none."""

    def __init__(self, actor: Actor, *, always: bool = False) -> None:
        self.reach = Scope.ALL if always else actor.scope_of("sales.value.view")
        self.person_id = actor.person_id
        self._member_of: frozenset[int] = frozenset()
        if self.reach is Scope.OWN and self.person_id:
            self._member_of = once(("deals of a member", actor.person_id), lambda: _deals_of_member(actor.person_id or 0))

    @property
    def is_everywhere(self) -> bool:
        """Sums are shown only to those who see every part of them."""
        return self.reach not in (Scope.NONE, Scope.OWN)

    def covers(self, deal_id: int, owner_id: int | None) -> bool:
        """Whether this deal's value may be shown."""
        if self.reach is Scope.OWN:
            return self.person_id is not None and (owner_id == self.person_id or deal_id in self._member_of)
        return self.reach is not Scope.NONE


def find_value_readers(*, actors: Sequence[Actor], deal_id: int | None) -> list[bool]:
    """For each of some people, whether they see the value of a deal; of none, whether they see every value. Two queries, however many they are."""
    reaches = [actor.scope_of("sales.value.view") for actor in actors]
    if deal_id is None:
        return [reach is Scope.ALL for reach in reaches]
    asking = [place for place, reach in enumerate(reaches) if reach is not Scope.NONE]
    if not asking:
        return [False] * len(reaches)
    seen = [Exists(Deal.objects.visible_to(actors[place]).filter(pk=deal_id)) for place in asking]
    owner_id, *sees = Deal.objects.filter(pk=deal_id).values_list("owner_id", *seen).get()
    insiders = {owner_id, *DealMember.objects.filter(deal_id=deal_id).values_list("person_id", flat=True)} - {None}
    found = [False] * len(reaches)
    for place, is_seen in zip(asking, sees, strict=True):
        found[place] = bool(is_seen) and (reaches[place] is not Scope.OWN or actors[place].person_id in insiders)
    return found


def find_deals_with_value(*, actor: Actor, deal_ids: Collection[int]) -> set[int]:
    """Those of the given deals whose value the actor sees; no query for somebody who sees none."""
    right = ValueRight(actor)
    if not deal_ids or right.reach is Scope.NONE:
        return set()
    seen = {ref.id for ref in visible_refs(actor, {Ref("sales.deal", key) for key in deal_ids})}
    if right.is_everywhere or not seen:
        return seen
    return {key for key, owner_id in Deal.objects.filter(pk__in=seen).values_list("pk", "owner_id") if right.covers(key, owner_id)}


def _deals_of_member(person_id: int) -> frozenset[int]:
    return frozenset(DealMember.objects.filter(person_id=person_id).values_list("deal_id", flat=True))


def read_rows(deals: QuerySet[Deal], right: ValueRight) -> list[DealRow]:
    """Rows of a queryset already filtered for the viewer; one query."""
    return rows_of(deals.values_list(*COLUMNS), right)


def rows_of(tuples: Iterable[Sequence[Any]], right: ValueRight) -> list[DealRow]:
    """Rows of tuples in the order of `COLUMNS`."""
    return [_row(values, right) for values in tuples]


def _row(values: Sequence[Any], right: ValueRight) -> DealRow:
    return _made(tuple(values), right.covers(values[0], values[6]))


@lru_cache(maxsize=4096)
def _made(values: tuple[Any, ...], may_see: bool) -> DealRow:
    """The row of a tuple, whoever looks; one read again and found the same is the same row."""
    (
        pk, number, name, status, company_id, company, owner_id, owner, pipeline_id, stage_id, stage, kind,
        stage_probability, stuck_days, probability, value_minor, currency, source, opened, expected, closed, lost_reason,
        is_history, is_restricted, entered, next_kind, next_note, next_due, next_owner_id, next_owner, service, tone,
        external_id, version, created, updated,
    ) = values
    action = None
    if next_due is not None and status == "open":
        action = NextActionRow(next_kind, next_note, next_due, next_owner_id or owner_id, next_owner or owner or "")
    return DealRow(
        pk, number, name, status, company_id, company or "", owner_id, owner or "", pipeline_id, stage_id, stage, kind,
        stage_probability if probability is None else probability,
        Money(value_minor, currency) if may_see and value_minor is not None else None,
        may_see, source, opened, expected, closed, lost_reason, bool(is_history), bool(is_restricted), entered,
        stuck_days, action, service or "", tone or 0, external_id, version, created, updated,
    )

