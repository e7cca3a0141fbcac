"""Facts about bookings and time off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class BookingsChanged(Event):
    """Time for a subject was booked, moved, confirmed or released."""

    name: ClassVar[str] = "staff.bookings.changed"
    noun: str
    ref_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.ref_id),)


@dataclass(frozen=True, slots=True)
class _AboutTimeOff(Event):
    time_off_id: int
    person_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("staff.person", self.person_id),)


@dataclass(frozen=True, slots=True)
class TimeOffRequested(_AboutTimeOff):
    name: ClassVar[str] = "staff.time_off.requested"


@dataclass(frozen=True, slots=True)
class TimeOffDecided(_AboutTimeOff):
    name: ClassVar[str] = "staff.time_off.decided"
