"""Lists leave as files that spreadsheets read and do not run, with what their reader may see."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.clients.models import Contact
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.models import Deal
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead

pytestmark = pytest.mark.django_db


def _csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_deals_leave_as_the_table_shows_them_and_formulas_stay_words(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    Deal.objects.filter(pk=sale.deal_id).update(name='=HYPERLINK("http://evil.test","x")', source=" @SUM(A1)")
    desk = sign_in(cast.seller)
    rows = _csv(desk.get(reverse("deals_export"), {"as": "csv"}).content)
    line = dict(zip(rows[0], rows[1], strict=True))
    assert line["Deal"].startswith("'=HYPERLINK")
    assert line["Source"] == "' @SUM(A1)"
    assert (line["Value"], line["Currency"], line["Next action due"]) == ("84000.00", "EUR", "2026-11-20")
    book = CalamineWorkbook.from_filelike(io.BytesIO(desk.get(reverse("deals_export"), {"as": "xlsx"}).content))
    (_heads, first) = book.get_sheet_by_index(0).to_python()
    assert first[1].startswith("'=HYPERLINK")
    assert first[7] == 84_000
    assert len(_csv(desk.get(reverse("deals_export"), {"as": "csv", "status": "won"}).content)) == 1
    assert desk.get(reverse("deals_export"), {"as": "exe"}).status_code == 422


def test_who_sees_no_values_exports_none(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    Deal.objects.filter(pk=sale.deal_id).update(status="won", closed_date=NOW.date())
    rows = _csv(sign_in(cast.manager).get(reverse("deals_export"), {"as": "csv", "status": "won"}).content)
    assert [dict(zip(rows[0], row, strict=True))["Value"] for row in rows[1:]] == [""]


def test_companies_and_contacts_leave_narrowed_as_their_lists_are(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    create_companies(actor=cast.seller, companies=[NewCompany(name="Other Works", phone="+47 22 33 44 55")], now=NOW)
    Contact.objects.filter(pk=sale.contact_id).update(tags="|VIP|")
    desk = sign_in(cast.seller)
    assert [row[1] for row in _csv(desk.get(reverse("companies_export")).content)[1:]] == ["Northwind Robotics", "Other Works"]
    found = _csv(desk.get(reverse("companies_export"), {"q": "other"}).content)[1:]
    assert [(row[1], row[3]) for row in found] == [("Other Works", "'+47 22 33 44 55")]
    assert [row[0] for row in _csv(desk.get(reverse("contacts_export"), {"tag": "VIP"}).content)[1:]] == ["Hanne Dahl"]
    assert _csv(desk.get(reverse("contacts_export"), {"tag": "nobody"}).content)[1:] == []


def test_leads_leave_as_the_inbox_shows_them_and_formulas_stay_words(cast: Cast, sign_in: SignIn) -> None:
    create_leads(actor=cast.seller, now=NOW, leads=[NewLead(name="=1+1", email="ada@x.test", source="Fair", message="+1 please"), NewLead(name="Bert", source="Web")])
    desk = sign_in(cast.seller)
    rows = _csv(desk.get(reverse("leads_export"), {"as": "csv", "source": "Fair"}).content)
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (len(rows), line["Name"], line["Original words"], line["E-mail"]) == (2, "'=1+1", "'+1 please", "ada@x.test")
    assert "leads/export" in desk.get(reverse("leads")).content.decode()
    assert sign_in(cast.member).get(reverse("leads_export"), {"as": "csv"}).status_code == 403
