"""Passkeys: made and named on the profile, and used at the sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import add_passkey, drop_passkey, name_passkey, sign_in_by_passkey
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.identity import PENDING_KEY, seat, stay_seated
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.work.entry_views import address_from, clock_of, code_page, find_pending, target_of
from wonward.edges.web.work.security_views import say_next, security_page
from wonward.foundation.access.operations import (
    TooManyAttempts,
    begin_passkey,
    begin_passkey_check,
    never_asked,
)
from wonward.kernel.errors import Refused
from wonward.kernel.wording import heard

CHALLENGE_KEY = "passkey_challenge"


@page(permission=None, methods=("POST",))
def passkey_making(request: SignedInRequest) -> JsonResponse:
    """What the browser is asked to make a passkey with."""
    assert request.actor.user_id is not None
    options, request.session[CHALLENGE_KEY] = begin_passkey(user_id=request.actor.user_id, now=request.now)
    return JsonResponse(options)


@page(permission=None, methods=("POST",))
def passkeys(request: SignedInRequest) -> HttpResponse:
    """Keep the passkey the browser made."""
    assert request.actor.user_id is not None
    challenge = request.session.pop(CHALLENGE_KEY, None)
    try:
        codes = add_passkey(
            actor=request.actor, current_password=request.POST.get("current_password", "")[:1000], challenge=challenge,
            answer=request.POST.get("answer", ""), name=request.POST.get("passkey_name", ""), address=address_from(request), now=request.now,
        )
    except Refused as refusal:
        return _refused(request, refusal, "passkey")
    stay_seated(request, request.actor.user_id)
    said = _("The passkey is yours. Every other browser was signed out.")
    if codes:
        return security_page(request, errors={}, codes=codes, said=said, doing="", status=200)
    say_next(request, said)
    return go_to(request, address_of("profile_security"))


@page(permission=None, methods=("POST",))
def passkey(request: SignedInRequest, passkey_id: int) -> HttpResponse:
    """Rename or remove one of my passkeys."""
    assert request.actor.user_id is not None
    try:
        if request.POST.get("do") == "remove":
            drop_passkey(
                actor=request.actor, current_password=request.POST.get("current_password", "")[:1000], passkey_id=passkey_id,
                address=address_from(request), now=request.now,
            )
            stay_seated(request, request.actor.user_id)
            say_next(request, _("The passkey is gone. Every other browser was signed out."))
        else:
            name_passkey(actor=request.actor, passkey_id=passkey_id, name=request.POST.get("passkey_name", ""), now=request.now)
            say_next(request, _("Saved."))
    except Refused as refusal:
        return _refused(request, refusal, f"passkey-{passkey_id}")
    return go_to(request, address_of("profile_security"))


def _refused(request: SignedInRequest, refusal: Refused, doing: str) -> HttpResponse:
    errors, status = errors_by_field(refusal.errors) or {"passkey": heard(refusal.message)}, 422
    if isinstance(refusal, TooManyAttempts):
        errors, status = {"current_password": heard(refusal.message)}, 429
    return security_page(request, errors=errors, codes=[], said="", doing=doing, status=status)


@page(permission="", methods=("POST",))
def passkey_question(request: HttpRequest) -> JsonResponse:
    """What the browser is asked to sign: any passkey instead of a password, or one of theirs after it."""
    pending = find_pending(request)
    options, request.session[CHALLENGE_KEY] = begin_passkey_check(user_id=pending["user_id"] if pending else None, now=clock_of(request))
    return JsonResponse(options)


@page(permission="", methods=("POST",))
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with the answer of a passkey. It stands for both factors, or for the second after the password."""
    challenge, pending = request.session.pop(CHALLENGE_KEY, None), find_pending(request)
    target = pending["next"] if pending else target_of(request)
    try:
        if challenge and challenge["user_id"] not in (None, (pending or {}).get("user_id")):
            raise never_asked()
        user_id = sign_in_by_passkey(
            challenge=challenge, answer=request.POST.get("answer", ""), address=address_from(request), now=clock_of(request)
        )
    except Refused as refusal:
        error, status = heard(refusal.message), 429 if isinstance(refusal, TooManyAttempts) else 422
        if pending:
            return code_page(request, pending["user_id"], error, status)
        context = {"error": error, "next": target, "email": "", "is_changed": False, "has_passkeys": True}
        return render(request, "shell/sign_in.html", context, status=status)
    request.session.pop(PENDING_KEY, None)
    seat(request, user_id)
    return HttpResponseRedirect(target)
