"""A passkey is made, named, used and removed; what proves nothing lets nobody in and changes nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import NOW, PASSWORD, Cast, make_cast
from tests.stories.authenticator import Authenticator
from tests.stories.test_coming_and_going import Clock, come_in, is_in
from wonward.foundation.access.models import Passkey, SignInAttempt, User
from wonward.foundation.access.operations.passkeys import (
    PasskeyRefused,
    check_new_passkey,
    finish_passkey_check,
)
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
ORIGIN, HOST = "https://crm.studio.test", "crm.studio.test"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.BASE_URL = ORIGIN
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    Clock.now = NOW
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: Clock.now)
    return Clock


@pytest.fixture
def cast(clock: Any) -> Cast:
    return make_cast()


def device(**more: Any) -> Authenticator:
    return Authenticator(ORIGIN, HOST, **more)


def keep(client: Client, phone: Authenticator, name: str = "My phone", **lies: Any) -> Any:
    """What the page says to a passkey that a phone makes."""
    options = client.post(reverse("passkey_making")).json()
    return client.post(reverse("passkeys"), {"answer": phone.make(options, **lies), "passkey_name": name, "current_password": PASSWORD})


def enter(phone: Authenticator, client: Client | None = None, **lies: Any) -> tuple[Client, Any]:
    """A browser after it answered with a passkey, and what it was told."""
    client = client or Client()
    options = client.post(reverse("passkey_question")).json()
    return client, client.post(reverse("passkey_sign_in"), {"answer": phone.use(options, **lies)})


def test_a_passkey_is_made_shown_and_signs_in_alone(cast):
    other, here, phone = come_in("seller@studio.test"), come_in("seller@studio.test"), device()
    made = keep(here, phone)
    codes = re.findall(r"<li><code>([0-9a-f]{6}-[0-9a-f]{6})</code>", made.content.decode())
    assert (made.status_code, len(codes)) == (200, 10)
    assert (is_in(here), is_in(other)) == (True, False)
    page = here.get(reverse("profile_security")).content.decode()
    assert "My phone" in page
    assert "never used" in page
    client, answer = enter(phone)
    assert (answer.status_code, is_in(client)) == (302, True)
    assert "last used" in here.get(reverse("profile_security")).content.decode()
    assert OutgoingMail.objects.filter(to="seller@studio.test", subject__startswith="A passkey was added").count() == 1
    assert AuditEntry.objects.get(operation="staff.sign_in.passkey").changes == {"passkey": [None, "My phone"]}


def test_after_the_password_a_passkey_or_a_recovery_code_is_asked_for(cast):
    here, phone = come_in("seller@studio.test"), device()
    codes = re.findall(r"<li><code>([0-9a-f]{6}-[0-9a-f]{6})</code>", keep(here, phone).content.decode())
    again = come_in("seller@studio.test")
    assert not is_in(again)
    assert "Use a passkey" in again.get(reverse("sign_in_code")).content.decode()
    options = again.post(reverse("passkey_question")).json()
    assert len(options["publicKey"]["allowCredentials"]) == 1
    assert again.post(reverse("passkey_sign_in"), {"answer": phone.use(options, verifies=False)}).status_code == 302
    assert is_in(again)
    third = come_in("seller@studio.test")
    assert third.post(reverse("sign_in_code"), {"code": codes[0]}).status_code == 302
    assert is_in(third)


def test_a_passkey_alone_must_have_seen_its_owner(cast):
    phone = device()
    keep(come_in("seller@studio.test"), phone)
    client, answer = enter(phone, verifies=False)
    assert (answer.status_code, is_in(client)) == (422, False)


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(cast):
    here, phone = come_in("seller@studio.test"), device()
    keep(here, phone)
    row, other = Passkey.objects.get(), come_in("teammate@studio.test")
    address = reverse("passkey", args=[row.pk])
    for do in ("name", "remove"):
        assert other.post(address, {"do": do, "passkey_name": "Mine now", "current_password": PASSWORD}).status_code == 404
    here.post(address, {"do": "name", "passkey_name": "The blue phone"})
    assert "The blue phone" in here.get(reverse("profile_security")).content.decode()
    assert here.post(address, {"do": "name", "passkey_name": " "}).status_code == 422
    assert here.post(address, {"do": "remove", "current_password": "wrong"}).status_code == 422
    elsewhere, _ = enter(phone)
    assert here.post(address, {"do": "remove", "current_password": PASSWORD}).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    client, answer = enter(phone)
    assert (answer.status_code, is_in(client)) == (422, False)
    assert is_in(come_in("seller@studio.test"))
    assert OutgoingMail.objects.filter(to="seller@studio.test", subject__startswith="A passkey was removed").count() == 1


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://crm.studio.test.evil.test"}, "another host": {"host": "evil.test"},
    "another challenge": {"challenge": "AAAA"}, "within another page": {"framed": True}, "another kind": {"type": "webauthn.other"},
    "plain http": {"origin": "http://crm.studio.test"},
}


def test_what_was_signed_for_somewhere_else_is_refused_when_made_and_when_used(cast):
    here, phone = come_in("seller@studio.test"), device()
    for name, lie in LIES.items():
        refused = keep(here, phone, **lie)
        assert (refused.status_code, Passkey.objects.count()) == (422, 0), name
        assert "This passkey does not fit here" in refused.content.decode(), name
    assert is_in(here)
    keep(here, phone)
    for name, lie in LIES.items():
        client, answer = enter(phone, **lie)
        assert (answer.status_code, is_in(client)) == (422, False), name
        assert "This passkey does not fit here" in answer.content.decode(), name
    assert Passkey.objects.get().used_at is None


def test_a_signature_of_another_key_and_another_persons_handle_are_refused(cast):
    phone = device()
    keep(come_in("seller@studio.test"), phone)
    for lie in ({"key": ec.generate_private_key(ec.SECP256R1())}, {"handle": b"wonward-1"}):
        client, answer = enter(phone, **lie)
        assert (answer.status_code, is_in(client)) == (422, False)


def test_an_answer_works_once_and_for_five_minutes(cast, clock):
    phone, client = device(counts=False), Client()
    keep(come_in("seller@studio.test"), phone)
    options = client.post(reverse("passkey_question")).json()
    answer, stolen = phone.use(options), dict(client.session)
    assert client.post(reverse("passkey_sign_in"), {"answer": answer}).status_code == 302
    thief = Client()
    thief.post(reverse("passkey_question"))
    session = thief.session
    session["passkey_challenge"] = stolen["passkey_challenge"]
    session.save()
    assert thief.post(reverse("passkey_sign_in"), {"answer": answer}).status_code == 422
    assert (is_in(client), is_in(thief)) == (True, False)
    assert Client().post(reverse("passkey_sign_in"), {"answer": answer}).status_code == 422
    late = Client()
    options = late.post(reverse("passkey_question")).json()
    clock.now = NOW + timedelta(minutes=5, seconds=1)
    assert late.post(reverse("passkey_sign_in"), {"answer": phone.use(options)}).status_code == 422
    assert not is_in(late)


def test_another_persons_passkey_is_no_second_factor(cast):
    mine, theirs = device(), device()
    keep(come_in("seller@studio.test"), mine), keep(come_in("teammate@studio.test"), theirs)
    client = come_in("seller@studio.test")
    _, answer = enter(theirs, client)
    assert (answer.status_code, is_in(client)) == (422, False)


def test_a_copied_passkey_is_refused_and_its_owner_is_told(cast):
    phone = device()
    keep(come_in("seller@studio.test"), phone)
    assert is_in(enter(phone)[0])
    client, answer = enter(phone, count=1)
    assert (answer.status_code, is_in(client)) == (422, False)
    assert "counts backwards" in answer.content.decode()
    assert AuditEntry.objects.filter(operation="staff.sign_in.passkey_copied").count() == 1
    assert OutgoingMail.objects.filter(subject__startswith="Somebody tried to sign in with a copy of a passkey").count() == 1
    assert is_in(enter(phone)[0])


def test_whoever_may_not_sign_in_any_more_may_not_with_a_passkey(cast):
    phone = device()
    keep(come_in("seller@studio.test"), phone)
    User.objects.filter(email="seller@studio.test").update(is_active=False)
    client, answer = enter(phone)
    assert (answer.status_code, is_in(client)) == (422, False)


def test_passkeys_cannot_be_tried_without_end_and_nothing_is_checked_any_more(cast, monkeypatch):
    phone = device()
    keep(come_in("seller@studio.test"), phone)
    for _ in range(10):
        enter(phone, challenge="AAAA")
    asked: list[Any] = []
    monkeypatch.setattr("wonward.foundation.access.operations.passkeys._signed_count", lambda *given: asked.append(given))
    client, answer = enter(phone)
    assert (answer.status_code, is_in(client), asked) == (429, False, [])


def test_a_passkey_that_is_known_is_not_made_again_and_needs_the_password_and_a_name(cast):
    here, phone = come_in("seller@studio.test"), device()
    keep(here, phone)
    options = here.post(reverse("passkey_making")).json()
    assert [one["id"] for one in options["publicKey"]["excludeCredentials"]] == [Passkey.objects.get().credential_id]
    assert options["publicKey"]["attestation"] == "none"
    assert options["publicKey"]["rp"]["id"] == HOST
    options["publicKey"]["excludeCredentials"] = []
    sent = {"answer": phone.make(options), "passkey_name": "Again", "current_password": PASSWORD}
    assert "known already" in here.post(reverse("passkeys"), sent).content.decode()
    for change in ({"current_password": "wrong"}, {"passkey_name": " "}):
        options = here.post(reverse("passkey_making")).json()
        assert here.post(reverse("passkeys"), {**sent, "answer": device().make(options), **change}).status_code == 422
    assert Passkey.objects.count() == 1


NONSENSE = (
    "", "{", "[]", "null", '{"response": {}}', '{"rawId": 7, "response": {"clientDataJSON": 1}}', "[" * 9000, "x" * 1_000_000,
)


def test_nonsense_of_any_size_is_a_clear_sentence(cast):
    here, client = come_in("seller@studio.test"), Client()
    for answer in NONSENSE:
        here.post(reverse("passkey_making"))
        made = here.post(reverse("passkeys"), {"answer": answer, "passkey_name": "X", "current_password": PASSWORD})
        assert (made.status_code, Passkey.objects.count()) == (422, 0), answer[:40]
        client.post(reverse("passkey_question"))
        used = client.post(reverse("passkey_sign_in"), {"answer": answer})
        assert used.status_code == 422, answer[:40]
        assert "This passkey does not fit here" in used.content.decode(), answer[:40]
    assert is_in(here)


def test_cut_off_and_changed_cbor_is_refused(cast):
    here, phone = come_in("seller@studio.test"), device()
    for cbor in (b"", b"\xa3", b"\xa3cfmtdnone", b"\x9f" * 5000, b"\x5b" + b"\xff" * 8, b"\xa1" * 2000):
        assert keep(here, phone, cbor=cbor).status_code == 422
    assert Passkey.objects.count() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_get_past_the_parser(db, cbor):
    SignInAttempt.objects.all().delete()
    phone = device()
    answer = phone.make({"publicKey": {"challenge": "AAAA", "user": {"id": "AAAA"}}}, cbor=cbor)
    challenge = {"kind": "register", "user_id": 1, "since": NOW.isoformat(), "state": {"challenge": "AAAA", "user_verification": "required"}}
    with pytest.raises(PasskeyRefused):
        check_new_passkey(user_id=1, challenge=challenge, answer=answer, name="X", address=cbor.hex()[:60], now=NOW + timedelta(seconds=1))
    with pytest.raises(PasskeyRefused):
        finish_passkey_check(challenge={**challenge, "kind": "sign_in", "user_id": None}, answer=answer, address=cbor.hex()[:60], now=NOW)


def test_an_address_without_a_name_says_that_it_makes_no_passkeys(cast, settings):
    settings.BASE_URL = "http://127.0.0.1:8000"
    here = come_in("seller@studio.test")
    assert "Passkeys need an address with a name" in here.get(reverse("profile_security")).content.decode()
    assert here.post(reverse("passkey_making")).status_code == 409
    assert "passkey" not in Client().get(reverse("sign_in")).content.decode().lower()


def test_web_and_worker_load_what_checks_passkeys_and_draws_or_reads_documents_only_once_somebody_needs_it():
    code = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'wonward.config.settings'); django.setup();"
        "import wonward.config.urls, wonward.foundation.jobs.worker; from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('fido2', 'cryptography', 'typst', 'segno', 'python_calamine', 'ortools', 'numpy')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert told.stdout.strip().splitlines()[-1] == "[]"
