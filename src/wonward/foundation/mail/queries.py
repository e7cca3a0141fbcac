"""Outgoing mail, for those who look after it."""

from __future__ import annotations

from wonward.foundation.access.policy import require
from wonward.foundation.mail.models import OutgoingMail
from wonward.foundation.mail.types import Letter, MailRow, MailState
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


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
