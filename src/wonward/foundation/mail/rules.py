"""What an address, a subject and a server's URL may be. Pure decisions on plain values."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlsplit

from wonward.foundation.mail.types import MailServer
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

ATTEMPTS = 6
LONGEST_SUBJECT = 200
_LONGEST_DOMAIN = 253
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)


def clean_address(address: str, field: str = "to") -> str:
    """A bare address such as `ada@example.com`, its domain in ASCII; Refused for anything else."""
    local, _, domain = address.strip().rpartition("@")
    ascii_domain = _ascii_domain(domain)
    if len(local) > 64 or "=?" in local or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        shown = one_line(address)[:80]
        raise Refused.field(field, worded("“{shown}” is not an e-mail address that mail can be sent to.", shown=shown))
    return f"{local}@{ascii_domain}"


def _ascii_domain(domain: str) -> str:
    if len(domain) > _LONGEST_DOMAIN:
        return ""
    try:
        return domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def one_line(text: str) -> str:
    """The text on one line, without control or invisible formatting characters."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    return " ".join(kept.split())


def clean_subject(subject: str) -> str:
    """The subject as it is sent: one line of at most 200 characters, never empty."""
    return as_it_stands(one_line(subject))[:LONGEST_SUBJECT].rstrip() or "(no subject)"


def as_it_stands(words: str) -> str:
    """The words with every beginning of an encoded word torn apart: its bytes would be read as if they stood here, line ends too."""
    return words.replace("=?", "= ?")


def message_id(mail_id: int, secret: str, domain: str) -> str:
    """The Message-ID of a mail: the same each time it is sent, and not to be guessed from outside."""
    digest = hmac.new(secret.encode(), f"mail:{mail_id}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"<{mail_id}.{digest}@{domain}>"


def read_server_url(url: str, base_url: str) -> MailServer:
    """`smtp://user:password@host:port?tls=1&from=crm@example.com` or `smtps://…`; ValueError says what is wrong.

    `tls=1` encrypts by STARTTLS, `smtps` from the first byte. A password travels encrypted or not at all,
    except to this very machine. Without `from` the sender is the user name, else wonward@<the site's host>.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("WONWARD_SMTP_URL must look like smtp://user:password@host:587?tls=1.")
    query = dict(parse_qsl(parts.query))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    security = "tls" if parts.scheme == "smtps" else "starttls" if query.get("tls") == "1" else "none"
    if password and security == "none" and parts.hostname not in _LOOPBACK:
        raise ValueError("WONWARD_SMTP_URL has a password but no encryption: add ?tls=1 or use smtps://.")
    sender = query.get("from") or (user if "@" in user else default_sender(base_url))
    try:
        port = parts.port or {"tls": 465, "starttls": 587, "none": 25}[security]
        return MailServer(parts.hostname, port, user, password, security, clean_address(sender))
    except (ValueError, Refused) as problem:
        raise ValueError(f"WONWARD_SMTP_URL: {problem}") from None


def default_sender(base_url: str) -> str:
    """`wonward@` and the host of the site."""
    return f"wonward@{site_domain(base_url)}"


def site_domain(base_url: str) -> str:
    """The host of the site as a mail domain; `localhost` when it has no name."""
    host = (urlsplit(base_url).hostname or "").lower()
    return host if _DOMAIN.fullmatch(host) else "localhost"
