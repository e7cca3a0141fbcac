"""`python -m tests.faults.harness.nursery`: imports the product once and forks a real process of it for every line it reads.

A process that has just been killed stands again at once, however slow the machine imports. A line is a JSON list: the module
whose `main` runs, and its arguments; the answer is the process id. Nothing is opened before a fork, so every process has
connections, threads and locks of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module

WEB, WORKER = "wonward.config.web_process", "wonward.config.worker_process"
_IMPORTED = (WEB, WORKER, "wonward.config.asgi", "wonward.foundation.jobs.worker", "wonward.config.urls")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    import_module("django").setup()
    for name in _IMPORTED:
        import_module(name)
    # The kernel buries the dead; nobody here waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        module, *arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            _live(module, arguments)
        print(pid, flush=True)


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
