"""A browser of somebody signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.test import Client

from tests.people import NOW
from wonward.domains.staff.queries import find_session_stamp
from wonward.edges.web.shell.identity import SIGN_IN_KEY, STAMP_KEY, USER_KEY
from wonward.foundation.access.operations import open_session
from wonward.kernel.actor import Actor

SignIn = Callable[[Actor], Client]


def sign_in(actor: Actor) -> Client:
    """A client with the session of a person."""
    assert actor.user_id is not None
    client = Client()
    session = client.session
    session[USER_KEY], session[STAMP_KEY] = actor.user_id, find_session_stamp(actor.user_id)
    session[SIGN_IN_KEY] = open_session(user_id=actor.user_id, address="127.0.0.1", browser="Test", now=NOW)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client
