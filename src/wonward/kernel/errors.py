"""What an operation may answer instead of a result. Every message is fit for the person who asked, in the language they read.

`message` is the sentence in the reader's language; `str(error)` is English, for logs and for programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wonward.kernel.wording import heard, worded


@dataclass(frozen=True, slots=True, init=False)
class FieldError:
    """One thing wrong with one field; `field` is a dotted path from the root of what was sent."""

    field: str
    words: str
    code: str

    def __init__(self, field: str, message: str, code: str = "invalid") -> None:
        for name, value in (("field", field), ("words", message), ("code", code)):
            object.__setattr__(self, name, value)

    @property
    def message(self) -> str:
        """The sentence in the language of the reader."""
        return heard(self.words)


class Refused(Exception):
    """A rule said no. `errors` names the fields, if fields are to blame."""

    code = "refused"

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.words = message
        self.errors = tuple(errors)

    @classmethod
    def field(cls, field: str, message: str, code: str = "invalid") -> Refused:
        """A refusal that blames exactly one field."""
        return cls(message, [FieldError(field, message, code)])

    @property
    def message(self) -> str:
        """The sentence in the language of the reader."""
        return heard(self.words)


class NotFound(Exception):
    """Missing, or not for these eyes: the two look alike on purpose. `noun` is an English word, translated where it is read."""

    def __init__(self, noun: str, key: object) -> None:
        self.words = worded("There is no {noun} {key} that you can see.", noun=worded(noun), key=key)
        super().__init__(str(self.words))

    @property
    def message(self) -> str:
        """The sentence in the language of the reader."""
        sentence = heard(self.words)
        return sentence[:1].upper() + sentence[1:]


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
