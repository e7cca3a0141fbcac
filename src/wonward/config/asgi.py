"""What the server runs: event streams natively, everything else as WSGI on a fixed number of threads.

Each thread keeps one database connection, so a process holds threads + 4 connections and never more.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from wonward.config.wsgi import application as wsgi_application
from wonward.edges.api.v1.auth import actor_from_bearer
from wonward.edges.web.shell.identity import actor_from_session_cookie
from wonward.foundation.realtime.front import StreamsInFront
from wonward.foundation.realtime.stream import Scope
from wonward.kernel.actor import Actor

THREADS = int(os.environ.get("WONWARD_THREADS") or 4)


def _header(scope: Scope, name: bytes) -> str:
    return b"; ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")


def _from_session(scope: Scope) -> Actor | None:
    return actor_from_session_cookie(_header(scope, b"cookie"), datetime.now(UTC))


def _from_bearer(scope: Scope) -> Actor | None:
    return actor_from_bearer(_header(scope, b"authorization"), datetime.now(UTC))


_site: Any = WSGIMiddleware(cast(Any, wsgi_application), workers=THREADS)
application = StreamsInFront(
    _site,
    {"/events/stream": _from_session, "/api/v1/events/stream": _from_bearer},
)
