"""Who may do a piece of work that names nobody, and what all of them together are asked.

Such work asks a pool: everybody with a role, with skills, or with both. Hours of somebody who stands in several pools are offered
to each of them and counted once: where pools share people, what is asked of all of them has to fit their people together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wonward.domains.staff.rules import lacking
from wonward.domains.staff.types import AskedSkill, WorkingPerson

MOST_JOINT = 24
Levels = Mapping[int, Mapping[int, int]]


def person_key(person_id: int) -> str:
    """The resource of a person."""
    return f"person:{person_id}"


def role_key(role_id: int) -> str:
    """The resource of everybody who has a role."""
    return f"role:{role_id}"


def pool_key(role_id: int | None, skills: Sequence[AskedSkill] = ()) -> str:
    """The resource of everybody with a role and skills; "" where neither is asked for."""
    if not skills:
        return role_key(role_id) if role_id else ""
    return f"able:{role_id or 0}:{'+'.join(f'{one.id}.{one.level}' for one in sorted(skills, key=lambda one: one.id))}"


def joint_key(keys: Iterable[str]) -> str:
    """The resource of everybody in any of these pools."""
    return f"joint:{'|'.join(sorted(keys))}"


def parts_of(key: str) -> list[tuple[int, list[tuple[int, int]]]]:
    """What a pool asks for: role (0 for any) and the skills with their levels; of a joint pool, of each in it."""
    kind, _, rest = key.partition(":")
    if kind == "joint":
        return [part for one in rest.split("|") for part in parts_of(one)]
    if kind == "role":
        return [(int(rest), [])]
    if kind != "able":
        return []
    role, _, skills = rest.partition(":")
    pairs = [one.split(".") for one in skills.split("+")]
    return [(int(role), [(int(skill), int(level)) for skill, level in pairs])]


def who_may(key: str, people: Iterable[WorkingPerson], levels: Levels) -> frozenset[int]:
    """The ids of everybody in a pool, or of one person."""
    if key.startswith("person:"):
        return frozenset([int(key.partition(":")[2])])
    found = set()
    for role_id, skills in parts_of(key):
        asked = [AskedSkill(skill, "", level) for skill, level in skills]
        found |= {
            one.id for one in people if (not role_id or role_id in one.role_ids) and not (asked and lacking(asked, levels.get(one.id, {})))
        }
    return frozenset(found)


@dataclass(slots=True)
class Pools:
    """The pools work asks, with those that make sure that nobody in two of them is counted twice."""

    people: Sequence[WorkingPerson]
    levels: Levels
    members: dict[str, frozenset[int]] = field(default_factory=dict)

    def of(self, key: str) -> frozenset[int]:
        """Everybody in a pool."""
        if key not in self.members:
            self.members[key] = who_may(key, self.people, self.levels)
        return self.members[key]

    def with_joint(self, asked: Iterable[str], beside: Iterable[str] = ()) -> dict[str, frozenset[int]]:
        """The pools asked that have anybody, and the unions of those that share people, the smallest first and at most a few.

        `beside` are pools that other work asks.
        """
        own = {key: self.of(key) for key in sorted(set(asked)) if self.of(key)}
        every = own | {key: self.of(key) for key in sorted(set(beside)) if self.of(key)}
        found = dict(own)
        seen = set(own.values())
        frontier: list[tuple[tuple[str, ...], frozenset[int]]] = [((key,), people) for key, people in own.items()]
        while frontier and len(found) - len(own) < MOST_JOINT:
            wider: list[tuple[tuple[str, ...], frozenset[int]]] = []
            for keys, people in frontier:
                for key, others in every.items():
                    union = people | others
                    if key in keys or not people & others or union in seen:
                        continue
                    seen.add(union)
                    wider.append(((*keys, key), union))
            for keys, union in wider[: MOST_JOINT - len(found) + len(own)]:
                found[joint_key(keys)] = union
            frontier = wider
        return found
