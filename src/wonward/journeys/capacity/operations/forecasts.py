"""Keeping each week's forecast, and what its week asked in the end, so that forecasts can be judged."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from wonward.engines.forecast import SimulationUnavailable
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.capacity.models import ForecastWeek
from wonward.journeys.capacity.queries.forecasts import read_forecast, read_hours_of_weeks
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.kernel.actor import system_actor

MOST_WEEKS_LATE = 8
KEPT_FOR = timedelta(weeks=156)


def keep_forecast(*, now: datetime) -> bool:
    """Keep this week's forecast once, and what the weeks gone by have asked; whether it was new.

    Weeks in which nothing ran are filled in for what came, eight at most; their forecasts are lost. Three years are kept.
    """
    week = monday_of(civil_date(now, get_organisation().time_zone))
    if ForecastWeek.objects.filter(week=week).exists():
        return False
    try:
        forecast = read_forecast(actor=system_actor(), week=week)
    except SimulationUnavailable:
        return False
    earlier = ForecastWeek.objects.filter(week__lt=week)
    first = earlier.order_by("week").values_list("week", flat=True).first()
    came = _hours_missing(first, week)
    with transaction.atomic():
        for day, hours in came.items():
            ForecastWeek.objects.update_or_create(week=day, defaults={"came": hours}, create_defaults={"came": hours, "kept_at": now})
        _, is_new = ForecastWeek.objects.get_or_create(week=week, defaults={"forecast": forecast, "kept_at": now})
        ForecastWeek.objects.filter(week__lt=week - KEPT_FOR).delete()
    return is_new


def _hours_missing(first: date | None, week: date) -> dict[date, dict[str, float]]:
    """What the weeks since the first forecast have asked, as far as nobody wrote it down yet."""
    if first is None:
        return {}
    known = set(ForecastWeek.objects.filter(came__isnull=False).values_list("week", flat=True))
    wanted = [week - timedelta(weeks=back) for back in range(MOST_WEEKS_LATE, 0, -1)]
    wanted = [day for day in wanted if day >= first and day not in known]
    if not wanted:
        return {}
    hours = read_hours_of_weeks(actor=system_actor(), first=wanted[0], weeks=(week - wanted[0]).days // 7)
    return {day: hours[day] for day in wanted}
