"""Every page of the office is a list that keeps views, or is named here with the reason why it is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import get_resolver

from tests.permissions.lines import address
from tests.permissions.table import WEB
from tests.permissions.walker import Walker
from wonward.edges.web.shell.saved_lists import LISTS, SavedList

pytestmark = pytest.mark.django_db
_FORM = "a form, nothing is listed"
_OWN = "is one person's own, short, and has nothing to narrow"
_SETTING = "a page of settings: all there is stands on it"
_GRID = "a picture over time for the days chosen in its address, not rows of records"
_PART = "a part of a page, never opened alone"
_REPORT = "a report: every figure opens its rows in a list that keeps views"
_FILE = "a file"
REASONS = {
    "inbox": _OWN, "inbox_count": _PART, "reminders": _OWN, "profile": _FORM, "profile_security": _OWN, "profile_tokens": _OWN, "profile_calendar": _OWN,
    "profile_notices": _FORM, "search": "is itself a filter over everything; an address of it may be kept", "pinned_records": _PART, "record_notices": _PART,
    "record_history": "the story of one record, the newest first", "view_filters": _FORM, "view_columns": _FORM, "new_view": _FORM,
    "bulks": _OWN, "failures": "what is broken now: it is repeated or dropped, and then gone",
    "companies_export": _FILE, "contacts_export": _FILE, "deals_export": _FILE, "leads_export": _FILE, "projects_export": _FILE,
    "new_company": _FORM, "add_contact": _FORM, "merge": _FORM, "new_lead": _FORM, "new_deal": _FORM, "new_project": _FORM, "plan_import": _FORM,
    "new_objective": _FORM, "new_template": _FORM, "new_service": _FORM, "invite": _FORM, "log_new": _FORM, "log_emails": _FORM, "log_records": _PART, "new_booking": _FORM,
    "new_lead_form": _FORM, "start": _FORM, "start_house": _FORM, "start_pipeline": _FORM, "start_services": _FORM,
    "start_people": _FORM, "lead_rules": _SETTING, "lead_questions": _SETTING, "lead_forms": _SETTING, "lost_reasons": _SETTING, "organisation": _SETTING,
    "areas": _SETTING, "rates": _SETTING, "numbers": _SETTING, "calendars": _SETTING, "pipelines": _SETTING, "handoff_rules": _SETTING, "roles": _SETTING,
    "fields": _SETTING, "house_data": _SETTING, "backup": _SETTING, "webhooks": _SETTING, "retention": _SETTING, "openings": "a log for inspection, narrowed by day; it is not worked from",
    "lead_sources": _REPORT, "sales_reports": _REPORT, "discipline": _REPORT, "track_record": _REPORT, "handoff_check": _REPORT,
    "planner": _GRID, "outlook": "its what-ifs are kept as scenarios", "balance": _GRID, "leveling": "its runs are kept, the newest first", "time_off": _GRID,
    "capacity_team": "everybody with what they can do; the list of people keeps views", "open_wins": "gone once each has its handoff",
}


def _pages() -> dict[str, str]:
    """The pages that lie in no record, by route."""
    return {line.name: line.path for line in WEB if line.method == "GET" and "{" not in line.path}


@pytest.fixture(autouse=True)
def registered() -> None:
    """Every area is imported."""
    assert get_resolver().url_patterns


def test_every_page_is_a_list_with_views_or_says_why_not() -> None:
    routes = {found.route for found in LISTS.values()}
    pages = set(_pages())
    assert len(pages) > 70
    assert pages - routes - set(REASONS) == set(), "Register these lists (docs/how-to/wire-a-list-to-saved-views.md), or say why they keep no views."
    assert set(REASONS) - pages == set(), "These pages are gone."
    assert set(REASONS) & routes == set(), "These lists keep views by now."
    assert routes >= {
        "companies", "contacts", "leads", "deals_table", "deals_board", "proposals", "projects", "portfolio", "handoffs", "conversations", "duplicates",
        "objectives", "imports", "people", "templates", "trash", "audit_log", "project_list", "project_risks",
    }


def test_each_list_opens_with_its_views_in_every_order_and_group_and_keeps_one_more(walker: Walker) -> None:
    faults = [f"{key}: {fault}" for key, found in LISTS.items() for fault in _faults(walker, key, found)]
    assert len(LISTS) > 18
    assert not faults, "\n".join(faults)
    walker.take_faults()


def _faults(walker: Walker, key: str, found: SavedList) -> Iterator[str]:
    line = next(one for one in WEB if one.name == found.route and one.method == "GET")
    base = address(line, walker.world, line.families[0])
    page = walker.web("owner", "GET", base)
    if page.status != 200 or 'class="view-bar"' not in page.content:
        yield f"{page.status}, views.bar(look, …) is missing."
    for group, _words in found.groups:
        if walker.web("owner", "GET", base, {"group": group}).status != 200:
            yield f"cannot be grouped by {group}."
    for order in found.sorts or [column.key for column in found.columns if column.is_sortable]:
        if {walker.web("owner", "GET", base, {"sort": sign + order}).status for sign in ("", "-")} != {200}:
            yield f"cannot be sorted by {order}."
    place = f":{base.strip('/').split('/')[1]}" if found.place else ""
    if walker.web("owner", "POST", "/views/new/", {"state": f"list={key}{place}&{found.filters[0]}=x", "name": "Kept view"}).status != 302:
        yield "keeps no view."
