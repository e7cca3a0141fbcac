from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from tests.foundation.mail.smtp_server import smtp_server
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.mail.jobs import send_mail
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.mail.operations import queue_mail, retry_mail
from wonward.foundation.mail.queries import count_failed_mails, list_mails
from wonward.foundation.mail.types import MailState
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def queue(actor, **changes):
    mail = {"to": "ada@example.com", "subject": "Grüße", "text": "Hello\n.\nBye", "now": NOW, **changes}
    return queue_mail(actor=actor, **mail)


def folder() -> Path:
    return Path(django_settings.DATA_DIR) / "mail"


def run_all(days: int = 30) -> None:
    for hour in range(days * 24):
        run_due_jobs(now=NOW + timedelta(hours=hour))


def test_without_a_server_mail_is_written_into_the_data_folder(sam):
    key = queue(sam, html="<p>Hello</p>", reply_to="sam@example.com", ref=Ref("sales.deal", 3))
    run_due_jobs(now=NOW)
    read = message_from_bytes((folder() / f"{key}.eml").read_bytes(), policy=policy.default)
    assert (read["To"], read["Subject"], read["Reply-To"]) == ("ada@example.com", "Grüße", "sam@example.com")
    assert read["From"].addresses[0].display_name == "Wonward"
    assert read["Date"].datetime == NOW
    assert read.get_body(("plain",)).get_content().splitlines() == ["Hello", ".", "Bye"]
    assert read.get_body(("html",)).get_content().strip() == "<p>Hello</p>"


def test_mail_of_a_transaction_that_fails_is_never_sent(sam):
    with transaction.atomic():
        queue(sam)
        transaction.set_rollback(True)
    assert run_due_jobs(now=NOW) == 0
    assert not OutgoingMail.objects.exists()


def test_the_words_of_a_mail_are_forgotten_once_it_is_sent(sam, ada):
    key = queue(sam, text="https://crm.example.com/sign-in/secret", html="<a>secret</a>")
    run_due_jobs(now=NOW)
    mail = OutgoingMail.objects.get(pk=key)
    assert (mail.state, mail.text, mail.html, mail.sent_at, mail.attempts) == ("sent", "", "", NOW, 1)
    assert list_mails(ada)[0].state is MailState.SENT


def test_a_job_that_runs_twice_sends_once(sam):
    key = queue(sam)
    send_mail(mail_id=key, now=NOW)
    (folder() / f"{key}.eml").unlink()
    send_mail(mail_id=key, now=NOW)
    assert not (folder() / f"{key}.eml").exists()


def test_a_server_is_handed_the_letter(sam, settings):
    with smtp_server() as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}?from=crm@example.com"
        queue(sam)
        run_due_jobs(now=NOW)
    assert [line for line in server.heard if line.lower().startswith(("mail", "rcpt"))] == [
        "mail FROM:<crm@example.com>",
        "rcpt TO:<ada@example.com>",
    ]
    read = message_from_bytes(server.letters[0], policy=policy.default)
    assert read.get_content().splitlines() == ["Hello", ".", "Bye"]
    assert OutgoingMail.objects.get().state == "sent"


def test_a_server_that_will_not_encrypt_gets_neither_password_nor_letter(sam, settings):
    with smtp_server() as server:
        settings.EMAIL_URL = f"smtp://me:secret@127.0.0.1:{server.port}?tls=1"
        queue(sam)
        run_due_jobs(now=NOW)
    assert {line.split()[0].lower() for line in server.heard} <= {"ehlo", "helo", "quit"}
    assert OutgoingMail.objects.get().state == "queued"


@pytest.mark.parametrize("verb", ["rcpt", "mail", "data", "."])
def test_a_permanent_refusal_ends_the_mail_at_once(sam, ada, settings, verb):
    with smtp_server(**{verb: "550 no such person"}) as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        queue(sam)
        run_all(days=2)
    row = list_mails(ada, state=MailState.FAILED)[0]
    assert (row.attempts, row.last_error) == (1, "550 no such person")


def test_a_busy_server_is_tried_again_until_it_takes_the_letter(sam, settings):
    with smtp_server(rcpt="451 later") as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        queue(sam)
        run_due_jobs(now=NOW)
        assert OutgoingMail.objects.get().state == "queued"
        server.answers.clear()
        run_all(days=2)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts, mail.last_error) == ("sent", 2, "")


def test_every_attempt_carries_the_same_message_id(sam, settings):
    with smtp_server(**{".": "451 later"}) as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        queue(sam)
        run_all()
    ids = {message_from_bytes(letter)["Message-ID"] for letter in server.letters}
    assert (len(server.letters), len(ids)) == (6, 1)


def test_mail_nobody_takes_is_given_up_shown_and_may_be_sent_again(sam, ada, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    key = queue(sam)
    run_all()
    assert count_failed_mails(ada) == 1
    row = list_mails(ada)[0]
    assert (row.state, row.attempts) == (MailState.FAILED, 6)
    assert "refused" in row.last_error
    settings.EMAIL_URL = ""
    later = NOW + timedelta(days=40)
    retry_mail(actor=ada, mail_id=key, now=later)
    run_due_jobs(now=later)
    assert (list_mails(ada)[0].state, count_failed_mails(ada)) == (MailState.SENT, 0)
    with pytest.raises(NotFound):
        retry_mail(actor=ada, mail_id=key, now=later)


def test_outgoing_mail_is_for_those_who_look_after_it(sam, mia):
    key = queue(sam)
    for ask in (
        lambda: list_mails(mia),
        lambda: count_failed_mails(sam),
        lambda: retry_mail(actor=sam, mail_id=key, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_an_address_that_is_none_queues_nothing(sam):
    with pytest.raises(Refused):
        queue(sam, to="ada@example.com\r\nBcc: eve@example.com")
    assert not OutgoingMail.objects.exists()


def test_a_letter_with_a_nul_character_is_sent_without_it(sam):
    key = queue(sam, text="a\x00b")
    run_due_jobs(now=NOW)
    assert b"ab" in (folder() / f"{key}.eml").read_bytes()


def test_pages_of_mail_follow_each_other(sam, ada):
    keys = [queue(sam) for _ in range(5)]
    first = list_mails(ada, limit=3)
    second = list_mails(ada, limit=3, before_id=first[-1].id)
    assert [row.id for row in (*first, *second)] == keys[::-1]
