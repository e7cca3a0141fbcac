"""A house with a row in every table goes from SQLite to PostgreSQL and back by its own commands: every row and link arrives, both ways."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.laid_out import ROOT, copy_installation
from tests.postgres import ProgramsMissing, find_programs, private_cluster
from wonward.foundation.database.queries import house_models

_PATIENCE_S = 240
# Rows that were made up for the tables no story fills break rules of the house; the import says so by its code, and which.
_TOLD_APART = (0, 1)
_FILL = """
import django
django.setup()
from django.db import transaction
from tests.journeys.house.full_world import make_full_world
with transaction.atomic():
    make_full_world()
"""


def _run(arguments: list[str], folder: Path, database_url: str = "", *, codes: tuple[int, ...] = (0,)) -> str:
    environment = {
        **os.environ, "WONWARD_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    if database_url:
        environment["WONWARD_DATABASE_URL"] = database_url
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=_PATIENCE_S)
    assert done.returncode in codes, done.stderr[-2000:]
    return done.stdout


def _told(folder: Path) -> dict[str, Any]:
    """Every table and record of an export as values, whose keys have no order, and the documents by their checksums."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = [path for path in sorted(folder.rglob("*.json")) if path.name != "manifest.json"]
    tables = {str(path.relative_to(folder)): json.loads(path.read_text(encoding="utf-8")) for path in files}
    return {"contents": manifest["contents"], "tables": tables}


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="the private cluster needs a POSIX system")
def test_a_house_goes_to_postgresql_and_comes_back_as_it_was(tmp_path: Path) -> None:
    try:
        find_programs()
    except ProgramsMissing:
        pytest.skip("PostgreSQL is missing")
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    for folder in (first, second, third):
        folder.mkdir()
    copy_installation(first)
    _run(["-c", _FILL], first)
    _run(["-m", "wonward", "export", str(tmp_path / "out")], first)
    with private_cluster() as url:
        went = json.loads(_run(["-m", "wonward", "import-house", str(tmp_path / "out"), "--json"], second, url, codes=_TOLD_APART))
        _run(["-m", "wonward", "export", str(tmp_path / "over")], second, url)
    came = json.loads(_run(["-m", "wonward", "import-house", str(tmp_path / "over"), "--json"], third, codes=_TOLD_APART))
    _run(["-m", "wonward", "export", str(tmp_path / "back")], third)
    # How long a delivery has been due depends on when one asks.
    assert [re.sub(r"\d+ minutes", "minutes", one) for one in went["violations"]] == [re.sub(r"\d+ minutes", "minutes", one) for one in came["violations"]]
    assert set(went["tables"]) == set(house_models())
    assert [name for name, rows in went["tables"].items() if not rows] == []
    assert went["tables"] == came["tables"]
    out, over, back = (_told(tmp_path / name) for name in ("out", "over", "back"))
    assert over["contents"] == back["contents"] == out["contents"]
    assert set(out["tables"]) == set(over["tables"]) == set(back["tables"])
    for name, rows in out["tables"].items():
        assert over["tables"][name] == rows, name
        assert back["tables"][name] == rows, name
