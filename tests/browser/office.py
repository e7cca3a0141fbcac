"""A real `wonward serve` with its worker, and people who sit down at it with a browser of their own."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.browser.chromium import PATIENCE_MS, ROOT, WAIT_MS
from tests.laid_out import copy_installation

MAIN_JOB = ("-m", "tests.browser.main_job.world")
SAMPLE = ("-m", "wonward", "demo")
SERVE = ("-m", "wonward", "serve")
# What `wonward serve` becomes once the files for browsers are in place, and they are: one start less.
SUPERVISOR = ("-m", "wonward.config.server")
_SILENT = {"Failed to load resource", "TypeError: Failed to fetch"}


@dataclass
class Site:
    """A served installation and what was put into it; `environment` is that of its processes."""

    url: str
    world: dict[str, Any]
    process: subprocess.Popen[bytes]
    environment: dict[str, str]


@dataclass
class Person:
    """Somebody at a browser. `problems` collects everything a page should never do."""

    page: Any
    problems: list[str] = field(default_factory=list)


@contextmanager
def served(fill: Sequence[str], database_url: str = "", *, host: str = "", program: Sequence[str] = SUPERVISOR) -> Iterator[Site]:
    """A fresh installation, or one on a database that has its tables, filled by the Python program `fill` (whose last line may be JSON), and served.

    `host` is a name browsers know this machine by, where a number will not do.
    """
    folder = tempfile.mkdtemp(prefix="ww-browser-")
    port = _free_port()
    environment = {
        **os.environ, "WONWARD_DATA_DIR": folder, "WONWARD_PORT": str(port), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    if host:
        environment["WONWARD_BASE_URL"] = f"http://{host}:{port}"
    if database_url:
        environment["WONWARD_DATABASE_URL"] = database_url
    try:
        if fill == MAIN_JOB and not database_url:
            world = copy_main_job(Path(folder))
        else:
            copy_installation(Path(folder), with_database=not database_url)
            world = _last_words(run_program(fill, environment))
        process = subprocess.Popen([sys.executable, *program], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        site = Site(f"http://{host or '127.0.0.1'}:{port}", world, process, environment)
        try:
            _wait_until_up(site)
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_main_job(target: Path) -> dict[str, Any]:
    """The small installation, put into a folder, and what is in it: filled once by each process that asks for it."""
    folder, world = _main_job()
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return dict(world)


@cache
def _main_job() -> tuple[Path, dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="ww-main-job-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {
        **os.environ, "WONWARD_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    copy_installation(folder)
    return folder, _last_words(run_program(MAIN_JOB, environment))


def _last_words(told: str) -> dict[str, Any]:
    *_, last = told.splitlines() or [""]
    return dict(json.loads(last)) if last.startswith("{") else {}


def run_program(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """What a Python program of the installation prints; RuntimeError with its last words when it fails."""
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def seated(
    site: Site, browser: Any, email: str, password: str, *, theme: str = "light", width: int = 1440, height: int = 900
) -> Iterator[Person]:
    """Somebody signed in at a browser context of their own, with no page open yet."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)
        person = Person(page)
        page.on("console", lambda message: message.type == "error" and _is_ours(message.text) and person.problems.append(message.text))
        page.on("pageerror", lambda error: person.problems.append(str(error)))
        context.add_cookies(_signed_in(site, email, password))
        yield person
    finally:
        context.close()


def _signed_in(site: Site, email: str, password: str) -> list[dict[str, Any]]:
    """The cookies of a session of one's own, got by the form without drawing it: how the form looks to a person others ask."""
    jar = CookieJar()
    sent = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with sent.open(f"{site.url}/sign-in/", timeout=PATIENCE_MS / 1000) as form:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.read().decode())
    assert found, "The sign-in has no form."
    asked = urlencode({"csrfmiddlewaretoken": found[1], "email": email, "password": password}).encode()
    with sent.open(f"{site.url}/sign-in/", asked, timeout=PATIENCE_MS / 1000) as answer:
        assert "sign-in" not in answer.url, f"{email} could not sign in."
    return [
        {"name": cookie.name, "value": cookie.value, "url": site.url, "httpOnly": cookie.has_nonstandard_attr("HttpOnly"), "sameSite": "Lax"}
        for cookie in jar
    ]


def _is_ours(text: str) -> bool:
    """Refused forms are answered with 4xx on purpose, and who leaves a page ends what it still asks for; the browser logs both."""
    return not any(words in text for words in _SILENT)


def until(page: Any, is_so: Any, *, seconds: float = 60) -> float:
    """Wait as a person would: look again and again; how many seconds it took. (Chromium's own waiting needs eval.)"""
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"It did not come true in {seconds:.0f} seconds.")
        page.wait_for_timeout(50)
    return time.monotonic() - started


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_up(site: Site) -> None:
    for _ in range(900):
        if site.process.poll() is not None:
            raise RuntimeError("The server ended before it answered.")
        try:
            urllib.request.urlopen(f"{site.url}/sign-in/", timeout=30)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The server did not answer in three minutes.")
