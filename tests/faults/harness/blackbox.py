"""The black box: real web and worker processes are killed at random under clients that retry, and the database crashes too.

What every client was promised is written down outside, and in the end looked for in the database.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.faults.harness import nursery
from tests.faults.harness.forks import Say, in_fork
from tests.faults.harness.installation import Installation
from tests.faults.harness.journeys import _one, cast
from tests.faults.harness.sweep import Findings
from tests.people import token_of

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = 6
WEBS = 2
LONGEST_REST_SECONDS = 300
# A machine with much else to do takes a minute to start a process; a client that is locked out waits longer than that for ever.
LONGEST_ANSWER_SECONDS = 600
_LATER = (409, 429, 502, 503, 504)


class Crew:
    """The processes of one installation, started again the moment they are killed; each is a fork of the `nursery`."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log, self.kills = port, log, 0
        self._pids: dict[str, int] = {}
        environment = {**os.environ, "WONWARD_PORT": str(port), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        with log.open("ab") as errors:
            self._nursery = subprocess.Popen([sys.executable, "-m", nursery.__name__], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, stderr=errors, text=True)

    def start(self, name: str) -> None:
        order = [nursery.WORKER]
        if name != "worker":
            order = [nursery.WEB, "--host", "127.0.0.1", "--port", str(self.port), "--application", "wonward.config.asgi:application"]
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{json.dumps(order)}\n")
        self._nursery.stdin.flush()
        self._pids[name] = int(self._nursery.stdout.readline())

    def start_all(self) -> None:
        """Start everything, and return once the office says that it is ready."""
        for name in ["worker", *(f"web {number}" for number in range(WEBS))]:
            self.start(name)
        deadline = time.monotonic() + LONGEST_ANSWER_SECONDS
        while not is_ready(self.port):
            if time.monotonic() > deadline:
                raise RuntimeError(f"no process was ready within {LONGEST_ANSWER_SECONDS} s: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def kill_one(self, chance: random.Random) -> None:
        """End one process as a machine would, and start it again."""
        name = chance.choice(sorted(self._pids))
        pid = self._pids[name]
        # One that ended by itself has been replaced by nobody: that is a fault of the product.
        os.kill(pid, signal.SIGKILL)
        _wait_for_end(pid)
        self.kills += 1
        self.start(name)

    def stop_all(self) -> None:
        for pid in self._pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in self._pids.values():
            if not _wait_for_end(pid, 30):
                os.kill(pid, signal.SIGKILL)
                _wait_for_end(pid)
        self._nursery.terminate()
        self._nursery.wait()


def is_ready(port: int) -> bool:
    """Whether a web process answers that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException):
        return False


def _wait_for_end(pid: int, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.005)
    return False


@dataclass
class Caller:
    """One client with its token: every request has a key and is sent again until it is answered."""

    port: int
    token: str
    name: str
    ids: dict[str, int]
    stop: threading.Event
    promised: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    retries: int = 0

    def run(self) -> None:
        """Story after story until told to stop; the last one is told to its end."""
        number = 0
        while not self.stop.is_set() and not self.faults:
            self._tell(f"{self.name}-{number}")
            number += 1

    def _tell(self, word: str) -> None:
        deal = self._post("deal", word, "/deals", {"name": word, "company_id": self.ids["company"], "lines": [{"service_id": self.ids["service"]}],
                          "value": {"amount": "1000.00", "currency": "EUR"}, "next_action": {"kind": "call", "due_date": "2030-01-07"}})
        if deal is None:
            return
        ref = f"sales.deal:{deal['id']}"
        self._post("communication", word, "/communications", {"kind": "note", "refs": [ref], "body": word})
        boundary = uuid.uuid4().hex
        form = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'
                       for name, extra, value in (("refs", "", ref), ("file", f'; filename="{word}.txt"', word * 500)))
        self._post("document", word, "/documents", f"{form}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")
        brief = {"scope_summary": word, "promised_finish_date": "2030-12-20", "key_constraints": "None that we know.",
                 "main_stakeholder_id": self.ids["contact"], "kickoff_date": "2030-01-14"}
        self._post("handoff", word, f"/deals/{deal['id']}/closing", {"outcome": "won", "brief": brief})

    def _post(self, noun: str, word: str, path: str, body: Any, content_type: str = "application/json") -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Idempotency-Key": f"{noun}-{word}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", content, headers, method="POST")
        deadline = time.monotonic() + LONGEST_ANSWER_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(request, timeout=30) as response:
                    answer = json.loads(response.read())
                self.promised.append((noun, word))
                return answer
            except urllib.error.HTTPError as refusal:
                if refusal.code not in _LATER:
                    self.faults.append(f"{noun} {word} was answered {refusal.code}: {refusal.read()[:300]!r}")
                    return None
                time.sleep(min(float(refusal.headers.get("Retry-After") or 0.2), 2.0))
            except (OSError, HTTPException, ValueError):
                time.sleep(0.05)
            self.retries += 1
        self.faults.append(f"{noun} {word} was not answered within {LONGEST_ANSWER_SECONDS} s")
        return None


def run(place: Installation, *, kills: int, seed: int, restart_database: Callable[[], None] | None = None) -> Findings:
    """Kill `kills` times under load, let everything come to rest, and look for what was promised."""
    place.bring_back("sale")
    told = in_fork(_ready_clients)
    if told.error:
        raise RuntimeError(told.error)
    ids, tokens = told.said["result"]
    crew = Crew(_free_port(), Path(settings.DATA_DIR).parent / "crew.log")
    stop = threading.Event()
    callers = [Caller(crew.port, token, f"c{number}", ids, stop) for number, token in enumerate(tokens)]
    threads = [threading.Thread(target=caller.run, daemon=True) for caller in callers]
    crew.start_all()
    marks = [time.monotonic()]
    try:
        for thread in threads:
            thread.start()
        crashes = _kill_for_a_while(crew, callers, kills, random.Random(seed), restart_database)
        marks.append(time.monotonic())
        stop.set()
        for thread in threads:
            thread.join(LONGEST_ANSWER_SECONDS)
        unsettled = _wait_until_settled()
        marks.append(time.monotonic())
    finally:
        stop.set()
        crew.stop_all()
    found = Findings("black box", points=crew.kills, steps=sum(len(caller.promised) for caller in callers))
    found.faults += unsettled
    found.faults += [("locked", fault) for caller in callers for fault in caller.faults]
    found.faults += [("locked", line) for line in crew.log.read_text(errors="replace").splitlines() if "database is locked" in line]
    promised = [promise for caller in callers for promise in caller.promised]
    found.faults += _judge(promised)
    if found.faults:
        print(_last_errors(crew.log))
    print(f"  {found.steps} requests acknowledged after {sum(caller.retries for caller in callers)} repeats, {crashes} crashes of the database;"
          f" {marks[1] - marks[0]:.0f} s of killing, {marks[2] - marks[1]:.0f} s until all had settled")
    return found


def _last_errors(log: Path) -> str:
    """The tracebacks of answers that went wrong, without what the kills leave behind."""
    lines = log.read_text(errors="replace").splitlines()
    marks = [place for place, line in enumerate(lines) if "Internal Server Error" in line]
    return "\n".join(line for mark in marks[-3:] for line in [*lines[max(0, mark - 70) : mark + 90], "..."])


def _ready_clients(_: Say) -> Any:
    ids = {"company": _one("SELECT id FROM clients_company"), "contact": _one("SELECT id FROM clients_contact"),
           "service": _one("SELECT id FROM catalog_service")}
    return ids, [token_of(cast().seller) for _ in range(CLIENTS)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _kill_for_a_while(
    crew: Crew, callers: list[Caller], kills: int, chance: random.Random, restart_database: Callable[[], None] | None
) -> int:
    """Between two kills something was always promised, or the run would only test starting; the next comes with requests in flight."""
    crashes = 0
    while crew.kills < kills and not any(caller.faults for caller in callers):
        heard = sum(len(caller.promised) for caller in callers)
        # Every client gives up, and says so, before this waits for ever.
        while sum(len(caller.promised) for caller in callers) == heard and not any(caller.faults for caller in callers):
            time.sleep(0.005)
        time.sleep(chance.random() * 0.15)
        crew.kill_one(chance)
        if restart_database and crew.kills % 5 == 0:
            restart_database()
            crashes += 1
    return crashes


def _wait_until_settled() -> list[tuple[str, str]]:
    """Until the workers have delivered everything; deliveries of dead ones are taken over when their lease runs out."""
    deadline = time.monotonic() + LONGEST_REST_SECONDS
    pending = "SELECT COUNT(*) FROM events_delivery WHERE state = 'pending'"
    left: Any = None
    while time.monotonic() < deadline:
        left = in_fork(lambda _: _one(pending)).said.get("result")
        if left == 0:
            return []
        time.sleep(0.5)
    return [("locked", f"{left} deliveries were not made within {LONGEST_REST_SECONDS} s after the last kill")]


_LOOK = {
    "deal": "SELECT name, COUNT(*) FROM sales_deal GROUP BY name",
    "communication": "SELECT body, COUNT(*) FROM comms_communication GROUP BY body",
    "document": "SELECT name, COUNT(*) FROM files_document GROUP BY name",
    "handoff": "SELECT scope_summary, COUNT(*) FROM handoff_handoff GROUP BY scope_summary",
}


def _judge(promised: list[tuple[str, str]]) -> list[tuple[str, str]]:
    def look(_: Say) -> Any:
        with connection.cursor() as cursor:
            found = {}
            for noun, sql in _LOOK.items():
                cursor.execute(sql)
                found[noun] = {name.removesuffix(".txt"): count for name, count in cursor.fetchall()}
        return found

    heard = in_fork(look)
    if heard.error:
        return [("locked", heard.error)]
    faults = []
    for noun, word in promised:
        count = heard.said["result"][noun].get(word, 0)
        if count != 1:
            faults.append(("lost" if not count else "duplicate", f"{noun} {word} is there {count} times"))
    for noun, counts in heard.said["result"].items():
        faults += [("duplicate", f"{noun} {word} is there {count} times") for word, count in counts.items() if count > 1]
    checked = subprocess.run([sys.executable, "-m", "wonward", "check"], cwd=ROOT, capture_output=True, text=True, check=False,
                             env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"})
    if checked.returncode:
        faults += [("half-made", line) for line in (checked.stdout + checked.stderr).splitlines()]
    return faults
