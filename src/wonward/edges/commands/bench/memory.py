"""The memory an idle installation holds: supervisor, one web process, one worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path


def idle_memory() -> float:
    """Proportional set size in megabytes, ten seconds after the first page; 0 where /proc does not tell."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.close()
        environment = {**os.environ, "WONWARD_DATA_DIR": folder, "WONWARD_PORT": str(port)}
        environment.pop("WONWARD_DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", "wonward", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([sys.executable, "-m", "wonward", "serve"], env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/sign-in/")
            time.sleep(10)
            return round(sum(pss(pid) for pid in family(server.pid)) / 1024, 1)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def wait_for(url: str) -> None:
    for _ in range(3000):
        try:
            urllib.request.urlopen(url, timeout=20)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not answer.")


def family(pid: int) -> list[int]:
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.extend(family(int(entry.name)))
    return found


def open_files(pid: int) -> int:
    """Descriptors that one process holds."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


class Watch:
    """What a process and its children hold, looked at again and again on a thread of its own."""

    def __init__(self, pid: int, every_seconds: float) -> None:
        self._pid, self._every_seconds, self._is_over = pid, every_seconds, threading.Event()
        self._seen: list[tuple[float, float, int]] = []
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(60)

    def _look(self) -> None:
        while not self._is_over.wait(self._every_seconds):
            found = family(self._pid)
            self._seen.append((time.monotonic() / 60, sum(map(pss, found)) / 1024, sum(map(open_files, found))))

    def growth(self) -> dict[str, float]:
        """Megabytes and descriptors that came a minute in the second half, by least squares: caches have filled by then."""
        half = self._seen[len(self._seen) // 2 :]
        minutes = [one[0] for one in half]
        return {
            "mb_a_minute": round(slope(minutes, [one[1] for one in half]), 2),
            "files_a_minute": round(slope(minutes, [float(one[2]) for one in half]), 2), "looked": len(half),
        }


def stands_still(growth: Mapping[str, float], goal_mb_a_minute: float) -> bool:
    """Whether what was looked at holds no more as time goes by: neither memory above the goal nor one descriptor more a minute."""
    return growth["looked"] > 1 and growth["mb_a_minute"] <= goal_mb_a_minute and growth["files_a_minute"] < 1


def slope(along: Sequence[float], values: Sequence[float]) -> float:
    """How steep the straight line is that lies nearest to the points; 0 for less than two."""
    if len(set(along)) < 2:
        return 0.0
    middle, level = sum(along) / len(along), sum(values) / len(values)
    upon = sum((one - middle) ** 2 for one in along)
    return sum((one - middle) * (value - level) for one, value in zip(along, values, strict=True)) / upon


def pss(pid: int) -> int:
    """Kilobytes of one process."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
