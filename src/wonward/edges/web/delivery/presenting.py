"""From rows to what the templates lay out: words, tones and links decided here, nothing looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.shell.environment import date_short, date_words, moment
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.journeys.client_record.types import Drift
from wonward.journeys.handoff.types import ACCEPTANCE_HOURS, HandoffRow, QuestionRow
from wonward.journeys.promises.types import COLUMNS, Coverage, PromiseRow

ICONS = {"scope_summary": "file-text", "promised_finish_date": "flag", "key_constraints": "triangle-alert",
         "main_stakeholder_id": "user-check", "kickoff_date": "calendar"}


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as an avatar with a name."""

    name: str
    initials: str
    tone: int


def face(name: str, key: int | None) -> Face | None:
    """A face, or None for nobody."""
    return Face(name, initials_of(name), tone_of(key)) if name else None


def answer_label(field: str) -> str:
    """The name of one of the five answers."""
    return {
        "scope_summary": _("Scope summary"), "promised_finish_date": _("Promised timeline"),
        "key_constraints": _("Key constraints"), "main_stakeholder_id": _("Main stakeholder"), "kickoff_date": _("Kickoff date"),
    }[field]


def answer_rows(
    row: HandoffRow, questions: Sequence[QuestionRow], values: Mapping[str, str], errors: Mapping[str, str], *, may_decide: bool
) -> list[dict[str, Any]]:
    """The five answers with what was asked and answered about each."""
    texts = {
        "scope_summary": row.scope_summary, "promised_finish_date": date_words(row.promised_finish_date),
        "key_constraints": row.key_constraints or _("None, as far as anybody knows."),
        "main_stakeholder_id": row.main_stakeholder_name, "kickoff_date": date_words(row.kickoff_date),
    }
    asked = {question.field: question for question in questions if question.round == row.returns_count}
    rows = []
    for field, icon in ICONS.items():
        question = asked.get(field)
        decision = "accept" if row.status == "accepted" else values.get(f"decision_{field}", "")
        if row.status == "returned" and question:
            decision = "return"
        rows.append({
            "field": field, "label": answer_label(field), "icon": icon, "text": texts[field], "source": _moved_kickoff(row, field),
            "decision": decision, "question": values.get(f"question_{field}", "") if may_decide else "",
            "reply": _reply(question), "error": errors.get(field, ""),
        })
    return rows


def _moved_kickoff(row: HandoffRow, field: str) -> str:
    if field == "kickoff_date" and row.asked_kickoff_date != row.kickoff_date:
        return _("Asked for %(day)s, which is not a working day.") % {"day": date_words(row.asked_kickoff_date)}
    return ""


def _reply(question: QuestionRow | None) -> str:
    if question is None:
        return ""
    if question.answer:
        return _("%(asker)s asked: %(text)s %(who)s answered: %(answer)s") % {
            "asker": question.asked_by, "text": question.text, "who": question.answered_by, "answer": question.answer,
        }
    return _("%(asker)s asked: %(text)s") % {"asker": question.asked_by, "text": question.text}


def waiting_words(row: HandoffRow, now: datetime) -> tuple[str, str, bool]:
    """How long a handoff waits, what that means, and whether it is too long."""
    if row.status == "accepted" and row.accepted_at:
        spent = (row.accepted_at - row.submitted_at).total_seconds() / 3600
        return date_short(row.accepted_at.date()), _("after %(hours)s h") % {"hours": round(spent)}, False
    hours = max(0, round((now - row.submitted_at).total_seconds() / 3600))
    words = f"{hours} h" if hours < 48 else ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    left = ACCEPTANCE_HOURS - hours
    if row.status == "returned":
        return words, _("with sales"), hours > ACCEPTANCE_HOURS
    note = _("%(hours)s h left") % {"hours": left} if left >= 0 else _("%(hours)s h over") % {"hours": -left}
    return words, note, left < 0


def queue_rows(rows: Iterable[HandoffRow], now: datetime) -> list[dict[str, Any]]:
    """The queue as its macro takes it."""
    shown = []
    for row in rows:
        waiting, note, is_late = waiting_words(row, now)
        tasks = sum(project.task_count for project in row.projects)
        milestones = sum(project.milestone_count for project in row.projects)
        missing = [("calendar", "", _("Kickoff %(day)s") % {"day": date_short(row.kickoff_date)})]
        if row.status == "returned":
            missing.insert(0, ("undo-2", "warn", ngettext("Returned once", "Returned %(n)s times", row.returns_count)
                               % {"n": row.returns_count}))
        shown.append({
            "row": row, "href": reverse("handoff", kwargs={"handoff_id": row.id}), "name": row.deal_name,
            "detail": f"{row.company_name} · {row.number}", "seller": face(row.submitted_by, row.id) or Face(_("Sales"), "S", 0),
            "lead": face(row.lead_name, row.lead_id), "waiting": waiting, "waiting_note": note, "is_late": is_late,
            "plan": _("%(tasks)s tasks, %(milestones)s milestones") % {"tasks": tasks, "milestones": milestones},
            "promised": date_short(row.promised_finish_date), "missing": missing,
        })
    return shown


KIND_WORDS = {"deliverable": "Deliverable", "date": "Date", "quality": "Quality", "price": "Price", "staffing": "Staffing",
              "exclusion": "Exclusion", "assumption": "Assumption"}


def promise_view(row: PromiseRow, zone: str) -> dict[str, Any]:
    """A promise as its card takes it."""
    cover = row.covers[0] if row.covers else None
    is_late = row.column == "at_risk"
    if row.state in ("waived", "replaced"):
        words = row.state_reason
    elif cover:
        words = f"{cover.name} · {date_short(row.forecast_date)}"
    else:
        words = _("No task covers it")
    if is_late and row.due_date and row.forecast_date:
        words = _("%(task)s · forecast %(forecast)s, promised %(due)s") % {
            "task": cover.name if cover else "", "forecast": date_short(row.forecast_date), "due": date_short(row.due_date),
        }
    return {
        "id": row.id, "kind": row.kind, "kind_words": _(KIND_WORDS[row.kind]), "text": row.text, "weight": min(3, row.weight),
        "column": row.column, "quote": row.quote, "speaker": row.speaker, "said": moment(row.said_at, zone) if row.said_at else "",
        "source_href": "", "cover_words": words,
        "cover_href": reverse("task", kwargs={"task_id": cover.task_id}) if cover and row.state == "confirmed" else "",
        "is_late": is_late, "actions": [], "is_selected": False,
    }


def ledger_columns(promises: Sequence[PromiseRow], zone: str) -> list[dict[str, Any]]:
    """The five columns of the ledger."""
    return [
        {"key": key, "promises": [promise_view(row, zone) for row in promises if row.column == key],
         "weight": sum(row.weight for row in promises if row.column == key)}
        for key in COLUMNS
    ]


def coverage_parts(coverage: Coverage) -> list[dict[str, Any]]:
    """The coverage bar: thousandths per column."""
    total = sum(coverage.weights.values()) or 1
    order = ("kept", "planned", "at_risk", "uncovered", "waived")
    return [{"share": round(1000 * coverage.weights[key] / total), "tone": key} for key in order]


def slip_words(drift: Drift) -> tuple[str, str]:
    """The drift of a project in words and a tone."""
    if drift.project.promised_finish_date is None:
        return _("nothing promised"), ""
    if drift.days_late > 0:
        return ngettext("%(n)s working day late", "%(n)s working days late", drift.days_late) % {"n": drift.days_late}, "warn"
    if drift.days_late < 0:
        return ngettext("%(n)s working day early", "%(n)s working days early", -drift.days_late) % {"n": -drift.days_late}, "ok"
    return _("on the promised day"), "ok"


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


ENTRY_ICONS = {"call": "phone", "email": "mail", "chat": "message-square", "meeting": "users", "note": "sticky-note"}


def entry_views(rows: Iterable[Any], zone: str) -> list[dict[str, Any]]:
    """Log entries as the timeline takes them."""
    return [
        {
            "icon": "bot" if row.is_automatic else ENTRY_ICONS[row.kind], "tone": "deliver" if row.is_automatic else "sell",
            "words": row.subject or ", ".join([row.author, *row.participants][:3]), "at": moment(row.happened_at, zone),
            "at_iso": row.happened_at.isoformat(), "text": row.body, "id": f"entry-{row.id}",
        }
        for row in rows
    ]
