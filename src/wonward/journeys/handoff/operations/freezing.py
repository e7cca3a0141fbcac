"""Writing down what was sold, version after version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wonward.domains.catalog.queries import get_blueprints, get_cost_list, get_service_facts
from wonward.domains.catalog.types import SoldLine
from wonward.domains.clients.queries import get_contact_names, list_stakeholders
from wonward.domains.sales.types import SoldService
from wonward.journeys.handoff.models import Handoff, ScopeBaseline
from wonward.journeys.promises.queries import list_promise_facts
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def freeze_scope(
    *, actor: Actor, handoff: Handoff, kind: str, lines: Sequence[Mapping[str, Any]], value: str | None, deal_number: str,
    reason: str = "", now: datetime,
) -> ScopeBaseline:
    """Add the next version of the scope; what is frozen once is never changed."""
    last = ScopeBaseline.objects.filter(handoff=handoff).order_by("-number").values_list("number", flat=True).first()
    document = {
        "deal": deal_number, "value": value, "answers": _answers(handoff), "lines": list(lines),
        "promises": _promises(handoff.deal_id), "stakeholders": _stakeholders(handoff.deal_id),
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return ScopeBaseline.objects.create(
        handoff=handoff, number=(last or 0) + 1, kind=kind, reason=reason[:500], author_label=actor.label, document=document,
        digest=hashlib.sha256(text.encode()).hexdigest(), created_at=now,
    )


def sold_lines(deal_name: str, lines: Sequence[SoldService]) -> list[dict[str, Any]]:
    """The lines of a deal with hours, roles, price and planned cost of one unit each."""
    names = get_service_facts(line.service_id for line in lines)
    costs = get_cost_list([line.service_id for line in lines])
    return [_line(deal_name, line, names[line.service_id][0], costs.get(line.service_id)) for line in lines]


def _line(deal_name: str, line: SoldService, name: str, cost: Money | None) -> dict[str, Any]:
    (blueprint, *_) = get_blueprints(name=deal_name, lines=[SoldLine.choosing(line.service_id, line.quantity, line.options)])
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
    }


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
        for row in list_stakeholders(ref=Ref("sales.deal", deal_id))
    ]
