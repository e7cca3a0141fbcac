"""Work in the middle of it: approvals that are waited for, notes, risks, and one project that waits for another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from wonward.domains.approvals.types import NewStep, Told
from wonward.domains.clients.queries import get_contact
from wonward.domains.delivery.operations import change_note, enter_risk, write_note
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import AskForApproval, NewDependency, RiskFields, TaskRow
from wonward.edges.commands.sample.story import Stage
from wonward.journeys.promises.operations import (
    answer_approval,
    ask_for_approval,
    change_plan,
    record_approval,
)

_ACCESS = """## Who opens what

- [x] Staging: everybody on the project, password in the safe
- [x] CMS: editors only
- [ ] Analytics: the client asks their agency

**Hosting** stays with the client. Changes of DNS need two days of notice.
"""
_MINUTES = """## Weekly call

1. Texts of the product pages come by Thursday.
2. Photography is *not* part of the project; the client sends what there is.
3. Next call at the same time.

> “If the form works on a phone, the rest can follow.”
"""
_RISKS = (
    RiskFields("Texts arrive after the templates are done", probability=4, impact=3, response="Build with the old texts, exchange them later."),
    RiskFields("The interface of the stock system is not documented", probability=3, impact=4, response="A day with their developer in week one."),
    RiskFields("The newsletter form sends nothing on staging", "issue", probability=5, impact=2, response="Mail is off there; test on the preview."),
)


def work_on(stage: Stage, project_ids: Sequence[int]) -> None:
    """What people do beside the plan in projects that run, the newest first."""
    _ask_clients(stage, list(_open_milestones(stage, project_ids)))
    manager = stage.managers[0]
    for project_id, title, text in zip(project_ids, ("Access and hosting", "Minutes"), (_ACCESS, _MINUTES), strict=False):
        note_id = write_note(actor=manager, project_id=project_id, title=title, text=text.replace("- [x] CMS: editors only\n", ""), now=stage.ago(5))
        change_note(actor=manager, note_id=note_id, title=title, text=text, version=1, now=stage.ago(1))
    for project_id, risk in zip(project_ids, _RISKS, strict=False):
        enter_risk(actor=manager, project_id=project_id, fields=risk, now=stage.ago(4))
    _let_one_wait(stage, project_ids)


def _open_milestones(stage: Stage, project_ids: Sequence[int]) -> Iterator[TaskRow]:
    """The next milestone of each project that has one to come."""
    for project_id in project_ids:
        tasks = list_tasks(actor=stage.managers[0], project_id=project_id)
        yield from [task for task in tasks if task.kind == "milestone" and task.status != "done"][:1]


def _ask_clients(stage: Stage, milestones: Sequence[TaskRow]) -> None:
    """One waits for the client, one was approved in the house and waits for the client, one was sent back and is asked again."""
    manager, colleague = stage.managers[:2]
    due = stage.now.date() + timedelta(days=4)
    inside = NewStep("internal", 1, colleague.person_id)
    for place, task in enumerate(milestones[:3]):
        company_id = get_project(actor=manager, project_id=task.project_id).company_id
        name = get_contact(actor=manager, contact_id=stage.contacts[company_id][0]).name
        steps = (inside, NewStep("client", 2, name=name)) if place else (NewStep("client", name=name),)
        if place == 2:
            told = Told(name, "The menu on the phone is still the old one.", stage.ago(3).date(), decision="rejected")
            record_approval(actor=manager, task_id=task.id, told=told, now=stage.ago(3))
        ask = AskForApproval(f"{task.name}: please look at it and say whether we go on.", steps, due_date=due)
        approval_id = ask_for_approval(actor=manager, task_id=task.id, ask=ask, now=stage.ago(2))
        if place == 1:
            answer_approval(actor=colleague, approval_id=approval_id, decision="approved", words="Reads well.", now=stage.ago(1))


def _let_one_wait(stage: Stage, project_ids: Sequence[int]) -> None:
    """Two projects of one client where work of the later has a day to spare after work of the earlier: it waits for it from now on."""
    manager = stage.managers[0]
    rows = [get_project(actor=manager, project_id=project_id) for project_id in project_ids]
    pairs = [(one, other) for one in rows for other in rows if one.id != other.id and one.company_id == other.company_id]
    for one, other in pairs:
        first = _unfinished(stage, one.id)
        second = [task for task in _unfinished(stage, other.id) if not task.percent_complete]
        for before in first:
            for after in second:
                if before.finish_date and after.start_date and before.finish_date < after.start_date <= before.finish_date + timedelta(days=9):
                    change_plan(
                        actor=manager, project_id=other.id, changes=[NewDependency(before.id, after.id)], now=stage.ago(1),
                        reason=f"“{after.name}” uses what “{before.name}” of {one.number} makes.",
                    )
                    return


def _unfinished(stage: Stage, project_id: int) -> list[TaskRow]:
    return [task for task in list_tasks(actor=stage.managers[0], project_id=project_id) if task.kind == "task" and task.status != "done"]
