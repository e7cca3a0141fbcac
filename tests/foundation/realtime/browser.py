"""A pretend client of an event stream, in process."""

from __future__ import annotations

import asyncio
import json
import re


class Browser:
    """Opens a stream on an ASGI application and keeps every byte."""

    def __init__(
        self, application, *, user=None, path="/events/stream", last_event_id=None, query=b"", method="GET"
    ):
        headers = [] if user is None else [(b"cookie", b"user=%d" % user)]
        if last_event_id is not None:
            headers.append((b"last-event-id", str(last_event_id).encode()))
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": headers,
        }
        self.application = application
        self.status = None
        self.body = b""
        self.is_reading = True
        self.has_ended = False
        self._gone = asyncio.Event()
        self._news = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()

    async def __aenter__(self):
        self.task = asyncio.create_task(self._run())
        await self.until(lambda: self.status is not None)
        return self

    async def __aexit__(self, *_):
        self._gone.set()
        self._may_read.set()
        await asyncio.wait_for(self.task, 30)

    async def _run(self):
        await self.application(self.scope, self._receive, self._send)
        self.has_ended = True
        self._news.set()

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        await self._may_read.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message["headers"])
        else:
            self.body += message["body"]
        self._news.set()

    def stop_reading(self):
        self._may_read.clear()

    async def until(self, condition):
        """Wait until something holds; TimeoutError after half a minute."""
        async with asyncio.timeout(30):
            while not condition():
                self._news.clear()
                if condition():
                    return
                try:
                    await asyncio.wait_for(self._news.wait(), 0.05)
                except TimeoutError:
                    continue

    @property
    def events(self):
        """(id, event, data) of every event so far."""
        found = re.findall(r"^id: (\d+)\nevent: (.+)\ndata: (.+)\n\n", self.body.decode(), re.M)
        return [(int(number), name, json.loads(data)) for number, name, data in found]

    @property
    def ids(self):
        return [number for number, _, _ in self.events]
