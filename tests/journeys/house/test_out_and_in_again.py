"""Everything out, and in again: the same rows, the same links, the same files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.house.full_world import make_full_world
from tests.people import NOW, PASSWORD
from tests.tables import read_tables
from wonward.domains.staff.queries import find_actor
from wonward.foundation.access.operations import check_sign_in
from wonward.foundation.database.operations import check_links, clear_tables
from wonward.foundation.database.queries import list_tables, read_rows
from wonward.foundation.files.storage import current_storage
from wonward.journeys.house.operations import export_house, import_house
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def _rows(*, without_secrets: bool) -> dict[str, list[dict[str, Any]]]:
    hidden = {table.name: dict.fromkeys(table.secrets) if without_secrets else {} for table in list_tables()}
    return {name: [{**row, **hidden[name]} for row in rows] for name, rows in read_tables(hidden).items()}


def _out(folder: Path, **asked: Any) -> dict[str, Any]:
    return export_house(actor=system_actor(), folder=folder, now=NOW, **asked)


def _in(folder: Path) -> dict[str, int]:
    return import_house(actor=system_actor(), folder=folder, now=NOW)


@pytest.mark.parametrize("with_secrets", [False, True])
def test_what_went_out_comes_in_again_row_by_row_in_every_table(tmp_path: Path, with_secrets: bool) -> None:
    make_full_world()
    before = _rows(without_secrets=not with_secrets)
    assert [name for name, rows in before.items() if not rows] == []
    manifest = _out(tmp_path / "out", with_secrets=with_secrets)
    for sha256 in manifest["contents"]:
        current_storage().remove(sha256)
    clear_tables()
    counts = _in(tmp_path / "out")
    after = _rows(without_secrets=not with_secrets)
    assert counts == {name: len(rows) for name, rows in before.items()}
    for name, rows in before.items():
        assert after[name] == rows, name
    check_links()
    assert manifest["contents"]
    assert all(current_storage().find_size(sha256) for sha256 in manifest["contents"])


def test_an_export_opens_no_door_and_no_cell_of_it_is_a_formula(tmp_path: Path) -> None:
    cast = make_full_world()
    manifest = _out(tmp_path / "out")
    for name, told in manifest["tables"].items():
        rows = json.loads((tmp_path / "out" / "tables" / f"{name}.json").read_text())
        assert len(rows) == told["rows"], name
        assert [row for row in rows if any(row[column] is not None for column in told["left_out"])] == [], name
    assert manifest["tables"]["access.user"]["left_out"] == ["password", "factor_secret"]
    cells = [
        cell for path in (tmp_path / "out").rglob("*.csv") for row in csv.reader(path.open(newline="")) for cell in row
    ]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []
    clear_tables()
    _in(tmp_path / "out")
    assert check_sign_in(email="owner@studio.test", password=PASSWORD, address="x", now=NOW) is None
    assert find_actor(user_id=cast.owner.user_id or 0) is not None


def test_columns_that_look_like_secrets_are_said_to_be_or_not_to_be() -> None:
    """Digests of contents and of senders open nothing; a new column of such a name must be judged."""
    harmless = {
        ("audit.auditentry", "digest"), ("catalog.templateversion", "digest"), ("sales.formsubmission", "sender_digest"),
        ("sales.formsubmission", "said_digest"),
        ("handoff.scopebaseline", "digest"), ("handoff.briefacknowledgement", "digest"),
        ("imports.importoutcome", "digest"), ("notifications.inbox", "digest_hour"), ("notifications.inbox", "digest_sent_at"),
        ("notifications.notification", "wants_digest"),
    }
    looks_secret = {
        (table.name, column) for table in list_tables() for column in table.columns
        if any(word in column for word in ("password", "secret", "token", "digest")) and not column.endswith("_scopes")
    }
    secret = {(table.name, column) for table in list_tables() for column in table.secrets}
    assert looks_secret - secret == harmless


def test_an_export_goes_only_into_an_empty_installation_and_only_whole(tmp_path: Path) -> None:
    make_full_world()
    folder = tmp_path / "out"
    _out(folder)
    with pytest.raises(Refused, match="not empty"):
        _in(folder)
    with pytest.raises(Refused, match="not an empty folder"):
        _out(folder)
    clear_tables()
    deals = folder / "tables" / "sales.deal.json"
    words = deals.read_text()
    deals.write_text(words.replace("HYPERLINK(1)", "HYPERLINK(2)"))
    with pytest.raises(Refused, match="sales.deal.json was changed"):
        _in(folder)
    deals.write_text(words)
    manifest = json.loads((folder / "manifest.json").read_text())
    for spoilt, sentence in (
        ({"migrations": [*manifest["migrations"], "sales.0999_later"]}, "newer version"),
        ({"migrations": manifest["migrations"][1:]}, "older version"),
        ({"contents": {next(iter(manifest["contents"])): "../../etc/passwd"}}, "does not vouch"),
        ({"files": {**manifest["files"], "../secret": {"size": 1, "sha256": ""}}}, "is not in the export"),
        ({"format": 1}, "not an export"),
    ):
        (folder / "manifest.json").write_text(json.dumps({**manifest, **spoilt}))
        with pytest.raises(Refused, match=sentence):
            _in(folder)
    assert [name for name in _rows(without_secrets=True).values() if name] == []
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert sum(_in(folder).values()) > 100


def test_an_export_is_audited_and_needs_the_right(tmp_path: Path) -> None:
    cast = make_full_world()
    with pytest.raises(NotAllowed):
        export_house(actor=cast.leader, folder=tmp_path / "none", now=NOW)
    assert not (tmp_path / "none").exists()
    export_house(actor=cast.owner, folder=tmp_path / "out", now=NOW)
    latest = list(read_rows("audit.auditentry"))[-1]
    assert (latest["operation"], latest["actor_label"]) == ("house.export", "Olga Owner")
    assert latest["changes"]["with_secrets"] == [None, False]
