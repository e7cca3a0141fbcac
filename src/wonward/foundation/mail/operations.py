"""Queueing mail in the transaction of its cause, and recording how it went."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from wonward.foundation.access.policy import require
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.mail.rules import ATTEMPTS, clean_address, clean_subject
from wonward.foundation.mail.types import MailState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_LONGEST_ERROR = 2000
_NUL = "\x00"  # PostgreSQL stores every character but this one


def queue_mail(
    *,
    actor: Actor,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    reply_to: str = "",
    ref: Ref | None = None,
    now: datetime,
) -> int:
    """Queue one mail to one bare address in the caller's transaction; its id. Rolled back, it is never sent.

    Refused when an address is none. A subject of several lines becomes one. Whether `actor` may write to
    this person is for the caller to decide.
    """
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            to=clean_address(to),
            reply_to=clean_address(reply_to, "reply_to") if reply_to else "",
            subject=clean_subject(subject),
            text=text.replace(_NUL, ""),
            html=html.replace(_NUL, ""),
            ref_noun=ref.noun if ref else "",
            ref_id=ref.id if ref else None,
            queued_by_id=actor.user_id,
            queued_by_label=actor.label[:200],
            created_at=now,
            updated_at=now,
        )
        enqueue("mail.send", now=now, mail_id=mail.pk)
    return mail.pk


def retry_mail(*, actor: Actor, mail_id: int, now: datetime) -> None:
    """Send a failed mail again, with all its attempts; NotFound unless it has failed."""
    require(actor, "mail.outgoing.view")
    with transaction.atomic():
        failed = OutgoingMail.objects.filter(pk=mail_id, state=MailState.FAILED)
        if not failed.update(state=MailState.QUEUED, attempts=0, last_error="", updated_at=now):
            raise NotFound("failed mail", mail_id)
        enqueue("mail.send", now=now, mail_id=mail_id)


def record_sent(*, mail_id: int, now: datetime) -> None:
    """The mail was handed over; its words are forgotten, as they may hold a sign-in link."""
    _queued(mail_id).update(
        state=MailState.SENT,
        attempts=F("attempts") + 1,
        sent_at=now,
        updated_at=now,
        last_error="",
        text="",
        html="",
    )


def record_failure(*, mail_id: int, error: str, is_final: bool, now: datetime) -> bool:
    """An attempt failed; True when the mail is given up, at once if `is_final`, else after the sixth attempt."""
    with transaction.atomic():
        queued = _queued(mail_id)
        queued.update(
            attempts=F("attempts") + 1, last_error=error.replace(_NUL, "")[:_LONGEST_ERROR], updated_at=now
        )
        hopeless = queued if is_final else queued.filter(attempts__gte=ATTEMPTS)
        return bool(hopeless.update(state=MailState.FAILED))


def _queued(mail_id: int) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(pk=mail_id, state=MailState.QUEUED)
