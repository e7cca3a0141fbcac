"""No weighing of amounts ever claims more overload than there is."""

from __future__ import annotations

from itertools import combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from wonward.engines.leveling.weighing import list_weighings

ROOM = 12


@given(st.sets(st.integers(1, ROOM + 4), min_size=1, max_size=4), st.integers(1, ROOM), st.data())
def test_whatever_lies_in_a_slot_is_overloaded_at_least_as_a_weighing_says(amounts, most, data):
    ways = list_weighings(sorted(amounts), most)
    for room in {0, most, data.draw(st.integers(0, most))}:
        for size in range(5):
            for beside in combinations_with_replacement(sorted(amounts), size):
                overload = max(0, sum(beside) - room)
                for way in ways:
                    assert sum(way.weights[amount] for amount in beside) - way.free(room) <= overload


def test_room_that_nothing_fits_into_is_seen():
    asked = {120: 3, 180: 5}
    slots, room = 6, 240
    plain, *others = list_weighings(sorted(asked), room)

    def least(way):
        return sum(way.weights[amount] * times for amount, times in asked.items()) - slots * way.free(room)

    assert least(plain) < 0
    assert max(least(way) for way in others) == 60
