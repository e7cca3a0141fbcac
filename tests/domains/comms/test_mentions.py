from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wonward.domains.comms.rules import find_mentioned

TEAM = {1: "Mara Klein", 2: "Tom Brandt", 3: "Tom Hardy", 4: "Noor Haddad", 5: "Zoë Åström", 6: "Mara Kleinert"}


def test_a_full_name_after_an_at_means_that_person_whatever_its_case():
    assert find_mentioned("Could @tom brandt look?", TEAM) == {2}
    assert find_mentioned("@Zoë Åström, @NOOR HADDAD: yes?", TEAM) == {4, 5}


def test_a_first_name_is_enough_where_only_one_person_has_it():
    assert find_mentioned("ask @Noor.", TEAM) == {4}
    assert find_mentioned("ask @Tom.", TEAM) == set()


def test_the_longest_name_that_fits_is_meant():
    assert find_mentioned("@Mara Kleinert", TEAM) == {6}
    assert find_mentioned("@Mara Klein, thanks", TEAM) == {1}


def test_an_address_or_an_unfinished_name_means_nobody():
    assert find_mentioned("mail noor@haddad.test or x.@Noor", TEAM) == set()
    assert find_mentioned("@Noorwegian", TEAM) == set()
    assert find_mentioned("@", TEAM) == find_mentioned("", TEAM) == set()


@given(st.text(max_size=200), st.dictionaries(st.integers(1, 9), st.text(max_size=30), max_size=6))
def test_any_text_names_only_people_there_are(text, names):
    assert find_mentioned(text, names) <= set(names)


@given(st.text("abc @.\n", max_size=40), st.sampled_from(sorted(TEAM)))
def test_a_name_is_found_wherever_it_stands(before, key):
    assert key in find_mentioned(f"{before} @{TEAM[key]}!", TEAM)
