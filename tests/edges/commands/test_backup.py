"""A backup of a living installation, brought back elsewhere, is the same installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src"
FILL = """
import django; django.setup()
from django.core.files.base import ContentFile
from tests.people import NOW, make_cast, make_sale
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref
cast = make_cast(); sale = make_sale(cast)
add_document(actor=cast.seller, name="a.txt", stored=put_stream(ContentFile(b"hello")), refs=[Ref("sales.deal", sale.deal_id)], now=NOW)
close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
"""


def _run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WONWARD_DATA_DIR": str(folder), "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}",
                   "DJANGO_SETTINGS_MODULE": "wonward.config.settings"}
    environment.pop("WONWARD_DATABASE_URL", None)
    return subprocess.run([sys.executable, *argv], env=environment, capture_output=True, text=True, check=False)


def _wonward(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return _run(folder, "-m", "wonward", *argv)


def _export(folder: Path, into: Path) -> dict[str, bytes]:
    assert _wonward(folder, "export", str(into)).returncode == 0
    return {str(file.relative_to(into)): file.read_bytes() for file in sorted(into.rglob("*")) if file.is_file()}


@pytest.mark.long
def test_a_restored_installation_holds_what_was_backed_up(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup.tar"
    assert _wonward(old, "migrate").returncode == 0
    filled = _run(old, "-c", FILL)
    assert filled.returncode == 0, filled.stderr
    made = _wonward(old, "backup", str(file), "--json")
    assert (made.returncode, json.loads(made.stdout)["files"]) == (0, 2), made.stderr
    assert file.stat().st_mode & 0o077 == 0
    back = _wonward(new, "restore", str(file), "--json")
    told = json.loads(back.stdout)
    assert [sentence for sentence in told["violations"] if "outbox" not in sentence] == []
    exported = _export(new, tmp_path / "new-export")
    assert exported == _export(old, tmp_path / "old-export")
    assert len(exported) > 20
    again = _wonward(new, "restore", str(file))
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
