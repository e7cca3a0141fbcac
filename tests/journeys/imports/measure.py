"""Rows per second of an import of deals, from commit to done, in a fresh database; wall and processor time side by side.

`PYTHONPATH=src:. python tests/journeys/imports/measure.py [FOLDER]` imports the four Maven files of FOLDER (default: the
shared data) and prints one JSON line per file. `--profile` prints where the time of the deals went.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

FILES = (("companies", "accounts.csv"), ("services", "products.csv"), ("users", "sales_teams.csv"), ("deals", "sales_pipeline.csv"))


def set_up() -> None:
    """A database of its own, as a new installation has it (or the one of WONWARD_DATABASE_URL)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    os.environ["WONWARD_DATA_DIR"] = tempfile.mkdtemp(prefix="ww-measure-")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def measure(folder: Path, *, is_profiled: bool) -> None:
    from django.db import connection

    from tests.people import make_cast
    from wonward.journeys.imports.operations import commit_import, stage_import
    from wonward.journeys.imports.queries import get_batch

    owner = make_cast().owner
    for kind, name in FILES:
        now = datetime.now(UTC)
        started, cpu_started = time.perf_counter(), time.process_time()
        with (folder / name).open("rb") as stream:
            batch_id = stage_import(actor=owner, kind=kind, file_name=name, stream=stream, now=now)
        staged, cpu_staged = time.perf_counter(), time.process_time()
        profile = cProfile.Profile()
        if is_profiled and kind == "deals":
            profile.enable()
        commit_import(actor=owner, batch_id=batch_id, now=now, run_now=True)
        profile.disable()
        done, cpu_done = time.perf_counter(), time.process_time()
        batch = get_batch(actor=owner, batch_id=batch_id)
        print(json.dumps({
            "figure": f"import_{kind}", "rows": batch.rows, "status": batch.status, "database": connection.vendor,
            "staging_s": round(staged - started, 3), "staging_cpu_s": round(cpu_staged - cpu_started, 3),
            "commit_to_done_s": round(done - staged, 3), "rows_per_s": round(batch.rows / (done - staged)),
            "cpu_s": round(cpu_done - cpu_staged, 3), "rows_per_cpu_s": round(batch.rows / (cpu_done - cpu_staged)),
            "load": round(os.getloadavg()[0], 1), "counts": dict(batch.counts), "failure": batch.failure,
        }))
        if is_profiled and kind == "deals":
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    set_up()
    from tests.journeys.imports.shared import shared_folder

    folder = Path(arguments[0]) if arguments else shared_folder() / "data/crm/maven-crm-opportunities"
    measure(folder, is_profiled="--profile" in sys.argv)
