"""Somebody signed in, an open deal, and a fixed morning. Django is not set up yet when this file is read."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

import pytest

MORNING = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Addresses of static files without a manifest."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request happens on the morning of 19 November 2026."""
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: MORNING)


@pytest.fixture
def cast(db: None) -> Any:
    return importlib.import_module("tests.people").make_cast()


@pytest.fixture
def sale(cast: Any) -> Any:
    return importlib.import_module("tests.people").make_sale(cast)


@pytest.fixture
def sign_in() -> Any:
    """A client with the session of a person."""
    return importlib.import_module("tests.edges.web.sales.desk").sign_in
