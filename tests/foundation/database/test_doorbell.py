"""Listeners wake when somebody else commits."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from wonward.foundation.database.doorbell import Doorbell, ring


@pytest.fixture
def bell(committed):
    bell = Doorbell()
    yield bell
    bell.close()


def test_a_commit_wakes_the_listener(bell):
    from tests.foundation.runtime.models import Effect

    stop = threading.Event()
    assert bell.wait(stop, 0)
    assert not bell.wait(stop, 0.01)
    with transaction.atomic():
        Effect.objects.create(handler="x", key=1)
        ring()
        if connection.vendor == "sqlite":
            assert not bell.wait(stop, 0.01)
    assert bell.wait(stop, 30)


def test_a_rollback_wakes_nobody(bell):
    from tests.foundation.runtime.models import Effect

    stop = threading.Event()
    bell.wait(stop, 0)
    with transaction.atomic():
        Effect.objects.create(handler="x", key=1)
        ring()
        transaction.set_rollback(True)
    assert not bell.wait(stop, 0.1)


def test_being_told_to_stop_ends_the_wait(bell):
    stop = threading.Event()
    bell.wait(stop, 0)
    stop.set()
    assert not bell.wait(stop, 3600)
