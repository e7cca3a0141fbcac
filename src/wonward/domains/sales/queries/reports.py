"""Reports of selling: a fixed number of sums, made by the database over what the viewer sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from wonward.domains.sales.models import Deal, Goal, Lead
from wonward.domains.sales.queries.outcomes import count_outcomes
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.rows import ValueRight
from wonward.domains.sales.types.reports import (
    ForecastRow,
    GoalRow,
    OutcomeRow,
    Period,
    SalesReport,
    SourceReport,
    StageChance,
)
from wonward.domains.staff.queries import get_person_names
from wonward.engines.forecast import calibrate_probability
from wonward.engines.forecast.calibration import FEWEST_DEALS
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

_RESPONSES_READ = 5000


class DaysBetween(Func):
    """Whole days from the second date to the first, as both databases count them."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(julianday(%(expressions)s) AS INTEGER)", arg_joiner=") - julianday(")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ")


class MonthOf(Func):
    """A date as `YYYY-MM`."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7)")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')")


def get_sales_report(
    *, actor: Actor, period: Period, owner_id: int | None = None, pipeline_id: int | None = None, now: datetime
) -> SalesReport:
    """Forecast, outcomes and sources; eight queries whatever the number of rows."""
    chances = list_chances()
    deals = Deal.objects.visible_to(actor)
    if owner_id is not None:
        deals = deals.filter(owner_id=owner_id)
    if pipeline_id is not None:
        deals = deals.filter(pipeline_id=pipeline_id)
    money = _Money(actor)
    open_deals, closed = deals.filter(status="open"), deals.filter(closed_date__range=(period.start, period.finish))
    stage_names = {stage.id: stage.name for row in list_pipelines() for stage in row.stages}
    sums = _open_sums(open_deals, chances)
    past = _Closed(deals, period, money)
    outcome = past.outcomes()
    leads = Lead.objects.visible_to(actor).filter(received_date__range=(period.start, period.finish))
    leads = leads.filter(**{name: key for name, key in (("owner_id", owner_id), ("pipeline_id", pipeline_id)) if key is not None})
    minutes, answered = _responses(leads)
    return SalesReport(
        period=period, today=civil_date(now, actor.time_zone),
        stages=_rows(sums, lambda row: (row[0], stage_names.get(row[0], "")), money, order=list(stage_names)),
        months=_rows(sums, lambda row: (row[3] or "", row[3] or ""), money), owners=_rows(sums, lambda row: (row[1] or 0, row[2] or ""), money),
        chances=chances, outcome=outcome[0], by_owner=outcome[1:], cycle_days=_cycle_days(closed), response_minutes=minutes,
        answered=answered, sources=_sources(leads, past.won_by_source(), money), lost_reasons=past.lost_reasons(),
        goals=list_goals(actor=actor, start=period.start), won_by_month=past.won_by_month(),
    )


def list_chances() -> dict[int, StageChance]:
    """Per open stage, the chance as entered and as the own history says, shrunk towards the entered one."""
    outcomes = count_outcomes()
    found = {}
    for stage in (stage for row in list_pipelines() for stage in row.stages if stage.kind == "open"):
        won, lost = outcomes.get(stage.id, (0, 0))
        evidence = calibrate_probability(won=won, lost=lost, default=stage.probability / 100)
        found[stage.id] = StageChance(stage.id, stage.probability, round(100 * evidence.probability), evidence.count, FEWEST_DEALS)
    return found


class _Money:
    """Sums for those who see every part of them."""

    def __init__(self, actor: Actor) -> None:
        self._shows = ValueRight(actor).is_everywhere
        self._currency = get_organisation().currency

    def of(self, minor: int | float | None) -> Money | None:
        return Money(round(minor or 0), self._currency) if self._shows else None


def _open_sums(deals: QuerySet[Deal], chances: dict[int, StageChance]) -> list[tuple[Any, ...]]:
    """(stage, owner, owner's name, close month, count, value, entered weight, found weight) of open deals."""
    found_chance: Any = Case(
        *[When(stage_id=key, then=Value(one.found)) for key, one in chances.items()], default=Value(0), output_field=IntegerField()
    )
    entered: Any = Coalesce(F("probability"), F("stage__probability"))
    grouped = deals.order_by().values_list("stage_id", "owner_id", "owner__name", MonthOf("expected_close_date")).annotate(
        count=Count("pk"), value=Sum("reporting_minor", default=0), entered=Sum(F("reporting_minor") * entered, default=0),
        found=Sum(F("reporting_minor") * found_chance, default=0),
    )
    return list(grouped)


def _rows(sums: Iterable[tuple[Any, ...]], key_of: Any, money: _Money, *, order: list[int] | None = None) -> list[ForecastRow]:
    """The sums folded by stage, owner or month."""
    folded: dict[Any, list[Any]] = {}
    for row in sums:
        key, name = key_of(row)
        one = folded.setdefault(key, [name, 0, 0, 0, 0])
        for place, value in enumerate(row[4:8], 1):
            one[place] += value
    keys = [key for key in order if key in folded] if order is not None else sorted(folded, key=str)
    return [
        ForecastRow(key, name, count, money.of(value), money.of(entered / 100), money.of(found / 100))
        for key in keys for name, count, value, entered, found in [folded[key]]
    ]


class _Closed:
    """Closed deals of a period in one read: won ones by owner, source and month, lost ones by owner and reason.

    Months are read whole: a goal is held against all that was won in its month, also before the period begins.
    """

    def __init__(self, deals: QuerySet[Deal], period: Period, money: _Money) -> None:
        won = Q(status="won")
        why: Any = Case(When(won, then=F("source")), default=F("lost_reason"), output_field=CharField())
        month: Any = Case(When(won, then=MonthOf("closed_date")), default=Value(""), output_field=CharField())
        closed = deals.filter(status__in=("won", "lost"), closed_date__range=(period.start.replace(day=1), period.finish))
        is_within: Any = Case(When(closed_date__gte=period.start, then=Value(1)), default=Value(0), output_field=IntegerField())
        grouped = closed.order_by().values_list("owner_id", "status", why, month, is_within)
        found = [(*row[:4], *row[5:], row[4]) for row in grouped.annotate(count=Count("pk"), value=Sum("reporting_minor", default=0))]
        self._rows: list[tuple[Any, ...]] = [row[:-1] for row in found if row[-1]]
        self._months: list[tuple[Any, ...]] = [row[:-1] for row in found]
        self._money = money

    def outcomes(self) -> list[OutcomeRow]:
        """Won and lost altogether first, then by owner, the most won value first."""
        names = get_person_names({row[0] for row in self._rows})
        folded: dict[int, list[int]] = {}
        for owner_id, status, _why, _month, count, value in self._rows:
            sums = folded.setdefault(owner_id or 0, [0, 0, 0, 0])
            place = 0 if status == "won" else 1
            sums[place] += count
            sums[place + 2] += value
        owners = sorted(folded.items(), key=lambda one: (-one[1][2], names.get(one[0], "")))
        total = [sum(sums[place] for _key, sums in owners) for place in range(4)]
        lines = [(0, "", total), *((key, names.get(key, ""), sums) for key, sums in owners)]
        return [OutcomeRow(key, name, wins, losses, self._money.of(gain), self._money.of(loss)) for key, name, (wins, losses, gain, loss) in lines]

    def won_by_source(self) -> dict[str, tuple[int, int]]:
        """Count and value of won deals per source."""
        return _sums(self._rows, lambda row: row[2] if row[1] == "won" else None)

    def lost_reasons(self) -> list[tuple[str, int, Money | None]]:
        """The ten most frequent reasons with count and value."""
        found = _sums(self._rows, lambda row: row[2] if row[1] == "lost" else None)
        rows = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:10]
        return [(reason, count, self._money.of(value)) for reason, (count, value) in rows]

    def won_by_month(self) -> dict[date, Money]:
        """Value of won deals by the first day of their month; nothing for those who do not see it."""
        found = {}
        for month, (_count, value) in sorted(_sums(self._months, lambda row: row[3] if row[1] == "won" else None).items()):
            amount = self._money.of(value)
            if month and amount is not None:
                found[date.fromisoformat(f"{month}-01")] = amount
        return found


def _sums(rows: Iterable[tuple[Any, ...]], key_of: Callable[[tuple[Any, ...]], str | None]) -> dict[str, tuple[int, int]]:
    """Count and value of the rows by a key; rows without one are left out."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        key = key_of(row)
        if key is not None:
            count, value = sums.get(key, (0, 0))
            sums[key] = (count + row[4], value + row[5])
    return sums


def _cycle_days(closed: QuerySet[Deal]) -> int | None:
    """The median of days from opening to winning, from how many deals took how many days."""
    counted = closed.filter(status="won").order_by().values_list(DaysBetween("closed_date", "opened_date")).annotate(count=Count("pk"))
    days = sorted((days, count) for days, count in counted if days is not None)
    left = sum(count for _days, count in days) / 2
    for took, count in days:
        left -= count
        if left <= 0:
            return int(took)
    return None


def _responses(leads: QuerySet[Lead]) -> tuple[int | None, int]:
    """Median minutes to the first response to the newest leads of the period, and how many were answered."""
    pairs = leads.filter(responded_at__isnull=False, is_history=False).order_by("-received_at").values_list("received_at", "responded_at")[:_RESPONSES_READ]
    minutes = [max(0, int((answered - received).total_seconds() // 60)) for received, answered in pairs if answered]
    return (int(median(minutes)), len(minutes)) if minutes else (None, 0)


def _sources(leads: QuerySet[Lead], won: Mapping[str, tuple[int, int]], money: _Money) -> list[SourceReport]:
    """From leads to money by source, the most money first; one query."""
    counted = leads.order_by().values_list("source").annotate(count=Count("pk"), converted=Count("pk", filter=Q(status="converted")))
    known = {source: (count, converted) for source, count, converted in counted}
    rows = [
        (source, *known.get(source, (0, 0)), *won.get(source, (0, 0))) for source in sorted({*known, *won})
    ]
    rows.sort(key=lambda row: (-row[4], -row[1], row[0]))
    return [SourceReport(source, count, converted, wins, money.of(value)) for source, count, converted, wins, value in rows[:20]]


def list_goals(*, actor: Actor, start: date) -> list[GoalRow]:
    """Goals from a month on, for those who see what is won."""
    if not ValueRight(actor).is_everywhere:
        return []
    currency = get_organisation().currency
    rows = Goal.objects.filter(month__gte=start.replace(day=1)).order_by("month", "person_id")
    return [GoalRow(person, month, Money(minor, currency)) for person, month, minor in rows.values_list("person_id", "month", "amount_minor")]




def list_month_goals(*, months: Collection[date]) -> dict[tuple[int | None, date], int]:
    """Goals by person (None: everybody together) and first day of the month, in minor units of the reporting currency; one query."""
    rows = Goal.objects.filter(month__in=months).values_list("person_id", "month", "amount_minor")
    return {(person_id, month): minor for person_id, month, minor in rows}
