"""Nobody learns by filtering, searching, ordering, grouping, counting, paging or exporting what they may not know."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from tests.permissions.oracles import Asking, askings, change_hidden, plant_fees
from tests.permissions.walker import Walker
from tests.permissions.watch import checksums
from tests.permissions.world import ROLES
from wonward.edges.web.shell.saved_lists import LISTS

pytestmark = pytest.mark.django_db
STRANGERS = ("teammate", "planner", "member", "marketer")


@contextmanager
def _for_a_while(walker: Walker) -> Iterator[None]:
    """What is done here is taken back, and the tables are compared with how they are meanwhile."""
    before = walker._sums
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)
        walker._sums = before


def _ask(walker: Walker, role: str, asked: list[Asking]) -> dict[Asking, tuple[int, str]]:
    walker._sums = checksums()
    answers = {}
    for one in asked:
        if one.surface == "api":
            answer = walker.api(role, "GET", one.path, query=dict(one.query))
        else:
            answer = walker.web(role, "GET", one.path, dict(one.query), headers={"HX-Request": "true"})
        answers[one] = answer.without()
    return answers


def _told(walker: Walker, role: str, *, share: int = 1, place: int = 0, hidden_from: str = "", plain: bool = False) -> list[Asking]:
    """The questions this role is answered otherwise once what is hidden from a role (its own) has changed.

    Of all questions every `share`th from `place` on is asked; `plain` asks only for the lists as they are.
    """
    with _for_a_while(walker):
        fee = plant_fees(walker.world)
        asked = askings(walker.world, role, fee)[place::share]
        if plain:
            asked = [one for one in asked if all(name in ("as", "ref", "noun", "measure") for name, _ in one.query)]
        before = _ask(walker, role, asked)
        with _for_a_while(walker):
            assert change_hidden(walker.world, hidden_from or role)
            after = _ask(walker, role, asked)
        told = [one for one in asked if before[one] != after[one]]
        still = _ask(walker, role, told)
        return [one for one in told if still[one] != after[one]]


@pytest.mark.parametrize("role", STRANGERS)
def test_no_question_to_any_list_tells_what_a_role_may_not_know(walker: Walker, role: str):
    told = _told(walker, role, share=4 * len(STRANGERS), place=STRANGERS.index(role))
    walker.report([f"{role} is told by {one}" for one in told])


@pytest.mark.long
@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("owner", "admin")])
def test_a_share_of_all_questions_tells_nobody_what_they_may_not_know(walker: Walker, role: str):
    """Each role is asked another twelfth, so that three quarters of all questions are put to somebody; FULL=1 puts all of them to everybody."""
    share = 1 if os.environ.get("FULL") == "1" else 12
    told = _told(walker, role, share=share, place=[*ROLES].index(role) % share)
    walker.report([f"{role} is told by {one}" for one in told])


def test_whoever_may_know_is_answered_otherwise_on_every_kind_of_list(walker: Walker):
    told = {(one.surface, one.path) for one in _told(walker, "owner", hidden_from="marketer", plain=True)}
    walker.take_faults()
    lists = {("api", f"/{name}") for name in ("deals", "communications", "projects", "promises", "handoffs", "documents")}
    assert lists <= told
    assert {("web", "/deals/table/"), ("web", "/deals/export/"), ("web", "/portfolio/")} <= told


def test_every_registered_list_is_asked_for_all_its_filters(walker: Walker):
    asked = askings(walker.world, "owner", "planted_fee")
    names = {name for one in asked if one.surface == "web" for name, _ in one.query}
    assert {name for found in LISTS.values() for name in found.filters} <= names
    assert len(asked) > 500
