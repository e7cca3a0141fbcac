"""The guard behind law 5 must itself be seen to bite."""

from __future__ import annotations

import threading
from types import FunctionType
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from tests.owner_guard import Owners, written_tables
from wonward.domains.delivery.models import Dependency, Task
from wonward.foundation.files.models import Blob

pytestmark = [pytest.mark.law, pytest.mark.django_db]


def as_module(name: str, function: Any) -> Any:
    """The function as if it had been written in the module `name`."""
    return FunctionType(
        function.__code__, {**function.__globals__, "__name__": name}, closure=function.__closure__
    )


def updates() -> None:
    Blob.objects.update(size=1)


def bulk_creates() -> None:
    Blob.objects.bulk_create([])
    Blob.objects.bulk_create(
        [Blob(sha256="0" * 64, size=0, media_type="x/y", created_at="2026-01-01T00:00Z")]
    )


def deletes() -> None:
    Blob.objects.all().delete()


def writes_raw_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("/* tidy */ UPDATE files_blob SET size = 2")


def writes_many_raw() -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM files_blob WHERE id = %s", [[1], [2]])


def writes_in_a_common_table_expression() -> None:
    with connection.cursor() as cursor:
        cursor.execute('WITH gone AS (SELECT 1) UPDATE "files_blob" SET size = 3')


WAYS = [updates, bulk_creates, deletes, writes_raw_sql, writes_many_raw, writes_in_a_common_table_expression]


@pytest.mark.parametrize("way", WAYS)
def test_another_package_cannot_write_a_table_it_does_not_own(way):
    Blob.objects.create(sha256="1" * 64, size=0, media_type="x/y", created_at="2026-01-01T00:00Z")
    with pytest.raises(AssertionError, match="belongs to wonward.foundation.files"):
        as_module("wonward.domains.sales.operations", way)()


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_may_write(way):
    as_module("wonward.foundation.files.operations.documents", way)()


def test_the_caller_of_a_model_method_is_the_writer():
    through_models = as_module("wonward.foundation.files.models", lambda: updates())
    through_models.__globals__["updates"] = as_module("wonward.foundation.files.models", updates)
    calls = as_module("wonward.journeys.handoff.operations", lambda: through_models())
    with pytest.raises(AssertionError, match="wonward.journeys.handoff.operations writes"):
        calls()


def test_an_operation_of_the_owner_may_be_called_from_anywhere():
    own = as_module("wonward.foundation.files.operations", updates)
    as_module("wonward.journeys.handoff.operations", lambda: own())()


def test_a_query_may_not_even_write_its_own_tables():
    with pytest.raises(AssertionError, match="is a query"):
        as_module("wonward.foundation.files.queries", updates)()


def test_tables_of_django_itself_are_exempt():
    as_module("wonward.edges.web.shell.views", lambda: ContentType.objects.filter(pk=0).update(model="x"))()


def test_edges_may_not_write_by_hand():
    with pytest.raises(AssertionError, match="wonward.edges.api.v1.deals writes"):
        as_module("wonward.edges.api.v1.deals", writes_raw_sql)()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_connections_of_other_threads_are_watched_too():
    caught: list[BaseException] = []

    def work() -> None:
        try:
            as_module("wonward.domains.sales.operations", updates)()
        except AssertionError as problem:
            caught.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM sales_deal WHERE note = 'DELETE FROM sales_deal'", set()),
        ("SELECT 1 FROM sales_deal FOR UPDATE OF sales_deal SKIP LOCKED", set()),
        ('SELECT 1 FROM "sales_deal" FOR NO KEY\nUPDATE OF "sales_deal"', set()),
        ("WITH x AS (SELECT 1 FROM a_b FOR UPDATE OF a_b) UPDATE c_d SET e = 1", {"c_d"}),
        (
            'INSERT INTO "sales_deal" ("a") VALUES (1) ON CONFLICT DO UPDATE SET "a" = 2',
            {"sales_deal"},
        ),
        ("INSERT OR IGNORE INTO sales_deal VALUES (1)", {"sales_deal"}),
        ('DELETE FROM ONLY "public"."sales_deal"', {"sales_deal"}),
        ("WITH x AS (DELETE FROM a_b RETURNING *) INSERT INTO c_d SELECT * FROM x", {"a_b", "c_d"}),
        ("TRUNCATE TABLE sales_deal", {"sales_deal"}),
        ('COPY "sales_deal" ("id", "name") FROM STDIN', {"sales_deal"}),
        ("-- UPDATE sales_deal\nSELECT 1", set()),
    ],
)
def test_the_written_tables_are_read_from_the_statement(sql, tables):
    assert written_tables(sql) == tables


def test_a_table_without_a_model_belongs_to_the_label_it_starts_with():
    assert Owners().owner_of("search_words_data") == "wonward.foundation.search"
    assert Owners().owner_of("django_session") is None


def moves_a_task() -> None:
    Task.objects.update(start_date=None)


def lets_a_dependency_go() -> None:
    Dependency.objects.all().delete()


def write_change(way: Any) -> Any:
    def write_change() -> None:
        way()

    return write_change


@pytest.mark.parametrize("way", [moves_a_task, lets_a_dependency_go])
def test_rows_of_a_plan_are_written_only_where_its_mark_moves(way):
    with pytest.raises(AssertionError, match="leaves the mark of the plan as it was"), transaction.atomic():
        as_module("wonward.domains.delivery.operations.details", way)()
    as_module("wonward.domains.delivery.planning.editing", write_change(way))()
