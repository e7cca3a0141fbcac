"""Reading how long contracts run and what renews them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from wonward.domains.sales.models import ContractTerm, Deal
from wonward.domains.sales.queries.rows import ValueRight
from wonward.domains.sales.rules.terms import last_day_after, state_of
from wonward.domains.sales.types.terms import NewTerm, TermRow
from wonward.foundation.access.policy import require
from wonward.foundation.database.prepared import Question, count_of
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

SOON_DAYS = 90
TERM_SORTS: dict[str, tuple[str, ...]] = {
    "ends": ("ends_date", "pk"), "-ends": ("-ends_date", "-pk"), "notice": ("notice_date", "pk"), "-notice": ("-notice_date", "-pk"),
    "company": ("deal__company__name", "pk"), "-company": ("-deal__company__name", "-pk"), "deal": ("deal__name", "pk"), "-deal": ("-deal__name", "-pk"),
}
TERM_GROUPS: dict[str, tuple[str, ...]] = {
    "owner": ("deal__owner__name", "deal__owner_id"), "company": ("deal__company__name", "deal__company_id"),
}
TERM_FILTERS = ("soon", "due", "offered", "renewed", "ending", "over")
_COLUMNS = (
    "deal_id", "deal__number", "deal__name", "deal__company_id", "deal__company__name", "deal__owner_id", "deal__owner__name", "deal__value_minor",
    "deal__currency", "starts_date", "ends_date", "renewal", "notice_days", "lead_days", "runs_on_months", "notice_date", "opens_date", "end_reason",
    "blocked", "renewal_deal_id", "renewal_deal__name", "renewal_deal__status", "is_renewal_seen", "version",
)


def a_year_from(first: date) -> NewTerm:
    """What a contract's form begins with: a year from its first day."""
    return NewTerm(first, last_day_after(first, 12))


def ask_terms(deal_id: int) -> Question:
    """Whether a deal has a contract term or renews one, to be asked together with other numbers."""
    return Question(
        "terms of a deal", lambda values: count_of(ContractTerm.objects.filter(Q(deal_id=values["deal"]) | Q(renewal_deal_id=values["deal"]))), {"deal": deal_id}
    )


def find_term(*, actor: Actor, deal_id: int, today: date) -> TermRow | None:
    """The contract of a won deal that the viewer sees; None without one."""
    return next(iter(_rows(actor, _visible(actor).filter(deal_id=deal_id), today)), None)


def find_terms_around(*, actor: Actor, deal_id: int, today: date) -> tuple[TermRow | None, TermRow | None]:
    """The contract of a deal, and the one that the deal renews, as far as the viewer sees them; one query."""
    found = _rows(actor, _visible(actor).filter(Q(deal_id=deal_id) | Q(renewal_deal_id=deal_id)), today)
    own = next((row for row in found if row.deal_id == deal_id), None)
    return own, next((row for row in found if row.deal_id != deal_id), None)


def list_terms(
    *, actor: Actor, today: date, state: str = "", text: str = "", company_ids: Collection[int] | None = None, updated_since: datetime | None = None,
    sort: str = "ends", group: str = "", offset: int = 0, limit: int = 50,
) -> list[TermRow]:
    """A page of contracts of won deals the viewer sees. `state` is one of TERM_FILTERS, `sort` of TERM_SORTS, `group` of TERM_GROUPS. One query."""
    found = _narrowed(actor, today, state, text, company_ids)
    if updated_since:
        found = found.filter(updated_at__gte=updated_since)
    return _rows(actor, found.order_by(*TERM_GROUPS.get(group, ()), *TERM_SORTS[sort])[offset : offset + limit], today)


def count_terms(*, actor: Actor, today: date, state: str = "", text: str = "") -> int:
    """How many contracts of won deals the viewer sees."""
    return _narrowed(actor, today, state, text, None).count()


def _visible(actor: Actor) -> QuerySet[ContractTerm]:
    require(actor, "sales.deal.view")
    return ContractTerm.objects.filter(deal__status="won", deal__in=Deal.objects.visible_to(actor).values("pk"))


def _narrowed(actor: Actor, today: date, state: str, text: str, company_ids: Collection[int] | None) -> QuerySet[ContractTerm]:
    found = _visible(actor)
    if state:
        found = found.filter(_standing(state, today))
    if text:
        found = found.filter(Q(deal__name__icontains=text) | Q(deal__company__name__icontains=text) | Q(deal__number__iexact=text))
    if company_ids is not None:
        found = found.filter(deal__company_id__in=set(company_ids))
    return found


def _standing(state: str, today: date) -> Q:
    """What `state_of` says of a term, asked of the table."""
    renewed, past = Q(renewal_deal__status="won"), Q(ends_date__lt=today)
    stopped = ~Q(end_reason="") | Q(renewal="ends") | Q(renewal_deal__status="lost")
    without = Q(renewal_deal__isnull=True)
    return {
        "soon": Q(ends_date__range=(today, today + timedelta(days=SOON_DAYS))) & (without | ~renewed),
        "due": without & ~stopped & ~past & Q(renewal="offer", opens_date__lte=today), "offered": Q(renewal_deal__status="open", end_reason="") & ~Q(renewal="ends"), "renewed": renewed,
        "ending": (without | ~renewed) & stopped & ~past, "over": (without | ~renewed) & past & (stopped | without),
    }[state]


def _rows(actor: Actor, found: QuerySet[ContractTerm], today: date) -> list[TermRow]:
    right = ValueRight(actor)
    seen = Exists(Deal.objects.visible_to(actor).filter(pk=OuterRef("renewal_deal_id")))
    return [_row(dict(zip(_COLUMNS, values, strict=True)), right, today) for values in found.annotate(is_renewal_seen=seen).values_list(*_COLUMNS)]


def _row(at: dict[str, Any], right: ValueRight, today: date) -> TermRow:
    term = NewTerm(at["starts_date"], at["ends_date"], at["renewal"], at["notice_days"], at["lead_days"], at["runs_on_months"])
    has_value = at["deal__value_minor"] is not None and right.covers(at["deal_id"], at["deal__owner_id"])
    return TermRow(
        at["deal_id"], at["deal__number"], at["deal__name"], at["deal__company_id"], at["deal__company__name"] or "", at["deal__owner_id"],
        at["deal__owner__name"] or "", Money(at["deal__value_minor"], at["deal__currency"]) if has_value else None, term, at["notice_date"],
        at["opens_date"], state_of(term, is_ended=bool(at["end_reason"]), renewal_status=at["renewal_deal__status"] or "", today=today),
        at["end_reason"], at["blocked"], at["renewal_deal_id"] if at["is_renewal_seen"] else None,
        at["renewal_deal__name"] if at["is_renewal_seen"] else "", at["renewal_deal__status"] or "", at["version"],
    )
