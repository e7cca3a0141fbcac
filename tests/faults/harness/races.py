"""Many at once: the same deals are closed by everybody, and one record is edited by everybody."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.faults.harness.forks import Say, in_fork, in_forks
from tests.faults.harness.installation import Installation
from tests.faults.harness.journeys import _brief, _deal, _one, cast, settle
from tests.faults.harness.sweep import Findings
from tests.people import NOW
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.edges.commands.check import find_checks, find_violations
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import Stale
from wonward.kernel.money import Money

CLOSERS, DEALS = 10, 100
EDITORS, EDITS = 8, 50
_START_SECONDS = 1.0
_REST_SECONDS = 0.04


def close_together(place: Installation) -> Findings:
    """Ten processes close the same hundred deals, each in an order of its own; every deal ends with one handoff."""
    place.bring_back("sale")
    deals = in_fork(_open_deals).said["result"]
    begin = time.time() + _START_SECONDS
    heard = in_forks([_closer(deals, seed, begin) for seed in range(CLOSERS)], seconds=300)
    found = Findings(f"{CLOSERS} closers of {DEALS} deals", points=CLOSERS * DEALS)
    found.faults += [("locked", one.error.strip().splitlines()[-1]) for one in heard if one.error]
    answers = [one.said["result"] for one in heard if not one.error]
    for deal in map(str, deals):
        told = {tuple(answer[deal][0]) for answer in answers}
        firsts = sum(1 for answer in answers if not answer[deal][1])
        if len(told) != 1 or firsts != 1:
            found.faults.append(("duplicate", f"deal {deal} was closed as {told}, {firsts} times as the first"))
    found.faults += in_fork(_count_wins).said.get("result", [["locked", "the end could not be read"]])
    return found


def _open_deals(_: Say) -> list[int]:
    service, company = _one("SELECT id FROM catalog_service"), _one("SELECT id FROM clients_company")
    return create_deals(actor=cast().seller, now=NOW, deals=[
        NewDeal(name=f"Race {number}", company_id=company, value=Money(100_000, "EUR"), lines=(NewLine(service, Decimal(1)),),
                next_action=NextAction("call", date(2026, 12, 1), "Call"))
        for number in range(DEALS)
    ])


def _closer(deals: list[int], seed: int, begin: float) -> Callable[[Say], Any]:
    def close(_: Say) -> dict[str, Any]:
        seller, brief = cast().seller, _brief()
        order = list(deals)
        # Half of them meet at the very same deal every time, the others come from elsewhere.
        if seed % 2:
            random.Random(seed).shuffle(order)
        time.sleep(max(0.0, begin - time.time()))
        answers: dict[str, Any] = {}
        for deal in order:
            closed = close_deal_as_won(actor=seller, deal_id=deal, brief=brief, now=NOW)
            answers[str(deal)] = [[closed.handoff_id, *closed.project_ids], closed.is_replayed]
        return answers

    return close


def _count_wins(_: Say) -> list[tuple[str, str]]:
    settle()
    faults = [("half-made", sentence) for sentence in find_violations(dict(find_checks()))]
    for table in ("handoff_handoff", "delivery_project", "finance_budget", "delivery_planbaseline"):
        count = _one(f"SELECT COUNT(*) FROM {table}")
        if count != DEALS:
            faults.append(("duplicate" if count > DEALS else "lost", f"{table} has {count} rows for {DEALS} wins"))
    return faults


def edit_together(place: Installation, *, is_blind: bool = False) -> Findings:
    """Eight processes count the name of one deal up, fifty times each; with versions nothing is lost. Blind ones must lose."""
    place.bring_back("sale")
    begin = time.time() + _START_SECONDS
    heard = in_forks([_editor(begin, seed, is_blind=is_blind) for seed in range(EDITORS)], seconds=300)
    met = sum(one.said["result"] for one in heard if not one.error)
    found = Findings(f"{EDITORS} editors of one deal", points=EDITORS * EDITS, refused=met)
    if not met and not is_blind:
        found.faults.append(("locked", "no editor ever met another, so nothing was shown"))
    found.faults += [("locked", one.error.strip().splitlines()[-1]) for one in heard if one.error]
    (name,) = in_fork(lambda _: [get_deal(actor=cast().seller, deal_id=_deal()).name]).said["result"]
    lost = EDITORS * EDITS - int(name.rpartition(" ")[2])
    found.faults += [("lost", f"{lost} edits are gone")] * lost
    return found


def _editor(begin: float, seed: int, *, is_blind: bool) -> Callable[[Say], Any]:
    def edit(_: Say) -> int:
        chance, refused = random.Random(seed), 0
        seller, deal_id = cast().seller, _deal()
        time.sleep(max(0.0, begin - time.time()))
        for _number in range(EDITS):
            while True:
                seen = get_deal(actor=seller, deal_id=deal_id)
                count = int(seen.name.rpartition(" ")[2]) if seen.name.startswith("Edit ") else 0
                try:
                    change_deal(actor=seller, deal_id=deal_id, changes={"name": f"Edit {count + 1}"},
                                version=None if is_blind else seen.version, now=NOW)
                    break
                except Stale:
                    # Whoever tries again at once is refused at once again: that would burn processors and meet nobody else.
                    refused += 1
                    time.sleep(chance.random() * _REST_SECONDS)
        return refused

    return edit
