"""Answering "can we promise this date?": the earliest end beside everything else, its odds, what binds it, what would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil

from wonward.domains.staff.rules import days_between
from wonward.engines.forecast import Completion, FrozenPlan, FrozenTask, simulate_completion
from wonward.engines.leveling import Binding, LevelingProblem, LevelingResult, Reason, Status, solve
from wonward.engines.scheduling import LinkType
from wonward.journeys.capacity.rules.date_case import DateCase, world_of
from wonward.journeys.capacity.rules.effort import factor_of_items
from wonward.journeys.capacity.rules.leveling_problem import build_model
from wonward.journeys.capacity.rules.leveling_words import listed, note_words, why_moved
from wonward.journeys.capacity.rules.leveling_world import LevelingModel, LevelingWorld
from wonward.kernel.errors import Refused
from wonward.kernel.wording import joined, worded

DRAWS = 1000
_HELD = (Binding.RESOURCE, Binding.ABSENCE, Binding.SKILL, Binding.PLAN, Binding.CALENDAR)


@dataclass(frozen=True, slots=True)
class Settled:
    """A case settled: the earliest end with what is known of people, and when it ends once durations and start are in doubt."""

    world: LevelingWorld
    model: LevelingModel
    result: LevelingResult
    finish: date
    odds: Completion

    def day(self, share: float) -> date:
        """The day by which it ends in this share of the worlds."""
        return self.model.axis.day(max(0, ceil(self.odds.quantile(share) - 1e-6) - 1))

    def chance_by(self, day: date) -> float:
        """The share of the worlds in which it ends by this day."""
        return self.odds.chance_by(self.model.axis.end_slot(day))

    def chances(self) -> list[tuple[date, float]]:
        """Every day on which it ends in some world, with the share of the worlds in which it has ended by then."""
        ends = Counter(max(0, ceil(finish - 1e-6) - 1) for finish in self.odds.finishes)
        slots = sorted(ends)
        return [(self.model.axis.day(slot), ended / self.odds.draws) for slot, ended in zip(slots, accumulate(ends[one] for one in slots), strict=True)]


def settle(case: DateCase, *, seconds: float = 0.0) -> Settled:
    """Place the work at its earliest beside everything else, then let durations and start vary. Refused when no end exists."""
    world = world_of(case)
    model = build_model(world)
    result = solve(model.problem, seconds=seconds, seed=case.seed, tier=2 if seconds else 1)
    if result.status not in (Status.OPTIMAL, Status.FEASIBLE):
        raise Refused.field("deal_id", "No end can be found: somebody this work needs is never there.", "impossible")
    last = max(result.finishes.values(), default=0)
    plan = FrozenPlan(
        frozen_tasks(model.problem, result, _factors_of(case)), 1.0, case.effort_spread,
        _late_days(case.late, sum(1 for spans in case.usual.week if spans)),
    )
    odds = simulate_completion(plan, draws=DRAWS, seed=case.seed)
    return Settled(world, model, result, model.axis.day(max(0, last - 1)), odds)


def _factors_of(case: DateCase) -> dict[str, float]:
    """How many times its planned hours each task takes, as its roles went before."""
    return {str(place): factor_of_items([item], case.role_factors) for place, item in enumerate(case.items, 1)}


def _late_days(late: Mapping[int, float], days_a_week: int) -> dict[int, float]:
    """Weeks late as working days; an early start does not free anybody earlier."""
    days: dict[int, float] = {}
    for weeks, chance in late.items():
        days[max(0, weeks) * days_a_week] = days.get(max(0, weeks) * days_a_week, 0.0) + chance
    return days


def frozen_tasks(problem: LevelingProblem, result: LevelingResult, factors: Mapping[str, float]) -> tuple[FrozenTask, ...]:
    """The levelled plan as one whose order stands; what people or days away hold begins no earlier than levelled.

    `factors` by the key of a task; 1 where there is none.
    """
    tasks = {task.key: task for task in problem.tasks}
    waiting: dict[str, list[tuple[str, str, float]]] = {key: [] for key in tasks}
    for link in problem.links:
        from_what = "finish" if link.type in (LinkType.FS, LinkType.FF) else "start"
        lag = float(link.lag)
        if link.type in (LinkType.FF, LinkType.SF):
            lag -= result.finishes[link.to_key] - result.starts[link.to_key]
        waiting[link.to_key].append((link.from_key, from_what, lag))
    order = _ordered(waiting)
    place = {key: number for number, key in enumerate(order)}
    held = {reason.task for reason in result.reasons if reason.binding in _HELD}
    frozen = []
    for key in order:
        needs = max([(result.finishes if what == "finish" else result.starts)[other] + lag for other, what, lag in waiting[key]], default=0.0)
        start = result.starts[key]
        frozen.append(FrozenTask(
            float(tasks[key].duration), float(start) if key in held or start > needs else 0.0,
            tuple((place[other], what, lag) for other, what, lag in waiting[key]), factors.get(key, 1.0),
        ))
    return tuple(frozen)


def _ordered(waiting: Mapping[str, list[tuple[str, str, float]]]) -> list[str]:
    left = {key: {other for other, _, _ in waits} for key, waits in waiting.items()}
    after: dict[str, list[str]] = {}
    for key, others in left.items():
        for other in others:
            after.setdefault(other, []).append(key)
    ready = [key for key, others in left.items() if not others]
    order = []
    while ready:
        key = ready.pop()
        order.append(key)
        for follower in after.get(key, ()):
            left[follower].discard(key)
            if not left[follower]:
                ready.append(follower)
    return order


def binding_of(case: DateCase, settled: Settled, names: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
    """What the end hangs on: (role, person, absence, holiday or predecessor), a sentence, and the keys of the chain that makes it."""
    chain = critical_chain(settled)
    reasons = {reason.task: reason for reason in settled.result.reasons}
    words = {f"task:{place}": item.name for place, item in enumerate(case.items, 1)} | dict(names)
    keys = tuple(case.items[int(key) - 1].key for key in chain)
    for key in reversed(chain):
        reason = reasons.get(key)
        if reason and reason.binding in (Binding.RESOURCE, Binding.ABSENCE):
            kind = (reason.resource or "").partition(":")[0]
            because = why_moved(_as_move(reason, settled), words, settled.world.first)
            return {"role": "role", "joint": "role", "able": "skill", "person": "person"}.get(kind, "absence"), worded(
                "“{name}” begins on {day}: {because}", name=words[f"task:{key}"], day=settled.model.axis.day(reason.to_start), because=because
            ), keys
    names_in_chain = [f"“{words[f'task:{key}']}”" for key in chain]
    days = settled.model.axis.end_slot(settled.finish)
    holidays = [
        day for day in days_between(settled.world.first, settled.finish) if case.usual.exceptions.get(day) == () and case.usual.week[day.weekday()]
    ]
    sentence = worded("The longest chain takes {days} working days: {names}.", days=days, names=" → ".join(names_in_chain[:6]))
    if len(holidays) == 1:
        return "holiday", joined([sentence, worded("One holiday lies in it: {day}.", day=holidays[0])]), keys
    if holidays:
        return "holiday", joined([sentence, worded("{count} holidays lie in it, such as {day}.", count=len(holidays), day=holidays[0])]), keys
    return "predecessor", sentence, keys


def _as_move(reason: Reason, settled: Settled) -> dict[str, object]:
    return {
        "binding": str(reason.binding), "resource": reason.resource, "blockers": [int(key) for key in reason.blockers if key.isdecimal()],
        "day": settled.model.axis.day(reason.slot).isoformat() if reason.slot is not None else None,
    }


def critical_chain(settled: Settled) -> list[str]:
    """The tasks that make the end what it is, the first one first: back from the last finish along what each begins at."""
    result, problem = settled.result, settled.model.problem
    real = {task.key for task in problem.tasks if task.key.isdecimal() and task.duration}
    if not real:
        return []
    blockers = {reason.task: reason.blockers for reason in result.reasons if reason.binding is Binding.RESOURCE}
    before: dict[str, list[str]] = {}
    for link in problem.links:
        before.setdefault(link.to_key, []).append(link.from_key)
    key = max(real, key=lambda one: (result.finishes[one], one))
    chain, seen = [key], {key}
    while True:
        around = [*before.get(key, ()), *blockers.get(key, ())]
        causes = [one for one in around if one in result.finishes and one not in seen]
        if not causes:
            break
        key = max(causes, key=lambda one: (result.finishes[one], one))
        seen.add(key)
        if key in real:
            chain.append(key)
    return chain[::-1]


def answer_notes(settled: Settled, case: DateCase, names: Mapping[str, str]) -> list[str]:
    """What was counted otherwise than planned or not at all, in sentences; the roles nobody has together."""
    words = {f"task:{place}": item.name for place, item in enumerate(case.items, 1)} | dict(names)
    roles = listed([words.get(note.subject, "") for note in settled.model.notes if note.code == "nobody"])
    found: list[str] = [worded("Nobody works as {roles}; that work is dated as if somebody did.", roles=roles)] if roles else []
    if case.sales_behind and round(case.effort_mean, 2) != 1:
        sales = worded("one finished sale") if case.sales_behind == 1 else worded("{count} finished sales", count=case.sales_behind)
        found.append(worded(
            "The odds count its hours {factor} times as planned, as {sales} went (as re-planned, not as worked).", factor=f"{case.effort_mean:.2f}", sales=sales,
        ))
    return found + [note_words(note.code, note.subject, note.count, words, note.other) for note in settled.model.notes if note.code != "nobody"][:3]
