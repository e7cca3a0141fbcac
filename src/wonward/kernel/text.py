"""What somebody wrote, and whether there is anything in it to read."""

from __future__ import annotations

import unicodedata


def says_nothing(text: str) -> bool:
    """Whether a text holds no character that can be seen: only blanks, controls and marks of zero width (Unicode Z and C)."""
    return not text.strip() or all(unicodedata.category(one)[0] in "ZC" for one in text)
