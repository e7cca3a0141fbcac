"""A view and its address say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.saved_views.rules import pack, read_state, unpack, write_state
from wonward.foundation.saved_views.types import ViewState

FILTERS, COLUMNS, GROUPS = ("owner", "q", "status"), ("name", "value", "stage"), ("owner", "stage")
words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).filter(lambda text: text == text.strip())
keys = st.lists(st.sampled_from(COLUMNS), unique=True).map(tuple)
states = st.builds(
    ViewState,
    filters=st.dictionaries(st.sampled_from(FILTERS), words).map(lambda found: tuple((name, found[name]) for name in FILTERS if name in found)),
    columns=keys, group=st.sampled_from(("", *GROUPS)), sort=st.sampled_from(("", *COLUMNS, *(f"-{key}" for key in COLUMNS))),
    sums=st.none() | keys,
)


def read(values: dict[str, list[str]]) -> ViewState:
    return read_state(values, filters=FILTERS, columns=COLUMNS, groups=GROUPS, sorts=COLUMNS, sums=COLUMNS)


@given(states)
def test_what_an_address_says_is_read_back(state):
    assert read({name: [value] for name, value in write_state(state).items()}) == state
    assert unpack(pack(state)) == state


def test_what_a_list_does_not_know_is_left_out():
    state = read({"columns": ["value,gone", "stage"], "group": ["gone"], "sort": ["-gone"], "password": ["x"], "sums": ["gone"]})
    assert state == ViewState(columns=("value", "stage"), sums=())
