"""How complete a handoff is when it is first submitted."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import is_talked_about
from wonward.domains.sales.types import WonDeal
from wonward.foundation.files.queries import count_documents
from wonward.journeys.handoff.rules.measures import completeness
from wonward.journeys.promises.types import PromiseFacts
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref


def completeness_of(*, won: WonDeal, promises: Sequence[PromiseFacts]) -> int:
    """Percent of what delivery wants besides the required answers; counted over everything, whoever sees it."""
    ref, everybody = Ref("sales.deal", won.deal_id), system_actor()
    stakeholders = list_stakeholders(ref=ref)
    live = [row for row in promises if row.state in ("draft", "confirmed")]
    return completeness({
        "lines": bool(won.lines),
        "prices": won.value is not None and all(line.unit_price for line in won.lines),
        "promises": bool(live),
        "words": bool(live) and all(row.quote or row.source_id for row in live),
        "documents": count_documents(everybody, [ref]) > 0,
        "conversations": is_talked_about(ref=ref),
        "decider": any(row.decision_role for row in stakeholders),
        "preferences": any(row.preference for row in stakeholders),
    })
