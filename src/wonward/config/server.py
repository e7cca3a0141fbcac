"""The supervisor: starts the web processes and the worker, restarts what dies, leaves nothing behind.

It imports neither Django nor the server, so it costs little memory: `python -m wonward.config.server`.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from wonward.config.environment import read_environment

APPLICATION = "wonward.config.asgi:application"
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 20.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


@dataclass
class _Child:
    """One process to keep alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = _FIRST_PAUSE_SECONDS
    start_after: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, preexec_fn=_end_with(os.getpid())
        )

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def keep_alive(self) -> None:
        """Start again after a pause that doubles while the process keeps dying young."""
        now = time.monotonic()
        if self.process is not None and self.has_ended():
            if now - self.started_at > _STEADY_SECONDS:
                self.pause = _FIRST_PAUSE_SECONDS
            _say(
                f"The {self.name} ended ({_how(self.process.returncode)}); it starts again in {self.pause:g} s."
            )
            self.process, self.start_after = None, now + self.pause
            self.pause = min(self.pause * 2, _LONGEST_PAUSE_SECONDS)
        if self.process is None and now >= self.start_after:
            self.start()


@dataclass
class _Supervisor:
    """All children, and whether we were told to stop."""

    children: list[_Child]
    is_stopping: bool = False

    def run(self, host: str, port: int) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        for child in self.children:
            child.start()
        try:
            if not self._wait_until_ready(host, port):
                return 0 if self.is_stopping else 1
            _say(f"Wonward is ready at http://{_for_url(host)}:{port}", sys.stdout)
            while not self.is_stopping:
                for child in self.children:
                    child.keep_alive()
                time.sleep(_LOOK_SECONDS)
            return 0
        finally:
            self._stop_all()

    def _on_signal(self, *_: object) -> None:
        self.is_stopping = True

    def _wait_until_ready(self, host: str, port: int) -> bool:
        """Whether the web answers; False when told to stop, or when a child does not even start."""
        while not self.is_stopping:
            for child in self.children:
                if child.process is not None and child.has_ended():
                    _say(
                        f"The {child.name} did not start ({_how(child.process.returncode)}); the lines above say why."
                    )
                    return False
            if _answers(host, port):
                return True
            time.sleep(_LOOK_SECONDS / 2)
        return False

    def _stop_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def serve(
    host: str, port: int, workers: int = 1, with_worker: bool = True, *, application: str = APPLICATION
) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. 1, with a line on stderr, when the port is taken."""
    problem = _why_not(host, port)
    if problem:
        _say(problem)
        return 1
    environment = {
        **os.environ,
        "WONWARD_HOST": host,
        "WONWARD_PORT": str(port),
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
    }
    python = [sys.executable, "-m"]
    web = [*python, "wonward.config.web_process", "--host", host, "--port", str(port)]
    names = ["web process"] if workers == 1 else [f"web process {number + 1}" for number in range(workers)]
    children = [_Child(name, [*web, "--application", application], environment) for name in names]
    if with_worker:
        children.append(_Child("worker", [*python, "wonward.config.worker_process"], environment))
    return _Supervisor(children).run(host, port)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m wonward.config.server", description=serve.__doc__)
    parser.add_argument("--host", default=os.environ.get("WONWARD_HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("WONWARD_PORT") or 8000))
    parser.add_argument("--workers", type=int, default=int(os.environ.get("WONWARD_WORKERS") or 1))
    parser.add_argument("--no-worker", action="store_true", help="run jobs and events elsewhere")
    parser.add_argument("--application", default=APPLICATION, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    bound = {**os.environ, "WONWARD_HOST": chosen.host, "WONWARD_PORT": str(chosen.port)}
    if problems := read_environment(bound).problems():
        for problem in problems:
            _say(f"Wonward does not start: {problem}")
        return 1
    return serve(
        chosen.host, chosen.port, chosen.workers, not chosen.no_worker, application=chosen.application
    )


def _end_with(parent: int) -> Callable[[], None] | None:
    """On Linux the kernel ends a child whose supervisor is gone, however it went."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _why_not(host: str, port: int) -> str:
    """Why nothing can listen there; empty when it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return f"There is no address {host} on this machine."
    except OverflowError:
        return f"The port {port} is not between 0 and 65535."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} on {host} is taken by another program; choose one with --port."
        return f"Wonward cannot listen on {host}:{port}: {error.strerror}."
    return ""


def _answers(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((target, port), timeout=1):
            return True
    except OSError:
        return False


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _say(line: str, where: TextIO | None = None) -> None:
    print(line, file=where or sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
