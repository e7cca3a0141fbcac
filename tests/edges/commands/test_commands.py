"""The command line as its callers use it: exit codes, one-line errors, nothing but the token on stdout."""

from __future__ import annotations

import io
import json
import sys
import tarfile

import pytest
from django.core.files.base import ContentFile

from tests.edges.api.client import Api
from tests.people import NOW, make_cast, make_sale
from wonward.edges.commands.main import main
from wonward.foundation.access.operations import check_sign_in
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref


def _call(capsys, *argv: str) -> tuple[int, str, str]:
    try:
        code = main(argv)
    except SystemExit as leaving:
        code = leaving.code
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.django_db
def test_a_user_and_a_token_are_enough_to_use_the_api(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    code, out, err = _call(
        capsys, "user", "create", "--email", "Olga@Studio.test", "--name", "Olga", "--role", "owner", "--password-stdin", "--json"
    )
    assert (code, err, json.loads(out)["role"]) == (0, "", "owner")
    assert check_sign_in(email="olga@studio.test", password="correct horse", address="x", now=NOW)
    code, token, err = _call(capsys, "token", "create", "--user", "olga@studio.test")
    assert (code, err, token.count("\n")) == (0, "", 1)
    status, me = Api(None, token=token.strip()).get("/me")
    assert (status, me["person"]["name"], me["access_role"]) == (200, "Olga", "owner")


@pytest.mark.django_db
def test_a_scoped_token_reaches_no_further(capsys):
    cast = make_cast()
    code, token, _ = _call(
        capsys, "token", "create", "--user", "seller@studio.test", "--scope", "sales.deal.view", "clients.company.view"
    )
    assert code == 0
    assert cast.seller.may("sales.deal.win")
    assert sorted(Api(None, token=token.strip()).get("/me")[1]["permissions"]) == ["clients.company.view", "sales.deal.view"]
    code, out, err = _call(capsys, "token", "create", "--user", "seller@studio.test", "--scope", "sales.nonsense")
    assert (code, out) == (1, "")
    assert err == "wonward: There is no permission sales.nonsense.\n"


@pytest.mark.django_db
def test_what_cannot_be_done_is_one_line_on_stderr_and_exit_code_1(capsys, monkeypatch, tmp_path):
    make_cast()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    create = ["user", "create", "--name", "X", "--role", "sales", "--email"]
    for argv in (
        [*create, "seller@studio.test"], [*create, "nonsense"], [*create, "x@studio.test", "--password-stdin"],
        ["token", "create", "--user", "nobody@studio.test"], ["backup", str(tmp_path / "nowhere" / "b.tar")],
        ["restore", str(tmp_path / "none.tar")], ["export", __file__], ["engine", "cpm", str(tmp_path / "none.json")],
        ["engine", "forecast", str(tmp_path / "none.json")],
    ):
        code, out, err = _call(capsys, *argv)
        assert (code, out, err.count("\n")) == (1, "", 1), argv
        assert err.startswith("wonward: ")


def test_wrong_calls_are_exit_code_2_and_help_is_0(capsys):
    for argv in (["nonsense"], ["user"], ["user", "create"], ["serve", "--port", "x"], ["engine"]):
        assert _call(capsys, *argv)[0] == 2, argv
    for argv in (["--help"], ["serve", "--help"], ["user", "create", "--help"], ["engine", "cpm", "--help"]):
        code, out, _ = _call(capsys, *argv)
        assert (code, "usage: wonward" in out) == (0, True), argv


def test_the_scheduling_engine_reads_a_problem_or_a_list_and_names_a_cycle(capsys, tmp_path):
    problem = {"start": "2026-03-02", "tasks": [{"key": "a", "duration_days": 2}, {"key": "b", "duration_days": 1}],
               "links": [{"from": "a", "to": "b", "type": "FS"}]}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps([problem, problem]))
    code, out, _ = _call(capsys, "engine", "cpm", str(file))
    assert (code, [one["tasks"]["b"]["finish"] for one in json.loads(out)]) == (0, ["2026-03-04T17:00"] * 2)
    file.write_text(json.dumps({**problem, "links": [*problem["links"], {"from": "b", "to": "a", "type": "FS"}]}))
    code, out, err = _call(capsys, "engine", "cpm", str(file))
    assert (code, json.loads(out)["path"]) == (1, ["a", "b", "a"])
    assert "a → b → a" in err
    for text in ("{", '{"start": "soon"}', "[1]"):
        file.write_text(text)
        assert _call(capsys, "engine", "cpm", str(file))[0] == 1


def test_the_forecasting_engine_reads_a_pipeline_and_names_what_it_cannot_read(capsys, monkeypatch, tmp_path):
    deal = {"key": "D-1", "probability": 0.6, "start": 0, "demand": {"Designer": [100]}}
    file = tmp_path / "pipeline.json"
    file.write_text(json.dumps({"weeks": 1, "deals": [deal], "capacity": {"Designer": 80}}))
    code, out, _ = _call(capsys, "engine", "forecast", str(file), "--draws", "1000", "--seed", "4")
    (week,) = json.loads(out)["roles"]["Designer"]
    assert (code, week["p10"], week["p50"], week["mean"], week["p_overload"]) == (0, 0, 100, 60, 0.6)
    assert week["drivers"][0]["deal"] == "D-1"
    monkeypatch.setitem(sys.modules, "numpy", None)
    code, out, err = _call(capsys, "engine", "forecast", str(file))
    assert (code, json.loads(out)["roles"]["Designer"][0]) == (0, {"week": 0, "mean": 60, "variance": 2400})
    assert "needs numpy" in err
    file.write_text(json.dumps({"deals": [{**deal, "probability": 60}]}))
    code, out, err = _call(capsys, "engine", "forecast", str(file))
    assert (code, out, err) == (1, "", "wonward: deal D-1: the probability 60.0 is not between 0 and 1\n")


@pytest.mark.django_db
def test_check_names_what_does_not_hold(capsys):
    from django.db import connection

    cast = make_cast()
    sale = make_sale(cast)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    code, out, _ = _call(capsys, "check", "--json")
    told = json.loads(out)
    assert [sentence for sentence in told["violations"] if "outbox" not in sentence] == []
    assert len(told["checks"]) >= 15
    with connection.cursor() as cursor:
        for planted, sentence in (
            ("UPDATE sales_deal SET is_history = TRUE", "has 1 handoffs"),
            ("UPDATE delivery_project SET forecast_finish_date = '2030-01-01'", "forecasts 2030-01-01"),
            ("DELETE FROM finance_budget", "lacks a budget"),
            ("UPDATE delivery_task SET start_date = '2031-01-01'", "runs from 2031-01-01"),
            ("UPDATE sales_stagevisit SET left_at = entered_at", "has 0 current stages"),
            ("UPDATE handoff_handoff SET status = 'accepted'", "has not started"),
        ):
            cursor.execute(planted)
            code, out, _ = _call(capsys, "check")
            assert (code, sentence in out) == (1, True), planted


@pytest.mark.django_db
def test_export_writes_every_record_with_its_id_and_the_files(capsys, tmp_path):
    cast = make_cast()
    sale = make_sale(cast, name="=HYPERLINK(1)")
    stored = put_stream(ContentFile(b"%PDF-1.7 offer"))
    add_document(actor=cast.seller, name="offer.pdf", stored=stored, refs=[Ref("sales.deal", sale.deal_id)], now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    folder = tmp_path / "out"
    code, out, _ = _call(capsys, "export", str(folder), "--json")
    counts = json.loads(out)["counts"]
    assert (code, counts["deals"], counts["tasks"], counts["people"], counts["documents"]) == (0, 1, 6, 8, 1)
    (deal,) = json.loads((folder / "deals.json").read_text())
    assert (deal["id"], deal["name"], deal["value"]["amount"]) == (sale.deal_id, "=HYPERLINK(1)", "84000.00")
    assert "'=HYPERLINK(1)" in (folder / "deals.csv").read_text()
    (line,) = json.loads((folder / "deal_lines.json").read_text())
    assert (line["deal_id"], line["service_id"], line["unit_price"]["amount"], line["options"]) == (sale.deal_id, sale.service_id, "84000.00", None)
    assert {task["project_id"] for task in json.loads((folder / "tasks.json").read_text())} == set(closed.project_ids)
    (document,) = json.loads((folder / "documents.json").read_text())
    assert (folder / document["file"]).read_bytes() == b"%PDF-1.7 offer"
    assert _call(capsys, "export", str(folder))[0] == 1


def test_a_restore_refuses_a_tar_that_is_no_backup_or_was_changed(tmp_path, settings):
    from wonward.edges.commands.archive import ArchiveWriter, unpack
    from wonward.kernel.errors import Refused

    content = tmp_path / "database.sqlite3"
    content.write_bytes(b"rows")
    target = tmp_path / "b.tar"
    writer = ArchiveWriter(target)
    writer.add(content.name, content)
    assert writer.finish({"database": "sqlite"}) == 1
    (tmp_path / "good").mkdir()
    assert unpack(target, tmp_path / "good")["database"] == "sqlite"
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(target.read_bytes().replace(b"rows", b"rews"))
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        tar.add(content, arcname="../../evil")
    for name, file in (("damaged", damaged), ("evil", evil), ("text", content)):
        (tmp_path / f"to-{name}").mkdir()
        with pytest.raises(Refused):
            unpack(file, tmp_path / f"to-{name}")
    assert not (tmp_path.parent / "evil").exists()
