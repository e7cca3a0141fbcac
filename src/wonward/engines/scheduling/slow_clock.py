"""Working time counted day by day: plain enough to judge the tables of the fast engine."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from wonward.kernel.work_calendar import WorkCalendar

ONE_DAY = timedelta(days=1)


class SlowClock:
    """One calendar, walked a day at a time away from ``origin``; totals of walked days are kept."""

    def __init__(self, calendar: WorkCalendar, origin: date) -> None:
        self._calendar = calendar
        self._before: dict[date, int] = {origin: 0}
        self._first = self._last = origin

    def worked_before(self, at: datetime) -> int:
        """Working minutes from the origin's midnight to an instant, negative if it lies earlier."""
        minute = at.hour * 60 + at.minute
        spans = self._calendar.spans_on(at.date())
        return self._total_before(at.date()) + sum(max(0, min(end, minute) - start) for start, end in spans)

    def between(self, first: datetime, last: datetime) -> int:
        """Working minutes from one instant to another, negative if they are the other way round."""
        return self.worked_before(last) - self.worked_before(first)

    def is_start(self, at: datetime) -> bool:
        """Whether a minute worked begins here."""
        minute = at.hour * 60 + at.minute
        return any(start <= minute < end for start, end in self._calendar.spans_on(at.date()))

    def is_finish(self, at: datetime) -> bool:
        """Whether a minute worked ends here."""
        return self.is_start(at - timedelta(minutes=1))

    def start_after(self, at: datetime, minutes: int) -> datetime:
        """Where work goes on ``minutes`` working minutes after (before, if negative) an instant."""
        wanted = self.worked_before(at) + minutes
        day = at.date()
        while self._total_before(day) > wanted:
            day -= ONE_DAY
        while self._total_before(day + ONE_DAY) <= wanted:
            day += ONE_DAY
        left = wanted - self._total_before(day)
        for start, end in self._calendar.spans_on(day):
            if left < end - start:
                return datetime.combine(day, time()) + timedelta(minutes=start + left)
            left -= end - start
        raise AssertionError("the day found has the minute wanted")

    def finish_after(self, at: datetime, minutes: int) -> datetime:
        """Where the last of ``minutes`` working minutes after an instant ends."""
        return self.start_after(at, minutes - 1) + timedelta(minutes=1)

    def _total_before(self, day: date) -> int:
        while self._last < day:
            total = self._before[self._last] + self._calendar.minutes_on(self._last)
            self._last += ONE_DAY
            self._before[self._last] = total
        while self._first > day:
            total = self._before[self._first]
            self._first -= ONE_DAY
            self._before[self._first] = total - self._calendar.minutes_on(self._first)
        return self._before[day]
