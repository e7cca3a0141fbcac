"""Fixtures of the runtime's tests: its tables, its department, and environments for subprocesses."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]


def _own_postgres_database(url: str) -> str:
    name = f"own_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/wonward?", f"/{name}?")


@pytest.fixture
def now():
    return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def runtime_tables(django_db_setup, django_db_blocker):
    from tests.foundation.runtime.registration import create_tables

    with django_db_blocker.unblock():
        create_tables()


@pytest.fixture
def department(runtime_tables, monkeypatch):
    """The department of the tests with nothing subscribed; what a test registers vanishes with it."""
    import wonward.foundation.events.permissions
    import wonward.foundation.jobs.permissions  # noqa: F401
    from tests.foundation.runtime.nouns import visible_records
    from wonward.foundation.access import policy
    from wonward.foundation.events import bus
    from wonward.foundation.jobs import registry

    monkeypatch.setattr(bus, "_SUBSCRIPTIONS", {})
    monkeypatch.setattr(registry, "_JOBS", {})
    monkeypatch.setitem(policy._NOUNS, "runtime.record", policy.Noun(visible_records, None, True))


@pytest.fixture
def committed(transactional_db, django_db_serialized_rollback, department):
    """Real commits, for tests with threads; leaves empty tables."""
    from tests.foundation.runtime.models import ALL

    yield
    for model in ALL:
        model.objects.all().delete()


@pytest.fixture
def own_process(tmp_path):
    """Runs `tests.foundation.runtime.process` on a database of its own; the first call makes its tables."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.foundation.runtime_settings",
        "WONWARD_DATA_DIR": str(tmp_path),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "RUNTIME_HANG_FOLDER": str(tmp_path),
    }
    if os.environ.get("WONWARD_DATABASE_URL"):
        environment["WONWARD_DATABASE_URL"] = _own_postgres_database(os.environ["WONWARD_DATABASE_URL"])
    started: list[subprocess.Popen] = []

    def start(*arguments, **options) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.foundation.runtime.process", *map(str, arguments)]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, **options)
        started.append(process)
        return process

    start.environment = environment
    assert start("migrate").wait() == 0
    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
