"""Pure facts about tokens."""

from __future__ import annotations

import hashlib


def token_digest(token: str) -> str:
    """SHA-256 of a token; tokens carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
