"""The shape of a backup: one tar file with the database, the documents' content and a manifest of hashes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

MANIFEST = "manifest.json"
FORMAT = 1
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{64})")
_CHUNK = 1024 * 1024


class ArchiveWriter:
    """Writes beside the target and moves into place when all is there."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        self._tar = tarfile.open(self._aside, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Put a file in, and its hash into the manifest."""
        with path.open("rb") as stream:
            self._files[name] = {"sha256": sha256_of(stream), "size": path.stat().st_size}
        self._tar.add(path, arcname=name, recursive=False, filter=_anonymous)

    def finish(self, facts: dict[str, Any]) -> int:
        """Write the manifest and move the file into place; returns how many files it holds."""
        content = json.dumps({"format": FORMAT, **facts, "files": self._files}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))
        self._tar.close()
        os.chmod(self._aside, 0o600)
        sync_file(self._aside)
        self._aside.replace(self._target)
        sync_folder(self._target.parent)
        return len(self._files)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._tar.close()
        self._aside.unlink(missing_ok=True)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder and verify every hash; returns the manifest. Refused when it is not whole."""
    try:
        with tarfile.open(source, "r:") as tar:
            for entry in tar:
                _unpack_entry(tar, entry, folder)
    except tarfile.TarError as error:
        raise Refused(worded("{source} is not a backup of Wonward, or it is damaged: {error}.", source=source, error=error)) from None
    manifest = _read_manifest(source, folder)
    for name, wanted in manifest["files"].items():
        path = folder / name
        if not _is_known(name) or not path.is_file():
            raise Refused(worded("{source} is damaged: {name} is missing.", source=source, name=name))
        with path.open("rb") as stream:
            if sha256_of(stream) != wanted["sha256"]:
                raise Refused(worded("{source} is damaged: {name} does not have the content it had.", source=source, name=name))
    return manifest


def _unpack_entry(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    if not entry.isreg() or not (entry.name == MANIFEST or _is_known(entry.name)):
        raise Refused(worded("This is not a backup of Wonward: it holds {name}.", name=f"{entry.name[:80]!r}"))
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(entry)
    assert content is not None
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file, _CHUNK)


def _is_known(name: str) -> bool:
    return name in DATABASES.values() or bool(BLOB.fullmatch(name))


def _read_manifest(source: Path, folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if manifest["format"] == FORMAT and isinstance(manifest["files"], dict):
            return manifest
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    raise Refused(worded("{source} has no manifest this version can read.", source=source))


def unfinished_restore() -> Path:
    """The mark of a restore at work; it stays when the restore broke off."""
    return Path(settings.DATA_DIR) / "restore.unfinished"


def sync_file(path: Path) -> None:
    """The content of a file survives a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(stream: BinaryIO) -> str:
    """The hash of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def blob_folder() -> Path:
    """Where the documents' content lies."""
    return Path(settings.DATA_DIR) / "blobs"


def blobs() -> Iterator[tuple[str, Path]]:
    """Every stored content as (name in the archive, path)."""
    root = blob_folder()
    for path in sorted(root.glob("??/??/*")):
        name = f"blobs/{path.relative_to(root).as_posix()}"
        if BLOB.fullmatch(name):
            yield name, path


def run_postgresql(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs against the configured database."""
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if found is None:
        raise Refused(worded("The program {program} of PostgreSQL is not installed here.", program=program))
    where = settings.DATABASES["default"]
    environment = {
        **os.environ, "PGDATABASE": where["NAME"], "PGUSER": where["USER"], "PGPASSWORD": where["PASSWORD"],
        "PGHOST": where["HOST"], "PGPORT": where["PORT"],
    }
    done = subprocess.run(
        [found, *arguments], env={key: value for key, value in environment.items() if value}, capture_output=True, text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(worded("{program} failed: {value}", program=program, value=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode))
