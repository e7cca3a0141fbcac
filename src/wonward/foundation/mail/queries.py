"""Outgoing mail, for those who look after it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from wonward.foundation.access.policy import require
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.mail.rules import message_id, site_domain
from wonward.foundation.mail.types import Letter, MailRow, MailState
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_LONGEST_NUMBER = 16


def list_mails(
    actor: Actor, *, state: MailState | None = None, limit: int = 50, before_id: int | None = None
) -> list[MailRow]:
    """Outgoing mail, newest first; NotAllowed without the right to see it."""
    require(actor, "mail.outgoing.view")
    mails = OutgoingMail.objects.order_by("-pk")
    if state is not None:
        mails = mails.filter(state=state)
    if before_id is not None:
        mails = mails.filter(pk__lt=before_id)
    return [_row(mail) for mail in mails.defer("text", "html")[:limit]]


def count_failed_mails(actor: Actor) -> int:
    """How many mails were given up and not sent again."""
    require(actor, "mail.outgoing.view")
    return OutgoingMail.objects.filter(state=MailState.FAILED).count()


def find_letter(mail_id: int) -> Letter | None:
    """What is to be sent, or None when the mail is gone, sent or given up. For the job that sends it."""
    mail = OutgoingMail.objects.filter(pk=mail_id, state=MailState.QUEUED).first()
    if mail is None:
        return None
    return Letter(mail.pk, mail.to, mail.reply_to, mail.subject, mail.text, mail.html, mail.created_at)


def find_sent_about(message_ids: Iterable[str]) -> dict[str, Ref]:
    """What mails of ours were about, by their Message-ID without brackets; names that only look like ours are left out."""
    asked: dict[int, str] = {}
    for one in message_ids:
        number = one.partition(".")[0]
        is_number = number.isascii() and number.isdigit() and len(number) < _LONGEST_NUMBER
        if is_number and one == message_id(int(number), settings.SECRET_KEY, site_domain(settings.BASE_URL)).strip("<>"):
            asked[int(number)] = one
    rows = OutgoingMail.objects.filter(pk__in=asked, ref_id__isnull=False).values_list("pk", "ref_noun", "ref_id")
    return {asked[key]: Ref(noun, ref_id) for key, noun, ref_id in rows if ref_id is not None}


def _row(mail: OutgoingMail) -> MailRow:
    return MailRow(
        id=mail.pk,
        to=mail.to,
        subject=mail.subject,
        state=MailState(mail.state),
        attempts=mail.attempts,
        last_error=mail.last_error,
        ref=Ref(mail.ref_noun, mail.ref_id) if mail.ref_id is not None else None,
        queued_by_label=mail.queued_by_label,
        created_at=mail.created_at,
        sent_at=mail.sent_at,
    )
