"""What an objective says on a day, worked out of plain facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median

from wonward.journeys.insights.types import (
    LINKED,
    MEASURES,
    Fact,
    Measure,
    ObjectiveFields,
    Progress,
    Standing,
    Unit,
)
from wonward.kernel.errors import FieldError
from wonward.kernel.ref import Ref

LONGEST_DAYS = 732
MOST_LINKS = 50
LARGEST_TARGET = 10**15


def objective_errors(fields: ObjectiveFields) -> list[FieldError]:
    """What is wrong with an objective, field by field."""
    errors: list[FieldError] = []
    measure = MEASURES.get(fields.measure)
    if not fields.name.strip():
        errors.append(FieldError("name", "Give the objective a name.", "required"))
    elif len(fields.name.strip()) > 160:
        errors.append(FieldError("name", "A name has at most 160 characters."))
    if measure is None:
        errors.append(FieldError("measure", "Choose one of the measures.", "unknown"))
    if fields.ends_date < fields.starts_date:
        errors.append(FieldError("ends_date", "The last day comes before the first."))
    elif (fields.ends_date - fields.starts_date).days > LONGEST_DAYS:
        errors.append(FieldError("ends_date", "An objective lasts two years at most."))
    if fields.person_id is not None and fields.team_id is not None:
        errors.append(FieldError("team_id", "An objective belongs to a colleague or to a team, not to both."))
    if len(fields.note) > 2000:
        errors.append(FieldError("note", "A note has at most 2,000 characters."))
    if measure is not None:
        errors += _target_errors(fields, measure)
        errors += _link_errors(fields, measure)
    return errors


def _target_errors(fields: ObjectiveFields, measure: Measure) -> Iterator[FieldError]:
    if fields.target is None:
        if not follows_goals(fields):
            yield FieldError("target", "Say what is to be reached.", "required")
    elif not 0 < fields.target <= LARGEST_TARGET:
        yield FieldError("target", "A target is more than nothing.")
    elif measure.unit is Unit.PERCENT and fields.target > 100:
        yield FieldError("target", "A share is at most 100 percent.")
    if follows_goals(fields) and not are_whole_months(fields.starts_date, fields.ends_date):
        yield FieldError("ends_date", "Won value of a person or of everybody is counted in whole months, as the sales goals are.")


def _link_errors(fields: ObjectiveFields, measure: Measure) -> Iterator[FieldError]:
    if any(ref.noun not in LINKED for ref in fields.links):
        yield FieldError("links", "Only deals and projects can be linked.")
    if len(fields.links) > MOST_LINKS:
        yield FieldError("links", "At most 50 deals and projects can be linked.")
    if fields.links and not measure.on_links:
        yield FieldError("links", "Leads belong to no deal yet: this measure cannot be narrowed to deals and projects.")


def follows_goals(fields: ObjectiveFields) -> bool:
    """Whether the target is what the sales goals of its months say, so that there is one truth about what is to be won."""
    return fields.measure == "won_value" and fields.team_id is None and not fields.links


def are_whole_months(start: date, finish: date) -> bool:
    """From a first of a month to an end of one."""
    return start.day == 1 and (finish + timedelta(days=1)).day == 1


def months_of(start: date, finish: date) -> list[date]:
    """The first days of the months between two days."""
    found, month = [], start.replace(day=1)
    while month <= finish:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def spread(amount: int, parts: int) -> list[int]:
    """An amount in equal parts; what cannot be shared goes to the first ones. Their sum is the amount."""
    each, left = divmod(amount, parts)
    return [each + (1 if place < left else 0) for place in range(parts)]


def counting(
    facts: Iterable[Fact], *, start: date, finish: date, people: Collection[int] | None, links: Collection[Ref]
) -> list[Fact]:
    """The facts of a period that count for these people (None: for everybody) and these deals and projects (none: for all)."""
    wanted = frozenset(links)
    return [
        one for one in facts
        if start <= one.day <= finish and (people is None or not one.people.isdisjoint(people)) and (not wanted or not wanted.isdisjoint(one.hosts))
    ]


def progress_of(measure: Measure, facts: Sequence[Fact], *, target: int | None, start: date, finish: date, today: date) -> Progress:
    """How far an objective is. A sum is on track while it keeps up with the time that is gone; a share while it meets the target."""
    value = _value(measure, facts)
    elapsed = _elapsed(start, finish, today)
    cases = sum(one.is_hit for one in facts) if measure.is_sum else len(facts)
    share = _share(measure, value, target)
    return Progress(value, cases, target, share, elapsed, _standing(measure, value, target, elapsed, today > finish))


def _value(measure: Measure, facts: Sequence[Fact]) -> int | None:
    if measure.is_sum:
        return sum(one.value for one in facts if one.is_hit)
    if not facts:
        return None
    if measure.unit is Unit.PERCENT:
        return round(100 * sum(one.is_hit for one in facts) / len(facts))
    return round(median(one.value for one in facts))


def _elapsed(start: date, finish: date, today: date) -> int:
    days, gone = (finish - start).days + 1, (today - start).days + 1
    return max(0, min(1000, 1000 * gone // days))


def _share(measure: Measure, value: int | None, target: int | None) -> int:
    if value is None or not target:
        return 0
    if measure.is_less_better:
        return 1000 if value <= target else 1000 * target // value
    return min(1000, 1000 * value // target)


def _standing(measure: Measure, value: int | None, target: int | None, elapsed: int, is_over: bool) -> Standing:
    if target is None:
        return Standing.NO_TARGET
    if elapsed == 0:
        return Standing.AHEAD
    if value is None:
        return Standing.NOTHING_YET
    is_met = value <= target if measure.is_less_better else value >= target
    if is_over:
        return Standing.REACHED if is_met else Standing.MISSED
    if is_met:
        return Standing.REACHED if measure.is_sum else Standing.ON_TRACK
    keeps_up = measure.is_sum and 1000 * value >= target * elapsed
    return Standing.ON_TRACK if keeps_up else Standing.BEHIND
