"""Deals as the board and the table lay them out; pure functions from rows to what a template prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.sales.types import DealRow, DealSums, PipelineRow, StageRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import money_short, money_words
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.next_actions import look_of
from wonward.edges.web.shell.render import macro_of
from wonward.edges.web.shell.saved_lists import SAVED, beside_view
from wonward.foundation.custom_fields.queries import PREFIX

CARDS_PER_COLUMN = 50
FILTERS = ("pipeline", "owner", "urgency", "q")


@dataclass(frozen=True, slots=True)
class DealCard:
    """One deal on the board, in the words of the card."""

    id: int
    version: int
    name: str
    href: str
    company_name: str
    value: str
    stage_id: int
    owner_name: str
    owner_initials: str
    owner_tone: int
    service_name: str
    service_tone: int
    days_in_stage: str
    is_stuck: bool
    action_state: str
    action_icon: str
    action_words: str
    action_when: str
    gate_url: str
    lose_url: str


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A stage with its sums in words; `share` is 0..1000 of the widest column."""

    id: int
    kind: str
    name: str
    count: int
    total: str
    weighted: str
    probability: int
    share: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter with its live count."""

    key: str
    count: int
    href: str
    is_on: bool


def card_of(deal: DealRow, *, today: date, days: int) -> DealCard:
    """The card of one deal that has been in its stage for some days."""
    look = look_of(deal.next_action, today)
    is_late = look.state in ("missing", "overdue")
    return DealCard(
        deal.id, deal.version, deal.name, address_of("deal", deal_id=deal.id), deal.company_name,
        money_words(deal.value), deal.stage_id, deal.owner_name, initials_of(deal.owner_name), tone_of(deal.owner_id),
        deal.service_name, deal.service_tone, _("%(days)s d") % {"days": days}, is_late and days > deal.days_until_stuck,
        look.state, look.icon, look.words, look.when, address_of("deal_won", deal_id=deal.id),
        address_of("deal_lost", deal_id=deal.id),
    )


@lru_cache(maxsize=4096)
def _drawn(deal: DealRow, today: date, days_in_stage: int, may_move: bool, language: str) -> Markup:
    """Everything a card shows is in its arguments, so a card drawn once is right until its deal or the day changes."""
    del language
    card: Markup = macro_of("shell/components/deals.html", "card")(card_of(deal, today=today, days=days_in_stage), may_move=may_move)
    return card


def drawn_cards(deals: Iterable[DealRow], *, today: date, now: datetime, may_move: bool) -> list[Markup]:
    """The cards of a column as markup."""
    language = get_language() or ""
    return [_drawn(deal, today, days_in_stage(deal, now), may_move, language) for deal in deals]


def days_in_stage(deal: DealRow, now: datetime) -> int:
    """Whole days since the deal came into its stage."""
    return max(0, (now - deal.stage_entered_at).days)


def heads_of(stages: Sequence[StageRow], sums: Mapping[int, DealSums]) -> list[ColumnHead]:
    """Headers of the stages, with bars that compare their values, or their counts for those who see no values."""
    sizes = {key: found.value.minor if found.value else found.count for key, found in sums.items()}
    widest = max(sizes.values(), default=0) or 1
    return [_head(stage, sums.get(stage.id), 1000 * sizes.get(stage.id, 0) // widest) for stage in stages]


def _head(stage: StageRow, sums: DealSums | None, share: int) -> ColumnHead:
    return ColumnHead(
        stage.id, stage.kind, stage.name, sums.count if sums else 0, money_short(sums.value) if sums else "",
        money_short(sums.weighted) if sums else "", stage.probability, share,
    )


def chips_of(counts: DealSums, query: Mapping[str, str], base: str, keep: Sequence[str] = FILTERS) -> list[Chip]:
    """The urgency chips; pressing the one that is on takes it away."""
    chosen = query.get("urgency", "")
    found = (
        ("missing", "no_next_action", counts.no_next_action), ("overdue", "overdue", counts.overdue),
        ("today", "today", counts.due_today), ("stuck", "stuck", counts.stuck),
    )
    return [
        Chip(key, count, address(base, query, keep, urgency="" if chosen == value else value), chosen == value)
        for key, value, count in found
    ]


def address(base: str, query: Mapping[str, str], keep: Sequence[str] = FILTERS, **changes: object) -> str:
    """The same list with some of its query changed; empty values fall away."""
    values = {name: query.get(name, "") for name in keep} | {name: str(value) for name, value in changes.items()}
    words = urlencode(beside_view({name: value for name, value in values.items() if value}))
    return f"{base}?{words}" if words else base


def kept_in(query: Mapping[str, str]) -> tuple[str, ...]:
    """What a link within the table carries along: filters, custom ones too, columns, groups, sums and the saved view."""
    return (*FILTERS, "status", "company", "stage", "source", "closes", "closed", "reason", "segment", "people", *(name for name in query if name.startswith(PREFIX)), "columns", "group", "sums", SAVED)


def base_of(base: str, query: Mapping[str, str], keep: Sequence[str]) -> str:
    """An address that one more name=value can be added to."""
    found = address(base, query, keep)
    return f"{found}&" if "?" in found else f"{found}?"


def closed_stages(pipeline: PipelineRow) -> list[StageRow]:
    """Won and lost, which are doors rather than places."""
    return [stage for stage in pipeline.stages if stage.kind != "open"]
