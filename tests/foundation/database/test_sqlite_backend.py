"""The SQLite backend keeps what it promises about durability and about writers that wait for each other."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from django.db.models import Count
from django.db.utils import ConnectionHandler

from wonward.foundation.database.retries import is_temporarily_unavailable
from wonward.foundation.database.sqlite import OLDEST_SAFE, dbapi2


@pytest.fixture
def connect(tmp_path, django_db_blocker):
    """Opens connections to one new database file; each is its own wrapper."""
    opened = []

    def open_connection(**options):
        database = {
            "ENGINE": "wonward.foundation.database.sqlite",
            "NAME": options.pop("name", tmp_path / "some.sqlite3"),
            "OPTIONS": options,
        }
        connection = ConnectionHandler({"default": database})["default"]
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    with django_db_blocker.unblock():
        yield open_connection
        for connection in opened:
            connection.close()


@contextmanager
def atomic(connection):
    """`transaction.atomic` on a connection that no settings name."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    connection.in_atomic_block = True
    try:
        yield
    except BaseException:
        connection.in_atomic_block = False
        connection.rollback()
        raise
    else:
        connection.in_atomic_block = False
        connection.commit()
    finally:
        connection.set_autocommit(True)


def write(connection, sql="INSERT INTO things DEFAULT VALUES"):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def holds_turn(connection):
    return connection._turn is not None and connection._turn.is_held


def test_the_library_is_new_enough_and_used_by_everyone_in_the_process():
    import sqlite3

    assert dbapi2.sqlite_version_info >= OLDEST_SAFE
    assert sqlite3.connect is dbapi2.connect


def test_a_connection_is_durable_and_checks_foreign_keys(connect):
    with connect().cursor() as cursor:
        answers = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "busy_timeout")
        }
    assert answers == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "busy_timeout": 20000,
    }


def test_a_transaction_takes_the_right_to_write_at_its_start(connect):
    connection, other = connect(), connect(timeout=0.1)
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    with atomic(connection), pytest.raises(OperationalError, match="database is locked"):
        write(other)
    write(other)


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_turn_is_given_back_however_a_transaction_ends(connect, end):
    connection = connect()
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    write(connection)
    assert holds_turn(connection)
    getattr(connection, end)()
    assert not holds_turn(connection)
    write(connect(timeout=0.1))


def test_a_write_without_transaction_holds_the_turn_only_while_it_runs(connect):
    connection = connect()
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    write(connection)
    with pytest.raises(OperationalError, match="no such table"):
        write(connection, "INSERT INTO nowhere DEFAULT VALUES")
    assert not holds_turn(connection)


def test_reading_never_waits_for_a_turn(connect):
    connection, reader = connect(), connect(timeout=0.1)
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    with atomic(connection):
        write(connection)
        with reader.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM things").fetchone() == (0,)


def test_opening_a_connection_never_waits_for_a_turn(connect):
    connection, late = connect(), connect(timeout=0.1)
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    with atomic(connection):
        late.ensure_connection()


def test_threads_of_one_process_take_turns_too(connect):
    connection, other = connect(), connect()
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    order = []

    def write_too():
        write(other)
        order.append("other")

    thread = threading.Thread(target=write_too)
    with atomic(connection):
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_a_database_in_memory_has_no_turns(connect):
    connection = connect(name=":memory:")
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    with atomic(connection):
        write(connection)
    assert connection._turn is None


def test_a_write_to_a_read_only_database_counts_as_temporarily_unavailable(connect, tmp_path):
    connection = connect()
    write(connection, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    write(connection, "PRAGMA query_only = ON")
    with pytest.raises(OperationalError) as caught:
        write(connection)
    assert is_temporarily_unavailable(caught.value)


def test_waiting_too_long_counts_as_temporarily_unavailable(connect):
    connection, other = connect(), connect(timeout=0.05)
    with atomic(connection), pytest.raises(OperationalError) as caught, atomic(other):
        pytest.fail("two writers at once")
    assert is_temporarily_unavailable(caught.value)


@pytest.mark.django_db
def test_savepoints_and_nested_blocks_work_inside_one_turn(department):
    from tests.foundation.runtime.models import Single

    with transaction.atomic():
        Single.objects.create(key=1)
        with transaction.atomic():
            Single.objects.create(key=2)
            transaction.set_rollback(True)
        Single.objects.create(key=3)
    assert set(Single.objects.values_list("key", flat=True)) == {1, 3}


@pytest.mark.skipif("os.environ.get('WONWARD_DATABASE_URL')", reason="about SQLite files")
@pytest.mark.parametrize("count", [3, pytest.param(8, marks=pytest.mark.long)])
def test_processes_that_read_and_then_write_lose_nothing_and_are_never_locked_out(own_process, count):
    import sqlite3

    path = own_process.environment["WONWARD_DATA_DIR"] + "/wonward.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO runtime_single (key) VALUES (0)")
    database.close()
    counters = [own_process("count", 15, stderr=subprocess.PIPE) for _ in range(count)]
    problems = [counter.communicate()[1].decode() for counter in counters]
    assert [problem for problem in problems if "locked" in problem] == []
    assert [counter.returncode for counter in counters] == [0] * count
    database = sqlite3.connect(path)
    assert database.execute("SELECT key FROM runtime_single").fetchone() == (15 * count,)
    assert database.execute("SELECT count(*) FROM runtime_effect").fetchone() == (15 * count,)
    database.close()


def test_a_count_beside_a_record_groups_by_its_key_alone(connect):
    counted = ContentType.objects.annotate(rights=Count("permission"))
    sql, _ = counted.query.get_compiler(connection=connect()).as_sql()
    assert sql.endswith('GROUP BY "django_content_type"."id"')
