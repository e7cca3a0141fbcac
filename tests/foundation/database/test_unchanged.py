"""What is kept of an answer while nothing is written, on real connections: this one, another one and one in the middle of writing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from tests.elsewhere import elsewhere
from tests.people import NOW
from wonward.foundation.database.prepared import Question, Values, count_of, numbers, rows
from wonward.foundation.database.reading import one_reading
from wonward.foundation.database.unchanged import (
    keep_state,
    once_while_unchanged,
    state_of_data,
    while_unchanged,
    while_version,
    while_versions,
)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real transactions, whose few rows are taken away again: nothing else of the database is touched."""
    with django_db_blocker.unblock():
        ContentType.objects.create(app_label="always", model="there")
        yield
        ContentType.objects.filter(app_label__in=("unchanged", "always")).delete()
        connection.close()


def _begin() -> None:
    """What a reading of a signed-in person begins with."""
    ((state,),) = rows("state", lambda values: ContentType.objects.order_by("pk").annotate(state=state_of_data()).values_list("state")[:1], {})
    keep_state(state)


def _things(values: Values) -> QuerySet[ContentType, tuple[int]]:
    return ContentType.objects.filter(app_label=values["label"]).order_by("pk").values_list("pk")


def _add(model: str) -> None:
    ContentType.objects.create(app_label="unchanged", model=model)


def _asked(fetch: Callable[[], int]) -> int:
    with one_reading():
        _begin()
        return while_unchanged("things", fetch)


@pytest.fixture
def fetch() -> Callable[[], int]:
    asked: list[int] = []

    def count() -> int:
        asked.append(1)
        return len(asked)

    return count


def test_an_answer_is_given_again_until_this_connection_writes(committed: None, fetch: Callable[[], int]) -> None:
    assert [_asked(fetch), _asked(fetch)] == [1, 1]
    _add("own")
    assert [_asked(fetch), _asked(fetch)] == [2, 2]
    ContentType.objects.filter(model="own").update(model="other")
    assert _asked(fetch) == 3
    ContentType.objects.filter(model="other").delete()
    assert _asked(fetch) == 4


def test_an_answer_is_asked_again_when_another_connection_has_written(committed: None, fetch: Callable[[], int]) -> None:
    assert [_asked(fetch), _asked(fetch)] == [1, 1]
    elsewhere(lambda: _add("elsewhere"))
    assert [_asked(fetch), _asked(fetch)] == [2, 2]


def test_what_another_connection_has_not_committed_is_not_seen_and_seen_once_it_is(committed: None, fetch: Callable[[], int]) -> None:
    written, looked = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            _add("later")
            written.set()
            looked.wait(20)

    def seen() -> int:
        with one_reading():
            _begin()
            return len(rows("later", _things, {"label": "unchanged"}, is_kept=True))

    assert seen() == 0
    writer = threading.Thread(target=lambda: elsewhere(write))
    writer.start()
    written.wait(20)
    assert [seen(), seen()] == [0, 0]
    looked.set()
    writer.join()
    assert seen() == 1


def test_what_was_rolled_back_is_never_kept(committed: None) -> None:
    def seen() -> int:
        with one_reading():
            _begin()
            return len(rows("rolled back", _things, {"label": "unchanged"}, is_kept=True))

    assert seen() == 0
    with transaction.atomic():
        _add("never")
        assert seen() == 1
        transaction.set_rollback(True)
    assert seen() == 0


def test_outside_of_a_reading_every_question_is_asked(committed: None, fetch: Callable[[], int]) -> None:
    assert [while_unchanged("things", fetch), while_unchanged("things", fetch)] == [1, 2]


@pytest.mark.django_db
def test_inside_a_transaction_every_question_is_asked(fetch: Callable[[], int]) -> None:
    _add("there")
    assert [_asked(fetch), _asked(fetch)] == [1, 2]


def test_a_new_connection_begins_with_nothing_kept(committed: None, fetch: Callable[[], int]) -> None:
    assert [_asked(fetch), _asked(fetch)] == [1, 1]
    connection.close()
    assert _asked(fetch) == 2


def test_a_setting_is_kept_from_one_reading_to_the_next(committed: None, fetch: Callable[[], int]) -> None:
    def setting() -> int:
        with one_reading():
            _begin()
            return once_while_unchanged("setting", fetch) + once_while_unchanged("setting", fetch)

    assert [setting(), setting()] == [2, 2]
    _add("own")
    assert setting() == 4


def test_rows_of_other_values_are_others(committed: None) -> None:
    _add("mine")
    with one_reading():
        _begin()
        mine = rows("things", _things, {"label": "unchanged"}, is_kept=True)
        mine.clear()
        assert len(rows("things", _things, {"label": "unchanged"}, is_kept=True)) == 1
        assert rows("things", _things, {"label": "nobody"}, is_kept=True) == []


def test_counts_are_asked_in_one_statement_and_those_of_this_instant_each_time(committed: None) -> None:
    def counted(values: Values) -> QuerySet[ContentType, tuple[int]]:
        return count_of(ContentType.objects.filter(app_label=values["label"]))

    def at(values: Values) -> QuerySet[ContentType, tuple[int]]:
        return count_of(ContentType.objects.filter(app_label=values["label"]))

    _add("one")
    questions = [Question("kept", counted, {"label": "unchanged"}), Question("now", at, {"label": "unchanged", "now": NOW}),
                 Question("none", counted, {"label": "nobody"})]
    with one_reading():
        _begin()
        with CaptureQueriesContext(connection) as asked:
            assert numbers(questions, is_kept=True) == numbers(questions, is_kept=True) == [1, 1, 0]
        first, again = (query["sql"].count("COUNT(*)") for query in asked.captured_queries)
        assert (first, again) == (3, 1)
    elsewhere(lambda: _add("two"))
    with one_reading():
        _begin()
        assert numbers(questions, is_kept=True) == [2, 2, 0]


def _of_version(version: int, fetch: Callable[[], int]) -> int:
    with one_reading():
        _begin()
        return while_version("plan", version, fetch)


def test_what_has_a_version_outlives_what_is_written_elsewhere_and_nothing_outlives_its_version(
    committed: None, fetch: Callable[[], int]
) -> None:
    assert [_of_version(7, fetch), _of_version(7, fetch)] == [1, 1]
    _add("own")
    elsewhere(lambda: _add("elsewhere"))
    assert _of_version(7, fetch) == 1
    assert [_of_version(8, fetch), _of_version(8, fetch), _of_version(7, fetch)] == [2, 2, 3]
    connection.close()
    assert _of_version(7, fetch) == 4


def test_nothing_of_a_version_is_kept_inside_a_transaction_or_outside_of_a_reading(committed: None, fetch: Callable[[], int]) -> None:
    with transaction.atomic():
        assert [_of_version(7, fetch), _of_version(7, fetch)] == [1, 2]
    assert [while_version("plan", 7, fetch), while_version("plan", 7, fetch)] == [3, 4]
    assert _of_version(7, fetch) == 5


def test_of_many_things_only_those_of_another_version_are_asked_for(committed: None) -> None:
    asked: list[list[str]] = []

    def fetch_many(names: Collection[str]) -> dict[str, int]:
        asked.append(sorted(names))
        return {name: len(asked) for name in names if name != "gone"}

    def ask(**versions: int) -> dict[str, int]:
        with one_reading():
            return while_versions("many", versions, fetch_many)

    assert ask(a=1, b=1, gone=1) == {"a": 1, "b": 1}
    assert ask(a=1, b=2, gone=1) == {"a": 1, "b": 2}
    assert ask(a=1, b=2) == {"a": 1, "b": 2}
    assert asked == [["a", "b", "gone"], ["b", "gone"]]


def test_the_oldest_of_what_is_kept_by_version_goes_when_it_comes_to_too_many_rows(committed: None) -> None:
    asked: list[int] = []

    def ask(place: int) -> None:
        def fetch_rows() -> tuple[int, ...]:
            asked.append(place)
            return (place,) * 25_000

        with one_reading():
            while_version(place, 1, fetch_rows)

    for place in (1, 2, 1, 3, 2, 3, 1):
        ask(place)
    assert asked == [1, 2, 3, 1]
