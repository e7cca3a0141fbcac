"""A private PostgreSQL cluster for tests: found, started, and stopped again by its own process id.

`python -m tests.postgres` prints its URL and waits; `with private_cluster() as url:` does the same in code.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import functools
import glob
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATABASE = "wonward"
_LONGEST_PLACE = 40
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class ProgramsMissing(RuntimeError):
    """PostgreSQL's server programs are nowhere on this machine."""


def find_programs() -> Path:
    """The folder that holds `initdb` and `postgres`: from PATH, else the newest in the usual places."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    found = [Path(folder) for place in _PLACES for folder in glob.glob(place)]
    complete = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if not complete:
        raise ProgramsMissing(
            "PostgreSQL's initdb and postgres were found neither on PATH nor in /usr/lib/postgresql/*/bin. "
            "Install them (Debian: apt install postgresql) to run these tests."
        )
    return max(complete, key=_version_in)


def _version_in(folder: Path) -> list[int]:
    digits = "".join(character if character.isdigit() else " " for character in str(folder))
    return [int(part) for part in digits.split()] or [0]


def _server_user() -> str | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ProgramsMissing(
        "PostgreSQL does not run as root, and there is neither a postgres nor a nobody user."
    )


def _as_user(command: list[str], user: str | None, *, dies_with_parent: bool = False) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv:
        switches = ["--pdeathsig", "INT"] if dies_with_parent else []
        if user:
            switches += ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--clear-groups"]
        return [setpriv, *switches, *command] if switches else command
    if user is None:
        return command
    runuser = shutil.which("runuser")
    if not runuser:
        raise ProgramsMissing("Running as root needs setpriv or runuser (util-linux) to start PostgreSQL.")
    return [runuser, "-u", user, "--", *command]


@dataclass
class Cluster:
    """One running server. `url` names its database; `folder` holds socket and log, and the data unless these are `kept` elsewhere."""

    folder: Path
    programs: Path
    user: str | None
    is_durable: bool = False
    kept: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"postgres://{DATABASE}@/{DATABASE}?host={self.folder}"

    @property
    def data(self) -> Path:
        return self.kept or self.folder / "data"

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def start(self) -> None:
        """Start the server and wait until it answers; raises RuntimeError with the log if it does not."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
        }
        if not self.is_durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                _as_user(
                    command, self.user, dies_with_parent=threading.current_thread() is threading.main_thread()
                ),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End this server and no other. SIGINT rolls open work back; SIGKILL is a crash for fault tests."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)

    def run_sql(self, sql: str) -> None:
        """Run one statement in the `postgres` database."""
        command = [
            str(self.programs / "psql"),
            "-qX",
            "-h",
            str(self.folder),
            "-U",
            DATABASE,
            "-d",
            "postgres",
        ]
        subprocess.run([*command, "-v", "ON_ERROR_STOP=1", "-c", sql], check=True, capture_output=True)


def start_cluster(*, is_durable: bool = False, within: str = "", kept: Path | None = None) -> Cluster:
    """A cluster in a short temporary folder, of `within` if told (socket paths are limited to about 100 characters).

    Its data are fresh, or those of `kept`, which stay there for the next time.
    """
    programs, user = find_programs(), _server_user()
    folder = Path(tempfile.mkdtemp(prefix="ww-pg-", dir=within or _short_place()))
    if user:
        shutil.chown(folder, user)
    cluster = Cluster(folder, programs, user, is_durable, kept)
    try:
        is_new = not (cluster.data / "PG_VERSION").exists()
        if is_new:
            _lay_out(cluster)
        cluster.start()
        if is_new:
            cluster.run_sql(f"CREATE DATABASE {DATABASE}")
    except BaseException:
        remove_cluster(cluster)
        raise
    return cluster


def _lay_out(cluster: Cluster) -> None:
    if cluster.kept:
        cluster.kept.mkdir(parents=True, exist_ok=True)
        if cluster.user:
            shutil.chown(cluster.kept, cluster.user)
    initdb = [str(cluster.programs / "initdb"), "-D", str(cluster.data), "-U", DATABASE, "-A", "trust"]
    initdb += ["-E", "UTF8", "--locale=C", *([] if cluster.is_durable else ["--no-sync"])]
    made = subprocess.run(_as_user(initdb, cluster.user), capture_output=True, text=True, check=False, cwd=cluster.folder)
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")


def _short_place() -> str | None:
    """The usual temporary folder, unless its name is long or the server's user may not pass through it."""
    usual = tempfile.gettempdir()
    is_open = bool(os.stat(usual).st_mode & stat.S_IXOTH)
    return usual if is_open and len(usual) <= _LONGEST_PLACE or not os.path.isdir("/tmp") else "/tmp"


def remove_cluster(cluster: Cluster) -> None:
    """Stop the server and delete its folder; safe to call twice."""
    cluster.stop()
    shutil.rmtree(cluster.folder, ignore_errors=True)


@contextlib.contextmanager
def private_cluster(*, is_durable: bool = False, kept: Path | None = None) -> Iterator[str]:
    """The URL of a cluster that lives as long as the block; fsync is off unless `is_durable`. Only the data of `kept` outlive it."""
    cluster = start_cluster(is_durable=is_durable, kept=kept)
    remove = functools.partial(remove_cluster, cluster)
    atexit.register(remove)
    try:
        yield cluster.url
    finally:
        remove()
        atexit.unregister(remove)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durable", action="store_true", help="keep fsync on, for fault tests")
    durable = parser.parse_args().durable
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with private_cluster(is_durable=durable) as url:
            print(url, flush=True)
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except ProgramsMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
