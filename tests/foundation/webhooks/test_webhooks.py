"""Another system is told what happened: what it chose, signed, at least once, and never what somebody may not see."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from tests.edges.api.client import Api
from tests.foundation.http.trap import OUTSIDE, Trap, says, trap_server
from tests.people import NOW, PASSWORD, Cast, make_cast, make_sale
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.webhooks import jobs
from wonward.foundation.webhooks.jobs import collect, prune
from wonward.foundation.webhooks.models import Sending, Webhook
from wonward.foundation.webhooks.operations import (
    LEASE,
    _collect,
    add_webhook,
    begin_sending,
    change_webhook,
    collect_facts,
    renew_secret,
    send_again,
)
from wonward.foundation.webhooks.queries import get_webhook, list_fact_names, list_sendings
from wonward.foundation.webhooks.rules import ATTEMPTS
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, Refused, Stale

pytestmark = pytest.mark.django_db
PLACE = "http://hooks.example/in"
SECRET_WORDS = "Strictly between us 84000"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trap]:
    """A receiver; to it, the encrypted way of a webhook's address is not walked here."""
    with trap_server() as one:
        client = one.client({"hooks.example": [OUTSIDE]})
        monkeypatch.setattr(jobs, "Client", lambda: client)
        yield one


def hook(cast: Cast, *events: str) -> tuple[int, str]:
    made, secret = add_webhook(actor=cast.owner, name="Invoices", address="https://hooks.example/in", events=events or ["sales.lead.created"], now=NOW)
    Webhook.objects.filter(pk=made).update(address=PLACE)
    return made, secret


def lead(cast: Cast, name: str = "Ada") -> int:
    return create_leads(actor=cast.owner, leads=[NewLead(name, message=SECRET_WORDS, owner_id=cast.owner.person_id)], now=NOW)[0]


def work(now: datetime = NOW) -> None:
    collect(now=now)
    run_due_jobs(now=now)


def test_a_chosen_fact_arrives_signed_and_says_numbers_only(cast: Cast, trap: Trap):
    made, secret = hook(cast)
    lead_id = lead(cast)
    work()
    (body,) = trap.bodies
    told = json.loads(body)
    assert set(told) == {"id", "name", "version", "recorded_at", "refs"}
    assert (told["name"], told["recorded_at"]) == ("sales.lead.created", "2026-11-19T09:30:00.000Z")
    assert f"sales.lead:{lead_id}" in told["refs"]
    head = dict(re.findall(r"(?m)^([\w-]+): (.*)\r$", trap.heard[0] + "\r"))
    expected = hmac.new(secret.encode(), f"{head['Wonward-Time']}.".encode() + body, hashlib.sha256).hexdigest()
    assert head["Wonward-Signature"] == f"sha256={expected}"
    assert head["Wonward-Event"] == "sales.lead.created"
    (row,) = list_sendings(actor=cast.owner, webhook_id=made)
    assert (row.state, row.status, row.said, row.attempts, head["Wonward-Delivery"]) == ("taken", 200, "taken", 1, str(row.id))


def test_no_amount_no_note_and_no_name_leaves_with_any_fact(cast: Cast, trap: Trap):
    hook(cast, *list_fact_names())
    lead(cast, "Ada Unheard")
    make_sale(cast)
    work()
    assert len(trap.bodies) > 5
    everything = b"".join(trap.bodies) + "".join(trap.heard).encode()
    for word in ("Unheard", SECRET_WORDS, "84000", "North", "amount", "EUR", "Mara"):
        assert word.encode() not in everything
    assert all(set(json.loads(body)) == {"id", "name", "version", "recorded_at", "refs"} for body in trap.bodies)


def test_what_was_not_chosen_or_happened_before_is_not_told(cast: Cast, trap: Trap):
    lead(cast, "Before")
    hook(cast, "sales.deal.won")
    lead(cast, "Not chosen")
    work()
    assert trap.bodies == []


def test_a_fact_that_was_rolled_back_never_leaves_and_one_fact_leaves_once(cast: Cast, trap: Trap):
    hook(cast)
    lead(cast)
    for minute in range(5):
        work(NOW + timedelta(minutes=minute))
    assert len(trap.bodies) == 1
    assert Sending.objects.count() == 1


def test_what_is_not_taken_is_sent_again_for_days_and_then_given_up(cast: Cast, trap: Trap):
    made, _ = hook(cast)
    lead(cast)
    trap.replies["/in"] = says(500, b"no\x00\x1b[31m room")
    for step in range(10 * 12):
        work(NOW + timedelta(hours=2 * step))
    (row,) = list_sendings(actor=cast.owner, webhook_id=made)
    assert (row.state, row.attempts, row.status, row.due_at) == ("given_up", ATTEMPTS, 500, None)
    assert row.said == "no [31m room"
    assert len(trap.bodies) == ATTEMPTS
    assert len(set(trap.bodies)) == 1
    assert get_webhook(actor=cast.owner, webhook_id=made).given_up == 1
    trap.replies["/in"] = says(204, b"")
    send_again(actor=cast.owner, webhook_id=made, sending_id=row.id, now=NOW + timedelta(days=41))
    run_due_jobs(now=NOW + timedelta(days=41))
    assert list_sendings(actor=cast.owner, webhook_id=made)[0].state == "taken"


def test_one_bad_fact_does_not_hold_up_the_others(cast: Cast, trap: Trap):
    hook(cast)
    for number in range(3):
        lead(cast, f"Lead {number}")
    answers = iter([says(500), says(), says()])
    trap.replies["/in"] = lambda sock: next(answers)(sock)
    work()
    assert [one.state for one in Sending.objects.order_by("event_id")] == ["waiting", "taken", "taken"]


def test_where_nobody_answers_one_message_is_tried_and_the_pauses_grow(cast: Cast, trap: Trap, monkeypatch: pytest.MonkeyPatch):
    made, _ = hook(cast)
    for number in range(5):
        lead(cast, f"Lead {number}")
    monkeypatch.setattr(jobs, "Client", lambda: trap.client({"hooks.example": ["10.0.0.7"]}))
    pauses = []
    now = NOW
    for _ in range(4):
        work(now)
        until = get_webhook(actor=cast.owner, webhook_id=made).paused_until
        assert until is not None
        pauses.append(until - now)
        work(until - timedelta(seconds=1))
        now = until
    assert trap.called == []
    assert pauses == sorted(pauses)
    assert sum(one.attempts for one in Sending.objects.all()) == 4
    assert Sending.objects.filter(said="The address leads into a private network.").exists()


def test_two_workers_collect_and_send_a_fact_once(cast: Cast, trap: Trap):
    made, _ = hook(cast)
    stale = Webhook.objects.get(pk=made)
    lead(cast)
    assert collect_facts(now=NOW) == [made]
    _collect(stale, NOW)
    assert Sending.objects.count() == 1
    assert len(begin_sending(webhook_id=made, now=NOW)) == 1
    assert begin_sending(webhook_id=made, now=NOW) == []
    assert collect_facts(now=NOW) == []
    assert len(begin_sending(webhook_id=made, now=NOW + LEASE)) == 1


def test_what_happens_while_it_is_off_is_never_sent(cast: Cast, trap: Trap):
    made, _ = hook(cast)
    change_webhook(actor=cast.owner, webhook_id=made, is_active=False, now=NOW)
    lead(cast, "While off")
    work()
    change_webhook(actor=cast.owner, webhook_id=made, is_active=True, now=NOW)
    later = lead(cast, "After")
    work()
    assert [json.loads(body)["refs"][0] for body in trap.bodies] == [f"sales.lead:{later}"]


def test_another_secret_signs_what_still_waits(cast: Cast, trap: Trap):
    made, first = hook(cast)
    lead(cast)
    second = renew_secret(actor=cast.owner, webhook_id=made, now=NOW)
    work()
    moment, signature = (re.search(rf"{name}: (.*)\r", trap.heard[0])[1] for name in ("Wonward-Time", "Wonward-Signature"))  # type: ignore[index]
    assert first != second
    assert signature == "sha256=" + hmac.new(second.encode(), f"{moment}.".encode() + trap.bodies[0], hashlib.sha256).hexdigest()


def test_the_secret_is_told_once_and_stands_in_no_history(cast: Cast):
    api = Api(cast.owner)
    status, made = api.post("/webhooks", {"name": "A", "address": "https://hooks.example/in", "events": ["sales.deal.won"]})
    assert status == 201
    assert len(made["secret"]) > 40
    status, seen = api.get(f"/webhooks/{made['id']}")
    assert status == 200
    assert made["secret"] not in json.dumps(seen)
    status, again = api.post(f"/webhooks/{made['id']}/secret", {})
    assert again["secret"] != made["secret"]
    kept = json.dumps([row.changes for row in AuditEntry.objects.all()])
    assert made["secret"] not in kept
    assert again["secret"] not in kept


@pytest.mark.parametrize("address", [
    "", "hooks.example", "http://hooks.example/", "ftp://hooks.example/", "https://", "https://user:pass@hooks.example/", "https://127.0.0.1/",
    "https://[::1]/", "https://10.1.2.3/in", "https://localhost/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "javascript:alert(1)",
    "https://hooks.example:25/", "https://hooks.example/" + "a" * 500,
])
def test_an_address_that_is_not_outside_or_not_encrypted_is_refused_beside_its_field(cast: Cast, address: str):
    with pytest.raises(Refused) as refusal:
        add_webhook(actor=cast.owner, name="A", address=address, events=["sales.deal.won"], now=NOW)
    assert [error.field for error in refusal.value.errors] == ["address"]
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize("events", [[], [""], ["sales.deal.eaten"], ["notifications.inbox.changed"]])
def test_a_fact_that_nobody_publishes_is_refused_beside_its_field(cast: Cast, events: list[str]):
    with pytest.raises(Refused) as refusal:
        add_webhook(actor=cast.owner, name="A", address="https://hooks.example/", events=events, now=NOW)
    assert [error.field for error in refusal.value.errors] == ["events"]


def test_only_those_with_the_right_know_of_webhooks(cast: Cast):
    made, _ = hook(cast)
    for who in (cast.seller, cast.manager, cast.finance, cast.leader):
        with pytest.raises(NotAllowed):
            add_webhook(actor=who, name="A", address="https://hooks.example/", events=["sales.deal.won"], now=NOW)
        assert Api(who).get("/webhooks")[0] == 403
        assert Api(who).get(f"/webhooks/{made}")[0] in (403, 404)


def test_somebody_elses_change_is_not_written_over(cast: Cast):
    made, _ = hook(cast)
    change_webhook(actor=cast.owner, webhook_id=made, name="Others", version=1, now=NOW)
    with pytest.raises(Stale):
        change_webhook(actor=cast.owner, webhook_id=made, name="Mine", version=1, now=NOW)
    assert get_webhook(actor=cast.owner, webhook_id=made).name == "Others"


def test_what_was_sent_is_forgotten_after_a_month_and_what_waits_is_not(cast: Cast, trap: Trap):
    hook(cast)
    lead(cast)
    work()
    lead(cast, "Waits")
    collect(now=NOW)
    prune(now=NOW + timedelta(days=29))
    assert Sending.objects.count() == 2
    prune(now=NOW + timedelta(days=31))
    assert [one.state for one in Sending.objects.all()] == ["waiting"]


def test_a_webhook_that_is_off_sends_nothing_again(cast: Cast):
    made, _ = hook(cast)
    lead(cast)
    collect(now=NOW)
    change_webhook(actor=cast.owner, webhook_id=made, is_active=False, now=NOW)
    with pytest.raises(Conflict):
        send_again(actor=cast.owner, webhook_id=made, sending_id=Sending.objects.get().pk, now=NOW)


def _office(who: Actor) -> Browser:
    browser = Browser()
    email = "owner@studio.test" if who.role == "owner" else "seller@studio.test"
    assert browser.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return browser


def test_on_the_screen_a_webhook_is_added_looked_at_changed_and_removed(cast: Cast, trap: Trap):
    office = _office(cast.owner)
    wrong = office.post("/settings/webhooks/", {"name": "Invoices", "address": "http://hooks.example/", "events": "sales.lead.created"})
    assert wrong.status_code == 422
    assert "begins with https://" in wrong.content.decode()
    made = office.post("/settings/webhooks/", {"name": "Invoices", "address": "https://hooks.example/in", "events": ["sales.lead.created", "sales.deal.won"]})
    (row,) = Webhook.objects.all()
    assert row.secret in made.content.decode()
    assert row.events == ["sales.deal.won", "sales.lead.created"]
    Webhook.objects.update(address=PLACE)
    lead(cast)
    trap.replies["/in"] = says(503, b"<script>alert(1)</script>")
    work()
    page = office.get(f"/settings/webhooks/{row.pk}/").content.decode()
    assert row.secret not in page
    assert "503" in page
    assert "&lt;script&gt;alert(1)" in page
    again = office.post(f"/settings/webhooks/{row.pk}/sent/{Sending.objects.get().pk}/again/")
    assert again.status_code == 302
    trap.replies["/in"] = says()
    run_due_jobs(now=NOW + timedelta(days=3650))
    assert Sending.objects.get().state == "taken"
    values = {"name": "Off", "address": "https://hooks.example/in", "events": "sales.deal.won", "version": str(Webhook.objects.get().version)}
    assert office.post(f"/settings/webhooks/{row.pk}/", values).status_code == 302
    assert (Webhook.objects.get().name, Webhook.objects.get().is_active, Webhook.objects.get().events) == ("Off", False, ["sales.deal.won"])
    assert "Off" in office.get("/settings/webhooks/").content.decode()
    assert office.post(f"/settings/webhooks/{row.pk}/removal/").status_code == 302
    assert (Webhook.objects.count(), Sending.objects.count()) == (0, 0)
    assert OutboxEvent.objects.exists()


def test_over_the_api_a_delivery_is_read_and_sent_again(cast: Cast, trap: Trap):
    made, _ = hook(cast)
    lead(cast)
    trap.replies["/in"] = says(500)
    work()
    api = Api(cast.owner)
    status, page = api.get(f"/webhooks/{made}/deliveries")
    assert status == 200
    (row,) = page["items"]
    assert (row["event"], row["state"], row["status"]) == ("sales.lead.created", "waiting", 500)
    assert api.post(f"/webhooks/{made}/deliveries/{row['id']}/attempts", {})[0] == 202
    assert api.post(f"/webhooks/{made + 100}/deliveries/{row['id']}/attempts", {})[0] == 404
    assert api.patch(f"/webhooks/{made}", {"name": "Other"})[0] == 200
    assert api.delete(f"/webhooks/{made}")[0] == 204
    names = api.get("/webhook-events")[1]["items"]
    assert "sales.deal.won" in names
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+\.[a-z_]+", name) for name in names)
