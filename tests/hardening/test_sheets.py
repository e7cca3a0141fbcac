"""Whatever people write into a record or call a field, no list that leaves as a file holds a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from python_calamine import CalamineWorkbook

from tests.figures import tell
from tests.people import NOW, PASSWORD, make_cast, make_sale
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.database.queries import house_models, list_texts
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
STARTS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1")
RECORDS = ("clients.company", "clients.contact", "sales.deal", "sales.lead", "delivery.project", "delivery.task")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _sheets(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of the routes whose view makes a sheet."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _sheets(one.url_patterns)
        elif "answer_sheet" in _names_in(one.callback):
            yield str(one.name)


def _names_in(view: object) -> set[str]:
    inner = getattr(view, "__wrapped__", view)
    return set(getattr(getattr(inner, "__code__", None), "co_names", ()))


def _fill(start: str) -> None:
    """The words into every text of the listed records that may hold them; what has rules of its own stays."""
    for name in RECORDS:
        model = house_models()[name]
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for column in list_texts()[name]:
            field = fields[column]
            is_free = isinstance(field, models.TextField) or (field.max_length or 0) >= 100
            if is_free and not field.choices and not field.unique:
                model._base_manager.update(**{column: start})


@pytest.mark.parametrize("start", STARTS)
def test_no_cell_and_no_head_of_any_list_is_a_formula(start: str):
    cast = make_cast()
    sale = make_sale(cast)
    project_id = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]
    (lead_id,) = create_leads(actor=cast.owner, leads=[NewLead("Ada", owner_id=cast.owner.person_id)], now=NOW)
    for noun, key in (("clients.company", sale.company_id), ("clients.contact", sale.contact_id), ("sales.deal", sale.deal_id), ("sales.lead", lead_id)):
        add_field(actor=cast.owner, new=NewField(noun, f"{start} field", FieldKind.TEXT), now=NOW)
        name = re.sub(r"\W+", "_", f"{start} field".strip()).strip("_").lower()
        set_values(actor=cast.owner, ref=Ref(noun, key), values={name: f"{start} said"}, now=NOW)
    _fill(start)
    client = Client()
    assert client.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD}).status_code == 302
    routes = sorted(set(_sheets(get_resolver().url_patterns)))
    addresses = {"companies_export": "/companies/export/", "contacts_export": "/contacts/export/", "deals_export": "/deals/export/?state=all",
                 "leads_export": "/leads/export/", "projects_export": "/projects/export/", "tasks_export": f"/projects/{project_id}/list/export/"}
    assert routes == sorted(addresses)
    cells, words = 0, start.strip()
    for name, address in addresses.items():
        answer = client.get(f"{address}{'&' if '?' in address else '?'}as=csv")
        assert answer.status_code == 200, name
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        book = client.get(f"{address}{'&' if '?' in address else '?'}as=xlsx").content
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        rows += [[str(cell) for cell in row] for row in CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()]
        told = [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@") and cell.strip() and not _NUMBER.fullmatch(cell)]
        assert told == [], name
        assert any(words in cell for row in rows for cell in row), f"{name} does not hold what was planted"
        cells += sum(len(row) for row in rows)
    tell("formulas in words and names of fields, through every list as CSV and XLSX", lists=len(addresses), cells=cells, formulas=0)
