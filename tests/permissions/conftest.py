"""One world for the whole walk, inside one transaction that is taken back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import owner_guard
from tests.figures import tell
from tests.permissions.walker import CHECK_EVERY, Walker
from tests.permissions.world import make_world

_told: list[str] = []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much was asked."""
    for line in _told:
        terminalreporter.write_line(f"the walk: {line}")


@pytest.fixture
def _django_db_helper() -> None:
    """The mark `django_db` asks for the database to exist; the walk keeps its own transaction across its tests."""


@pytest.fixture(scope="package")
def walker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walker]:
    with django_db_blocker.unblock():
        owner_guard.watch_all()
        around = transaction.atomic()
        around.__enter__()
        try:
            found = Walker(make_world())
            found.sign_in()
            with found.at_work():
                yield found
                _told.append(f"{found.count} requests, answers {dict(sorted(found.statuses.items()))}")
                tell("the permission walk", requests=found.count, whole_table_checks=found.count // CHECK_EVERY)
                _told.append(f"pages not drawn yet: {', '.join(sorted(found.undrawn)) or 'none'}")
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
