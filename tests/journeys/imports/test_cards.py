"""Address books come in as vCards of any version."""

from __future__ import annotations

import io

import pytest

from tests.journeys.imports.shared import shared_folder
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import get_contact_card, list_contacts
from wonward.journeys.imports.operations import commit_import, stage_import
from wonward.journeys.imports.queries import get_batch
from wonward.journeys.imports.rules.cards import COLUMNS, looks_like_cards, read_cards
from wonward.journeys.imports.rules.mapping import knows_header
from wonward.journeys.imports.rules.reading import read_table

BOOK = """BEGIN:VCARD\r
VERSION:3.0\r
N:Dahl;Hanne;;;\r
FN:Hanne Dahl\r
ORG:Northwind Robotics;Digital\r
TITLE:Head of Digital\\, EMEA\r
EMAIL;TYPE=INTERNET,WORK:hanne@northwind.test\r
EMAIL;TYPE=HOME:hanne@home.test\r
EMAIL:third@home.test\r
TEL;TYPE=WORK,VOICE:+45 12 34 56 78\r
item1.TEL;TYPE=CELL:+45 99 88 77\r
  66\r
CATEGORIES:Fair,VIP\r
NOTE:Met at the fair.\\nCall in May.\r
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4QFaRXhpZgAASUkq\r
 AAgAAAAAABAB\r
UID:card-1\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen;;;\r
TEL;CELL;PREF:0171 234\r
PHOTO;ENCODING=BASE64;JPEG:/9j/4QFaRXhpZgAASUkq\r
AAgAAAAAABABAgABAAAA\r
\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
EMAIL:mailto:only@address.test\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
END:VCARD\r
"""


def rows_of(text: str) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, record.cells, strict=True)) for record in read_cards(text)[1:]]


def test_a_card_of_each_version_becomes_a_row():
    hanne, juergen, only = rows_of(BOOK)
    assert hanne["Full name"] == "Hanne Dahl"
    assert (hanne["Company"], hanne["Job title"]) == ("Northwind Robotics", "Head of Digital, EMEA")
    assert (hanne["E-mail"], hanne["Work email"], hanne["Further addresses and numbers"]) == ("hanne@northwind.test", "hanne@home.test", "third@home.test")
    assert (hanne["Phone"], hanne["Mobile phone"]) == ("+45 12 34 56 78", "+45 99 88 77 66")
    assert (hanne["Tags"], hanne["Note"], hanne["Id"]) == ("Fair, VIP", "Met at the fair.\nCall in May.", "card-1")
    assert (juergen["Full name"], juergen["Mobile phone"]) == ("Jürgen Müller", "0171 234")
    assert (only["Full name"], only["E-mail"]) == ("only@address.test", "only@address.test")


def test_every_column_of_a_card_is_a_known_header_or_is_told_as_lost():
    known = {column for column in COLUMNS if knows_header("contacts", column)}
    assert set(COLUMNS) - known <= {"Note", "Address", "Birthday", "Company website"}


@pytest.mark.parametrize("text", ["BEGIN:VCARD", "BEGIN:VCARD\nEND:VCARD", "BEGIN:VCARD\n:\n;;;\nFN\nEND:VCARD\nEND:VCARD", "BEGIN:VCARD\n" * 50])
def test_broken_cards_break_nothing(text):
    assert looks_like_cards(text)
    assert rows_of(text) == []


@pytest.mark.django_db
def test_an_address_book_becomes_contacts_at_their_companies_and_adds_nothing_twice():
    cast = make_cast()
    for _ in range(2):
        batch_id = stage_import(actor=cast.seller, kind="contacts", file_name="book.vcf", stream=io.BytesIO(BOOK.encode()), now=NOW)
        commit_import(actor=cast.seller, batch_id=batch_id, now=NOW, run_now=True)
        assert get_batch(actor=cast.seller, batch_id=batch_id).status == "done"
    found = {row.name: row for row in list_contacts(actor=cast.seller)}
    assert sorted(found) == ["Hanne Dahl", "Jürgen Müller", "only@address.test"]
    hanne = get_contact_card(actor=cast.seller, contact_id=found["Hanne Dahl"].id)
    assert found["Hanne Dahl"].company_name == "Northwind Robotics"
    assert list(hanne.contact.tags) == ["Fair", "VIP"]
    assert {point.value for point in hanne.points} >= {"hanne@northwind.test", "hanne@home.test", "third@home.test", "+45 12 34 56 78"}


CARDS = sorted((shared_folder() / "data/comms/vcf").glob("*.vcf"))


@pytest.mark.skipif(not CARDS, reason="THE ADDRESS BOOKS ARE MISSING, NOTHING WAS PROVED: no data/comms/vcf (set WONWARD_SHARED)")
def test_address_books_of_real_products_are_read_whole():
    for path in CARDS:
        data = path.read_bytes()
        table = read_table(data, lambda header: knows_header("contacts", header))
        begun = data.upper().count(b"BEGIN:VCARD")
        assert 0 < len(table.rows) <= begun, path.name
        name = table.headers.index("Full name")
        assert all(row[name] for _number, row in table.rows), path.name
