"""Pure facts about tokens, passwords and codes."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pyotp

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

FACTOR_STEP_SECONDS = 30
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
_TOO_COMMON = frozenset(
    ["password", "passw0rd", "12345678", "123456789", "1234567890", "qwertyui", "qwertz123", "qwerty123", "iloveyou", "11111111", "00000000", "abc12345", "password1", "password123", "letmein1", "welcome1", "admin123", "changeme", "wonward1"]
)


def token_digest(token: str) -> str:
    """SHA-256 of a token; tokens carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_password_strength(password: str, email: str) -> None:
    """Refuse what is short, endless, among the most common, or the address itself."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused.field("password", worded("A password needs at least {shortest_password} characters.", shortest_password=SHORTEST_PASSWORD), "too_short")
    if len(password) > LONGEST_PASSWORD:
        raise Refused.field("password", worded("A password has at most {longest_password} characters.", longest_password=LONGEST_PASSWORD), "too_long")
    folded = password.casefold()
    if folded in _TOO_COMMON or len(set(folded)) < 3 or folded in (email.casefold(), email.partition("@")[0].casefold()):
        raise Refused.field("password", "This password is easily guessed. Choose another one.", "too_common")


def plain_code(typed: str) -> str:
    """A code as it is compared: without spaces and dashes, in lower case."""
    return "".join(character for character in typed.lower() if character.isalnum())[:40]


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code of an authenticator app belongs to, one step early or late at most; None when it is wrong."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    step = int(now.timestamp()) // FACTOR_STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=FACTOR_STEP_SECONDS)
    matches = [near for near in (step - 1, step, step + 1) if totp.at(near * FACTOR_STEP_SECONDS) == code]
    return max(matches, default=None)
