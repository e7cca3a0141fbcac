"""The brief: small whatever the project is like, the same for the same facts, and known by each person for themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.people import NOW, Cast, Sale
from wonward.domains.clients.operations import add_stakeholder
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import count_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import change_project
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.queries import count_documents
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import (
    accept_handoff,
    acknowledge_brief,
    close_deal_as_won,
    raise_question,
)
from wonward.journeys.handoff.queries import get_brief_of_project
from wonward.journeys.handoff.rules.brief import (
    LEFT_OUT_WORDS,
    LONGEST_WORD,
    MOST_ITEMS,
    MOST_WORDS,
    MUST,
    RULES,
    compose_brief,
    sentences,
    words_in,
)
from wonward.journeys.handoff.rules.forbidding import is_do_not
from wonward.journeys.handoff.types import (
    Brief,
    BriefAnswer,
    BriefFacts,
    BriefPerson,
    BriefPromise,
    BriefQuestion,
    ClosedDeal,
)
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

AT = datetime(2026, 11, 19, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["go", "do", "not", "EUR 5,000", "€84k", "live", "never", "before", "fair;", "pages."]), max_size=90).map(" ".join)
PROMISES = st.builds(
    BriefPromise, st.integers(1, 500), st.just("PR-1"), st.sampled_from(["deliverable", "date", "price", "exclusion", "assumption"]), WORDS,
    WORDS, st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(1, 5),
    st.sampled_from(["draft", "confirmed", "kept", "waived"]), st.sampled_from(["uncovered", "planned", "at_risk"]),
)
PEOPLE = st.builds(BriefPerson, st.integers(1, 50), WORDS, WORDS, st.booleans())
QUESTIONS = st.builds(BriefQuestion, st.integers(1, 500), WORDS, st.just("Tom"), st.just(AT))
FACTS = st.builds(
    BriefFacts, st.lists(st.builds(BriefAnswer, st.sampled_from(["scope_summary", "key_constraints", "kickoff_date", "extra.x"]), WORDS, WORDS), max_size=9).map(tuple),
    WORDS, st.lists(PROMISES, max_size=60, unique_by=lambda one: one.id).map(tuple), st.lists(PEOPLE, max_size=30, unique_by=lambda one: one.contact_id).map(tuple),
    st.lists(QUESTIONS, max_size=40, unique_by=lambda one: one.id).map(tuple),
)


def told(brief: Brief) -> int:
    """Every word a reader sees, the line of what was left out included."""
    return sum(words_in(f"{one.label} {one.text}") for one in brief.answers) + sum(words_in(one.text) for one in brief.items) + LEFT_OUT_WORDS * len(
        brief.left_out)


@settings(max_examples=150, deadline=None)
@given(FACTS, st.booleans())
def test_the_limits_hold_whatever_was_said(facts: BriefFacts, sees_amounts: bool) -> None:
    brief = compose_brief(facts, sees_amounts=sees_amounts)
    assert len(brief.items) <= MOST_ITEMS
    assert told(brief) == brief.words <= MOST_WORDS
    assert {item.rule for item in brief.items} <= set(RULES)
    assert all(item.digest for item in brief.items)


@pytest.mark.parametrize("run", ["pages,templates;" * 300, "我们不做视频制作也不做翻译" * 300, "x" * 4000, "Kraftfahrzeughaftpflichtversicherung " * 110])
def test_the_limit_holds_also_where_no_space_divides_words(run: str) -> None:
    promises = tuple(BriefPromise(key, f"PR-{key}", "exclusion", run, "", None, 1, "confirmed", "uncovered") for key in range(1, 30))
    facts = BriefFacts((BriefAnswer("scope_summary", "Scope", run), BriefAnswer("key_constraints", "Constraints", run)), run, promises)
    brief = compose_brief(facts, sees_amounts=True)
    assert told(brief) == brief.words <= MOST_WORDS
    shown = [*(one.text for one in brief.answers), *(one.text for one in brief.items)]
    assert 0 < sum(len(text) for text in shown) <= MOST_WORDS * LONGEST_WORD
    assert all(text.endswith("…") for text in shown)
    assert sum(one.count for one in brief.left_out) + len(brief.items) >= 29


@settings(max_examples=100, deadline=None)
@given(FACTS, st.randoms(use_true_random=False))
def test_the_same_facts_in_another_order_give_the_same_brief(facts: BriefFacts, random) -> None:
    shuffled = replace(
        facts, promises=tuple(random.sample(facts.promises, len(facts.promises))), people=tuple(random.sample(facts.people, len(facts.people))),
        questions=tuple(random.sample(facts.questions, len(facts.questions))),
    )
    assert compose_brief(shuffled, sees_amounts=True) == compose_brief(facts, sees_amounts=True)


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_what_must_be_known_is_in_the_brief_or_counted_as_left_out(facts: BriefFacts) -> None:
    brief = compose_brief(facts, sees_amounts=True)
    live = [one for one in facts.promises if one.state in ("draft", "confirmed") and f"{one.text}{one.condition}".strip()]
    wanted = {
        "exclusion": {
            f"promise:{one.id}" for one in facts.promises
            if one.kind == "exclusion" and one.state in ("draft", "confirmed", "kept") and f"{one.text}{one.condition}".strip()
        },
        "uncovered": {f"promise:{one.id}" for one in live if one.kind not in ("exclusion", "assumption") and one.coverage == "uncovered"},
    }
    left = {one.rule: one.count for one in brief.left_out}
    for rule, keys in wanted.items():
        shown = {item.key for item in brief.items if item.rule == rule}
        assert shown <= keys
        assert len(shown) + left.get(rule, 0) == len(keys)
    forbidden = {(one.contact_id, part) for one in facts.people for part in sentences(one.preference) if is_do_not(part)}
    constraints = {part for part in sentences(facts.constraints) if is_do_not(part)}
    shown_do_nots = sum(1 for item in brief.items if item.rule == "do_not")
    assert shown_do_nots + left.get("do_not", 0) == len(forbidden) + len(constraints)


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_nobody_without_the_right_reads_an_amount(facts: BriefFacts) -> None:
    brief = compose_brief(facts, sees_amounts=False)
    text = " ".join([*(one.text for one in brief.answers), *(item.text for item in brief.items)])
    assert "5,000" not in text
    assert "84k" not in text


def test_four_hundred_promises_still_make_one_page() -> None:
    promises = tuple(
        BriefPromise(key, f"PR-{key}", "exclusion" if key % 2 else "deliverable", "word " * 60, "", None, 3, "confirmed", "uncovered")
        for key in range(400)
    )
    brief = compose_brief(BriefFacts(promises=promises), sees_amounts=True)
    assert len(brief.items) == 12
    assert {one.rule: one.count for one in brief.left_out} == {"exclusion": 188, "uncovered": 200}
    assert {one.rule for one in brief.left_out} <= set(MUST)


def promise(cast: Cast, sale: Sale) -> None:
    make_promises(
        actor=cast.seller, now=NOW,
        promises=[
            NewPromise(PromiseKind.STAFFING, "Jonas builds the configurator himself", deal_id=sale.deal_id, weight=3),
            NewPromise(PromiseKind.EXCLUSION, "No translations", deal_id=sale.deal_id),
            NewPromise(PromiseKind.PRICE, "Support stays at EUR 500 a month", deal_id=sale.deal_id),
            NewPromise(PromiseKind.DELIVERABLE, "42 templates for EUR 84,000", deal_id=sale.deal_id, key="templates"),
        ],
    )
    add_stakeholder(
        actor=cast.seller, ref=Ref("sales.deal", sale.deal_id), contact_id=sale.contact_id, now=NOW,
        preference="Prefers mail. Do not call before ten.",
    )


@pytest.fixture
def briefed(cast: Cast, sale: Sale) -> ClosedDeal:
    promise(cast, sale)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed


def test_a_brief_names_the_rule_of_every_item_and_the_most_pressing_first(briefed: ClosedDeal, cast: Cast) -> None:
    shown = get_brief_of_project(actor=cast.manager, project_id=briefed.project_ids[0])
    assert [(item.rule, item.text) for item in shown.brief.items] == [
        ("do_not", "Hanne Dahl: Do not call before ten"), ("exclusion", "No translations"),
        ("uncovered", "Jonas builds the configurator himself"), ("uncovered", "Support stays at EUR 500 a month"),
        ("preference", "Hanne Dahl: Prefers mail"), ("heavy", "Finished by 19 March 2027"), ("heavy", "42 templates for EUR 84,000"),
    ]
    assert [(one.label, one.text) for one in shown.brief.answers][:2] == [
        ("Scope", "Move 42 templates and 1,100 pages."), ("Promised finish", "2027-03-19")]
    assert shown == get_brief_of_project(actor=cast.manager, project_id=briefed.project_ids[0])


def test_a_member_reads_the_brief_without_amounts_and_a_stranger_does_not_know_of_it(briefed: ClosedDeal, cast: Cast) -> None:
    (project_id,) = briefed.project_ids
    with pytest.raises(NotFound):
        get_brief_of_project(actor=cast.member, project_id=project_id)
    change_project(actor=cast.manager, project_id=project_id, changes={"manager_id": cast.member.person_id}, now=NOW)
    texts = [item.text for item in get_brief_of_project(actor=cast.member, project_id=project_id).brief.items]
    assert "Support stays at EUR 500 a month" not in texts
    assert "42 templates for […]" in texts


def test_what_the_brief_leaves_out_for_want_of_a_right_is_counted(briefed: ClosedDeal, cast: Cast) -> None:
    (project_id,) = briefed.project_ids
    change_project(actor=cast.manager, project_id=project_id, changes={"manager_id": cast.member.person_id}, now=NOW)
    brief = get_brief_of_project(actor=cast.member, project_id=project_id).brief
    assert [(one.rule, one.count) for one in brief.left_out] == [("price", 1)]
    assert get_brief_of_project(actor=cast.leader, project_id=project_id).brief.left_out == ()


def test_an_amount_cut_in_two_by_the_length_of_an_answer_stays_hidden() -> None:
    words = " ".join(["word"] * 59)
    facts = BriefFacts(answers=(BriefAnswer("scope_summary", "Scope", f"{words} 84 000 EUR"),))
    (answer,) = compose_brief(facts, sees_amounts=False).answers
    assert not any(character.isdigit() for character in answer.text)


def test_a_reader_is_counted_by_the_brief_they_read(briefed: ClosedDeal, cast: Cast) -> None:
    (project_id,) = briefed.project_ids
    change_project(actor=cast.manager, project_id=project_id, changes={"manager_id": cast.member.person_id}, now=NOW)
    items = {item.key: item.digest for item in get_brief_of_project(actor=cast.member, project_id=project_id).brief.items}
    acknowledge_brief(actor=cast.member, project_id=project_id, items=items, now=NOW)
    for viewer in (cast.member, cast.leader, cast.owner):
        shown = get_brief_of_project(actor=viewer, project_id=project_id)
        (reader,) = [one for one in shown.readers if one.person_id == cast.member.person_id]
        assert (reader.known, reader.total) == (len(items), len(items)), viewer.label
    assert len(shown.brief.items) == len(items) + 1  # The owner reads the price, too.


def test_who_knows_a_brief_asks_as_often_for_many_readers_as_for_one(
    briefed: ClosedDeal, cast: Cast
) -> None:
    (project_id,) = briefed.project_ids
    with CaptureQueriesContext(connection) as few:
        get_brief_of_project(actor=cast.leader, project_id=project_id)
    for person in (cast.member, cast.seller, cast.leader):
        change_project(actor=cast.manager, project_id=project_id, changes={"manager_id": person.person_id}, now=NOW)
    with CaptureQueriesContext(connection) as many:
        shown = get_brief_of_project(actor=cast.leader, project_id=project_id)
    assert len(shown.readers) > 3
    assert len(many) <= len(few)


def test_everyone_knows_a_brief_for_themselves_and_changed_words_are_unknown_again(briefed: ClosedDeal, cast: Cast, sale: Sale) -> None:
    (project_id,) = briefed.project_ids

    def shown(actor):
        return get_brief_of_project(actor=actor, project_id=project_id)

    items = {item.key: item.digest for item in shown(cast.manager).brief.items}
    assert acknowledge_brief(actor=cast.manager, project_id=project_id, items=items, now=NOW) == len(items)
    assert shown(cast.manager).known == frozenset(items)
    assert shown(cast.leader).known == frozenset()
    (reader,) = [one for one in shown(cast.manager).readers if one.person_id == cast.manager.person_id]
    assert (reader.known, reader.total) == (len(items), len(items))
    add_stakeholder(
        actor=cast.seller, ref=Ref("delivery.project", project_id), contact_id=sale.contact_id, now=NOW,
        preference="Prefers mail. Do not call before noon.",
    )
    unknown = {item.text for item in shown(cast.manager).brief.items if item.key not in shown(cast.manager).known}
    assert unknown == {"Hanne Dahl: Do not call before noon"}
    with pytest.raises(Refused) as refusal:
        acknowledge_brief(actor=cast.manager, project_id=project_id, items={**items, next(iter(shown(cast.manager).known)): "x"}, now=NOW)
    assert {error.code for error in refusal.value.errors} == {"unknown", "changed"}


def test_an_open_question_is_in_the_brief_until_it_is_answered(briefed: ClosedDeal, cast: Cast) -> None:
    raise_question(actor=cast.manager, handoff_id=briefed.handoff_id, field="promises", text="Who signs?", now=NOW + timedelta(days=1))
    texts = [item.text for item in get_brief_of_project(actor=cast.manager, project_id=briefed.project_ids[0]).brief.items]
    assert "Open: Who signs?" in texts


def test_a_deal_with_four_hundred_entries_and_thirty_files_is_one_page_and_all_of_it_in_reach(cast: Cast, sale: Sale) -> None:
    deal, long_words = Ref("sales.deal", sale.deal_id), " ".join(["and then we spoke about the fair"] * 40)
    entries = log_communications(
        actor=cast.seller, now=NOW,
        entries=[NewCommunication(CommunicationKind.CALL, (deal,), f"{place}: {long_words}", NOW + timedelta(minutes=place)) for place in range(400)],
    )
    for place in range(30):
        add_document(actor=cast.seller, name=f"offer-{place}.txt", stored=put_stream(ContentFile(b"%d" % place)), refs=[deal], now=NOW)
    make_promises(
        actor=cast.seller, now=NOW,
        promises=[
            NewPromise(PromiseKind.EXCLUSION, f"No {place}: {long_words}"[:400], deal_id=sale.deal_id, source=Source(f"{place}: and then", Ref("comms.communication", key)))
            for place, key in enumerate(entries[:40])
        ],
    )
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    (project_id,) = closed.project_ids

    brief = get_brief_of_project(actor=cast.manager, project_id=project_id).brief
    assert len(brief.items) <= MOST_ITEMS
    assert told(brief) <= MOST_WORDS
    assert sum(one.rule == "exclusion" for one in brief.items) + sum(one.count for one in brief.left_out if one.rule == "exclusion") == 40
    project = Ref("delivery.project", project_id)
    assert sum(count_communications(actor=cast.manager, refs=[project]).values()) == 400
    assert count_documents(cast.manager, [project]) == 30
