"""Pure decisions about plans: reading entered values, naming why something moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wonward.domains.delivery.types import PRIORITIES, REPEAT_UNITS, TASK_FIELDS, TASK_STATUSES
from wonward.kernel.errors import FieldError

LONGEST_MINUTES = 3650 * 480
MOST_CRITERIA = 50
_DAYS = ("start_date", "deadline_date", "actual_start_date", "actual_finish_date", "repeat_until_date")


def task_errors(fields: Mapping[str, Any], *, label: str) -> list[FieldError]:
    """Why these values cannot be a task's, each naming its field."""
    errors = []
    for field, value in fields.items():
        if field not in TASK_FIELDS:
            errors.append(FieldError(field, f"{field} of a task cannot be changed here.", "unknown"))
        elif field == "name" and not str(value or "").strip():
            errors.append(FieldError(field, "A task needs a name.", "required"))
        elif field == "duration_minutes" and not 0 <= value <= LONGEST_MINUTES:
            errors.append(FieldError("duration_days", f"{label} cannot take {value / 480:g} working days.", "range"))
        elif field == "effort_minutes" and not 0 <= value <= 10_000_000:
            errors.append(FieldError(field, f"{label} cannot need {value} minutes.", "range"))
        elif field == "percent_complete" and not 0 <= value <= 100:
            errors.append(FieldError(field, "Progress lies between 0 and 100 percent.", "range"))
        elif field == "status" and value not in TASK_STATUSES:
            errors.append(FieldError(field, f"“{value}” is not a status; choose {', '.join(TASK_STATUSES)}.", "unknown"))
        elif field in _DAYS and isinstance(value, date) and not 1990 <= value.year <= 2150:
            errors.append(FieldError(field, f"{value} is not a date work can start on.", "range"))
        else:
            errors += _detail_errors(field, value)
    return errors


def _detail_errors(field: str, value: Any) -> list[FieldError]:
    message = ""
    if field == "priority" and value and value not in PRIORITIES:
        message = f"“{value}” is not a priority; choose {', '.join(PRIORITIES)}, or none for the client's."
    elif field == "blocked_reason" and len(value) > 500:
        message = "Say in at most 500 characters what blocks it."
    elif field == "repeat_every" and value is not None and not 1 <= value <= 366:
        message = "A task comes again every 1 to 366 days, weeks or months."
    elif field == "repeat_unit" and value and value not in REPEAT_UNITS:
        message = f"“{value}” is not a unit; choose {', '.join(REPEAT_UNITS)}."
    elif field == "acceptance_criteria":
        if len(value) > MOST_CRITERIA or any(not 0 < len(text) <= 500 for text in value):
            message = f"At most {MOST_CRITERIA} criteria, each a line of at most 500 characters."
        elif len(set(value)) != len(value):
            message = "Two criteria say the same."
    return [FieldError(field, message, "range")] if message else []


def moved_sentence(because: str, driver_name: str, *, was_edited: bool) -> str:
    """Why a task now lies where it lies, in one sentence."""
    if because == "gap" and driver_name:
        return f"It keeps its distance to “{driver_name}”."
    if because == "link" and driver_name:
        return f"It waits for “{driver_name}”."
    if because == "children" and driver_name:
        return f"It spans what lies inside it, starting with “{driver_name}”."
    if because == "constraint":
        return "It starts no earlier than the date set for it."
    if because in ("actual", "status", "manual"):
        return "Its own progress or fixed date sets it."
    return "Its own length changed." if was_edited else "It starts with the project."
