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

from tests.faults.harness.forks import Say, in_fork
from tests.faults.harness.installation import Installation
from tests.faults.harness.journeys import _one, cast
from tests.faults.harness.sweep import Findings
from tests.people import token_of

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = 4
WEBS = 2
LONGEST_WAIT_SECONDS = 120
_LATER = (409, 429, 502, 503, 504)


@dataclass
class Crew:
    """The processes of one installation, started again the moment they are killed."""

    port: int
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    def start(self, name: str) -> None:
        module = "worker_process" if name == "worker" else "web_process"
        command = [sys.executable, "-m", f"wonward.config.{module}"]
        if name != "worker":
            command += ["--host", "127.0.0.1", "--port", str(self.port), "--application", "wonward.config.asgi:application"]
        environment = {**os.environ, "WONWARD_PORT": str(self.port), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start_all(self) -> None:
        for name in ["worker", *(f"web {number}" for number in range(WEBS))]:
            self.start(name)

    def kill_one(self, chance: random.Random) -> None:
        """End one process as a machine would, and start it again."""
        name = chance.choice(sorted(self.processes))
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.kills += 1
        self.start(name)

    def stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()


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
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
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
        self.faults.append(f"{noun} {word} was not answered within {LONGEST_WAIT_SECONDS} s")
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
    try:
        for thread in threads:
            thread.start()
        crashes = _kill_for_a_while(crew, callers, kills, random.Random(seed), restart_database)
        stop.set()
        for thread in threads:
            thread.join(LONGEST_WAIT_SECONDS)
        _wait_until_settled()
    finally:
        stop.set()
        crew.stop_all()
    found = Findings("black box", points=crew.kills, steps=sum(len(caller.promised) for caller in callers))
    found.faults += [("locked", fault) for caller in callers for fault in caller.faults]
    found.faults += [("locked", line) for line in crew.log.read_text(errors="replace").splitlines() if "database is locked" in line]
    promised = [promise for caller in callers for promise in caller.promised]
    found.faults += _judge(promised)
    print(f"  {found.steps} requests acknowledged after {sum(caller.retries for caller in callers)} repeats, {crashes} crashes of the database")
    return found


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
    """Between two kills something was always promised, or the run would only test starting."""
    crashes = 0
    while crew.kills < kills and not any(caller.faults for caller in callers):
        heard = sum(len(caller.promised) for caller in callers)
        deadline = time.monotonic() + 20
        while sum(len(caller.promised) for caller in callers) == heard and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.15)
        crew.kill_one(chance)
        if restart_database and crew.kills % 20 == 0:
            restart_database()
            crashes += 1
    return crashes


def _wait_until_settled() -> None:
    """Until the workers have delivered everything; deliveries of dead ones are taken over when their lease runs out."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    pending = "SELECT COUNT(*) FROM events_delivery WHERE state = 'pending'"
    while time.monotonic() < deadline:
        heard = in_fork(lambda _: _one(pending))
        if heard.said.get("result") == 0:
            return
        time.sleep(0.5)


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
