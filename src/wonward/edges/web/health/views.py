"""Whether the office works: two answers for machines, and what was given up, visible with its last error and replayable."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.events.operations import replay_all_dead, replay_delivery
from wonward.foundation.events.queries import list_dead_deliveries, list_failing_deliveries
from wonward.foundation.jobs.operations import retry_job
from wonward.foundation.jobs.queries import list_failed_jobs
from wonward.kernel.errors import Refused

ROWS = 100
log = logging.getLogger("wonward.web")


@page(permission="")
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; asked by whoever restarts it, so it touches nothing that could be away for a moment."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@page(permission="")
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers too; asked by whoever sends people here. Why it does not is in the log alone."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM organisation_organisation LIMIT 1")
    except DatabaseError as error:
        log.warning("not ready: %s", error)
        return HttpResponse("not ready\n", status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "5"})
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")


@page(permission="events.delivery.replay")
def failures(request: SignedInRequest) -> HttpResponse:
    """Dead letters first, then what is still being tried, then jobs."""
    actor = request.actor
    context = {
        "dead": list_dead_deliveries(actor=actor, limit=ROWS), "failing": list_failing_deliveries(actor=actor, limit=ROWS),
        "jobs": list_failed_jobs(actor=actor, limit=ROWS) if actor.may("jobs.job.retry") else [],
        "may_retry_jobs": actor.may("jobs.job.retry"), "title": _("Failures"),
    }
    return render(request, "health/failures.html", context)


@page(permission="events.delivery.replay", methods=("POST",))
def failures_replay(request: SignedInRequest) -> HttpResponse:
    """Give a dead delivery, a failed job, or every dead delivery all attempts again."""
    reader = FormReader(request.POST)
    delivery_id, job_id = reader.number("delivery_id"), reader.text("job_id", limit=40)
    reader.finish()
    if job_id:
        retry_job(actor=request.actor, job_id=_job(job_id), now=request.now)
    elif delivery_id is not None:
        replay_delivery(actor=request.actor, delivery_id=delivery_id, now=request.now)
    else:
        replay_all_dead(actor=request.actor, now=request.now)
    return go_to(request, address_of("failures"))


def _job(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused.field("job_id", _("“%(text)s” is not a job.") % {"text": text}, "unknown") from None
