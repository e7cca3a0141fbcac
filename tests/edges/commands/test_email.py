"""`wonward email`: files or a mail server's pipe, with the rights of the system or of a colleague."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

from tests.emails import email_bytes
from tests.people import NOW, make_cast, make_sale
from wonward.domains.comms.models import Communication
from wonward.domains.sales.operations.stakeholders import name_deal_contacts
from wonward.edges.commands.main import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale():
    cast = make_cast()
    made = make_sale(cast)
    name_deal_contacts(actor=cast.seller, deal_id=made.deal_id, contact_ids=[made.contact_id], now=NOW)
    return made


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_mail_server_pipes_an_e_mail(sale, monkeypatch, capsys):
    pipe(monkeypatch, email_bytes())
    assert main(["email"]) == 0
    entry = Communication.objects.get(external_source="email")
    assert capsys.readouterr().out == f"-: taken in as entry {entry.pk}.\n"
    assert (entry.author_label, entry.direction) == ("Command line", "in")
    pipe(monkeypatch, email_bytes())
    assert main(["email", "-"]) == 0
    assert capsys.readouterr().out == f"-: already in the log, as entry {entry.pk}.\n"


def test_files_are_taken_in_one_by_one_and_a_refused_one_is_exit_1(sale, tmp_path, capsys):
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    good.write_bytes(email_bytes(at=None))
    bad.write_bytes(b"no e-mail")
    assert main(["email", str(bad), str(tmp_path / "missing.eml"), str(good), "--ref", f"sales.deal:{sale.deal_id}", "--json"]) == 1
    told = capsys.readouterr()
    first, second, third = json.loads(told.out)
    assert "not an e-mail" in first["problem"]
    assert second["problem"] == "No such file or directory"
    assert third["is_new"]
    assert "no date" in third["remarks"][0]
    assert "wonward: " in told.err


def test_with_the_rights_of_a_colleague_only_what_they_see_is_found(sale, monkeypatch, capsys):
    pipe(monkeypatch, email_bytes())
    assert main(["email", "--as", "member@studio.test"]) == 1
    assert "is a contact that you see" in capsys.readouterr().err
    pipe(monkeypatch, email_bytes())
    assert main(["email", "--as", "seller@studio.test"]) == 0
    assert Communication.objects.get(external_source="email").author_label == "Mara Klein"


def test_nobody_and_nonsense_are_named(sale, monkeypatch, capsys):
    assert main(["email", "--as", "nobody@studio.test"]) == 1
    assert "nobody@studio.test" in capsys.readouterr().err
    assert main(["email", "--ref", "nonsense"]) == 1
    assert "nonsense" in capsys.readouterr().err
    assert Communication.objects.count() == 0
