"""What crosses the border of the post room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wonward.kernel.ref import Ref


class MailState(StrEnum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail ready to be sent: plain text always, HTML perhaps. `written_at` is an aware UTC instant."""

    id: int
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in the list of outgoing mail; what it says is not shown."""

    id: int
    to: str
    subject: str
    state: MailState
    attempts: int
    last_error: str
    ref: Ref | None
    queued_by_label: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server. `security` is `tls` from the first byte, `starttls`, or `none`."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str
