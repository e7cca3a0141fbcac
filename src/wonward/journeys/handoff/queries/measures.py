"""How handoffs go, in numbers that lead to their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from wonward.domains.staff.queries import get_default_calendar, get_person_names
from wonward.foundation.access.policy import require
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.models import Handoff, HandoffQuestion
from wonward.journeys.handoff.queries.handoffs import visible_handoffs
from wonward.journeys.handoff.rules.clock import working_minutes
from wonward.journeys.handoff.rules.measures import middle, repeats
from wonward.journeys.handoff.types import MEASURES, Measures
from wonward.kernel.actor import Actor

ERROR_DAYS = timedelta(days=30)


def get_measures(*, actor: Actor, now: datetime) -> Measures:
    """Completeness, returns, speed, gaps at kickoff, repeated questions and errors of the handoffs the actor sees."""
    require(actor, "handoff.measure.view")
    rows = list(
        visible_handoffs(actor).exclude(status="withdrawn").order_by("pk")
        .values_list("pk", "completeness", "created_at", "accepted_at", "uncovered_at_kickoff", "submitted_by_id", "returns_count")
    )
    returned = list(_questions([row[0] for row in rows]).filter(is_error=False).values_list("handoff_id", "field"))
    fields = Counter(field for _, field in returned)
    people: Counter[int] = Counter()
    for row in rows:
        if row[5] is not None and row[6]:
            people[row[5]] += row[6]
    names = get_person_names(people)
    found = {name: _measured(actor, name, now=now) for name in MEASURES}
    return Measures(
        len(rows), middle(row[1] for row in rows if row[1] is not None), middle(_minutes((row[2], row[3]) for row in rows)),
        {name: len(ids) for name, ids in found.items()}, sum(row[4] or 0 for row in rows), len(_repeated([row[0] for row in rows])),
        _errors([row[0] for row in rows]).count(), tuple(sorted(fields.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(sorted(((key, names.get(key, ""), count) for key, count in people.items()), key=lambda one: (-one[2], one[1]))),
    )


def _minutes(spans: Iterable[tuple[datetime, datetime | None]]) -> list[int]:
    _, calendar = get_default_calendar()
    zone = get_organisation().time_zone
    return [working_minutes(calendar, start, end, zone) for start, end in spans if end is not None]


def _questions(handoff_ids: Iterable[int]) -> QuerySet[HandoffQuestion]:
    return HandoffQuestion.objects.filter(handoff_id__in=list(handoff_ids))


def _errors(handoff_ids: Iterable[int]) -> QuerySet[HandoffQuestion]:
    """Questions raised within 30 days of the acceptance."""
    return _questions(handoff_ids).filter(is_error=True, asked_at__lte=F("handoff__accepted_at") + ERROR_DAYS)


def _repeated(handoff_ids: Iterable[int]) -> set[tuple[int, str]]:
    return repeats(_questions(handoff_ids).order_by("pk").values_list("handoff_id", "field"))


def find_measured(*, actor: Actor, measure: str, field: str = "", person_id: int | None = None, now: datetime) -> set[int]:
    """The handoffs behind one number: those of a measure, narrowed to returns of a field or of what a person submitted."""
    require(actor, "handoff.measure.view")
    ids = _measured(actor, measure if measure in MEASURES else "all", now=now)
    if field:
        ids &= set(_questions(ids).filter(field=field, is_error=False).values_list("handoff_id", flat=True))
    if person_id is not None:
        ids &= set(Handoff.objects.filter(pk__in=ids, submitted_by_id=person_id, returns_count__gt=0).values_list("pk", flat=True))
    return ids


def _measured(actor: Actor, measure: str, *, now: datetime) -> set[int]:
    seen = visible_handoffs(actor).exclude(status="withdrawn")
    narrowed = {
        "incomplete": Q(completeness__lt=100), "returned": Q(returns_count__gt=0), "uncovered": Q(uncovered_at_kickoff__gt=0),
        "late": Q(status="accepted", accepted_at__gt=F("due_at")) | Q(status="awaiting_acceptance", due_at__lt=now),
    }
    ids = set(seen.filter(narrowed.get(measure, Q())).values_list("pk", flat=True))
    if measure == "repeated":
        return {handoff_id for handoff_id, _ in _repeated(ids)}
    if measure == "errors":
        return set(_errors(ids).values_list("handoff_id", flat=True))
    return ids
