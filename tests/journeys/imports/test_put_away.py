"""A record that somebody put away here is not brought back as a second one by the next export; the row says what to do."""

from __future__ import annotations

import pytest

from tests.journeys.imports.imported import apply, bring, messages, stage
from tests.people import NOW, Cast, make_cast
from wonward.domains.clients.models import Company, Contact
from wonward.domains.clients.operations import (
    archive_company,
    archive_contact,
    merge_records,
    restore_contact,
)
from wonward.journeys.imports.operations import undo_import

pytestmark = pytest.mark.django_db
COMPANIES = "Company ID,Company name,Phone\n1,Acme,+49 30 1\n2,Birch,+49 30 2\n"
CONTACTS = "Contact ID,First Name,Last Name,Email\n7,Ada,Alder,ada@alder.test\n8,Ben,Alder,ben@alder.test\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_an_archived_company_is_named_before_and_after_and_stays_one(cast: Cast) -> None:
    bring(cast.owner, "companies", COMPANIES)
    archive_company(actor=cast.owner, company_id=Company.objects.get(name="Acme").pk, now=NOW)
    staged = stage(cast.owner, "companies", COMPANIES.replace("30 1", "30 9"))
    assert "Row 2: “Acme” is archived here. Bring it back first." in messages(staged)
    done = apply(cast.owner, staged)
    assert (done.status, done.counts["skipped"], done.counts["unchanged"]) == ("done", 1, 1)
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme", "Birch"]


def test_an_archived_contact_gets_no_twin_and_is_met_again_once_it_is_back(cast: Cast) -> None:
    bring(cast.owner, "contacts", CONTACTS)
    ada = Contact.objects.get(name="Ada Alder")
    archive_contact(actor=cast.owner, contact_id=ada.pk, now=NOW)
    assert bring(cast.owner, "contacts", CONTACTS).counts["skipped"] == 1
    restore_contact(actor=cast.owner, contact_id=ada.pk, now=NOW)
    assert bring(cast.owner, "contacts", CONTACTS).counts["unchanged"] == 2
    assert Contact.objects.count() == 2


def test_what_was_put_away_between_the_look_and_the_import_is_left_out_too(cast: Cast) -> None:
    bring(cast.owner, "contacts", CONTACTS)
    staged = stage(cast.owner, "contacts", CONTACTS.replace("ben@", "ben.a@"))
    archive_contact(actor=cast.owner, contact_id=Contact.objects.get(name="Ben Alder").pk, now=NOW)
    done = apply(cast.owner, staged)
    assert (done.counts["skipped"], "“Ben Alder” is archived here" in messages(done)) == (1, True)
    assert Contact.objects.count() == 2


def test_an_undone_import_can_be_brought_anew_and_a_merged_record_is_met_where_it_went(cast: Cast) -> None:
    undone = bring(cast.owner, "companies", COMPANIES)
    undo_import(actor=cast.owner, batch_id=undone.id, now=NOW)
    assert bring(cast.owner, "companies", COMPANIES).counts["created"] == 2
    acme, birch = (Company.objects.get(name=name, archived_at=None).pk for name in ("Acme", "Birch"))
    merge_records(actor=cast.owner, noun="clients.company", source_id=acme, target_id=birch, now=NOW)
    again = bring(cast.owner, "companies", COMPANIES.replace("30 1", "30 7"))
    assert again.counts.get("skipped", 0) == again.counts.get("created", 0) == 0
