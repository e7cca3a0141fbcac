"""Files as they really are: every encoding and separator, and nothing broken that ends in an error of ours."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wonward.journeys.imports.rules.mapping import knows_header
from wonward.journeys.imports.rules.reading import read_table
from wonward.kernel.errors import Refused

PEOPLE = "Name,E-mail,Firma\nJörg Müller,joerg@example.com,Größe GmbH\nAnaïs Œuvre,anais@example.com,Café\n"


def table(data: bytes | str, kind: str = "contacts"):
    return read_table(data.encode() if isinstance(data, str) else data, lambda header: knows_header(kind, header))


def rows(data: bytes | str, kind: str = "contacts") -> list[list[str]]:
    return [cells for _, cells in table(data, kind).rows]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_gives_the_same_rows(codec):
    assert rows(PEOPLE.encode(codec)) == [["Jörg Müller", "joerg@example.com", "Größe GmbH"], ["Anaïs Œuvre", "anais@example.com", "Café"]]


def test_the_assumed_encoding_is_told():
    assert any("Windows-1252" in note for note in table(PEOPLE.encode("cp1252")).notes)
    assert any("UTF-16" in note for note in table(PEOPLE.encode("utf-16")).notes)
    assert table(PEOPLE).notes == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found(separator):
    text = f"Name{separator}Email{separator}Company\nA{separator}a@x.io{separator}B, Inc; Co\n".replace("B, Inc; Co", '"B, Inc; Co"')
    assert rows(text) == [["A", "a@x.io", "B, Inc; Co"]]


def test_quotes_line_breaks_and_old_line_ends():
    assert rows('Name,Email,Company\r"A ""B""",a@x.io,"one\rtwo"\r') == [['A "B"', "a@x.io", "one\ntwo"]]
    assert rows("sep=;\nName;Email\nA;a@x.io\n") == [["A", "a@x.io"]]
    assert rows('Name,Email,Company\n5" pipe,a@x.io,B\n') == [['5" pipe', "a@x.io", "B"]]


def test_a_quotation_mark_that_is_never_closed_costs_its_row_alone():
    found = table('Name,Email,Company\nA,a@x.io,B\nC,"c@x.io,D\nE,e@x.io,F\nG,g@x.io,H\n')
    assert [cells[0] for _, cells in found.rows] == ["A", "E", "G"]
    (problem,) = found.problems
    assert (problem.row, problem.stops_row) == (3, True)
    assert "quotation mark" in problem.message


def test_two_stray_quotation_marks_far_apart_cost_their_rows_alone():
    lines = ["Name,Email,Company", *(f"P{number},p{number}@x.io,Co" for number in range(100))]
    lines[10] = 'P9,"p9@x.io,Co'
    lines[60] = 'P59,p59@x.io,"Co'
    found = table("\n".join(lines))
    assert len(found.rows) == 98
    assert {problem.row for problem in found.problems} == {11, 61}


def test_ragged_rows_are_named():
    found = table("Name,Email,Company,Phone\nA,a@x.io,B\nC,c@x.io,D,1,surplus\nE\nF,f@x.io,G,2\n")
    assert [cells[0] for _, cells in found.rows] == ["A", "F"]
    assert [(problem.row, problem.code, problem.stops_row) for problem in found.problems] == [
        (2, "too_few_cells", False), (3, "too_many_cells", True), (4, "too_few_cells", True)
    ]


def test_preamble_blank_rows_totals_and_remarks_are_cut_off():
    found = table(
        "Sales report\n\nOpportunity Name,Account Name,Amount\nA,B,1\n\nC,D,2\nOpportunity Name,Account Name,Amount\nE,F,3\nTotal,,6\n\n"
        "Confidential Information - Do Not Distribute\nCopyright (c) 2000-2024\n", "deals",
    )
    assert [cells[0] for _, cells in found.rows] == ["A", "C", "E"]
    assert [number for number, _ in found.rows] == [4, 6, 8]
    assert found.title == "Sales report"
    assert len(found.notes) == 3


def test_groups_and_subitems_of_a_board_are_told_apart():
    found = table(
        "My board,,,\nGroup one,,,\nName,Person,Status,Due Date\nTask A,Jo,Done,2024-01-02\nSubitems,Name,Owner,Status\n,Sub 1,Jo,Done\n"
        "Task B,Jo,Done,2024-01-03\n,,,\nGroup two,,,\nName,Person,Status,Due Date\nTask C,Jo,Done,2024-01-04\n", "tasks",
    )
    assert [cells[0] for _, cells in found.rows] == ["Task A", "Task B", "Task C"]
    assert [problem.code for problem in found.problems] == ["subitem"]


def test_repeated_and_missing_headers_get_names_of_their_own():
    assert table("Name,Labels,Labels,\nA,1,2,3\n").headers[:3] == ["Name", "Labels", "Labels (2)"]


def test_zeros_and_unreadable_bytes_are_left_out_and_named():
    found = table(b"Name,Email,Company\nA\x00B,a@x.io,C\nD,d@x.io,caf\xe9 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n")
    assert found.rows[0][1][0] == "AB"
    assert {(problem.row, problem.column) for problem in found.problems} == {(2, "Name"), (3, "Company")}


def test_a_workbook_gives_the_same_rows_as_a_text():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet("Cover")
        sheet = book.add_worksheet("Deals")
        sheet.write_row(0, 0, ["Report of today"])
        sheet.write_row(2, 0, ["Deal Name", "Amount", "Close Date"])
        sheet.write_row(3, 0, ["A", 1100.04])
        import datetime

        sheet.write_datetime(3, 2, datetime.datetime(2024, 3, 1))
        sheet.write_row(4, 0, ["B", 3])
    found = table(buffer.getvalue(), "deals")
    assert [cells for _, cells in found.rows] == [["A", "1100.04", "2024-03-01"], ["B", "3", ""]]
    assert found.rows[0][0] == 4
    assert any("“Deals”" in note for note in found.notes)


def test_json_lists_and_wrapped_lists_are_tables():
    records = [{"Name": "A", "Email": "a@x.io", "Company": {"Name": "B"}}, {"Name": "C", "tags": ["x", "y"], "Email": None}]
    assert rows(json.dumps(records))[0] == ["A", "a@x.io", "B", ""]
    assert rows(json.dumps({"records": records})) == rows(json.dumps(records))


def bomb(payload: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(name, payload)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"), (b"   \n\n", "empty"), (b"%PDF-1.7 ...", "PDF"), (b"\xd0\xcf\x11\xe0rest", "xlsx"), (b"<html><body>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"), (bytes(range(32)) * 40, "not a table"), (b"PK\x03\x04broken", "damaged"),
        (b"[" * 100_000, "nested"), (b'{"a": ', "cannot be read"), (b'[{"a": 1', "cannot be read"), (bomb(b"0" * 60_000_000), "unpack"),
        (bomb(b'<c r="A1"/><c r="XFD1048576"/>'), "reaches to row 1048576"), (bomb(b"", "xl/other.xml"), "damaged"),
        (b'<?xml version="1.0"?><Project/>', "XML"), (b"\x1f\x8bxx", "compressed"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data, word):
    with pytest.raises(Refused, match=word):
        table(data)


def test_a_zip_that_is_no_workbook_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Account.csv", "Id,Name\n1,A\n")
    with pytest.raises(Refused, match=r"not an \.xlsx workbook"):
        table(buffer.getvalue())


_FRAGMENTS = st.sampled_from(
    ["Name", "Email", ",", ";", "\t", "|", '"', '""', "\n", "\r\n", "\r", "a@b.cd", "Total", "\x00", "\ufeff", "é", "1.234,56", "3/1/2017",
     "=1+1", " ", "'", "\u2028", "[", "{", "}", "]", "\ud7ff", "Subitems", "x" * 300]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_FRAGMENTS, max_size=60), st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.binary(max_size=6))
def test_whatever_stands_in_a_file_it_is_read_or_refused(parts, codec, noise):
    data = "".join(parts).encode(codec, "replace") + noise
    try:
        found = table(data)
    except Refused:
        return
    assert all(len(cells) == len(found.headers) for _, cells in found.rows)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"[", b"\xff\xfe", b"Name,Email\n"]))
def test_raw_bytes_never_end_in_an_error_of_ours(data, head):
    with suppress(Refused):
        table(head + data)


def test_json_lines_are_a_table_and_one_broken_line_is_told():
    table = read_table(b'{"name":"A","country":"Norway"}\n\n{"name":"B","owner":"C"}\n', lambda header: header == "name")
    assert (table.headers, [row for _number, row in table.rows]) == (["name", "country", "owner"], [["A", "Norway", ""], ["B", "", "C"]])
    with pytest.raises(Refused, match="JSON"):
        read_table(b'{"name":"A"}\n{"name":\n', lambda header: True)
