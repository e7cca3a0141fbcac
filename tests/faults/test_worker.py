"""The worker as a process: it stops when asked, and outlives its database."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.test_worker_kill import reading, wait_for
from tests.postgres import remove_cluster, start_cluster

pytestmark = pytest.mark.long
OPEN = "SELECT count(*) FROM events_delivery WHERE state <> 'done'"


def test_a_worker_that_is_asked_to_stop_finishes_and_ends(own_process):
    worker = own_process("work", 60)
    with reading(own_process.environment) as read:
        own_process("publish", 0, 5).wait()
        wait_for(lambda: read(OPEN) == [(0,)])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


@pytest.fixture
def cluster(monkeypatch):
    cluster = start_cluster(is_durable=True)
    monkeypatch.setenv("WONWARD_DATABASE_URL", cluster.url)
    yield cluster
    remove_cluster(cluster)


@pytest.fixture
def process_on_cluster(cluster, own_process):
    return own_process


def test_a_worker_outlives_a_crash_of_its_postgresql(process_on_cluster, cluster):
    assert os.environ["WONWARD_DATABASE_URL"] == cluster.url
    own_process = process_on_cluster
    worker = own_process("work", 2)
    own_process("publish", 0, 5).wait()
    with reading(own_process.environment) as read:
        wait_for(lambda: read(OPEN) == [(0,)])
    cluster.stop(signal.SIGQUIT)
    cluster.start()
    assert own_process("publish", 5, 10).wait() == 0
    with reading(own_process.environment) as read:
        wait_for(lambda: read(OPEN) == [(0,)])
        assert read("SELECT count(*) FROM runtime_effect WHERE handler = 'note_count'") == [(10,)]
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
