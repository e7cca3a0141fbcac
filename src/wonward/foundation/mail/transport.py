"""How a letter leaves: into a folder by default, over SMTP when a server is named. Never inside a transaction."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from io import BufferedIOBase
from pathlib import Path
from threading import Timer
from typing import Protocol

from django.conf import settings

from wonward.foundation.mail.rules import (
    as_it_stands,
    default_sender,
    message_id,
    read_server_url,
    site_domain,
)
from wonward.foundation.mail.types import Letter, MailServer

_TIMEOUT_SECONDS = 30
# A server may answer each time just before the timeout, or without end: one letter is given this long and this many bytes of replies.
_LETTER_SECONDS = 120
_MOST_REPLY_BYTES = 64 * 1024
_SENDER_NAME = "Wonward"
_READY_CODE, _FIRST_PERMANENT_CODE = 220, 500


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
            with self._connected() as connection:
                connection.send_message(message)
                # The server has it. However it says goodbye, to send it again would be to send it twice.
                with suppress(smtplib.SMTPException, OSError):
                    connection.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            code, reason = next(iter(refused.recipients.values()))
            _give_up_if_permanent(code, reason)
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
            _give_up_if_permanent(refused.smtp_code, refused.smtp_error)
            raise

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        connection: _Smtp | _SmtpOverTls
        if server.security == "tls":
            connection = _SmtpOverTls(timeout=_TIMEOUT_SECONDS, context=self._tls)
        else:
            connection = _Smtp(timeout=_TIMEOUT_SECONDS)
        cut = Timer(_LETTER_SECONDS, connection.cut)
        cut.daemon = True
        cut.start()
        try:
            connection.open(server.host, server.port)
            if server.security == "starttls":
                connection.starttls(context=self._tls)
            if server.user:
                connection.login(server.user, server.password)
            yield connection
        finally:
            cut.cancel()
            connection.close()


class _Replies:
    """Lines of a server, up to so many bytes in all; more is treated as a broken connection."""

    def __init__(self, lines: BufferedIOBase) -> None:
        self._lines, self._left = lines, _MOST_REPLY_BYTES

    def readline(self, most: int = -1) -> bytes:
        line = self._lines.readline(most)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the mail server answers without end")
        return line

    def close(self) -> None:
        self._lines.close()


class _Bounded(smtplib.SMTP):
    """A connection whose replies are bounded, and which another thread may cut off."""

    is_cut = False

    def open(self, host: str, port: int) -> None:
        """Connect and be greeted; given to the constructor, an address is connected to before anybody could cut it off."""
        self._host = host  # the name the certificate must bear
        code, words = self.connect(host, port)
        if code != _READY_CODE:
            raise smtplib.SMTPConnectError(code, words)

    def getreply(self) -> tuple[int, bytes]:
        if self.is_cut:
            raise smtplib.SMTPServerDisconnected("the mail server took too long")
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock.makefile("rb"))
        return super().getreply()

    def cut(self) -> None:
        """End the connection under whoever waits for it."""
        self.is_cut = True
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Smtp(_Bounded):
    pass


class _SmtpOverTls(_Bounded, smtplib.SMTP_SSL):
    pass


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
    message["Subject"] = as_it_stands(letter.subject)
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
