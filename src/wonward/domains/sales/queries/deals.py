"""Reading single deals and lists of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from wonward.domains.catalog.queries import get_service_facts
from wonward.domains.sales.models import (
    BriefDraft,
    Deal,
    DealLine,
    DealMember,
    NextActionEntry,
    Stage,
    StageVisit,
)
from wonward.domains.sales.queries.rows import ValueRight, read_rows
from wonward.domains.sales.types import ClosingBrief, DealFilter, DealRow, DealSums, LineRow, StageVisitRow
from wonward.domains.staff.queries import DayFrame, get_day_frame
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound
from wonward.kernel.money import Money

SORTS: dict[str, tuple[str, ...]] = {
    "id": ("pk",), "-id": ("-pk",),
    "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "value": ("reporting_minor", "pk"), "-value": ("-reporting_minor", "-pk"),
    "next_action": ("next_due_date", "pk"), "-next_action": ("-next_due_date", "-pk"),
    "expected_close_date": ("expected_close_date", "pk"), "-expected_close_date": ("-expected_close_date", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
    "created_at": ("created_at", "pk"), "-created_at": ("-created_at", "-pk"),
}
_BY_VALUE = ("value", "-value")
URGENCIES = ("overdue", "today", "stuck", "no_next_action", "parked")


def get_deal(*, actor: Actor, deal_id: int, value_is_known: bool = False) -> DealRow:
    """One deal, or NotFound. `value_is_known` lifts the redaction for a caller that has settled the right."""
    rows = read_rows(Deal.objects.visible_to(actor).filter(pk=deal_id), ValueRight(actor, always=value_is_known))
    if not rows:
        raise NotFound("deal", deal_id)
    return rows[0]


def find_deal_rows(*, actor: Actor, deal_ids: list[int], value_is_known: bool = False) -> dict[int, DealRow]:
    """The visible ones among the given deals, by id."""
    rows = read_rows(Deal.objects.visible_to(actor).filter(pk__in=deal_ids), ValueRight(actor, always=value_is_known))
    return {row.id: row for row in rows}


def list_deals(
    *, actor: Actor, where: DealFilter, now: datetime, sort: str = "-updated_at", offset: int = 0, limit: int = 50
) -> list[DealRow]:
    """A page of deals; `sort` is one of SORTS. NotAllowed when it would tell the order of values the viewer may not see."""
    if not may_sort(actor, sort):
        raise NotAllowed("Your access role does not include sorting deals by value.")
    deals = filter_deals(actor, where, now)
    return read_rows(deals.order_by(*SORTS[sort])[offset : offset + limit], ValueRight(actor))


def may_sort(actor: Actor, sort: str) -> bool:
    """Whether a list may be in this order: an order by value tells the values themselves."""
    return sort in SORTS and (sort not in _BY_VALUE or ValueRight(actor).is_everywhere)


def sum_deals(*, actor: Actor, where: DealFilter, now: datetime) -> DealSums:
    """Count and sums over every row of a filter, with urgencies; one query."""
    right = ValueRight(actor)
    frame = day_frame(actor, now)
    found = filter_deals(actor, where, now).aggregate(**aggregates(frame, stuck_cutoffs(now)))
    return sums_row(found, right, get_organisation().currency)


def filter_deals(actor: Actor, where: DealFilter, now: datetime) -> QuerySet[Deal]:
    """Deals of a filter that the viewer sees."""
    deals = Deal.objects.visible_to(actor)
    exact = {
        "status": where.status, "owner_id": where.owner_id, "pipeline_id": where.pipeline_id, "stage_id": where.stage_id,
        "company_id": where.company_id, "external_id": where.external_id,
    }
    deals = deals.filter(**{field: value for field, value in exact.items() if value not in ("", None)})
    if where.is_history is not None:
        deals = deals.filter(is_history=where.is_history)
    if where.updated_since is not None:
        deals = deals.filter(updated_at__gte=where.updated_since)
    if where.text:
        deals = deals.filter(
            Q(name__icontains=where.text) | Q(company__name__icontains=where.text) | Q(number__iexact=where.text)
        )
    if where.urgency:
        deals = deals.filter(status="open").filter(urgency_of(where.urgency, day_frame(actor, now), stuck_cutoffs(now)))
    return deals


def day_frame(actor: Actor, now: datetime) -> DayFrame:
    """What day it is for whom, seen from the viewer."""
    return get_day_frame(now=now, time_zone=actor.time_zone)


def urgency_of(urgency: str, frame: DayFrame, cutoffs: dict[int, datetime]) -> Q:
    """The condition behind a chip of the board."""
    if urgency == "overdue":
        return _by_day(frame, "lt")
    if urgency == "today":
        return _by_day(frame, "exact")
    if urgency == "parked":
        return Q(next_kind="parked")
    if urgency == "no_next_action":
        return Q(next_due_date__isnull=True)
    late_in_stage = Q(pk__in=[])
    for stage_id, cutoff in cutoffs.items():
        late_in_stage |= Q(stage_id=stage_id, stage_entered_at__lt=cutoff)
    return _by_day(frame, "lt") & late_in_stage


def _by_day(frame: DayFrame, comparison: str) -> Q:
    """Due before or on the day it is for the person responsible."""
    condition = Q(**{f"next_due_date__{comparison}": frame.today})
    for day, people in frame.exceptions:
        elsewhere = Q(owner_id__in=people)
        condition = (condition & ~elsewhere) | (elsewhere & Q(**{f"next_due_date__{comparison}": day}))
    return condition


def stuck_cutoffs(now: datetime) -> dict[int, datetime]:
    """Per open stage, the instant before which an arrival counts as too long ago."""
    rows = Stage.objects.filter(kind="open").values_list("pk", "days_until_stuck")
    return {key: now - timedelta(days=days) for key, days in rows}


def aggregates(frame: DayFrame, cutoffs: dict[int, datetime]) -> dict[str, Any]:
    """The sums of a column or a list, for `aggregate` or `annotate`."""
    overdue = _by_day(frame, "lt")
    stuck_at = Case(
        *[When(stage_id=key, then=Value(at)) for key, at in cutoffs.items()], default=Value(None), output_field=DateTimeField()
    )
    return {
        "count": Count("pk"),
        "value": Sum("reporting_minor", default=0),
        "weighted": Sum(F("reporting_minor") * Coalesce(F("probability"), F("stage__probability")), default=0),
        "overdue": Count("pk", filter=Q(status="open") & overdue),
        "due_today": Count("pk", filter=Q(status="open") & _by_day(frame, "exact")),
        "stuck": Count("pk", filter=Q(status="open") & overdue & Q(stage_entered_at__lt=stuck_at)),
    }


def column_aggregates(frame: DayFrame, cutoffs: dict[int, datetime]) -> dict[str, Any]:
    """The sums of columns grouped by stage, without a look at the stage of each row; see `with_weight`."""
    return {
        **{name: sum_ for name, sum_ in aggregates(frame, cutoffs).items() if name != "weighted"},
        "own_weight": Sum(F("reporting_minor") * F("probability"), default=0),
        "stage_value": Sum("reporting_minor", filter=Q(probability__isnull=True), default=0),
    }


def with_weight(found: dict[str, Any], stage_probability: int) -> dict[str, Any]:
    """Add the weighted sum of a group of one stage: deals with a chance of their own keep it."""
    return {**found, "weighted": found["own_weight"] + found["stage_value"] * stage_probability}


def sums_row(found: dict[str, Any], right: ValueRight, currency: str) -> DealSums:
    """Sums with money only for those who see every part of it."""
    has_right = right.is_everywhere
    return DealSums(
        found["count"],
        Money(int(found["value"]), currency) if has_right else None,
        Money(int(found["weighted"]) // 100, currency) if has_right else None,
        found["overdue"], found["due_today"], found["stuck"], 0,
    )


def list_lines(*, deal: DealRow) -> list[LineRow]:
    """The services on a deal the viewer has been shown."""
    rows = list(
        DealLine.objects.filter(deal_id=deal.id).order_by("position", "pk")
        .values_list("service_id", "quantity", "unit_price_minor", "deal__currency")
    )
    names = get_service_facts(row[0] for row in rows)
    return [
        LineRow(
            service_id, names[service_id][0], quantity,
            Money(price, currency) if price is not None and deal.has_value_right else None,
        )
        for service_id, quantity, price, currency in rows
    ]


def get_brief(*, deal_id: int) -> ClosingBrief:
    """The five answers gathered so far on a deal the viewer has been shown."""
    draft = BriefDraft.objects.filter(deal_id=deal_id).first()
    if draft is None:
        return ClosingBrief()
    return ClosingBrief(
        draft.scope_summary, draft.promised_finish_date, draft.key_constraints, draft.no_constraints,
        draft.main_stakeholder_id, draft.kickoff_date,
    )


def list_visits(*, deal_id: int) -> list[StageVisitRow]:
    """The stages a deal has been in, oldest first."""
    rows = StageVisit.objects.filter(deal_id=deal_id).order_by("entered_at", "pk")
    return [StageVisitRow(*row) for row in rows.values_list("stage_id", "stage__name", "entered_at", "left_at")]


def list_members(*, deal_id: int) -> list[tuple[int, str]]:
    """Colleagues on the deal besides the owner, as (id, name)."""
    return list(DealMember.objects.filter(deal_id=deal_id).order_by("pk").values_list("person_id", "person__name"))


def list_past_actions(*, deal_id: int, limit: int = 20) -> list[tuple[str, str, date, str, datetime]]:
    """Next actions that are over, newest first: kind, note, due date, outcome, when."""
    rows = NextActionEntry.objects.filter(deal_id=deal_id).order_by("-ended_at", "-pk")
    return list(rows.values_list("kind", "note", "due_date", "outcome", "ended_at")[:limit])


def find_deals_by_external(source: str, external_ids: list[str]) -> dict[str, tuple[int, str]]:
    """Id and status by the id another product gave them."""
    rows = Deal.objects.filter(external_source=source, external_id__in=external_ids)
    return {external: (key, status) for external, key, status in rows.values_list("external_id", "pk", "status")}


def get_deal_versions(deal_ids: Collection[int]) -> dict[int, int]:
    """The current version of each deal; erased ones are missing."""
    return dict(Deal.objects.filter(pk__in=set(deal_ids)).values_list("pk", "version"))


def find_companies_with_deals(company_ids: Collection[int]) -> set[int]:
    """Those of the given companies that any deal names."""
    return set(Deal.objects.filter(company_id__in=set(company_ids)).values_list("company_id", flat=True))


def find_services_with_deals(service_ids: Collection[int]) -> set[int]:
    """Those of the given services that any deal sells."""
    return set(DealLine.objects.filter(service_id__in=set(service_ids)).values_list("service_id", flat=True))


def find_people_with_deals(person_ids: Collection[int]) -> set[int]:
    """Those of the given people who own a deal."""
    return set(Deal.objects.filter(owner_id__in=set(person_ids)).values_list("owner_id", flat=True))


def find_deals_by_name(*, actor: Actor, names: Collection[str]) -> list[tuple[int, str]]:
    """Visible deals with exactly one of the names, oldest first."""
    rows = Deal.objects.visible_to(actor).filter(name__in=set(names)).order_by("pk")
    return list(rows.values_list("pk", "name"))


def count_deals(*, actor: Actor, status: str) -> int:
    """How many deals of a status the viewer sees."""
    return Deal.objects.visible_to(actor).filter(status=status).count()


def count_due(*, actor: Actor, now: datetime) -> int:
    """The viewer's own next actions due today or earlier."""
    if actor.person_id is None:
        return 0
    today = get_day_frame(now=now, time_zone=actor.time_zone).today_for(actor.person_id)
    mine = Deal.objects.visible_to(actor).filter(status="open", owner_id=actor.person_id)
    return mine.filter(next_due_date__lte=today).count()
