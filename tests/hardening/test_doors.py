"""The doors: tokens reach no further than their scopes, guessing is cheap for us, answers carry their headers."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tests.edges.api.client import Api
from tests.people import make_cast
from wonward.edges.web.shell.middleware import CSP

pytestmark = pytest.mark.django_db
GUESSES = 1000


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
        answers = {client.post("/sign-in/", {"email": "owner@studio.test", "password": f"guess {number}"}).status_code for number in range(GUESSES)}
    assert answers == {422, 429}
    assert 0 < len(hashed) < GUESSES * 5 // 100


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
