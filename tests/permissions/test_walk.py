"""Everybody asks every route for their own and for foreign records, and gets what the table says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from tests.permissions.lines import Line, address, expected, fill
from tests.permissions.table import API, WEB
from tests.permissions.walker import Answer, Walker
from tests.permissions.world import ROLES

pytestmark = pytest.mark.django_db
LINES = (*API, *WEB)
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


def _two_of_each_kind(line: Line, family: str) -> list[str]:
    """Two roles for every outcome, other ones from line to line."""
    start = LINES.index(line) % len(ROLES)
    by_outcome: dict[str, list[str]] = {}
    for role in [*ROLES][start:] + [*ROLES][:start]:
        by_outcome.setdefault(expected(line, role, family), []).append(role)
    return [role for roles in by_outcome.values() for role in roles[:2]]


@pytest.mark.parametrize("line", [line for line in LINES if line.method == "GET"], ids=_named)
def test_everybody_reads_what_the_table_says(walker: Walker, line: Line):
    walker.report([wrong for family in line.families for wrong in _walk(walker, line, family, ROLES)])


@pytest.mark.parametrize("line", [line for line in LINES if line.method != "GET"], ids=_named)
def test_the_allowed_write_and_nobody_else(walker: Walker, line: Line):
    walker.report([
        wrong for family in line.families for wrong in _walk(walker, line, family, _two_of_each_kind(line, family))
    ])


@pytest.mark.long
@pytest.mark.parametrize("line", [line for line in LINES if line.method != "GET"], ids=_named)
def test_every_single_role_writes_what_the_table_says(walker: Walker, line: Line):
    walker.report([wrong for family in line.families for wrong in _walk(walker, line, family, ROLES)])


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
