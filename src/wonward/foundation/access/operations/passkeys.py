"""Passkeys: made, used and removed. What checks their signatures is loaded only once somebody uses one.

The address that browsers know decides for which host a passkey is good; a challenge is answered once, within five minutes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from wonward.foundation.access.models import Passkey, RecoveryCode, SignInAttempt, User
from wonward.foundation.access.operations.signing_in import (
    ATTEMPTS_PER_EMAIL,
    end_stamps,
    limit_attempts,
    renew_recovery_codes,
)
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.wording import worded

CHALLENGE_LASTS = timedelta(minutes=5)
LONGEST_ANSWER = 16_000
MOST_PASSKEYS = 20
REGISTER, SIGN_IN, FACTOR = "register", "sign_in", "factor"
Challenge = dict[str, Any]
_CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}={0,2}")


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was checked and not kept yet."""

    name: str
    credential_id: str
    public_key: str
    sign_count: int
    is_synced: bool


class PasskeyRefused(Refused):
    """An answer that proves nothing; nothing was changed by it."""

    code = "passkey_refused"


class ClonedPasskey(PasskeyRefused):
    """The passkey counts backwards: there is a second copy of it."""

    def __init__(self, user_id: int, name: str) -> None:
        super().__init__(
            worded("This passkey counts backwards, as a copied one does. It does not let anybody in; remove it and make a new one.")
        )
        self.user_id, self.name = user_id, name


def passkey_host() -> str:
    """The host passkeys are good for; empty where the address has no name, for then no browser makes any."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return ""


@cache
def _library(name: str) -> Any:
    return import_module(f"fido2.{name}")


def _server() -> Any:
    parts = urlsplit(settings.BASE_URL)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    entity = _library("webauthn").PublicKeyCredentialRpEntity(id=passkey_host(), name="Wonward")
    return _library("server").Fido2Server(entity, attestation="none", verify_origin=lambda found: found == origin)


def begin_passkey(*, user_id: int, now: datetime) -> tuple[dict[str, Any], Challenge]:
    """What the browser is asked to make a passkey with, and the challenge to be kept in the session."""
    user = User.objects.get(pk=user_id)
    _require_host()
    entity = _library("webauthn").PublicKeyCredentialUserEntity(id=f"wonward-{user_id}".encode(), name=user.email, display_name=user.name)
    options, state = _server().register_begin(
        entity, credentials=_descriptors(user_id), resident_key_requirement="preferred", user_verification="required"
    )
    return dict(options), _challenge(REGISTER, user_id, state, now)


def begin_passkey_check(*, user_id: int | None, now: datetime) -> tuple[dict[str, Any], Challenge]:
    """What the browser is asked to sign: with any passkey of this host, or as second factor with one of this user's."""
    _require_host()
    descriptors = _descriptors(user_id) if user_id else None
    verification = "preferred" if user_id else "required"
    options, state = _server().authenticate_begin(descriptors or None, user_verification=verification)
    return dict(options), _challenge(FACTOR if user_id else SIGN_IN, user_id, state, now)


def _require_host() -> None:
    if not passkey_host():
        raise Conflict("Passkeys need an address with a name. Ask whoever runs this installation to give it one.")


def _descriptors(user_id: int) -> list[Any]:
    library = _library("webauthn")
    return [
        library.PublicKeyCredentialDescriptor(type="public-key", id=_bytes_of(key))
        for key in Passkey.objects.filter(user_id=user_id).order_by("pk").values_list("credential_id", flat=True)
    ]


def _challenge(kind: str, user_id: int | None, state: Mapping[str, Any], now: datetime) -> Challenge:
    return {"kind": kind, "user_id": user_id, "state": dict(state), "since": now.isoformat()}


def _bytes_of(text: str) -> bytes:
    found: bytes = _library("utils").websafe_decode(text)
    return found


def _text_of(data: bytes) -> str:
    found: str = _library("utils").websafe_encode(data)
    return found


def check_new_passkey(*, user_id: int, challenge: Challenge | None, answer: str, name: str, address: str, now: datetime) -> NewPasskey:
    """What the browser made, once it is shown to be a passkey of this host. Refused for what proves nothing."""
    state = _state_of(challenge, REGISTER, user_id, now)
    words = " ".join(name.split())[:80]
    if not words:
        raise Refused.field("passkey_name", "Give it a name you know it by, such as the phone it is on.", "required")
    digest = _digest_of(f"user:{user_id}")
    limit_attempts(digest=digest, address=address, most=ATTEMPTS_PER_EMAIL, now=now)
    made = _checked(lambda: _register(state, answer), digest, address, now)
    credential = made.credential_data
    return NewPasskey(
        words, _text_of(credential.credential_id), _text_of(bytes(credential)), int(made.counter), bool(made.is_backup_eligible())
    )


@transaction.atomic
def keep_passkey(*, user_id: int, made: NewPasskey, now: datetime) -> list[str]:
    """Let a checked passkey sign its user in, and end every session; recovery codes, shown once, when there were none."""
    User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise Refused.field("passkey", "This passkey is known already.", "taken")
    if Passkey.objects.filter(user_id=user_id).count() >= MOST_PASSKEYS:
        raise Refused.field("passkey", "You have twenty passkeys. Remove one first.", "too_many")
    Passkey.objects.create(
        user_id=user_id, name=made.name, credential_id=made.credential_id, public_key=made.public_key, sign_count=made.sign_count,
        is_synced=made.is_synced, created_at=now,
    )
    end_stamps(user_id=user_id, now=now)
    has_codes = RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).exists()
    return [] if has_codes else renew_recovery_codes(user_id=user_id)


def _register(state: Mapping[str, Any], answer: str) -> Any:
    told = _read(answer)
    made = _server().register_complete(state, told)
    _refuse_frames(told)
    if made.credential_data is None or type(made.credential_data.public_key).__name__ == "UnsupportedKey":
        raise ValueError("no usable key")
    return made


def _refuse_frames(told: Mapping[str, Any]) -> None:
    """A page of another origin that holds ours in a frame is not our page."""
    if _library("webauthn").CollectedClientData(_bytes_of(told["response"]["clientDataJSON"])).cross_origin:
        raise ValueError("asked from within another page")


def finish_passkey_check(*, challenge: Challenge | None, answer: str, address: str, now: datetime) -> int:
    """The user whose passkey answered the challenge. PasskeyRefused for what proves nothing, ClonedPasskey for a copy."""
    kind = str((challenge or {}).get("kind", ""))
    asked_id = (challenge or {}).get("user_id")
    state = _state_of(challenge, kind if kind in (SIGN_IN, FACTOR) else SIGN_IN, asked_id, now)
    key = _credential_of(answer)
    digest = _digest_of(key)
    limit_attempts(digest=digest, address=address, most=ATTEMPTS_PER_EMAIL, now=now)
    refused: Refused | None = None
    with transaction.atomic():
        row = Passkey.objects.select_for_update(of=("self",)).select_related("user").filter(credential_id=key).first()
        if row is None or not row.user.is_active or asked_id not in (None, row.user_id):
            refused = _note_failure(digest, address, now)
        else:
            refused = _use(row, state, answer, address, digest, now)
    if refused is not None:
        raise refused
    assert row is not None
    return row.user_id


def _use(row: Passkey, state: Mapping[str, Any], answer: str, address: str, digest: str, now: datetime) -> Refused | None:
    """Count a use of a passkey; the refusal of one that proves nothing, which is noted and must outlive the transaction."""
    asked = hashlib.sha256(str(state["challenge"]).encode()).hexdigest()
    if row.last_challenge == asked:
        return _note_failure(digest, address, now)
    try:
        counter = _checked(lambda: _signed_count(row, state, answer), digest, address, now)
    except PasskeyRefused as refusal:
        return refusal
    if (counter or row.sign_count) and counter <= row.sign_count:
        _note_failure(digest, address, now)
        return ClonedPasskey(row.user_id, row.name)
    Passkey.objects.filter(pk=row.pk).update(sign_count=counter, last_challenge=asked, used_at=now)
    return None


def _signed_count(row: Passkey, state: Mapping[str, Any], answer: str) -> int:
    told = _read(answer)
    known = _library("webauthn").AttestedCredentialData(_bytes_of(row.public_key))
    _server().authenticate_complete(state, [known], told)
    _refuse_frames(told)
    handle = told["response"].get("userHandle")
    if handle and _bytes_of(handle) != f"wonward-{row.user_id}".encode():
        raise ValueError("another person's handle")
    return int(_library("webauthn").AuthenticatorData(_bytes_of(told["response"]["authenticatorData"])).counter)


def _checked(check: Any, digest: str, address: str, now: datetime) -> Any:
    """The outcome of a check; whatever foreign bytes do to it, they prove nothing then."""
    try:
        return check()
    except Exception:  # noqa: BLE001 - the parser meets whatever somebody sends
        raise _note_failure(digest, address, now) from None


def _note_failure(digest: str, address: str, now: datetime) -> PasskeyRefused:
    SignInAttempt.objects.create(email_digest=digest, address=address[:64], happened_at=now)
    return PasskeyRefused(worded("This passkey does not fit here, or its answer came too late. Try again."))


def _state_of(challenge: Challenge | None, kind: str, user_id: int | None, now: datetime) -> Mapping[str, Any]:
    """What was asked, if it was asked for this and not long ago."""
    if not challenge or challenge["kind"] != kind or challenge["user_id"] != user_id:
        raise never_asked()
    if not timedelta(0) <= now - datetime.fromisoformat(challenge["since"]) <= CHALLENGE_LASTS:
        raise never_asked()
    state: Mapping[str, Any] = challenge["state"]
    return state


def never_asked() -> PasskeyRefused:
    """The refusal of an answer to nothing, or to what was asked too long ago."""
    return PasskeyRefused(worded("Nothing was asked of a passkey in the last five minutes. Try again."))


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    told = json.loads(answer)
    if not isinstance(told, dict) or not isinstance(told.get("response"), dict):
        raise ValueError("no credential")
    return told


def _credential_of(answer: str) -> str:
    """The name of the credential that answers; empty for nonsense."""
    try:
        found = _read(answer).get("rawId")
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) and _CREDENTIAL.fullmatch(found) else ""


def _digest_of(text: str) -> str:
    return hashlib.sha256(f"passkey:{text}".encode()).hexdigest()


@transaction.atomic
def rename_passkey(*, user_id: int, passkey_id: int, name: str) -> str:
    """Give one of a user's passkeys another name; the name before. NotFound for anybody else's."""
    row = Passkey.objects.select_for_update().filter(pk=passkey_id, user_id=user_id).first()
    if row is None:
        raise NotFound("passkey", passkey_id)
    words = " ".join(name.split())[:80]
    if not words:
        raise Refused.field("passkey_name", "Give it a name you know it by, such as the phone it is on.", "required")
    Passkey.objects.filter(pk=passkey_id).update(name=words)
    return row.name


@transaction.atomic
def remove_passkey(*, user_id: int, passkey_id: int, now: datetime) -> str:
    """Let a passkey let nobody in any more, and end every session; its name. NotFound for anybody else's."""
    row = Passkey.objects.select_for_update().filter(pk=passkey_id, user_id=user_id).first()
    if row is None:
        raise NotFound("passkey", passkey_id)
    row.delete()
    if not Passkey.objects.filter(user_id=user_id).exists() and not User.objects.filter(pk=user_id).exclude(factor_secret="").exists():
        RecoveryCode.objects.filter(user_id=user_id).delete()
    end_stamps(user_id=user_id, now=now)
    return row.name
