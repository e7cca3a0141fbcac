"""Taking a task out of its plan, into the trash it comes back from."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import PlanEdit, RemovedTask
from wonward.edges.web.delivery.plan_views import ask_why, told
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.journeys.house.operations import trash_record
from wonward.journeys.promises.operations import ReasonRequired
from wonward.kernel.ref import Ref


@page(permission="delivery.plan.change", methods=("POST",))
def task_removal(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Put a task with everything in it into the trash; a broken promise asks for the reason first."""
    row = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    reason = reader.text("reason", limit=2000)
    reader.finish()
    gone: list[PlanEdit] = [RemovedTask(task_id)]
    try:
        item_id = trash_record(actor=request.actor, ref=Ref("delivery.task", task_id), reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, row.project_id, gone, refusal)
    words = _("“%(task)s” is in the trash.") % {"task": row.name}
    return told(request, row.project_id, words, {"undo_url": address_of("trash_return", item_id=item_id), "undo_values": {}})
