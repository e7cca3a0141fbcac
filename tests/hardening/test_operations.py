"""What machines ask of the installation, and what it writes down: answers without details, logs without secrets."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.edges.api.client import Api
from tests.people import make_cast
from wonward.config.logs import JsonLines, without_secrets
from wonward.edges.web.health import views


@pytest.mark.django_db
def test_a_machine_learns_that_the_office_lives_and_is_ready_and_nothing_else():
    client = Client()
    assert (client.get("/healthz").content, client.get("/readyz").content) == (b"ok\n", b"ready\n")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_without_its_database_the_office_lives_but_is_not_ready_and_says_not_why(monkeypatch):
    class Away:
        def cursor(self):
            raise DatabaseError("connection to server at 10.0.0.7 failed: password=hunter22")

    monkeypatch.setattr(views, "connection", Away())
    client = Client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content, answer.headers["Retry-After"]) == (503, b"not ready\n", "5")
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_the_numbers_for_prometheus_are_for_admins_and_hold_no_words():
    cast = make_cast()
    api = Api(cast.owner)
    api.get("/metrics")
    text = api.last.content.decode()
    names = [line.split()[0] for line in text.splitlines() if not line.startswith("#")]
    assert api.last.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert names == ["wonward_outbox_oldest_seconds", "wonward_deliveries_dead", "wonward_jobs_oldest_due_seconds",
                     "wonward_jobs_failed", "wonward_mails_failed"]
    assert Api(cast.seller).get("/metrics")[0] == 403
    assert Api(None).get("/metrics")[0] == 401


@pytest.mark.parametrize(("line", "secret"), [
    ("Authorization: Bearer ww_abcdef123456 refused", "ww_abcdef123456"), ("login with password=hunter22&next=/", "hunter22"),
    ('{"password": "hunter22"}', "hunter22"), ("cannot reach postgres://wonward:s3cr3t@db/wonward", "s3cr3t"),
    ("cookie session=0123456789abcdef; theme=dark", "0123456789abcdef"), ("smtp://mail:p4ss@mail.example", "p4ss"),
])
def test_no_secret_stands_in_a_log_line(line, secret):
    assert secret in line
    assert secret not in without_secrets(line)


def test_a_log_line_is_one_line_of_json_with_its_error():
    try:
        raise ValueError("token=abc123 was refused")
    except ValueError:
        record = logging.LogRecord("wonward.web", logging.ERROR, __file__, 1, "It\nfailed for %s", ("Mara",), sys.exc_info())
    text = JsonLines().format(record)
    told = json.loads(text)
    assert "\n" not in text
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "wonward.web", "It\nfailed for Mara")
    assert "ValueError" in told["error"]
    assert "abc123" not in text
