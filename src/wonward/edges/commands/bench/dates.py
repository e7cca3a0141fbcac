"""What asking for a date costs in the product, on a deal whose templates plan a thousand tasks."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from wonward.domains.catalog.types import BlueprintItem, Waits
from wonward.domains.staff.types import WorkingPerson
from wonward.edges.commands.bench.figures import tell
from wonward.journeys.capacity.queries.dates import DateCase, DateQuestion, answer_case, weigh_levers
from wonward.kernel.work_calendar import STANDARD_CALENDAR

ROLES, PEOPLE, SEARCH_SECONDS = 6, 18, 2.0
KICKOFF = date(2026, 12, 7)


def measure_dates(size: int = 1_000) -> None:
    """The answer at once, what would help, and the answer of the search in the background, beside the database."""
    question = question_of(size)
    (found, _), at_once = _timed(lambda: answer_case(question, wanted=None))
    tell("date_answer_at_once", cpu_ms=at_once, tasks=size, draws=found.odds.draws)
    levers, weighing = _timed(lambda: weigh_levers(question, found, wanted=None, today=KICKOFF - timedelta(days=30)))
    tell("date_answer_levers", cpu_ms=weighing, tasks=size, levers=len(levers))
    began = time.perf_counter()
    searched, _ = answer_case(question, wanted=None, seconds=SEARCH_SECONDS)
    tell(
        "date_answer_levelled_anew", wall_ms=round(1000 * (time.perf_counter() - began), 1), goal_ms=3_000, tasks=size,
        earlier_days=(found.finish - searched.finish).days,
    )


def question_of(size: int) -> DateQuestion:
    """Tasks of one to four days by six roles of three people each, each behind one of the twenty before it."""
    dice = random.Random(20260304)
    items = []
    for place in range(size):
        after = tuple(Waits(str(other), "FS", 0) for other in (dice.sample(range(max(0, place - 20), place), 1) if place else ()))
        items.append(BlueprintItem(
            str(place), "task", f"Task {place}", None, 480 * dice.randint(1, 4), 480 * dice.randint(1, 3), f"role {dice.randrange(ROLES)}", after, "", (),
        ))
    people = tuple(
        WorkingPerson(key, f"Person {key}", "", None, "", (key % ROLES + 1,), STANDARD_CALENDAR, 100, 75, None, None, False, 1)
        for key in range(1, PEOPLE + 1)
    )
    roles = {f"role {place}": place + 1 for place in range(ROLES)}
    return DateQuestion(DateCase(tuple(items), roles, KICKOFF, STANDARD_CALENDAR, people, (), {}, {0: 0.5, 1: 0.5}, 1.0, 0.2), {}, {})


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    found = work()
    return found, round(1000 * (time.process_time() - began), 1)
