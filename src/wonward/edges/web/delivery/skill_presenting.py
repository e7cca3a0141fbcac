"""The skills a task asks for, and who has them, as its drawer shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.queries.skills import Candidate, SkillMatch, get_skill_match
from wonward.domains.delivery.types import TaskRow
from wonward.domains.staff.queries import list_skill_names
from wonward.domains.staff.types import AskedSkill
from wonward.kernel.actor import Actor

MOST_NAMED = 3


def level_words() -> list[tuple[int, str]]:
    """The levels of a skill in words."""
    return [(1, _("1 · learning")), (2, _("2 · with help")), (3, _("3 · alone")), (4, _("4 · well")), (5, _("5 · teaches others"))]


def skills_context(actor: Actor, row: TaskRow, *, may_change: bool) -> dict[str, Any]:
    """What a task asks for, whether its assignee has it, and who does; empty for what is nobody’s work."""
    if row.kind != "task":
        return {"shows_skills": False}
    match = get_skill_match(actor=actor, task_id=row.id)
    lacks = match.lacking_of(row.assignee_id)
    return {
        "shows_skills": bool(match.asked) or may_change, "match": match, "level_options": level_words(),
        "asked_skills": [{"name": one.name, "level": one.level, "is_lacking": one in lacks} for one in match.asked],
        "skill_choices": list_skill_names() if may_change else [],
        "skill_warning": _warning(match, row, lacks), "able_words": _able_words(match),
    }


def _warning(match: SkillMatch, row: TaskRow, lacks: Sequence[AskedSkill]) -> str:
    if not match.candidates:
        return ""
    if not match.able:
        return _("Nobody has all of it: nobody can do this task.") if len(match.asked) > 1 else _("Nobody has it: nobody can do this task.")
    if lacks:
        return _("%(name)s lacks %(skills)s.") % {"name": row.assignee_name, "skills": _skill_words(lacks)}
    return ""


def _able_words(match: SkillMatch) -> str:
    names = [one.name for one in match.able]
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    named = ", ".join(names[:MOST_NAMED])
    if more <= 0:
        return _("Can do it: %(names)s") % {"names": named}
    return ngettext("Can do it: %(names)s and %(n)s more", "Can do it: %(names)s and %(n)s more", more) % {"names": named, "n": more}


def able_first(options: Sequence[tuple[int, str]], candidates: Sequence[Candidate]) -> list[tuple[int, str]]:
    """People to choose from, those who have what is asked for first; the others say what they lack."""
    if not candidates:
        return list(options)
    known = dict(options)
    return [
        (one.person_id, known[one.person_id] if not one.lacks else _("%(name)s – lacks %(skills)s") % {
            "name": known[one.person_id], "skills": _skill_words(one.lacks)})
        for one in candidates if one.person_id in known
    ]


def _skill_words(skills: Sequence[AskedSkill]) -> str:
    return ", ".join(f"{one.name} {one.level}" for one in skills)
