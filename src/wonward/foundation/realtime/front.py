"""Puts the event streams in front of another ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote_from_bytes

from wonward.foundation.realtime.hub import Hub
from wonward.foundation.realtime.stream import Authenticate, EventStream, Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]
_THREADS = 2


class StreamsInFront:
    """Serves the given paths as event streams and passes every other request on.

    `streams` maps a path to its way of telling who asks. `stop` ends all streams, so that a server may drain.
    """

    def __init__(self, application: Application, streams: Mapping[str, Authenticate]) -> None:
        self._application = application
        self._hub = Hub()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="stream")
        self._streams = {
            path: EventStream(self._hub, authenticate, threads=self._threads)
            for path, authenticate in streams.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            stream = self._streams.get(scope["path"])
            await (stream or self._pass_on)(scope, receive, send)

    def stop(self) -> None:
        """End every stream; from any thread."""
        self._hub.stop()

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"")
        if not query.isascii():
            # WSGI knows ASCII queries only; a browser would have sent the same bytes escaped.
            scope["query_string"] = quote_from_bytes(query, safe="%&=+;/?:@!$'()*,~").encode()

        async def receive_next() -> MutableMapping[str, Any]:
            return await receive()  # the server's own may be any awaitable; threads can wait for coroutines only

        await self._application(scope, receive_next, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        await asyncio.to_thread(self._hub.wait_until_stopped)
        self._threads.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})
