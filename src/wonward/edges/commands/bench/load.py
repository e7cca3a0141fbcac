"""The load program; started by `wonward bench load` in an installation of its own.

200 people and three years of data; requests leave at fixed times whether or not earlier ones are answered, and are timed from when they
should have left, so that a stall counts for everybody who waited. The worker runs, an import and a backup come in between, and event
streams stay open all the while.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from wonward.edges.commands.bench.company_of_200 import PEOPLE, Company, build  # noqa: E402
from wonward.edges.commands.bench.data import EMAIL, PASSWORD  # noqa: E402
from wonward.edges.commands.bench.figures import tell  # noqa: E402
from wonward.edges.commands.bench.memory import Watch, family, pss, stands_still, wait_for  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402

RATE, STREAMS, CALLERS, SEED = 30, 2_000, 40, 1
SECONDS, SOAK_SECONDS = 60, 420
READ_GOAL_MS, WRITE_GOAL_MS = 200, 400
LOOKS, GROWTH_GOAL_MB = 42, 1
"""How often memory is looked at, and the megabytes a minute that still count as standing still."""
WRITES_IN_TEN = 2


@dataclass
class Tally:
    """Milliseconds of what was read and written, and what went wrong."""

    read: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """A request to send at `due`, a moment of the monotonic clock."""

    due: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


def main() -> None:
    folder = Path(settings.DATA_DIR)
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    started = time.perf_counter()
    company = build(datetime.now(UTC), folder)
    tell("load_company", people=PEOPLE, built_s=round(time.perf_counter() - started, 1))
    cookie = _cookie()
    connection.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen([sys.executable, "-m", "wonward", "serve"], env={**os.environ, "WONWARD_PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/sign-in/")
        _drive(company, cookie, port, server.pid, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _cookie() -> str:
    client = Client()
    client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD})
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _drive(company: Company, cookie: str, port: int, pid: int, folder: Path) -> None:
    seconds = SOAK_SECONDS if os.environ.get("FULL") == "1" else SECONDS
    streams = Streams(port, [token for tokens in company.tokens.values() for token in tokens], STREAMS)
    streams.start()
    tasks, tally = _tasks(company, cookie, seconds), Tally()
    warm = _tasks(company, cookie, 5)
    _send_all(warm, port, Tally())
    before = sum(pss(one) for one in family(pid))
    aside = threading.Thread(target=_import_and_back_up, args=(folder, tally), daemon=True)
    aside.start()
    with Watch(pid, seconds / LOOKS) as watch:
        _send_all(tasks, port, tally)
    aside.join(120)
    after = sum(pss(one) for one in family(pid))
    held, heard = streams.stop()
    tell("load_reading", p50_ms=_point(tally.read, 0.5), p95_ms=_point(tally.read, 0.95), goal_p95_ms=READ_GOAL_MS, requests=len(tally.read),
         rate=RATE, seconds=seconds, seed=SEED)
    tell("load_writing", p50_ms=_point(tally.written, 0.5), p95_ms=_point(tally.written, 0.95), goal_p95_ms=WRITE_GOAL_MS, requests=len(tally.written))
    tell("load_errors", value=len(tally.errors), goal=0, first=tally.errors[:3])
    tell("load_streams", open=held, goal=STREAMS, hearing=heard)
    tell("load_memory", before_mb=round(before / 1024, 1), after_mb=round(after / 1024, 1), grown_mb=round((after - before) / 1024, 1), seconds=seconds)
    growth = watch.growth()
    tell("load_growth", **growth, goal_mb_a_minute=GROWTH_GOAL_MB, stands_still="yes" if stands_still(growth, GROWTH_GOAL_MB) else "no", seconds=seconds)


def _tasks(company: Company, cookie: str, seconds: int) -> list[Task]:
    """Requests spread evenly; eight of ten read pages and lists, two of ten write."""
    dice = random.Random(SEED)  # noqa: S311
    reads = [
        *(reverse(name) for name in ("deals_board", "deals_table", "projects", "my_work")),
        *(reverse("deal", kwargs={"deal_id": key}) for key in dice.sample(company.deal_ids, 40)),
        *(reverse("project", kwargs={"project_id": key}) for key in company.project_ids[:40]),
        *(reverse("project_plan", kwargs={"project_id": key}) for key in company.project_ids[:20]),
    ]
    lists = ["/api/v1/deals?limit=50", "/api/v1/projects?limit=50", "/api/v1/companies?limit=50"]
    first, tasks = time.monotonic() + 0.5, []
    for number in range(seconds * RATE):
        due = first + number / RATE
        if number % 10 < WRITES_IN_TEN:
            tasks.append(_write(company, dice, due, number))
        elif number % 10 < WRITES_IN_TEN + 2:
            token = dice.choice(company.tokens["leadership"])
            tasks.append(Task(due, "GET", dice.choice(lists), {"Authorization": f"Bearer {token}"}))
        else:
            tasks.append(Task(due, "GET", dice.choice(reads), {"Cookie": cookie, "Accept": "text/html"}))
    return tasks


def _write(company: Company, dice: random.Random, due: float, number: int) -> Task:
    headers = {"Authorization": f"Bearer {company.tokens['owner'][0]}", "Content-Type": "application/json", "Idempotency-Key": f"{due}-{number}"}
    deal_id = dice.choice(company.deal_ids)
    if number % 2:
        body = {"kind": "note", "refs": [f"sales.deal:{deal_id}"], "body": f"What was said, {number}"}
        return Task(due, "POST", "/api/v1/communications", headers, json.dumps(body).encode())
    body = {"name": f"Deal {deal_id}, {number}"}
    return Task(due, "PATCH", f"/api/v1/deals/{deal_id}", headers, json.dumps(body).encode())


def _send_all(tasks: list[Task], port: int, tally: Tally) -> None:
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    threads = [threading.Thread(target=_caller, args=(waiting, port, tally), daemon=True) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    shift = time.monotonic() + 0.2 - tasks[0].due
    for task in tasks:
        due = task.due + shift
        time.sleep(max(0.0, due - time.monotonic()))
        waiting.put(Task(due, task.method, task.path, task.headers, task.body))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join(60)


def _caller(waiting: queue.SimpleQueue[Task | None], port: int, tally: Tally) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while (task := waiting.get()) is not None:
        try:
            line.request(task.method, task.path, task.body, task.headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            tally.errors.append(f"{task.method} {task.path}: {type(error).__name__}")
            line.close()
            continue
        if answer.status >= 400:
            tally.errors.append(f"{task.method} {task.path}: {answer.status}")
        (tally.read if task.method == "GET" else tally.written).append((time.monotonic() - task.due) * 1000)
    line.close()


def _import_and_back_up(folder: Path, tally: Tally) -> None:
    time.sleep(5)
    for name, *arguments in (("import", str(folder / "later.csv"), "--kind", "deals", "--commit"), ("backup", str(folder / "load-backup.tar"))):
        done = subprocess.run([sys.executable, "-m", "wonward", name, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            tally.errors.append(f"{name}: {(done.stderr or done.stdout).strip()[-200:]}")
    (folder / "load-backup.tar").unlink(missing_ok=True)


class Streams:
    """Event streams held open on a thread of their own; how many are open in the end, and how many heard anything."""

    def __init__(self, port: int, tokens: list[str], count: int) -> None:
        self._port, self._tokens, self._count = port, tokens, count
        self._opened, self._ended, self._heard = 0, 0, 0
        self._following: list[asyncio.Task[None]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open_all(), self._loop).result(1200)

    def stop(self) -> tuple[int, int]:
        open_now = self._opened - self._ended
        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        return open_now, self._heard

    async def _close_all(self) -> None:
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    async def _open_all(self) -> None:
        for first in range(0, self._count, 50):
            ready = [asyncio.Event() for _ in range(min(50, self._count - first))]
            for place, event in enumerate(ready):
                self._following.append(self._loop.create_task(self._follow(self._tokens[(first + place) % len(self._tokens)], event)))
            await asyncio.gather(*(event.wait() for event in ready))

    async def _follow(self, token: str, ready: asyncio.Event) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(f"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            status = await reader.readline()
        except OSError:
            ready.set()
            return
        ready.set()
        if b" 200 " not in status:
            return
        self._opened += 1
        has_heard = False
        try:
            while line := await reader.readline():
                if not has_heard and line.startswith(b"data:"):
                    has_heard = True
                    self._heard += 1
        except (OSError, ValueError):
            pass
        self._ended += 1


def _point(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0


if __name__ == "__main__":
    main()
