"""E-mails taken in over the API: owner, teammate, stranger; once; with the problem of each field named."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.edges.api.client import Api
from tests.emails import email_bytes
from tests.people import NOW, make_cast, make_sale
from wonward.domains.comms.models import Communication
from wonward.domains.sales.operations.stakeholders import name_deal_contacts

pytestmark = pytest.mark.django_db
PATH = "/communications/emails"


def eml(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("mail.eml", content or email_bytes(files={"a.txt": b"a"}), content_type="message/rfc822")


def world():
    cast = make_cast()
    sale = make_sale(cast)
    name_deal_contacts(actor=cast.seller, deal_id=sale.deal_id, contact_ids=[sale.contact_id], now=NOW)
    return cast, sale, f"sales.deal:{sale.deal_id}"


def test_an_e_mail_is_taken_in_once_and_found_where_it_belongs():
    cast, _, deal = world()
    seller = Api(cast.seller)
    status, told = seller.upload(PATH, {"file": eml()})
    assert status == 201
    assert told["is_new"]
    assert deal in told["communication"]["refs"]
    assert seller.last.headers["Location"].endswith(f"/communications/{told['communication']['id']}")
    status, again = seller.upload(PATH, {"file": eml(), "refs": deal})
    assert (status, again["is_new"], again["communication"]["id"]) == (200, False, told["communication"]["id"])
    assert seller.get(f"/documents?ref=comms.communication:{told['communication']['id']}")[1]["items"][0]["name"] in ("Support.eml", "a.txt")


def test_a_key_answers_a_repeat_with_the_first_answer_and_another_e_mail_with_a_conflict():
    cast, _, deal = world()
    seller = Api(cast.seller)
    content = email_bytes()
    first = seller.upload(PATH, {"file": eml(content), "refs": deal}, Idempotency_Key="one")
    again = seller.upload(PATH, {"file": eml(content), "refs": deal}, Idempotency_Key="one")
    assert first == again
    assert seller.last.headers["Idempotent-Replayed"] == "true"
    assert seller.upload(PATH, {"file": eml(email_bytes(message_id="<other@x.test>")), "refs": deal}, Idempotency_Key="one")[0] == 409
    assert Communication.objects.filter(external_source="email").count() == 1


@pytest.mark.parametrize(("content", "field", "answer"), [
    (b"no e-mail", "file", 422), (b"From: a@b.test\n" + b"x: " + b"y" * 300_000, "file", 413), (email_bytes(sender="x@y.test", to="z@y.test"), "refs", 422),
])
def test_what_is_wrong_is_named(content, field, answer):
    cast, _, _ = world()
    seller = Api(cast.seller)
    status, problem = seller.upload(PATH, {"file": eml(content)})
    assert status == answer
    assert [one["field"] for one in problem["errors"]] == [field]
    assert seller.last.headers["Content-Type"].startswith("application/problem+json")


def test_unknown_fields_and_a_missing_file_are_mistakes():
    cast, _, deal = world()
    seller = Api(cast.seller)
    assert seller.upload(PATH, {"file": eml(), "name": "x"})[0] == 400
    assert seller.upload(PATH, {"refs": deal})[0] == 422
    assert seller.upload(PATH, {"file": eml(), "refs": "nonsense"})[0] == 422
    assert seller.upload(PATH, {"file": eml(), "privacy": "everybody"})[0] == 422


def test_a_stranger_learns_nothing_and_a_token_without_the_right_is_refused():
    cast, _, deal = world()
    assert Api(cast.seller).upload(PATH, {"file": eml(), "refs": deal})[0] == 201
    stranger = Api(cast.member)
    assert stranger.upload(PATH, {"file": eml(), "refs": deal})[0] == 422
    status, told = stranger.upload(PATH, {"file": eml()})
    assert status == 422
    assert "Hanne Dahl <hanne@northwind.test>" in told["detail"]
    assert Api(cast.seller, ["comms.communication.view"]).upload(PATH, {"file": eml()})[0] == 403
    assert Api(cast.seller, ["comms.communication.log", "comms.communication.view"]).upload(PATH, {"file": eml()})[0] == 403


def test_a_teammate_is_led_to_the_entry_that_is_there():
    cast, _, deal = world()
    first = Api(cast.seller).upload(PATH, {"file": eml(), "refs": deal})[1]
    status, told = Api(cast.teammate).upload(PATH, {"file": eml()})
    assert (status, told["communication"]["id"]) == (200, first["communication"]["id"])


def test_remarks_say_what_could_not_be_kept():
    cast, _, deal = world()
    told = Api(cast.seller).upload(PATH, {"file": eml(email_bytes(at=None)), "refs": deal})[1]
    assert told["remarks"] == ["The e-mail says no date; it stands in the log at the moment it was taken in."]
