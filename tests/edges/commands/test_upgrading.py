"""Upgrades: the former code works on the new tables, a broken-off migration goes on, and an older version refuses a newer backup."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import NOT_PROVIDED

from tests.laid_out import copy_installation
from wonward.edges.commands.doctor import find_unsafe
from wonward.foundation.database.queries import list_unknown_migrations

ROOT = Path(__file__).resolve().parents[3]
OURS = "src/wonward/**/migrations/0*.py"
# Columns from before the rule, when nothing had been released that could meet them.
FIRST_STEPS = frozenset({
    "access.0002_checklist", "clients.0002_sameness_merges_and_consent", "delivery.0002_work_in_depth", "delivery.0003_standing",
    "handoff.0004_undone_wins", "sales.0006_parts_of_members", "staff.0003_reserved_from_templates",
})
WIN = """
import django; django.setup()
from tests.people import NOW, make_cast, make_sale
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.edges.commands.check import find_checks, find_violations
cast = make_cast(); sale = make_sale(cast)
won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
deliver_pending(now=NOW, limit=5000)
print(len(won.project_ids), len(list(find_violations(dict(find_checks())))))
"""


def _columns_without_default() -> list[str]:
    found = []
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        made = {step.name_lower for step in migration.operations if isinstance(step, migrations.CreateModel)}
        for step in migration.operations:
            if migration.__module__.startswith("wonward.") and isinstance(step, migrations.AddField) and step.model_name_lower not in made:
                is_kind = step.field.null or step.field.many_to_many or step.field.db_default is not NOT_PROVIDED
                found += [] if is_kind else [f"{app}.{name}: {step.model_name}.{step.name}"]
    return found


def test_a_column_added_to_a_table_lets_the_former_code_insert():
    """It is empty or has a default of the database (`db_default`), for hosts that still run the version before."""
    assert [column for column in _columns_without_default() if column.split(":")[0] not in FIRST_STEPS] == []


@pytest.mark.long
def test_the_code_before_the_last_migration_wins_a_deal_on_the_new_tables(tmp_path):
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("This is no copy with a history.")
    last = git("log", "-1", "--format=%H", "--diff-filter=A", "--", OURS)
    if not last or subprocess.run(["git", "rev-parse", "--verify", "-q", f"{last}~1"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("The history of this copy does not reach back to the former state of the tables.")
    packed = subprocess.run(["git", "archive", f"{last}~1", "src", "tests"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(tmp_path / "former", filter="data")
    (tmp_path / "data").mkdir()
    copy_installation(tmp_path / "data")
    environment = {
        **os.environ, "WONWARD_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
        "PYTHONPATH": f"{tmp_path / 'former' / 'src'}{os.pathsep}{tmp_path / 'former'}",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", WIN], env=environment, cwd=tmp_path / "former", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["1", "0"]


@pytest.mark.long
def test_a_migration_that_broke_off_goes_on_and_ends_with_the_same_tables(tmp_path):
    file = tmp_path / "results.json"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.harness", "sweep", "--journey", "migrate", "--points", "3", "--json", str(file)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = json.loads(file.read_text())
    assert (told["points"], sum(told["faults"].values())) == (3, 0)


@pytest.mark.django_db
def test_an_older_version_names_the_step_it_does_not_know():
    known = [f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()]
    assert list_unknown_migrations(known) == []
    MigrationRecorder(connection).record_applied("sales", "9999_from_the_future")
    assert any("sales.9999_from_the_future" in sentence for sentence in find_unsafe())


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup.tar"
    for folder in (old, new):
        folder.mkdir()
    copy_installation(old)
    assert _wonward(old, "backup", str(file)).returncode == 0
    newer = tmp_path / "newer.tar"
    with tarfile.open(file) as source, tarfile.open(newer, "w") as target:
        for entry in source:
            content = source.extractfile(entry)
            assert content is not None
            data = content.read()
            if entry.name == "manifest.json":
                manifest = json.loads(data)
                manifest["migrations"].append("sales.9999_from_the_future")
                data = json.dumps(manifest).encode()
                entry.size = len(data)
            target.addfile(entry, io.BytesIO(data))
    refused = _wonward(new, "restore", str(newer))
    assert refused.returncode == 1
    assert "sales.9999_from_the_future" in refused.stderr
    assert not (new / "wonward.sqlite3").exists()
    assert _wonward(new, "restore", str(file)).returncode == 0


def _wonward(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WONWARD_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("WONWARD_DATABASE_URL", None)
    return subprocess.run([sys.executable, "-m", "wonward", *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
