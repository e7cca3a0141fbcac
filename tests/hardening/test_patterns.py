"""Every known bug of the field has a test with a name, and the test exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.hardening.patterns import PATTERNS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_known_bug_has_a_test_of_its_own(pattern: str):
    assert PATTERNS[pattern]
    for node in PATTERNS[pattern]:
        file, _, name = node.partition("::")
        tree = ast.parse((ROOT / file).read_text())
        assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}, node


def test_there_are_at_least_31_of_them():
    assert len(PATTERNS) >= 31
