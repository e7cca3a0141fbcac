"""Every route × a token with every scope but the one of the route: a scope is never reached by another one."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client

from tests.people import token_of
from tests.permissions.lines import Line, address, fill
from tests.permissions.table import API
from tests.permissions.walker import Walker
from wonward.edges.api.v1.routes import ANYBODY
from wonward.foundation.access.policy import PERMISSIONS

pytestmark = pytest.mark.django_db
ASKED = [line for line in API if line.permission not in (None, ANYBODY)]


def _refusal(walker: Walker, line: Line) -> int:
    """What the owner's token for everything else is answered; nothing of it stays in the world of the walk."""
    with transaction.atomic():
        answer = _answer(walker, line)
        transaction.set_rollback(True)
    return answer


def _answer(walker: Walker, line: Line) -> int:
    token = token_of(walker.world.actors["owner"], sorted(set(PERMISSIONS) - {line.permission}))
    body = fill(line.body, walker.world, line.families[0])
    answer = Client(raise_request_exception=False).generic(
        line.method, f"/api/v1{address(line, walker.world, line.families[0])}{_query(walker, line)}",
        b"" if body is None or line.is_form else json.dumps(body).encode(), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code


def _query(walker: Walker, line: Line) -> str:
    """What the route needs to be asked at all; lists do without."""
    return f"?{urlencode(fill(line.query, walker.world, line.families[0]) or {})}" if line.query else ""


@pytest.mark.parametrize("line", ASKED, ids=lambda line: f"{line.method}-{line.name}")
def test_a_token_without_the_scope_of_a_route_is_refused_though_its_owner_may_everything(walker: Walker, line: Line):
    assert _refusal(walker, line) in ((403, 404, 415) if line.is_form else (403, 404))
