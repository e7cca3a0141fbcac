"""The supervisor as a process: one line when ready, children that come back, none that stay behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.faults.test_worker_kill import wait_for
from tests.foundation.conftest import ROOT

pytestmark = [pytest.mark.long, pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(own_process, port):
    """Starts the supervisor with the site of the tests and waits for its line."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "wonward.config.server", "--port", str(port), *arguments]
        command += ["--application", "tests.foundation.runtime.asgi:application"]
        process = subprocess.Popen(
            command,
            env=own_process.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def children(process):
    """The process ids below a supervisor, by the last part of their module."""
    found = {}
    for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        if is_alive(pid) and len(command) > 2:
            found[command[2].rpartition(".")[2]] = int(pid)
    return found


def is_alive(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def say_hello(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/hello?q=%C3%BC", timeout=30) as answer:
        return answer.read().decode()


def says_hello(port):
    try:
        return say_hello(port) == "hello ü"
    except OSError:
        return False


def test_it_says_when_it_is_ready_and_serves_pages_and_streams(serve, port):
    process = serve()
    assert process.stdout.readline() == f"Wonward is ready at http://127.0.0.1:{port}\n"
    assert say_hello(port) == "hello ü"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/events/stream", headers={"Cookie": "user=7"})
    with urllib.request.urlopen(request, timeout=30) as stream:
        assert stream.readline() == b"retry: 1000\n"
        assert set(children(process)) == {"web_process", "worker_process"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_query_in_raw_bytes_is_answered(serve, port):
    process = serve("--no-worker")
    process.stdout.readline()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"GET /hello?q=\xc3\xbc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))


def test_children_that_die_are_started_again(serve, port):
    process = serve()
    process.stdout.readline()
    before = children(process)
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(
        lambda: (
            set(children(process)) == set(before)
            and not set(children(process).values()) & set(before.values())
        )
    )
    wait_for(lambda: says_hello(port))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_the_supervisor(serve, number):
    process = serve()
    process.stdout.readline()
    pids = children(process).values()
    process.send_signal(number)
    process.wait(30)
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


def test_a_taken_port_is_refused_in_one_clear_line(serve, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        process = serve()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors == f"Port {port} on 127.0.0.1 is taken by another program; choose one with --port.\n"


def test_an_application_that_cannot_start_ends_the_supervisor(own_process, port):
    command = [
        sys.executable,
        "-m",
        "wonward.config.server",
        "--port",
        str(port),
        "--application",
        "nowhere:nothing",
    ]
    ended = subprocess.run(
        command,
        env=own_process.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "The web process did not start (exit code 1)" in ended.stderr


def test_several_web_processes_share_the_port(serve, port):
    process = serve("--workers", "2", "--no-worker")
    process.stdout.readline()
    wait_for(lambda: says_hello(port))
    assert Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().count(" ") >= 2


def test_the_supervisor_imports_no_django():
    code = "import sys, wonward.config.server; print([m for m in sys.modules if m.startswith(('django', 'granian'))])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True).stdout
        == "[]\n"
    )
