"""Sales sees what moved since they last looked, and tells the client in words that are fit for a client."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world
from tests.people import NOW
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.types import NewContact
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.types import TaskChange
from wonward.edges.web.shell.drifts import client_sentence
from wonward.foundation.audit.queries import list_history
from wonward.foundation.mail.models import OutgoingMail
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.handoff.operations import note_forecast_visits, tell_client
from wonward.journeys.handoff.queries import recall_forecasts
from wonward.journeys.handoff.rules.telling import SAME_VISIT, Visit, known_before, next_visit
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

CAUSE = "Ines from IT sent the numbers eleven days late."
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def slip(world: World, days: int = 70) -> date:
    """The build takes longer; the new forecast."""
    build = world.task("build")
    change_plan(
        actor=world.cast.manager, project_id=world.project_id, reason=CAUSE, now=NOW,
        changes=[TaskChange(build.id, {"duration_minutes": build.duration_minutes + days * 480})],
    )
    return forecast(world)


def forecast(world: World) -> date:
    found = get_project(actor=world.cast.owner, project_id=world.project_id).forecast_finish_date
    assert found is not None
    return found


def tell(world: World, actor: Actor, *, finish: date, words: str = "The launch moves, the fair is safe.", contact: int | None = 0) -> int:
    return tell_client(
        actor=actor, project_id=world.project_id, kind=CommunicationKind.CALL, words=words, finish_date=finish,
        contact_id=world.sale.contact_id if contact == 0 else contact, now=NOW,
    )


def page(client: Client, world: World) -> str:
    """The deal's page, and what its script does once it is drawn."""
    shown = client.get(reverse("deal", args=[world.sale.deal_id])).content.decode()
    noted = re.search(r'"project_ids": "([\d,]+)"', shown)
    if noted:
        assert client.post(reverse("forecast_visits"), {"project_ids": noted.group(1)}).status_code < 300
    return shown


def test_the_card_says_what_moved_since_this_viewer_last_looked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [NOW]
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: clock[0])
    seller, owner = sign_in(world.cast.seller), sign_in(world.cast.owner)
    assert "since you last looked" not in page(seller, world)
    clock[0] = NOW + timedelta(hours=2)
    slip(world)
    first = page(seller, world)
    assert "d since you last looked" in first
    assert "+" in first.split("d since you last looked")[0][-6:]
    assert "since you last looked" in page(seller, world)
    clock[0] = NOW + timedelta(hours=5)
    assert "since you last looked" not in page(seller, world)
    assert "since you last looked" not in page(owner, world)


def test_the_sentence_for_the_client_names_dates_and_no_cause_colleague_or_amount(world: World) -> None:
    slip(world)
    project = get_project(actor=world.cast.seller, project_id=world.project_id)
    (drift,) = list_drifts_for(actor=world.cast.seller, projects=[project], now=NOW)
    said = client_sentence(drift)
    assert project.name in said
    assert "working days after" in said
    assert "Ines" not in said
    assert world.cast.manager.label not in said
    assert "EUR" not in said
    assert "€" not in said
    shown = page(sign_in(world.cast.seller), world)
    assert "Tell the client" in shown
    assert "working days after" in shown


def test_telling_the_client_stands_in_every_log_and_on_the_card(world: World) -> None:
    finish = slip(world)
    seller = sign_in(world.cast.seller)
    address = reverse("client_update", args=[world.project_id])
    drawer = seller.get(address, headers={"HX-Request": "true"})
    assert finish.isoformat() in drawer.content.decode()
    sent = seller.post(address, headers={"HX-Request": "true"}, data={
        "finish_date": finish.isoformat(), "kind": "call", "contact_id": world.sale.contact_id, "words": "The launch moves by two weeks.",
    })
    assert sent.status_code < 300
    company = get_project(actor=world.cast.owner, project_id=world.project_id).company_id
    for ref in (Ref("delivery.project", world.project_id), Ref("sales.deal", world.sale.deal_id), Ref("clients.company", company)):
        newest = list_communications(actor=world.cast.owner, refs=[ref], limit=1)[0]
        assert (newest.body, newest.kind, newest.direction) == ("The launch moves by two weeks.", "call", "out")
        assert newest.contact_ids == (world.sale.contact_id,)
    shown = page(seller, world)
    assert "told the client" in shown
    assert "Tell the client" not in shown
    assert any(entry.operation == "handoff.client.tell"
               for entry in list_history(actor=world.cast.owner, ref=Ref("delivery.project", world.project_id)))


def test_what_is_sent_from_here_goes_to_the_contact_and_its_answer_to_the_sender(world: World) -> None:
    finish = slip(world)
    sent = sign_in(world.cast.seller).post(reverse("client_update", args=[world.project_id]), headers={"HX-Request": "true"}, data={
        "finish_date": finish.isoformat(), "kind": "call", "contact_id": world.sale.contact_id, "words": "It is two weeks later.", "send": "1",
    })
    assert sent.status_code < 300
    (mail,) = OutgoingMail.objects.all()
    assert (mail.to, mail.reply_to) == ("hanne@northwind.test", "seller@studio.test")
    assert mail.text.startswith("It is two weeks later.")
    newest = list_communications(actor=world.cast.owner, refs=[Ref("delivery.project", world.project_id)], limit=1)[0]
    assert (newest.body, newest.kind) == ("It is two weeks later.", "email")


def test_nothing_is_sent_or_logged_to_a_contact_without_an_address(world: World) -> None:
    finish = slip(world)
    (contact_id,) = create_contacts(
        actor=world.cast.seller, contacts=[NewContact(name="Ivo Berg", company_id=world.sale.company_id)], now=NOW
    )
    entries = len(list_communications(actor=world.cast.owner, refs=[Ref("delivery.project", world.project_id)], limit=50))
    with pytest.raises(Refused, match="Ivo Berg has no e-mail address"):
        tell_client(
            actor=world.cast.seller, project_id=world.project_id, kind=CommunicationKind.EMAIL, words="Later.", finish_date=finish,
            contact_id=contact_id, now=NOW, is_sent=True,
        )
    assert not OutgoingMail.objects.exists()
    assert len(list_communications(actor=world.cast.owner, refs=[Ref("delivery.project", world.project_id)], limit=50)) == entries


def test_words_about_a_moved_forecast_are_not_sent(world: World) -> None:
    before = forecast(world)
    slip(world)
    with pytest.raises(Stale):
        tell_client(
            actor=world.cast.seller, project_id=world.project_id, kind=CommunicationKind.EMAIL, words="On time.", finish_date=before,
            contact_id=world.sale.contact_id, now=NOW, is_sent=True,
        )
    assert not OutgoingMail.objects.exists()


def test_a_later_move_makes_the_client_worth_telling_again(world: World) -> None:
    tell(world, world.cast.seller, finish=slip(world))
    assert "Tell the client" not in page(sign_in(world.cast.seller), world)
    slip(world, -70)
    assert "Good news" in page(sign_in(world.cast.seller), world)
    tell(world, world.cast.seller, finish=forecast(world))
    slip(world, 5)
    assert "Tell the client" in page(sign_in(world.cast.seller), world)


def test_words_about_a_forecast_that_has_moved_are_not_logged(world: World) -> None:
    before = forecast(world)
    slip(world)
    with pytest.raises(Stale, match="moved again"):
        tell(world, world.cast.seller, finish=before)
    address = reverse("client_update", args=[world.project_id])
    answer = sign_in(world.cast.seller).post(address, headers={"HX-Request": "true"}, data={
        "finish_date": before.isoformat(), "kind": "email", "contact_id": world.sale.contact_id, "words": "My own careful words.",
    })
    assert answer.status_code == 409
    assert "My own careful words." in answer.content.decode()
    assert forecast(world).isoformat() in answer.content.decode()


@pytest.mark.parametrize(("change", "field"), [({"words": " "}, "words"), ({"words": "x" * 4001}, "words"), ({"contact": None}, "contact_id")])
def test_what_is_missing_is_named_and_nothing_is_logged(world: World, change: dict[str, object], field: str) -> None:
    finish = slip(world)
    entries = len(list_communications(actor=world.cast.owner, refs=[Ref("delivery.project", world.project_id)], limit=50))
    with pytest.raises(Refused) as refusal:
        tell(world, world.cast.seller, finish=finish, **change)  # type: ignore[arg-type]
    assert refusal.value.errors[0].field == field
    assert len(list_communications(actor=world.cast.owner, refs=[Ref("delivery.project", world.project_id)], limit=50)) == entries


def test_a_plan_that_keeps_its_promise_asks_nobody_to_tell_anything(world: World) -> None:
    assert "Tell the client" not in page(sign_in(world.cast.seller), world)


def test_who_may_not_tell_is_refused_and_a_stranger_finds_no_project(world: World) -> None:
    finish = slip(world)
    with pytest.raises(NotAllowed):
        tell(world, world.cast.finance, finish=finish)
    with pytest.raises((NotFound, NotAllowed)):
        tell(world, world.cast.marketer, finish=finish)


def test_a_visit_of_a_project_one_may_not_see_leaves_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        note_forecast_visits(actor=world.cast.marketer, project_ids=[world.project_id], now=NOW)
    later = NOW + timedelta(days=1)
    memory = recall_forecasts(actor=world.cast.marketer, forecasts={world.project_id: NOW.date()}, now=later)[world.project_id]
    assert memory.before_date is None


@given(seen=DAYS, before=DAYS, at=INSTANTS, gap=st.timedeltas(timedelta(0), timedelta(days=30)), forecast=DAYS)
def test_a_visit_knows_the_one_before_it_and_is_noted_once(
    seen: date | None, before: date | None, at: datetime, gap: timedelta, forecast: date | None
) -> None:
    visit, now = Visit(before, seen, at), at + gap
    known = known_before(visit, now=now)
    noted = next_visit(visit, forecast, now=now)
    again = noted or visit
    assert known == (before if gap < SAME_VISIT else seen)
    assert known_before(again, now=now) == known
    assert next_visit(again, forecast, now=now) is None
