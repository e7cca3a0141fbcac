"""Contacts and duplicates as people meet them on their pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.clients.models import Company, Contact, DuplicatePair, Merge
from wonward.domains.clients.queries import get_contact_card
from wonward.domains.sales.models import Deal
from wonward.foundation.events.dispatcher import deliver_pending

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_second_entry_of_a_company_is_warned_of_noted_merged_and_taken_apart_again(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    typed = {"name": "Nortwind Robotics GmbH", "country": "Norway"}
    warned = desk.post(reverse("new_company"), typed)
    assert warned.status_code == 422
    assert "Northwind Robotics" in warned.content.decode()
    assert "nearly the same name" in warned.content.decode()
    assert desk.post(reverse("new_company"), {**typed, "is_sure": "1"}).status_code == 302
    while deliver_pending(now=NOW):
        pass
    pair = DuplicatePair.objects.get(noun="clients.company")
    listed = desk.get(reverse("duplicates")).content.decode()
    assert "Nortwind Robotics GmbH" in listed
    form = desk.get(reverse("merge"), {"pair": pair.pk})
    assert form.status_code == 200
    copy = Company.objects.get(name="Nortwind Robotics GmbH")
    merged = desk.post(
        reverse("merge"), {"of": "companies", "one": sale.company_id, "other": copy.pk, "target": copy.pk, "field_name": sale.company_id}
    )
    assert merged.headers["Location"] == reverse("company", kwargs={"company_id": copy.pk})
    copy.refresh_from_db()
    assert (copy.name, copy.country) == ("Northwind Robotics", "Norway")
    assert Deal.objects.get(pk=sale.deal_id).company_id == copy.pk
    old_address = desk.get(reverse("company", kwargs={"company_id": sale.company_id}))
    assert old_address.headers["Location"] == reverse("company", kwargs={"company_id": copy.pk})
    assert "Merged into this" in desk.get(old_address.headers["Location"]).content.decode()
    undone = desk.post(reverse("merge_undo", kwargs={"merge_id": Merge.objects.get().pk}))
    assert undone.headers["Location"] == reverse("company", kwargs={"company_id": sale.company_id})
    assert Deal.objects.get(pk=sale.deal_id).company_id == sale.company_id


def test_two_that_are_different_are_not_asked_about_again(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    other = Company.objects.create(
        number="C-9", name="Northwind Robotix", name_key="northwind robotix", created_at=NOW, updated_at=NOW
    )
    pair = DuplicatePair.objects.create(
        noun="clients.company", first_id=sale.company_id, second_id=other.pk, score=88, because="nearly the same name", found_at=NOW
    )
    where = reverse("duplicate_decision", kwargs={"duplicate_id": pair.pk})
    answer = sign_in(cast.seller).post(where, {"is_different": "1"}, headers=HTMX)
    assert "undo_url" in answer.headers["HX-Trigger"]
    assert "No duplicates known" in sign_in(cast.teammate).get(reverse("duplicates")).content.decode()
    sign_in(cast.seller).post(where, {"is_different": ""}, headers=HTMX)
    assert "Northwind Robotix" in sign_in(cast.teammate).get(reverse("duplicates")).content.decode()
    assert sign_in(cast.manager).post(where, {"is_different": "1"}).status_code == 403


def test_a_contact_page_takes_addresses_companies_consent_and_who_brought_them(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    assert desk.post(reverse("add_contact"), {"name": "Signe Holt", "company": "northwind robotics"}).status_code == 302
    contact = Contact.objects.get(name="Signe Holt")
    key = {"contact_id": contact.pk}
    reach = {"kind": ["email", "phone", "email"], "value": ["signe@northwind.test", "+47 22 33 44 55", ""]}
    assert desk.post(reverse("contact_points", kwargs=key), reach).status_code == 200
    refused = desk.post(reverse("contact_points", kwargs=key), {"kind": "email", "value": "no address"})
    assert refused.status_code == 422
    assert "not an e-mail address" in refused.content.decode()
    assert desk.post(reverse("contact_company", kwargs=key), {"company": "Northwind Robotics", "role": "Board member"}).status_code == 200
    assert desk.post(reverse("contact_referrer", kwargs=key), {"referrer": "hanne@northwind.test"}).status_code == 200
    said = {"purpose": "newsletter", "state": "refused", "basis": "consent", "consent_source": "On the phone"}
    assert desk.post(reverse("contact_consent", kwargs=key), said).status_code == 200
    card = get_contact_card(actor=cast.seller, contact_id=contact.pk)
    assert [point.value for point in card.points] == ["signe@northwind.test", "+47 22 33 44 55"]
    assert (card.affiliations[0].role, card.brought_by and card.brought_by.name) == ("Board member", "Hanne Dahl")
    assert [(one.purpose, one.state, one.noted_by) for one in card.consents] == [("newsletter", "refused", "Mara Klein")]
    page = desk.get(reverse("contact", kwargs={"contact_id": sale.contact_id})).content.decode()
    assert "Signe Holt" in page
    assert "Website replatform" not in page


def test_the_contact_page_tells_every_word_on_consent_with_who_when_and_where(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    where, page = (reverse(name, kwargs={"contact_id": sale.contact_id}) for name in ("contact_consent", "contact"))
    for somebody, state, source in ((cast.seller, "given", "Fair in Oslo"), (cast.owner, "withdrawn", "By letter")):
        said = {"purpose": "newsletter", "state": state, "basis": "consent", "consent_source": source}
        if state == "withdrawn":
            assert "Everything they said" not in sign_in(cast.seller).get(page).content.decode()
        assert sign_in(somebody).post(where, said).status_code == 200
    shown = sign_in(cast.teammate).get(page).content.decode()
    history = shown[shown.index("Everything they said") :]
    assert history.index("By letter") < history.index("Fair in Oslo")
    assert history.index("Olga Owner") < history.index("Mara Klein")
    assert "Withdrawn" in history


def test_a_second_entry_of_a_person_is_warned_of_at_their_company(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    where = reverse("new_contact", kwargs={"company_id": sale.company_id})
    warned = sign_in(cast.seller).post(where, {"name": "Dahl, Hanne"})
    assert warned.status_code == 422
    assert "same name at the same company" in warned.content.decode()
    assert Contact.objects.count() == 1


def test_a_contact_leaves_as_a_card_that_address_books_read(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    Contact.objects.filter(pk=sale.contact_id).update(title="Head; of Digital, “Wörld”")
    answer = sign_in(cast.seller).get(reverse("contact_vcard", kwargs={"contact_id": sale.contact_id}))
    text = answer.content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Hanne-Dahl.vcf"'
    assert "N:Dahl;Hanne;;;\r\n" in text
    assert "EMAIL;TYPE=INTERNET:hanne@northwind.test\r\n" in text
    assert "TITLE:Head\\; of Digital\\, “Wörld”\r\n" in text
    assert sign_in(cast.member).get(reverse("contact_vcard", kwargs={"contact_id": sale.contact_id})).status_code == 404


def test_hostile_words_in_a_contact_stay_words(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    key = {"contact_id": sale.contact_id}
    desk.post(reverse("contact_field", kwargs={**key, "name": "tags"}), {"tags": '<img src=x onerror=alert(1)>, "quoted" | piped'})
    desk.post(reverse("contact_points", kwargs=key), {"kind": "website", "value": "javascript:alert(1)"})
    page = desk.get(reverse("contact", kwargs=key)).content.decode()
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page
