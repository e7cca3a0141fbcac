"""When two names of services mean the same."""

from __future__ import annotations


def service_key(name: str) -> str:
    """A service name compared without case; spaces matter, so that near names are never merged silently."""
    return " ".join(name.split()).casefold()[:200]


def near_key(name: str) -> str:
    """Even spaces and punctuation gone: `GTX Pro` and `GTXPro` are near each other."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
