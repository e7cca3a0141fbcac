"""An owner takes everything out from the settings."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from tests.people import NOW, PASSWORD, actor_of, make_cast, make_sale
from wonward.domains.catalog.queries import list_services
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.edges.commands import sample
from wonward.foundation.access.models import User
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.foundation.organisation.operations import change_organisation
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.house.operations import clear_old_exports, remembering_sample, serve_sample_load
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.sample import find_sample
from wonward.journeys.house.types import ErrandKind
from wonward.kernel.actor import system_actor

pytestmark = pytest.mark.django_db


def test_an_owner_asks_for_everything_takes_the_file_and_both_are_in_the_audit(cast, sale, sign_in):
    owner, page = sign_in(cast.owner), reverse("house_data")
    assert "Write everything into a file" in owner.get(page).content.decode()
    assert owner.post(reverse("house_export")).status_code == 302
    assert owner.post(reverse("house_export")).status_code == 409
    assert "Waiting" in owner.get(page).content.decode()
    run_due_jobs(now=NOW)
    shown = owner.get(page).content.decode()
    assert "Ready" in shown
    address = shown.split('action="/settings/data/exports/')[2].split('"')[0]
    answer = owner.post(f"/settings/data/exports/{address}")
    assert "attachment" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    manifest = json.loads(archive.read("wonward-export/manifest.json"))
    assert manifest["tables"]["sales.deal"]["rows"] == 1
    assert {f"wonward-export/{name}" for name in manifest["files"]} | {"wonward-export/manifest.json"} == set(archive.namelist())
    done = list(AuditEntry.objects.filter(operation__startswith="house.").order_by("pk").values_list("operation", "user_id"))
    assert done == [(f"house.export{step}", cast.owner.user_id) for step in (".ask", "", ".take")]


def test_the_file_goes_after_three_days_and_can_be_asked_for_again(cast, sale, sign_in):
    owner, page = sign_in(cast.owner), reverse("house_data")
    owner.post(reverse("house_export"))
    run_due_jobs(now=NOW)
    address = owner.get(page).content.decode().split('action="/settings/data/exports/')[2].split('"')[0]
    clear_old_exports(now=NOW + timedelta(days=4))
    assert "Cleared away" in owner.get(page).content.decode()
    assert owner.post(f"/settings/data/exports/{address}").status_code == 409
    assert owner.post(reverse("house_export")).status_code == 302


def test_who_may_not_take_everything_out_has_no_such_page(cast, sign_in):
    for actor in (cast.seller, cast.leader, cast.manager):
        client = sign_in(actor)
        assert client.get(reverse("house_data")).status_code == 403
        assert client.post(reverse("house_export")).status_code == 403
        assert client.post(reverse("house_export_file", args=[1])).status_code == 403


def test_a_newcomer_looks_what_would_go_and_removes_the_sample_company(sign_in):
    create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Nina New", email="nina@own.test", access_role="owner", password=PASSWORD)]
    )
    with transaction.atomic(), remembering_sample(now=NOW):
        make_sale(make_cast())
        change_organisation(changes={"name": "Halden Studio"}, now=NOW)
    newcomer, page = sign_in(actor_of("nina@own.test")), reverse("house_data")
    work = newcomer.get(reverse("my_work")).content.decode()
    assert "You are looking at a sample company." in work
    assert "Halden Studio came with the product" in newcomer.get(page).content.decode()
    assert newcomer.post(reverse("house_sample_plan")).status_code == 302
    run_due_jobs(now=NOW)
    assert "What would go" in newcomer.get(page).content.decode()
    assert newcomer.post(reverse("house_sample_removal")).status_code == 302
    assert newcomer.post(reverse("house_sample_removal")).status_code == 409
    run_due_jobs(now=NOW)
    shown = newcomer.get(page).content.decode()
    assert "What went" in shown
    assert "came with the product" not in shown
    assert get_organisation().name == "My organisation"
    assert "You are looking at a sample company." not in newcomer.get(reverse("my_work")).content.decode()
    assert newcomer.post(reverse("house_sample_removal")).status_code == 409


def test_the_sample_company_is_loaded_by_a_press_without_sign_ins_and_in_the_currency_of_the_house(sign_in, monkeypatch):
    create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Nina New", email="nina@own.test", access_role="owner", password=PASSWORD)]
    )
    change_organisation(changes={"name": "Own house", "currency": "USD"}, now=NOW)
    monkeypatch.setattr(sample, "_tell_the_story", lambda now, say, *, has_sign_ins: _begin_the_story(now, has_sign_ins))
    newcomer, page = sign_in(actor_of("nina@own.test")), reverse("house_data")
    assert "Load the sample company" in newcomer.get(page).content.decode()
    assert newcomer.post(reverse("house_sample_loading")).status_code == 302
    assert "It is on its way" in newcomer.get(page).content.decode()
    run_due_jobs(now=NOW)
    shown = newcomer.get(page).content.decode()
    assert "Show what would go" in shown
    assert "Load the sample company" not in shown
    assert (get_organisation().name, get_organisation().currency) == ("Own house", "USD")
    assert {row.price.currency for row in list_services(actor=system_actor()) if row.price} == {"USD"}
    assert not User.objects.get(email=sample.SIGN_INS[0][1]).has_usable_password()
    assert newcomer.post(reverse("house_sample_loading")).status_code == 409
    assert newcomer.post(reverse("house_sample_removal")).status_code == 302
    run_due_jobs(now=NOW)
    assert "Load the sample company" in newcomer.get(page).content.decode()


def _begin_the_story(now, has_sign_ins):
    """Its people and its services, as the whole story begins; the rest takes a minute."""
    actors = sample._people(now, "UTC", has_sign_ins=has_sign_ins)
    sample._catalogue(actors["astrid.halden"], get_organisation().currency, now)


def test_the_wizard_turns_the_sample_company_on_and_off(sign_in):
    create_people(
        actor=system_actor(), now=NOW, people=[NewPerson(name="Nina New", email="nina@own.test", access_role="owner", password=PASSWORD)]
    )
    actor = actor_of("nina@own.test")
    newcomer, step = sign_in(actor), reverse("start_house")
    house = {"name": "Own house", "currency": "EUR", "time_zone": "UTC", "sample_shown": "1"}
    assert newcomer.post(step, house).status_code == 302
    assert list_errands(actor=actor, kind=ErrandKind.SAMPLE_LOAD) == []
    assert newcomer.post(step, {**house, "sample": "on"}).status_code == 302
    assert [row.state for row in list_errands(actor=actor, kind=ErrandKind.SAMPLE_LOAD)] == ["waiting"]
    assert newcomer.post(step, {**house, "sample": "on"}).status_code == 302
    (errand,) = list_errands(actor=actor, kind=ErrandKind.SAMPLE_LOAD)
    serve_sample_load(errand_id=errand.id, load=_small_sample, now=NOW)
    assert re.search(r'name="sample"[^>]*checked', newcomer.get(step).content.decode())
    assert newcomer.post(step, house).status_code == 302
    run_due_jobs(now=NOW)
    assert find_sample(actor=actor) is None


def _small_sample() -> bool:
    with remembering_sample(now=NOW):
        make_sale(make_cast())
    return True
