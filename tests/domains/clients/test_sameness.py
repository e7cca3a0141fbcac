"""A thousand pairs: the same record written differently, and strangers that look alike."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.clients.pairs import Pair, generate
from wonward.domains.clients.rules.folding import company_words, phone_tail, registrable_host
from wonward.domains.clients.rules.sameness import (
    SAME,
    CompanySketch,
    ContactSketch,
    company_keys,
    compare_companies,
    compare_contacts,
    contact_keys,
)


def _is_found(pair: Pair) -> bool:
    """Whether the second would be warned of with the first on file: by a shared key and by the judgement."""
    if isinstance(pair.one, CompanySketch) and isinstance(pair.other, CompanySketch):
        return bool(company_keys(pair.one).all & company_keys(pair.other).all) and compare_companies(pair.one, pair.other).score >= SAME
    assert isinstance(pair.one, ContactSketch)
    assert isinstance(pair.other, ContactSketch)
    return bool(contact_keys(pair.one).all & contact_keys(pair.other).all) and compare_contacts(pair.one, pair.other).score >= SAME


@pytest.mark.parametrize("seed", [1, 20, 4711])
def test_nine_in_ten_duplicates_are_found_and_hardly_a_stranger_is_called_one(seed: int) -> None:
    pairs = generate(seed, 1_000)
    found = [pair for pair in pairs if _is_found(pair)]
    true = sum(pair.is_same for pair in found)
    missed = Counter(pair.made_by for pair in pairs if pair.is_same and not _is_found(pair))
    wrong = Counter(pair.made_by for pair in found if not pair.is_same)
    assert true / sum(pair.is_same for pair in pairs) >= 0.90, missed
    assert true / len(found) >= 0.95, wrong


def test_the_measure_would_notice_a_judge_who_always_says_yes_or_no() -> None:
    pairs = generate(7, 1_000)
    share = sum(pair.is_same for pair in pairs) / len(pairs)
    assert 0.45 < share < 0.55


_NAMES = st.text(max_size=40)


@given(_NAMES, _NAMES)
def test_a_judgement_does_not_depend_on_who_is_first(one: str, other: str) -> None:
    companies = CompanySketch.of(one), CompanySketch.of(other)
    assert compare_companies(*companies) == compare_companies(*reversed(companies))
    contacts = ContactSketch.of(one, homes=[1]), ContactSketch.of(other, homes=[1])
    assert compare_contacts(*contacts) == compare_contacts(*reversed(contacts))


@given(_NAMES)
def test_every_record_is_like_itself_whatever_it_is_called(name: str) -> None:
    company = CompanySketch.of(name)
    assert compare_companies(company, company).score >= SAME or not company.words
    assert all(-(2**63) <= key < 2**63 for key in company_keys(company).all | contact_keys(ContactSketch.of(name)).all)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller Möbel GmbH & Co. KG", "MUELLER MOEBEL"), ("Ødegård A/S", "Odegard"), ("S.A. Lefèvre", "Lefevre Sarl"),
     ("the Northwind Company, Inc.", "northwind"), ("IBM", "I.B.M. Corp.")],
)
def test_legal_forms_accents_and_case_do_not_tell_companies_apart(one: str, other: str) -> None:
    assert company_words(one) == company_words(other)


@pytest.mark.parametrize(
    "number", ["+49 89 1234567", "0049 (0)89 123-4567", "089/1234567", "(089) 12 34 567", "+49891234567 ext. 12", "89.123.4567"]
)
def test_a_number_is_the_same_however_it_is_written(number: str) -> None:
    assert phone_tail(number) == "91234567"


def test_a_sub_domain_belongs_to_its_domain_and_a_tenant_of_a_host_does_not() -> None:
    assert registrable_host("https://shop.Example.co.uk/a") == "example.co.uk" == registrable_host("example.co.uk")
    assert registrable_host("anna.wixsite.com") != registrable_host("bert.wixsite.com")
    assert registrable_host("localhost") == ""
