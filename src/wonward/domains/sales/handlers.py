"""Who is told when a deal is won or lost."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.sales.events import DealLost, DealWon
from wonward.domains.sales.queries.deals import get_deal, list_members
from wonward.domains.staff.queries import find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Notice, Reason
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

declare_topic(
    "deals", "Deals won and lost", "What becomes of deals you own, belong to or follow.",
    kinds={"sales.deal.won": "Deal won", "sales.deal.lost": "Deal lost"},
)


@subscribe(DealWon, tells_author=True)
def tell_of_win(event: DealWon, *, author: Author, now: datetime) -> None:
    _tell("sales.deal.won", event.deal_id, event.company_id, author, now)


@subscribe(DealLost, tells_author=True)
def tell_of_loss(event: DealLost, *, author: Author, now: datetime) -> None:
    _tell("sales.deal.lost", event.deal_id, event.company_id, author, now)


def _tell(kind: str, deal_id: int, company_id: int | None, author: Author, now: datetime) -> None:
    deal = get_deal(actor=system_actor(), deal_id=deal_id)
    members = [key for key, _ in list_members(deal_id=deal_id)]
    near = (Ref("clients.company", company_id),) if company_id else ()
    notify(
        notice=Notice(kind, Ref("sales.deal", deal_id), deal.lost_reason if kind == "sales.deal.lost" else "", near=near),
        to={Reason.ASSIGNED: find_user_ids([deal.owner_id]), Reason.WATCHING: find_user_ids(members)}, author=author, now=now,
    )
