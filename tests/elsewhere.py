"""Another process, as far as the database can tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def elsewhere(work: Callable[[], Any]) -> None:
    """Do something over a connection of its own, and wait for it; what goes wrong there goes wrong here."""
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if wrong:
        raise wrong[0]
