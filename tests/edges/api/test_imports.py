"""Imports through HTTP and the command line: staged, committed, repeated, undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.edges.api.client import Api, fields_of
from tests.people import make_cast
from wonward.edges.commands.main import main
from wonward.foundation.jobs.runner import run_due_jobs

pytestmark = pytest.mark.django_db
FILE = b"Company name,Website,Country\nNorthwind,northwind.test,Norway\nContoso,contoso.test,Spain\n"


def _stage(api: Api, **fields: str) -> tuple[int, dict]:
    file = SimpleUploadedFile("companies.csv", FILE)
    return api.upload("/imports", {"file": file, "kind": "companies", **fields})


def test_a_file_is_staged_committed_and_taken_back():
    cast = make_cast()
    api = Api(cast.seller)
    status, staged = _stage(api)
    assert (status, staged["status"], staged["rows"], staged["mapping"]["Company name"]) == (201, "staged", 2, "name")
    assert [column["header"] for column in staged["columns"]] == ["Company name", "Website", "Country"]
    assert api.get("/companies")[1]["items"] == []
    path = f"/imports/{staged['id']}"
    status, running = api.post(f"{path}/commit", {})
    assert (status, running["status"]) == (200, "running")
    run_due_jobs(now=datetime.now(UTC))
    status, done = api.get(path)
    assert (status, done["status"], done["counts"]["created"]) == (200, "done", 2)
    assert [row["name"] for row in api.get("/companies")[1]["items"]] == ["Contoso", "Northwind"]
    assert [row["status"] for row in api.get(f"{path}/rows")[1]["items"]] == ["created", "created"]
    assert [row["id"] for row in api.get("/imports?kind=companies")[1]["items"]] == [staged["id"]]
    assert Api(cast.teammate).get(path)[0] == 404
    status, undone = api.post(f"{path}/undo")
    assert (status, undone["status"]) == (200, "undone")
    assert api.get("/companies")[1]["items"] == []


def test_what_an_import_cannot_read_is_named():
    api = Api(make_cast().seller)
    assert fields_of(_stage(api, kind="dreams")[1]) == ["kind"]
    assert fields_of(_stage(api, mapping="nonsense")[1]) == ["mapping"]
    assert _stage(api, nonsense="1")[0] == 400
    staged = _stage(api)[1]
    assert api.post(f"/imports/{staged['id']}/commit", {"nonsense": 1})[0] == 400
    assert api.post(f"/imports/{staged['id']}/undo")[0] == 409
    assert api.post("/imports/424242/commit", {})[0] == 404


def test_the_command_stages_and_with_commit_writes(capsys, tmp_path):
    cast = make_cast()
    file = tmp_path / "companies.csv"
    file.write_bytes(FILE)
    assert main(["import", str(file), "--kind", "companies", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "staged"
    assert Api(cast.owner).get("/companies")[1]["items"] == []
    for created in (2, 0):
        assert main(["import", str(file), "--kind", "companies", "--commit", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["status"], told["counts"].get("created", 0)) == ("done", created)
    assert main(["import", str(file), "--kind", "dreams"]) == 1
