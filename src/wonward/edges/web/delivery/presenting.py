"""What several pages of delivery share: faces, promises, people and entries as their macros take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, moment
from wonward.edges.web.shell.ledgers import promise_url, said_words, words_url
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.journeys.client_record.types import Drift, LifecycleStep
from wonward.journeys.promises.types import APART, COLUMNS, Coverage, PromiseRow
from wonward.kernel.wording import heard

ENTRY_ICONS = {"call": "phone", "email": "mail", "chat": "message-square", "meeting": "users", "note": "square-pen"}
CARDS_SHOWN = 4
COVERAGE_ORDER = ("kept", "planned", "at_risk", "uncovered")


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as an avatar with a name."""

    name: str
    initials: str
    tone: int


def face(name: str, key: int | None) -> Face | None:
    """A face, or None for nobody."""
    return Face(name, initials_of(name), tone_of(key)) if name else None


def promise_kind(kind: str) -> str:
    """The kind of a promise in words."""
    return {
        "deliverable": _("Deliverable"), "date": _("Date"), "quality": _("Quality"), "price": _("Price"),
        "staffing": _("Staffing"), "exclusion": _("Exclusion"), "assumption": _("Assumption"),
    }[kind]


def promise_view(row: PromiseRow, zone: str) -> dict[str, Any]:
    """A promise as its card takes it."""
    cover = row.covers[0] if row.covers else None
    is_late = row.column == "at_risk"
    return {
        "id": row.id, "kind": row.kind, "kind_words": promise_kind(row.kind), "text": row.text, "weight": row.weight,
        "column": row.column, "quote": row.quote, "speaker": row.speaker, "said": said_words(row, zone),
        "source_href": words_url(row), "href": promise_url(row.id), "cover_words": _cover_words(row),
        "cover_href": address_of("task", task_id=cover.task_id) if cover and row.state == "confirmed" else "",
        "is_late": is_late, "basis_words": row.basis.words(row.due_date) if row.basis else "",
    }


def _cover_words(row: PromiseRow) -> str:
    cover = row.covers[0] if row.covers else None
    if row.state in ("waived", "replaced", "broken") or (row.state == "kept" and row.state_reason):
        return row.state_reason
    if cover is None:
        return _("Agreed, no work has to keep it") if row.column == APART else _("No task covers it")
    if row.column == "at_risk" and row.due_date and row.forecast_date:
        return _("%(task)s · forecast %(forecast)s, promised %(due)s") % {
            "task": cover.name, "forecast": date_short(row.forecast_date), "due": date_short(row.due_date),
        }
    return f"{cover.name} · {date_short(row.forecast_date)}" if row.forecast_date else cover.name


def ledger_columns(
    promises: Sequence[PromiseRow], zone: str, more_url: str = "", whole: Coverage | None = None
) -> list[dict[str, Any]]:
    """The five columns of the ledger; drafts are not promised yet. With `more_url` only the heaviest cards are shown.

    `whole` tells count and weight where `promises` are only the first.
    """
    made = [row for row in promises if row.state != "draft"]
    columns = []
    for key in COLUMNS:
        rows = [row for row in made if row.column == key]
        shown = rows[:CARDS_SHOWN] if more_url else rows
        count = whole.counts[key] if whole else len(rows)
        columns.append({
            "key": key, "promises": [promise_view(row, zone) for row in shown],
            "weight": whole.weights[key] if whole else sum(row.weight for row in rows), "count": count,
            "more_url": more_url if count > len(shown) else "",
        })
    return columns


def conditions(promises: Sequence[PromiseRow], zone: str) -> list[dict[str, Any]]:
    """Exclusions and assumptions, which no work can keep, apart from the columns."""
    return [promise_view(row, zone) for row in promises if row.column == APART and row.state != "draft"]


def coverage_parts(coverage: Coverage) -> list[dict[str, Any]]:
    """The coverage bar: thousandths per column; what was waived counts for nothing."""
    total = sum(coverage.weights[key] for key in COVERAGE_ORDER) or 1
    return [{"share": round(1000 * coverage.weights[key] / total), "tone": key} for key in COVERAGE_ORDER]


def slip_words(drift: Drift) -> tuple[str, str]:
    """The drift of a project in words and a tone."""
    if drift.project.promised_finish_date is None:
        return (_("Behind: unfinished work lies in the past"), "warn") if drift.is_unsure else (_("No promised date"), "")
    if drift.is_unsure:
        return _("Behind: unfinished work lies in the past"), "warn"
    if drift.days_late > 0:
        return ngettext("%(n)s working day late", "%(n)s working days late", drift.days_late) % {"n": drift.days_late}, "warn"
    if drift.days_late < 0:
        return ngettext("%(n)s working day early", "%(n)s working days early", -drift.days_late) % {"n": -drift.days_late}, "ok"
    return _("On the promised day"), "ok"


def step_views(steps: Iterable[LifecycleStep], hrefs: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lifecycle rail; `hrefs` leads from a label to the record behind it."""
    return [
        {"label": _(step.label), "detail": heard(step.detail), "state": step.state, "side": step.side, "href": hrefs.get(step.label, "")}
        for step in steps
    ]


def stakeholder_views(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Stakeholders as their macro takes them."""
    return [
        {
            "name": row.name, "initials": initials_of(row.name), "tone": tone_of(row.contact_id), "detail": row.title,
            "role": _("Main") if row.is_main else row.decision_role, "role_tone": "sell" if row.is_main else "",
            "knows": row.preference,
        }
        for row in rows
    ]


def entry_views(rows: Iterable[Any], zone: str, promise_url_of: Callable[[int], str] | None = None) -> list[dict[str, Any]]:
    """Log entries as the timeline takes them; `promise_url_of` leads to the form that makes a promise of one."""
    return [
        {
            "icon": "bot" if row.is_automatic else ENTRY_ICONS[row.kind], "tone": "deliver" if row.is_automatic else "sell",
            "words": row.subject or ", ".join([row.author, *row.participants][:3]), "at": moment(row.happened_at, zone),
            "at_iso": row.happened_at.isoformat(), "text": row.body, "id": f"entry-{row.id}",
            "promise_url": promise_url_of(row.id) if promise_url_of and row.body and not row.is_automatic else "",
        }
        for row in rows
    ]
