"""Writing down what was sold, version after version."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from wonward.domains.catalog.queries import get_cost_list, get_service_facts, list_blueprints
from wonward.domains.catalog.types import Blueprint, SoldLine
from wonward.domains.clients.queries import get_contact_names
from wonward.domains.sales.queries.proposals import find_contract
from wonward.domains.sales.types import SoldService, WonDeal
from wonward.foundation.database import insert_with_ids
from wonward.foundation.database.reading import once
from wonward.foundation.organisation.types import Conversion
from wonward.journeys.handoff.models import Handoff, ScopeBaseline
from wonward.journeys.handoff.queries.readiness import stakeholders_of
from wonward.journeys.handoff.rules.shares import currency_of
from wonward.journeys.promises.queries import list_promise_facts
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

FIRST = "win"
"""What freezes the first version: nothing was frozen before it."""


def freeze_scope(
    *, actor: Actor, handoff: Handoff, kind: str, lines: Sequence[Mapping[str, Any]], value: str | None, deal_number: str,
    reason: str = "", now: datetime,
) -> ScopeBaseline:
    """Add the next version of the scope; what is frozen once is never changed."""
    former = ScopeBaseline.objects.filter(handoff=handoff).order_by("-number").values_list("number", flat=True)
    last = None if kind == FIRST else former.first()
    document = {
        "deal": deal_number, "contract": _contract(handoff.deal_id), "value": value, "answers": _answers(handoff), "lines": list(lines),
        "promises": _promises(handoff.deal_id), "stakeholders": _stakeholders(handoff.deal_id),
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    frozen = ScopeBaseline(
        handoff=handoff, number=(last or 0) + 1, kind=kind, reason=reason[:500], author_label=actor.label, document=document,
        digest=hashlib.sha256(text.encode()).hexdigest(), created_at=now,
    )
    insert_with_ids([frozen])
    return frozen


def sold_lines(won: WonDeal, *, on: date, made: Sequence[Blueprint] = ()) -> list[dict[str, Any]]:
    """The lines of a deal as sold, with hours, roles, price and planned cost of one unit each in the currency of the deal.

    `made` are blueprints of the deal's projects, if somebody has them: those of one line alone are not made again.
    """
    lines = won.lines
    names = get_service_facts(line.service_id for line in lines)
    costs = get_cost_list([line.service_id for line in lines], currency=currency_of(won.value, lines), on=on)
    sold = Counter(line.service_id for line in lines)
    known = {one.service_ids[0]: one for one in made if len(one.service_ids) == 1 and sold[one.service_ids[0]] == 1}
    rest = [line for line in lines if line.service_id not in known]
    alone = [(won.name, [SoldLine.choosing(line.service_id, line.quantity, line.options, line.hours)]) for line in rest]
    found = iter(list_blueprints(deals=alone) if alone else [])
    return [
        _line(line, known.get(line.service_id) or next(found)[0], names[line.service_id][0], costs.get(line.service_id)) for line in lines
    ]


def _line(line: SoldService, blueprint: Blueprint, name: str, cost: Money | None) -> dict[str, Any]:
    roles: dict[str, int] = {}
    for item in blueprint.items:
        shares = [(part.role, part.minutes) for part in item.efforts] or [(item.role, item.effort_minutes)]
        for role, minutes in shares:
            if role and minutes:
                roles[role] = roles.get(role, 0) + minutes
    return {
        "service_id": line.service_id, "service": name, "quantity": f"{line.quantity.normalize():f}",
        "options": None if line.options is None else list(line.options),
        "effort_minutes": blueprint.effort_minutes, "unit_price": str(line.unit_price) if line.unit_price else None,
        "unit_cost": str(cost) if cost else None,
        "roles": [{"role": role, "minutes": minutes} for role, minutes in sorted(roles.items())],
    } | (_converted(line.conversion) if line.conversion else {})


def _converted(conversion: Conversion) -> dict[str, Any]:
    """Where a price came from that the book did not have in the currency of the deal."""
    rate_date = conversion.rate_date.isoformat()
    return {"conversion": {"currency": conversion.currency, "rate": f"{conversion.rate:f}", "rate_date": rate_date}}


def _contract(deal_id: int) -> dict[str, Any] | None:
    """What the client signed: which version of which proposal, as which document; None for a deal won without a signature."""
    signed = once(contract_of(deal_id), lambda: find_contract(deal_id=deal_id))
    if signed is None:
        return None
    return {
        "id": signed.id, "proposal": signed.proposal_number, "version": signed.number, "document_sha256": signed.document_sha256,
        "signed_at": signed.signed_at.isoformat(),
    }


def contract_of(deal_id: int) -> Hashable:
    """Where a reading that knows the contract of a deal, or that there is none, puts it."""
    return "contract of a deal", deal_id


def _answers(handoff: Handoff) -> dict[str, Any]:
    names = get_contact_names([handoff.main_stakeholder_id])
    return {
        "scope_summary": handoff.scope_summary, "promised_finish_date": handoff.promised_finish_date.isoformat(),
        "key_constraints": handoff.key_constraints, "no_constraints": handoff.no_constraints,
        "main_stakeholder_id": handoff.main_stakeholder_id, "main_stakeholder": names.get(handoff.main_stakeholder_id, ""),
        "kickoff_date": handoff.kickoff_date.isoformat(), "extra": list(handoff.extra_answers),
    }


def _promises(deal_id: int) -> list[dict[str, Any]]:
    """All of them, whoever freezes: a version is a record, and is redacted when it is read."""
    return [
        {"number": row.number, "kind": row.kind, "text": row.text, "state": row.state, "condition": row.condition,
         "due_date": row.due_date.isoformat() if row.due_date else None, "weight": row.weight, "quote": row.quote}
        for row in list_promise_facts(deal_id=deal_id)
    ]


def _stakeholders(deal_id: int) -> list[dict[str, Any]]:
    return [
        {"contact_id": row.contact_id, "name": row.name, "decision_role": row.decision_role, "influence": row.influence,
         "stance": row.stance, "preference": row.preference, "is_main": row.is_main}
        for row in stakeholders_of(deal_id)
    ]
