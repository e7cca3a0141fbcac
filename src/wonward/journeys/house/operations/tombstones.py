"""Who was erased, and nothing about them: a line each in `erased.jsonl` of the data folder, outside the database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings


def _stones() -> Path:
    return Path(settings.DATA_DIR) / "erased.jsonl"


def leave_tombstone(stone: dict[str, Any]) -> None:
    """Note it once, on disk before anything else goes on."""
    if any((one["noun"], one["id"], one["created_at"]) == (stone["noun"], stone["id"], stone["created_at"]) for one in tombstones()):
        return
    with os.fdopen(os.open(_stones(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(json.dumps(stone) + "\n")
        file.flush()
        os.fsync(file.fileno())


def tombstones() -> Iterator[dict[str, Any]]:
    """Every one of them, the oldest first."""
    if _stones().exists():
        for line in _stones().read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)
