"""Choosing what somebody who joins a project must know: at most 12 items and 350 words, each with the rule that chose it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wonward.journeys.handoff.rules.forbidding import is_do_not
from wonward.journeys.handoff.types import Brief, BriefAnswer, BriefFacts, BriefItem, LeftOut
from wonward.journeys.promises.rules.amounts import hide_amounts

MOST_ITEMS = 12
MOST_WORDS = 350
ITEM_WORDS = 24
ANSWER_WORDS = {"scope_summary": 60, "key_constraints": 40}
SHORT_ANSWER_WORDS = 12
ANSWERS_WORDS = 150
RESERVED_WORDS = 40
LEFT_OUT_WORDS = 4
WORD_CHARACTERS = 12
LONGEST_WORD = 24
RULES = (
    "do_not", "exclusion", "uncovered", "at_risk", "question", "constraint", "preference", "assumption", "heavy", "price",
)
MUST = ("do_not", "exclusion", "uncovered")
_LIVE = ("draft", "confirmed")


def compose_brief(facts: BriefFacts, *, sees_amounts: bool) -> Brief:
    """The brief of a project. The same facts give the same brief, byte for byte, whatever their order.

    What a rule in MUST chose is in the brief or counted in what was left out, and so is a promise about a price that the
    reader may not know: rule `price`.
    """
    said = facts.answers if sees_amounts else [replace(one, text=hide_amounts(one.text)) for one in facts.answers]
    answers = _within([_answer(one) for one in said], ANSWERS_WORDS)
    left = MOST_WORDS - RESERVED_WORDS - sum(words_in(f"{one.label} {one.text}") for one in answers)
    items: list[BriefItem] = []
    missed: dict[str, int] = {}
    for candidate in _candidates(facts, sees_amounts=sees_amounts):
        cost = words_in(candidate.text)
        if len(items) < MOST_ITEMS and cost <= left:
            items.append(candidate)
            left -= cost
        else:
            missed[candidate.rule] = missed.get(candidate.rule, 0) + 1
    if not sees_amounts and (prices := sum(1 for one in facts.promises if one.kind == "price" and one.state in _LIVE)):
        missed["price"] = prices
    left_out = tuple(LeftOut(rule, missed[rule]) for rule in RULES if rule in missed)
    words = sum(words_in(f"{one.label} {one.text}") for one in answers) + sum(words_in(one.text) for one in items)
    return Brief(tuple(answers), tuple(items), left_out, words + sum(LEFT_OUT_WORDS for _ in left_out))


def _answer(one: BriefAnswer) -> BriefAnswer:
    return BriefAnswer(one.field, clipped(one.label, 6), clipped(one.text, ANSWER_WORDS.get(one.field, SHORT_ANSWER_WORDS)))


def _within(answers: Sequence[BriefAnswer], most: int) -> list[BriefAnswer]:
    """The answers in order, as long as they fit; the five come first."""
    kept, used = [], 0
    for one in answers:
        used += words_in(f"{one.label} {one.text}")
        if used > most:
            break
        kept.append(one)
    return kept


def _candidates(facts: BriefFacts, *, sees_amounts: bool) -> list[BriefItem]:
    """Everything a rule chooses, the most pressing first: by rule, then weight, then date, then key."""
    found: dict[str, tuple[tuple[int, int, str, str], BriefItem]] = {}
    for weight, due, item in (*_of_promises(facts, sees_amounts), *_of_people(facts), *_of_questions(facts)):
        shown = item if sees_amounts else replace(item, text=hide_amounts(item.text))
        shown = replace(shown, text=clipped(shown.text, ITEM_WORDS))
        shown = replace(shown, digest=digest_of(shown.text))
        place = (RULES.index(item.rule), -weight, due, item.key)
        if shown.text and (item.key not in found or place < found[item.key][0]):
            found[item.key] = (place, shown)
    return [item for _, item in sorted(found.values(), key=lambda pair: pair[0])]


def _of_promises(facts: BriefFacts, sees_amounts: bool) -> Iterable[tuple[int, str, BriefItem]]:
    for one in facts.promises:
        is_condition = one.kind in ("exclusion", "assumption")
        stands = (*_LIVE, "kept") if is_condition else _LIVE  # A kept condition binds those who come later, too.
        if one.state not in stands or (one.kind == "price" and not sees_amounts):
            continue
        if is_condition:
            rule = one.kind
        else:
            rule = {"uncovered": "uncovered", "at_risk": "at_risk"}.get(one.coverage, "heavy")
        text = f"{one.text} ({one.condition})" if one.condition else one.text
        due = one.due_date.isoformat() if one.due_date else "9999"
        yield one.weight, due, BriefItem(f"promise:{one.id}", rule, text, one.number, f"promises.promise:{one.id}")


def _of_people(facts: BriefFacts) -> Iterable[tuple[int, str, BriefItem]]:
    for person in facts.people:
        for part in sentences(person.preference):
            rule = "do_not" if is_do_not(part) else "preference"
            key = f"{rule}:{person.contact_id}:{digest_of(part)[:12]}"
            yield 2 if person.is_main else 1, person.name, BriefItem(
                key, rule, f"{clipped(person.name, 4)}: {part}", clipped(person.name, 4), f"clients.contact:{person.contact_id}"
            )
    for part in sentences(facts.constraints):
        if is_do_not(part):
            yield 3, "", BriefItem(f"do_not:constraint:{digest_of(part)[:12]}", "do_not", part, "", "")


def _of_questions(facts: BriefFacts) -> Iterable[tuple[int, str, BriefItem]]:
    for one in facts.questions:
        yield 1, one.asked_at.isoformat(), BriefItem(f"question:{one.id}", "question", f"Open: {one.text}", one.asked_by, "")


def sentences(text: str) -> list[str]:
    """The sentences of a note, without their full stops."""
    parts = re.split(r"(?<=[.!?;])\s+|\n+|;\s*", text)
    return [" ".join(part.split()).rstrip(".;") for part in parts if part.strip(" .;")]


def clipped(text: str, most: int) -> str:
    """At most so many words; an ellipsis joined to the last says that there were more."""
    words = text.split()
    kept, room = [], most
    for word in words:
        cost = _cost(word)
        if cost > room:
            kept += [word[: room * WORD_CHARACTERS - 1]] if room else []
            break
        kept.append(word)
        room -= cost
    shown = " ".join(kept)
    return shown if shown == " ".join(words) else shown.rstrip(",;:、，；：") + "…"


def words_in(text: str) -> int:
    """Words between spaces; a long run without a space is as many as take its room."""
    return sum(_cost(word) for word in text.split())


def _cost(word: str) -> int:
    """A word of an ordinary language is one, however long; what no space divides counts by its characters."""
    return 1 if len(word) <= LONGEST_WORD else -(-len(word) // WORD_CHARACTERS)


def digest_of(text: str) -> str:
    """What an acknowledgement remembers of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
