"""Working days as numbers: the axis on which levelling counts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from datetime import date, timedelta

from wonward.kernel.work_calendar import WorkCalendar

ONE_DAY = timedelta(days=1)


class DayAxis:
    """Days on which any of the calendars works; slot 0 is the first such day from `first` on, earlier days are negative."""

    def __init__(self, calendars: Collection[WorkCalendar], *, first: date, earliest: date, last: date) -> None:
        day = min(first, earliest)
        self.days: list[date] = []
        while day <= last:
            if any(calendar.is_working_day(day) for calendar in calendars):
                self.days.append(day)
            day += ONE_DAY
        self._zero = bisect_left(self.days, first)

    @property
    def future(self) -> list[date]:
        """The days from slot 0 on."""
        return self.days[self._zero :]

    def slot(self, day: date) -> int:
        """The slot of a day, or of the next day worked after it."""
        return bisect_left(self.days, day) - self._zero

    def end_slot(self, day: date) -> int:
        """The slot after everything done up to the end of a day."""
        return self.slot(day + ONE_DAY)

    def day(self, slot: int) -> date:
        """The day of a slot; beyond the axis as if every weekday were worked."""
        place = slot + self._zero
        if 0 <= place < len(self.days):
            return self.days[place]
        beyond = place - len(self.days) + 1
        day = self.days[-1] if self.days else date.min
        while beyond > 0:
            day += ONE_DAY
            beyond -= day.weekday() < 5
        return day
