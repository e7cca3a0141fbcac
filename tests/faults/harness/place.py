"""Opens an installation for a harness: a folder or a cluster of its own, and Django set up on it."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.postgres import Cluster, remove_cluster, start_cluster

# A process that is killed loses nothing in memory that it would not lose on a disk, and states are put back ten times as fast there.
_IN_MEMORY = "/dev/shm"
_NEEDED_BYTES = 4 * 1024**3


@contextlib.contextmanager
def opened(database: str) -> Iterator[object]:
    """An installation on `sqlite` or `postgresql`; once per process, before anything reads Django's settings."""
    within = _where()
    folder = Path(tempfile.mkdtemp(prefix="ww-prove-", dir=within or None))
    os.environ["WONWARD_DATA_DIR"] = str(folder / "live")
    os.environ["DJANGO_SETTINGS_MODULE"] = "wonward.config.settings"
    for name in ("WONWARD_DATABASE_URL", "WONWARD_SMTP_URL"):
        os.environ.pop(name, None)
    cluster = start_cluster(is_durable=True, within=within) if database == "postgresql" else None
    try:
        if cluster is not None:
            os.environ["WONWARD_DATABASE_URL"] = cluster.url
        yield _place(folder, cluster)
    finally:
        if cluster is not None:
            remove_cluster(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def _where() -> str:
    """The folder in memory, where the host has one with room; else nothing, which is the usual temporary folder."""
    is_roomy = os.path.isdir(_IN_MEMORY) and shutil.disk_usage(_IN_MEMORY).free >= _NEEDED_BYTES
    return _IN_MEMORY if is_roomy and os.access(_IN_MEMORY, os.W_OK) else ""


def _place(folder: Path, cluster: Cluster | None) -> object:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from tests.faults.harness.installation import SHELF, OnPostgres, OnSqlite

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    # What is here stays for good: no fork has to copy it to look through it.
    gc.collect()
    gc.freeze()
    (folder / "live" / "static").mkdir(parents=True, exist_ok=True)
    shelf = folder / SHELF
    return OnPostgres(shelf, cluster) if cluster else OnSqlite(shelf)
