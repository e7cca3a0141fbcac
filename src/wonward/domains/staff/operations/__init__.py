"""People, their sign-ins and rights, their roles, calendars and bookings."""

from wonward.domains.staff.operations.bookings import (
    confirm_bookings,
    ensure_roles,
    put_roles,
    release_bookings,
)
from wonward.domains.staff.operations.calendars import (
    DayException,
    add_holidays,
    change_calendar,
    create_calendar,
    list_holiday_countries,
    list_holidays,
)
from wonward.domains.staff.operations.house import change_house, put_rate, remove_rate, renumber
from wonward.domains.staff.operations.people import (
    EDITABLE_FIELDS,
    NewPerson,
    change_person,
    create_people,
    deactivate_people,
)
from wonward.domains.staff.operations.rights import set_role_rights, set_team_name, set_team_rights
from wonward.domains.staff.operations.security import (
    accept_invitation,
    add_token,
    change_own_preferences,
    change_password,
    drop_factor,
    end_browser,
    end_other_browsers,
    end_token,
    new_recovery_codes,
    request_password_reset,
    reset_password,
    turn_factor_on,
)
from wonward.domains.staff.operations.sign_ins import (
    change_sign_in,
    give_sign_in,
    invite_person,
    send_invitation,
)

__all__ = [
    "DayException", "EDITABLE_FIELDS", "NewPerson", "accept_invitation", "add_holidays", "add_token", "change_calendar", "change_house",
    "create_calendar", "list_holiday_countries", "list_holidays", "put_rate", "remove_rate", "renumber", "change_own_preferences", "change_password",
    "change_person", "change_sign_in", "confirm_bookings", "create_people", "deactivate_people", "drop_factor", "end_browser",
    "end_other_browsers", "end_token", "ensure_roles", "give_sign_in", "invite_person", "new_recovery_codes", "put_roles",
    "release_bookings", "request_password_reset", "reset_password", "send_invitation", "set_role_rights", "set_team_name",
    "set_team_rights", "turn_factor_on",
]
