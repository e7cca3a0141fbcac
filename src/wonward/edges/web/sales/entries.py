"""The lines of a deal's story as markup: a page shows thirty of them, and they stay as they were written."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
from markupsafe import Markup

from wonward.edges.web.shell.render import macro_of
from wonward.edges.web.shell.timelines import StoryEntry


def draw_entry(entry: StoryEntry) -> Markup:
    """One line in the reader's language."""
    return _drawn(entry, get_language() or "")


@lru_cache(maxsize=2048)
def _drawn(entry: StoryEntry, language: str) -> Markup:
    """Everything a line shows is in its arguments."""
    del language
    line: Markup = macro_of("sales/parts/entry.html", "line")(entry)
    return line
