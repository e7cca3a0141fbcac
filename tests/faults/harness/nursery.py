"""`python -m tests.faults.harness.nursery`: imports the product once and forks a real process of it for every line it reads.

A process that has just been killed stands again at once, however slow the machine imports. A line is a JSON list: the module
whose `main` runs, and its arguments; the answer is the process id. Nothing is opened before a fork, so every process has
connections, threads and locks of its own. Only the lease of a worker is shorter than in life, so that what a dead worker held is
taken over while others are being killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from importlib import import_module

WEB, WORKER = "wonward.config.web_process", "wonward.config.worker_process"
LEASE = timedelta(seconds=8)
_IMPORTED = (WEB, WORKER, "wonward.config.asgi", "wonward.foundation.jobs.worker", "wonward.config.urls")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    import_module("django").setup()
    for name in _IMPORTED:
        import_module(name)
    import_module("wonward.foundation.jobs.worker").run_worker_until_signalled.__kwdefaults__["lease"] = LEASE
    # What is here stays for good: no fork has to copy it to look through it.
    gc.freeze()
    signal.signal(signal.SIGCHLD, _bury)
    for line in sys.stdin:
        module, *arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            _live(module, arguments)
        print(pid, flush=True)


def _bury(*_: object) -> None:
    """Let go of whoever has ended; what they took of the processors counts as ours."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _live(module: str, arguments: list[str]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(2, 1)
        sys.argv = [module, *arguments]
        import_module(module).main()
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
