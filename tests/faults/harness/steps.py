"""Counts the steps a process takes towards the outside, and kills it at the one it is told."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOVES = {"os.rename": "rename", "os.remove": "remove", "os.mkdir": "make folder", "os.rmdir": "remove folder"}


@dataclass
class Steps:
    """Every statement, commit, file and network step of this process, in order; `kill_at` counts from 1, 0 kills never."""

    root: Path
    kill_at: int = 0
    labels: list[str] = field(default_factory=list)
    is_on: bool = False

    def note(self, label: str) -> None:
        """One step is about to be taken."""
        if not self.is_on:
            return
        self.labels.append(label)
        if len(self.labels) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def counted(self) -> Iterator[Steps]:
        """Count and kill inside the block. For a process that ends afterwards: an audit hook cannot be taken off again."""
        connection.execute_wrappers.append(self._on_statement)
        _put(connection, "_commit", self._around("commit"))
        _put(os, "fsync", self._before("sync"))
        _put(socket.socket, "sendall", self._before("send"))
        sys.addaudithook(self._on_audit)
        self.is_on = True
        try:
            yield self
        finally:
            self.is_on = False

    def _on_statement(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        self.note(f"statement {sql[:60]}")
        return execute(sql, *arguments)

    def _around(self, label: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def stepped(*arguments: Any, **named: Any) -> Any:
                self.note(label)
                result = original(*arguments, **named)
                self.note(f"after {label}")
                return result

            return stepped

        return wrap

    def _before(self, label: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def stepped(*arguments: Any, **named: Any) -> Any:
                self.note(label)
                return original(*arguments, **named)

            return stepped

        return wrap

    def _on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open" and isinstance(arguments[0], str) and isinstance(arguments[2], int):
            if arguments[2] & _WRITING and self._is_ours(arguments[0]):
                self.note(f"open {Path(arguments[0]).name[:20]}")
        elif event in _MOVES and self._is_ours(str(arguments[0])):
            self.note(_MOVES[event])
        elif event in ("socket.connect", "subprocess.Popen"):
            self.note(event)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(str(self.root))


def draw_the_same_every_time() -> None:
    """Let salts and keys be the same in every process that calls this: what two kills leave can then be the same to the last byte."""
    draws = random.Random(0)
    os.urandom = draws.randbytes
    random._urandom = draws.randbytes  # type: ignore[attr-defined]


def _put(owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    setattr(owner, name, wrap(getattr(owner, name)))
