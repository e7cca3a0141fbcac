"""E-mails taken in on the pages: several at once, each told what became of it."""

from __future__ import annotations

from email.header import Header

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from tests.edges.web.sales.desk import SignIn
from tests.emails import email_bytes
from tests.hardening.payloads import PAYLOADS
from tests.people import NOW, Cast, Sale
from wonward.domains.comms.queries import list_communications
from wonward.domains.sales.operations.stakeholders import name_deal_contacts
from wonward.foundation.access.operations import change_preferences
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
PART = {"HTTP_HX_REQUEST": "true"}


def eml(content: bytes, name: str = "mail.eml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="message/rfc822")


def test_each_of_several_files_is_told_what_became_of_it(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller, deal = sign_in(cast.seller), Ref("sales.deal", sale.deal_id)
    assert "Take in e-mails" in seller.get("/log/emails/", {"ref": str(deal)}, **PART).content.decode()
    sent = {"ref": str(deal), "file": [eml(email_bytes()), eml(email_bytes(), "again.eml"), eml(b"no e-mail", "letter.txt.eml")]}
    answer = seller.post("/log/emails/", sent, **PART)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Taken in." in shown
    assert "It is in the log already." in shown
    assert "letter.txt.eml" in shown
    assert "This is not an e-mail" in shown
    (row,) = list_communications(actor=cast.seller, refs=[deal])
    assert f'href="/communications/{row.id}/"' in shown
    page = seller.get(f"/deals/{sale.deal_id}/").content.decode()
    assert "Can you split out the support?" in page
    assert "Support.eml" in page


def test_without_a_record_it_finds_where_it_belongs(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    name_deal_contacts(actor=cast.seller, deal_id=sale.deal_id, contact_ids=[sale.contact_id], now=NOW)
    assert "Taken in." in sign_in(cast.seller).post("/log/emails/", {"file": eml(email_bytes())}).content.decode()
    assert len(list_communications(actor=cast.seller, refs=[Ref("sales.deal", sale.deal_id)])) == 1


def test_nothing_chosen_and_too_many_are_said_beside_the_field(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller = sign_in(cast.seller)
    nothing = seller.post("/log/emails/", {})
    assert nothing.status_code == 422
    assert "Choose at least one e-mail." in nothing.content.decode()
    many = seller.post("/log/emails/", {"file": [eml(email_bytes(), f"{number}.eml") for number in range(21)]})
    assert many.status_code == 422
    assert list_communications(actor=cast.seller, refs=[Ref("sales.deal", sale.deal_id)]) == []


def test_a_stranger_is_told_as_of_an_address_nobody_has(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    stranger = sign_in(cast.member)
    shown = stranger.post("/log/emails/", {"file": eml(email_bytes()), "ref": f"sales.deal:{sale.deal_id}"}).content.decode()
    assert f"There is no record sales.deal:{sale.deal_id} that you can see." in shown
    assert "Website replatform" not in shown
    assert "is a contact that you see" in stranger.post("/log/emails/", {"file": eml(email_bytes())}).content.decode()
    assert list_communications(actor=cast.seller, refs=[Ref("sales.deal", sale.deal_id)]) == []


def test_every_log_of_a_record_offers_it_to_those_who_may(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    seller = sign_in(cast.seller)
    for page, ref in ((f"/deals/{sale.deal_id}/", f"sales.deal:{sale.deal_id}"), (f"/companies/{sale.company_id}/", f"clients.company:{sale.company_id}"),
                      (f"/contacts/{sale.contact_id}/", f"clients.contact:{sale.contact_id}")):
        assert f'href="/log/emails/?ref={ref}"' in seller.get(page).content.decode()
    assert 'href="/log/emails/"' in seller.get("/log/").content.decode()


def test_no_word_of_an_e_mail_becomes_markup(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    """Subject, names, words and names of files, on the answer, the deal, the log and the entry."""
    seller, marks = sign_in(cast.seller), [payload for payload in PAYLOADS if "<" in payload and "\n" not in payload][:120]
    assert len(marks) == 120
    for start in range(0, len(marks), 40):
        some = marks[start : start + 40]
        words = "\n".join(some)
        for number, payload in enumerate(some[:6]):
            content = email_bytes(words, subject=payload, sender=f"{Header(payload, 'utf-8', maxlinelen=10_000).encode(maxlinelen=10_000)} <x@y.test>", message_id=f"<{start}.{number}@y.test>", files={f"{payload}.txt": b"x"})
            answer = seller.post("/log/emails/", {"ref": f"sales.deal:{sale.deal_id}", "file": eml(content, f"{payload}.eml")})
            shown = [answer.content.decode(), *(seller.get(path).content.decode() for path in (f"/deals/{sale.deal_id}/", "/log/"))]
            assert "Taken in." in shown[0]
            assert [one for one in marks for text in shown if one in text] == []


def test_a_german_reader_finds_german(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    change_preferences(actor=cast.seller, language="de", now=NOW)
    sent = {"file": [eml(b"no e-mail"), eml(email_bytes(at=None))], "ref": f"sales.deal:{sale.deal_id}"}
    with translation.override("en"):
        shown = sign_in(cast.seller).post("/log/emails/", sent).content.decode()
    for words in ("E-Mails übernehmen", "Das ist keine E-Mail", "Übernommen.", "Die E-Mail nennt kein Datum"):
        assert words in shown
