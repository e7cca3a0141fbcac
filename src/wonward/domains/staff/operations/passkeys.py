"""What people do about their own passkeys, and signing in with one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.staff.operations.security import note_own_change, own_sign_in, tell_of_change
from wonward.foundation.access.operations import (
    Challenge,
    ClonedPasskey,
    check_new_passkey,
    check_own_password,
    finish_passkey_check,
    keep_passkey,
    remove_passkey,
    rename_passkey,
)
from wonward.kernel.actor import Actor
from wonward.kernel.wording import worded


def add_passkey(
    *, actor: Actor, current_password: str, challenge: Challenge | None, answer: str, name: str, address: str, now: datetime
) -> list[str]:
    """Let a passkey sign oneself in; recovery codes, shown once, when there were none. Every session ends, and a mail says so."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    made = check_new_passkey(user_id=user_id, challenge=challenge, answer=answer, name=name, address=address, now=now)
    with transaction.atomic():
        codes = keep_passkey(user_id=user_id, made=made, now=now)
        note_own_change(user_id, "staff.sign_in.passkey", {"passkey": [None, made.name]}, now, actor)
        tell_of_change(user_id, worded("A passkey was added"), now)
    return codes


def name_passkey(*, actor: Actor, passkey_id: int, name: str, now: datetime) -> None:
    """Give one of one's own passkeys another name; NotFound for anybody else's."""
    user_id = own_sign_in(actor)
    with transaction.atomic():
        before = rename_passkey(user_id=user_id, passkey_id=passkey_id, name=name)
        if before != name:
            note_own_change(user_id, "staff.sign_in.passkey", {"passkey": [before, name]}, now, actor)


def drop_passkey(*, actor: Actor, current_password: str, passkey_id: int, address: str, now: datetime) -> None:
    """Let one of one's own passkeys let nobody in any more. Every session ends, and a mail says so."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    with transaction.atomic():
        name = remove_passkey(user_id=user_id, passkey_id=passkey_id, now=now)
        note_own_change(user_id, "staff.sign_in.passkey", {"passkey": [name, None]}, now, actor)
        tell_of_change(user_id, worded("A passkey was removed"), now)


def sign_in_by_passkey(*, challenge: Challenge | None, answer: str, address: str, now: datetime) -> int:
    """The user whose passkey answered. A copied one is refused, written into the history, and its owner is told."""
    try:
        return finish_passkey_check(challenge=challenge, answer=answer, address=address, now=now)
    except ClonedPasskey as refusal:
        with transaction.atomic():
            note_own_change(refusal.user_id, "staff.sign_in.passkey_copied", {"passkey": [refusal.name, refusal.name]}, now)
            tell_of_change(refusal.user_id, worded("Somebody tried to sign in with a copy of a passkey"), now)
        raise
