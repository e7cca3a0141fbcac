"""Where a record is looked at, told from its reference."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """The page of one noun; `words` stand on the button that leads there."""

    route: str
    key: str
    icon: str
    words: str | Promise


PLACES = {
    "sales.lead": RecordPlace("lead", "lead_id", "target", gettext_lazy("Open the lead")),
    "sales.deal": RecordPlace("deal", "deal_id", "columns-3", gettext_lazy("Open the deal")),
    "delivery.project": RecordPlace("project", "project_id", "folder-kanban", gettext_lazy("Open the project")),
    "delivery.task": RecordPlace("task", "task_id", "circle-check", gettext_lazy("Open the task")),
    "handoff.handoff": RecordPlace("handoff", "handoff_id", "seam", gettext_lazy("Open the handoff")),
    "clients.company": RecordPlace("company", "company_id", "building-2", gettext_lazy("Open the client")),
    "clients.contact": RecordPlace("contact", "contact_id", "contact", gettext_lazy("Open the contact")),
    "insights.objective": RecordPlace("objective", "objective_id", "flag", gettext_lazy("Open the objective")),
    "promises.promise": RecordPlace("promise", "promise_id", "seam", gettext_lazy("Open the promise")),
}


def record_address(ref: Ref) -> str:
    """The page of a record; empty when its noun has none."""
    place = PLACES.get(ref.noun)
    return address_of(place.route, **{place.key: ref.id}) if place else ""


def read_ref(text: str) -> Ref:
    """The reference a form names, or a refusal."""
    try:
        return Ref.parse(text[:100])
    except ValueError as error:
        raise Refused.field("ref", str(error)) from None
