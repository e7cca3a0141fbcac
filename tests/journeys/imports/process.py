"""`python -m tests.journeys.imports.process VERB`: what the subprocesses of the kill test do, on a database of their own."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from tests.laid_out import lay_out_tables  # noqa: E402
from tests.people import make_cast  # noqa: E402
from wonward.foundation.jobs.worker import run_worker_until_signalled  # noqa: E402
from wonward.journeys.imports.operations import commit_import, stage_import  # noqa: E402


def prepare(rows: str) -> None:
    """Make the tables, then stage and commit a file of open and closed deals."""
    lay_out_tables()
    seller = make_cast().seller
    stages = ("Won", "Lost", "Prospecting")
    lines = [f"{number},D{number},Company {number % 50},Mara Klein,{stages[number % 3]},{number}" for number in range(int(rows))]
    text = "Deal ID,Deal Name,Company,Owner,Stage,Amount\n" + "\n".join(lines)
    now = datetime.now(UTC)
    batch_id = stage_import(actor=seller, kind="deals", file_name="deals.csv", stream=io.BytesIO(text.encode()), now=now)
    commit_import(actor=seller, batch_id=batch_id, now=now)


def work(lease_seconds: str) -> None:
    """Be a worker until killed or told to stop."""
    run_worker_until_signalled(lease=timedelta(seconds=float(lease_seconds)))


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    {"prepare": prepare, "work": work}[verb](*arguments)
