"""Coming in: password, second factor, invitation, forgotten password; and going out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import accept_invitation, request_password_reset, reset_password
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.identity import PENDING_KEY, seat
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.foundation.access.operations import (
    INVITE,
    RESET,
    TooManyAttempts,
    check_factor,
    check_sign_in,
    passkey_host,
)
from wonward.foundation.access.queries import find_link_owner, get_sign_in_facts, has_factor, list_passkeys
from wonward.kernel.errors import NotFound, Refused

_PENDING_LASTS = timedelta(minutes=10)


@page(permission="", methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password. The session carries a stamp that dies with either; a second factor is asked for next."""
    target = target_of(request)
    error, status = "", 200
    if request.method == "POST":
        user_id = None
        try:
            user_id = check_sign_in(
                email=request.POST.get("email", "")[:254], password=request.POST.get("password", "")[:1000],
                address=address_from(request), now=clock_of(request),
            )
        except TooManyAttempts as refusal:
            error, status = refusal.message, 429
        if user_id is not None:
            return _let_in(request, user_id, target)
        if not error:
            error, status = _("E-mail address and password do not go together."), 422
    context = {"error": error, "next": target, "email": request.POST.get("email", ""), "is_local": settings.IS_LOCAL_MODE,
               "is_changed": request.GET.get("changed") == "1", "has_passkeys": bool(passkey_host())}
    return render(request, "shell/sign_in.html", context, status=status)


def _let_in(request: HttpRequest, user_id: int, target: str) -> HttpResponse:
    if not has_factor(user_id):
        seat(request, user_id)
        return HttpResponseRedirect(target)
    request.session.flush()
    request.session[PENDING_KEY] = {"user_id": user_id, "next": target, "since": clock_of(request).isoformat()}
    return HttpResponseRedirect(address_of("sign_in_code"))


@page(permission="", methods=("GET", "POST"))
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the app, or one of the recovery codes."""
    pending = find_pending(request)
    if pending is None:
        return HttpResponseRedirect(address_of("sign_in"))
    error, status = "", 200
    if request.method == "POST":
        try:
            code = request.POST.get("code", "")[:60]
            if check_factor(user_id=pending["user_id"], code=code, address=address_from(request), now=clock_of(request)):
                seat(request, pending["user_id"])
                return HttpResponseRedirect(pending["next"])
            error, status = _("This code does not fit, or was used already."), 422
        except TooManyAttempts as refusal:
            error, status = refusal.message, 429
    return code_page(request, pending["user_id"], error, status)


def find_pending(request: HttpRequest) -> dict[str, Any] | None:
    """Who gave their password in this session and owes a second factor; for ten minutes."""
    pending: dict[str, Any] = request.session.get(PENDING_KEY) or {}
    since = datetime.fromisoformat(pending["since"]) if pending.get("since") else None
    return pending if since is not None and clock_of(request) - since <= _PENDING_LASTS else None


def code_page(request: HttpRequest, user_id: int, error: str, status: int) -> HttpResponse:
    """Where the second factor is asked for."""
    facts = get_sign_in_facts([user_id]).get(user_id)
    context = {
        "error": error, "has_passkeys": bool(passkey_host()) and bool(list_passkeys(user_id)), "has_app": facts is not None and facts.has_factor,
    }
    return render(request, "work/sign_in_code.html", context, status=status)


@page(permission="", methods=("GET", "POST"))
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    if request.method == "GET" or not request.POST.get("email", "").strip():
        return render(request, "work/forgotten_password.html", {"is_sent": False, "error": "", "email": ""})
    email = request.POST["email"].strip()[:254]
    try:
        request_password_reset(email=email, address=address_from(request), now=clock_of(request))
    except TooManyAttempts as refusal:
        context = {"is_sent": False, "error": refusal.message, "email": email}
        return render(request, "work/forgotten_password.html", context, status=429)
    return render(request, "work/forgotten_password.html", {"is_sent": True, "error": "", "email": email})


@page(permission="", methods=("GET", "POST"))
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password with the link of a mail, then sign in with it."""
    return _choose(request, token, RESET)


@page(permission="", methods=("GET", "POST"))
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the first password with the link of an invitation, and be signed in."""
    return _choose(request, token, INVITE)


def _choose(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    owner = find_link_owner(token=token, purpose=purpose, now=clock_of(request))
    if owner is None:
        return render(request, "work/dead_link.html", {"is_invitation": purpose == INVITE}, status=404)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            password = request.POST.get("password", "")
            if password != request.POST.get("again", ""):
                raise Refused.field("again", _("The two passwords differ."), "different")
            choose = accept_invitation if purpose == INVITE else reset_password
            user_id = choose(token=token, password=password, now=clock_of(request))
            if purpose == INVITE:
                seat(request, user_id)
                return HttpResponseRedirect(address_of("my_work"))
            return HttpResponseRedirect(f"{address_of('sign_in')}?changed=1")
        except NotFound:
            return render(request, "work/dead_link.html", {"is_invitation": purpose == INVITE}, status=404)
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"password": refusal.message}
    context = {"name": owner[1], "email": owner[2], "errors": errors, "is_invitation": purpose == INVITE, "action": request.path}
    return render(request, "work/choose_password.html", context, status=422 if errors else 200)


@page(permission=None, methods=("POST",))
def sign_out(request: SignedInRequest) -> HttpResponse:
    """End this session."""
    request.session.flush()
    return HttpResponseRedirect(address_of("sign_in"))


def target_of(request: HttpRequest) -> str:
    """Where somebody wanted to go, if it is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"


def address_from(request: HttpRequest) -> str:
    """Where a request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def clock_of(request: HttpRequest) -> datetime:
    """The instant of a request."""
    now: datetime = request.now  # type: ignore[attr-defined]
    return now
