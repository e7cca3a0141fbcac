"""Handoffs as the queue and their page lay them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.edges.web.delivery.presenting import (
    Face,
    conditions,
    coverage_parts,
    entry_views,
    face,
    ledger_columns,
    stakeholder_views,
    step_views,
)
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_short, date_words, moment, money_words
from wonward.journeys.client_record.types import HandoffPage
from wonward.journeys.handoff.types import EXTRA, DecisionRow, HandoffRow, QuestionRow
from wonward.journeys.promises.types import Coverage
from wonward.kernel.errors import FieldError

ICONS = {"scope_summary": "file-text", "promised_finish_date": "flag", "key_constraints": "triangle-alert",
         "main_stakeholder_id": "user-check", "kickoff_date": "calendar"}
STATUS_LOOKS = {"awaiting_acceptance": ("deliver", "hourglass"), "returned": ("warn", "undo-2"), "accepted": ("ok", "circle-check"),
                "withdrawn": ("", "undo-2")}


def answer_label(field: str) -> str:
    """The name of one of the five answers."""
    return {
        "scope_summary": _("Scope summary"), "promised_finish_date": _("Promised timeline"),
        "key_constraints": _("Key constraints"), "main_stakeholder_id": _("Main stakeholder"), "kickoff_date": _("Kickoff date"),
    }.get(field, field.removeprefix(EXTRA).replace("_", " ").capitalize())


def status_label(row: HandoffRow) -> str:
    """Where a handoff stands, in words."""
    return {
        "awaiting_acceptance": _("Awaiting acceptance"), "returned": _("Back with sales"), "accepted": _("Accepted"), "withdrawn": _("Withdrawn"),
    }[row.status]


def answer_rows(
    row: HandoffRow, questions: Sequence[QuestionRow], values: Mapping[str, str], errors: Mapping[str, str], *, may_decide: bool,
    decided: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The five answers and what was asked besides, with what was said about each."""
    texts = {
        "scope_summary": row.scope_summary, "promised_finish_date": date_words(row.promised_finish_date),
        "key_constraints": row.key_constraints or _("None, as far as anybody knows."),
        "main_stakeholder_id": row.main_stakeholder_name, "kickoff_date": date_words(row.kickoff_date),
    }
    asked = {question.field: question for question in questions if question.round == row.returns_count and not question.is_error}
    labels = {f"{EXTRA}{one.key}": one.label for one in row.extra_answers}
    texts |= {f"{EXTRA}{one.key}": one.value for one in row.extra_answers}
    rows = []
    for field, icon in {**ICONS, **dict.fromkeys(labels, "list-checks")}.items():
        question = asked.get(field)
        stands = {"accepted": "accept", "returned": "return"}.get(decided.get(field, ""), "")
        decision = "accept" if row.status == "accepted" else values.get(f"decision_{field}", stands)
        if row.status == "returned" and question:
            decision = "return"
        rows.append({
            "field": field, "label": labels.get(field) or answer_label(field), "icon": icon, "text": texts[field], "source": _moved_kickoff(row, field),
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


def waiting_words(row: HandoffRow, now: datetime, zone: str) -> tuple[str, str, bool]:
    """How long a handoff waits, what that means, and whether it is too long."""
    if row.status == "accepted" and row.accepted_at:
        spent = (row.accepted_at - row.submitted_at).total_seconds() / 3600
        return date_short(row.accepted_at.date()), _("after %(time)s") % {"time": _hours(spent)}, False
    hours = max(0.0, (now - row.submitted_at).total_seconds() / 3600)
    is_late = row.due_at is not None and row.due_at < now
    if row.status == "returned":
        return _hours(hours), _("with %(who)s") % {"who": row.submitted_by or _("sales")}, False
    if row.due_at is None or row.status == "withdrawn":
        return _hours(hours), "", False
    words = _("was due %(when)s") if is_late else _("decide by %(when)s")
    return _hours(hours), words % {"when": moment(row.due_at, zone)}, is_late


def _hours(hours: float) -> str:
    whole = round(hours)
    if whole >= 48:
        return _("%(days)s d") % {"days": whole // 24}
    return _("%(hours)s h") % {"hours": whole} if whole else _("under 1 h")


def queue_rows(
    rows: Iterable[HandoffRow], coverages: Mapping[int, Coverage], questions: Mapping[int, Sequence[QuestionRow]], now: datetime,
    *, may_accept: bool, zone: str,
) -> list[dict[str, Any]]:
    """The queue, row by row."""
    shown = []
    for row in rows:
        waiting, note, is_late = waiting_words(row, now, zone)
        coverage = coverages.get(row.deal_id)
        facts = [row.company_name, money_words(row.value), row.number]
        shown.append({
            "id": row.id, "href": address_of("handoff", handoff_id=row.id), "name": row.deal_name,
            "detail": " · ".join(fact for fact in facts if fact), "seller": _seller(row), "lead": face(row.lead_name, row.lead_id),
            "waiting": waiting, "waiting_note": note, "is_late": is_late, "promised": date_short(row.promised_finish_date),
            "plan": _plan(row), "percent": coverage.percent if coverage else None,
            "parts": coverage_parts(coverage) if coverage else [], "has_promises": bool(coverage and any(coverage.counts.values())),
            "missing": _missing(row, coverage, questions.get(row.id, ())),
            "is_to_review": may_accept and row.status == "awaiting_acceptance",
        })
    return shown


def _seller(row: HandoffRow) -> Face:
    return face(row.submitted_by, row.submitted_by_id) or Face(_("Sales"), "S", 0)


def _plan(row: HandoffRow) -> str:
    tasks = sum(project.task_count for project in row.projects)
    milestones = sum(project.milestone_count for project in row.projects)
    return ", ".join((
        ngettext("%(n)s task", "%(n)s tasks", tasks) % {"n": tasks},
        ngettext("%(n)s milestone", "%(n)s milestones", milestones) % {"n": milestones},
    ))


def _missing(row: HandoffRow, coverage: Coverage | None, questions: Sequence[QuestionRow]) -> list[tuple[str, str, str]]:
    found = [("message-square", "warn", f"“{question.text}”") for question in questions[:2]]
    if len(questions) > 2:
        found.append(("message-square", "warn", _("and %(n)s more questions") % {"n": len(questions) - 2}))
    open_count = coverage.counts["uncovered"] if coverage else 0
    if open_count:
        found.append(("circle-dashed", "warn", ngettext("%(n)s promise has no task", "%(n)s promises have no task", open_count)
                      % {"n": open_count}))
    late_count = coverage.counts["at_risk"] if coverage else 0
    if late_count:
        found.append(("triangle-alert", "warn", ngettext("%(n)s promise comes late", "%(n)s promises come late", late_count)
                      % {"n": late_count}))
    if row.status == "awaiting_acceptance" and not found:
        found.append(("circle-check", "ok", _("Nothing missing, ready to accept")))
    if row.status == "awaiting_acceptance" and row.returns_count:
        found.insert(0, ("message-square", "", _("Sales answered your questions")))
    found.append(("calendar", "", _("Kickoff %(day)s") % {"day": date_short(row.kickoff_date)}))
    return found


def handoff_page(
    page: HandoffPage, values: Mapping[str, str], errors: Mapping[str, str], now: datetime, zone: str, *,
    may_accept: bool, may_answer: bool, may_see_deal: bool, decisions: Sequence[DecisionRow] = (),
) -> dict[str, Any]:
    """Everything the page of one handoff lays out."""
    row = page.handoff
    waiting, note, is_late = waiting_words(row, now, zone)
    words = {
        "awaiting_acceptance": _("Awaiting acceptance, %(note)s"), "returned": _("Back with sales for %(waiting)s"),
        "accepted": _("Accepted %(waiting)s"), "withdrawn": _("Withdrawn: the deal was lost") if row.is_lost else _("Withdrawn: the deal is open again"),
    }[row.status] % {"note": note, "waiting": waiting}
    tone, icon = ("bad", "clock-alert") if is_late else STATUS_LOOKS[row.status]
    asked = [
        question for question in page.questions
        if question.round == row.returns_count and not question.answer and not question.is_error
    ]
    return {
        "status_words": words, "status_tone": tone, "status_icon": icon, "seller": _seller(row),
        "lead": face(row.lead_name, row.lead_id), "steps": step_views(page.lifecycle, _places(row, may_see_deal)),
        "answer_rows": answer_rows(row, page.questions, values, errors, may_decide=may_accept,
                                   decided={one.field: one.decision for one in decisions}),
        "answer_note": _answer_note(row, asked),
        "open_questions": [
            {"name": f"answer_{question.id}", "text": question.text, "label": answer_label(question.field),
             "value": values.get(f"answer_{question.id}", ""), "error": errors.get(f"answer_{question.id}", "")}
            for question in asked
        ] if may_answer else [],
        "created": _created(page), "created_when": _("%(when)s · %(n)s records in one step") % {
            "when": moment(row.created_at, zone), "n": row.records_created},
        "stakeholders": stakeholder_views(page.stakeholders), "coverage_parts": coverage_parts(page.coverage),
        "waiting_dates": [
            _("“%(text)s” is earlier than P50 and waits for %(name)s to approve it.") % {"text": one.text, "name": one.basis.approver or _("somebody who may")}
            for one in page.promises if one.basis and one.state == "draft" and one.due_date and one.due_date < one.basis.p50_date
        ],
        "ledger": ledger_columns(page.promises, zone, _ledger_of(page, may_see_deal), page.coverage),
        "conditions": conditions(page.promises, zone), "entries": entry_views(page.timeline, zone), "sale_href": _sale_of(page, may_see_deal),
        "scope_value": values.get("scope_summary", row.scope_summary),
        "constraints_value": values.get("key_constraints", row.key_constraints),
    }


def _places(row: HandoffRow, may_see_deal: bool) -> dict[str, str]:
    places = {"Won": address_of("deal", deal_id=row.deal_id)} if may_see_deal else {}
    if row.projects:
        places["Deliver"] = address_of("project", project_id=row.projects[0].project_id)
    return places


def _first_seen(page: HandoffPage) -> int | None:
    """The first project of the handoff that the viewer sees."""
    seen = {drift.project.id for drift in page.drifts}
    return next((one.project_id for one in page.handoff.projects if one.project_id in seen), None)


def _ledger_of(page: HandoffPage, may_see_deal: bool) -> str:
    """Where every promise of the deal stands, or those of a project."""
    if may_see_deal:
        return address_of("deal_ledger", deal_id=page.handoff.deal_id)
    project_id = _first_seen(page)
    return address_of("project_ledger", project_id=project_id) if project_id else ""


def _sale_of(page: HandoffPage, may_see_deal: bool) -> str:
    """Where the whole log and every document can be read on."""
    project_id = _first_seen(page)
    if project_id:
        return address_of("project_sale", project_id=project_id)
    return address_of("deal", deal_id=page.handoff.deal_id) if may_see_deal else ""


def _answer_note(row: HandoffRow, asked: Sequence[QuestionRow]) -> str:
    if row.status == "accepted":
        return _("All accepted by %(who)s") % {"who": row.accepted_by} if row.accepted_by else _("All accepted")
    if row.status == "returned":
        return ngettext("%(n)s answer is back with sales", "%(n)s answers are back with sales", len(asked)) % {"n": len(asked)}
    return _("Mark what you cannot work with, and ask")


def _created(page: HandoffPage) -> list[dict[str, Any]]:
    row = page.handoff
    seen = {drift.project.id for drift in page.drifts}
    items: list[dict[str, Any]] = []
    for project in row.projects:
        template = (_("template “%(name)s” v%(number)s") % {"name": project.template_name, "number": project.template_number}
                    if project.template_name else _("without a template"))
        items.append({
            "icon": "folder-kanban", "words": f"{project.number} {project.name}",
            "detail": _("%(tasks)s tasks, %(milestones)s milestones, %(template)s") % {
                "tasks": project.task_count, "milestones": project.milestone_count, "template": template},
            "href": address_of("project", project_id=project.project_id) if project.project_id in seen else "",
        })
    if row.value is not None:
        items.append({"icon": "wallet", "words": _("Budget %(money)s") % {"money": money_words(row.value)}, "detail": ""})
    promised = sum(page.coverage.counts.values())
    items.append({
        "icon": "flag", "words": ngettext("%(n)s promise carried over", "%(n)s promises carried over", promised) % {"n": promised},
        "detail": _("%(percent)s %% of the weight covered in time") % {"percent": page.coverage.percent} if promised else "",
    })
    papers = page.document_count
    items.append({
        "icon": "file-text", "words": ngettext("%(n)s document", "%(n)s documents", papers) % {"n": papers},
        "detail": ngettext("%(n)s stakeholder mapped in", "%(n)s stakeholders mapped in", len(page.stakeholders))
        % {"n": len(page.stakeholders)},
    })
    return items


def field_errors(errors: Iterable[FieldError], asked: Sequence[str]) -> dict[str, str]:
    """Messages by the name of the control: questions[2].text belongs to the third answer asked about."""
    named = {}
    for error in errors:
        head, _dot, _rest = error.field.partition(".")
        if head.startswith("questions[") and head[10:-1].isdecimal():
            named[asked[int(head[10:-1])]] = error.message
        elif error.field.startswith("answers."):
            named[f"answer_{error.field[8:]}"] = error.message
        else:
            named[error.field] = error.message
    return named
