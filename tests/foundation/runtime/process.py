"""`python -m tests.foundation.runtime.process VERB`: what subprocesses of the tests do."""

import sys
import time
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from tests.foundation.runtime.facts import RecordCounted  # noqa: E402
from tests.foundation.runtime.models import Effect, Single  # noqa: E402
from tests.foundation.runtime.registration import create_tables, register_all  # noqa: E402
from wonward.foundation.events.operations import publish  # noqa: E402
from wonward.foundation.jobs.worker import run_worker_until_signalled  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402


def migrate() -> None:
    """Make every table."""
    call_command("migrate", verbosity=0)
    create_tables()


def work(lease_seconds: str) -> None:
    """Be a worker until killed or told to stop."""
    run_worker_until_signalled(lease=timedelta(seconds=float(lease_seconds)))


def publish_counts(first: str, last: str) -> None:
    """Publish one fact per number, each in a transaction of its own."""
    for number in range(int(first), int(last)):
        with transaction.atomic():
            publish(RecordCounted(number), actor=system_actor(), now=datetime.now(UTC))


def count_up(times: str) -> None:
    """Read, then write what was read plus one: the pattern that collides without IMMEDIATE."""
    for _ in range(int(times)):
        with transaction.atomic():
            (single,) = Single.objects.all()
            Single.objects.update(key=single.key + 1)
        Effect.objects.create(handler="counter", key=1)


def print_waits(times: str) -> None:
    """Count up and print how many milliseconds each transaction took, its waiting included."""
    for _ in range(int(times)):
        started = time.perf_counter()
        with transaction.atomic():
            (single,) = Single.objects.all()
            Single.objects.update(key=single.key + 1)
        print((time.perf_counter() - started) * 1000)


if __name__ == "__main__":
    register_all()
    verb, *arguments = sys.argv[1:]
    verbs = {
        "migrate": migrate,
        "work": work,
        "publish": publish_counts,
        "count": count_up,
        "waits": print_waits,
    }
    verbs[verb](*arguments)
