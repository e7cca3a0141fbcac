"""What is kept of an answer while nothing is written, on real connections: this one, another one and one in the middle of writing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
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
