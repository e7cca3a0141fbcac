"""On PostgreSQL a statement that comes again is planned once per connection; a text it does not take is sent as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DataError, OperationalError, connections, transaction
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from wonward.foundation.access.models import Team
from wonward.foundation.database import prepared

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def database():
    connection = connections["default"]
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its statements in the driver.")
    return connection


@pytest.fixture
def teams():
    return [Team.objects.create(name=name, created_at=NOW + timedelta(days=day), updated_at=NOW) for day, name in enumerate(["Design", "Delivery", "It's 100 %"])]


def _by_id(values):
    return Team.objects.filter(pk=values["id"]).values_list("name", "created_at")


def _untyped(values):
    """PostgreSQL cannot tell of which type a value of `jsonb_build_object` is, unless it stands in the text."""
    said = RawSQL("jsonb_build_object('said', %s) ->> 'said'", (values["word"],), TextField())
    return Team.objects.annotate(said=said).order_by("pk").values_list("name", "said")


def plans(connection, part):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{part}%"])
        return cursor.fetchone()[0]


def test_a_statement_is_planned_once_when_it_comes_again(database, teams):
    for round_ in range(3):
        assert [prepared.rows("kept plan", _by_id, {"id": team.pk}) for team in teams] == [
            [(team.name, team.created_at)] for team in teams
        ], round_
    assert plans(database, 'FROM "access_team" WHERE "access_team"."id" = $1') == 1


def test_a_statement_that_came_once_leaves_nothing_with_the_server(database, teams):
    before = plans(database, "access_team")
    assert prepared.rows("came once", lambda values: Team.objects.filter(pk=values["id"]).values_list("updated_at", "pk"), {"id": teams[0].pk}) == [(NOW, teams[0].pk)]
    assert plans(database, "access_team") == before


def test_a_text_that_is_not_taken_without_its_values_is_sent_with_them_and_the_transaction_goes_on(database, teams):
    word = "; or how we call ourselves (2027)"
    with transaction.atomic():
        for _ in range(3):
            assert prepared.rows("of no type", _untyped, {"word": word}) == [(team.name, word) for team in teams]
        Team.objects.create(name="After it", created_at=NOW, updated_at=NOW)
    assert Team.objects.filter(name="After it").exists()
    assert plans(database, "jsonb_build_object") == 0


def test_a_statement_is_counted_once_however_it_is_sent(database, teams):
    for _ in range(4):
        with CaptureQueriesContext(database) as captured:
            prepared.rows("counted", lambda values: Team.objects.filter(pk=values["id"]).values_list("pk", "name", "updated_at"), {"id": teams[0].pk})
        assert [str(teams[0].pk) in one["sql"] for one in captured] == [True]


def test_values_come_back_as_django_reads_them(database):
    sql = "SELECT %s::text, %s::bigint, %s::date, %s::timestamptz, %s::numeric, %s::jsonb, %s::boolean, %s::text, '100 %%'"
    values = ["It's", 2**40, NOW.date(), NOW, Decimal("12.50"), '{"a": 1}', True, None]
    found = [database.fetch_often(sql, values) for _ in range(3)]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        assert [cursor.fetchall()] * 3 == found
    ((*_, instant, _number, _document, _flag, _nothing, _share),) = found[-1]
    assert (instant, instant.tzinfo) == (NOW, UTC)


def test_the_same_text_takes_values_of_another_size(database):
    assert [database.fetch_often("SELECT %s + 0::bigint", [number]) for number in (1, 2, 70_000, 2**40, 3)] == [
        [(1,)], [(2,)], [(70_000,)], [(2**40,)], [(3,)]
    ]


def test_a_refusal_reads_as_djangos_and_what_comes_after_is_answered(database):
    for divisor in (1, 2):
        database.fetch_often("SELECT 10 / %s::int", [divisor])
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        database.fetch_often("SELECT 10 / %s::int", [0])
    assert database.fetch_often("SELECT 10 / %s::int", [5]) == [(2,)]


def test_only_so_many_statements_are_kept(database):
    for number in range(130):
        for _ in range(2):
            assert database.fetch_often(f"SELECT %s::int + {number} AS of_many", [1]) == [(number + 1,)]
    assert plans(database, "AS of_many") == 100
    assert database.fetch_often("SELECT %s::int + 0 AS of_many", [1]) == [(1,)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_table_that_is_altered_is_read_as_it_is_now(database):
    with database.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE altered (id int)")
        cursor.execute("INSERT INTO altered VALUES (1)")
    for _ in range(3):
        assert database.fetch_often("SELECT * FROM altered WHERE id = %s", [1]) == [(1,)]
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE altered ADD COLUMN name text DEFAULT 'new'")
    assert database.fetch_often("SELECT * FROM altered WHERE id = %s", [1]) == [(1, "new")]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_first_statement_of_a_transaction_is_in_it(database):
    sql = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL, %s::int"
    for _ in range(3):
        database.fetch_often(sql, [1])
    with transaction.atomic():
        database.fetch_often("SELECT pg_current_xact_id()::text, %s::int", [1])
        assert database.fetch_often(sql, [1]) == [(True, 1)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_connection_that_is_lost_is_told_as_lost_and_the_next_request_has_another(database):
    for _ in range(3):
        ((lost, _number),) = database.fetch_often("SELECT pg_backend_pid(), %s::int", [1])
    other = database.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
    other.close()
    with pytest.raises(OperationalError):
        database.fetch_often("SELECT pg_backend_pid(), %s::int", [1])
    database.close_if_unusable_or_obsolete()
    ((new, _number),) = database.fetch_often("SELECT pg_backend_pid(), %s::int", [1])
    assert new != lost


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_statement_with_one_plan_is_planned_once_whatever_its_values_and_others_as_before(database):
    """The server by itself plans the first five times for the values, so that how often it did so tells who decided."""

    def planned(part):
        with database.cursor() as cursor:
            cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{part}%"])
            return cursor.fetchone()

    one, each = (f"SELECT name, {number} AS of_plans FROM access_team WHERE name = %s" for number in (71, 72))
    Team.objects.create(name="Design", created_at=NOW, updated_at=NOW)
    for name, rows in (("Design", 1), ("None", 0), ("Design", 1), ("Other", 0)):
        assert len(database.fetch_often(one, [name], has_one_plan=True)) == len(database.fetch_often(each, [name])) == rows
    assert (planned("71 AS of_plans"), planned("72 AS of_plans")) == ((3, 1), (0, 4))
    assert len(database.fetch_often(each, ["Design"])) == 1
    assert planned("72 AS of_plans") == (0, 5)
    with transaction.atomic():
        assert [database.fetch_often(one, ["Design"], has_one_plan=True) for _ in range(2)] == [[("Design", 71)]] * 2
