"""The handler of each kind, and the order in which its rows must stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wonward.journeys.imports.operations.kinds.communications import CommunicationRows
from wonward.journeys.imports.operations.kinds.companies import CompanyRows
from wonward.journeys.imports.operations.kinds.contacts import ContactRows
from wonward.journeys.imports.operations.kinds.deals import Deals
from wonward.journeys.imports.operations.kinds.leads import LeadRows
from wonward.journeys.imports.operations.kinds.people import PeopleRows
from wonward.journeys.imports.operations.kinds.projects import ProjectRows
from wonward.journeys.imports.operations.kinds.services import ServiceRows
from wonward.journeys.imports.operations.kinds.tasks import TaskRows, link_tasks
from wonward.journeys.imports.operations.work import KindHandler, Work
from wonward.journeys.imports.rules.records import ReadRow

HANDLERS: Mapping[str, KindHandler] = {
    "companies": CompanyRows(), "contacts": ContactRows(), "leads": LeadRows(), "deals": Deals(), "services": ServiceRows(), "users": PeopleRows(),
    "communications": CommunicationRows(), "projects": ProjectRows(), "tasks": TaskRows(),
}
# Kinds whose rows name each other in ways that need all of them to be there first.
LINKS: Mapping[str, Callable[[Work, Sequence[tuple[ReadRow, int]]], None]] = {"tasks": link_tasks}
# The field in which a row names another that must be written before it.
PARENT_FIELDS: Mapping[str, str] = {"companies": "parent", "users": "manager", "tasks": "parent"}
