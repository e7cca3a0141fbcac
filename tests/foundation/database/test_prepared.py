from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Coalesce, TruncDate
from django.test.utils import CaptureQueriesContext

from wonward.foundation.access.models import Team
from wonward.foundation.database import prepared

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams():
    return [
        Team.objects.create(name=name, created_at=NOW + timedelta(days=day), updated_at=NOW)
        for day, name in enumerate(["Design", "Delivery", "It's 100 %"])
    ]


def _by_id(values):
    return Team.objects.filter(pk=values["id"]).values_list("name", "created_at")


def test_the_same_statement_answers_for_other_values(teams):
    first, second, _ = teams
    assert prepared.rows("by id", _by_id, {"id": first.pk}) == [("Design", NOW)]
    assert prepared.rows("by id", _by_id, {"id": second.pk}) == [("Delivery", NOW + timedelta(days=1))]
    assert prepared.rows("by id", _by_id, {"id": 0}) == []


def test_django_builds_the_statement_only_once(teams):
    built = []

    def build(values):
        built.append(values)
        return _by_id(values)

    for team in teams:
        prepared.rows("built once", build, {"id": team.pk})
    assert len(built) == 1


def test_lists_of_any_length_share_one_statement(teams):
    def build(values):
        return Team.objects.filter(pk__in=values["ids"], created_at__lt=values["until"]).order_by("pk").values_list("name")

    for chosen in ([], teams[:1], teams[1:]):
        found = prepared.rows_of_many("named", build, {"until": NOW + timedelta(days=9)}, name="ids", choices=[team.pk for team in chosen])
        assert found == [(team.name,) for team in chosen]
    assert prepared.rows_of_many("named", build, {"until": NOW}, name="ids", choices=range(2_000)) == []


def test_words_dates_and_instants_are_compared_as_django_compares_them(teams):
    def build(values):
        found = Team.objects.filter(name=values["name"], created_at__lte=values["at"], created_at__date__lte=values["day"])
        return found.values_list("pk")

    for team in teams:
        given = {"name": team.name, "at": team.created_at, "day": team.created_at.date()}
        assert prepared.rows("all kinds", build, given) == [(team.pk,)]
        assert prepared.rows("all kinds", build, {**given, "at": team.created_at - timedelta(microseconds=1)}) == []
        assert prepared.rows("all kinds", build, {**given, "day": date(2027, 2, 1)}) == []


def test_what_never_changes_keeps_its_meaning_inside_the_text(teams):
    def build(values):
        return Team.objects.filter(pk__gte=values["id"], name__in=["Design", "It's 100 %"], version=1).order_by("pk").values_list("name")

    assert prepared.rows("fixed words", build, {"id": 0}) == [("Design",), ("It's 100 %",)]


def test_a_question_that_cannot_have_an_answer_asks_nothing(teams):
    with CaptureQueriesContext(connection) as asked:
        assert prepared.rows("nothing", lambda values: Team.objects.none().values_list("pk"), {"id": 1}) == []
    assert len(asked) == 0


def test_one_statement_asks_for_each_choice_with_a_limit_of_its_own(teams):
    def build(values):
        return Team.objects.filter(version=values["version"]).order_by("pk").values_list("version", "name")[:2]

    Team.objects.filter(pk=teams[0].pk).update(version=2)
    with CaptureQueriesContext(connection) as asked:
        found = prepared.rows_for_each("by version", build, {}, name="version", choices=[1, 2, 3])
    assert len(asked) == 1
    assert sorted(found) == [(1, "Delivery"), (1, "It's 100 %"), (2, "Design")]
    assert prepared.rows_for_each("by version", build, {}, name="version", choices=[]) == []


def test_counting_tells_one_number(teams):
    def build(values):
        return prepared.count_of(Team.objects.filter(pk__lte=values["id"]))

    assert prepared.rows("count", build, {"id": teams[1].pk}) == [(2,)]
    assert prepared.rows("count", build, {"id": 0}) in ([(0,)], [])


def test_a_value_of_another_kind_is_refused(teams):
    with pytest.raises(TypeError, match="not list"):
        prepared.rows("lists", lambda values: Team.objects.filter(pk__in=values["ids"]).values_list("pk"), {"ids": [1]})


def test_several_numbers_are_told_by_one_statement(teams):
    def build(values):
        return prepared.count_of(Team.objects.filter(pk__lte=values["id"]))

    nobody = prepared.Question("none", lambda values: prepared.count_of(Team.objects.none()), {})
    questions = [prepared.Question("numbers", build, {"id": team.pk}) for team in teams]
    with CaptureQueriesContext(connection) as asked:
        assert prepared.numbers([*questions, nobody]) == [1, 2, 3, 0]
    assert len(asked) == 1


def test_two_questions_with_alike_keys_never_share_a_statement(teams):
    def names(values):
        return Team.objects.filter(pk=values["id"]).values_list("name")

    def instants(values):
        return Team.objects.filter(pk=values["id"]).values_list("created_at")

    assert prepared.rows("alike", names, {"id": teams[0].pk}) == [("Design",)]
    assert prepared.rows("alike", instants, {"id": teams[0].pk}) == [(NOW,)]


def _among(values):
    return Team.objects.filter(pk__in=values["teams"]).order_by("pk").values_list("name", flat=False)


def test_a_list_of_any_length_finds_exactly_its_rows_and_short_ones_share_a_statement(teams):
    keys = [team.pk for team in teams]
    assert prepared.rows_among("among", _among, {}, name="teams", choices=[]) == []
    for count in (1, 2, 3):
        assert prepared.rows_among("among", _among, {}, name="teams", choices=keys[:count]) == [(team.name,) for team in teams[:count]]
    assert prepared.rows_among("among", _among, {}, name="teams", choices=[*keys, *range(5_000, 6_000)]) == [(team.name,) for team in teams]
    before = len(connection.prepared_statements)
    prepared.rows_among("among", _among, {}, name="teams", choices=[*keys, 7_000])
    assert len(connection.prepared_statements) == before


def test_days_and_instants_are_the_same_from_a_column_and_from_an_expression(teams):
    def build(values):
        found = Team.objects.filter(pk=values["id"])
        return found.values_list("created_at", Max("created_at"), TruncDate("created_at"), Coalesce("updated_at", "created_at"))

    for _again in range(2):
        assert prepared.rows("times", build, {"id": teams[1].pk}) == [(teams[1].created_at, teams[1].created_at, teams[1].created_at.date(), NOW)]
    assert Team.objects.values_list("created_at", flat=True).get(pk=teams[1].pk).utcoffset() == timedelta(0)


def test_where_a_slice_begins_is_a_value_like_others(teams):
    built = []

    def build(values):
        built.append(values)
        some = Team.objects.filter(created_at__lt=values["until"]).order_by("pk").values("pk")
        return Team.objects.filter(pk__in=some[values["begin"] : values["begin"] + 2]).order_by("pk").values_list("name")

    names = [team.name for team in teams]
    for begin in (1, 0, 2, 5):
        found = prepared.rows("a slice", build, {"until": NOW + timedelta(days=9), "begin": begin})
        assert [name for (name,) in found] == names[begin : begin + 2]
    assert len(built) == 1


def test_whole_records_are_read_locked_and_can_be_saved(teams):
    def build(values):
        return Team.objects.select_for_update(of=("self",)).filter(pk=values["id"])

    for team in teams[:2]:
        (found,) = prepared.records("locked", build, {"id": team.pk})
        assert (found, found.name, found.created_at) == (team, team.name, team.created_at)
    found.name = "Second"
    found.save()
    assert Team.objects.get(pk=teams[1].pk).name == "Second"
    assert prepared.records("locked", build, {"id": 0}) == []


def test_records_are_changed_by_a_statement_built_once(teams):
    built = []

    def build(values):
        built.append(values)
        return Team.objects.filter(created_at__gte=values["from"]).order_by("name")

    def renamed(values):
        return {"name": values["name"], "updated_at": values["at"], "version": 9}

    later = NOW + timedelta(days=5)
    asked = {"from": NOW + timedelta(days=2), "name": "100 %s", "at": later}
    assert prepared.change("renamed", build, asked, renamed) == 1
    assert prepared.change("renamed", build, {**asked, "from": NOW + timedelta(days=1, hours=1), "name": "Other"}, renamed) == 1
    assert prepared.change("renamed", build, {**asked, "from": NOW + timedelta(days=9)}, renamed) == 0

    found = [(team.name, team.updated_at, team.version) for team in Team.objects.order_by("pk")]
    assert found == [("Design", NOW, 1), ("Delivery", NOW, 1), ("Other", later, 9)]
    assert len(built) == 1
