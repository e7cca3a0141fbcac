"""What the house tells somebody is said in the language they read: notices, digests, and mail about their sign-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.people import NOW, PASSWORD, make_cast, make_sale
from wonward.domains.comms.models import Communication
from wonward.domains.sales.operations.discipline import escalate_overdue_next_actions
from wonward.domains.staff.operations.security import change_password
from wonward.foundation.access.operations import change_preferences
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.notifications.models import Notification
from wonward.foundation.notifications.operations import change_notice_settings, notify, send_due_digests
from wonward.foundation.notifications.types import Notice, Reason
from wonward.foundation.organisation.operations import set_up_organisation
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    made = make_cast()
    change_preferences(actor=made.seller, language="de", now=NOW)
    return replace(made, seller=replace(made.seller, language="de"))


def _details(actor: Actor) -> list[str]:
    return list(Notification.objects.filter(thread__user_id=actor.user_id).order_by("pk").values_list("detail", flat=True))


def test_one_notice_is_told_to_each_in_their_own_words_and_somebodys_words_stay(cast):
    sale = make_sale(cast)
    people = {Reason.ASSIGNED: [cast.seller.user_id, cast.owner.user_id]}
    notify(notice=Notice("sales.deal.won", Ref("sales.deal", sale.deal_id), worded("In place of {name}.", name="Open")), to=people, now=NOW)
    notify(notice=Notice("sales.deal.won", Ref("sales.deal", sale.deal_id), "Open"), to=people, now=NOW)
    assert _details(cast.seller) == ["In Vertretung von Open.", "Open"]
    assert _details(cast.owner) == ["In place of Open.", "Open"]


def test_an_overdue_step_is_told_in_german_to_its_german_owner(cast):
    make_sale(cast)
    later = NOW + timedelta(days=40)
    escalate_overdue_next_actions(now=later)
    while deliver_pending(now=later):
        pass
    (detail,) = [one for one in _details(cast.seller) if "fällig" in one]
    assert ", due " not in detail


def test_the_digest_and_the_mail_about_the_password_are_german(cast):
    sale = make_sale(cast)
    change_notice_settings(actor=cast.seller, digest_hour=17)
    notify(notice=Notice("sales.deal.won", Ref("sales.deal", sale.deal_id)), to={Reason.ASSIGNED: [cast.seller.user_id]}, now=NOW)
    assert send_due_digests(now=NOW.replace(hour=17, minute=5)) == 1
    digest = OutgoingMail.objects.get()
    assert "Wie oft Wonward Ihnen schreibt" in digest.text
    assert "Deal won" not in digest.text
    change_password(actor=cast.seller, current_password=PASSWORD, password="a new one of hers", address="192.0.2.1", now=NOW)
    mail = OutgoingMail.objects.order_by("-pk").first()
    assert mail
    assert mail.subject.startswith("Ihr Passwort wurde geändert, ")
    assert mail.text.startswith("Guten Tag Mara Klein,")
    change_password(actor=cast.owner, current_password=PASSWORD, password="a new one of hers", address="192.0.2.2", now=NOW)
    mail = OutgoingMail.objects.order_by("-pk").first()
    assert mail
    assert mail.subject.startswith("Your password was changed, ")


def test_a_german_lead_reads_no_english_of_a_handoff_and_the_log_speaks_the_language_of_the_house(cast):
    change_preferences(actor=cast.manager, language="de", now=NOW)
    set_up_organisation(name="Haus", currency="EUR", time_zone="UTC", language="de", now=NOW)
    sale = make_sale(cast)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    while deliver_pending(now=NOW):
        pass
    assert "Nehmen Sie es an, oder geben Sie einzelne Antworten zurück." in _details(cast.manager)
    subjects = list(Communication.objects.filter(is_automatic=True).values_list("subject", flat=True))
    assert any("gewonnen und übergeben" in one for one in subjects)
    assert not any("handed off" in one for one in subjects)
