"""An e-mail becomes an entry of the log: where it belongs, whose words it holds, once, and with nothing shown to those who may not see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from tests.emails import HANNE, email_bytes
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.models import Company
from wonward.domains.clients.operations import archive_contact, create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.models import Communication, Participant
from wonward.domains.comms.operations import refile_communication
from wonward.domains.comms.queries import get_communication, list_communications
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.sales.operations.stakeholders import name_deal_contacts
from wonward.domains.sales.queries.answers import find_owed_answer
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.models import Document
from wonward.foundation.files.queries import list_attached, list_documents, open_document
from wonward.foundation.files.types import Privacy
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.mail.rules import message_id, site_domain
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.journeys.client_record.operations.emails import MOST_RECORDS
from wonward.journeys.client_record.types import TakenIn
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotAllowed, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def take_in(actor: Actor, content: bytes, *, refs: tuple[Ref, ...] = (), now=NOW, **more) -> TakenIn:
    taken = take_in_email(actor=actor, arrived=store_email(actor=actor, content=content), refs=refs, now=now, **more)
    while deliver_pending(now=now):
        pass
    return taken


def cast_and_sale() -> tuple[Cast, Sale, Ref]:
    """A sale in which Hanne, whose address is hanne@northwind.test, plays a part."""
    cast = make_cast()
    sale = make_sale(cast)
    name_deal_contacts(actor=cast.seller, deal_id=sale.deal_id, contact_ids=[sale.contact_id], now=NOW)
    return cast, sale, Ref("sales.deal", sale.deal_id)


def test_a_clients_e_mail_hangs_on_them_their_company_and_their_open_deal():
    cast, sale, deal = cast_and_sale()
    content = email_bytes("Yes, please.\n\nOn Mon, 2 Mar 2026 at 10:00 Mara Klein <seller@studio.test> wrote:\n> The offer.", files={"plan.pdf": b"%PDF-1.4 x"})
    taken = take_in(cast.seller, content)
    row = get_communication(actor=cast.seller, communication_id=taken.communication_id)
    assert (taken.is_new, row.kind, row.direction, row.subject, row.body) == (True, "email", "in", "Support", "Yes, please.")
    assert row.happened_at == NOW
    assert set(row.refs) == {deal, Ref("clients.contact", sale.contact_id), Ref("clients.company", sale.company_id)}
    assert row.participants == ("Hanne Dahl", "Mara Klein")
    assert row.contact_ids == (sale.contact_id,)
    files = list_attached(actor=cast.seller, noun="comms.communication", ids=[row.id])[row.id]
    assert [one.name for one in files] == ["Support.eml", "plan.pdf"]
    with open_document(cast.seller, files[0].document_id).stream as stream:
        assert stream.read() == content
    assert {one.name for one in list_documents(cast.seller, [deal])} == {"Support.eml", "plan.pdf"}


def test_a_client_whose_e_mail_was_taken_in_waits_for_an_answer_until_ours_is():
    cast, sale, deal = cast_and_sale()
    take_in(cast.seller, email_bytes())
    owed = find_owed_answer(deal_id=sale.deal_id)
    assert owed is not None
    assert owed.asked_at == NOW
    answer = email_bytes("We can.", sender="seller@studio.test", to=HANNE, at=NOW + timedelta(hours=1), message_id="<2@studio.test>")
    taken = take_in(cast.seller, answer, now=NOW + timedelta(hours=2))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).direction == "out"
    assert find_owed_answer(deal_id=sale.deal_id) is None


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_an_automatic_e_mail_owes_no_answer_and_says_that_a_machine_wrote_it(headers):
    cast, sale, _ = cast_and_sale()
    taken = take_in(cast.seller, email_bytes("I am away.", **headers))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).is_automatic
    assert find_owed_answer(deal_id=sale.deal_id) is None


def test_a_deal_that_is_lost_and_a_part_nobody_plays_are_left_out():
    cast, sale, deal = cast_and_sale()
    other = make_sale(cast, name="Second", company="Northwind Robotics AG")
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="price", now=NOW)
    taken = take_in(cast.seller, email_bytes())
    refs = get_communication(actor=cast.seller, communication_id=taken.communication_id).refs
    assert deal not in refs
    assert Ref("sales.deal", other.deal_id) not in refs
    assert Ref("clients.company", sale.company_id) in refs


def test_it_hangs_on_no_more_records_than_stated():
    cast, sale, _ = cast_and_sale()
    names = [NewContact(name=f"Person {number}", email=f"p{number}@client.test") for number in range(MOST_RECORDS + 5)]
    create_contacts(actor=cast.seller, contacts=names, now=NOW)
    taken = take_in(cast.seller, email_bytes(to=", ".join(one.email for one in names)))
    assert len(get_communication(actor=cast.owner, communication_id=taken.communication_id).refs) == MOST_RECORDS


def test_the_records_named_are_the_only_ones_it_hangs_on():
    cast, sale, _ = cast_and_sale()
    company = Ref("clients.company", sale.company_id)
    taken = take_in(cast.seller, email_bytes(), refs=(company, company))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).refs == (company,)
    assert find_owed_answer(deal_id=sale.deal_id) is None


def test_the_same_e_mail_again_adds_nothing_and_leads_to_the_entry():
    cast, _, _ = cast_and_sale()
    first = take_in(cast.seller, email_bytes(files={"a.txt": b"a"}))
    counts = Communication.objects.count(), Document.objects.count()
    again = take_in(cast.owner, email_bytes("Other words, same name."))
    assert (again.communication_id, again.is_new) == (first.communication_id, False)
    assert (Communication.objects.count(), Document.objects.count()) == counts


def test_without_a_name_the_same_bytes_are_the_same_e_mail():
    cast, _, _ = cast_and_sale()
    first = take_in(cast.seller, email_bytes(message_id=""))
    assert take_in(cast.seller, email_bytes(message_id="")).communication_id == first.communication_id
    assert take_in(cast.seller, email_bytes("Other words.", message_id="")).is_new


def test_an_entry_somebody_does_not_see_is_none_for_them():
    cast, sale, deal = cast_and_sale()
    hidden = take_in(cast.seller, email_bytes(), refs=(deal,), privacy="restricted")
    own = take_in(cast.teammate, email_bytes())
    assert own.is_new
    assert own.communication_id != hidden.communication_id
    again = take_in(cast.teammate, email_bytes())
    assert (again.communication_id, again.is_new) == (own.communication_id, False)
    assert take_in(cast.seller, email_bytes()).communication_id == hidden.communication_id


def test_a_reply_hangs_where_the_e_mail_it_answers_hangs():
    cast, sale, deal = cast_and_sale()
    take_in(cast.seller, email_bytes(message_id="<first@x.test>"), refs=(deal,))
    reply = email_bytes("And hosting?", sender="unknown@elsewhere.test", to="seller@studio.test", message_id="<second@x.test>",
                        References="<zero@x.test> <first@x.test>", In_Reply_To="<first@x.test>")
    taken = take_in(cast.seller, reply)
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).refs == (deal,)


def test_a_reply_to_a_mail_that_wonward_sent_hangs_on_what_that_was_about():
    cast, sale, deal = cast_and_sale()
    key = queue_mail(actor=system_actor(), to="hanne@northwind.test", subject="Your proposal", text="…", ref=deal, now=NOW)
    ours = message_id(key, settings.SECRET_KEY, site_domain(settings.BASE_URL))
    taken = take_in(cast.seller, email_bytes("Thanks", sender="x@elsewhere.test", to="y@elsewhere.test", In_Reply_To=ours))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).refs == (deal,)
    forged = email_bytes("Thanks", sender="x@elsewhere.test", to="y@elsewhere.test", message_id="<3@x.test>", In_Reply_To=f"<{key}.{'0' * 24}@{site_domain(settings.BASE_URL)}>")
    with pytest.raises(Refused):
        take_in(cast.seller, forged)


def test_nobody_known_and_nothing_named_is_refused_with_the_sender_and_nothing_is_written():
    cast = make_cast()
    with pytest.raises(Refused, match=r"Ada <ada@nobody\.test>"):
        take_in(cast.seller, email_bytes(sender="Ada <ada@nobody.test>", to="seller@studio.test"))
    assert Communication.objects.count() == 0
    assert Document.objects.count() == 0


def test_a_strangers_records_are_never_linked_nor_told():
    """A colleague who sees neither deal nor contact gets the same refusal as for an address nobody has."""
    cast, sale, deal = cast_and_sale()
    with pytest.raises(Refused) as hidden:
        take_in(cast.member, email_bytes())
    with pytest.raises(Refused) as unknown:
        take_in(cast.member, email_bytes(sender="Hanne Dahl <nobody@northwind.test>"))
    assert hidden.value.message.replace("hanne@", "nobody@") == unknown.value.message
    with pytest.raises(Refused, match=str(deal)):
        take_in(cast.member, email_bytes(), refs=(deal,))
    assert Communication.objects.count() == 0


def test_a_contact_somebody_does_not_see_stays_a_bare_address():
    cast, sale, _ = cast_and_sale()
    (own_company,) = create_companies(actor=cast.owner, companies=[NewCompany(name="Hidden house", owner_id=cast.owner.person_id)], now=NOW)
    Company.objects.filter(pk=own_company).update(is_restricted=True)
    create_contacts(actor=cast.owner, contacts=[NewContact(name="Secret Person", company_id=own_company, email="secret@hidden.test")], now=NOW)
    taken = take_in(cast.seller, email_bytes(to="seller@studio.test, Cc Person <secret@hidden.test>"))
    people = Participant.objects.filter(communication=taken.communication_id)
    assert set(people.values_list("name", "address", "contact_id")) >= {("Cc Person", "secret@hidden.test", None)}
    row = get_communication(actor=cast.owner, communication_id=taken.communication_id)
    assert Ref("clients.company", own_company) not in row.refs
    assert "Secret Person" not in row.participants


def test_a_contact_put_away_is_nobody():
    cast, sale, _ = cast_and_sale()
    (other,) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Gone", email="gone@client.test")], now=NOW)
    archive_contact(actor=cast.owner, contact_id=other, version=1, now=NOW)
    with pytest.raises(Refused):
        take_in(cast.seller, email_bytes(sender="gone@client.test", to="seller@studio.test"))


def test_whoever_may_not_log_takes_in_nothing():
    cast, _, _ = cast_and_sale()
    guest = Actor(label="Guest", user_id=cast.member.user_id, role="guest")
    with pytest.raises(NotAllowed):
        store_email(actor=guest, content=email_bytes())


def test_an_e_mail_from_the_future_stands_at_the_moment_it_was_taken_in():
    cast, sale, _ = cast_and_sale()
    taken = take_in(cast.seller, email_bytes(at=NOW + timedelta(days=400)))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).happened_at == NOW
    assert "future" in taken.remarks[0]


def test_an_e_mail_without_words_says_the_names_of_its_files():
    cast, _, _ = cast_and_sale()
    taken = take_in(cast.seller, email_bytes("", subject="", files={"plan.pdf": b"%PDF-1.4"}))
    assert get_communication(actor=cast.seller, communication_id=taken.communication_id).body == "plan.pdf"


def test_a_restricted_e_mail_keeps_its_files_to_its_author():
    cast, sale, deal = cast_and_sale()
    take_in(cast.seller, email_bytes(files={"a.txt": b"a"}), refs=(deal,), privacy="restricted")
    assert len(list_documents(cast.seller, [deal])) == 2
    assert list_documents(cast.teammate, [deal]) == []
    assert list_communications(actor=cast.teammate, refs=[deal]) == []


def test_files_follow_an_entry_that_is_filed_elsewhere():
    cast, sale, deal = cast_and_sale()
    taken = take_in(cast.seller, email_bytes(files={"a.txt": b"a"}), refs=(deal,))
    company = Ref("clients.company", sale.company_id)
    refile_communication(actor=cast.seller, communication_id=taken.communication_id, refs=[company], privacy="client", now=NOW)
    assert list_documents(cast.seller, [deal]) == []
    assert {one.privacy for one in list_documents(cast.seller, [company])} == {Privacy.CLIENT}


def test_the_words_of_a_client_call_no_colleague():
    cast, sale, _ = cast_and_sale()
    taken = take_in(cast.seller, email_bytes("Ask @Sam Peer about it."))
    assert not Communication.objects.get(pk=taken.communication_id).mentions.exists()
