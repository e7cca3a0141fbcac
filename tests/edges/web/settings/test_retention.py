"""An owner sets how long things are kept, looks before anything goes, and reads who opened what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.people import NOW
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.database.queries import house_models, read_rows
from wonward.foundation.jobs.runner import run_due_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead_id(cast):
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead("Ada Old", email="ada@old.test")], now=NOW)
    house_models()["sales.lead"]._base_manager.update(status="closed", closed_date=NOW.date(), updated_at=NOW.replace(year=2020))
    return lead_id


def test_an_owner_looks_turns_a_rule_on_and_what_is_due_goes(cast, sign_in, lead_id):
    owner, page = sign_in(cast.owner), reverse("retention_rule", args=["leads"])
    shown = owner.get(page).content.decode()
    assert "Ada Old" in shown
    assert reverse("lead", args=[lead_id]) in shown
    assert "Ada Old" not in owner.get(page, {"months": "120"}).content.decode()
    assert read_rows("sales.lead", where={"name": "Ada Old"})
    refused = owner.post(page, {"months": "0", "is_on": "on", "version": "0"})
    assert (refused.status_code, "Give between 1 and 240 months." in refused.content.decode()) == (422, True)
    assert owner.post(page, {"months": "24", "is_on": "on", "version": "0"}).status_code == 302
    assert "Saved. What is due goes tonight." in owner.get(reverse("retention")).content.decode()
    owner.post(reverse("retention_run"))
    run_due_jobs(now=NOW)
    assert "Ada Old" not in owner.get(page).content.decode()
    assert "1 went, 0 stayed" in owner.get(reverse("retention")).content.decode()


def test_a_hold_is_set_from_the_history_listed_released_and_set_again(cast, sign_in, lead_id):
    owner, ref = sign_in(cast.owner), f"sales.lead:{lead_id}"
    assert reverse("holds") in owner.get(reverse("record_history"), {"ref": ref}).content.decode()
    assert owner.post(reverse("holds"), {"ref": ref, "reason": ""}).status_code == 422
    owner.post(reverse("holds"), {"ref": ref, "reason": "A dispute"})
    assert "Under a legal hold" in owner.get(reverse("retention_rule", args=["leads"])).content.decode()
    page = owner.get(reverse("retention")).content.decode()
    assert "A dispute" in page
    (hold,) = read_rows("house.legalhold")
    owner.post(reverse("hold_release", args=[hold["id"]]))
    assert "Under a legal hold" not in owner.get(reverse("retention_rule", args=["leads"])).content.decode()
    assert owner.post(reverse("holds"), {"ref": "sales.lead:424242", "reason": "x"}).status_code == 404
    assert reverse("holds") not in sign_in(cast.seller).get(reverse("record_history"), {"ref": ref}).content.decode()


def test_who_opens_a_restricted_deal_or_takes_a_list_out_is_noted_once_a_day(cast, sale, sign_in):
    seller, owner = sign_in(cast.seller), sign_in(cast.owner)
    deal = reverse("deal", args=[sale.deal_id])
    seller.get(deal)
    assert list(read_rows("audit.opening")) == []
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    seller.get(deal), seller.get(deal)
    sign_in(cast.teammate).get(deal)
    Api(cast.seller).get(f"/deals/{sale.deal_id}")
    seller.get(reverse("contacts_export"))
    rows = [(row["user_label"], row["what"], row["ref_id"], row["detail"], row["via"], row["times"]) for row in read_rows("audit.opening")]
    assert rows == [
        ("Mara Klein", "opened", sale.deal_id, "", "web", 2), ("Mara Klein", "opened", sale.deal_id, "", "api", 1),
        ("Mara Klein", "exported", 0, "contacts", "web", 1),
    ]
    shown = owner.get(reverse("openings")).content.decode()
    assert "Website replatform" in shown
    assert "contacts" in shown
    assert seller.get(reverse("openings")).status_code == 403
    assert {one["detail"] for one in Api(cast.owner).get("/openings")[1]["items"]} == {"", "contacts"}


def test_programs_set_rules_look_hold_and_erase(cast, sale, lead_id):
    owner = Api(cast.owner)
    assert {one["key"]: one["is_on"] for one in owner.get("/retention")[1]["items"]}["leads"] is False
    assert owner.put("/retention", {"key": "leads", "is_on": True, "months": 24})[0] == 200
    assert fields_of(owner.put("/retention", {"key": "nonsense", "is_on": True, "months": 24})[1]) == ["key"]
    assert fields_of(owner.put("/retention", {"key": "leads", "is_on": True, "months": 0})[1]) == ["months"]
    assert owner.put("/retention", {"key": "leads", "is_on": True, "months": 24, "version": 9})[0] == 412
    (due,) = owner.get("/retention/due?key=leads")[1]["items"]
    assert (due["ref"], due["name"], due["why_kept"]) == (f"sales.lead:{lead_id}", "Ada Old", "")
    hold = owner.post("/holds", {"ref": f"clients.contact:{sale.contact_id}", "reason": "A dispute"})[1]
    erasure = f"/contacts/{sale.contact_id}/erasure"
    assert owner.post(erasure, {"reason": "Asked"})[0] == 409
    assert owner.post(f"/holds/{hold['id']}/release")[0] == 204
    assert fields_of(owner.post(erasure, {"reason": " "})[1]) == ["reason"]
    owner.post(f"/contacts/{sale.contact_id}/personal-data")
    assert b"Hanne Dahl" in owner.last.content
    assert owner.post(erasure, {"reason": "Asked"})[0] == 202
    assert owner.post("/retention/runs")[0] == 202
    run_due_jobs(now=datetime.now(UTC))
    (told,) = owner.get(erasure)[1]["items"]
    assert told["failure"] == ""
    assert (told["kind"], told["state"], told["places"]["clients.contact"]) == ("erasure", "done", 1)
    for who in (cast.seller, cast.leader):
        assert Api(who).get("/retention")[0] == 403
        assert Api(who).post(erasure, {"reason": "x"})[0] == 403
    assert Api(cast.member).post(erasure, {"reason": "x"})[0] == 404
