"""The day as the page shows it: groups of actions and tasks, most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from wonward.domains.delivery.types import PRIORITIES, TaskRow
from wonward.domains.sales.types import DealRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_words, money_words
from wonward.journeys.client_record.queries.first_steps import FirstStep

ACTION_ICONS = {"call": "phone", "email": "mail", "meeting": "users", "proposal": "file-text", "demo": "calendar",
                "document": "file-text", "review": "circle-check", "task": "circle-check", "parked": "pause"}


NORMAL = PRIORITIES.index("normal")


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do."""

    key: str
    icon: str
    side: str
    words: str
    detail: str
    href: str
    when: str
    money: str
    done_url: str
    version: int
    finish_url: str = ""
    priority: str = ""
    priority_why: str = ""
    blocked: str = ""
    log_url: str = ""


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """Overdue, today, or later."""

    key: str
    icon: str
    title: str
    items: list[WorkItem]


def work_groups(deals: Sequence[DealRow], tasks: Sequence[TaskRow], today: date) -> list[WorkGroup]:
    """Everything of mine in three groups; empty groups are left out."""
    due = [(row.next_action.due_date, NORMAL, _deal_item(row, today)) for row in deals if row.next_action]
    due += [(row.finish_date or today, PRIORITIES.index(row.priority), _task_item(row, today)) for row in tasks]
    due.sort(key=lambda one: one[:2])
    groups = [
        WorkGroup("overdue", "clock-alert", _("Overdue"), [item for day, _rank, item in due if day < today]),
        WorkGroup("today", "sun", _("Today"), [item for day, _rank, item in due if day == today]),
        WorkGroup("later", "calendar", _("Coming up"), [item for day, _rank, item in due if day > today][:20]),
    ]
    return [group for group in groups if group.items]


def _deal_item(row: DealRow, today: date) -> WorkItem:
    action = row.next_action
    assert action
    return WorkItem(
        f"deal-{row.id}", ACTION_ICONS.get(action.kind, "circle-check"), "sell", action.note or _("Next action"),
        f"{row.company_name} · {row.name}", address_of("deal", deal_id=row.id), _when(action.due_date, today),
        money_words(row.value), address_of("deal_next_action", deal_id=row.id), row.version,
        log_url=f"{address_of('log_new')}?ref=sales.deal:{row.id}",
    )


def _task_item(row: TaskRow, today: date) -> WorkItem:
    day = row.finish_date or today
    return WorkItem(
        f"task-{row.id}", {"milestone": "milestone", "approval": "badge-check"}.get(row.kind, "circle-check"), "deliver", row.name,
        " · ".join((_("Done by %(day)s") % {"day": date_words(row.finish_date)}, *([_("Blocked: %(reason)s") % {"reason": row.blocked_reason}] if row.blocked_reason else []))),
        address_of("task", task_id=row.id), _when(day, today), "", "", row.version, "" if row.kind == "approval" else address_of("task_done", task_id=row.id),
        {"urgent": _("Urgent"), "high": _("High")}.get(row.priority, ""),
        _("Set on this task") if row.set_priority else _("Client tier %(tier)s") % {"tier": row.client_tier}, row.blocked_reason,
    )


def _when(day: date, today: date) -> str:
    late = (today - day).days
    if late > 0:
        return _("%(days)s d late") % {"days": late}
    if late == 0:
        return _("Today")
    return _("Tomorrow") if late == -1 else date_words(day)


def action_kinds() -> list[tuple[str, str]]:
    """The kinds of next action with their names."""
    return [("call", _("Call")), ("email", _("E-mail")), ("meeting", _("Meeting")), ("proposal", _("Proposal")), ("demo", _("Demo")),
            ("document", _("Document")), ("review", _("Review")), ("task", _("Task"))]


def first_steps(steps: Sequence[FirstStep]) -> list[dict[str, object]]:
    """What to do first, in words; one that is done leads nowhere any more."""
    words = {
        "house": (_("Name your house, its currency and its time zone"), "start_house"),
        "services": (_("Take over what you sell from the gallery"), "start_services"),
        "people": (_("Invite the people you work with"), "start_people"),
        "deal": (_("Open your first deal with its next action"), "new_deal"),
        "leads": (_("Answer every lead within its goal"), "leads"),
        "pin": (_("Keep a view of the deals and pin it"), "deals_table"),
        "handoff": (_("Accept a handoff, or ask for what is missing"), "handoffs"),
        "project": (_("Have a project to look after"), "projects"),
        "goal": (_("Set what is to be won this month"), "sales_reports"),
        "form": (_("Open a form that brings you leads"), "lead_forms"),
        "rates": (_("Write down what people cost and are billed at"), "capacity_team"),
        "work": (_("Be put on a project and find its tasks"), "projects"),
        "factor": (_("Protect your sign-in with a second factor"), "profile_security"),
    }
    return [{"words": words[step.key][0], "href": address_of(words[step.key][1]), "is_done": step.is_done} for step in steps]
