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
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "laid-out"
DATABASE = "wonward.sqlite3"
_STATIC = (
    "import django; django.setup(); from wonward.edges.commands.static_files import ensure_static_files; ensure_static_files()"
)


def copy_database(target: Path) -> None:
    """Put a copy of the migrated database at `target`."""
    shutil.copyfile(_kept("database", _is_about_tables, (["-m", "wonward", "migrate"],)) / DATABASE, target)


def lay_out_tables() -> None:
    """Make every table in the database of this process's settings, by a copy where it is a file."""
    from django.conf import settings
    from django.core.management import call_command

    name = settings.DATABASES["default"]["NAME"]
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        copy_database(Path(name))
    else:
        call_command("migrate", verbosity=0)


def copy_installation(target: Path, *, with_database: bool = True) -> None:
    """Put a copy of the installation into the folder `target`."""
    shutil.copytree(_kept("static", _is_static, (["-c", _STATIC],)) / "static", target / "static", dirs_exist_ok=True)
    if with_database:
        copy_database(target / DATABASE)


def _is_about_tables(path: Path) -> bool:
    return "migrations" in path.parts or "models" in path.parts or path.name in ("models.py", "settings.py", "apps.py")


def _is_static(path: Path) -> bool:
    return "static" in path.parts or "commands" in path.parts or path.name == "settings.py"


def _kept(part: str, is_about: Callable[[Path], bool], commands: Sequence[Sequence[str]]) -> Path:
    """The folder with one part, built by `commands` when the sources it is about have changed; never written to."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = KEPT / f"{part}-{_state(is_about)}"
    with (KEPT / f"{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for former in KEPT.glob(f"{part}-*"):
                shutil.rmtree(former, ignore_errors=True)
            _build(folder, commands)
    return folder


def _build(folder: Path, commands: Sequence[Sequence[str]]) -> None:
    making = Path(tempfile.mkdtemp(prefix="making-", dir=KEPT))
    environment = {
        **os.environ, "WONWARD_DATA_DIR": str(making), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    for command in commands:
        subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, check=True, capture_output=True)
    if (making / DATABASE).exists():
        with contextlib.closing(sqlite3.connect(making / DATABASE)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    making.rename(folder)


def _state(is_about: Callable[[Path], bool]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix != ".pyc" and is_about(path) and path.is_file():
            facts = path.stat()
            digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:20]
