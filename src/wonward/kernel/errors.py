"""What an operation may answer instead of a result. Every message is fit for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field; `field` is a dotted path from the root of what was sent."""

    field: str
    message: str
    code: str = "invalid"


class Refused(Exception):
    """A rule said no. `errors` names the fields, if fields are to blame."""

    code = "refused"

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)

    @classmethod
    def field(cls, field: str, message: str, code: str = "invalid") -> Refused:
        """A refusal that blames exactly one field."""
        return cls(message, [FieldError(field, message, code)])


class NotFound(Exception):
    """Missing, or not for these eyes: the two look alike on purpose."""

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"There is no {noun} {key} that you can see.")
        self.message = str(self)


class NotAllowed(Refused):
    """The record is known to this person, the action is not theirs to take."""

    code = "not_allowed"


class Conflict(Refused):
    """The record is in a state in which this cannot be done."""

    code = "conflict"


class Stale(Refused):
    """Somebody changed the record in between; both values are shown, nothing was written."""

    code = "stale"

    def __init__(self, message: str, *, current: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.current = dict(current)
        self.yours = dict(yours)
