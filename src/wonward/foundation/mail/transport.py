"""How a letter leaves: into a folder by default, over SMTP when a server is named. Never inside a transaction."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

from django.conf import settings

from wonward.foundation.mail.rules import default_sender, message_id, read_server_url, site_domain
from wonward.foundation.mail.types import Letter, MailServer

_TIMEOUT_SECONDS = 30
_SENDER_NAME = "Wonward"
_FIRST_PERMANENT_CODE = 500


class Undeliverable(Exception):
    """The other side refused this mail for good; sending it again is useless."""


class Transport(Protocol):
    """A way out. `send` returns when the letter is handed over; raises Undeliverable, or anything to try again."""

    sender: str

    def send(self, message: EmailMessage) -> None: ...


class FolderTransport:
    """Writes each letter to `<folder>/<mail id>.eml`; sending again overwrites it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self.sender = sender

    def send(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").split(".")[0]
        aside = self._folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
        aside.replace(self._folder / f"{name}.eml")


class SmtpTransport:
    """Hands letters to an SMTP server, with its certificate verified."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()
        self.sender = server.sender

    def send(self, message: EmailMessage) -> None:
        try:
            with self._connect() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, reason = next(iter(refused.recipients.values()))
            _give_up_if_permanent(code, reason)
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            _give_up_if_permanent(refused.smtp_code, refused.smtp_error)
            raise

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_TIMEOUT_SECONDS, context=self._tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
        try:
            if server.security == "starttls":
                connection.starttls(context=self._tls)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _give_up_if_permanent(code: int, reason: bytes | str) -> None:
    if code >= _FIRST_PERMANENT_CODE:
        words = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise Undeliverable(f"{code} {words}")


def build_message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a MIME message. The header classes refuse line breaks, so nothing can be smuggled in."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_SENDER_NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=letter.to)
    if letter.reply_to:
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = letter.written_at
    message["Message-ID"] = message_id(letter.id, settings.SECRET_KEY, site_domain(settings.BASE_URL))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def current_transport() -> Transport:
    """The way out this installation uses: SMTP when settings.EMAIL_URL names a server, else DATA_DIR/mail."""
    if settings.EMAIL_URL:
        return SmtpTransport(read_server_url(settings.EMAIL_URL, settings.BASE_URL))
    return FolderTransport(Path(settings.DATA_DIR) / "mail", default_sender(settings.BASE_URL))
