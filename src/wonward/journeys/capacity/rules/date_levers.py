"""What would end a deal's work earlier: few changes worth trying, each pulled in a copy and settled as the answer was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from wonward.journeys.capacity.rules.date_answer import Settled, settle
from wonward.journeys.capacity.rules.date_case import (
    OVERLAP_SHARE,
    DateCase,
    LeverMove,
    earliest_without_people,
    pulled,
)
from wonward.journeys.capacity.rules.leveling_answer import worked_slots
from wonward.journeys.capacity.rules.pools import parts_of
from wonward.journeys.capacity.types import DateLever
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

MOST_LEVERS = 3
MOST_TRIED = 8
# Of each kind at least so many are tried before more of another.
_OF_EACH = {"earlier": 1, "overlap": 2, "shorten": 2, "person": 2, "leave": 1}
_LONG_MINUTES = 960
_MOST_VARIANTS = 8


def find_levers(
    case: DateCase, settled: Settled, chain: tuple[str, ...], *, wanted: date | None, today: date, variants: Mapping[str, tuple[object, ...]],
    role_names: Mapping[str, str], seconds: float = 0.0,
) -> list[DateLever]:
    """The cheapest three changes that end the work earlier, each pulled in a copy of the case and settled again.

    `variants` are the items that are left when one service of the deal is left out, by its name. `seconds` are those `settled`
    was searched for, so that a gain compares like with like.
    """
    found = []
    for move in worth_trying(case, settled, chain, today=today, variants=variants):
        try:
            after = settle(pulled(case, move), seconds=seconds)
        except Refused:
            continue
        gained = settled.model.axis.slot(settled.finish) - settled.model.axis.slot(after.finish)
        if gained > 0:
            found.append(DateLever(
                move.kind, lever_words(case, move, role_names), after.finish, gained, after.day(0.5), after.day(0.8),
                round(100 * after.chance_by(wanted)) if wanted else 0, _cost(case, move, after), move,
            ))
    found.sort(key=lambda lever: (lever.cost_minutes, -lever.gained_days))
    return found[:MOST_LEVERS]


def worth_trying(
    case: DateCase, settled: Settled, chain: tuple[str, ...], *, today: date, variants: Mapping[str, tuple[object, ...]]
) -> list[LeverMove]:
    """At most eight changes: some of every kind, those that can gain most first, none that cannot gain a day."""
    bounded = [(move, most) for move, most in _moves(case, settled, chain, today, variants) if most > 0]
    bounded.sort(key=lambda pair: -pair[1])
    chosen: list[LeverMove] = []
    for kind, count in _OF_EACH.items():
        chosen += [move for move, _ in bounded if move.kind == kind][:count]
    chosen += [move for move, _ in bounded if move not in chosen]
    return chosen[:MOST_TRIED]


def _moves(
    case: DateCase, settled: Settled, chain: tuple[str, ...], today: date, variants: Mapping[str, tuple[object, ...]]
) -> Iterator[tuple[LeverMove, int]]:
    """Every change that can be thought of, with the days it can gain at most; found without placing anything again."""
    items = {item.key: item for item in case.items}
    slot = settled.model.axis.slot
    last = slot(settled.finish)
    earlier = case.usual.next_working_day(case.usual.next_working_day(case.kickoff) - timedelta(days=7))
    if earlier >= today:
        yield LeverMove("earlier", kickoff=earlier), 7
    for before, after in zip(chain, chain[1:], strict=False):
        wait = next((one for one in items[after].after if one.key == before and one.type == "FS"), None)
        if wait is not None and items[before].duration_minutes >= _LONG_MINUTES:
            half = items[before].duration_minutes // 2
            yield LeverMove("overlap", after, before, cost_minutes=half * OVERLAP_SHARE // 100), _days(case, half)
    for key in chain:
        if items[key].duration_minutes >= _LONG_MINUTES:
            yield LeverMove("shorten", key, cost_minutes=items[key].effort_minutes * 15 // 100), _days(case, items[key].duration_minutes // 2)
    waiting = last - slot(earliest_without_people(case))
    asked: dict[str, int] = {}
    for key in chain:
        for role in dict.fromkeys((items[key].role, *(part.role for part in items[key].efforts))):
            if role:
                asked[role.strip().casefold()] = asked.get(role.strip().casefold(), 0) + items[key].duration_minutes
    for role in sorted(asked, key=lambda one: -asked[one]):
        yield LeverMove("person", role), waiting
    for name, left in list(variants.items())[:_MOST_VARIANTS]:
        move = LeverMove("leave", name, items=left)  # type: ignore[arg-type]
        yield move, last - slot(earliest_without_people(pulled(case, move)))


def _days(case: DateCase, minutes: int) -> int:
    """Working days that so many minutes take at most."""
    shortest = min((sum(end - start for start, end in spans) for spans in case.usual.week if spans), default=480)
    return -(-minutes // max(1, shortest))


def _cost(case: DateCase, move: LeverMove, after: Settled) -> int:
    """What a lever costs in minutes of work: of the extra person while the role is needed, of what is done twice or left undone."""
    if move.kind == "person":
        role = case.roles[move.key]
        pools = [key for key in after.model.pools if any(asked == role for asked, _ in parts_of(key))]
        tasks = [task for task in after.model.problem.tasks if any(task.demands.get(key) for key in pools)]
        days = {slot for task in tasks for slot in worked_slots(task, after.result.starts[task.key], after.model)}
        week = sum(end - start for spans in case.usual.week for start, end in spans)
        return len(days) * week // max(1, sum(1 for spans in case.usual.week if spans))
    if move.kind == "leave":
        return max(0, sum(item.effort_minutes for item in case.items) - sum(item.effort_minutes for item in move.items))
    return move.cost_minutes


def lever_words(case: DateCase, move: LeverMove, role_names: Mapping[str, str]) -> str:
    """What pulling a lever means."""
    names = {item.key: item.name for item in case.items}
    match move.kind:
        case "earlier":
            return worded("Begin on {day}, a week earlier", day=move.kickoff)
        case "overlap":
            return worded("Begin “{name}” when “{other}” is half done", name=names[move.key], other=names[move.other])
        case "shorten":
            return worded("Put twice as many people on “{name}”", name=names[move.key])
        case "person":
            return worded("Bring in one more {role}", role=role_names.get(move.key, move.key.capitalize()))
        case _:
            return worded("Leave out “{name}” at first", name=move.key)
