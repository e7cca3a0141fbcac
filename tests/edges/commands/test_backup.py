"""A backup of a living installation, brought back elsewhere, is the same installation."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laid_out import copy_installation
from wonward.edges.commands import backup
from wonward.edges.commands.main import main
from wonward.kernel.errors import Refused

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
    files = {str(file.relative_to(into)): file.read_bytes() for file in sorted(into.rglob("*")) if file.is_file()}
    manifest = json.loads(files["manifest.json"])
    assert manifest.pop("made_at")
    return {**files, "manifest.json": json.dumps(manifest).encode()}


@pytest.mark.long
def test_a_restored_installation_holds_what_was_backed_up(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup.tar"
    old.mkdir()
    copy_installation(old)
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


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    copy_installation(folder)
    return folder


def test_of_many_backups_the_newest_stay_and_foreign_files_are_left_alone(installation, tmp_path):
    for name in ("wonward-2030-01-06T021500Z.tar", "wonward-2020-01-07T021500Z.tar", "wonward-before-the-move.tar", "notes.txt"):
        (tmp_path / name).write_text("old")
    made = _wonward(installation, "backup", str(tmp_path), "--verify", "--keep", "2", "--json")
    told = json.loads(made.stdout)
    assert (made.returncode, told["is_verified"], told["removed"]) == (0, True, ["wonward-2020-01-07T021500Z.tar"])
    assert Path(told["file"]).parent == tmp_path
    assert {path.name for path in tmp_path.iterdir()} == {
        "wonward-2030-01-06T021500Z.tar", "wonward-before-the-move.tar", "notes.txt", Path(told["file"]).name,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("{folder}",), ("{folder}/a.tar", "--keep", "2"), ("{folder}", "--keep", "0"), ("{folder}", "--keep", "two")])
def test_a_folder_goes_with_a_number_to_keep_and_a_file_without(tmp_path, arguments):
    try:
        code = main(["backup", *(word.format(folder=tmp_path) for word in arguments)])
    except SystemExit as leaving:
        code = leaving.code
    assert code in (1, 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_file_that_does_not_hold_what_it_should_is_not_called_verified(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_copy_database", lambda copy: copy.write_bytes(b"no database at all" * 500))
    with pytest.raises(Refused, match="is damaged|failed"):
        backup.run(argparse.Namespace(file=str(tmp_path / "a.tar"), json=True, verify=True, keep=0))
