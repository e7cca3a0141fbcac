"""A former colleague is found wherever something of them lies, and erased: also from what comes back later, and from sealed history."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client, override_settings

from tests.edges.api.client import Api
from tests.figures import tell
from tests.journeys.house.full_world import make_full_world
from tests.people import NOW, PASSWORD, Cast, actor_of, token_of
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.edges.commands.main import main
from wonward.foundation.access.models import User
from wonward.foundation.audit.models import AuditEntry, Opening
from wonward.foundation.audit.operations import note_opening, seal_entries
from wonward.foundation.audit.queries import find_chain_faults, list_history
from wonward.foundation.audit.rules import GENESIS, chain_link, parts_with_names
from wonward.foundation.database.operations import clear_tables
from wonward.foundation.database.queries import house_models, list_texts, read_rows
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.house.operations import (
    ask_to_erase_colleague,
    erase_again,
    erase_colleague,
    export_house,
    import_house,
    serve_colleague,
)
from wonward.journeys.house.queries.colleague import tell_of_colleague
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.person import KEPT
from wonward.journeys.house.types import ErrandKind
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotAllowed, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
# Requests read the clock, so what they queue is due by any of their days.
LATER = datetime(2100, 1, 1, tzinfo=UTC)
NAME, EMAIL = "Ingeborg Þorsteinsdóttir", "ingeborg@studio.test"
SAID = f"{NAME.upper()} <{EMAIL.title()}>"
_NOT_PLANTED = {*KEPT, "clients.contact", "clients.contactpoint", "staff.person", "access.user"}


@pytest.fixture
def cast(tmp_path: Path) -> Any:
    with override_settings(DATA_DIR=tmp_path / "data"):
        (tmp_path / "data").mkdir()
        yield make_full_world()


def _hire(cast: Cast, name: str = NAME, email: str = EMAIL) -> Actor:
    create_people(actor=system_actor(), people=[NewPerson(name=name, email=email, access_role="sales", password="correct horse battery")], now=NOW)
    return actor_of(email)


def _work(who: Actor) -> None:
    """They changed a record, opened one, and have a token."""
    token_of(who)
    note_opening(actor=who, what="opened", ref=Ref("sales.deal", 1), now=NOW)
    create_companies(actor=who, companies=[NewCompany(name="Fjord Works")], now=NOW)


def _leave(who: Actor) -> None:
    User.objects.filter(pk=who.user_id).update(is_active=False)
    house_models()["staff.person"]._base_manager.filter(user_id=who.user_id).update(is_active=False)


def _plant() -> set[str]:
    """The colleague's words into the longest texts of one row of each table; the tables."""
    planted = set()
    for name, model in house_models().items():
        row = model._base_manager.order_by("-pk").first()
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for column in list_texts().get(name, []):
            field = fields[column]
            is_free = isinstance(field, models.TextField) or (isinstance(field, models.CharField) and (field.max_length or 0) >= 150)
            if name in _NOT_PLANTED or field.unique or name.startswith("audit") or not is_free:
                continue
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{column: SAID})
                planted.add(name)
            except Exception:  # noqa: BLE001, S110 (a constraint wants other words there)
                pass
    return planted


def _left() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                words = json.dumps([str(value) for value in row], ensure_ascii=False).casefold()
                if "ingeborg" in words or "orsteinsd" in words:
                    found.append(table)
    return sorted(set(found))


def _person_id(who: Actor) -> int:
    assert who.person_id is not None
    return who.person_id


def test_of_a_colleague_in_every_table_nothing_is_left_and_the_seal_holds(cast: Cast) -> None:
    who = _hire(cast)
    _work(who)
    planted = _plant()
    while seal_entries():
        pass
    _leave(who)
    told = tell_of_colleague(actor=cast.owner, person_id=_person_id(who))
    before = len(_left())
    report = erase_colleague(actor=cast.owner, person_id=_person_id(who), reason=f"{NAME} asked on 3 May.", now=NOW)
    tell("a former colleague erased from every table", planted_in=len(planted), found_in=len(told["places"]), left=len(_left()))
    assert len(planted) >= 30
    assert len(told["places"]) >= 30
    assert before >= 30
    assert _left() == []
    assert report["kept"] == {}
    assert find_chain_faults() == []
    (user,) = read_rows("access.user", where={"id": who.user_id})
    assert (user["name"], user["email"], user["is_active"]) == ("Former colleague", f"erased-{who.user_id}@former.invalid", False)
    assert list(read_rows("access.apitoken", where={"user_id": who.user_id})) == []
    assert Opening.objects.get(user_id=who.user_id).user_label == "[erased]"
    changed = AuditEntry.objects.get(user_id=who.user_id, operation="clients.company.create")
    assert [row.actor_label for row in list_history(actor=cast.owner, ref=Ref("clients.company", changed.ref_id))] == ["[erased]"]
    with pytest.raises(Conflict, match="Nothing is left"):
        erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Again", now=NOW)


def test_a_name_that_was_changed_in_sealed_history_is_still_named_as_tampering(cast: Cast) -> None:
    who = _hire(cast)
    _work(who)
    while seal_entries():
        pass
    AuditEntry.objects.filter(user_id=who.user_id).update(actor_label="Somebody Else")
    assert any("was changed or reordered" in fault for fault in find_chain_faults())


def test_rows_that_were_sealed_with_the_name_itself_still_verify_and_stay(cast: Cast) -> None:
    who = _hire(cast)
    _work(who)
    link = GENESIS
    for position, row in enumerate(AuditEntry.objects.order_by("id"), start=1):
        link = chain_link(link, parts_with_names(row))
        AuditEntry.objects.filter(pk=row.pk).update(chain_position=position, chain_hash=link)
    assert find_chain_faults() == []
    _leave(who)
    report = erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked by letter.", now=NOW)
    assert report["kept"]["audit.auditentry:sealed"] >= 1
    assert find_chain_faults() == []


def test_who_was_erased_is_erased_again_when_an_older_state_comes_back(cast: Cast, tmp_path: Path) -> None:
    who = _hire(cast)
    _work(who)
    export_house(actor=system_actor(), folder=tmp_path / "older", now=NOW)
    _leave(who)
    erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked by letter.", now=NOW)
    assert _left() == []
    clear_tables()
    import_house(actor=system_actor(), folder=tmp_path / "older", now=NOW)
    assert _left()
    assert erase_again(now=NOW) == 1
    assert _left() == []
    assert erase_again(now=NOW) == 0
    assert "ngeborg" not in (tmp_path / "data" / "erased.jsonl").read_text()
    assert not User.objects.get(pk=who.user_id).is_active


def test_a_namesake_loses_nothing(cast: Cast) -> None:
    who, other = _hire(cast), _hire(cast, email="other@studio.test")
    _leave(who)
    erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked by letter.", now=NOW)
    assert [row["name"] for row in read_rows("access.user", where={"id": other.user_id})] == [NAME]
    assert [row["email"] for row in read_rows("staff.person", where={"user_id": other.user_id})] == ["other@studio.test"]


def test_only_who_has_left_is_erased_by_those_who_may_and_with_a_reason(cast: Cast) -> None:
    who = _hire(cast)
    with pytest.raises(Refused, match="still works here"):
        erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked.", now=NOW)
    _leave(who)
    with pytest.raises(NotAllowed):
        erase_colleague(actor=cast.seller, person_id=_person_id(who), reason="Asked.", now=NOW)
    with pytest.raises(NotAllowed):
        tell_of_colleague(actor=cast.seller, person_id=_person_id(who))
    with pytest.raises(Refused) as refusal:
        erase_colleague(actor=cast.owner, person_id=_person_id(who), reason=" ", now=NOW)
    assert refusal.value.errors[0].field == "reason"


def test_the_command_counts_first_and_then_erases(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    who = _hire(cast)
    _leave(who)
    assert main(["erase-colleague", EMAIL.upper(), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_erased"] is False
    assert _left()
    assert main(["erase-colleague", EMAIL]) == 1
    assert main(["erase-colleague", EMAIL, "--reason", "Asked by letter", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["person_id"] == who.person_id
    assert _left() == []
    assert main(["erase-colleague", EMAIL, "--reason", "Again"]) == 1


def test_on_the_screen_a_former_colleague_is_looked_for_and_erased(cast: Cast) -> None:
    who = _hire(cast)
    _work(who)
    office = Client()
    assert office.post("/sign-in/", {"email": "owner@studio.test", "password": PASSWORD}).status_code == 302
    page, place = f"/settings/privacy/colleagues/{who.person_id}/", f"/settings/people/{who.person_id}/"
    assert page not in office.get(place).content.decode()
    assert "still works here" in office.get(page).content.decode()
    assert office.post(page, {"reason": "Asked by letter."}).status_code == 422
    _leave(who)
    assert page in office.get(place).content.decode()
    assert office.post(f"{page}look/").status_code == 302
    run_due_jobs(now=LATER)
    assert "access.apitoken" in office.get(page).content.decode()
    assert User.objects.get(pk=who.user_id).name == NAME
    assert "Say why" in office.post(page, {"reason": " "}).content.decode()
    assert office.post(page, {"reason": f"{NAME} asked by letter."}).status_code == 302
    run_due_jobs(now=LATER)
    shown = office.get(page).content.decode()
    assert "Nothing is left but what is listed here" in shown
    assert "asked by letter" not in shown
    assert _left() == []
    assert office.post(page, {"reason": "Again"}).status_code == 409


def test_over_the_api_a_former_colleague_is_looked_for_and_erased(cast: Cast) -> None:
    who = _hire(cast)
    _work(who)
    api, place = Api(cast.owner), f"/people/{who.person_id}"
    assert api.post(f"{place}/erasure", {"reason": "Asked"})[0] == 422
    _leave(who)
    assert api.post(f"{place}/search", {})[0] == 202
    assert api.post(f"{place}/erasure", {"reason": ""})[0] == 422
    assert api.post(f"{place}/erasure", {"reason": "Asked"})[0] == 202
    assert api.post(f"{place}/erasure", {"reason": "Asked"})[0] == 409
    run_due_jobs(now=LATER)
    status, told = api.get(f"{place}/erasure")
    assert status == 200
    assert [(row["kind"], row["state"]) for row in told["items"]] == [("erasure", "done"), ("search", "done")]
    assert told["items"][1]["places"]["access.apitoken"] == 1
    assert _left() == []
    assert api.post(f"{place}/erasure", {"reason": "Asked"})[0] == 409
    assert Api(cast.leader).post(f"{place}/erasure", {"reason": "Asked"})[0] == 403


def test_a_worker_that_died_after_the_erasing_says_so_when_it_comes_back(cast: Cast) -> None:
    who = _hire(cast)
    _leave(who)
    errand_id = ask_to_erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked", now=NOW)
    erase_colleague(actor=cast.owner, person_id=_person_id(who), reason="Asked", now=NOW)
    serve_colleague(errand_id=errand_id, now=NOW)
    (errand,) = list_errands(actor=cast.owner, kind=ErrandKind.FORMER)
    assert (errand.state, errand.failure) == ("done", "")
