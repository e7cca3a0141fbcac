"""Runs one piece of work in a process of its own, forked from this one, and hears what it says before it ends or is killed."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

SECONDS = 120
Say = Callable[[str, Any], None]


@dataclass
class Heard:
    """How a fork ended and what it said, by word."""

    is_killed: bool
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        return str(self.said.get("error", ""))


def in_fork(work: Callable[[Say], Any], *, seconds: int = SECONDS) -> Heard:
    """Do `work(say)` in a fork. What it returns is heard as `result`, what it raises as `error`, a hang as such.

    The caller has no open database connection; what is said is JSON and arrives even if the fork is killed afterwards.
    """
    return _listen(*_start(work, seconds), seconds)


def in_forks(works: Sequence[Callable[[Say], Any]], *, seconds: int = SECONDS) -> list[Heard]:
    """All of them at once, each in a fork of its own; as `in_fork`."""
    started = [_start(work, seconds) for work in works]
    return [_listen(pid, ear, seconds) for pid, ear in started]


def _start(work: Callable[[Say], Any], seconds: int) -> tuple[int, int]:
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ear)
        _be_child(work, mouth, seconds)
    os.close(mouth)
    return pid, ear


def _listen(pid: int, ear: int, seconds: int) -> Heard:
    with os.fdopen(ear, "rb") as pipe:
        said: dict[str, Any] = {}
        for line in pipe:
            word, value = json.loads(line)
            said[word] = value
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        said["error"] = f"It hung for {seconds} seconds."
    return Heard(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, said)


def _be_child(work: Callable[[Say], Any], mouth: int, seconds: int) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)

    def say(word: str, value: Any) -> None:
        os.write(mouth, json.dumps([word, value]).encode() + b"\n")

    try:
        say("result", work(say))
    except BaseException:
        say("error", traceback.format_exc()[-3000:])
    finally:
        os._exit(0)
