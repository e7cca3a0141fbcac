"""Sentences about a levelled plan: what binds a task, what contradicts what, what could not be taken into account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wonward.journeys.capacity.rules.pools import parts_of

Names = Mapping[str, str]


def why_moved(move: Mapping[str, Any], names: Names, today: date) -> str:
    """One sentence naming what keeps a task from beginning earlier; `names` are by resource and by `task:id`."""
    binding, who = move["binding"], _who(move.get("resource"), names)
    day = _day(move.get("day"))
    blockers = listed([f"“{names[f'task:{key}']}”" for key in move.get("blockers", ()) if f"task:{key}" in names])
    if binding == "resource":
        return f"{who} is taken on {day} by {blockers}." if blockers else f"{who} is taken on {day} by other work."
    if binding == "absence":
        if str(move.get("resource")).startswith(("there:", "long:")):
            return f"{who} is away on {day}."
        return f"{who} has too little time left on {day}: other projects and bookings take it."
    if binding == "predecessor":
        return f"It waits for {blockers}." if blockers else "It waits for what lies before it."
    if binding == "overdue":
        return f"It has not begun, and {today:%Y-%m-%d} is the first day it can."
    if binding == "plan":
        return "Beginning earlier would push other work further from its date or past a promise."
    return str(move.get("because") or "It follows what lies before it.")


def conflict_words(element: Mapping[str, Any], names: Names) -> str:
    """What is asked, as a thing that could be taken out."""
    task, other = _task(element["subject"], names), element.get("other")
    match element["kind"]:
        case "pin":
            return f"{task} stays where it is"
        case "freeze":
            return f"{task} begins soon and is kept"
        case "deadline":
            return f"{task} must be done by its date"
        case "earliest":
            return f"{task} does not begin before its date"
        case "link":
            return f"{task} waits for {_task(other or '', names)}"
        case _:
            return f"{task} needs {_who(other, names)}"


def conflict_effect(element: Mapping[str, Any], names: Names) -> str:
    """What taking it out does, and what has to go with it where there are further contradictions."""
    begin = f"it could begin on {element['start']}, and " if element.get("start") else ""
    finish = f"all work would end by {element['finish']}" if element.get("finish") else "a plan exists"
    if element.get("is_alone"):
        return "Without this the contradiction is resolved; further ones remain."
    also = [f"that {conflict_words(one, names)}" for one in element.get("also", ())]
    without = f"Without this, and without {listed(also)}," if also else "Without this"
    return f"{without} {begin}{finish}."


def note_words(code: str, subject: str, count: int, names: Names, other: str = "") -> str:
    """What levelling could not take into account."""
    if code == "too_much":
        return f"{_task(subject, names)} asks {round(count / 60, 1):g} h a day more than there is; no date mends that. Make it longer or share it."
    if code == "nobody_able":
        return f"Nobody {_pool_words(other, names)} can do {_task(subject, names)}: it is dated without people."
    if code == "lacks":
        return f"{_task(subject, names)} asks for {_skill_words(other, names)}, which {names.get(f'person:{count}', 'whoever has it')} does not have."
    who = _who(subject, names)
    tasks = f"{count} task" if count == 1 else f"{count} tasks"
    if subject.startswith("role:"):
        return f"Nobody has the role {names.get(subject, subject)}: {tasks} are dated without people."
    return f"{who} has no hours to plan: {tasks} are dated without them."


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def _who(key: str | None, names: Names) -> str:
    kind, _, number = (key or "").partition(":")
    if kind in ("able", "joint"):
        return f"Everybody {_pool_words(key or '', names)}"
    plain = f"person:{number}" if kind in ("there", "long") else key or ""
    name = names.get(plain, "Somebody")
    return f"Everybody in {name}" if kind == "role" and name != "Somebody" else name


def pool_name(key: str, names: Names) -> str:
    """A pool as the head of a row."""
    return " / ".join(
        " · ".join([*([names.get(f"role:{role}", "")] if role else []), *(f"{names.get(f'skill:{skill}', '')} {level}" for skill, level in skills)])
        for role, skills in parts_of(key)
    )


def _pool_words(key: str, names: Names) -> str:
    """Who stands in a pool: "in Designer with French (level 3)"."""
    found = []
    for role, skills in parts_of(key):
        words = [f"in {names.get(f'role:{role}', 'their role')}"] if role else []
        if skills:
            words.append(f"with {listed([_one_skill(skill, level, names) for skill, level in skills])}")
        found.append(" ".join(words))
    return " or ".join(dict.fromkeys(found))


def _skill_words(key: str, names: Names) -> str:
    return listed([_one_skill(skill, level, names) for _, skills in parts_of(key) for skill, level in skills])


def _one_skill(skill: int, level: int, names: Names) -> str:
    return f"{names.get(f'skill:{skill}', 'a skill')} (level {level})"


def _task(key: str, names: Names) -> str:
    kind, _, number = key.rpartition(":")
    return f"“{names.get(f'task:{number}', 'A task')}”" if kind in ("", "task", "begin", "end") else "The promised finish"


def _day(text: str | None) -> str:
    return text or "that day"
