"""What counts as “not now”, and what is repeated."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from wonward.foundation.database.retries import (
    RETRIES,
    is_serialization_failure,
    is_temporarily_unavailable,
    retry_on_serialization_failure,
)


class DriverError(Exception):
    def __init__(self, sqlstate):
        super().__init__("the driver's words")
        self.sqlstate = sqlstate


def failure(sqlstate, kind=OperationalError):
    error = kind("wrapped")
    error.__cause__ = DriverError(sqlstate)
    return error


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_lost_race_is_a_serialization_failure(state):
    assert is_serialization_failure(failure(state))


@pytest.mark.parametrize("state", ["55P03", "25006", "57P01", "57P03", "53300", "08006", "40001"])
def test_a_busy_or_absent_postgresql_is_temporarily_unavailable(state):
    assert is_temporarily_unavailable(failure(state))


@pytest.mark.parametrize(
    "text",
    [
        "database is locked",
        "database table is locked: deals",
        "attempt to write a readonly database",
        "database or disk is full",
        "connection failed: Connection refused",
        "the connection is closed",
        'connection is bad: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
    ],
)
def test_a_locked_full_or_absent_database_is_temporarily_unavailable(text):
    assert is_temporarily_unavailable(OperationalError(text))
    assert is_temporarily_unavailable(InterfaceError(text))


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("UNIQUE constraint failed: locked.disk is full"),
        OperationalError("no such table: deals"),
        failure("23505", IntegrityError),
        ValueError("database is locked"),
    ],
)
def test_an_error_of_ours_is_not_excused_as_temporary(error):
    assert not is_temporarily_unavailable(error)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_operation_that_loses_is_repeated_three_times():
    calls = []

    @retry_on_serialization_failure
    def lose(times):
        calls.append(1)
        if len(calls) <= times:
            raise failure("40001")
        return "done"

    assert lose(RETRIES) == "done"
    assert len(calls) == RETRIES + 1
    calls.clear()
    with pytest.raises(OperationalError):
        lose(RETRIES + 1)
    assert len(calls) == RETRIES + 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_another_error_is_not_repeated():
    calls = []

    @retry_on_serialization_failure
    def break_a_rule():
        calls.append(1)
        raise failure("23505", IntegrityError)

    with pytest.raises(IntegrityError):
        break_a_rule()
    assert calls == [1]


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_repeated():
    calls = []

    @retry_on_serialization_failure
    def lose():
        calls.append(1)
        raise failure("40001")

    with transaction.atomic(), pytest.raises(OperationalError):
        lose()
    assert calls == [1]
