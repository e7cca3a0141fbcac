"""Working life in plain values: bookings, time off, employment, skills, rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import WorkCalendar


class BookingStatus(StrEnum):
    """Tentative before the signature, confirmed by the win, released by the loss or by hand."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class Spread(StrEnum):
    """How the minutes of a booking were entered."""

    TOTAL = "total"
    PER_DAY = "per_day"
    PER_WEEK = "per_week"


class TimeOffKind(StrEnum):
    """Why somebody is away."""

    VACATION = "vacation"
    SICK = "sick"
    PARENTAL = "parental"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NewBooking:
    """Time to book: of `person_id`, or of a role by name until somebody is found. `amount_minutes` counts as `spread` says."""

    subject: Ref
    start_date: date
    finish_date: date
    amount_minutes: int
    person_id: int | None = None
    role: str = ""
    spread: Spread = Spread.TOTAL
    status: BookingStatus = BookingStatus.TENTATIVE
    note: str = ""
    is_from_templates: bool = False


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking as planners see it."""

    id: int
    subject: Ref
    person_id: int | None
    person_name: str
    role_id: int | None
    role_name: str
    status: BookingStatus
    start_date: date
    finish_date: date
    minutes: int
    spread: Spread
    amount_minutes: int
    note: str
    is_from_templates: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TimeOffRow:
    """Time off of one person; `minutes_per_day` None is whole days."""

    id: int
    person_id: int
    person_name: str
    kind: TimeOffKind
    start_date: date
    finish_date: date
    minutes_per_day: int | None
    status: str
    note: str
    decided_by: str
    decided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WorkingPerson:
    """Who can be booked, when, for how much, and for what."""

    id: int
    name: str
    job_title: str
    team_id: int | None
    team: str
    role_ids: tuple[int, ...]
    calendar: WorkCalendar
    week_percent: int
    target_percent: int
    employed_from_date: date | None
    employed_until_date: date | None
    is_placeholder: bool
    version: int


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that work asks for, and how well at least: 1 (learning) to 5 (teaches others)."""

    id: int
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """What an hour costs and is billed at from a date on."""

    id: int
    person_id: int | None
    role_id: int | None
    valid_from_date: date
    cost: Money | None
    bill: Money | None


@dataclass(frozen=True, slots=True)
class WorkingLife:
    """What somebody does, can and costs. `skills` are (name, level 1 to 5), best first; `roles` by how they were entered.

    `rate` is the one that counts now, their own or else that of their first role; None without the right to see it.
    """

    id: int
    name: str
    job_title: str
    team: str
    is_active: bool
    is_placeholder: bool
    calendar_id: int | None
    calendar: str
    week_percent: int
    target_percent: int
    employed_from_date: date | None
    employed_until_date: date | None
    roles: tuple[str, ...]
    skills: tuple[tuple[str, int], ...]
    rate: RateRow | None
    is_own_rate: bool
    version: int
