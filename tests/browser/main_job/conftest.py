"""A real `wonward serve` with its worker, and people in Chromium contexts of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, PATIENCE_MS, ROOT

PASSWORD = "correct horse battery"  # noqa: S105 - the cast's, in tests/people.py


@dataclass
class Site:
    """A served installation and what was put into it."""

    url: str
    world: dict[str, Any]
    process: subprocess.Popen[bytes]


@dataclass
class Person:
    """Somebody at a browser. `problems` collects everything a page should never do."""

    page: Any
    problems: list[str] = field(default_factory=list)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("The server ended before it answered.")
        try:
            urllib.request.urlopen(f"{url}/sign-in/", timeout=30)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The server did not answer in two minutes.")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A fresh installation on the suite's database, migrated, filled and served."""
    if not CHROMIUM:
        pytest.skip("CHROMIUM IS MISSING: the browser tests were skipped")
    folder = tempfile.mkdtemp(prefix="ww-browser-")
    port = _free_port()
    environment = {
        **os.environ, "WONWARD_DATA_DIR": folder, "WONWARD_PORT": str(port), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    if request.config.getoption("--database") == "postgresql":
        environment["WONWARD_DATABASE_URL"] = _new_database(os.environ.get("WONWARD_DATABASE_URL", ""))
    wonward = [sys.executable, "-m", "wonward"]
    subprocess.run([*wonward, "migrate"], env=environment, cwd=ROOT, check=True, capture_output=True)
    filled = subprocess.run([sys.executable, "-m", "tests.browser.main_job.world"], env=environment, cwd=ROOT, check=True,
                            capture_output=True)
    process = subprocess.Popen([*wonward, "serve"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, process)
        yield Site(url, json.loads(filled.stdout.decode().splitlines()[-1]), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _new_database(url: str) -> str:
    """A database of its own beside the suite's, in the same private cluster."""
    import psycopg

    if not url:
        pytest.skip("PostgreSQL is missing")
    from wonward.config.environment import read_environment

    database = read_environment({"WONWARD_DATABASE_URL": url, "WONWARD_DATA_DIR": tempfile.mkdtemp()}).database
    with psycopg.connect(host=database["HOST"], port=database["PORT"] or None, user=database["USER"],
                         password=database["PASSWORD"] or None, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS wonward_browser")
        connection.execute("CREATE DATABASE wonward_browser")
    head, _, tail = url.rpartition("/")
    _, mark, options = tail.partition("?")
    return f"{head}/wonward_browser{mark}{options}"


@pytest.fixture
def sit_down(site: Site, chromium: Any) -> Iterator[Any]:
    """`sit_down("seller", theme="dark")` signs somebody in at a browser of their own."""
    people: list[Person] = []

    def sit(key: str, *, theme: str = "light", width: int = 1440, height: int = 900) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        person = Person(page)
        page.on("console", lambda message: message.type == "error" and _is_ours(message.text) and person.problems.append(message.text))
        page.on("pageerror", lambda error: person.problems.append(str(error)))
        page.goto(f"{site.url}/sign-in/")
        page.fill("input[name=email]", f"{key}@studio.test")
        page.fill("input[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
        people.append(person)
        return person

    yield sit
    for person in people:
        person.page.context.close()
        assert person.problems == []


def _is_ours(text: str) -> bool:
    """Refused forms are answered with 4xx on purpose; the browser logs each as a failed load."""
    return "Failed to load resource" not in text

