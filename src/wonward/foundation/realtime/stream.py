"""The two addresses of the event stream, as a native ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from django.db import DatabaseError, InterfaceError, close_old_connections

from wonward.foundation.realtime.hub import Hub
from wonward.foundation.realtime.listener import Listener
from wonward.foundation.realtime.messages import HEARTBEAT, encode_events, opening
from wonward.foundation.realtime.queries import list_visible_events
from wonward.foundation.realtime.types import VisibleEvents
from wonward.kernel.actor import Actor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Authenticate = Callable[[Scope], Actor | None]

_ROWS_AT_ONCE = 200
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class _Problem(Exception):
    """Why there is no stream; the status and the sentence of the answer."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


class EventStream:
    """Streams the events a viewer may know of. `authenticate` runs in a thread: at the start and every 30 s."""

    def __init__(
        self, hub: Hub, authenticate: Authenticate, *, threads: ThreadPoolExecutor, heartbeat: float = 15.0
    ) -> None:
        self._hub = hub
        self._authenticate = authenticate
        self._threads = threads
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            after = _resume_from(scope)
            listener = Listener(await self._identify(scope), lambda: self._authenticate(scope))
        except _Problem as problem:
            await _answer(problem, send)
            return
        watcher = asyncio.ensure_future(_close_on_disconnect(listener, receive))
        try:
            await self._stream(listener, after, send)
        except _Problem as problem:
            await _answer(problem, send)
        except asyncio.CancelledError:
            # A listener that is closed was cancelled because it reads too slowly; nobody else waits for it.
            if not listener.is_closed:
                raise
        finally:
            self._hub.leave(listener)
            watcher.cancel()

    async def _identify(self, scope: Scope) -> Actor:
        actor: Actor | None = await self._in_thread(self._authenticate, scope)
        if actor is None:
            raise _Problem(401, "Unauthorized", "Sign in, or send a valid token, to follow events.")
        return actor

    async def _stream(self, listener: Listener, after: int | None, send: Send) -> None:
        start = await self._in_thread(self._hub.join, listener)
        if start is None:
            raise _Problem(503, "Unavailable", "Too many event streams are open right now.")
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _write(send, opening(start if after is None else None))
        if after is not None:
            await self._catch_up(listener, send, after, start)
        while not listener.is_closed:
            await _write(send, await listener.take(self._heartbeat) or HEARTBEAT)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _catch_up(self, listener: Listener, send: Send, after: int, until: int) -> None:
        """Send what happened since the cut, up to where the hub takes over."""
        while not listener.is_closed:
            try:
                part = await self._in_thread(self._list_missed, listener, after, until)
            except _Problem:
                # Too late for another answer; the viewer comes back with the last id it saw.
                listener.close()
                return
            if part.events:
                await _write(send, b"".join(encode_events(part.events)))
            if part.is_complete:
                return
            after = part.last_id

    def _list_missed(self, listener: Listener, after: int, until: int) -> VisibleEvents:
        return list_visible_events(actor=listener.actor, after=after, until=until, limit=_ROWS_AT_ONCE)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        def run() -> Any:
            close_old_connections()
            return work(*arguments)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)
        except (DatabaseError, InterfaceError):
            raise _Problem(503, "Unavailable", "The database does not answer right now.") from None


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _close_on_disconnect(listener: Listener, receive: Receive) -> None:
    with suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass
        listener.close()


def _resume_from(scope: Scope) -> int | None:
    """The id after which the viewer wants to go on; None = from now on."""
    if scope["method"] != "GET":
        raise _Problem(405, "Method not allowed", "An event stream is read with GET.")
    asked = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    unknown = sorted(set(asked) - {"last_event_id"})
    if unknown:
        raise _Problem(400, "Bad request", f"There is no parameter {unknown[0][:80]}.")
    headers = dict(scope.get("headers", ()))
    text = headers.get(b"last-event-id", b"").decode("latin-1") or asked.get("last_event_id", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise _Problem(400, "Bad request", "The last event id is a whole number from an earlier event.")
    return int(text)


async def _answer(problem: _Problem, send: Send) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    headers += {
        401: [(b"www-authenticate", b"Bearer")],
        405: [(b"allow", b"GET")],
        503: [(b"retry-after", b"2")],
    }.get(problem.status, [])
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [],
    }
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(body), "more_body": False})
