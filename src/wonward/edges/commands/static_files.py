"""Putting style sheets, scripts and fonts where the server finds them, once per version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

import wonward
from wonward.edges.commands.script_bundles import join_scripts

SOURCES = ["css/*/*", "js/*", "*.md"]
JOINED = "scripts"


def ensure_static_files() -> bool:
    """Collect the static files when they are missing or older than their sources; True when it was done now."""
    target = Path(settings.STATIC_ROOT)
    mark = target / ".fingerprint"
    wanted = _fingerprint()
    if mark.exists() and mark.read_text() == wanted:
        return False
    call_command(
        "collectstatic", interactive=False, verbosity=0, clear=target.exists(), ignore_patterns=SOURCES, post_process=False,
    )
    for folder in settings.STATICFILES_DIRS:
        write_joined_scripts(Path(folder), target)
    _finish(target)
    mark.write_text(wanted)
    return True


def write_joined_scripts(static: Path, target: Path) -> None:
    """Join the modules of the folder `static` into `target/scripts/`."""
    (target / JOINED).mkdir(parents=True, exist_ok=True)
    for name, text in join_scripts(static).items():
        (target / JOINED / name).write_text(text, encoding="utf-8")


def _finish(target: Path) -> None:
    """Give every file its hashed name and its compressed twin."""
    collected = (path for path in sorted(target.rglob("*")) if path.is_file() and path.name != ".fingerprint")
    found = {path.relative_to(target).as_posix(): (staticfiles_storage, path.relative_to(target).as_posix()) for path in collected}
    for _, _, problem in staticfiles_storage.post_process(found):  # type: ignore[attr-defined]
        if isinstance(problem, Exception):
            raise problem


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in [*map(Path, settings.STATICFILES_DIRS), Path(wonward.__file__).parent / "edges/commands"]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                facts = path.stat()
                digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
