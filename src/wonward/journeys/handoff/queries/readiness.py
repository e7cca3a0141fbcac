"""How complete a handoff is when it is first submitted."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.clients.types import StakeholderRow
from wonward.domains.comms.queries import ask_talked
from wonward.domains.sales.types import WonDeal
from wonward.foundation.database.prepared import numbers
from wonward.foundation.database.reading import once
from wonward.foundation.files.queries import ask_filed
from wonward.journeys.handoff.rules.measures import completeness
from wonward.journeys.promises.types import PromiseFacts
from wonward.kernel.ref import Ref


def completeness_of(*, won: WonDeal, promises: Sequence[PromiseFacts]) -> int:
    """Percent of what delivery wants besides the required answers; counted over everything, whoever sees it."""
    ref = Ref("sales.deal", won.deal_id)
    stakeholders = stakeholders_of(won.deal_id)
    filed, talked = numbers([ask_filed(ref), ask_talked(ref)])
    live = [row for row in promises if row.state in ("draft", "confirmed")]
    return completeness({
        "lines": bool(won.lines),
        "prices": won.value is not None and all(line.unit_price for line in won.lines),
        "promises": bool(live),
        "words": bool(live) and all(row.quote or row.source_id for row in live),
        "documents": filed > 0,
        "conversations": talked > 0,
        "decider": any(row.decision_role for row in stakeholders),
        "preferences": any(row.preference for row in stakeholders),
    })


def stakeholders_of(deal_id: int) -> tuple[StakeholderRow, ...]:
    """Who plays a part in the deal, asked once by an operation that changes none of them."""
    return once(("stakeholders of a deal", deal_id), lambda: tuple(list_stakeholders(ref=Ref("sales.deal", deal_id))))
