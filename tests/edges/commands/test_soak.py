"""What the seven minutes of load say about growth."""

from __future__ import annotations

import os

import pytest

from wonward.edges.commands.bench.memory import Watch, open_files, slope, stands_still


def test_growth_is_what_comes_a_minute_in_the_second_half():
    watch = Watch(os.getpid(), 60)
    # Filled caches at first, then two megabytes and half a descriptor a minute.
    watch._seen = [(0, 100, 10), (1, 180, 30), (2, 200, 40), (3, 300, 40), (4, 302, 40), (5, 304, 41), (6, 306, 42)]
    assert watch.growth() == {"mb_a_minute": 2.0, "files_a_minute": 0.7, "looked": 4}
    watch._seen = [(minute, 300, 40) for minute in range(8)]
    assert watch.growth() == {"mb_a_minute": 0.0, "files_a_minute": 0.0, "looked": 4}


def test_only_what_was_looked_at_and_holds_no_more_stands_still():
    level = {"mb_a_minute": 0.9, "files_a_minute": 0.2, "looked": 21}
    assert stands_still(level, 1)
    assert not stands_still({**level, "mb_a_minute": 1.1}, 1)
    assert not stands_still({**level, "files_a_minute": 1.0}, 1)
    assert not stands_still({**level, "looked": 0}, 1)


def test_a_line_through_noise_and_through_nothing():
    assert slope([0, 1, 2, 3], [5, 5, 5, 5]) == 0
    assert slope([0, 1, 2, 3], [1, 3, 5, 7]) == pytest.approx(2)
    assert slope([], []) == slope([1], [9]) == 0


def test_a_watch_sees_this_process_and_the_files_it_holds(tmp_path):
    before = open_files(os.getpid())
    with (tmp_path / "held").open("w"):
        assert open_files(os.getpid()) > before
    watch = Watch(os.getpid(), 0.01)
    with watch:
        while len(watch._seen) < 4:
            pass
    assert all(megabytes > 1 and files > 2 for _, megabytes, files in watch._seen)
