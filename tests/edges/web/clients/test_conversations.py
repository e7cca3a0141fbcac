"""The whole log: found by words and people, written from anywhere, moved to where it belongs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.operations import log_communications, refile_communication
from wonward.domains.comms.queries import get_communication, list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.foundation.audit.queries import find_changes
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.operations import change_document, link_document
from wonward.foundation.files.queries import list_documents
from wonward.foundation.files.types import Privacy
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
PART: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def say(cast: Cast, sale: Sale, body: str, days_ago: int = 0, **more: Any) -> int:
    (key,) = log_communications(actor=cast.seller, now=NOW, entries=[
        NewCommunication(CommunicationKind.CALL, (Ref("sales.deal", sale.deal_id),), body, NOW - timedelta(days=days_ago), **more)
    ])
    while deliver_pending(now=NOW):
        pass
    return key


def test_what_they_asked_three_months_ago_is_found_by_another_form_of_the_word(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    say(cast, sale, "They asked for separate invoices.", 90, participants=(NewParticipant(contact_id=sale.contact_id),))
    say(cast, sale, "We spoke about hosting.")
    seller = sign_in(cast.seller)
    shown = seller.get("/log/", {"q": "invoice", "contact": sale.contact_id}).content.decode()
    assert "They asked for separate invoices." in shown
    assert "hosting" not in shown
    assert "Hanne Dahl" in shown
    assert "They asked for" not in seller.get("/log/", {"q": "invoice", "span": "31"}).content.decode()
    assert "Nothing was found" in seller.get("/log/", {"q": "zeppelin"}).content.decode()


def test_a_stranger_reads_nothing_and_a_hidden_person_or_record_looks_missing(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    say(cast, sale, "They asked for separate invoices.")
    stranger = sign_in(cast.member)
    assert "separate invoices" not in stranger.get("/log/").content.decode()
    assert stranger.get("/log/", {"ref": f"sales.deal:{sale.deal_id}"}).status_code == 404
    assert stranger.get("/log/", {"contact": sale.contact_id}).status_code == stranger.get("/log/", {"contact": 999_999}).status_code


def test_a_call_is_logged_from_anywhere_with_how_it_went_and_a_file(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller, deal = sign_in(cast.seller), Ref("sales.deal", sale.deal_id)
    form = seller.get("/log/new/", {"ref": str(deal)}, **PART).content.decode()
    assert f'value="{deal}" checked' in form
    upload = SimpleUploadedFile("<b>notes</b>.txt", b"what they said")
    answer = seller.post("/log/new/", {"kind": "call", "outcome": "Reached", "text": "They agree.", "ref": str(deal), "file": upload,
                                       "privacy": "restricted"}, **PART)
    assert answer.status_code == 204
    (entry,) = list_communications(actor=cast.seller, refs=[deal])
    assert (entry.kind, entry.body, entry.privacy) == ("call", "Reached\nThey agree.", "restricted")
    (document,) = list_documents(cast.seller, [Ref("comms.communication", entry.id)])
    assert "<" not in document.name or document.name.startswith("<b>")
    assert list_documents(cast.teammate, [deal]) == []


def test_nothing_said_and_nothing_chosen_are_named_and_what_was_typed_stays(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    answer = sign_in(cast.seller).post("/log/new/", {"kind": "note", "text": "Half a thought"}, **PART)
    assert answer.status_code == 422
    assert "Name at least one record" in answer.content.decode()
    assert "Half a thought" in answer.content.decode()
    empty = sign_in(cast.seller).post("/log/new/", {"kind": "note", "ref": f"sales.deal:{sale.deal_id}"}, **PART)
    assert "Write what was said." in empty.content.decode()


def test_an_entry_moves_to_where_it_belongs_and_back_by_one_undo(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    key, company = say(cast, sale, "This was about the whole company."), Ref("clients.company", sale.company_id)
    seller = sign_in(cast.seller)
    found = seller.get("/log/records/", {"record": "Northwind"}, **PART).content.decode()
    assert str(company) in found
    answer = seller.post(f"/communications/{key}/place/", {"ref": [str(company)], "privacy": "client", "version": "1"}, **PART)
    assert answer.status_code == 204
    entry = get_communication(actor=cast.seller, communication_id=key)
    assert (entry.refs, entry.privacy, entry.version) == ((company,), "client", 2)
    seller.post(f"/communications/{key}/place/", {"ref": f"sales.deal:{sale.deal_id}", "privacy": "internal"}, **PART)
    entry = get_communication(actor=cast.seller, communication_id=key)
    assert (entry.refs, entry.privacy) == ((Ref("sales.deal", sale.deal_id),), "internal")
    stale = seller.post(f"/communications/{key}/place/", {"ref": str(company), "version": "1"}, **PART)
    assert stale.status_code == 409
    nowhere = seller.post(f"/communications/{key}/place/", {}, **PART)
    assert "Name at least one record" in nowhere.content.decode()


def test_only_its_author_moves_an_entry_and_a_stranger_does_not_know_it(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    key = say(cast, sale, "Mine.")
    form = {"ref": f"clients.company:{sale.company_id}"}
    assert sign_in(cast.teammate).post(f"/communications/{key}/place/", form).status_code == 403
    assert sign_in(cast.member).post(f"/communications/{key}/place/", form).status_code == 404
    with pytest.raises(NotFound):
        get_communication(actor=cast.member, communication_id=key)
    assert sign_in(cast.leader).post(f"/communications/{key}/place/", form, **PART).status_code == 204


def test_its_file_goes_along_and_comes_back_with_the_undo(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller, deal, company = sign_in(cast.seller), Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)
    upload = SimpleUploadedFile("offer.txt", b"what they said")
    assert seller.post("/log/new/", {"kind": "call", "text": "See the file.", "ref": str(deal), "file": upload}, **PART).status_code == 204
    (entry,) = list_communications(actor=cast.seller, refs=[deal])
    assert [row.name for row in list_documents(cast.teammate, [deal])] == ["offer.txt"]
    place = f"/communications/{entry.id}/place/"
    moved = seller.post(place, {"ref": str(company), "privacy": "restricted", "version": "1"}, **PART)
    assert (moved.status_code, list_documents(cast.seller, [deal])) == (204, [])
    (document,) = list_documents(cast.seller, [company])
    assert (document.name, document.privacy, document.version) == ("offer.txt", "restricted", 2)
    assert list_documents(cast.teammate, [company]) == []
    assert "offer.txt" in seller.get(f"/companies/{sale.company_id}/").content.decode()
    toast = json.loads(moved["HX-Trigger"])["toast"]
    assert seller.post(toast["undo_url"], toast["undo_values"], **PART).status_code == 204
    assert list_documents(cast.seller, [company]) == []
    (document,) = list_documents(cast.teammate, [deal])
    assert (document.name, document.privacy) == ("offer.txt", "internal")
    assert len(find_changes(noun="files.document", ref_ids=[document.id], since=NOW)[document.id]) == 2


def test_a_file_somebody_hung_there_or_made_more_private_keeps_that(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller, deal, company = sign_in(cast.seller), Ref("sales.deal", sale.deal_id), Ref("clients.company", sale.company_id)
    upload = SimpleUploadedFile("salary.txt", b"what they said")
    seller.post("/log/new/", {"kind": "note", "text": "See the file.", "ref": str(deal), "file": upload}, **PART)
    (entry,) = list_communications(actor=cast.seller, refs=[deal])
    (document,) = list_documents(cast.seller, [deal])
    later = NOW + timedelta(hours=1)
    link_document(actor=cast.seller, document_id=document.id, refs=[company], now=later)
    change_document(actor=cast.seller, document_id=document.id, version=document.version, privacy=Privacy.RESTRICTED, now=later)
    refile_communication(actor=cast.leader, communication_id=entry.id, refs=[company], privacy="client", now=later)
    refile_communication(actor=cast.leader, communication_id=entry.id, refs=[deal], privacy="internal", now=later)
    for ref in (deal, company):
        assert [(row.name, row.privacy) for row in list_documents(cast.seller, [ref])] == [("salary.txt", "restricted")]
        assert list_documents(cast.teammate, [ref]) == []


def test_hostile_words_stay_words(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    say(cast, sale, "<img src=x onerror=alert(1)> invoices")
    for query in ("", "invoice", "<script>alert(1)</script>"):
        shown = sign_in(cast.seller).get("/log/", {"q": query}).content.decode()
        assert "<img src=x" not in shown
        assert "<script>alert" not in shown


def test_a_file_stands_beside_its_entry_wherever_it_is_read_and_costs_no_question_of_its_own(
    cast: Cast, sale: Sale, sign_in: SignIn
) -> None:
    seller, deal = sign_in(cast.seller), f"sales.deal:{sale.deal_id}"

    def attach(name: str, privacy: str = "internal") -> None:
        upload = SimpleUploadedFile(name, b"x" * 2500)
        sent = {"kind": "call", "text": f"About {name}.", "ref": deal, "file": upload, "privacy": privacy}
        assert seller.post("/log/new/", sent, **PART).status_code < 400

    attach("offer <b>.txt")
    for address in (f"/deals/{sale.deal_id}/", "/log/"):
        shown = seller.get(address).content.decode()
        assert "offer &lt;b&gt;.txt" in shown
        assert "kB" in shown
    with CaptureQueriesContext(connection) as one:
        seller.get(f"/deals/{sale.deal_id}/?part=entries&offset=0")
    for number in range(4):
        attach(f"more {number}.txt")
    with CaptureQueriesContext(connection) as many:
        seller.get(f"/deals/{sale.deal_id}/?part=entries&offset=0")
    assert len(many) == len(one)
    attach("salary.txt", "restricted")
    assert "salary.txt" in seller.get(f"/deals/{sale.deal_id}/").content.decode()
    assert "salary.txt" not in sign_in(cast.teammate).get(f"/deals/{sale.deal_id}/").content.decode()
