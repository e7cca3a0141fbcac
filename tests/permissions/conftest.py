"""One world for the whole walk, inside one transaction that is taken back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import owner_guard
from tests.permissions.walker import Walker
from tests.permissions.world import make_world


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
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
