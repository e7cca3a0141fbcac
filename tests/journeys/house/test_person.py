"""What is known of a person is found wherever it lies, handed out, and erased: also from what comes back later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, models, transaction
from django.test import override_settings

from tests.figures import tell
from tests.journeys.house.full_world import make_full_world
from tests.people import NOW, Cast
from wonward.domains.clients.operations import create_contacts
from wonward.domains.clients.types import NewContact
from wonward.foundation.audit.operations import seal_entries
from wonward.foundation.audit.queries import find_chain_faults
from wonward.foundation.database.operations import clear_tables
from wonward.foundation.database.queries import house_models, list_texts, read_rows
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import current_storage, put_stream
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.house.operations import (
    ask_to_erase_person,
    ask_where_person_is,
    erase_again,
    export_house,
    export_person,
    import_house,
)
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.person import KEPT
from wonward.journeys.house.types import ErrandKind, ErrandRow
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Conflict, NotAllowed, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
NAME, EMAIL, PHONE = "Ingeborg Þorsteinsdóttir", "ingeborg@fjord.test", "+47 22 83 91 04"
SAID = f"{NAME.upper()} <{EMAIL.title()}>, +47 (22) 839-104"
# Who others are is theirs; what is kept by law or by its seal is listed instead.
_NOT_PLANTED = {*KEPT, "clients.contact", "clients.contactpoint", "staff.person", "access.user"}


@pytest.fixture
def cast(tmp_path: Path) -> Any:
    with override_settings(DATA_DIR=tmp_path / "data"):
        (tmp_path / "data").mkdir()
        yield make_full_world()


def _meet(cast: Cast) -> int:
    (contact_id,) = create_contacts(
        actor=cast.seller, now=NOW, contacts=[NewContact(name=NAME, email=EMAIL, phone=PHONE, title="Head of fjords", pain_points="Cold.")]
    )
    return contact_id


def _plant(*, into_documents: bool = True) -> set[str]:
    """The person's words into the longest text and every document of one row of each table; the tables."""
    planted = set()
    for name, model in house_models().items():
        row = model._base_manager.order_by("-pk").first()
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for column in list_texts().get(name, []):
            field = fields[column]
            is_free = isinstance(field, models.TextField) or (isinstance(field, models.CharField) and (field.max_length or 0) >= 150)
            is_free = is_free or (into_documents and isinstance(field, models.JSONField))
            value: Any = {"said": [SAID], NAME: 1} if isinstance(field, models.JSONField) else SAID
            if name in _NOT_PLANTED or field.unique or name.startswith("audit") or not is_free:
                continue
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{column: value})
                planted.add(name)
            except Exception:  # noqa: BLE001, S110 (a constraint wants other words there)
                pass
    return planted


def _left(*, with_kept: bool = False) -> list[str]:
    """Where the person's words are, asked of the database itself, full-text tables included."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                words = json.dumps([str(value) for value in row], ensure_ascii=False).casefold()
                digits = words.replace(" ", "")
                if "ingeborg" in words or "orsteinsd" in words or "fjord.test" in words or "4722839104" in digits:
                    found.append(table)
    kept = {name.replace(".", "_") for name in KEPT}
    return sorted({table for table in found if with_kept or table not in kept})


def _done(cast: Cast, kind: ErrandKind) -> ErrandRow:
    run_due_jobs(now=NOW)
    errand = list_errands(actor=cast.owner, kind=kind)[0]
    assert errand.state == "done", errand.failure
    return errand


def test_of_a_person_in_every_table_nothing_is_left(cast: Cast) -> None:
    contact_id = _meet(cast)
    stored = put_stream(ContentFile(f"Minutes with {NAME}".encode()))
    add_document(actor=cast.seller, name=f"{NAME}.txt", stored=stored, refs=[Ref("clients.contact", contact_id)], now=NOW)
    planted = _plant()
    assert len(planted) >= 30
    seal_entries()
    ask_where_person_is(actor=cast.owner, contact_id=contact_id, now=NOW)
    told = _done(cast, ErrandKind.PERSON_PLAN).report
    tell("a contact erased from every table", planted_in=len(planted), found_in=len(told["places"]), left_before=len(_left()))
    assert len(told["places"]) >= 30
    assert _left()
    ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason=f"{NAME} asked on 3 May.", now=NOW)
    report = _done(cast, ErrandKind.PERSON).report
    assert _left() == []
    assert report["files"] == 1
    assert current_storage().find_size(stored.sha256) is None
    (shell,) = read_rows("clients.contact", where={"id": contact_id})
    assert (shell["name"], shell["title"], shell["pain_points"]) == ("Erased person", "", "")
    (entry,) = [row for row in read_rows("audit.auditentry") if row["operation"] == "house.person.erase"]
    assert entry["changes"]["reason"] == [None, "[erased] asked on 3 May."]
    assert find_chain_faults() == []
    with pytest.raises(Conflict, match="Nothing is left"):
        ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason="Again", now=NOW)


def test_who_was_erased_is_erased_again_when_an_older_state_comes_back(cast: Cast, tmp_path: Path) -> None:
    contact_id = _meet(cast)
    _plant(into_documents=False)
    export_house(actor=system_actor(), folder=tmp_path / "older", now=NOW)
    ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason="Asked by letter.", now=NOW)
    _done(cast, ErrandKind.PERSON)
    assert _left() == []
    clear_tables()
    import_house(actor=system_actor(), folder=tmp_path / "older", now=NOW)
    assert _left()
    assert erase_again(now=NOW) == 1
    assert _left() == []
    assert erase_again(now=NOW) == 0
    stone = (tmp_path / "data" / "erased.jsonl").read_text()
    assert json.loads(stone)["id"] == contact_id
    assert "ngeborg" not in stone


def test_a_namesake_loses_nothing(cast: Cast) -> None:
    contact_id = _meet(cast)
    (other,) = create_contacts(actor=cast.seller, now=NOW, contacts=[NewContact(name=NAME, email="other@fell.test")])
    points = list(read_rows("clients.contactpoint", where={"contact_id": other}))
    ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason="Asked by letter.", now=NOW)
    _done(cast, ErrandKind.PERSON)
    assert [row["name"] for row in read_rows("clients.contact", where={"id": other})] == [NAME]
    assert list(read_rows("clients.contactpoint", where={"contact_id": other})) == points


def test_contracts_stay_and_are_listed(cast: Cast) -> None:
    contact_id = _meet(cast)
    house_models()["sales.contract"]._base_manager.update(signer_name=NAME, signer_email=EMAIL)
    ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason="Asked by letter.", now=NOW)
    report = _done(cast, ErrandKind.PERSON).report
    assert report["kept"]["sales.contract:contract"] == 1
    assert _left(with_kept=True) == ["sales_contract"]


def test_what_is_known_of_a_person_is_handed_out_as_a_text_and_audited(cast: Cast) -> None:
    contact_id = _meet(cast)
    text = export_person(actor=cast.owner, contact_id=contact_id, now=NOW)
    for word in (NAME, EMAIL, PHONE, "Head of fjords", "Cold."):
        assert word in text
    assert "password" not in text
    assert [row["operation"] for row in read_rows("audit.auditentry")][-1] == "house.person.export"


def test_erasing_needs_the_right_and_a_reason(cast: Cast) -> None:
    contact_id = _meet(cast)
    with pytest.raises(NotAllowed):
        ask_to_erase_person(actor=cast.seller, contact_id=contact_id, reason="I want to", now=NOW)
    with pytest.raises(NotAllowed):
        export_person(actor=cast.seller, contact_id=contact_id, now=NOW)
    with pytest.raises(Refused) as refusal:
        ask_to_erase_person(actor=cast.owner, contact_id=contact_id, reason=" ", now=NOW)
    assert refusal.value.errors[0].field == "reason"
