"""Sentences about a levelled plan: what binds a task, what contradicts what, what could not be taken into account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

from wonward.journeys.capacity.rules.kept_words import said
from wonward.journeys.capacity.rules.pools import parts_of
from wonward.kernel.wording import joined, worded

Names = Mapping[str, str]


def why_moved(move: Mapping[str, Any], names: Names, today: date) -> str:
    """One sentence naming what keeps a task from beginning earlier; `names` are by resource and by `task:id`."""
    binding, who = move["binding"], _who(move.get("resource"), names)
    day = _day(move.get("day")) or worded("that day")
    blockers = listed([worded("“{name}”", name=names[f"task:{key}"]) for key in move.get("blockers", ()) if f"task:{key}" in names])
    if binding == "resource":
        return worded("{who} is taken on {day} by {blockers}.", who=who, day=day, blockers=blockers or worded("other work"))
    if binding == "absence":
        if str(move.get("resource")).startswith(("there:", "long:")):
            return worded("{who} is away on {day}.", who=who, day=day)
        return worded("{who} has too little time left on {day}: other projects and bookings take it.", who=who, day=day)
    if binding == "predecessor":
        return worded("It waits for {blockers}.", blockers=blockers) if blockers else worded("It waits for what lies before it.")
    if binding == "overdue":
        return worded("It has not begun, and {today} is the first day it can.", today=today)
    if binding == "plan":
        return worded("Beginning earlier would push other work further from its date or past a promise.")
    return said(move.get("because")) or worded("It follows what lies before it.")


def conflict_words(element: Mapping[str, Any], names: Names) -> str:
    """What is asked, as a thing that could be taken out."""
    task, other = _task(element["subject"], names), element.get("other")
    match element["kind"]:
        case "pin":
            return worded("{task} stays where it is", task=task)
        case "freeze":
            return worded("{task} begins soon and is kept", task=task)
        case "deadline":
            return worded("{task} must be done by its date", task=task)
        case "earliest":
            return worded("{task} does not begin before its date", task=task)
        case "link":
            return worded("{task} waits for {other}", task=task, other=_task(other or "", names))
        case _:
            return worded("{task} needs {who}", task=task, who=_who(other, names))


def conflict_effect(element: Mapping[str, Any], names: Names) -> str:
    """What taking it out does, and what has to go with it where there are further contradictions."""
    if element.get("is_alone"):
        return worded("Without this the contradiction is resolved; further ones remain.")
    start, finish = _day(element.get("start")), _day(element.get("finish"))
    if start and finish:
        effect = worded("Without this it could begin on {start}, and all work would end by {finish}.", start=start, finish=finish)
    elif finish:
        effect = worded("Without this all work would end by {finish}.", finish=finish)
    else:
        effect = worded("Without this there is a plan.")
    also = [conflict_words(one, names) for one in element.get("also", ())]
    return joined([effect, worded("As there are further contradictions, this has to go as well: {also}.", also=listed(also))]) if also else effect


def note_words(code: str, subject: str, count: int, names: Names, other: str = "") -> str:
    """What levelling could not take into account."""
    if code == "too_much":
        return worded(
            "{task} asks {hours} h a day more than there is; no date mends that. Make it longer or share it.", task=_task(subject, names),
            hours=f"{round(count / 60, 1):g}",
        )
    if code == "nobody_able":
        return worded("Nobody {pool} can do {task}: it is dated without people.", pool=_pool_words(other, names), task=_task(subject, names))
    if code == "lacks":
        who = names.get(f"person:{count}") or worded("whoever has it")
        return worded("{task} asks for {skills}, which {who} does not have.", task=_task(subject, names), skills=_skill_words(other, names), who=who)
    who = _who(subject, names)
    if subject.startswith("role:"):
        role = names.get(subject, subject)
        if count == 1:
            return worded("Nobody has the role {role}: one task is dated without people.", role=role)
        return worded("Nobody has the role {role}: {count} tasks are dated without people.", role=role, count=count)
    if count == 1:
        return worded("{who} has no hours to plan: one task is dated without them.", who=who)
    return worded("{who} has no hours to plan: {count} tasks are dated without them.", who=who, count=count)


def remark_words(code: str) -> str:
    """How the search went."""
    match code:
        case "not_installed":
            return worded("The exact solver is not installed (extra `solver`), so this is the answer of rules and genetic search.")
        case "too_large":
            return worded("The problem is too large for the exact solver, so this is the answer of rules and genetic search.")
        case "ended_early":
            return worded("The search was ended before it was done, by the clock or by hand: this is the best plan found until then.")
    return code


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence."""
    if len(names) > most:
        return worded("{names} and {count} more", names=_row(names[:most]), count=len(names) - most)
    if len(names) > 1:
        return worded("{names} and {last}", names=_row(names[:-1]), last=names[-1])
    return names[0] if names else ""


def _row(names: Sequence[str]) -> str:
    return reduce(lambda row, name: worded("{row}, {name}", row=row, name=name), names)


def _who(key: str | None, names: Names) -> str:
    kind, _, number = (key or "").partition(":")
    if kind in ("able", "joint"):
        return worded("Everybody {pool}", pool=_pool_words(key or "", names))
    plain = f"person:{number}" if kind in ("there", "long") else key or ""
    name = names.get(plain)
    if name is None:
        return worded("Somebody")
    return worded("Everybody in {role}", role=name) if kind == "role" else name


def pool_name(key: str, names: Names) -> str:
    """A pool as the head of a row."""
    return " / ".join(
        " · ".join([*([names.get(f"role:{role}", "")] if role else []), *(f"{names.get(f'skill:{skill}', '')} {level}" for skill, level in skills)])
        for role, skills in parts_of(key)
    )


def _pool_words(key: str, names: Names) -> str:
    """Who stands in a pool: "in Designer with French (level 3)"."""
    found: list[str] = []
    for role, skills in parts_of(key):
        words: list[str] = [worded("in {role}", role=names.get(f"role:{role}") or worded("their role"))] if role else []
        if skills:
            words.append(worded("with {skills}", skills=listed([_one_skill(skill, level, names) for skill, level in skills])))
        found.append(joined(words))
    return reduce(lambda one, other: worded("{one} or {other}", one=one, other=other), dict.fromkeys(found)) if found else ""


def _skill_words(key: str, names: Names) -> str:
    return listed([_one_skill(skill, level, names) for _, skills in parts_of(key) for skill, level in skills])


def _one_skill(skill: int, level: int, names: Names) -> str:
    return worded("{skill} (level {level})", skill=names.get(f"skill:{skill}") or worded("a skill"), level=level)


def _task(key: str, names: Names) -> str:
    kind, _, number = key.rpartition(":")
    if kind not in ("", "task", "begin", "end"):
        return worded("The promised finish")
    return worded("“{name}”", name=names.get(f"task:{number}") or worded("A task"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
