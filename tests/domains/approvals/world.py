"""A plan with a deliverable and an approval that holds up the work behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.domains.delivery.plan import Plan, make_plan
from tests.people import NOW, Cast
from tests.remembered import remembered
from wonward.domains.approvals.queries import find_approval
from wonward.domains.approvals.types import ApprovalView, NewStep
from wonward.domains.clients.queries import list_contact_choices
from wonward.domains.delivery.operations import open_link
from wonward.domains.delivery.types import (
    AskForApproval,
    NewDependency,
    NewTask,
    RemovedDependency,
    TaskChange,
)
from wonward.journeys.promises.operations import ask_for_approval
from wonward.kernel.ref import Ref

DUE = date(2026, 12, 18)


@dataclass
class Gate:
    """The approval task `Design approved` between the wireframes and the templates, and the deliverable `Wireframes`."""

    plan: Plan
    cast: Cast
    task_id: int
    contact_id: int

    @property
    def ref(self) -> Ref:
        return Ref("delivery.task", self.task_id)

    def view(self) -> ApprovalView:
        found = find_approval(actor=self.cast.manager, ref=self.ref)
        assert found is not None
        return found

    def client(self, position: int = 1, **more: Any) -> NewStep:
        return NewStep("client", position, contact_id=self.contact_id, name="Hanne Dahl", **more)

    def colleague(self, actor: Any, position: int = 1) -> NewStep:
        return NewStep("internal", position, person_id=actor.person_id)

    def ask(self, *steps: NewStep, words: str = "The look of every page.", task_id: int | None = None, **more: Any) -> int:
        ask = AskForApproval(words, steps or (self.client(),), **{"due_date": DUE, **more})
        return ask_for_approval(actor=self.cast.manager, task_id=task_id or self.task_id, ask=ask, now=NOW)

    def link(self, place: int = 0) -> str:
        view = self.view()
        step = [one for one in view.current.steps if one.kind == "client"][place]
        return open_link(actor=self.cast.manager, approval_id=view.row.id, step_id=step.id, now=NOW)

    def status(self, name: str = "Design approved") -> str:
        return self.plan.task(name).status


@remembered
def make_gate(cast: Cast) -> Gate:
    plan = make_plan(cast)
    wireframes, build = plan.ids["wireframes"], plan.ids["build"]
    plan.change(
        NewTask("Design approved", kind="approval", duration_minutes=0, after_ids=(wireframes,)), NewDependency(-1, build),
        RemovedDependency(wireframes, build), TaskChange(wireframes, {"is_deliverable": True, "acceptance_criteria": ("Works on a phone",)}),
    )
    (contact,) = list_contact_choices(actor=cast.manager, company_id=plan.company_id)
    return Gate(plan, cast, plan.task("Design approved").id, contact.id)
