"""Reactions and jobs that were given up: visible, with their last error, and replayable."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.events.operations import replay_all_dead, replay_delivery
from wonward.foundation.events.queries import list_dead_deliveries, list_failing_deliveries
from wonward.foundation.jobs.operations import retry_job
from wonward.foundation.jobs.queries import list_failed_jobs

ROWS = 100


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
def failure_replay(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    """Give one dead delivery all its attempts again."""
    replay_delivery(actor=request.actor, delivery_id=delivery_id, now=request.now)
    return go_to(request, reverse("failures"))


@page(permission="events.delivery.replay", methods=("POST",))
def failures_replay(request: SignedInRequest) -> HttpResponse:
    """Give every dead delivery all its attempts again."""
    replay_all_dead(actor=request.actor, now=request.now)
    return go_to(request, reverse("failures"))


@page(permission="jobs.job.retry", methods=("POST",))
def job_retry(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """Give a failed job all its attempts again."""
    retry_job(actor=request.actor, job_id=job_id, now=request.now)
    return go_to(request, reverse("failures"))
