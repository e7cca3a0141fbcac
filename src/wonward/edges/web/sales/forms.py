"""From what a form sent to what an operation takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from wonward.domains.sales.queries.deals import URGENCIES
from wonward.domains.sales.types import ClosingBrief, DealFilter, NewDeal, NewLine
from wonward.edges.web.shell.custom_facts import read_own_fields
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.next_actions import read_next_action
from wonward.foundation.custom_fields.queries import asked_fields


def read_brief(data: Mapping[str, str], *, strict: bool = True) -> ClosingBrief:
    """The five answers as typed into the gate; not `strict` gives back what can be read, for showing it again."""
    reader = FormReader(data)
    brief = ClosingBrief(
        scope_summary=reader.text("scope_summary"),
        promised_finish_date=reader.day("promised_finish_date"),
        key_constraints=reader.text("key_constraints"),
        no_constraints=reader.flag("no_constraints"),
        main_stakeholder_id=reader.number("main_stakeholder_id"),
        kickoff_date=reader.day("kickoff_date"),
    )
    if strict:
        reader.finish()
    return brief


def read_extra(data: Mapping[str, str]) -> dict[str, str]:
    """The answers a pipeline or a service asks for, by key: the fields called extra_<key>."""
    reader = FormReader(data)
    return {name.removeprefix("extra_"): reader.text(name) for name in data if name.startswith("extra_") and len(name) < 60}


def read_answers(data: Mapping[str, str]) -> dict[str, Any]:
    """Only those of the five answers that the form carries."""
    brief = read_brief(data)
    return {
        name: getattr(brief, name)
        for name in ("scope_summary", "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id",
                     "kickoff_date")
        if name in data or (name == "no_constraints" and "key_constraints" in data)
    }


def read_new_deal(data: Mapping[str, str], *, currency: str) -> NewDeal:
    """A deal from the quick form."""
    reader = FormReader(data)
    service_id = reader.number("service_id")
    deal = NewDeal(
        name=reader.text("name", limit=200), company_id=reader.number("company_id"), owner_id=reader.number("owner_id"),
        stage_id=reader.number("stage_id"), value=reader.money("value", currency),
        expected_close_date=reader.day("expected_close_date"), source=reader.text("source", limit=120),
        lines=(NewLine(service_id, Decimal(1)),) if service_id else (),
        next_action=read_next_action(data), custom=read_own_fields(data),
    )
    reader.finish()
    return deal


def read_field(name: str, value: str, *, currency: str) -> Any:
    """One inline-edited field as the operation takes it."""
    reader = FormReader({name: value})
    result: Any
    if name == "value":
        result = reader.money(name, currency)
    elif name == "expected_close_date":
        result = reader.day(name)
    elif name in ("owner_id", "company_id", "probability"):
        result = reader.number(name)
    else:
        result = reader.text(name, limit=200)
    reader.finish()
    return result


NO_SOURCE = "~"
NOBODY = "none"
UNDATED = "none"


def asked_words(words: str) -> str:
    """A source or a reason as an address asks for it; none at all has a sign of its own, and words that begin with it have it twice."""
    return f"{NO_SOURCE}{words}" if not words or words.startswith(NO_SOURCE) else words


def said_words(text: str, limit: int) -> str | None:
    """The inverse of `asked_words`; None where nothing is asked."""
    return (text[1:] if text == NO_SOURCE or text.startswith(2 * NO_SOURCE) else text)[:limit] if text else None


def read_table_filter(query: Mapping[str, str], *, viewer_id: int | None) -> DealFilter:
    """What the table is narrowed to besides the chips: stage, source, and the days deals close or were closed."""
    stage, pipeline = query.get("stage", ""), query.get("pipeline", "")
    return replace(
        read_filter(query, viewer_id=viewer_id), source=said_words(query.get("source", ""), 120),
        stage_id=int(stage) if stage.isdecimal() and len(stage) < 16 else None,
        pipeline_id=int(pipeline) if pipeline.isdecimal() and len(pipeline) < 16 else None,
        closes=asked_days(query.get("closes", "")), is_undated=query.get("closes") == UNDATED, closed=asked_days(query.get("closed", "")),
        lost_reason=said_words(query.get("reason", ""), 300),
    )


def asked_days(text: str) -> tuple[date, date] | None:
    """`2026-12` is a month, `2026-01-01_2026-03-31` a stretch of days; anything else narrows nothing."""
    try:
        if len(text) == 7:
            first = date.fromisoformat(f"{text}-01")
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        start, _, finish = text.partition("_")
        return (date.fromisoformat(start), date.fromisoformat(finish)) if finish else None
    except (ValueError, OverflowError):
        return None


def read_filter(query: Mapping[str, str], *, viewer_id: int | None) -> DealFilter:
    """The chips of the board and the table as a filter."""
    owner = query.get("owner", "")
    urgency = query.get("urgency", "")
    return DealFilter(
        owner_id=viewer_id if owner == "me" else 0 if owner == NOBODY else int(owner) if owner.isdecimal() and len(owner) < 16 else None,
        urgency=urgency if urgency in URGENCIES else "",
        text=query.get("q", "").strip()[:120],
        status=query.get("status", "") if query.get("status", "") in ("open", "won", "lost") else "",
        company_id=int(query["company"]) if query.get("company", "").isdecimal() and len(query["company"]) < 16 else None,
        custom=asked_fields(query),
    )

