"""What the scheduler refuses."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


class ScheduleError(ValueError):
    """The plan cannot be scheduled as given."""


class CycleFound(ScheduleError):
    """Tasks wait for each other in a circle; ``path`` lists the keys, the first repeated at the end."""

    def __init__(self, path: Sequence[Hashable]) -> None:
        self.path = list(path)
        super().__init__("tasks wait for each other: " + " → ".join(str(key) for key in self.path))


class UnknownTask(ScheduleError):
    """A link or a parent names a task the plan does not have."""


class UnknownCalendar(ScheduleError):
    """A task names a calendar the plan does not have."""


class DuplicateTask(ScheduleError):
    """Two tasks have the same key."""


class NegativeDuration(ScheduleError):
    """A task is shorter than nothing."""


class SelfLink(ScheduleError):
    """A task waits for itself."""


class LinkWithinSummary(ScheduleError):
    """A summary is linked to one of the tasks it contains; ``keys`` are the two."""

    def __init__(self, source: Hashable, target: Hashable) -> None:
        self.keys = (source, target)
        super().__init__(f"{source!r} and {target!r} are linked, but one contains the other")


class MissingDate(ScheduleError):
    """A constraint that needs a date has none."""


class AbsurdValue(ScheduleError):
    """A duration or lag above 100 years, a date outside 1970 to 2200, a percentage outside 0 to 100."""


class InvalidDocument(ScheduleError):
    """A problem document cannot be read; the message names the entry."""
