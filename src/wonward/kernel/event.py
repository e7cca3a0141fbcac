"""The shape of a fact: past tense, ids only, versioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class Event:
    """Base of every fact. `name` is `<package>.<noun>.<past tense>`; fields are ids and plain values."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def subjects(self) -> tuple[Ref, ...]:
        """The records this fact is about, then those it is of interest to.

        The noun of the first says what it is about: who sees none of those records is not told of the fact.
        """
        raise TypeError(f"{type(self).__name__} does not say what it is about.")
