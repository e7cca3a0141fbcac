"""Headers of other products find their field, or are left out; none is ever mapped to a wrong one."""

from __future__ import annotations

import json

import pytest

from tests.journeys.imports.headers import EXPECTED, HOMELESS, LOCALISED, OR_NONE
from tests.journeys.imports.shared import HEADERS
from wonward.journeys.imports.rules.mapping import override_mapping, propose_mapping
from wonward.journeys.imports.rules.shapes import columns_of
from wonward.kernel.errors import Refused

needs_headers = pytest.mark.skipif(
    not HEADERS.is_file(), reason=f"THE TABLE OF HEADERS IS MISSING, NOTHING WAS PROVED: no {HEADERS} (set WONWARD_SHARED)"
)


def mapped(kind: str, headers: list[str], *rows: list[str]) -> dict[str, str]:
    columns = columns_of(headers, [(number, row) for number, row in enumerate(rows, start=2)])
    return {line.header: line.field for line in propose_mapping(kind, columns)}


def is_right(expected: str, found: str) -> bool:
    return found in (expected.rstrip(OR_NONE), "") if expected.endswith(OR_NONE) else found == expected


def is_wrong(expected: str, found: str) -> bool:
    return bool(found) and found != expected.rstrip(OR_NONE)


@needs_headers
def test_at_least_95_of_100_documented_headers_are_right_and_none_is_wrong():
    documents = json.loads(HEADERS.read_text())
    right = total = 0
    wrong = []
    for (product, part, kind), expected in EXPECTED.items():
        headers = documents[product][part]
        assert set(expected) <= set(headers), f"{product}: {set(expected) - set(headers)} is not documented"
        found = mapped(kind, headers)
        for header in headers:
            should = expected.get(header, "")
            total += 1
            right += header in expected and is_right(should, found[header]) or header in HOMELESS[product, part, kind] and not found[header]
            if is_wrong(should, found[header]):
                wrong.append((product, header, found[header]))
    assert wrong == []
    assert total > 200
    assert right >= 0.95 * total, f"{right} of {total}"


@needs_headers
def test_every_field_of_an_export_is_given_by_one_of_its_columns():
    documents = json.loads(HEADERS.read_text())
    for (product, part, kind), expected in EXPECTED.items():
        found = set(mapped(kind, documents[product][part]).values())
        fields = {field for field in expected.values() if not field.endswith(OR_NONE)}
        assert fields <= found, f"{product}: {fields - found}"


@pytest.mark.parametrize("kind", LOCALISED)
def test_headers_of_other_languages_are_known(kind):
    for header, field in LOCALISED[kind].items():
        assert mapped(kind, [header]) == {header: field}


def test_spelling_case_and_separators_of_a_header_do_not_matter():
    for header in ("DealName", "deal_name", "DEAL NAME", "Deal-Name", "deal.name", "Deal: Name", " Deal  Name "):
        assert mapped("deals", [header]) == {header: "name"}
    assert mapped("deals", ["dealname", "closedate", "hubspot_owner_id", "hs_object_id"]) == {
        "dealname": "name", "closedate": "close_date", "hubspot_owner_id": "owner_external_id", "hs_object_id": "external_id"
    }
    assert mapped("deals", ["Opportunty Name"]) == {"Opportunty Name": "name"}
    assert mapped("deals", ["Amount (EUR)"]) == {"Amount (EUR)": "value"}


def test_values_that_do_not_fit_leave_a_column_out_and_say_so():
    columns = columns_of(["Close Date", "Amount"], [(2, ["soon", "12"]), (3, ["later", "13"])])
    lines = propose_mapping("deals", columns)
    assert [line.field for line in lines] == ["", "value"]
    assert "no dates" in lines[0].reason
    assert mapped("deals", ["Owner"], ["12345"], ["67890"]) == {"Owner": ""}


def test_of_two_columns_for_one_field_the_filled_one_wins():
    assert mapped("deals", ["Value", "Amount"], ["", "12"], ["", "13"]) == {"Value": "", "Amount": "value"}


def test_a_place_is_a_country_only_when_its_values_are():
    assert mapped("companies", ["Location"], ["Kenya"], ["United States"]) == {"Location": "country"}
    assert mapped("companies", ["Location"], ["Room 4"], ["Upstairs"]) == {"Location": ""}


def test_an_unnamed_column_of_addresses_is_the_address():
    assert mapped("contacts", ["Name", "Column B"], ["A", "a@x.io"], ["B", "b@x.io"]) == {"Name": "name", "Column B": "email"}


def test_the_callers_mapping_goes_first_and_unknown_words_are_refused_by_name():
    lines = propose_mapping("deals", columns_of(["Deal Name", "Blurb"], [(2, ["A", "B"])]))
    chosen = override_mapping("deals", lines, {"Blurb": "name"})
    assert {line.header: line.field for line in chosen} == {"Deal Name": "", "Blurb": "name"}
    left_out = override_mapping("deals", lines, {"Deal Name": None})
    assert [line.field for line in left_out] == ["", ""]
    with pytest.raises(Refused) as refusal:
        override_mapping("deals", lines, {"Nope": "name", "Blurb": "nonsense"})
    assert [error.field for error in refusal.value.errors] == ["mapping.Nope", "mapping.Blurb"]
    with pytest.raises(Refused, match="Two columns"):
        override_mapping("deals", lines, {"Deal Name": "name", "Blurb": "name"})
