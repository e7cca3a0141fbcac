"""The worker process: Django and the worker loop, nothing of the web."""

from __future__ import annotations

import os
from importlib import import_module

import django

from wonward.kernel.garbage import unsearched_start


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    with unsearched_start():
        django.setup()
        # Its tables exist only once Django is set up.
        worker = import_module("wonward.foundation.jobs.worker")
    worker.run_worker_until_signalled()


if __name__ == "__main__":
    main()
