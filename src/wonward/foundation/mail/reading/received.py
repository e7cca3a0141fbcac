"""What an e-mail says once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wonward.kernel.wording import Sentence


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody named in a header; `address` is in small letters and "" where none could be read."""

    name: str
    address: str

    @property
    def said(self) -> str:
        """As a sentence names them."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """What came with an e-mail; `media_type` is what the sender called it, never to be trusted."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReceivedEmail:
    """An e-mail as people read it.

    `message_id` is "" where there is none; `earlier_ids` are those it answers, the nearest first. `sent_at` is an aware UTC instant
    between 1900 and 2200, or None. `text` is all it says, `words` what is new in it, without the former e-mail and the signature.
    `is_automatic`: a machine wrote it, as an absence note or a failed delivery. `remarks` are sentences about what could not be kept.
    """

    message_id: str
    earlier_ids: tuple[str, ...]
    sender: Mailbox | None
    recipients: tuple[Mailbox, ...]
    sent_at: datetime | None
    subject: str
    text: str
    words: str
    attachments: tuple[Attachment, ...]
    is_automatic: bool
    remarks: tuple[Sentence, ...]
