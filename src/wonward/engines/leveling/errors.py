"""What levelling refuses before it begins."""

from __future__ import annotations


class LevelingError(ValueError):
    """The problem cannot be read as one; the message is a sentence naming the item."""


class InvalidFile(LevelingError):
    """A file cannot be read; ``line`` counts from 1, None when no single line is at fault."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(message if line is None else f"line {line}: {message}")
