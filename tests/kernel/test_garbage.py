"""Memory is searched for garbage as before once a start or a long piece of work is over, however it ends."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from wonward.kernel.garbage import searched_seldom

START = """
import gc
from wonward.kernel.garbage import unsearched_start
try:
    with unsearched_start():
        print(gc.isenabled())
        kept = [[] for _ in range(1000)]
        raise KeyError
except KeyError:
    print(gc.isenabled(), gc.get_freeze_count() > len(kept))
"""


def test_while_a_process_starts_nothing_is_searched_and_what_stands_then_is_left_alone() -> None:
    told = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True", "True"]


def test_work_with_many_objects_is_searched_seldom_and_then_as_before() -> None:
    before = gc.get_threshold()
    during = []

    def work() -> None:
        with searched_seldom():
            during.append(gc.get_threshold()[0])
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert during[0] >= 10 * 700
    assert gc.get_threshold() == before
