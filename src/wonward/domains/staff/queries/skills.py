"""Who can do what, and how well."""

from __future__ import annotations

from collections.abc import Collection

from wonward.domains.staff.models import PersonSkill, Skill


def find_levels(skill_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """The levels of these skills by active person; one query, none without skills. For who may see colleagues."""
    found: dict[int, dict[int, int]] = {}
    if skill_ids:
        links = PersonSkill.objects.filter(skill_id__in=set(skill_ids), person__is_active=True)
        for person_id, skill_id, level in links.values_list("person_id", "skill_id", "level"):
            found.setdefault(person_id, {})[skill_id] = level
    return found


def list_skill_names() -> list[str]:
    """Every skill there is, alphabetically."""
    return list(Skill.objects.order_by("key").values_list("name", flat=True))


def get_skill_names(skill_ids: Collection[int]) -> dict[int, str]:
    """Names by id; no query without ids."""
    return dict(Skill.objects.filter(pk__in=set(skill_ids)).values_list("pk", "name")) if skill_ids else {}


def get_skill_ids(names: Collection[str]) -> dict[str, int]:
    """Ids by case-folded name of the skills there are; no query without names."""
    keys = {" ".join(name.split()).casefold() for name in names}
    return dict(Skill.objects.filter(key__in=keys).values_list("key", "pk")) if keys else {}
