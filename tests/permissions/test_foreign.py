"""A hidden record looks like a missing one: in the path, in the query and in every place of the body."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.permissions.lines import Line, address, expected, fill, path_nouns, record_of, slots
from tests.permissions.table import API, WEB
from tests.permissions.walker import Answer, Walker
from tests.permissions.world import MISSING, NOUNS, ROLES, SEES

pytestmark = pytest.mark.django_db
LINES = (*API, *WEB)
# Who sees a project reads its company's name there, and so may ask for the projects of that company.
NAMED_BY_A_ROW = {("member", "read_projects", "company.north"), ("elsewhere", "read_projects", "company.south")}
STRANGERS = ("teammate", "member", "planner", "marketer")


def _named(line: Line) -> str:
    return f"{line.surface}-{line.method}-{line.name}"


def _send(walker: Walker, line: Line, role: str, path: str, query: Any, body: Any) -> Answer:
    if line.surface == "web":
        return walker.web(role, line.method, path, query if line.method == "GET" else body)
    if line.is_form:
        return walker.api(role, line.method, path, form=body)
    return walker.api(role, line.method, path, body, query=query)


def _compare(what: str, hidden: Answer, missing: Answer, key: int) -> Iterator[str]:
    first, second = hidden.without(key), missing.without(MISSING)
    if first != second:
        yield f"{what}: hidden is {first[0]} {first[1][:200]}, missing is {second[0]} {second[1][:200]}"


def _in_path(walker: Walker, line: Line, role: str, *, most: int, turn: int = 0) -> Iterator[str]:
    """Each id of the path in turn is one this role does not see, then one that nobody has; `most` records of a kind, from the `turn`th on."""
    world = walker.world
    for noun in path_nouns(line):
        plain = noun.removeprefix("other_")
        hidden = [name for name in world.hidden_from(role, plain) if name.partition(".")[0] in (noun, plain)]
        if not hidden:
            continue
        start = turn % len(hidden)
        family = next((one for one in line.families if expected(line, role, one) == "ok"), line.families[0])
        ids = world.ids
        query, body = fill(line.query, world, family), fill(line.body, world, family)
        none = _send(walker, line, role, address(line, world, family, {noun: MISSING}), query, body)
        for name in [*hidden[start:], *hidden[:start]][:most]:
            real = _send(walker, line, role, address(line, world, family, {noun: ids[name]}), query, body)
            yield from _compare(f"{role} {line.method} {line.path} with {name}", real, none, ids[name])


WITH_PATH = [line for line in LINES if path_nouns(line)]


@pytest.mark.parametrize("line", WITH_PATH, ids=_named)
def test_a_hidden_id_in_the_path_looks_missing(walker: Walker, line: Line):
    start = LINES.index(line) % len(STRANGERS)
    some = (STRANGERS + STRANGERS)[start : start + 2]
    walker.report([wrong for role in some for wrong in _in_path(walker, line, role, most=1)])


@pytest.mark.long
@pytest.mark.parametrize("line", WITH_PATH, ids=_named)
def test_hidden_ids_in_the_path_look_missing_to_everybody(walker: Walker, line: Line):
    """To every role two hidden records of each kind, other ones from line to line and role to role; FULL=1 asks for all of them."""
    most = 99 if os.environ.get("FULL") == "1" else 2
    walker.report([wrong for turn, role in enumerate(ROLES, LINES.index(line)) for wrong in _in_path(walker, line, role, most=most, turn=turn)])


def _in_body(walker: Walker, line: Line, role: str) -> Iterator[str]:
    """A body that is fine for this role, with one id after the other replaced."""
    world = walker.world
    family = next((one for one in line.families if expected(line, role, one) == "ok"), None)
    if family is None or line.body is None:
        return
    path = address(line, world, family)
    for place, noun, is_ref in slots(line.body):
        plain = noun.removeprefix("other_")
        for name in world.hidden_from(role, plain)[:2]:
            real, none = _swapped(walker, line, role, path, family, place, is_ref, world.ids[name], plain)
            yield from _compare(f"{role} {line.method} {line.path} with {name} at {place}", real, none, world.ids[name])
            if not real.is_refused:
                yield f"{role} {line.method} {line.path} takes {name} at {place}, which they do not see."


def _swapped(
    walker: Walker, line: Line, role: str, path: str, family: str, place: str, is_ref: bool, key: int, noun: str
) -> tuple[Answer, Answer]:
    answers = []
    for one in (key, MISSING):
        value: Any = f"{NOUNS[noun]}:{one}" if is_ref else one
        body = fill(line.body, walker.world, family, {place: value})
        answers.append(_send(walker, line, role, path, fill(line.query, walker.world, family), body))
    return answers[0], answers[1]


@pytest.mark.parametrize("line", [line for line in LINES if line.body and list(slots(line.body))], ids=_named)
def test_a_hidden_id_in_the_body_looks_missing_and_is_refused(walker: Walker, line: Line):
    walker.report([wrong for role in ("seller", *STRANGERS, "leader") for wrong in _in_body(walker, line, role)])


@pytest.mark.parametrize("line", [line for line in LINES if line.body and list(slots(line.body))], ids=_named)
def test_an_id_that_nobody_has_is_refused_before_anything_is_written(walker: Walker, line: Line):
    role, family = next((role, one) for role in ("owner", *ROLES) for one in line.families if expected(line, role, one) == "ok")
    path = address(line, walker.world, family)
    wrong = []
    for place, noun, is_ref in slots(line.body):
        plain = noun.removeprefix("other_")
        body = fill(line.body, walker.world, family, {place: f"{NOUNS[plain]}:{MISSING}" if is_ref else MISSING})
        answer = _send(walker, line, role, path, fill(line.query, walker.world, family), body)
        if answer.status not in (404, 422):
            wrong.append(f"{line.method} {line.path} answers {answer.status} to an unknown {noun} at {place}")
    walker.report(wrong)


def _filters(line: Line) -> list[Mapping[str, str]]:
    own = {name: value for name, value in line.query.items() if str(value).startswith("@")}
    return [*line.filters, *([own] if own else [])]


@pytest.mark.parametrize("line", [line for line in LINES if _filters(line)], ids=_named)
def test_a_hidden_id_in_the_query_looks_missing(walker: Walker, line: Line):
    wrong: list[str] = []
    for role in (*STRANGERS, "leader"):
        for one in _filters(line):
            ((name, slot),) = one.items()
            ((place, noun, is_ref),) = slots(one)
            for record in walker.world.hidden_from(role, noun):
                if (role, line.name, record) in NAMED_BY_A_ROW:
                    continue
                key = walker.world.ids[record]
                values = [f"{NOUNS[noun]}:{number}" if is_ref else number for number in (key, MISSING)]
                path = address(line, walker.world, line.families[0])
                real, none = [_send(walker, line, role, path, {name: value}, None) for value in values]
                wrong += _compare(f"{role} {line.path}?{name}={slot} of {record}", real, none, key)
    walker.report(wrong)


def test_every_kind_of_record_is_hidden_from_somebody():
    nouns = {name.partition(".")[0] for name in SEES} - {"template", "service", "field"}
    for noun in nouns:
        assert any(role not in SEES[name] for name in SEES if name.startswith(f"{noun}.") for role in ROLES), noun
    assert record_of("contact", "open") == "contact.north"
