"""The question behind a date: the work a deal would bring, placed beside everything people are asked already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from wonward.domains.catalog.types import Blueprint, BlueprintItem, Waits
from wonward.domains.delivery.queries.drafts import date_items
from wonward.domains.delivery.queries.leveling import PlanItem, PlanWait
from wonward.domains.staff.types import AskedSkill, TimeOffRow, WorkingPerson
from wonward.journeys.capacity.rules.leveling_world import LevelingWorld
from wonward.kernel.work_calendar import WorkCalendar

EXTRA_SHARE = 15
OVERLAP_SHARE = 10
BEST_LEVEL = 5


@dataclass(frozen=True, slots=True)
class DateCase:
    """A deal's templates from `kickoff` on, who there is, and what everybody is asked by `taken` (resource, day, minutes).

    `roles` maps case-folded names to ids; what no role stands for has a negative id. `late` gives the chance of each number of
    weeks the start is late, the effort is the planned one times a factor of this mean and spread, learned from `sales_behind` finished sales;
    `role_factors` are the factors behind that mean, by case-folded role. `skills` maps case-folded names to ids, negative for what
    nobody ever entered; `levels` are by person and skill.
    """

    items: tuple[BlueprintItem, ...]
    roles: Mapping[str, int]
    kickoff: date
    usual: WorkCalendar
    people: tuple[WorkingPerson, ...]
    time_off: tuple[TimeOffRow, ...]
    taken: Mapping[str, Mapping[date, int]]
    late: Mapping[int, float]
    effort_mean: float
    effort_spread: float
    seed: int = 1
    sales_behind: int = 0
    role_factors: Mapping[str, float] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeverMove:
    """One change of a case: `kind` is person, earlier, overlap, shorten or leave; `key` and `other` are item keys or a role."""

    kind: str
    key: str = ""
    other: str = ""
    items: tuple[BlueprintItem, ...] = ()
    kickoff: date | None = None
    cost_minutes: int = 0


def flatten(blueprints: Sequence[Blueprint]) -> tuple[BlueprintItem, ...]:
    """The items of several projects side by side, with keys of their own."""
    found = []
    for number, blueprint in enumerate(blueprints):
        for item in blueprint.items:
            found.append(replace(
                item, key=f"{number}:{item.key}", parent=f"{number}:{item.parent}" if item.parent else None,
                after=tuple(replace(wait, key=f"{number}:{wait.key}") for wait in item.after),
                offset_in=f"{number}:{item.offset_in}" if item.offset_in else None,
            ))
    return tuple(found)


def world_of(case: DateCase) -> LevelingWorld:
    """The case as plans to level: items have the ids 1, 2, … in their order. Refused when the items cannot be dated."""
    kickoff = case.usual.next_working_day(case.kickoff)
    dated = date_items(case.items, start_date=kickoff, promised_finish_date=None, calendar=case.usual)
    ids = {item.key: place for place, item in enumerate(case.items, 1)}
    rows, waits, shares = [], [], {}
    for item in case.items:
        timing = dated[item.key].timing
        start, finish = timing.start_at, timing.finish_at
        rows.append(PlanItem(
            ids[item.key], 1, item.kind, item.name, ids[item.parent] if item.parent else None, start.date(), start.hour * 60 + start.minute,
            finish.date(), finish.hour * 60 + finish.minute, 0 if item.is_moment else item.duration_minutes, item.effort_minutes, 0, "todo",
            "ASAP", None, None, case.roles.get(item.role.strip().casefold()) if item.role else None, None,
        ))
        waits += [PlanWait(ids[wait.key], ids[item.key], wait.type, wait.lag_minutes, wait.lag_unit) for wait in item.after]
        if item.efforts:
            shares[ids[item.key]] = [(case.roles[part.role.strip().casefold()], part.minutes) for part in item.efforts]
    asked = {
        ids[item.key]: [AskedSkill(case.skills[one.name.strip().casefold()], one.name, one.level) for one in item.skills]
        for item in case.items if item.skills
    }
    return LevelingWorld(
        kickoff, tuple(rows), tuple(waits), shares, {1: case.usual}, case.usual, case.people, case.time_off, case.taken, tiers={1: 1},
        skills=asked, levels=case.levels,
    )


def earliest_without_people(case: DateCase) -> date:
    """When the work would end if everybody it asks for were always there; nothing that keeps its links and lengths ends earlier."""
    dated = date_items(case.items, start_date=case.usual.next_working_day(case.kickoff), promised_finish_date=None, calendar=case.usual)
    return max((one.timing.finish_at.date() for one in dated.values()), default=case.kickoff)


def pulled(case: DateCase, move: LeverMove) -> DateCase:
    """A copy of the case with one lever pulled."""
    if move.kind == "earlier" and move.kickoff is not None:
        return replace(case, kickoff=move.kickoff)
    if move.kind == "leave":
        return replace(case, items=move.items)
    if move.kind == "person":
        helper = WorkingPerson(-1, "", "", None, "", (case.roles[move.key],), case.usual, 100, 100, None, None, True, 1)
        return replace(case, people=(*case.people, helper), levels={**case.levels, -1: dict.fromkeys(case.skills.values(), BEST_LEVEL)})
    return replace(case, items=tuple(_changed(item, move) for item in case.items))


def _changed(item: BlueprintItem, move: LeverMove) -> BlueprintItem:
    if item.key != move.key:
        return item
    if move.kind == "shorten":
        efforts = tuple(replace(part, minutes=part.minutes * (100 + EXTRA_SHARE) // 100) for part in item.efforts)
        return replace(
            item, duration_minutes=item.duration_minutes // 2, effort_minutes=item.effort_minutes * (100 + EXTRA_SHARE) // 100, efforts=efforts
        )
    return replace(item, after=tuple(_overlapped(wait, move) for wait in item.after))


def _overlapped(wait: Waits, move: LeverMove) -> Waits:
    if wait.key != move.other:
        return wait
    return replace(wait, type="FS", lag_minutes=wait.lag_minutes - move.cost_minutes * 100 // OVERLAP_SHARE, lag_unit="working")
