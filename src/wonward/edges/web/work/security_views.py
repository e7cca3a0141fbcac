"""How a person signs in: password, second factor, browsers and tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.staff.operations import (
    add_token,
    change_password,
    drop_factor,
    end_browser,
    end_other_browsers,
    end_token,
    new_recovery_codes,
    turn_factor_on,
)
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.identity import SIGN_IN_KEY, stay_seated
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.work.profile_views import own_facts
from wonward.foundation.access.operations import (
    TooManyAttempts,
    factor_address,
    new_factor_secret,
    passkey_host,
)
from wonward.foundation.access.policy import PERMISSIONS
from wonward.foundation.access.queries import list_passkeys, list_sign_ins, list_tokens
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused

_FACTOR_KEY, _SAID_KEY = "factor_secret", "security_said"
_BROWSERS = ((r"Edg/", "Edge"), (r"OPR/", "Opera"), (r"Firefox/", "Firefox"), (r"Chrom(e|ium)/", "Chrome"), (r"Safari/", "Safari"))
_SYSTEMS = ((r"iPhone|iPad", "iOS"), (r"Android", "Android"), (r"Windows", "Windows"), (r"Mac OS", "macOS"), (r"Linux", "Linux"))
_DAYS = {"30": 30, "90": 90, "365": 365}


@dataclass(frozen=True, slots=True)
class BrowserView:
    """One browser somebody is signed in with."""

    id: int
    words: str
    address: str
    since: str
    is_here: bool


@page(permission=None, methods=("GET", "POST"))
def profile_security(request: SignedInRequest) -> HttpResponse:
    """Password, second factor, and where I am signed in."""
    errors: dict[str, str] = {}
    codes: list[str] = []
    said, status = take_words(request), 200
    doing = request.POST.get("do", "")
    if request.method == "POST":
        try:
            said, codes = _carry_out(request, doing)
        except TooManyAttempts as refusal:
            errors, status = {"current_password": refusal.message}, 429
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors, status = errors_by_field(refusal.errors), 422
    return security_page(request, errors=errors, codes=codes, said=said, doing=doing, status=status)


def security_page(
    request: SignedInRequest, *, errors: dict[str, str], codes: list[str], said: str, doing: str, status: int
) -> HttpResponse:
    """The page, after whatever was done on it."""
    mine = own_facts(request)
    secret = "" if mine.has_factor else request.session.setdefault(_FACTOR_KEY, new_factor_secret())
    context = {
        "mine": mine, "errors": errors, "said": said, "codes": codes, "doing": doing, "secret": secret,
        "picture": _picture(factor_address(secret=secret, email=mine.email, organisation=get_organisation().name)) if secret else "",
        "browsers": _browsers(request), "passkeys": list_passkeys(mine.id), "has_passkey_host": bool(passkey_host()),
    }
    return render(request, "work/profile_security.html", context, status=status)


def say_next(request: SignedInRequest, words: str) -> None:
    """Words for the next look at the page."""
    request.session[_SAID_KEY] = words


def take_words(request: SignedInRequest) -> str:
    """What is to be said now, once."""
    return str(request.session.pop(_SAID_KEY, ""))


def _carry_out(request: SignedInRequest, doing: str) -> tuple[str, list[str]]:
    """Do what the form asks; what to say, and codes to show once."""
    actor, now = request.actor, request.now
    asked = {"actor": actor, "current_password": request.POST.get("current_password", "")[:1000],
             "address": str(request.META.get("REMOTE_ADDR", "")), "now": now}
    assert actor.user_id is not None
    codes: list[str] = []
    if doing == "password":
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            raise Refused.field("again", _("The two passwords differ."), "different")
        change_password(password=password, **asked)  # type: ignore[arg-type]
        said = _("Your password is changed. Every other browser was signed out.")
    elif doing == "factor":
        secret = request.session.get(_FACTOR_KEY, "")
        codes = turn_factor_on(secret=secret, code=request.POST.get("code", "")[:20], **asked)  # type: ignore[arg-type]
        request.session.pop(_FACTOR_KEY, None)
        said = _("The second factor is on. Every other browser was signed out.")
    elif doing == "drop":
        drop_factor(**asked)  # type: ignore[arg-type]
        said = _("The second factor is off. Every other browser was signed out.")
    elif doing == "codes":
        codes, said = new_recovery_codes(**asked), _("The old recovery codes do not work any more.")  # type: ignore[arg-type]
    elif doing == "others":
        end_other_browsers(actor=actor, keep_id=request.session.get(SIGN_IN_KEY), now=now)
        return _("Every other browser is signed out."), []
    else:
        raise Refused.field("do", _("Choose what to do."), "unknown")
    stay_seated(request, actor.user_id)
    return said, codes


def _picture(address: str) -> Markup:
    """The address as a picture to scan, drawn with presentation attributes alone."""
    drawn: str = import_module("segno").make(address, micro=False).svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 - made of black squares


def _browsers(request: SignedInRequest) -> list[BrowserView]:
    assert request.actor.user_id is not None
    since = request.now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    here = request.session.get(SIGN_IN_KEY)
    return [
        BrowserView(row.id, _browser_words(row.browser), row.address, moment(row.created_at, request.actor.time_zone), row.id == here)
        for row in list_sign_ins(request.actor.user_id, since=since)
    ]


def _browser_words(agent: str) -> str:
    browser = next((words for pattern, words in _BROWSERS if re.search(pattern, agent)), "")
    system = next((words for pattern, words in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


@page(permission=None, methods=("POST",))
def browser_end(request: SignedInRequest, sign_in_id: int) -> HttpResponse:
    """Sign one other browser of mine out."""
    end_browser(actor=request.actor, sign_in_id=sign_in_id, now=request.now)
    return go_to(request, address_of("profile_security"))


@page(permission=None, methods=("GET", "POST"))
def profile_tokens(request: SignedInRequest) -> HttpResponse:
    """My tokens for programs."""
    errors: dict[str, str] = {}
    token = ""
    if request.method == "POST":
        try:
            token = _make_token(request)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    actor = request.actor
    assert actor.user_id is not None
    context = {
        "token": token, "errors": errors, "rows": list_tokens(actor.user_id, now=request.now),
        "name": request.POST.get("name", "") if errors else "", "chosen": request.POST.getlist("scope") if errors else [],
        "scopes": [(name, _(PERMISSIONS[name].label)) for name in sorted(actor.grants) if actor.may(name) and name in PERMISSIONS],
        "lifetimes": [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("Until it is revoked"))],
    }
    return render(request, "work/profile_tokens.html", context, status=422 if errors else 200)


def _make_token(request: SignedInRequest) -> str:
    reader = FormReader(request.POST)
    name, days = reader.text("name", limit=120), request.POST.get("days", "")
    reader.finish()
    if not name:
        raise Refused.field("name", _("Say what it is for."), "required")
    if days not in ("", *_DAYS):
        raise Refused.field("days", _("Choose how long it lives."), "unknown")
    expires_at = request.now + timedelta(days=_DAYS[days]) if days else None
    scopes = request.POST.getlist("scope") or None
    return add_token(actor=request.actor, name=name, scopes=scopes, expires_at=expires_at, now=request.now)


@page(permission=None, methods=("POST",))
def token_end(request: SignedInRequest, token_id: int) -> HttpResponse:
    """Revoke one of my tokens."""
    end_token(actor=request.actor, token_id=token_id, now=request.now)
    return go_to(request, address_of("profile_tokens"))
