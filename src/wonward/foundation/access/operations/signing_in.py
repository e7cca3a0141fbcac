"""Passwords, codes and links, each with a limit before anything is hashed; sessions and how they end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from wonward.foundation.access.models import AccessLink, Passkey, RecoveryCode, SignIn, SignInAttempt, User
from wonward.foundation.access.rules import (
    FACTOR_STEP_SECONDS,
    check_password_strength,
    matching_step,
    plain_code,
    token_digest,
)
from wonward.kernel.errors import NotFound, Refused

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_EMAIL = 10
ATTEMPTS_PER_ADDRESS = 50
LINKS_PER_EMAIL = 3
RECOVERY_CODES = 10
INVITE, RESET = "invite", "reset"
_LASTS = {INVITE: timedelta(days=7), RESET: timedelta(hours=2)}


@cache
def _hash_of_nobody() -> str:
    """Hashed against when the e-mail is unknown, so that both answers cost the same."""
    return make_password(secrets.token_urlsafe(16))


class TooManyAttempts(Refused):
    """Too many failed sign-ins; the door stays shut for a while."""

    code = "too_many_attempts"


def check_sign_in(*, email: str, password: str, address: str, now: datetime) -> int | None:
    """The user's id when the password is right, else None. Refuses before hashing when tried too often.

    A user with a second factor is not signed in yet: see `check_factor`.
    """
    digest = _digest(f"{email.strip().lower()}")
    limit_attempts(digest=digest, address=address, most=ATTEMPTS_PER_EMAIL, now=now)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if check_password(password, user.password if user else _hash_of_nobody()) and user:
        return user.pk
    SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
    return None


def check_own_password(*, user_id: int, password: str, address: str, now: datetime) -> None:
    """Ask somebody signed in for their password again, before what is hard to take back. Refused when it is wrong."""
    digest = _digest(f"own:{user_id}")
    limit_attempts(digest=digest, address=address, most=ATTEMPTS_PER_EMAIL, now=now)
    user = User.objects.get(pk=user_id)
    if not check_password(password, user.password):
        SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
        raise Refused.field("current_password", "This is not your password.", "wrong")


def limit_attempts(*, digest: str, address: str, most: int, now: datetime) -> None:
    """TooManyAttempts once a name or an address was tried too often within a quarter of an hour."""
    recent = SignInAttempt.objects.filter(happened_at__gt=now - ATTEMPT_WINDOW)
    if (
        recent.filter(email_digest=digest).count() >= most
        or recent.filter(address=address[:64]).count() >= ATTEMPTS_PER_ADDRESS
    ):
        raise TooManyAttempts("Too many attempts. Wait 15 minutes and try again.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def check_factor(*, user_id: int, code: str, address: str, now: datetime) -> bool:
    """Whether a code of the app, or an unused recovery code, is right; either works once. Limited before it is looked at."""
    digest = _digest(f"factor:{user_id}")
    limit_attempts(digest=digest, address=address, most=ATTEMPTS_PER_EMAIL, now=now)
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id, is_active=True).first()
    typed = plain_code(code)
    if user is not None:
        step = matching_step(user.factor_secret, typed, now) if user.factor_secret else None
        if step is not None and step > user.factor_step:
            User.objects.filter(pk=user_id).update(factor_step=step)
            return True
        unused = RecoveryCode.objects.filter(user_id=user_id, digest=_code_digest(user_id, typed), used_at__isnull=True)
        if unused.update(used_at=now):
            return True
    SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
    return False


def _code_digest(user_id: int, code: str) -> str:
    return token_digest(f"{user_id}:{code}")


@transaction.atomic
def set_factor(*, user_id: int, secret: str, code: str, now: datetime) -> list[str]:
    """Turn the second factor on with the first code of the app; the recovery codes, shown once. Ends every session."""
    step = matching_step(secret, plain_code(code), now)
    if step is None:
        raise Refused.field("code", "This code does not fit. Look whether the clock of your phone is right.", "wrong")
    User.objects.filter(pk=user_id).update(
        factor_secret=secret, factor_step=step, session_epoch=F("session_epoch") + 1, version=F("version") + 1, updated_at=now
    )
    return renew_recovery_codes(user_id=user_id)


@transaction.atomic
def renew_recovery_codes(*, user_id: int) -> list[str]:
    """Ten new recovery codes; older ones stop working."""
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, digest=_code_digest(user_id, plain_code(code))) for code in codes
    )
    return codes


@transaction.atomic
def remove_factor(*, user_id: int, now: datetime) -> bool:
    """Turn the second factor off and end every session; False when there was none."""
    changed = User.objects.filter(pk=user_id).exclude(factor_secret="").update(
        factor_secret="", factor_step=0, session_epoch=F("session_epoch") + 1, version=F("version") + 1, updated_at=now
    )
    if not Passkey.objects.filter(user_id=user_id).exists():
        RecoveryCode.objects.filter(user_id=user_id).delete()
    return bool(changed)


def new_factor_secret() -> str:
    """A fresh secret for an authenticator app."""
    return pyotp.random_base32()


@transaction.atomic
def set_password(*, user_id: int, password: str, now: datetime) -> None:
    """Store a new password and end every session. Refused when it is too weak."""
    user = User.objects.select_for_update().get(pk=user_id)
    check_password_strength(password, user.email)
    user.password = make_password(password)
    user.session_epoch += 1
    user.version += 1
    user.updated_at = now
    user.save(update_fields=["password", "session_epoch", "version", "updated_at"])
    AccessLink.objects.filter(user_id=user_id, used_at__isnull=True).update(used_at=now)


@transaction.atomic
def make_link(*, user_id: int, purpose: str, now: datetime) -> str:
    """A new single-use token for a mail; older ones for the same purpose stop working. 256 random bits."""
    AccessLink.objects.filter(user_id=user_id, purpose=purpose, used_at__isnull=True).update(used_at=now)
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        user_id=user_id, purpose=purpose, digest=token_digest(token), created_at=now, expires_at=now + _LASTS[purpose]
    )
    return token


@transaction.atomic
def use_link(*, token: str, purpose: str, password: str, now: datetime) -> int:
    """Set the password a link allows, once; the user's id. NotFound for a link that is used, over or never was."""
    link = AccessLink.objects.select_for_update().filter(digest=token_digest(token), purpose=purpose).first()
    if link is None or link.used_at is not None or link.expires_at <= now or not link.user.is_active:
        raise NotFound("link", "of this kind")
    set_password(user_id=link.user_id, password=password, now=now)
    return link.user_id


def note_reset_wish(*, email: str, address: str, now: datetime) -> int | None:
    """The user to send a link to, or None; limited and noted alike for known and unknown addresses."""
    digest = _digest(f"reset:{email.strip().lower()}")
    limit_attempts(digest=digest, address=address, most=LINKS_PER_EMAIL, now=now)
    SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
    return User.objects.filter(email=email.strip().lower(), is_active=True).values_list("pk", flat=True).first()


@transaction.atomic
def open_session(*, user_id: int, address: str, browser: str, now: datetime) -> int:
    """Note a browser that signed in; the id its session carries."""
    return SignIn.objects.create(user_id=user_id, address=address[:64], browser=browser[:200], created_at=now).pk


@transaction.atomic
def end_session(*, user_id: int, sign_in_id: int, now: datetime) -> None:
    """End one of a user's browsers at its next request; NotFound when it is not theirs or over."""
    mine = SignIn.objects.filter(pk=sign_in_id, user_id=user_id, ended_at__isnull=True)
    if not mine.exists():
        raise NotFound("session", sign_in_id)
    mine.update(ended_at=now)


@transaction.atomic
def end_other_sessions(*, user_id: int, keep_id: int | None, now: datetime) -> int:
    """End all browsers of a user but one; how many."""
    return SignIn.objects.filter(user_id=user_id, ended_at__isnull=True).exclude(pk=keep_id or 0).update(ended_at=now)


@transaction.atomic
def end_all_sessions(*, user_id: int, now: datetime) -> None:
    """End every browser of a user, known or not."""
    User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1, updated_at=now)
    SignIn.objects.filter(user_id=user_id, ended_at__isnull=True).update(ended_at=now)


def end_stamps(*, user_id: int, now: datetime) -> None:
    """End every session but one that is stamped anew."""
    User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1, version=F("version") + 1, updated_at=now)


def factor_address(*, secret: str, email: str, organisation: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret, interval=FACTOR_STEP_SECONDS).provisioning_uri(name=email, issuer_name=organisation)
