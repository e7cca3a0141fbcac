"""Taking medians of processor time, and the floors beside them."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import django
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wonward.foundation.database.sqlite import dbapi2


def tell(figure: str, **facts: Any) -> None:
    """One JSON line: the figure, its facts, and the circumstances."""
    print(json.dumps({
        "figure": figure, **facts, "database": connection.vendor, "python": sys.version.split()[0], "django": django.__version__,
        "load": round(os.getloadavg()[0], 1),
    }), flush=True)


def median_ms(work: Callable[[], Any], *, runs: int = 15, warm: int = 3) -> float:
    """Median processor milliseconds of this process; the work is done a few times before it counts."""
    for _ in range(warm):
        work()
    spent = []
    for _ in range(runs):
        started = time.process_time()
        work()
        spent.append((time.process_time() - started) * 1000)
    return round(statistics.median(spent), 2)


def after_a_write_ms(work: Callable[[], Any], *, write: Callable[[], Any] | None = None, runs: int = 15) -> float:
    """The same where somebody has written since the last time: anything elsewhere, or what `write` does to these very records.

    No answer that was kept until anything is written can be given again, none that `write` touches at all.
    """
    spent = []
    for _ in range(runs + 1):
        (write or _write_elsewhere)()
        started = time.process_time()
        work()
        spent.append((time.process_time() - started) * 1000)
    return round(statistics.median(spent[1:]), 2)


def _write_elsewhere() -> None:
    """A transaction that changes no row of anybody's."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        return
    with closing(dbapi2.connect(connection.settings_dict["NAME"])) as other:
        (number,) = other.execute("PRAGMA user_version").fetchone()
        other.execute(f"PRAGMA user_version = {(number + 1) % 1_000_000}")


def wall_ms(work: Callable[[], Any], *, runs: int = 5) -> float:
    """Median milliseconds on the clock: where the database is another process, its work is not in the processor time of this one."""
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(spent), 2)


def queries_of(work: Callable[[], Any]) -> int:
    """How many statements the work sends."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def floor_ms(sql: str, params: list[Any] | None = None) -> float:
    """The bare driver query with its rows encoded as JSON."""

    def bare() -> str:
        with connection.cursor() as cursor:
            cursor.execute(sql, params or [])
            return json.dumps(cursor.fetchall(), default=str)

    return median_ms(bare)
