"""With Sales switched off nothing of it is left: no word, no address, no menu and no way in, on any page that still opens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.permissions.traces import house_without, left_on_pages
from tests.permissions.walker import Walker

pytestmark = pytest.mark.django_db
WRITTEN = {"Proposal, 50", "Never sold", "Advice", "Lead:"}
# What was handed over while Sales was on keeps its story; these pages tell it, or say where Sales is switched on again.
SPEAK_OF_IT = {
    "areas": "switches it on again", "audit_log": "tells what was done while it was on",
    "handoffs": "what was won was handed over", "handoff": "what was won was handed over", "handoff_check": "what was won was handed over",
    "handoff_scope": "what was won was handed over", "handoff_kickoff": "what was won was handed over", "project_sale": "what was won was handed over",
    "project_brief": "what was won was handed over", "project": "shows its promise, its handoff and what was sold", "project_status": "shows what was sold",
    "retention": "keeps rules for what is still stored", "retention_rule": "keeps rules for what is still stored", "openings": "tells what was opened",
    "outlook": "forecasts from deals that are still open", "track_record": "tells what became of deals and dates",
    "leveling_run": "shows a run of before", "balance": "shows bookings for deals", "planner": "shows bookings for deals", "booking": "shows a booking for a deal",
    "import_batch": "is an import of before", "roles": "names the access role that somebody has", "people": "names the access role that somebody has",
    "person": "names the access role that somebody has", "role": "names the access role that somebody has",
}
_AREAS = re.compile(r"/(deals|leads|proposals|sales|settings/pipelines|start/pipeline)\b")
_WORDS = re.compile(r"\b(deals?|leads|new lead|pipelines?|proposals?|sales|won|gate)\b", re.I)


@pytest.fixture
def off(walker: Walker) -> Iterator[Walker]:
    with house_without(walker, "sales") as found:
        yield found


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_no_page_says_a_word_of_it_or_leads_to_it(off: Walker, role: str) -> None:
    opened, left = left_on_pages(off, role, words=_WORDS, places=_AREAS, data=WRITTEN, apart=SPEAK_OF_IT)
    assert opened > (80 if role == "owner" else 50)
    assert not left, "\n".join(left)


def test_programs_find_no_door_and_no_record_of_it(off: Walker) -> None:
    for path in ("/deals", "/leads", "/pipelines", "/proposals", "/lead-sources"):
        assert off.api("owner", "GET", path).status in (403, 404), path
    for query in ("noun=sales.deal", "noun=sales.lead"):
        assert '"items":[]' in off.api("owner", "GET", "/search", query={"q": "north", "noun": query.partition("=")[2]}).content.replace(" ", "")
    assert off.api("owner", "POST", "/imports", form={"kind": "deals"}).status in (403, 422)
    assert off.api("owner", "GET", "/handoff-rules").status in (200, 403)


def test_the_first_run_and_imports_leave_it_out(off: Walker) -> None:
    home = off.web("owner", "GET", "/start/house/").content
    assert "/start/services/" in home
    assert "/start/pipeline/" not in home
    assert off.web("owner", "GET", "/start/pipeline/").location == "/start/services/"
    kinds = off.web("owner", "GET", "/imports/").content
    assert 'value="companies"' in kinds
    assert 'value="deals"' not in kinds
    assert 'value="leads"' not in kinds
    assert 'value="sales"' not in off.web("owner", "GET", "/settings/people/invite/").content
