"""Every operation is listed with its undo, or with the reason why there is none."""

from __future__ import annotations

import re
from pathlib import Path

from tests.undo.operations import arguments_of_operations, find_operations
from tests.undo.page import render
from tests.undo.table import UNDO, Never


def test_every_operation_has_a_line():
    operations = find_operations()
    assert len(operations) > 100
    missing, gone = sorted(operations - set(UNDO)), sorted(set(UNDO) - operations)
    assert not missing, f"Say in tests/undo/table.py how these are undone, or why not: {', '.join(missing)}."
    assert not gone, f"These are no operations any more: {', '.join(gone)}."


def test_every_way_back_exists():
    operations = find_operations()
    for name, way in UNDO.items():
        if not isinstance(way, Never):
            assert way.operation in operations, f"{name} names {way.operation}, which is no operation."


def test_a_way_back_takes_what_its_line_says():
    """A line that says “with is_archived false” names an argument its operation has."""
    taken = arguments_of_operations()
    said = {(way.operation, word) for way in UNDO.values() if not isinstance(way, Never) for word in re.findall(r"\bis_[a-z]+\b", way.note)}
    assert len(said) > 8
    assert [f"{operation} has no {word}" for operation, word in sorted(said) if not taken[operation] & {word, "changes"}] == []


def test_a_reason_is_a_sentence():
    for name, way in UNDO.items():
        if isinstance(way, Never):
            assert len(way.reason) > 20, name
            assert way.reason.endswith("."), name


def test_the_page_says_what_the_table_says():
    page = Path(__file__).resolve().parents[2] / "docs" / "undo.md"
    assert page.read_text(encoding="utf-8") == render(), "Run `python -m tests.undo.page > docs/undo.md`."
