"""An empty installation, laid out once for each state of its sources: what many tests would otherwise each build anew."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.postgres import find_programs, private_cluster

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "laid-out"
DATABASE = "wonward.sqlite3"
TABLES = "tables.sql"
_MIGRATE = ("-m", "wonward", "migrate")
_STATIC = (
    "import django; django.setup(); from wonward.edges.commands.static_files import ensure_static_files; ensure_static_files()"
)


def copy_database(target: Path) -> None:
    """Put a copy of the migrated database at `target`."""
    shutil.copyfile(kept("database", _is_about_tables, partial(_run_all, (_MIGRATE,))) / DATABASE, target)


def lay_out_tables() -> None:
    """Make every table in the database of this process's settings, by a copy."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        copy_database(Path(database["NAME"]))
    else:
        fill_postgresql(database)


def fill_postgresql(database: Mapping[str, Any], *, name: str = "") -> None:
    """Put every table into the empty database that the settings name, or into another one of that server, which is made first."""
    programs = find_programs()
    tables = kept("postgresql", _is_about_tables, partial(_dump, programs), state=str(programs)) / TABLES
    place = ["-h", str(database["HOST"] or ""), "-p", str(database["PORT"] or 5432), "-U", str(database["USER"])]
    environment = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    ask = [str(programs / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", *place]
    if name:
        subprocess.run([*ask, "-d", "postgres", "-c", f'CREATE DATABASE "{name}"'], check=True, capture_output=True, env=environment)
    filled = [*ask, "--single-transaction", "-d", name or str(database["NAME"]), "-f", str(tables)]
    subprocess.run(filled, check=True, capture_output=True, env=environment)


def copy_installation(target: Path, *, with_database: bool = True) -> None:
    """Put a copy of the installation into the folder `target`."""
    shutil.copytree(kept("static", _is_static, partial(_run_all, (["-c", _STATIC],))) / "static", target / "static", dirs_exist_ok=True)
    if with_database:
        copy_database(target / DATABASE)


def _is_about_tables(path: Path) -> bool:
    return "migrations" in path.parts or "models" in path.parts or path.name in ("models.py", "settings.py", "apps.py")


def _is_static(path: Path) -> bool:
    return "static" in path.parts or "commands" in path.parts or path.name == "settings.py"


def kept(part: str, is_about: Callable[[Path], bool], build: Callable[[Path], None], *, state: str = "") -> Path:
    """The folder with one part, built when the sources it is about, or `state`, have changed; never written to."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = KEPT / f"{part}-{_state(is_about, state)}"
    with (KEPT / f"{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for former in KEPT.glob(f"{part}-*"):
                shutil.rmtree(former, ignore_errors=True)
            making = Path(tempfile.mkdtemp(prefix="making-", dir=KEPT))
            build(making)
            making.rename(folder)
    return folder


def _run(command: Sequence[str], folder: Path, database_url: str = "") -> None:
    environment = {
        **os.environ, "WONWARD_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wonward.config.settings", "WONWARD_DATABASE_URL": database_url,
    }
    if not database_url:
        environment.pop("WONWARD_DATABASE_URL")
    subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, check=True, capture_output=True)


def _run_all(commands: Sequence[Sequence[str]], making: Path) -> None:
    for command in commands:
        _run(command, making)
    if (making / DATABASE).exists():
        with contextlib.closing(sqlite3.connect(making / DATABASE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _dump(programs: Path, making: Path) -> None:
    """Migrate an empty database of PostgreSQL and write its tables as a script."""
    with private_cluster() as url:
        _run(_MIGRATE, making, url)
        subprocess.run([str(programs / "pg_dump"), "--no-owner", f"--file={making / TABLES}", url], check=True, capture_output=True)


def _state(is_about: Callable[[Path], bool], more: str) -> str:
    digest = hashlib.sha256(f"{sys.version}{more}".encode())
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix != ".pyc" and is_about(path) and path.is_file():
            facts = path.stat()
            digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:20]
