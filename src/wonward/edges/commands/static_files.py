"""Putting style sheets, scripts and fonts where the server finds them, once per version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

SOURCES = ["css/*/*", "*.md"]


def ensure_static_files() -> bool:
    """Collect the static files when they are missing or older than their sources; True when it was done now."""
    target = Path(settings.STATIC_ROOT)
    mark = target / ".fingerprint"
    wanted = _fingerprint()
    if mark.exists() and mark.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=target.exists(), ignore_patterns=SOURCES)
    mark.write_text(wanted)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                facts = path.stat()
                digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
