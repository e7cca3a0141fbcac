"""Deals won while delivery was switched off, which wait for their handoff."""

from __future__ import annotations

from django.db.models import QuerySet

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.types import DealRow
from wonward.foundation.access.policy import visible_ids
from wonward.foundation.database.prepared import Question, count_of
from wonward.journeys.handoff.models import OpenWin
from wonward.kernel.actor import Actor


def visible_open_wins(actor: Actor) -> QuerySet[OpenWin]:
    """Open wins of the deals the actor sees."""
    return OpenWin.objects.filter(deal__in=visible_ids("sales.deal", actor))


def list_open_wins(*, actor: Actor, offset: int = 0, limit: int = 50) -> list[DealRow]:
    """A page of deals that were won without a handoff, as far as the actor sees them; the newest win first."""
    newest = visible_open_wins(actor).order_by("-won_at", "-pk").values_list("deal_id", flat=True)
    deal_ids = list(newest[offset : offset + limit])
    rows = find_deal_rows(actor=actor, deal_ids=deal_ids) if deal_ids else {}
    return [rows[deal_id] for deal_id in deal_ids if deal_id in rows]


def ask_open_wins() -> Question:
    """How many open wins there are for anybody, to be asked together with other numbers."""
    return Question("open wins of all", lambda _: count_of(OpenWin.objects.all()), {})


def count_open_wins(*, actor: Actor) -> int:
    """How many open wins the actor sees; mostly there is none at all, and then nobody's deals are looked through."""
    return visible_open_wins(actor).count() if OpenWin.objects.exists() else 0


def is_open_win(*, deal_id: int) -> bool:
    """Whether a deal the caller has read was won without a handoff."""
    return OpenWin.objects.filter(deal_id=deal_id).exists()
