"""What may stand in the register of risks, and how grave it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wonward.domains.delivery.types import RISK_STRATEGIES
from wonward.kernel.errors import FieldError
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

FIELDS = ("title", "kind", "description", "probability", "impact", "owner_id", "due_date", "strategy", "response", "status")
_CHOICES = {"kind": ("risk", "issue"), "status": ("open", "closed"), "strategy": RISK_STRATEGIES}


def risk_errors(values: Mapping[str, Any]) -> list[FieldError]:
    """Why these values cannot be a risk's, each naming its field."""
    errors = []
    for name, value in values.items():
        if name not in FIELDS:
            errors.append(FieldError(name, worded("{name} of a risk cannot be changed here.", name=name), "unknown"))
        elif name == "title" and (says_nothing(str(value or "")) or len(value.strip()) > 200):
            errors.append(FieldError(name, "Say in at most 200 characters what may happen.", "required"))
        elif name in ("probability", "impact") and not 1 <= value <= 5:
            errors.append(FieldError(name, worded("The {name} counts from 1 to 5.", name=name), "range"))
        elif name in _CHOICES and value not in _CHOICES[name]:
            errors.append(FieldError(name, worded("“{value}” is not known here; choose {choice}.", value=value, choice=", ".join(_CHOICES[name])), "unknown"))
        elif name in ("description", "response") and len(value) > 20_000:
            errors.append(FieldError(name, "At most 20,000 characters fit.", "range"))
        elif name == "due_date" and isinstance(value, date) and not 1990 <= value.year <= 2150:
            errors.append(FieldError(name, worded("{value} is not a date to look at it again.", value=value), "range"))
    return errors

