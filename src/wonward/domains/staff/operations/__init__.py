"""People, their working life, and what they are booked for."""

from wonward.domains.staff.operations.bookings import (
    change_booking,
    confirm_bookings,
    create_bookings,
    release_bookings,
    require_reserving,
    split_booking,
)
from wonward.domains.staff.operations.people import (
    EDITABLE_FIELDS,
    NewPerson,
    change_person,
    create_people,
    deactivate_people,
    ensure_roles,
    put_roles,
)
from wonward.domains.staff.operations.working_life import (
    create_placeholder,
    decide_time_off,
    put_skills,
    request_time_off,
    set_employment,
    set_rate,
    withdraw_time_off,
)

__all__ = [
    "EDITABLE_FIELDS",
    "NewPerson",
    "change_booking",
    "change_person",
    "confirm_bookings",
    "create_bookings",
    "create_people",
    "create_placeholder",
    "deactivate_people",
    "decide_time_off",
    "ensure_roles",
    "put_roles",
    "put_skills",
    "release_bookings",
    "request_time_off",
    "require_reserving",
    "set_employment",
    "set_rate",
    "split_booking",
    "withdraw_time_off",
]
