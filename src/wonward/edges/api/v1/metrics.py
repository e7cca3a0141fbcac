"""How the installation is doing, in the words Prometheus reads. Numbers only: no name, amount or address ever stands here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpResponse

from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.events.queries import count_dead_deliveries, oldest_pending_age
from wonward.foundation.jobs.queries import count_failed_jobs, oldest_due_job_age
from wonward.foundation.mail.queries import count_failed_mails
from wonward.kernel.actor import system_actor


@route("GET", "/metrics", permission="events.delivery.replay", answers={200: bytes})
def read_metrics(request: ApiRequest) -> HttpResponse:
    """The outbox, the jobs and the mail as gauges; for a Prometheus with the token of an admin."""
    text = "".join(f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value:g}\n" for name, meaning, value in _gauges(request))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauges(request: ApiRequest) -> Iterator[tuple[str, str, float]]:
    pending, due = oldest_pending_age(now=request.now), oldest_due_job_age(now=request.now)
    yield "wonward_outbox_oldest_seconds", "Age of the oldest event that is due and not delivered.", _seconds(pending)
    yield "wonward_deliveries_dead", "Deliveries given up after their last attempt.", count_dead_deliveries()
    yield "wonward_jobs_oldest_due_seconds", "Age of the oldest job that is due and not begun.", _seconds(due)
    yield "wonward_jobs_failed", "Jobs given up after their last attempt.", count_failed_jobs()
    yield "wonward_mails_failed", "Letters given up after their last attempt.", count_failed_mails(system_actor())


def _seconds(age: timedelta | None) -> float:
    return max(0.0, age.total_seconds()) if age else 0.0
