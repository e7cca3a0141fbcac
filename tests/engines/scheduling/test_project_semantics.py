"""The shared vectors of dates Microsoft Project gives, read through the document door."""

import json
import os
from pathlib import Path

import pytest

from wonward.engines.scheduling import solve_document

VECTORS = Path("data/scheduling/ms_project_semantics_vectors.json")


def _shared_vectors():
    roots = [Path(os.environ["WONWARD_SHARED"])] if "WONWARD_SHARED" in os.environ else []
    roots += [parent / "shared" for parent in Path(__file__).resolve().parents]
    for root in roots:
        if (root / VECTORS).is_file():
            return json.loads((root / VECTORS).read_text())
    return None


SHARED = _shared_vectors()


@pytest.mark.skipif(SHARED is None, reason=f"shared data absent: {VECTORS} (set WONWARD_SHARED)")
@pytest.mark.parametrize("vector", SHARED or [], ids=lambda vector: vector["name"])
def test_the_dates_are_those_of_microsoft_project(vector):
    assert solve_document(vector["problem"])["tasks"] == vector["expected"]


@pytest.mark.skipif(SHARED is None, reason=f"shared data absent: {VECTORS} (set WONWARD_SHARED)")
def test_a_list_of_problems_gives_a_list_of_answers():
    answers = solve_document([vector["problem"] for vector in SHARED])

    assert [answer["tasks"] for answer in answers] == [vector["expected"] for vector in SHARED]
