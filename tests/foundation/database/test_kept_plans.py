"""On PostgreSQL a statement that comes again is planned once per connection; a text it does not take is sent as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction
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
