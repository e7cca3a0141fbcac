"""Lines of a deal's story are kept as they were drawn: escaped, and another one for other words or another language."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from wonward.edges.web.sales.entries import draw_entry
from wonward.edges.web.shell.timelines import StoryEntry, StoryFile

PLAIN = StoryEntry(7, "phone", "sell", "Call", "Mara", "Hanne", "Kickoff", "We begin.", "09:30", "2026-11-19T09:30:00+00:00", True, "/promises/new/?a=1")
HOSTILE = '"><script>alert(1)</script>'


def test_no_word_of_a_line_becomes_markup() -> None:
    file = StoryFile(HOSTILE, "/documents/1/", HOSTILE)
    line = draw_entry(replace(PLAIN, author=HOSTILE, people=HOSTILE, subject=HOSTILE, text=HOSTILE, kind=HOSTILE, files=(file,)))
    assert "<script" not in line
    assert line.count("&lt;script&gt;") == 7


def test_a_line_drawn_before_is_not_shown_for_other_words_or_to_a_reader_of_another_language() -> None:
    with translation.override("en"):
        assert "We begin." in draw_entry(PLAIN)
        assert "We begin." not in draw_entry(replace(PLAIN, text="We wait."))
        english = draw_entry(PLAIN)
    with translation.override("de"):
        assert draw_entry(PLAIN) != english
        assert "We begin." in draw_entry(PLAIN)
