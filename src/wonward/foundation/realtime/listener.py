"""One open stream: what waits to be sent, and whose rights decide it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence

from wonward.kernel.actor import Actor

MOST_WAITING = 1000


class Listener:
    """Belongs to one event loop. Other threads use `offer` and `close` through `send_soon` and `close_soon`."""

    def __init__(self, actor: Actor, authenticate: Callable[[], Actor | None]) -> None:
        self.actor = actor
        self.authenticate = authenticate
        self.check_at = 0.0
        self.is_closed = False
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._waiting: list[bytes] = []
        self._wake = asyncio.Event()

    @property
    def rights(self) -> Hashable:
        """Equal for listeners that see the same; they are served together."""
        actor = self.actor
        return (
            (actor.user_id, actor.person_id, actor.team_id, actor.leads_team_id, actor.role),
            (actor.is_system, actor.on_behalf_of, actor.token_scopes, frozenset(actor.grants.items())),
        )

    async def take(self, seconds: float) -> bytes:
        """What has come since the last call; empty after `seconds` without anything, or when closed."""
        if not self._waiting and not self.is_closed:
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except TimeoutError:
                return b""
        self._wake.clear()
        taken, self._waiting = b"".join(self._waiting), []
        return taken

    def offer(self, messages: Sequence[bytes]) -> None:
        """Queue messages; whoever lets too many pile up is cut off and resumes from the last it got."""
        if self.is_closed:
            return
        if len(self._waiting) + len(messages) > MOST_WAITING:
            self._waiting.clear()
            self.close()
            if self._task is not None:
                self._task.cancel()
            return
        self._waiting.extend(messages)
        self._wake.set()

    def close(self) -> None:
        """End the stream after what is queued."""
        self.is_closed = True
        self._wake.set()

    def send_soon(self, messages: Sequence[bytes]) -> None:
        """`offer` from any thread."""
        self._soon(lambda: self.offer(messages))

    def close_soon(self) -> None:
        """`close` from any thread. What is queued was allowed when it was queued, but is dropped all the same."""
        self._soon(self._drop)

    def _drop(self) -> None:
        self._waiting.clear()
        self.close()

    def _soon(self, action: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:
            self.is_closed = True
