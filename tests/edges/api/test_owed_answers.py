"""Clients who wait for an answer, as programs read and settle it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.edges.api.client import Api
from tests.people import make_cast, make_sale
from wonward.foundation.events.dispatcher import deliver_pending

pytestmark = pytest.mark.django_db


def test_a_message_of_the_client_waits_until_it_is_settled_or_answered():
    cast = make_cast()
    sale = make_sale(cast)
    api, place = Api(cast.seller), f"/deals/{sale.deal_id}/owed-answer"
    assert api.get(place) == (200, {"asked_at": None, "due_at": None, "is_late": False})
    said = {"kind": "email", "refs": [f"sales.deal:{sale.deal_id}"], "body": "When do we begin?", "direction": "in", "happened_at": "2026-10-20T09:30:00Z"}
    assert api.post("/communications", said)[0] == 201
    deliver_pending(now=datetime.now(UTC))
    status, waiting = api.get(place)
    assert (status, waiting["asked_at"], waiting["is_late"]) == (200, "2026-10-20T09:30:00Z", True)
    assert [one["id"] for one in api.get("/deals?is_unanswered=true")[1]["items"]] == [sale.deal_id]
    assert Api(cast.teammate).put(place, {"is_settled": True})[0] == 403
    assert api.put(place, {"is_settled": True}) == (200, {"asked_at": None, "due_at": None, "is_late": False})
    assert api.get("/deals?is_unanswered=true")[1]["items"] == []
    assert api.put(place, {"is_settled": True})[0] == 409
    assert api.put(place, {"is_settled": False})[1]["asked_at"] == "2026-10-20T09:30:00Z"
