"""The skills that tasks ask for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wonward.domains.delivery.models import TaskSkill
from wonward.domains.staff.queries import find_levels, list_people
from wonward.domains.staff.rules import lacking
from wonward.domains.staff.types import AskedSkill
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be put on a task, and the skills it asks for that they lack."""

    person_id: int
    name: str
    lacks: tuple[AskedSkill, ...]


@dataclass(frozen=True, slots=True)
class SkillMatch:
    """What a task asks for, and everybody, those who have it first; nobody is listed where nothing is asked for."""

    asked: tuple[AskedSkill, ...]
    candidates: tuple[Candidate, ...]

    def lacking_of(self, person_id: int | None) -> tuple[AskedSkill, ...]:
        """What somebody lacks; nothing for who is not listed."""
        return next((one.lacks for one in self.candidates if one.person_id == person_id), ())

    @property
    def able(self) -> tuple[Candidate, ...]:
        """Those who have all of it."""
        return tuple(one for one in self.candidates if not one.lacks)


def get_skill_match(*, actor: Actor, task_id: int) -> SkillMatch:
    """Who can do a task the viewer has been shown; who may not see colleagues reads what is asked alone. Three queries at most."""
    asked = find_asked_skills([task_id]).get(task_id, ())
    people = list_people(actor=actor, with_placeholders=True) if asked else []
    levels = find_levels([one.id for one in asked]) if people else {}
    found = [Candidate(one.id, one.name, tuple(lacking(asked, levels.get(one.id, {})))) for one in people]
    return SkillMatch(asked, tuple(sorted(found, key=lambda one: len(one.lacks))))


def find_asked_skills(task_ids: Collection[int]) -> dict[int, tuple[AskedSkill, ...]]:
    """What the tasks the viewer has been shown ask for, by task, in the order of the names; one query."""
    return _by_task(TaskSkill.objects.filter(task_id__in=set(task_ids)).order_by("skill__key").values_list("task_id", "skill_id", "skill__name", "level"))


def find_asked_skills_in(project_ids: Collection[int]) -> dict[int, tuple[AskedSkill, ...]]:
    """The same of every task of these projects; one query."""
    found = TaskSkill.objects.filter(task__project_id__in=set(project_ids)).order_by("skill__key")
    return _by_task(found.values_list("task_id", "skill_id", "skill__name", "level"))


def _by_task(rows: Collection[tuple[int, int, str, int]]) -> dict[int, tuple[AskedSkill, ...]]:
    found: dict[int, tuple[AskedSkill, ...]] = {}
    for task_id, skill_id, name, level in rows:
        found[task_id] = (*found.get(task_id, ()), AskedSkill(skill_id, name, level))
    return found
