"""A plan with a gate in it. Django is not set up yet when this file is read."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


@pytest.fixture
def cast(db: None) -> Any:
    return importlib.import_module("tests.people").make_cast()


@pytest.fixture
def gate(cast: Any) -> Any:
    return importlib.import_module("tests.domains.approvals.world").make_gate(cast)
