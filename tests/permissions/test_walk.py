"""Everybody asks every route for their own and for foreign records, and gets what the table says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import product

import pytest
from django.db import connection

from tests.permissions.lines import Line, address, expected, fill
from tests.permissions.table import API, WEB
from tests.permissions.walker import Answer, Walker
from tests.permissions.world import ROLES

pytestmark = pytest.mark.django_db
LINES = (*API, *WEB)
WIDE_RIGHTS = frozenset(["owner", "admin", "leader", "finance"])
STATUSES = {"ok": range(200, 400), "forbidden": (403,), "state": (409, 422)}


def ask(walker: Walker, line: Line, role: str, family: str) -> Answer:
    """The request of a line as it stands."""
    path = address(line, walker.world, family)
    query, body = fill(line.query, walker.world, family), fill(line.body, walker.world, family)
    if line.surface == "web":
        return walker.web(role, line.method, path, query if line.method == "GET" else body)
    if line.is_form:
        return walker.api(role, line.method, path, form=body)
    return walker.api(role, line.method, path, body, query=query)


def _named(line: Line) -> str:
    return f"{line.surface}-{line.method}-{line.name}"


def _walk(walker: Walker, line: Line, family: str, roles: Iterable[str]) -> Iterator[str]:
    for role in roles:
        wanted = expected(line, role, family)
        answer = ask(walker, line, role, family)
        if answer.status not in (line.unseen if wanted == "unseen" else STATUSES[wanted]):
            yield f"{role} on {family or 'it'} gets {answer.status} and not {wanted}: {answer.content[:160]}"


def _some_of_each_kind(line: Line) -> Iterator[tuple[str, list[str]]]:
    """Of every record some roles for each outcome, other ones from record to record and line to line.

    A page is read by everybody with narrow rights who sees one of its records, for the canaries, and each of its records by one with wide ones.
    """
    start, families = LINES.index(line) % len(ROLES), _some_families(line)
    turned = [*ROLES][start:] + [*ROLES][:start]
    for place, family in enumerate(families):
        by_outcome: dict[str, list[str]] = {}
        for role in turned:
            by_outcome.setdefault(expected(line, role, family), []).append(role)
        chosen = []
        for outcome, roles in by_outcome.items():
            if outcome == "ok" and line.method == "GET":
                chosen += [role for role in roles if role not in WIDE_RIGHTS and _turn_of(line, role, families) == family]
                chosen += [role for role in roles if role in WIDE_RIGHTS][:1]
            else:
                chosen += [roles[place % len(roles)]] if len(families) > 1 else roles[:2]
        yield family, chosen


def _one_of_each_outcome(line: Line) -> Iterator[tuple[str, list[str]]]:
    by_outcome: dict[str, list[tuple[str, str]]] = {}
    for family, role in _every_role_on_one_of_each_kind(line):
        by_outcome.setdefault(expected(line, role, family), []).append((family, role))
    for asked in by_outcome.values():
        family, role = asked[LINES.index(line) % len(asked)]
        yield family, [role]


def _turn_of(line: Line, role: str, families: tuple[str, ...]) -> str:
    """Which of the records that this role may read it reads."""
    seen = [family for family in families if expected(line, role, family) == "ok"]
    return seen[([*ROLES].index(role) + LINES.index(line)) % len(seen)]


def _some_families(line: Line) -> tuple[str, ...]:
    return line.families[:4] if line.surface == "web" else line.families


@pytest.mark.parametrize("line", LINES, ids=_named)
def test_people_get_what_the_table_says(walker: Walker, line: Line):
    """On SQLite every record; what PostgreSQL may answer otherwise is the statements of an outcome, so there one of each outcome."""
    asked = _some_of_each_kind if connection.vendor == "sqlite" else _one_of_each_outcome
    walker.report([wrong for family, roles in asked(line) for wrong in _walk(walker, line, family, roles)])


@pytest.mark.long
@pytest.mark.parametrize("line", LINES, ids=_named)
def test_every_single_role_gets_what_the_table_says(walker: Walker, line: Line):
    """Every role one record of each outcome, other ones from line to line and role to role; FULL=1 asks for all of them."""
    asked = _every_role_on_all if os.environ.get("FULL") == "1" else _every_role_on_one_of_each_kind
    walker.report([wrong for family, role in asked(line) for wrong in _walk(walker, line, family, [role])])


def _every_role_on_all(line: Line) -> Iterator[tuple[str, str]]:
    yield from product(line.families, ROLES)


def _every_role_on_one_of_each_kind(line: Line) -> Iterator[tuple[str, str]]:
    for turn, role in enumerate(ROLES, LINES.index(line)):
        by_outcome: dict[str, list[str]] = {}
        for family in line.families:
            by_outcome.setdefault(expected(line, role, family), []).append(family)
        for families in by_outcome.values():
            yield families[turn % len(families)], role


@pytest.mark.parametrize("line", LINES, ids=_named)
def test_a_stranger_is_sent_to_the_sign_in_or_told_to_send_a_token(walker: Walker, line: Line):
    family = line.families[0]
    answer = ask(walker, line, "anonymous", family)
    if line.surface == "api":
        assert answer.status == 401
    else:
        assert (answer.status, answer.location.split("?")[0]) == (302, "/sign-in/")
        path = address(line, walker.world, family)
        assert walker.web("anonymous", line.method, path, headers={"HX-Request": "true"}).status == 401
    walker.report()


def test_the_tables_are_as_they_were_after_everything(walker: Walker):
    walker.check_tables()
    walker.report()
    assert walker.count > 0
