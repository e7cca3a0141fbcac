"""How the suite meets its database: SQLite by default, a private PostgreSQL cluster with --database=postgresql."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import owner_guard, put_back
from tests.laid_out import copy_database, fill_postgresql
from tests.postgres import Cluster, ProgramsMissing, remove_cluster, start_cluster

LAID_OUT = "test.sqlite3"
# Pages name their files as they lie in the tree: nothing is collected, hashed and compressed for a test.
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"

# How fast an example is drawn says something about the machine, nothing about the product.
hypothesis_settings.register_profile("wonward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("wonward")

# A property is asked a part of its examples on every run, and all of them by `make prove`.
PART_OF_THE_EXAMPLES, FEWEST_EXAMPLES = 4, 15

# Requests leave many small objects and few circles: searching for those a twentieth as often takes a twentieth off the whole run.
SEARCH_FOR_GARBAGE = (50_000, 20, 50)

# These make connections, or read the settings of one, by themselves.
WITH_CONNECTIONS_OF_THEIR_OWN = (
    "tests/faults/", "tests/foundation/database/", "tests/foundation/events/", "tests/foundation/jobs/", "tests/foundation/realtime/",
    "tests/test_database_choice.py",
)

_cluster = pytest.StashKey[Cluster]()
_data_dir = pytest.StashKey[Path]()
_why_skipped = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("WONWARD_TEST_DATABASE") or "sqlite",
        help="which database the suite runs on (or WONWARD_TEST_DATABASE)",
    )
    parser.addoption("--asks-a-database", action="store_true", help="leave out what asks no database: it says the same beside any")
    parser.addoption("--all-examples", action="store_true", help="ask every property all of its examples")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A fresh data folder and database per session, in place before Django reads its settings."""
    gc.disable()
    data_dir = Path(tempfile.mkdtemp(prefix="ww-test-"))
    config.stash[_data_dir] = data_dir
    os.environ["WONWARD_DATA_DIR"] = str(data_dir)
    os.environ.pop("WONWARD_DATABASE_URL", None)
    os.environ.pop("WONWARD_SMTP_URL", None)
    if config.getoption("--database") == "postgresql":
        _start_postgres(config)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    _read_settings()
    _lighten_argon2()


def _start_postgres(config: pytest.Config) -> None:
    try:
        cluster = start_cluster()
    except ProgramsMissing as missing:
        config.stash[_why_skipped] = str(missing)
        return
    config.stash[_cluster] = cluster
    os.environ["WONWARD_DATABASE_URL"] = cluster.url


def _read_settings() -> None:
    """Make Django's settings those of this session's environment, even if something read them before."""
    from django.conf import settings

    if settings.configured:
        fresh = importlib.reload(sys.modules[settings.SETTINGS_MODULE])
        for name in dir(fresh):
            if name.isupper():
                setattr(settings, name, getattr(fresh, name))
        _forget_connections()
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN_FILES}}
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.DATA_DIR) / LAID_OUT)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The suite begins with a copy of the migrated database, so that no run lays it out again."""
    from django.conf import settings
    from django.db import connection

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        copy_database(Path(database["TEST"]["NAME"]))
    else:
        fill_postgresql(database, name=connection.creation._get_test_db_name())
    put_back.by_rows(connection)
    return True


def _forget_connections() -> None:
    from django.db import connections

    for alias in list(connections.__dict__.get("settings", {})):
        if hasattr(connections._connections, alias):
            connections[alias].close()
            del connections[alias]
    connections.__dict__.pop("settings", None)
    connections._settings = None


def _lighten_argon2() -> None:
    """Argon2id stays the password hasher; only its cost shrinks, so that signing in takes no time here."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 8
    Argon2PasswordHasher.parallelism = 1


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster in config.stash:
        remove_cluster(config.stash[_cluster])
    if _data_dir in config.stash:
        shutil.rmtree(config.stash[_data_dir], ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = [f"database: {config.getoption('--database')}, passwords: argon2 with tiny parameters"]
    if _why_skipped in config.stash:
        lines.append(f"EVERY DATABASE TEST IS SKIPPED: {config.stash[_why_skipped]}")
    return lines


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if _why_skipped in config.stash:
        terminalreporter.section("PostgreSQL is missing: every database test was skipped", red=True)
        terminalreporter.line(config.stash[_why_skipped])


def pytest_collection_finish() -> None:
    """What stands now stays to the end: it is not searched for garbage again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*SEARCH_FOR_GARBAGE)


def _ask_fewer_examples(items: list[pytest.Item]) -> None:
    for test in {item.obj for item in items if isinstance(item, pytest.Function) and not item.get_closest_marker("long")}:
        asked = getattr(test, "_hypothesis_internal_use_settings", None)
        if asked is not None and asked.max_examples > FEWEST_EXAMPLES:
            fewer = max(FEWEST_EXAMPLES, asked.max_examples // PART_OF_THE_EXAMPLES)
            test._hypothesis_internal_use_settings = hypothesis_settings(asked, max_examples=fewer)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all-examples"):
        _ask_fewer_examples(items)
    if config.getoption("--asks-a-database"):
        left_out = {item for item in items if not (_asks_a_database(item) or item.nodeid.startswith(WITH_CONNECTIONS_OF_THEIR_OWN))}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    if _why_skipped not in config.stash:
        return
    skip = pytest.mark.skip(reason=config.stash[_why_skipped])
    for item in filter(_asks_a_database, items):
        item.add_marker(skip)


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db", "django_db_setup"})


@pytest.fixture(autouse=True)
def only_owners_write() -> None:
    """Law 5: a table is written by the package that owns it, whatever the way (see tests/owner_guard.py)."""
    owner_guard.watch_all()
