"""What is said where a legal hold stands in the way."""

from __future__ import annotations

from wonward.kernel.errors import Conflict


def on_hold() -> Conflict:
    """The refusal of whatever would take away what is held."""
    return Conflict("This is under a legal hold. Nothing of it is erased or thrown away until the hold is released.")
