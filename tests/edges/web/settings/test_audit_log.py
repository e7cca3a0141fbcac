"""The audit log: every change for those who answer for the house, nothing for anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.people import NOW, TODAY, token_of
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.staff.operations import change_house
from wonward.domains.staff.operations.working_life import request_time_off
from wonward.domains.staff.types import TimeOffKind
from wonward.foundation.access.policy import tells_history
from wonward.foundation.audit.models import AuditEntry
from wonward.journeys.insights.operations import set_objective
from wonward.journeys.insights.types import ObjectiveFields

pytestmark = pytest.mark.django_db


def _page(client: Client, **asked: str) -> str:
    answer = client.get("/settings/audit/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_changed_setting_and_a_changed_deal_stand_in_it_with_before_and_after(cast: Any, sale: Any, sign_in: Any) -> None:
    change_house(actor=cast.owner, changes={"name": "Halden & Daughters"}, now=NOW)
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"name": "Relaunch, renamed"}, now=NOW)
    owner = sign_in(cast.owner)
    everything = _page(owner)
    assert "Halden &amp; Daughters" in everything
    assert "Relaunch, renamed" in everything
    assert f'href="/deals/{sale.deal_id}/"' in everything
    settings_alone = _page(owner, noun="organisation.organisation")
    assert "Halden &amp; Daughters" in settings_alone
    assert f'href="/deals/{sale.deal_id}/"' not in settings_alone
    assert "Relaunch, renamed" in _page(owner, who=cast.seller.label, ref=f"sales.deal:{sale.deal_id}")
    assert "No change matches" in _page(owner, since="2031-01-01")
    assert "Relaunch, renamed" not in _page(owner, until="2020-01-01")


def test_a_day_that_is_none_is_named(cast: Any, sign_in: Any) -> None:
    answer = sign_in(cast.owner).get("/settings/audit/", {"since": "soon"})
    assert (answer.status_code, "“soon” is not a date." in answer.content.decode()) == (422, True)


def test_earlier_pages_go_on_where_the_first_ends_and_no_line_comes_twice(cast: Any, sale: Any) -> None:
    for number in range(7):
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"name": f"Relaunch {number}"}, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {token_of(cast.owner)}"})
    first = client.get("/api/v1/audit", {"limit": "4"}).json()
    second = client.get("/api/v1/audit", {"limit": "4", "cursor": first["next"]}).json()
    ids = [row["id"] for row in [*first["items"], *second["items"]]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 8
    assert first["items"][0]["ref"] == f"sales.deal:{sale.deal_id}"
    assert first["items"][0]["changes"]["name"] == ["Relaunch 5", "Relaunch 6"]


def test_nobody_else_reads_it_by_page_or_program(cast: Any, sign_in: Any) -> None:
    for somebody in (cast.seller, cast.manager, cast.leader, cast.finance, cast.member):
        assert sign_in(somebody).get("/settings/audit/").status_code == 403
        client = Client(headers={"Authorization": f"Bearer {token_of(somebody)}"})
        assert client.get("/api/v1/audit").status_code == 403


def test_why_a_colleague_was_away_stands_in_no_line(cast: Any, sign_in: Any) -> None:
    request_time_off(actor=cast.member, person_id=cast.member.person_id, kind=TimeOffKind.SICK, start_date=TODAY, finish_date=TODAY, now=NOW)
    assert AuditEntry.objects.filter(operation__startswith="staff.time_off.").exists()
    owner = sign_in(cast.owner)
    assert "sick" not in _page(owner, noun="staff.person").lower()
    client = Client(headers={"Authorization": f"Bearer {token_of(cast.owner)}"})
    assert "sick" not in json.dumps(client.get("/api/v1/audit", {"noun": "staff.person", "limit": "200"}).json()).lower()


def test_the_history_button_of_an_objective_opens_its_history(cast: Any, sign_in: Any) -> None:
    fields = ObjectiveFields(name="Win the year", measure="wins", target=12, starts_date=TODAY.replace(day=1), ends_date=TODAY)
    objective_id = set_objective(actor=cast.leader, fields=fields, now=NOW)
    leader = sign_in(cast.leader)
    assert f"insights.objective:{objective_id}" in leader.get(f"/objectives/{objective_id}/").content.decode()
    assert leader.get("/records/history/", {"ref": f"insights.objective:{objective_id}"}).status_code == 200
    assert not tells_history("staff.person")


def test_the_rail_leads_whoever_may_set_something_to_what_they_may_set(cast: Any, sign_in: Any) -> None:
    leader = sign_in(cast.leader).get("/").content.decode()
    assert 'href="/settings/people/"' not in leader
    assert 'href="/settings/pipelines/"' in leader
    assert 'href="/settings/' not in sign_in(cast.member).get("/").content.decode().split("<main")[0]
