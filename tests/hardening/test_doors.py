"""The doors: tokens reach no further than their scopes, guessing is cheap for us, answers carry their headers."""

from __future__ import annotations

import time
from statistics import median
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tests.edges.api.client import Api
from tests.figures import tell
from tests.people import make_cast
from wonward.edges.web.shell.middleware import CSP

pytestmark = pytest.mark.django_db
GUESSES = 1000
# What a password costs outside the tests, which make it cheap.
REAL_COST = {"time_cost": 2, "memory_cost": 102_400, "parallelism": 8}


def _cpu_of_one_hash() -> float:
    spent = []
    for _ in range(5):
        started = time.process_time()
        Argon2PasswordHasher().encode("a wrong password", "0123456789abcdef")
        spent.append(time.process_time() - started)
    return median(spent)


def test_a_token_for_one_thing_reads_that_and_nothing_else():
    cast = make_cast()
    api = Api(cast.owner, ["clients.company.view"])
    assert api.get("/companies")[0] == 200
    assert {api.get(path)[0] for path in ("/deals", "/projects", "/services", "/handoffs", "/metrics")} == {403}


def test_a_thousand_wrong_passwords_cost_a_handful_of_hashes():
    make_cast()
    hashed = []
    really = Argon2PasswordHasher.verify

    def counted(self, password, encoded):
        hashed.append(password)
        return really(self, password, encoded)

    with patch.object(Argon2PasswordHasher, "verify", counted):
        client = Client()
        started = time.process_time()
        answers = {client.post("/sign-in/", {"email": "owner@studio.test", "password": f"guess {number}"}).status_code for number in range(GUESSES)}
        spent = time.process_time() - started
    with patch.multiple(Argon2PasswordHasher, **REAL_COST):
        one_hash = _cpu_of_one_hash()
    share = (spent + len(hashed) * one_hash) / (GUESSES * one_hash)
    tell("wrong passwords for one person", guesses=GUESSES, hashed=len(hashed), percent_of_the_processor_time_of_as_many_hashes=round(100 * share, 1))
    assert answers == {422, 429}
    assert 0 < len(hashed) < GUESSES * 5 // 100
    assert 0 < share < 0.05


def test_every_answer_carries_the_headers_that_scanners_ask_for():
    make_cast()
    client = Client()
    seen = [client.get(path) for path in ("/sign-in/", "/deals/", "/nowhere/", "/healthz", "/api/v1/me", "/static/nothing.css")]
    for response in seen:
        headers = response.headers
        assert headers["Content-Security-Policy"] == CSP
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Server" not in headers
        assert "X-Powered-By" not in headers
    assert "'unsafe" not in CSP
    assert "*" not in CSP
    assert {part.split()[0] for part in CSP.split("; ")} >= {"default-src", "script-src", "base-uri", "form-action", "frame-ancestors"}


def test_a_session_cookie_is_for_the_server_alone():
    make_cast()
    client = Client()
    client.post("/sign-in/", {"email": "owner@studio.test", "password": "correct horse battery"})
    cookie = client.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
