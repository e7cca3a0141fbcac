"""The memory an idle installation holds: supervisor, one web process, one worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
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


def pss(pid: int) -> int:
    """Kilobytes of one process."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
