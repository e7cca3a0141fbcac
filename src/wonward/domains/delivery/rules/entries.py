"""Pure decisions about plans: reading entered values, naming why something moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wonward.domains.delivery.types import CONSTRAINTS, PRIORITIES, REPEAT_UNITS, TASK_FIELDS, TASK_STATUSES
from wonward.kernel.errors import FieldError
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

LONGEST_MINUTES = 3650 * 480
MOST_CRITERIA = 50
UNDATED = ("ASAP", "ALAP")
_DAYS = ("start_date", "deadline_date", "actual_start_date", "actual_finish_date", "repeat_until_date")


def task_errors(fields: Mapping[str, Any], *, label: str) -> list[FieldError]:
    """Why these values cannot be a task's, each naming its field."""
    errors = []
    for field, value in fields.items():
        if field not in TASK_FIELDS:
            errors.append(FieldError(field, worded("{field} of a task cannot be changed here.", field=field), "unknown"))
        elif field == "name" and says_nothing(str(value or "")):
            errors.append(FieldError(field, "A task needs a name.", "required"))
        elif field == "duration_minutes" and not 0 <= value <= LONGEST_MINUTES:
            errors.append(FieldError("duration_days", worded("{label} cannot take {value} working days.", label=label, value=f"{value / 480:g}"), "range"))
        elif field == "effort_minutes" and not 0 <= value <= 10_000_000:
            errors.append(FieldError(field, worded("{label} cannot need {value} minutes.", label=label, value=value), "range"))
        elif field == "percent_complete" and not 0 <= value <= 100:
            errors.append(FieldError(field, "Progress lies between 0 and 100 percent.", "range"))
        elif field == "status" and value not in TASK_STATUSES:
            errors.append(FieldError(field, worded("“{value}” is not a status; choose {task_statuses}.", value=value, task_statuses=", ".join(TASK_STATUSES)), "unknown"))
        elif field == "constraint":
            errors += _constraint_errors(*value)
        elif field == "manual":
            wrong = [day for day in value or () if day is not None and not 1990 <= day.year <= 2150]
            errors += [FieldError(field, worded("{value} is not a date work can start on.", value=day), "range") for day in wrong[:1]]
        elif field in _DAYS and isinstance(value, date) and not 1990 <= value.year <= 2150:
            errors.append(FieldError(field, worded("{value} is not a date work can start on.", value=value), "range"))
        else:
            errors += _detail_errors(field, value)
    return errors


def _constraint_errors(kind: str, day: date | None) -> list[FieldError]:
    if kind not in CONSTRAINTS:
        return [FieldError("constraint", worded("“{kind}” is not a constraint; choose {kinds}.", kind=kind, kinds=", ".join(CONSTRAINTS)), "unknown")]
    if kind not in UNDATED and day is None:
        return [FieldError("constraint", worded("{kind} needs a day.", kind=kind), "required")]
    if day is not None and not 1990 <= day.year <= 2150:
        return [FieldError("constraint", worded("{value} is not a date work can start on.", value=day), "range")]
    return []


def _detail_errors(field: str, value: Any) -> list[FieldError]:
    message = ""
    if field == "priority" and value and value not in PRIORITIES:
        message = worded("“{value}” is not a priority; choose {priorities}, or none for the client's.", value=value, priorities=", ".join(PRIORITIES))
    elif field == "blocked_reason" and len(value) > 500:
        message = worded("Say in at most 500 characters what blocks it.")
    elif field == "promise_key" and len(value) > 80:
        message = worded("A promise key has at most 80 characters.")
    elif field == "repeat_every" and value is not None and not 1 <= value <= 366:
        message = worded("A task comes again every 1 to 366 days, weeks or months.")
    elif field == "repeat_unit" and value and value not in REPEAT_UNITS:
        message = worded("“{value}” is not a unit; choose {units}.", value=value, units=", ".join(REPEAT_UNITS))
    elif field == "acceptance_criteria":
        if len(value) > MOST_CRITERIA or any(not 0 < len(text) <= 500 for text in value) or any(map(says_nothing, value)):
            message = worded("At most {most_criteria} criteria, each a line of at most 500 characters.", most_criteria=MOST_CRITERIA)
        elif len(set(value)) != len(value):
            message = worded("Two criteria say the same.")
    return [FieldError(field, message, "range")] if message else []


def held_words(kind: str, day: date | None) -> str:
    """What holds a task, in words; `day` is that of the constraint."""
    return {
        "ALAP": worded("lies as late as it can"), "SNET": worded("starts no earlier than {day}", day=day), "SNLT": worded("starts no later than {day}", day=day),
        "FNET": worded("finishes no earlier than {day}", day=day), "FNLT": worded("finishes no later than {day}", day=day),
        "MSO": worded("must start on {day}", day=day), "MFO": worded("must finish on {day}", day=day),
    }.get(kind, worded("lies as soon as it can"))


def moved_sentence(because: str, driver_name: str, *, was_edited: bool) -> str:
    """Why a task now lies where it lies, in one sentence; `driver_name` comes with its quotation marks."""
    if because == "gap" and driver_name:
        return worded("It keeps its distance to {driver}.", driver=driver_name)
    if because == "link" and driver_name:
        return worded("It waits for {driver}.", driver=driver_name)
    if because == "children" and driver_name:
        return worded("It spans what lies inside it, starting with {driver}.", driver=driver_name)
    if because == "constraint":
        return worded("It starts no earlier than the date set for it.")
    if because in ("actual", "status", "manual"):
        return worded("Its own progress or fixed date sets it.")
    return worded("Its own length changed.") if was_edited else worded("It starts with the project.")
