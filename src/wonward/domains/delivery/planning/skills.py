"""The skills that work of a template asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from wonward.domains.catalog.types import SkillNeeded
from wonward.domains.delivery.models import TaskSkill
from wonward.domains.staff.operations import ensure_skills
from wonward.foundation.database import insert_rows


def write_needed_skills(needed: Mapping[int, Collection[SkillNeeded]], now: datetime) -> None:
    """What tasks that have just been written ask for, by their ids; no statement when none does."""
    rows = [(task_id, one) for task_id, skills in needed.items() for one in skills]
    ids = ensure_skills(names=[one.name for _, one in rows], now=now) if rows else {}
    insert_rows(TaskSkill, ("task_id", "skill_id", "level"), [(task_id, ids[" ".join(one.name.split()).casefold()], one.level) for task_id, one in rows])
