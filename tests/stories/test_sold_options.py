"""An optional section is in the project only if it was sold, and the gate says beforehand what will be there."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domains.sales.catalogue import make_catalogue
from tests.edges.api.client import Api
from tests.people import Cast, make_cast, make_sale
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.journeys.handoff.queries import get_handoff, preview_win

pytestmark = pytest.mark.django_db
BRIEF = {"scope_summary": "The spring campaign.", "promised_finish_date": "2027-03-19", "no_constraints": True,
         "kickoff_date": "2026-12-01"}


def sell_and_win(cast: Cast, options: list[str] | None) -> list[str]:
    """The keys of what was created, the same that the preview counted before."""
    sale, catalogue = make_sale(cast), make_catalogue(cast)
    api = Api(cast.seller)
    status, deal = api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": catalogue.campaign, "options": options}]}, If_Match='"1"')
    assert (status, deal["lines"][0]["options"]) == (200, options)
    preview = preview_win(actor=cast.seller, deal_id=sale.deal_id, kickoff_date=date(2026, 12, 1)).projects[0]
    status, closed = api.post(
        f"/deals/{sale.deal_id}/closing", {"outcome": "won", "brief": {**BRIEF, "main_stakeholder_id": sale.contact_id}}
    )
    assert status == 201
    (created,) = get_handoff(actor=cast.seller, handoff_id=closed["handoff"]["id"]).projects
    assert (created.task_count, created.milestone_count) == (preview.task_count, preview.milestone_count)
    return [task.key for task in list_tasks(actor=cast.manager, project_id=closed["project_ids"][0])]


def test_a_deal_sold_without_seo_creates_no_seo_section() -> None:
    assert sell_and_win(make_cast(), ["Copywriting"]) == ["plan", "copy", "launch"]


def test_a_deal_sold_with_seo_creates_it() -> None:
    assert sell_and_win(make_cast(), ["SEO"]) == ["plan", "seo", "keywords", "launch"]


def test_a_deal_sold_with_no_option_creates_the_bare_plan() -> None:
    assert sell_and_win(make_cast(), []) == ["plan", "launch"]


def test_a_deal_that_leaves_the_choice_open_creates_everything() -> None:
    assert sell_and_win(make_cast(), None) == ["plan", "seo", "keywords", "copy", "launch"]
