from __future__ import annotations

from wonward.foundation.database.reading import once, one_reading, put, recall


def _counting():
    asked = []

    def fetch():
        asked.append(1)
        return len(asked)

    return fetch


def test_outside_of_a_reading_every_question_is_asked():
    fetch = _counting()
    assert [once("key", fetch), once("key", fetch)] == [1, 2]
    put("key", 9)
    assert recall("key") is None
    assert once("key", fetch) == 3


def test_inside_a_reading_a_question_is_asked_once_per_key():
    fetch = _counting()
    with one_reading():
        assert [once("key", fetch), once("key", fetch), once("other", fetch)] == [1, 1, 2]
    assert once("key", fetch) == 3


def test_what_came_along_with_another_answer_is_not_asked_for():
    fetch = _counting()
    with one_reading():
        put("key", 7)
        assert (once("key", fetch), recall("key")) == (7, 7)
    assert once("key", fetch) == 1


def test_a_reading_inside_another_starts_empty_and_leaves_the_outer_one_alone():
    fetch = _counting()
    with one_reading():
        once("key", fetch)
        with one_reading():
            assert once("key", fetch) == 2
        assert once("key", fetch) == 1
