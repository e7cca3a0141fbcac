"""A worker is killed again and again while it imports: in the end every row is there once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from wonward.foundation.database.sqlite import dbapi2 as sqlite

pytestmark = pytest.mark.long
ROWS = 6000
KILLS = 2
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def start(tmp_path):
    """Start a subprocess on a SQLite database of its own; whatever still runs afterwards is ended."""
    environment = {**os.environ, "WONWARD_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
                   "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("WONWARD_DATABASE_URL", None)
    running: list[subprocess.Popen[bytes]] = []

    def run(*arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.journeys.imports.process", *map(str, arguments)]
        running.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_a_killed_worker_is_followed_by_one_that_goes_on(start, tmp_path):
    assert start("prepare", ROWS).wait() == 0

    def read(sql: str):
        with closing(sqlite.connect(tmp_path / "wonward.sqlite3")) as connection:
            return connection.execute(sql).fetchone()[0]

    kills = 0
    for number in range(1, KILLS + 1):
        worker = start("work", 0.5)
        wait_for(lambda goal=number * 3: read("SELECT count(*) FROM imports_importchunk WHERE applied_at IS NOT NULL") >= goal)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        kills += read("SELECT status FROM imports_importbatch") != "done"
    assert kills == KILLS, "the worker was done before it was killed; the test proves nothing"
    start("work", 0.5)
    wait_for(lambda: read("SELECT status FROM imports_importbatch") == "done")
    assert read("SELECT count(*) FROM sales_deal") == ROWS == read("SELECT count(DISTINCT external_id) FROM sales_deal")
    assert read("SELECT count(*) FROM imports_importoutcome") == ROWS
    assert read("SELECT count(*) FROM sales_deal WHERE status = 'open'") == ROWS // 3
    assert read("SELECT count(*) FROM clients_company") == 50
