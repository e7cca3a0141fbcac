"""What is different between two frozen versions of a scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wonward.domains.clients.types import StakeholderRow
from wonward.journeys.handoff.types import ScopeChange
from wonward.journeys.promises.rules.amounts import hide_amounts

ANSWERS = ("scope_summary", "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder", "kickoff_date")
MONEY = frozenset({"value", "unit_price", "unit_cost"})


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ScopeChange]:
    """Every difference, part by part: contract, value, answers, lines, promises, stakeholders. Equal documents give none."""
    changes = []
    if contract_words(before) != contract_words(after):
        changes.append(ScopeChange("contract", "contract", contract_words(before), contract_words(after)))
    if before.get("value") != after.get("value"):
        changes.append(ScopeChange("value", "value", _words(before.get("value")), _words(after.get("value"))))
    old, new = before.get("answers", {}), after.get("answers", {})
    for name in ANSWERS:
        if name in old and name in new and old[name] != new[name]:
            changes.append(ScopeChange("answers", name, _words(old[name]), _words(new[name])))
    changes += _listed("answers", old.get("extra", ()), new.get("extra", ()), lambda one: one["label"], lambda one: one["value"])
    changes += _listed("lines", before.get("lines", ()), after.get("lines", ()), lambda one: one["service"], line_words)
    changes += _listed("promises", before.get("promises", ()), after.get("promises", ()), lambda one: one["number"], promise_words)
    changes += _listed(
        "stakeholders", before.get("stakeholders", ()), after.get("stakeholders", ()), lambda one: one["name"], stakeholder_words
    )
    return changes


def _listed(
    part: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], name: Callable[[Any], str],
    words: Callable[[Any], str],
) -> list[ScopeChange]:
    """Rows matched by name and their place among equals: the second line of a service is compared with the second."""
    old, new = _numbered(before, name), _numbered(after, name)
    changes = []
    for key in [*old, *(key for key in new if key not in old)]:
        was, now = words(old[key]) if key in old else "", words(new[key]) if key in new else ""
        if was != now:
            changes.append(ScopeChange(part, key[0], was, now))
    return changes


def _numbered(rows: Sequence[Mapping[str, Any]], name: Callable[[Any], str]) -> dict[tuple[str, int], Mapping[str, Any]]:
    seen: dict[str, int] = {}
    numbered = {}
    for row in rows:
        at = seen.get(name(row), 0)
        seen[name(row)] = at + 1
        numbered[name(row), at] = row
    return numbered


def contract_words(document: Mapping[str, Any]) -> str:
    """What was signed as it reads: "O-1001, version 2"; empty where nothing was."""
    contract = document.get("contract")
    return f"{contract['proposal']}, version {contract['version']}" if contract else ""


def line_words(line: Mapping[str, Any]) -> str:
    """A line as it reads: "2 × 16 h, 8400.00 EUR"."""
    words = [f"{line['quantity']} ×"]
    if line.get("effort_minutes"):
        words.append(f"{line['effort_minutes'] / 60:g} h")
    if line.get("unit_price"):
        words.append(str(line["unit_price"]))
    if line.get("unit_cost"):
        words.append(f"cost {line['unit_cost']}")
    if line.get("roles"):
        words.append(", ".join(f"{role['role']} {role['minutes'] / 60:g} h" for role in line["roles"]))
    return " ".join(words[:2]) + "".join(f", {word}" for word in words[2:])


def promise_words(promise: Mapping[str, Any]) -> str:
    """A promise as it reads."""
    due = f", due {promise['due_date']}" if promise.get("due_date") else ""
    state = f" ({promise['state']})" if promise.get("state") not in (None, "draft", "confirmed") else ""
    return f"{promise['text']}{due}{state}"


def stakeholder_words(one: Mapping[str, Any]) -> str:
    """A stakeholder as it reads."""
    parts = ["main" if one.get("is_main") else "", one.get("decision_role") or "", one.get("influence") or "", one.get("preference") or ""]
    return ", ".join(part for part in parts if part) or "takes part"


def stakeholder_change_words(before: StakeholderRow | None, after: StakeholderRow | None) -> str:
    """What is different about one of the client's people, as a line: "Hanne Dahl: decides → pays, main"."""
    known = after or before
    if known is None:
        raise ValueError("Somebody was there before or is there after.")
    if after is None:
        return f"{known.name}: no longer part of it"
    if before is None:
        return f"{known.name}: new, {_part(after)}"
    return f"{known.name}: {_part(before)} → {_part(after)}"


def _part(row: StakeholderRow) -> str:
    parts = ["main" if row.is_main else "", row.decision_role, f"{row.influence} influence" if row.influence else "", row.stance, row.preference]
    return ", ".join(part for part in parts if part) or "takes part"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def without_amounts(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document for somebody who may not see what was paid, nor what a promise about a price says."""
    lines = [{key: value for key, value in line.items() if key not in MONEY} for line in document.get("lines", ())]
    promises = [
        {**one, **{name: hide_amounts(one[name]) for name in ("text", "condition") if one.get(name)}}
        for one in document.get("promises", ()) if one.get("kind") != "price"
    ]
    return {**document, "value": None, "lines": lines, "promises": promises}


def without_costs(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document for somebody who may see prices, not costs."""
    lines = [{key: value for key, value in line.items() if key != "unit_cost"} for line in document.get("lines", ())]
    return {**document, "lines": lines}
