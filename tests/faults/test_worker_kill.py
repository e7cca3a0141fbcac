"""A worker is killed between an effect and its acknowledgement, a dozen times: every effect still happens once."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from wonward.foundation.database.sqlite import dbapi2 as sqlite

pytestmark = pytest.mark.long
KILLS = 12


@contextmanager
def reading(environment):
    """A function that runs one query on the database of the subprocesses, each time anew."""
    url = environment.get("WONWARD_DATABASE_URL")
    if url:
        with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
            yield lambda sql: connection.execute(sql).fetchall()
        return
    connection = sqlite.connect(Path(environment["WONWARD_DATA_DIR"]) / "wonward.sqlite3")
    try:
        yield lambda sql: connection.execute(sql).fetchall()
    finally:
        connection.close()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_effects_happen_exactly_once_though_the_worker_is_killed_between_effect_and_acknowledgement(
    own_process,
):
    folder = Path(own_process.environment["RUNTIME_HANG_FOLDER"])
    for number in range(KILLS):
        (folder / f"hang-{number}").touch()
    assert own_process("publish", 0, KILLS).wait() == 0
    kills = 0
    for _ in range(KILLS):
        worker = own_process("work", 0.3)
        wait_for(lambda: list(folder.glob("hanging-*")))
        for hanging in folder.glob("hanging-*"):
            (folder / f"hang-{hanging.name.partition('-')[2]}").unlink()
            hanging.unlink()
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        kills += 1
    assert kills == KILLS
    assert list(folder.glob("hang-*")) == []
    with reading(own_process.environment) as read:
        own_process("work", 0.3)
        wait_for(lambda: read("SELECT count(*) FROM events_delivery WHERE state <> 'done'") == [(0,)])
        effects = read(
            "SELECT handler, key, count(*) FROM runtime_effect"
            " WHERE handler IN ('hang', 'note_count') GROUP BY handler, key"
        )
        assert sorted(effects) == sorted(
            (handler, number, 1) for handler in ("hang", "note_count") for number in range(KILLS)
        )
        assert read("SELECT count(*) FROM events_delivery") == [(2 * KILLS,)]
