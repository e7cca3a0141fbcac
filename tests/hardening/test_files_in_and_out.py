"""Files from outside cannot blow up or lead anywhere; files to outside carry no formula; the repository carries no secret."""

from __future__ import annotations

import csv
import io
import os
import random
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.figures import tell
from tests.people import NOW, make_cast, make_sale
from wonward.domains.catalog.rules.files import read_file
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.delivery.rules.project_reading import read_project_file
from wonward.domains.staff.rules.calendar_files import read_days
from wonward.edges.commands.archive import unpack
from wonward.edges.commands.main import main
from wonward.foundation.mail.reading import read_email
from wonward.foundation.mail.reading.markup import read_markup
from wonward.foundation.mail.reading.replies import new_words
from wonward.journeys.imports.rules.mapping import knows_header
from wonward.journeys.imports.rules.reading import read_table
from wonward.kernel.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
LARGEST_EMAIL = 64 * 1024 * 1024
FORMULAS = ("=HYPERLINK(\"http://evil.test\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1")


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_kept_bad_file_is_read_or_refused_with_a_sentence(path: Path):
    problem = _problem_of(path.read_bytes(), path.suffix)
    assert problem == "" or problem.endswith(".")


def _problem_of(data: bytes, suffix: str) -> str:
    """What the reader says against a file; anything but a refusal is a fault of ours and passes through."""
    try:
        if suffix == ".xml":
            read_project_file(data)
        elif suffix == ".ics":
            read_days(data, today=NOW.date())
        elif suffix == ".eml":
            read_email(data, limit_bytes=LARGEST_EMAIL)
        elif suffix == ".html":
            new_words(read_markup(data.decode("utf-8", "replace"))[0])
        else:
            read_table(data, lambda header: knows_header("contacts" if suffix == ".vcf" else "deals", header))
    except Refused as refusal:
        return refusal.message
    return ""


# What readers stumble over: ends of ranges, broken encodings, and the marks of their formats in the wrong place.
_STUMBLING = (
    b"", b"0", b"-1", b"9" * 20, b"1e999", b"NaN", b"\xff", b"\x00", b"PT99999999999H0M0S", b"PT", b"9999-12-31T23:59:00", b"0001-01-01T00:00:00",
    b"2026-02-30T08:00:00", b"25:00:00", b"=", b"=XX", b"=C3", b";", b":", b"\n", b"BEGIN:VCARD", b"END:VCARD", b"CHARSET=nope", b"CHARSET=utf-16",
    b"ENCODING=BASE64", b"&#0;", b"&lt;", b"]]>", b'encoding="utf-7"', b"<Task/>", "\u2028".encode(), b"\\", b"\xed\xa0\x80", b"PK\x03\x04", b'"', b"[{",
    b"multipart/mixed; boundary=b", b"\n\n--b\n", b"--b--", b"message/rfc822", b"base64", b"=?utf-8?q?", b"?=", b"<!--", b"<div hidden>", b"</", b"> ", b"(", b"<", b",",
)
_VALUE = re.compile(rb">([^<]+)<|(?<=[:;=,])[^\r\n:;=,]+")


def _mutated(chance: random.Random, data: bytes) -> bytes:
    """A few values replaced, pieces put in, taken out, doubled or flipped, or the end cut off."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        place, length = chance.randrange(len(found) + 1), chance.randint(1, 120)
        values = list(_VALUE.finditer(bytes(found))) if chance.random() < 0.3 else []
        if values:
            value = chance.choice(values)
            found[value.start(1) if value[1] else value.start() : value.end(1) if value[1] else value.end()] = chance.choice(_STUMBLING)
            continue
        way = chance.randrange(5)
        if way == 0:
            found[place:place] = chance.choice(_STUMBLING)
        elif way == 1:
            del found[place : place + length]
        elif way == 2:
            found[place:place] = found[place : place + length]
        elif way == 3 and place < len(found):
            found[place] = chance.randrange(256)
        elif way == 4:
            del found[place:]
    return bytes(found)


def _mutate_all(each: int) -> None:
    chance, refused, files = random.Random(1), 0, [path for path in CORPUS if path.stat().st_size < 100_000]
    for path in files:
        data = path.read_bytes()
        for _ in range(each):
            candidate = _mutated(chance, data)
            try:
                refused += bool(_problem_of(candidate, path.suffix))
            except Exception as error:
                raise AssertionError(f"{path.name}, changed to {candidate!r:.2000}, ended the reader") from error
    tell("kept files, mutated, through the readers of CSV, XLSX, JSON, vCard, iCalendar, project XML, e-mail and HTML", files=len(files), read=each * len(files),
         refused_with_a_sentence=refused)


def test_no_mutation_of_a_kept_file_ends_a_reader():
    _mutate_all(20)


@pytest.mark.long
def test_no_one_of_many_mutations_of_a_kept_file_ends_a_reader():
    _mutate_all(300)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
                        ["format", "schema", "name", "number", "items", "key", "kind", "after", "duration_days"]) | st.text(), inner, max_size=5)))
@example({"format": "wonward.template", "schema": 10**40, "items": [None]})
@example({"format": "wonward.template", "schema": 1, "name": [], "items": {"a": 1}})
def test_whatever_calls_itself_a_template_file_is_read_or_its_faults_are_named(document):
    for candidate in (document, {"format": "wonward.template", "schema": 1, "name": "A", "number": 1, "items": document}):
        name, items, errors = read_file(candidate)
        assert errors or (isinstance(name, str) and isinstance(items, list))


def _workbook(sheet: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_does():
    bomb = _workbook(b"<row>" + b"0" * 300_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(Refused):
        read_table(bomb, lambda header: True)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "blobs/../../x", "blobs/aa/bb/" + "c" * 64, "manifest.json/x"])
def test_a_backup_cannot_write_outside_its_folder(name, tmp_path):
    source, folder = tmp_path / "b.tar", tmp_path / "into"
    folder.mkdir()
    with tarfile.open(source, "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(Refused):
        unpack(source, folder)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and folder not in path.parents] == [source]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_backup_holds_no_links_and_no_devices(kind, tmp_path):
    source = tmp_path / "b.tar"
    with tarfile.open(source, "w") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(Refused):
        unpack(source, tmp_path)


@pytest.mark.django_db
def test_no_cell_of_an_export_is_a_formula(tmp_path, capsys):
    cast = make_cast()
    sale = make_sale(cast)
    create_companies(actor=cast.seller, companies=[NewCompany(name=f"{start} {place}") for place, start in enumerate(FORMULAS)], now=NOW)
    create_contacts(actor=cast.seller, now=NOW, contacts=[NewContact(name=start.strip(), company_id=sale.company_id, title=start) for start in FORMULAS])
    assert main(["export", str(tmp_path / "out")]) == 0
    files = sorted((tmp_path / "out").glob("*.csv"))
    assert len(files) > 5
    told = []
    for path in files:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.reader(file):
                told += [f"{path.name}: {cell}" for cell in row if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
    assert told == []


_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bxox[abpr]-[A-Za-z0-9-]{20,}|\bsk_live_[A-Za-z0-9]{16,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}|(?i:secret_key\s*=\s*[\"'][A-Za-z0-9_\-+/=]{32,}[\"'])"
)


def test_the_repository_holds_no_secret():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    found = []
    for name in filter(None, names):
        path = ROOT / os.fsdecode(name)
        if path.is_file() and path.suffix not in (".png", ".woff2", ".gz"):
            found += [f"{path.name}: {match[0][:20]}…" for match in _SECRETS.finditer(path.read_text(errors="replace"))]
    assert found == []
    assert len(names) > 300


@pytest.mark.parametrize("planted", ["AKIA" + "ABCDEFGHIJKLMNOP", "-----BEGIN RSA " + "PRIVATE KEY-----", "SECRET_KEY = '" + "a" * 40 + "'"])
def test_the_scan_finds_a_planted_secret(planted):
    assert _SECRETS.search(f"x = 1\n{planted}\n")
