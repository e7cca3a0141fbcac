"""A test that commits finds what the migrations laid down, whichever ran before it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from tests.people import make_cast
from tests.put_back import laid_down
from wonward.foundation.database.queries import count_rows


def rows():
    return {statement: sorted(map(repr, found)) for statement, found in laid_down(connection)}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_a_flush_takes_is_put_back_row_by_row_and_nothing_else():
    laid = rows()
    assert laid
    make_cast()
    assert count_rows("staff.person") == 8
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    assert rows() == {}
    connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
    assert rows() == laid
