"""Taking medians of processor time, and the floors beside them."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
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


def spent_ms() -> float:
    """Processor milliseconds this process has used so far, and the server process on PostgreSQL that works for it."""
    return time.process_time() * 1000 + database_ms()


def database_ms() -> float:
    """The part of them that PostgreSQL used; 0 where the database works in this process, or on another machine."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    told = Path(f"/proc/{_backend(connection.connection)}/schedstat")
    return int(told.read_text().split()[0]) / 1e6 if told.exists() else 0.0


@cache
def _backend(driver: Any) -> int:
    return int(driver.info.backend_pid)


def median_ms(work: Callable[[], Any], *, runs: int = 15, warm: int = 3) -> float:
    """Median processor milliseconds, the database's among them; the work is done a few times before it counts."""
    for _ in range(warm):
        work()
    return _median_of(work, spent_ms, runs)


def median_database_ms(work: Callable[[], Any], *, runs: int = 15) -> float:
    """How much of them is the work of PostgreSQL."""
    return _median_of(work, database_ms, runs)


def _median_of(work: Callable[[], Any], so_far: Callable[[], float], runs: int) -> float:
    spent = []
    for _ in range(runs):
        started = so_far()
        work()
        spent.append(so_far() - started)
    return round(statistics.median(spent), 2)


def after_a_write_ms(work: Callable[[], Any], *, write: Callable[[], Any] | None = None, runs: int = 15) -> float:
    """The same where somebody has written since the last time: anything elsewhere, or what `write` does to these very records.

    No answer that was kept until anything is written can be given again, none that `write` touches at all.
    """
    spent = []
    for _ in range(runs + 1):
        (write or _write_elsewhere)()
        started = spent_ms()
        work()
        spent.append(spent_ms() - started)
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
