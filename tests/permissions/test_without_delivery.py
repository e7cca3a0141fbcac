"""With delivery switched off nothing of it is left: no word, no address, on any page that still opens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.permissions.traces import house_without, left_on_pages
from tests.permissions.walker import Walker

pytestmark = pytest.mark.django_db
WRITTEN = {"The curlewopen templates", "Planner Extra", "Project manager"}
# Where Delivery is switched on again, what was won in the meantime, and what was done while it was on.
SPEAK_OF_IT = frozenset({"areas", "open_wins", "audit_log"})
_AREAS = re.compile(r"/(projects|handoffs|portfolio|capacity|tasks|templates/\d+|templates/new)\b")
_WORDS = re.compile(
    r"\b(projects?|deliver(?:y|ies|s|ed)|hand(?:ed )?-?offs?|handed over|kick-?offs?|five answers|five questions|capacity|milestones?|gantt|portfolio|tasks|bookings?)\b",
    re.I,
)


@pytest.fixture
def off(walker: Walker) -> Iterator[Walker]:
    with house_without(walker, "delivery") as found:
        yield found


@pytest.mark.parametrize("role", ["owner", "seller"])
def test_no_page_says_a_word_of_it_or_leads_to_it(off: Walker, role: str) -> None:
    opened, left = left_on_pages(off, role, words=_WORDS, places=_AREAS, data=WRITTEN, apart=SPEAK_OF_IT)
    assert opened > (80 if role == "owner" else 40)
    assert not left, "\n".join(left)
