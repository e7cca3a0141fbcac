"""What of the sign-ins opens a door, and what holds the moment only."""

from __future__ import annotations

from wonward.foundation.access.models import (
    AccessLink,
    ApiToken,
    IdempotentReply,
    Passkey,
    RecoveryCode,
    SignInAttempt,
    User,
)
from wonward.foundation.database.registry import keeps_secret, passes_by

keeps_secret(User, "password")
keeps_secret(User, "factor_secret", may_be_empty=True)
keeps_secret(ApiToken, "digest")
keeps_secret(RecoveryCode, "digest")
passes_by(AccessLink)
passes_by(IdempotentReply)
passes_by(Passkey)
passes_by(SignInAttempt)
