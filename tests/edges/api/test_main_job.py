"""The main job, told through HTTP: from a company to an accepted, dated project that keeps its promises."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.edges.api.client import Api, fields_of
from tests.people import WEBSITE, make_cast

pytestmark = pytest.mark.django_db

BRIEF = {
    "scope_summary": "Move 42 templates and 1,100 pages.", "promised_finish_date": "2026-12-24",
    "key_constraints": "The trade fair does not move.", "kickoff_date": "2026-11-28",
}


def test_the_main_job_from_company_to_project():
    cast = make_cast()
    owner, seller, manager = Api(cast.owner), Api(cast.seller), Api(cast.manager)

    status, me = seller.get("/me")
    assert (status, me["access_role"], me["person"]["name"]) == (200, "sales", "Mara Klein")
    assert me["permissions"]["sales.deal.win"] == "own"

    status, company = seller.post("/companies", {"name": "Northwind Robotics GmbH", "domain": "https://www.northwind.test/x"})
    assert (status, company["domain"], company["version"], company["possible_duplicates"]) == (201, "northwind.test", 1, [])
    assert seller.last.headers["Location"] == f"/api/v1/companies/{company['id']}"
    assert seller.last.headers["ETag"] == '"1"'
    status, again = seller.post("/companies", {"name": "northwind robotics"})
    assert (status, [one["id"] for one in again["possible_duplicates"]]) == (201, [company["id"]])
    status, contact = seller.post(
        "/contacts", {"name": "Hanne Dahl", "email": "hanne@northwind.test", "company_id": company["id"]}
    )
    assert (status, contact["company_name"], contact["email"]) == (201, "Northwind Robotics GmbH", "hanne@northwind.test")

    status, template = owner.post("/templates", {"name": "Website build", "items": WEBSITE})
    assert (status, len(template["items"])) == (201, len(WEBSITE))
    status, service = owner.post(
        "/services", {"name": "Website", "template_id": template["id"], "price": {"amount": "84000.00", "currency": "EUR"}}
    )
    assert (status, service["price"]) == (201, {"amount": "84000.00", "currency": "EUR"})

    deal = _open_deal(seller, company["id"], service["id"])
    status, promise = seller.post("/promises", {
        "deal_id": deal["id"], "kind": "deliverable", "text": "42 templates", "key": "templates", "weight": 2,
        "due_date": "2026-12-24", "source": {"ref": f"sales.deal:{deal['id']}", "quote": "All 42, please."},
    })
    assert (status, promise["state"], promise["source"]["quote"]) == (201, "confirmed", "All 42, please.")
    status, call = seller.post("/communications", {
        "kind": "call", "refs": [f"sales.deal:{deal['id']}"], "body": "They asked for 42 templates.",
        "happened_at": "2026-11-18T10:00:00+01:00", "participants": [{"contact_id": contact["id"]}, "Somebody Else"],
    })
    assert (status, call["happened_at"], call["participants"]) == (201, "2026-11-18T09:00:00Z", ["Hanne Dahl", "Somebody Else"])
    status, document = seller.upload("/documents", {
        "file": SimpleUploadedFile("offer.pdf", b"%PDF-1.7 offer"), "refs": f"sales.deal:{deal['id']}"
    })
    assert (status, document["media_type"], document["refs"]) == (201, "application/pdf", [f"sales.deal:{deal['id']}"])

    closed = _win(seller, deal["id"], contact["id"])
    _hand_over(seller, manager, closed, call["id"], document["id"])
    _plan(seller, manager, closed["project_ids"][0], deal["id"])


def _open_deal(seller: Api, company_id: int, service_id: int) -> dict:
    (pipeline,) = seller.get("/pipelines")[1]["items"]
    kinds = [stage["kind"] for stage in pipeline["stages"]]
    assert {"open", "won", "lost"} == set(kinds)
    wanted = {"name": "Website replatform", "company_id": company_id, "lines": [{"service_id": service_id, "quantity": 1}],
              "expected_close_date": "2026-12-18"}
    status, refusal = seller.post("/deals", wanted)
    assert (status, fields_of(refusal)) == (422, ["next_action"])
    wanted["next_action"] = {"kind": "call", "due_date": "2026-11-20", "note": "Call Hanne"}
    status, deal = seller.post("/deals", wanted)
    assert (status, deal["status"], deal["value"]) == (201, "open", {"amount": "84000.00", "currency": "EUR"})
    assert deal["lines"][0]["quantity"] == 1
    assert (deal["is_history"], deal["external_id"], deal["closed_date"]) == (False, "", None)
    status, deal = seller.put(
        f"/deals/{deal['id']}/next-action", {"kind": "meeting", "due_date": "2026-11-25", "note": "Workshop"}
    )
    assert (status, deal["next_action"]["kind"]) == (200, "meeting")
    following = [stage["id"] for stage in pipeline["stages"] if stage["kind"] == "open"][1]
    status, deal = seller.patch(f"/deals/{deal['id']}", {"stage_id": following})
    assert (status, deal["stage_id"]) == (200, following)
    won = next(stage["id"] for stage in pipeline["stages"] if stage["kind"] == "won")
    status, refusal = seller.patch(f"/deals/{deal['id']}", {"stage_id": won})
    assert (status, fields_of(refusal)) == (422, ["stage_id"])
    return deal


def _win(seller: Api, deal_id: int, contact_id: int) -> dict:
    closing = f"/deals/{deal_id}/closing"
    status, refusal = seller.post(closing, {"outcome": "won", "brief": {}})
    assert status == 422
    assert fields_of(refusal) == [
        "brief.scope_summary", "brief.promised_finish_date", "brief.key_constraints", "brief.main_stakeholder_id",
        "brief.kickoff_date",
    ]
    assert seller.get(f"/deals/{deal_id}")[1]["status"] == "open"
    status, closed = seller.post(closing, {"outcome": "won", "brief": {**BRIEF, "main_stakeholder_id": contact_id}})
    assert (status, closed["deal"]["status"], closed["handoff"]["status"]) == (201, "won", "awaiting_acceptance")
    status, again = seller.post(closing, {"outcome": "won", "brief": {"scope_summary": "Something else"}})
    assert (status, again["replayed"], again["handoff"]["id"], again["project_ids"]) == (
        200, True, closed["handoff"]["id"], closed["project_ids"]
    )
    assert seller.post(closing, {"outcome": "lost", "reason": "No"})[0] == 409
    return closed


def _hand_over(seller: Api, manager: Api, closed: dict, call_id: int, document_id: int) -> None:
    handoff_id = closed["handoff"]["id"]
    waiting = manager.get("/handoffs?status=awaiting_acceptance")[1]["items"]
    assert [row["id"] for row in waiting] == [handoff_id]
    status, handoff = manager.get(f"/handoffs/{handoff_id}")
    assert (status, handoff["brief"]["scope_summary"]) == (200, BRIEF["scope_summary"])
    assert (handoff["brief"]["asked_kickoff_date"], handoff["brief"]["kickoff_date"]) == ("2026-11-28", "2026-11-30")
    assert {row["key"] for row in handoff["promises"]} == {"templates", "finish"}
    assert [row["id"] for row in handoff["communications"]] == [call_id]
    assert [row["id"] for row in handoff["documents"]] == [document_id]
    assert [(row["name"], row["is_main"]) for row in handoff["stakeholders"]] == [("Hanne Dahl", True)]
    acceptance = f"/handoffs/{handoff_id}/acceptance"
    status, returned = manager.post(
        acceptance, {"decision": "return", "questions": [{"field": "scope_summary", "text": "Which 42?"}]}
    )
    assert (status, returned["status"]) == (200, "returned")
    question = returned["questions"][0]["id"]
    status, answered = seller.post(f"/handoffs/{handoff_id}/answers", {"answers": {str(question): "The ones in the sheet."}})
    assert (status, answered["status"]) == (200, "awaiting_acceptance")
    assert seller.post(acceptance, {"decision": "accept"})[0] == 403
    status, accepted = manager.post(acceptance, {"decision": "accept"})
    assert (status, accepted["status"]) == (200, "accepted")


def _plan(seller: Api, manager: Api, project_id: int, deal_id: int) -> None:
    status, project = manager.get(f"/projects/{project_id}")
    assert (status, project["status"], project["deal_id"], project["promised_finish_date"]) == (
        200, "active", deal_id, "2026-12-24"
    )
    tasks = {row["key"]: row for row in manager.get(f"/projects/{project_id}/tasks")[1]["items"]}
    assert (tasks["workshop"]["start_date"], tasks["workshop"]["finish_date"]) == ("2026-11-30", "2026-12-01")
    assert tasks["live"]["finish_date"] == project["forecast_finish_date"] == tasks["build"]["finish_date"]
    schedule = manager.get(f"/projects/{project_id}/schedule")[1]
    critical = {row["key"] for row in schedule["items"] if row["is_critical"]}
    assert {"workshop", "wireframes", "build", "live"} <= critical

    longer = {"duration_days": 20}
    status, refusal = manager.patch(f"/tasks/{tasks['build']['id']}", longer)
    assert (status, fields_of(refusal)) == (422, ["reason"])
    status, changed = manager.patch(f"/tasks/{tasks['build']['id']}", {**longer, "reason": "Two more templates."})
    assert (status, changed["task"]["duration_days"]) == (200, 20)
    assert {row["id"] for row in changed["moved"]} == {tasks["build"]["id"], tasks["live"]["id"]}
    assert len(changed["broken_promises"]) == 2
    assert seller.get(f"/projects/{project_id}")[1]["forecast_finish_date"] == changed["forecast_finish_date"]

    status, added = manager.post("/tasks", {
        "project_id": project_id, "name": "Train the editors", "duration_days": 1, "after_ids": [tasks["migrate"]["id"]]
    })
    assert (status, added["task"]["name"]) == (201, "Train the editors")
    new_id = added["task"]["id"]
    status, linked = manager.post("/dependencies", {"from_id": new_id, "to_id": tasks["live"]["id"]})
    assert (status, linked["dependency"]["to_id"]) == (201, tasks["live"]["id"])
    status, refusal = manager.post("/dependencies", {"from_id": tasks["live"]["id"], "to_id": tasks["workshop"]["id"]})
    assert status == 422
    assert "→" in refusal["detail"]
    assert manager.delete(f"/dependencies/{linked['dependency']['id']}")[0] == 200
    assert manager.delete(f"/tasks/{new_id}")[0] == 200
    assert manager.get(f"/tasks/{new_id}")[0] == 404

    status, why = manager.get(f"/tasks/{tasks['build']['id']}/why")
    assert (status, [row["source"]["quote"] for row in why["items"]]) == (200, ["All 42, please."])
    names = [row["name"] for row in seller.get("/events?limit=200")[1]["items"]]
    assert "sales.deal.won" in names
    assert "handoff.handoff.accepted" in names


def test_a_lost_deal_is_lost_once_and_never_won():
    cast = make_cast()
    seller = Api(cast.seller)
    company_id = seller.post("/companies", {"name": "Acme"})[1]["id"]
    deal = seller.post("/deals", {
        "name": "Shop", "company_id": company_id, "next_action": {"kind": "call", "due_date": "2026-11-20"}
    })[1]
    closing = f"/deals/{deal['id']}/closing"
    assert fields_of(seller.post(closing, {"outcome": "lost"})[1]) == ["reason"]
    status, lost = seller.post(closing, {"outcome": "lost", "reason": "Price"})
    assert (status, lost["deal"]["status"], lost["deal"]["lost_reason"], lost["replayed"]) == (201, "lost", "Price", False)
    status, again = seller.post(closing, {"outcome": "lost", "reason": "Else"})
    assert (status, again["replayed"], again["deal"]["lost_reason"]) == (200, True, "Price")
    assert seller.post(closing, {"outcome": "won", "brief": {}})[0] == 409
