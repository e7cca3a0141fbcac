"""`python -m tests.foundation.measure deliveries|streams|writers [N]`: figures of the runtime as JSON lines.

They are comparable only inside one run on one machine, so nothing asserts them. WONWARD_DATABASE_URL chooses
the database, otherwise a new SQLite file is used.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.foundation.runtime_settings"
os.environ["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
os.environ.setdefault("WONWARD_DATA_DIR", tempfile.mkdtemp(prefix="ww-measure-"))
sys.path.insert(0, str(ROOT / "src"))

from tests.foundation.runtime import process  # noqa: E402  (sets Django up)

process.migrate()

from django.db import connection, transaction  # noqa: E402

from tests.foundation.runtime.facts import RecordChanged  # noqa: E402
from tests.foundation.runtime.models import Effect, Record, Single  # noqa: E402
from tests.foundation.runtime.nouns import EVERYBODY  # noqa: E402
from tests.foundation.runtime.registration import register_all  # noqa: E402
from wonward.foundation.events.dispatcher import deliver_pending  # noqa: E402
from wonward.foundation.events.operations import publish, publish_many  # noqa: E402
from wonward.foundation.jobs.operations import enqueue  # noqa: E402
from wonward.foundation.jobs.runner import run_due_jobs  # noqa: E402
from wonward.kernel.actor import system_actor  # noqa: E402

ACTOR = system_actor()


def say(figure, **values):
    load = round(os.getloadavg()[0], 2)
    print(json.dumps({"figure": figure, "database": connection.vendor, **values, "load": load}), flush=True)


def per_second(count, started):
    return round(count / (time.perf_counter() - started))


def measure_deliveries(number=500):
    register_all()
    now = datetime.now(UTC)
    started = time.perf_counter()
    for _ in range(number):
        with transaction.atomic():
            Effect.objects.create(handler="floor", key=1)
    say("floor: one insert per transaction", per_second=per_second(number, started))
    started = time.perf_counter()
    for key in range(number):
        with transaction.atomic():
            publish(RecordChanged(key), actor=ACTOR, now=now)
    say("publish, one per transaction", per_second=per_second(number, started))
    started, tried = time.perf_counter(), 0
    while count := deliver_pending(now=now):
        tried += count
    say("deliveries with one insert each", count=tried, per_second=per_second(tried, started))
    started = time.perf_counter()
    with transaction.atomic():
        publish_many([RecordChanged(key) for key in range(2000)], actor=ACTOR, now=now)
    say("publish_many of 2000", per_second=per_second(2000, started))
    for key in range(number):
        enqueue("runtime.effect", now=now, key=key)
    started = time.perf_counter()
    count = run_due_jobs(now=now, limit=number)
    say("jobs with one insert each", count=count, per_second=per_second(count, started))


def measure_writers(writers=8):
    """Read-then-write by several processes: writes per second and how long one may wait."""
    Single.objects.create(key=0)
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.foundation.runtime.process", "waits", "200"]
    counters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(writers)]
    waits = sorted(float(line) for counter in counters for line in counter.communicate()[0].split())
    say(
        f"{writers} processes that read and then write",
        writes=len(waits),
        seconds=round(time.perf_counter() - started, 2),
        median_ms=round(statistics.median(waits), 2),
        p99_ms=round(waits[int(len(waits) * 0.99)], 1),
        worst_ms=round(waits[-1], 1),
        lost=len(waits) - Single.objects.get().key,
    )


def measure_streams(clients=200):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "wonward.config.server", "--port", str(port)]
        + ["--application", "tests.foundation.runtime.asgi:application"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        server.stdout.readline()
        records = [Record.objects.create(viewer_id=EVERYBODY).pk]
        for title, users in (("one user", [1] * clients), ("a user each", range(1, clients + 1))):
            asyncio.run(_follow(title, port, list(users), records))
    finally:
        server.terminate()
        server.wait()


async def _follow(title, port, users, records, events=20):
    """Every client must get every event; latency runs from before the commit to the client's read."""
    published, latencies = {}, []
    opened = asyncio.Semaphore(0)

    async def client(user):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /events/stream HTTP/1.1\r\nHost: localhost\r\nCookie: user=%d\r\n\r\n" % user)
        got = 0
        while got < events:
            line = await reader.readline()
            if line.startswith(b"retry"):
                opened.release()
            if line.startswith(b"data: "):
                mark = json.loads(line[6:])["name"]
                latencies.append(time.perf_counter() - published[mark, got])
                got += 1
        writer.close()

    tasks = [asyncio.create_task(client(user)) for user in users]
    for _ in users:
        await opened.acquire()
    for number in range(events):
        published["runtime.record.changed", number] = time.perf_counter()
        await asyncio.to_thread(_tell, records)
        await asyncio.sleep(0.2)
    async with asyncio.timeout(60):
        await asyncio.gather(*tasks)
    latencies.sort()
    say(
        f"streams of {len(users)} clients, {title}",
        received=f"{len(latencies)}/{events * len(users)}",
        median_ms=round(statistics.median(latencies) * 1000, 1),
        p99_ms=round(latencies[int(len(latencies) * 0.99)] * 1000, 1),
    )


def _tell(records):
    with transaction.atomic():
        publish(RecordChanged(records[0], others=tuple(records[1:])), actor=ACTOR, now=datetime.now(UTC))


if __name__ == "__main__":
    verb, *numbers = sys.argv[1:]
    measure = {"deliveries": measure_deliveries, "streams": measure_streams, "writers": measure_writers}[verb]
    measure(*map(int, numbers))
