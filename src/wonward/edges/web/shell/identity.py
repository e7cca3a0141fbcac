"""Who looks at a page, told by the session."""

from __future__ import annotations

from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from wonward.domains.staff.queries import find_session_actor, find_session_stamp
from wonward.foundation.access.operations import end_other_sessions, open_session
from wonward.foundation.access.sessions import SessionStore
from wonward.kernel.actor import Actor

USER_KEY = "user_id"
STAMP_KEY = "stamp"
SIGN_IN_KEY = "sign_in"
PENDING_KEY = "pending"


def actor_from_session(session: SessionBase) -> Actor | None:
    """The actor a session belongs to; None once the password, the role or the sign-in itself is gone."""
    user_id = session.get(USER_KEY)
    if not isinstance(user_id, int):
        return None
    sign_in_id = session.get(SIGN_IN_KEY)
    if not isinstance(sign_in_id, int):
        return None
    return find_session_actor(user_id=user_id, stamp=str(session.get(STAMP_KEY, "")), sign_in_id=sign_in_id)


def seat(request: HttpRequest, user_id: int) -> None:
    """Give this browser a session of the user, under a new key."""
    address, browser = request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")
    sign_in_id = open_session(user_id=user_id, address=address, browser=browser, now=request.now)  # type: ignore[attr-defined]
    request.session.cycle_key()
    request.session.pop(PENDING_KEY, None)
    request.session[USER_KEY], request.session[STAMP_KEY] = user_id, find_session_stamp(user_id)
    request.session[SIGN_IN_KEY] = sign_in_id
    rotate_token(request)


def stay_seated(request: HttpRequest, user_id: int) -> None:
    """Let this browser stay signed in after a change that ends every session, and only this one."""
    kept = request.session.get(SIGN_IN_KEY)
    end_other_sessions(user_id=user_id, keep_id=kept, now=request.now)  # type: ignore[attr-defined]
    request.session.cycle_key()
    request.session[STAMP_KEY] = find_session_stamp(user_id)
    rotate_token(request)


def actor_from_session_cookie(cookie_header: str, now: datetime) -> Actor | None:
    """The actor of a `Cookie` header, for streams that bypass the middleware."""
    del now
    try:
        morsel = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return actor_from_session(SessionStore(morsel.value)) if morsel else None
