"""Hours sold by role take the place of those the template plans: its tasks share them as they shared their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from wonward.domains.catalog.types import BlueprintItem, Hours, RoleEffort, SoldLine


def hours_of(items: Sequence[BlueprintItem]) -> Hours:
    """The minutes that items ask of each role, in the order the roles come; work of nobody's role stands under an empty name."""
    found: dict[str, tuple[str, int]] = {}
    for item in items:
        for role, minutes in _parts(item):
            if minutes:
                first, so_far = found.get(role.casefold(), (role, 0))
                found[role.casefold()] = first, so_far + minutes
    return tuple(found.values())


def planned_hours(line: SoldLine) -> dict[str, int]:
    """Minutes by role for the whole line, where somebody set them."""
    return {role: int(minutes * line.quantity) for role, minutes in line.hours or ()}


def put_hours(items: Sequence[BlueprintItem], line: SoldLine, prefix: str = "") -> list[BlueprintItem]:
    """The items with the hours of the line, when it has any of its own; a role that no item knows gets a task of its own."""
    if line.hours is None:
        return list(items)
    wanted = {role.casefold(): (role, minutes) for role, minutes in planned_hours(line).items()}
    before = {role.casefold(): minutes for role, minutes in hours_of(items)}
    given: dict[str, int] = dict.fromkeys(before, 0)
    made = [_shared(item, wanted, before, given) for item in items]
    more = [(role, minutes) for key, (role, minutes) in wanted.items() if key not in before and minutes]
    return made + [
        BlueprintItem(f"{prefix}hours-{place}", "task", role, None, 480, minutes, role, (), "", ()) for place, (role, minutes) in enumerate(more, start=1)
    ]


def task_with_hours(task: BlueprintItem, line: SoldLine) -> BlueprintItem:
    """The one task of a service without template, with the hours of its line."""
    parts = [(role, minutes) for role, minutes in planned_hours(line).items() if minutes]
    if line.hours is None:
        return task
    role = parts[0][0] if len(parts) == 1 else ""
    efforts = tuple(RoleEffort(name, minutes) for name, minutes in parts) if len(parts) > 1 else ()
    return replace(task, effort_minutes=sum(minutes for _, minutes in parts), role=role, efforts=efforts)


def _parts(item: BlueprintItem) -> list[tuple[str, int]]:
    if item.kind == "phase":
        return []
    return [(part.role, part.minutes) for part in item.efforts] or [(item.role, item.effort_minutes)]


def _shared(
    item: BlueprintItem, wanted: Mapping[str, tuple[str, int]], before: Mapping[str, int], given: dict[str, int]
) -> BlueprintItem:
    """One item with its part of what each role gives. What was given is kept exactly, however the shares are rounded."""
    made = []
    for role, minutes in _parts(item):
        key = role.casefold()
        total = wanted[key][1] if key in wanted else 0
        done = given.get(key, 0)
        if minutes:
            given[key] = done + minutes
            minutes = total * given[key] // before[key] - total * done // before[key]
        made.append(RoleEffort(role, minutes))
    if not made:
        return item
    return replace(item, effort_minutes=sum(part.minutes for part in made), efforts=tuple(made) if item.efforts else ())


def hours_for_one(items: Sequence[BlueprintItem], effort_minutes: int) -> Hours:
    """What one unit asks of each role; a service without a plan only knows its effort as a whole."""
    return hours_of(items) or ((("", effort_minutes),) if effort_minutes else ())

