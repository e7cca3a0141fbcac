"""What a scanner of headers makes of an answer, counted by the published rules of Mozilla's HTTP Observatory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.figures import tell
from tests.people import PASSWORD, make_cast

HALF_A_YEAR_SECONDS = 15_768_000
GOAL = 120
# One of these keeps every address of ours from other sites.
_QUIET = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_OVER_HTTPS = {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-session", "CSRF_COOKIE_SECURE": True, "CSRF_COOKIE_NAME": "__Host-csrf"}


def score(headers: Mapping[str, str], cookies: Iterable[Morsel[str]], body: str = "") -> int:
    """100, and what each rule adds or takes."""
    policy = {part.split()[0]: part.split()[1:] for part in headers.get("Content-Security-Policy", "").split(";") if part.strip()}
    rules = (
        _of_policy(policy), _of_cookies(list(cookies)), _of_transport(headers.get("Strict-Transport-Security", "")),
        5 if headers.get("Referrer-Policy") in _QUIET else 0,
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        5 if "frame-ancestors" in policy else 0 if "X-Frame-Options" in headers else -20,
        10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0,
        -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0,
        -50 if re.search(r"<script[^>]+src=[\"']?http:", body) else 0,
    )
    return 100 + sum(rules)


def _of_policy(policy: Mapping[str, list[str]]) -> int:
    if not policy:
        return -25
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    if {"'unsafe-inline'", "data:", "*", "https:", "http:"} & set(scripts) or "object-src" not in policy and policy.get("default-src") != ["'none'"]:
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if "'unsafe-inline'" in policy.get("style-src", policy.get("default-src", [])):
        return 0
    return 10 if policy.get("default-src") == ["'none'"] else 5


def _of_cookies(cookies: list[Morsel[str]]) -> int:
    if any(not cookie["secure"] for cookie in cookies):
        return -20
    if any("session" in cookie.key and not cookie["httponly"] for cookie in cookies):
        return -30
    return 5 if cookies and all(cookie["samesite"] in ("Lax", "Strict") for cookie in cookies) else 0


def _of_transport(value: str) -> int:
    found = re.search(r"max-age=(\d+)", value)
    if not found:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR_SECONDS else -10


def _answers() -> dict[str, Any]:
    client = Client()
    asked = {path: client.get(path, secure=True) for path in ("/sign-in/", "/nowhere/", "/api/v1/me", "/healthz")}
    signed = client.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD}, secure=True)
    assert signed.status_code == 302
    return {**asked, "the answer to a sign-in": signed, "/deals/": client.get("/deals/", follow=True, secure=True)}


@pytest.mark.django_db
def test_every_answer_over_https_scores_at_least_120():
    make_cast()
    with override_settings(**_OVER_HTTPS):
        answers = _answers()
    scores = {
        name: score(answer.headers, answer.cookies.values(), answer.content.decode(errors="replace")) for name, answer in answers.items()
    }
    tell("headers, scored by the rules of Mozilla's HTTP Observatory", answers=len(scores), lowest=min(scores.values()), goal=GOAL)
    assert answers["the answer to a sign-in"].cookies
    assert {name: points for name, points in scores.items() if points < GOAL} == {}


@pytest.mark.parametrize(("header", "value"), [
    ("Content-Security-Policy", ""), ("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"),
    ("Content-Security-Policy", "default-src 'none'; script-src 'self'"), ("Strict-Transport-Security", ""), ("X-Content-Type-Options", ""),
    ("Access-Control-Allow-Origin", "*"),
])
@pytest.mark.django_db
def test_an_answer_that_lacks_one_of_them_does_not(header: str, value: str):
    make_cast()
    with override_settings(**_OVER_HTTPS):
        answer = _answers()["/deals/"]
    assert score(answer.headers, ()) > score({**answer.headers, header: value}, ())
    assert score({**answer.headers, header: value}, ()) < GOAL
