"""E-mails for the stories, as a mail program would save them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from tests.people import NOW

HANNE = "Hanne Dahl <hanne@northwind.test>"
SELLER = "Mara Klein <seller@studio.test>"


def email_bytes(
    body: str = "Can you split out the support?", *, sender: str = HANNE, to: str = SELLER, at: datetime | None = NOW, message_id: str = "<1@northwind.test>",
    subject: str = "Support", files: Mapping[str, bytes] | None = None, **headers: str,
) -> bytes:
    """An e-mail with a plain text; `headers` by name with underscores for dashes."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    if at is not None:
        message["Date"] = format_datetime(at)
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
