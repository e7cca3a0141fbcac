"""Who looks at a page, told by the session."""

from __future__ import annotations

from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from wonward.domains.staff.queries import find_session_actor
from wonward.foundation.access.sessions import SessionStore
from wonward.kernel.actor import Actor

USER_KEY = "user_id"
STAMP_KEY = "stamp"


def actor_from_session(session: SessionBase) -> Actor | None:
    """The actor a session belongs to; None once the password, the role or the sign-in itself is gone."""
    user_id = session.get(USER_KEY)
    if not isinstance(user_id, int):
        return None
    return find_session_actor(user_id=user_id, stamp=str(session.get(STAMP_KEY, "")))


def actor_from_session_cookie(cookie_header: str, now: datetime) -> Actor | None:
    """The actor of a `Cookie` header, for streams that bypass the middleware."""
    del now
    try:
        morsel = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return actor_from_session(SessionStore(morsel.value)) if morsel else None
