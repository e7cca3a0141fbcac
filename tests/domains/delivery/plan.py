"""A project led by the manager, with the tasks of the website template by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.people import NOW, WEBSITE, Cast, make_sale
from tests.remembered import remembered
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import PlanEdit, TaskRow
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.journeys.promises.operations import ChangedPlan, change_plan


@dataclass
class Plan:
    """The project and everything people do to it in the tests."""

    cast: Cast
    project_id: int
    company_id: int
    ids: dict[str, int] = field(default_factory=dict)

    def tasks(self) -> dict[str, TaskRow]:
        return {row.name: row for row in list_tasks(actor=self.cast.manager, project_id=self.project_id)}

    def tasks_by_id(self) -> dict[int, TaskRow]:
        return {row.id: row for row in list_tasks(actor=self.cast.manager, project_id=self.project_id)}

    def task(self, name: str) -> TaskRow:
        return self.tasks()[name]

    def change(self, *edits: PlanEdit, reason: str = "") -> ChangedPlan:
        return change_plan(actor=self.cast.manager, project_id=self.project_id, changes=list(edits), reason=reason, now=NOW)

    def version(self) -> int:
        return get_project(actor=self.cast.manager, project_id=self.project_id).plan_version


@remembered
def make_plan(
    cast: Cast, *, name: str = "Website replatform", company: str = "Northwind Robotics", items: Sequence[dict[str, object]] = WEBSITE
) -> Plan:
    """Sold by the seller, accepted by the manager."""
    sale = make_sale(cast, name=name, company=company, items=items)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    rows = list_tasks(actor=cast.manager, project_id=closed.project_ids[0])
    return Plan(cast, closed.project_ids[0], sale.company_id, {row.key: row.id for row in rows})
