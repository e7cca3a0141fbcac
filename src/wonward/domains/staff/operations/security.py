"""What people do about their own sign-in: passwords, second factor, browsers, tokens, preferences.

Whatever is hard to take back asks for the password again, before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from wonward.domains.staff.models import Person
from wonward.foundation.access.operations import (
    INVITE,
    RESET,
    change_preferences,
    check_own_password,
    create_token,
    end_other_sessions,
    end_session,
    end_stamps,
    make_link,
    note_reset_wish,
    remove_factor,
    renew_recovery_codes,
    revoke_token,
    set_factor,
    set_password,
    use_link,
)
from wonward.foundation.access.queries import get_sign_in_facts
from wonward.foundation.audit.operations import record_change
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotAllowed
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, speaking, worded


def request_password_reset(*, email: str, address: str, now: datetime) -> None:
    """Send a link if the address has a sign-in; nothing tells whether it has. TooManyAttempts when asked too often."""
    user_id = note_reset_wish(email=email, address=address, now=now)
    if user_id is None:
        return
    with transaction.atomic():
        facts, organisation = get_sign_in_facts([user_id])[user_id], get_organisation().name
        token = make_link(user_id=user_id, purpose=RESET, now=now)
        link = settings.BASE_URL + reverse("new_password", kwargs={"token": token})
        text = worded("""Hello {name},

somebody, probably you, asked for a new password for {organisation}.

Choose it here; the link works once and for two hours:
{link}

If it was not you, your password stays as it is.
""", name=_name(user_id), organisation=organisation, link=link)
        with speaking(facts.language):
            subject, said = heard(worded("A new password for {organisation}", organisation=organisation)), heard(text)
        queue_mail(actor=system_actor(), to=facts.email, subject=subject, text=said, now=now)


@transaction.atomic
def reset_password(*, token: str, password: str, now: datetime) -> int:
    """Set the password a mailed link allows, once, and end every session; the user's id. NotFound for a dead link."""
    user_id = use_link(token=token, purpose=RESET, password=password, now=now)
    note_own_change(user_id, "staff.sign_in.reset", {"password": ["", "changed"]}, now)
    tell_of_change(user_id, worded("Your password was changed"), now)
    return user_id


@transaction.atomic
def accept_invitation(*, token: str, password: str, now: datetime) -> int:
    """Choose the first password with a mailed link, once; the user's id. NotFound for a dead link."""
    user_id = use_link(token=token, purpose=INVITE, password=password, now=now)
    note_own_change(user_id, "staff.sign_in.accept", {"accepted_at": [None, now]}, now)
    return user_id


def change_password(*, actor: Actor, current_password: str, password: str, address: str, now: datetime) -> None:
    """Choose another password; every session ends, and a mail says so."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    with transaction.atomic():
        set_password(user_id=user_id, password=password, now=now)
        note_own_change(user_id, "staff.sign_in.password", {"password": ["", "changed"]}, now, actor)
        tell_of_change(user_id, worded("Your password was changed"), now)


def turn_factor_on(*, actor: Actor, current_password: str, secret: str, code: str, address: str, now: datetime) -> list[str]:
    """Ask for a second factor from now on; the recovery codes, shown once. Every session ends."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    with transaction.atomic():
        codes = set_factor(user_id=user_id, secret=secret, code=code, now=now)
        note_own_change(user_id, "staff.sign_in.factor", {"has_factor": [False, True]}, now, actor)
        tell_of_change(user_id, worded("A second factor was turned on"), now)
    return codes


def drop_factor(*, actor: Actor, current_password: str, address: str, now: datetime) -> None:
    """Ask for no second factor any more. Every session ends."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    with transaction.atomic():
        if remove_factor(user_id=user_id, now=now):
            note_own_change(user_id, "staff.sign_in.factor", {"has_factor": [True, False]}, now, actor)
            tell_of_change(user_id, worded("The second factor was turned off"), now)


def new_recovery_codes(*, actor: Actor, current_password: str, address: str, now: datetime) -> list[str]:
    """Ten new recovery codes, shown once; the old ones stop working. Every session ends, and a mail says so."""
    user_id = own_sign_in(actor)
    check_own_password(user_id=user_id, password=current_password, address=address, now=now)
    with transaction.atomic():
        codes = renew_recovery_codes(user_id=user_id)
        end_stamps(user_id=user_id, now=now)
        note_own_change(user_id, "staff.sign_in.recovery", {"recovery_codes": ["", "renewed"]}, now, actor)
        tell_of_change(user_id, worded("Your recovery codes were renewed"), now)
    return codes


@transaction.atomic
def end_browser(*, actor: Actor, sign_in_id: int, now: datetime) -> None:
    """Sign one of one's own browsers out; NotFound for anybody else's."""
    end_session(user_id=own_sign_in(actor), sign_in_id=sign_in_id, now=now)


@transaction.atomic
def end_other_browsers(*, actor: Actor, keep_id: int | None, now: datetime) -> int:
    """Sign every browser of one's own out but this one; how many."""
    return end_other_sessions(user_id=own_sign_in(actor), keep_id=keep_id, now=now)


@transaction.atomic
def add_token(
    *, actor: Actor, name: str, scopes: Sequence[str] | None, expires_at: datetime | None, now: datetime
) -> str:
    """Make a token for oneself; it is shown once. Without scopes it may do all its owner may."""
    user_id = own_sign_in(actor)
    token = create_token(actor=actor, user_id=user_id, name=name, scopes=scopes, expires_at=expires_at, now=now)
    note_own_change(user_id, "staff.token.create", {"name": [None, name], "scopes": [None, list(scopes) if scopes else "all"]}, now, actor)
    return token


@transaction.atomic
def end_token(*, actor: Actor, token_id: int, now: datetime) -> None:
    """Revoke a token; it fails at its next request."""
    user_id = own_sign_in(actor)
    name = revoke_token(actor=actor, token_id=token_id, now=now)
    note_own_change(user_id, "staff.token.revoke", {"name": [name, None]}, now, actor)


@transaction.atomic
def change_own_preferences(*, actor: Actor, preferences: dict[str, Any], now: datetime) -> None:
    """Store language, time zone, week start, theme, density and whether single keys work."""
    user_id = own_sign_in(actor)
    changes = change_preferences(actor=actor, now=now, **preferences)
    if changes:
        note_own_change(user_id, "staff.preferences.change", changes, now, actor)


def own_sign_in(actor: Actor) -> int:
    """The user somebody is; NotAllowed for what is nobody."""
    if actor.user_id is None:
        raise NotAllowed("Only somebody who signs in has a sign-in to change.")
    return actor.user_id


def _name(user_id: int) -> str:
    return Person.objects.filter(user_id=user_id).values_list("name", flat=True).first() or ""


def note_own_change(user_id: int, operation: str, changes: dict[str, list[Any]], now: datetime, actor: Actor | None = None) -> None:
    """Write what somebody did about their sign-in into the history of the person they are."""
    person = Person.objects.filter(user_id=user_id).first()
    if person is not None:
        who = actor or Actor(label=person.name, user_id=user_id, person_id=person.pk)
        record_change(actor=who, operation=operation, ref=Ref("staff.person", person.pk), changes=changes, now=now)


def tell_of_change(user_id: int, what: str, now: datetime) -> None:
    """Tell somebody by mail what happened to their sign-in."""
    facts, organisation = get_sign_in_facts([user_id])[user_id], get_organisation().name
    text = worded("""Hello {name},

{what} for {organisation}. All other browsers were signed out.

If it was not you, ask an administrator at once.
""", name=_name(user_id), what=what, organisation=organisation)
    with speaking(facts.language):
        subject, said = heard(worded("{what}, {organisation}", what=what, organisation=organisation)), heard(text)
    queue_mail(actor=system_actor(), to=facts.email, subject=subject, text=said, now=now)
