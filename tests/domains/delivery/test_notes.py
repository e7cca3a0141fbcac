"""Notes of a project: Markdown, every saved state, and nobody's words lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domains.delivery.plan import Plan
from tests.people import NOW
from wonward.domains.delivery.operations import change_note, put_note_away, restore_note, write_note
from wonward.domains.delivery.queries.notes import (
    get_note,
    get_note_revision,
    list_note_revisions,
    list_notes,
)
from wonward.domains.delivery.rules.notes import compare_texts, stretches
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale

texts = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30), max_size=12).map("\n".join)


@given(texts, texts)
@settings(max_examples=60, deadline=None)
def test_a_difference_holds_every_word_of_a_changed_line(before: str, after: str) -> None:
    lines = compare_texts(before, after)
    for line in lines:
        if line.state == "changed":
            assert "".join(one.text for one in line.pieces if one.state != "added") in before.split("\n")
            assert "".join(one.text for one in line.pieces if one.state != "removed") in after.split("\n")
        elif line.state != "gap":
            (piece,) = line.pieces
            assert piece.text in (before if line.state in ("same", "removed") else after).split("\n")
    assert (before == after) is all(line.state in ("same", "gap") for line in lines)


class Counted(str):
    """A word that counts how often it was compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


WORST = (("a b", "b a c"), ("a", "b a"), ("a b c", "c b a"), ("", "x"))


@pytest.mark.parametrize("pair", WORST)
def test_twice_the_text_is_no_more_than_about_twice_the_comparing(pair: tuple[str, str]) -> None:
    def comparing(times: int) -> int:
        old, new = ([Counted(word) for word in (one.split() * times)] for one in pair)
        Counted.compared = 0
        assert sum(last - first for _, first, last, _, _ in stretches(old, new)) == len(old)
        return Counted.compared

    assert comparing(1600) <= 2.5 * comparing(800) + 1000


@given(st.lists(st.sampled_from("abcdefgh"), max_size=120), st.lists(st.sampled_from("abcdefgh"), max_size=120))
@settings(max_examples=60, deadline=None)
def test_the_stretches_of_two_texts_are_both_texts_whole_and_in_order(old: list[str], new: list[str]) -> None:
    left, right = [], []
    for is_same, first, last, start, end in stretches(old, new):
        assert not is_same or old[first:last] == new[start:end]
        left += old[first:last]
        right += new[start:end]
    assert (left, right) == (old, new)


def test_one_line_moved_in_a_long_text_is_all_that_changed() -> None:
    lines = [f"line {number}" for number in range(3000)]
    states = [line.state for line in compare_texts("\n".join(lines), "\n".join([*lines[:10], *lines[11:2000], lines[10], *lines[2000:]]))]
    assert (states.count("removed"), states.count("added"), states.count("changed")) == (1, 1, 0)


def test_lines_far_from_a_change_are_left_out() -> None:
    before = "\n".join(f"line {number}" for number in range(40))
    lines = compare_texts(before, before.replace("line 20", "row 20"))
    assert [line.state for line in lines] == ["gap", "same", "same", "changed", "same", "same", "gap"]


@pytest.mark.django_db
def test_every_state_of_a_note_stays_and_an_earlier_one_comes_back(plan: Plan) -> None:
    actor = plan.cast.manager
    key = write_note(actor=actor, project_id=plan.project_id, title="  Access  ", text="One\r\nTwo", now=NOW)
    assert change_note(actor=actor, note_id=key, title="Access", text="One\nThree", version=1, now=NOW) == 2
    assert change_note(actor=actor, note_id=key, title="Access", text="One\nThree", version=2, now=NOW) == 2
    assert restore_note(actor=actor, note_id=key, number=1, now=NOW) == 3
    assert get_note(actor=actor, note_id=key).text == "One\nTwo"
    assert [row.number for row in list_note_revisions(note_id=key)] == [3, 2, 1]
    assert get_note_revision(note_id=key, number=2).text == "One\nThree"


@pytest.mark.django_db
def test_two_people_at_one_note_lose_nothing(plan: Plan) -> None:
    key = write_note(actor=plan.cast.manager, project_id=plan.project_id, title="Access", text="One", now=NOW)
    change_note(actor=plan.cast.owner, note_id=key, title="Access", text="Theirs", version=1, now=NOW)
    with pytest.raises(Stale) as stale:
        change_note(actor=plan.cast.manager, note_id=key, title="Access", text="Mine", version=1, now=NOW)
    assert (stale.value.current["text"], stale.value.yours["text"]) == ("Theirs", "Mine")
    assert get_note(actor=plan.cast.owner, note_id=key).text == "Theirs"


@pytest.mark.django_db
def test_notes_are_for_who_sees_the_project_and_written_by_who_works_on_it(plan: Plan) -> None:
    key = write_note(actor=plan.cast.manager, project_id=plan.project_id, title="Access", text="", now=NOW)
    with pytest.raises(NotFound):
        get_note(actor=plan.cast.member, note_id=key)
    with pytest.raises(NotFound):
        write_note(actor=plan.cast.member, project_id=plan.project_id, title="Mine", text="", now=NOW)
    assert get_note(actor=plan.cast.seller, note_id=key).title == "Access"
    with pytest.raises(NotAllowed):
        change_note(actor=plan.cast.seller, note_id=key, title="Sold", text="", version=1, now=NOW)
    with pytest.raises(Refused, match="needs a title"):
        write_note(actor=plan.cast.manager, project_id=plan.project_id, title=" ", text="", now=NOW)


@pytest.mark.django_db
def test_a_note_put_away_is_out_of_the_list_and_comes_back(plan: Plan) -> None:
    key = write_note(actor=plan.cast.manager, project_id=plan.project_id, title="Access", text="", now=NOW)
    put_note_away(actor=plan.cast.manager, note_id=key, now=NOW)
    assert list_notes(actor=plan.cast.manager, project_id=plan.project_id) == []
    assert [row.id for row in list_notes(actor=plan.cast.manager, project_id=plan.project_id, is_away=True)] == [key]
    put_note_away(actor=plan.cast.manager, note_id=key, is_away=False, now=NOW)
    assert [row.id for row in list_notes(actor=plan.cast.manager, project_id=plan.project_id)] == [key]
