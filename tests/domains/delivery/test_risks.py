"""The register of risks and issues."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domains.delivery.plan import Plan
from tests.people import NOW, TODAY, Cast
from wonward.domains.delivery.operations import change_risk, enter_risk
from wonward.domains.delivery.queries.risks import get_risk, list_risks
from wonward.domains.delivery.types import RiskFields, grade_of
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db


def test_the_gravest_stands_first_and_what_happened_is_certain(plan: Plan, cast: Cast) -> None:
    rare = enter_risk(actor=cast.manager, project_id=plan.project_id, fields=RiskFields("Rain", probability=1, impact=4), now=NOW)
    likely = enter_risk(actor=cast.manager, project_id=plan.project_id, fields=RiskFields("Late photos", probability=4, impact=3), now=NOW)
    rows = list_risks(actor=cast.manager, project_id=plan.project_id)
    assert [(row.id, row.number, row.exposure) for row in rows] == [(likely, 2, 12), (rare, 1, 4)]
    change_risk(actor=cast.manager, risk_id=rare, changes={"kind": "issue"}, version=1, now=NOW)
    row = get_risk(actor=cast.manager, risk_id=rare)
    assert (row.exposure, row.grade, row.happened_date) == (20, "high", TODAY)
    assert list_risks(actor=cast.manager, project_id=plan.project_id)[0].id == rare


def test_a_closed_risk_opens_again_and_a_stale_form_is_told(plan: Plan, cast: Cast) -> None:
    key = enter_risk(actor=cast.manager, project_id=plan.project_id, fields=RiskFields("Rain"), now=NOW)
    change_risk(actor=cast.manager, risk_id=key, changes={"status": "closed"}, now=NOW)
    assert get_risk(actor=cast.manager, risk_id=key).closed_at == NOW
    with pytest.raises(Stale):
        change_risk(actor=cast.manager, risk_id=key, changes={"title": "Snow"}, version=1, now=NOW)
    change_risk(actor=cast.manager, risk_id=key, changes={"status": "open"}, version=2, now=NOW)
    assert get_risk(actor=cast.manager, risk_id=key).closed_at is None


@pytest.mark.parametrize(("exposure", "grade"), [(1, "low"), (7, "low"), (8, "medium"), (14, "medium"), (15, "high"), (25, "high")])
def test_the_grade_changes_at_its_limits(exposure: int, grade: str) -> None:
    assert grade_of(exposure) == grade


@pytest.mark.parametrize("fields", [RiskFields(" "), RiskFields("x", probability=0), RiskFields("x", impact=6), RiskFields("x", kind="fear"),
                                    RiskFields("x", owner_id=10**9), RiskFields("x", due_date=date(1200, 1, 1))])
def test_what_cannot_be_a_risk_is_refused_naming_the_field(fields: RiskFields, plan: Plan, cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        enter_risk(actor=cast.manager, project_id=plan.project_id, fields=fields, now=NOW)
    assert refusal.value.errors[0].field in ("title", "probability", "impact", "kind", "owner_id", "due_date")


def test_sales_reads_the_register_and_a_stranger_finds_none(plan: Plan, cast: Cast) -> None:
    key = enter_risk(actor=cast.manager, project_id=plan.project_id, fields=RiskFields("Rain"), now=NOW)
    assert get_risk(actor=cast.seller, risk_id=key).title == "Rain"
    with pytest.raises(NotAllowed):
        change_risk(actor=cast.seller, risk_id=key, changes={"impact": 5}, now=NOW)
    for ask in (lambda: get_risk(actor=cast.member, risk_id=key), lambda: list_risks(actor=cast.member, project_id=plan.project_id),
                lambda: change_risk(actor=cast.marketer, risk_id=key, changes={"impact": 5}, now=NOW)):
        with pytest.raises(NotFound):
            ask()
