"""The hot questions about deals, compiled once per shape: who asks with which reach, narrowed by what, on which day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.clients.queries import companies_of, records_of_people
from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import DealFilter
from wonward.domains.staff.queries import DayFrame, get_day_frame
from wonward.foundation.custom_fields.queries import narrow_by_fields
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor

Finish = Callable[[QuerySet[Deal], Values], QuerySet[Any, Any]]
NOBODY = 0
_NUMBERS = ("owner_id", "pipeline_id", "stage_id", "company_id")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The deals of a filter that a viewer sees, as a shape and the values that fill it."""

    actor: Actor
    where: DealFilter
    frame: DayFrame
    cutoffs: dict[int, datetime]
    values: dict[str, Any]
    now: datetime

    def deals(self, values: Values) -> QuerySet[Deal]:
        """The queryset for these values."""
        actor = replace(self.actor, person_id=values["person"], team_id=values["team"])
        where = replace(self.where, **{name: values[name] for name in _NUMBERS if name in values})
        return filter_deals(actor, where, self.frame_of(values), self.cutoffs_of(values), values.get("now", self.now))

    def frame_of(self, values: Values) -> DayFrame:
        """What day it is for whom."""
        return DayFrame(values["today"], self.frame.exceptions)

    def cutoffs_of(self, values: Values) -> dict[int, datetime]:
        """Per open stage, the instant before which an arrival counts as too long ago."""
        return {key: values[f"cutoff {key}"] for key in self.cutoffs}

    def rows(self, name: str, finish: Finish, *, is_hot: bool = True, is_kept: bool = False) -> list[tuple[Any, ...]]:
        """The tuples of what `finish` makes of the deals; a shape that names text or lists is compiled each time."""
        if is_hot and self._is_steady:
            key = (prepared.place_of(finish), name, self._key)
            return prepared.rows(key, lambda values: finish(self.deals(values), values), self.values, is_kept=is_kept, has_one_plan=True)
        return list(finish(self.deals(self.values), self.values))

    def rows_per_stage(self, name: str, finish: Finish, stage_ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The same for each of the stages; `finish` filters by its value `column`."""
        if self._is_steady:
            return prepared.rows_for_each(
                (prepared.place_of(finish), name, self._key), lambda values: finish(self.deals(values), values), self.values, name="column",
                choices=stage_ids,
            )
        each = ({**self.values, "column": stage_id} for stage_id in stage_ids)
        return [row for values in each for row in finish(self.deals(values), values)]

    @property
    def _is_steady(self) -> bool:
        where = self.where
        rare = (
            where.text, where.external_id, where.updated_since, where.closes, where.closed, where.is_undated, where.custom, where.segment, where.people, self.frame.exceptions,
        )
        return not any(rare) and where.source is None and where.lost_reason is None

    @property
    def _key(self) -> tuple[Any, ...]:
        actor, where = self.actor, self.where
        return (
            actor.is_system, actor.role in ("owner", "admin"), actor.scope_of("sales.deal.view"), where.status,
            where.is_history, where.urgency, where.owner_id == NOBODY, tuple(self.values),
        )


def narrow(actor: Actor, where: DealFilter, now: datetime) -> Narrowed:
    """The deals of a filter, ready to be asked for in several ways."""
    frame, cutoffs = day_frame(actor, now), stuck_cutoffs(now)
    numbers = {name: getattr(where, name) for name in _NUMBERS if getattr(where, name) is not None and (name, getattr(where, name)) != ("owner_id", NOBODY)}
    values = {
        "person": actor.person_id or 0, "team": actor.team_id or 0, "today": frame.today,
        **({"now": now} if where.urgency == "unanswered" else {}),
        **{f"cutoff {key}": at for key, at in cutoffs.items()}, **numbers,
    }
    return Narrowed(actor, where, frame, cutoffs, values, now)


def filter_deals(actor: Actor, where: DealFilter, frame: DayFrame, cutoffs: dict[int, datetime], now: datetime) -> QuerySet[Deal]:
    """Deals of a filter that the viewer sees."""
    deals = Deal.objects.visible_to(actor)
    exact = {
        "status": where.status, "owner_id": None if where.owner_id == NOBODY else where.owner_id, "pipeline_id": where.pipeline_id, "stage_id": where.stage_id,
        "company_id": where.company_id, "external_id": where.external_id,
    }
    deals = deals.filter(**{field: value for field, value in exact.items() if value not in ("", None)})
    if where.owner_id == NOBODY:
        deals = deals.filter(owner__isnull=True)
    if where.is_history is not None:
        deals = deals.filter(is_history=where.is_history)
    if where.updated_since is not None:
        deals = deals.filter(updated_at__gte=where.updated_since)
    if where.text:
        deals = deals.filter(
            Q(name__icontains=where.text) | Q(company__name__icontains=where.text) | Q(number__iexact=where.text)
        )
    if where.source is not None:
        deals = deals.filter(source=where.source)
    if where.lost_reason is not None:
        deals = deals.filter(status="lost", lost_reason=where.lost_reason)
    if where.closes is not None:
        deals = deals.filter(expected_close_date__range=where.closes)
    if where.is_undated:
        deals = deals.filter(expected_close_date__isnull=True)
    if where.closed is not None:
        deals = deals.filter(closed_date__range=where.closed)
    if where.urgency:
        deals = deals.filter(status="open").filter(unanswered(now) if where.urgency == "unanswered" else urgency_of(where.urgency, frame, cutoffs))
    if where.segment is not None:
        deals = deals.filter(company__in=companies_of(actor, where.segment))
    if where.people is not None:
        deals = deals.filter(pk__in=records_of_people(actor, "sales.deal", where.people))
    if where.custom:
        return narrow_by_fields(deals, noun="sales.deal", asked=where.custom, actor=actor)
    return deals


def day_frame(actor: Actor, now: datetime) -> DayFrame:
    """What day it is for whom, seen from the viewer."""
    return get_day_frame(now=now, time_zone=actor.time_zone)


def stuck_cutoffs(now: datetime) -> dict[int, datetime]:
    """Per open stage, the instant before which an arrival counts as too long ago; whole minutes, so that many readers ask the same."""
    minute = now.replace(second=0, microsecond=0)
    stages = (stage for row in list_pipelines() for stage in row.stages if stage.kind == "open")
    return {stage.id: minute - timedelta(days=stage.days_until_stuck) for stage in stages}


def urgency_of(urgency: str, frame: DayFrame, cutoffs: dict[int, datetime]) -> Q:
    """The condition behind a chip of the board."""
    if urgency == "overdue":
        return by_day(frame, "lt")
    if urgency == "today":
        return by_day(frame, "exact")
    if urgency == "parked":
        return Q(next_kind="parked")
    if urgency == "no_next_action":
        return Q(next_due_date__isnull=True)
    if urgency == "no_owner":
        return Q(owner__isnull=True)
    if urgency == "slipped":
        return slipped(frame)
    late_in_stage = Q(pk__in=[])
    for stage_id, cutoff in cutoffs.items():
        late_in_stage |= Q(stage_id=stage_id, stage_entered_at__lt=cutoff)
    return by_day(frame, "lt") & late_in_stage


def unanswered(now: datetime) -> Q:
    """The client wrote, and should have had an answer by now."""
    return Q(owed_answer__asked_at__isnull=False, owed_answer__due_at__lt=now)


def slipped(frame: DayFrame) -> Q:
    """The expected close has passed, or was moved later before."""
    return Q(expected_close_date__lt=frame.today) | Q(close_slips__gt=0)


def by_day(frame: DayFrame, comparison: str) -> Q:
    """Due before or on the day it is for the person responsible."""
    condition = Q(**{f"next_due_date__{comparison}": frame.today})
    for day, people in frame.exceptions:
        elsewhere = Q(owner_id__in=people)
        condition = (condition & ~elsewhere) | (elsewhere & Q(**{f"next_due_date__{comparison}": day}))
    return condition
