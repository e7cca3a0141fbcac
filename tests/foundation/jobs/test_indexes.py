"""What an idle worker asks again and again is answered from small partial indexes, however long the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection  # noqa: F401  (named in skipif)

from wonward.foundation.events.models import Delivery
from wonward.foundation.jobs.models import JobRun

LATER = timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="small tables are scanned on PostgreSQL")
@pytest.mark.parametrize(
    ("index", "question"),
    [
        ("delivery_due", lambda now: Delivery.objects.filter(due_at__lte=now, leased_until__isnull=True)),
        ("delivery_leased", lambda now: Delivery.objects.filter(leased_until__lte=now)),
        ("delivery_dead", lambda now: Delivery.objects.filter(died_at__isnull=False)),
        ("job_due", lambda now: JobRun.objects.filter(due_at__lte=now).order_by("due_at", "pk")),
        ("job_leased", lambda now: JobRun.objects.filter(leased_until__lte=now)),
        ("job_failed", lambda now: JobRun.objects.filter(failed_at__isnull=False)),
    ],
)
def test_the_questions_of_an_idle_worker_use_their_index(index, question, now):
    assert index in question(now + LATER).explain()
