"""Reading single deals and lists of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, OrderBy, QuerySet

from wonward.domains.sales.models import (
    BriefDraft,
    Deal,
    DealLine,
    DealMember,
    StageVisit,
)
from wonward.domains.sales.queries.rows import COLUMNS, ValueRight, read_rows, rows_of
from wonward.domains.sales.queries.shapes import narrow
from wonward.domains.sales.rules import sum_lines
from wonward.domains.sales.rules.pricing import read_conversion
from wonward.domains.sales.rules.role_hours import read_hours
from wonward.domains.sales.types import (
    ClosingBrief,
    CriterionRow,
    DealFilter,
    DealRow,
    ExportedLine,
    LineRow,
    MemberRow,
    NewLine,
    StageRow,
    StageVisitRow,
)
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import keep_seen, require_change
from wonward.foundation.access.queries import question_of, rows_seen
from wonward.foundation.audit.queries import OPENED, remember_opening
from wonward.foundation.custom_fields.queries import PREFIX, sort_by_field
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Question, Values, count_of
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "id": ("pk",), "-id": ("-pk",),
    "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "value": ("reporting_minor", "pk"), "-value": ("-reporting_minor", "-pk"),
    "next_action": ("next_due_date", "pk"), "-next_action": ("-next_due_date", "-pk"),
    "expected_close_date": (F("expected_close_date").asc(nulls_last=True), "pk"),
    "-expected_close_date": (F("expected_close_date").desc(nulls_last=True), "-pk"),
    "opened_date": ("opened_date", "pk"), "-opened_date": ("-opened_date", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
    "created_at": ("created_at", "pk"), "-created_at": ("-created_at", "-pk"),
}
# Closed deals have no next action: they come last either way, and are only asked for where there may be some.
_SORTS_OF_CLOSED: dict[str, tuple[str | OrderBy, ...]] = {
    "next_action": (F("next_due_date").asc(nulls_last=True), "pk"), "-next_action": (F("next_due_date").desc(nulls_last=True), "-pk"),
}
# What a list can be grouped by: the order of the groups, and which field names and which one identifies a group.
GROUPS: dict[str, tuple[tuple[str | OrderBy, ...], str, str]] = {
    "stage": (("pipeline_id", "stage__position", "stage_id"), "stage_id", "stage__name"),
    "owner": ((F("owner__name").asc(nulls_last=True), "owner_id"), "owner_id", "owner__name"),
    "company": ((F("company__name").asc(nulls_last=True), "company_id"), "company_id", "company__name"),
    "pipeline": (("pipeline__name", "pipeline_id"), "pipeline_id", "pipeline__name"),
}
_BY_VALUE = ("value", "-value")
URGENCIES = ("overdue", "today", "stuck", "no_next_action", "no_owner", "slipped", "parked", "unanswered")


def get_deal(*, actor: Actor, deal_id: int, value_is_known: bool = False) -> DealRow:
    """One deal, or NotFound. `value_is_known` lifts the redaction for a caller that has settled the right."""
    found = rows_seen(
        actor, "deal", ["sales.deal.view"], values={"deal": deal_id},
        build=lambda viewer, values: Deal.objects.visible_to(viewer).filter(pk=values["deal"]).values_list(*COLUMNS),
    )
    if not found:
        raise NotFound("deal", deal_id)
    keep_seen(actor, Ref("sales.deal", deal_id))
    (row,) = rows_of(found, ValueRight(actor, always=value_is_known))
    if row.is_restricted:
        remember_opening(what=OPENED, ref=Ref("sales.deal", deal_id))
    return row


def require_right_to_change(*, actor: Actor, deal: DealRow, permission: str) -> None:
    """NotAllowed unless the actor is the owner of a deal they were shown, a member, the lead of the owner's team or an admin."""
    members = [row.person_id for row in list_members(deal_id=deal.id)]
    require_change(actor, permission, person_ids=[deal.owner_id, *members], team_ids=[get_team_id(deal.owner_id)])


def find_deal_rows(*, actor: Actor, deal_ids: list[int], value_is_known: bool = False) -> dict[int, DealRow]:
    """The visible ones among the given deals, by id."""
    found = read_rows(Deal.objects.visible_to(actor).filter(pk__in=deal_ids), ValueRight(actor, always=value_is_known))
    for row in found:
        keep_seen(actor, Ref("sales.deal", row.id))
    return {row.id: row for row in found}


def list_deals(
    *, actor: Actor, where: DealFilter, now: datetime, sort: str = "-updated_at", group: str = "", offset: int = 0, limit: int = 50
) -> list[DealRow]:
    """A page of deals; `sort` is one of SORTS or a custom field, within `group`, one of GROUPS. NotAllowed when it would tell hidden values."""
    if not may_sort(actor, sort):
        raise NotAllowed("Your access role does not include sorting deals by value.")
    first = GROUPS[group][0] if group else ()
    orders = {} if where.status == "open" else _SORTS_OF_CLOSED

    def ordered(deals: QuerySet[Deal]) -> QuerySet[Deal]:
        if sort in SORTS:
            return deals.order_by(*first, *orders.get(sort, SORTS[sort]))
        by_field = sort_by_field(deals, noun="sales.deal", sort=sort, actor=actor)
        return deals.order_by(*first, "-pk") if by_field is None else by_field.order_by(*first, *by_field.query.order_by)

    def first_page(deals: QuerySet[Deal], values: Values) -> QuerySet[Any, Any]:
        return ordered(deals).values_list(*COLUMNS)[:limit]

    def later_page(deals: QuerySet[Deal], values: Values) -> QuerySet[Any, Any]:
        """What stands beside a deal is looked up for the page alone, not for the deals before it."""
        begin = values["offset"]
        return ordered(Deal.objects.filter(pk__in=ordered(deals).values("pk")[begin : begin + limit])).values_list(*COLUMNS)

    narrowed = narrow(actor, where, now)
    if offset:
        narrowed = replace(narrowed, values={**narrowed.values, "offset": offset})
    found = narrowed.rows(f"deals by {group} {sort}, {limit}", later_page if offset else first_page, is_hot=sort in SORTS)
    deals = rows_of(found, ValueRight(actor))
    for deal in deals:
        keep_seen(actor, Ref("sales.deal", deal.id))
    return deals


def list_deal_ids(*, actor: Actor, where: DealFilter, now: datetime, limit: int) -> list[int]:
    """The ids of the deals of a filter, oldest first, at most `limit`."""
    found = narrow(actor, where, now).rows("ids of deals", lambda deals, values: deals.order_by("pk").values_list("pk")[:limit], is_hot=False)
    return [key for (key,) in found]


def may_sort(actor: Actor, sort: str) -> bool:
    """Whether a list may be in this order: an order by value tells the values themselves."""
    if sort.removeprefix("-").startswith(PREFIX):
        return True
    return sort in SORTS and (sort not in _BY_VALUE or ValueRight(actor).is_everywhere)


def list_lines(*, deal: DealRow) -> list[LineRow]:
    """The services on a deal the viewer has been shown."""
    found = prepared.rows("lines of a deal", _lines, {"deal": deal.id})
    return [
        LineRow(
            service_id, service, quantity,
            Money(price, currency) if price is not None and deal.has_value_right else None,
            None if options is None else tuple(options), read_conversion(conversion) if deal.has_value_right else None, read_hours(hours),
        )
        for service_id, service, quantity, price, currency, options, conversion, hours in found
    ]


def sum_of(lines: Sequence[LineRow | NewLine]) -> Money | None:
    """What lines in one currency come to, rounded per line; None when none of them shows a price."""
    return sum_lines(lines)


def list_lines_of_deals(*, actor: Actor, deal_ids: Collection[int]) -> list[ExportedLine]:
    """The services on the visible ones of the given deals, deal by deal, with prices where the actor may see them."""
    right = ValueRight(actor)
    seen = Deal.objects.visible_to(actor).filter(pk__in=set(deal_ids))
    found = DealLine.objects.filter(deal__in=seen).order_by("deal_id", "position", "pk").values_list(
        "deal_id", "position", "service_id", "service__name", "quantity", "unit_price_minor", "options", "deal__currency",
        "deal__owner_id",
    )
    return [
        ExportedLine(
            deal_id, position, service_id, service, quantity,
            Money(price, currency) if price is not None and right.covers(deal_id, owner_id) else None,
            None if options is None else tuple(options),
        )
        for deal_id, position, service_id, service, quantity, price, options, currency, owner_id in found
    ]


def get_brief(*, deal_id: int) -> ClosingBrief:
    """The five answers gathered so far on a deal the viewer has been shown."""
    found = prepared.rows("brief of a deal", _brief, {"deal": deal_id})
    return ClosingBrief(*found[0]) if found else ClosingBrief()


def list_visits(*, deal_id: int) -> list[StageVisitRow]:
    """The stages a deal has been in, oldest first."""
    found = prepared.rows("visits of a deal", _visits, {"deal": deal_id})
    return [StageVisitRow(stage_id, name, entered_at, left_at, tuple(said or ())) for stage_id, name, entered_at, left_at, said in found]


def list_criteria(*, stage: StageRow, visits: Sequence[StageVisitRow]) -> list[CriterionRow]:
    """What the stage a deal stands in wants confirmed, and who has done so during the stay that has not ended."""
    stay = next((visit for visit in reversed(visits) if visit.stage_id == stage.id and visit.left_at is None), None)
    said = {one["key"]: one for one in stay.confirmed} if stay else {}
    return [
        CriterionRow(one.key, one.text, said[one.key]["by"], datetime.fromisoformat(said[one.key]["at"])) if one.key in said
        else CriterionRow(one.key, one.text)
        for one in stage.exit_criteria
    ]


def list_members(*, deal_id: int) -> list[MemberRow]:
    """Colleagues on the deal besides the owner, in the order they came."""
    return [MemberRow(*row) for row in prepared.rows("members of a deal", _members, {"deal": deal_id})]


def _lines(values: Values) -> QuerySet[Any, Any]:
    lines = DealLine.objects.filter(deal_id=values["deal"]).order_by("position", "pk")
    return lines.values_list("service_id", "service__name", "quantity", "unit_price_minor", "deal__currency", "options", "conversion", "role_hours")


def _brief(values: Values) -> QuerySet[Any, Any]:
    return BriefDraft.objects.filter(deal_id=values["deal"]).values_list(
        "scope_summary", "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id", "kickoff_date"
    )


def _visits(values: Values) -> QuerySet[Any, Any]:
    visits = StageVisit.objects.filter(deal_id=values["deal"]).order_by("entered_at", "pk")
    return visits.values_list("stage_id", "stage__name", "entered_at", "left_at", "confirmed")


def _members(values: Values) -> QuerySet[Any, Any]:
    return DealMember.objects.filter(deal_id=values["deal"]).exclude(person_id=F("deal__owner_id")).order_by("pk").values_list("person_id", "person__name", "part")


def find_deals_by_external(source: str, external_ids: list[str]) -> dict[str, tuple[int, str]]:
    """Id and status by the id another product gave them."""
    found = Deal.objects.filter(external_source=source, external_id__in=external_ids)
    return {external: (key, status) for external, key, status in found.values_list("external_id", "pk", "status")}


def get_deal_versions(deal_ids: Collection[int]) -> dict[int, int]:
    """The current version of each deal; erased ones are missing."""
    return dict(Deal.objects.filter(pk__in=set(deal_ids)).values_list("pk", "version"))


def get_standings(deal_ids: Collection[int]) -> dict[int, tuple[datetime, int, int]]:
    """Per deal, since when it is in its stage, how often its close slipped, and who was told that its next action is late."""
    found = Deal.objects.filter(pk__in=set(deal_ids)).values_list("pk", "stage_entered_at", "close_slips", "next_escalation")
    return {key: (since, slips, told) for key, since, slips, told in found}


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
    found = Deal.objects.visible_to(actor).filter(name__in=set(names)).order_by("pk")
    return list(found.values_list("pk", "name"))


def ask_members(deal_id: int) -> Question:
    """How many colleagues are on a deal besides its owner, to be asked together with other numbers."""
    return Question("count of members", lambda values: count_of(DealMember.objects.filter(deal_id=values["deal"])), {"deal": deal_id})


def ask_count(actor: Actor, *, status: str) -> Question:
    """How many deals of a status the viewer sees, to be asked together with other numbers."""
    return question_of(
        actor, f"deals in {status}", ["sales.deal.view"],
        lambda viewer, _: count_of(Deal.objects.visible_to(viewer).filter(status=status)),
    )


def ask_due(actor: Actor, *, now: datetime) -> Question:
    """How many of the viewer's own next actions are due today or earlier, to be asked together with other numbers."""
    today = civil_date(now, actor.time_zone)
    return question_of(
        actor, "my deals due", ["sales.deal.view"], values={"today": today},
        build=lambda viewer, values: count_of(Deal.objects.visible_to(viewer).filter(
            status="open", owner_id=viewer.person_id, next_due_date__lte=values["today"]
        )),
    )
