"""Opens an installation for a harness: a folder or a cluster of its own, and Django set up on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.postgres import Cluster, remove_cluster, start_cluster


@contextlib.contextmanager
def opened(database: str) -> Iterator[object]:
    """An installation on `sqlite` or `postgresql`; once per process, before anything reads Django's settings."""
    folder = Path(tempfile.mkdtemp(prefix="ww-prove-"))
    os.environ["WONWARD_DATA_DIR"] = str(folder / "live")
    os.environ["DJANGO_SETTINGS_MODULE"] = "wonward.config.settings"
    for name in ("WONWARD_DATABASE_URL", "WONWARD_SMTP_URL"):
        os.environ.pop(name, None)
    cluster = start_cluster(is_durable=True) if database == "postgresql" else None
    try:
        if cluster is not None:
            os.environ["WONWARD_DATABASE_URL"] = cluster.url
        yield _place(folder, cluster)
    finally:
        if cluster is not None:
            remove_cluster(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def _place(folder: Path, cluster: Cluster | None) -> object:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.urls import get_resolver

    from tests.faults.harness.installation import OnPostgres, OnSqlite

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    # Once here instead of in every fork: the pages and the interface for programs.
    get_resolver().url_patterns  # noqa: B018
    (folder / "live" / "static").mkdir(parents=True, exist_ok=True)
    shelf = folder / "shelf"
    return OnPostgres(shelf, cluster) if cluster else OnSqlite(shelf)
