"""Every known bug of the field has a test with a name, and the test exists."""

from __future__ import annotations

import ast
import re
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


def test_every_answer_of_the_security_questionnaire_names_something_that_exists():
    rows = [line.split("|") for line in (ROOT / "docs" / "guide" / "security-questions.md").read_text().splitlines() if line.startswith("| ")][1:]
    named = {cells[1].strip(): re.findall(r"`([^`]+)`", cells[3]) for cells in rows}
    assert [path for paths in named.values() for path in paths if not (ROOT / path).exists()] == []
    assert [question for question, paths in named.items() if not paths] == ["Encryption at rest?"]
