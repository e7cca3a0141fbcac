"""The suite runs where it says it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_that_was_asked_for(request):
    assert connection.vendor == request.config.getoption("--database")


def test_every_session_has_a_data_folder_of_its_own():
    assert Path(settings.DATA_DIR).name.startswith("ww-test-")


def test_passwords_are_still_hashed_by_argon2():
    from django.contrib.auth.hashers import check_password, make_password

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        hashed = make_password("correct horse")
        assert hashed.startswith("argon2$argon2id$")
        assert check_password("correct horse", hashed)
