"""The client's side of an approval: a link, two answers, no account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.domains.approvals.world import Gate, make_gate
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, make_cast
from wonward.domains.approvals.models import ApprovalSighting, ApprovalStep
from wonward.domains.approvals.queries import find_approval
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.organisation.operations import change_organisation
from wonward.journeys.promises.operations import withdraw_asking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def gate(cast: Cast) -> Gate:
    return make_gate(cast)


def test_a_client_reads_and_approves_without_an_account_and_answers_once(gate: Gate) -> None:
    gate.ask(words="The look of <b>every</b> page.")
    path, browser = f"/a/{gate.link()}/", Client()
    shown = browser.get(path)
    body = shown.content.decode()
    assert (shown.status_code, shown["Referrer-Policy"], shown["X-Robots-Tag"]) == (200, "no-referrer", "noindex")
    assert "The look of &lt;b&gt;every&lt;/b&gt; page." in body
    assert not ApprovalSighting.objects.exists(), "fetching the page alone leaves no trace"
    assert browser.post(f"{path}seen/").status_code == 204
    for _ in range(2):
        answer = browser.post(path, {"do": "approved", "name": "Hanne Dahl", "words": "Lovely."})
        assert (answer.status_code, "Approved, thank you" in answer.content.decode()) == (200, True)
    other = browser.post(path, {"do": "rejected", "name": "Hanne Dahl", "words": "No."})
    assert (other.status_code, "has approved version 1 already" in other.content.decode()) == (422, True)
    step = ApprovalStep.objects.get()
    assert (step.state, step.words, step.via, step.address, step.sightings.count()) == ("approved", "Lovely.", "portal", "127.0.0.1", 1)
    assert gate.status() == "done"


def test_asking_for_changes_needs_words_and_keeps_what_was_typed(gate: Gate) -> None:
    gate.ask()
    path = f"/a/{gate.link()}/"
    refused = Client().post(path, {"do": "rejected", "name": "Hanne & Co"})
    assert (refused.status_code, "Say what should be different." in refused.content.decode()) == (422, True)
    assert 'value="Hanne &amp; Co"' in refused.content.decode()
    nameless = Client().post(path, {"do": "approved", "name": " "})
    assert (nameless.status_code, "Please write your name." in nameless.content.decode()) == (422, True)
    assert Client().post(path, {"do": "maybe", "name": "Hanne"}).status_code == 422
    assert gate.view().row.state == "open"


def test_links_that_ended_say_why(gate: Gate, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/a/nobody-knows-this/").status_code == 404
    gate.ask()
    first = gate.link()
    second = gate.link()
    gate.ask(words="Better.")
    newest = gate.link()
    words = {token: Client().get(f"/a/{token}/").content.decode() for token in (first, second, newest)}
    assert "There is a newer version" in words[first]
    assert "There is a newer version" in words[second]
    withdraw_asking(actor=cast.manager, approval_id=gate.view().row.id, now=NOW)
    assert "Your answer is not needed any more" in Client().get(f"/a/{newest}/").content.decode()
    gate.ask(words="Best.")
    late = gate.link()
    monkeypatch.setattr("wonward.edges.web.shell.middleware.read_clock", lambda: NOW + timedelta(days=61))
    assert "This link has expired" in Client().get(f"/a/{late}/").content.decode()
    assert Client().post(f"/a/{late}/", {"do": "approved", "name": "Hanne"}).status_code == 422


def test_a_link_opens_the_files_put_forward_and_no_others(gate: Gate, cast: Cast) -> None:
    import io

    ids = [
        add_document(actor=cast.manager, name=name, stored=put_stream(io.BytesIO(name.encode())), refs=[gate.ref], now=NOW)
        for name in ("look.txt", "secret.txt")
    ]
    gate.ask(document_ids=(ids[0],))
    path = f"/a/{gate.link()}/"
    served = Client().get(f"{path}files/0/")
    assert b"".join(served.streaming_content) == b"look.txt"
    assert served["Content-Disposition"].startswith("attachment")
    assert Client().get(f"{path}files/1/").status_code == 404
    gate.ask(words="Without files.")
    assert Client().get(f"{path}files/0/").status_code == 404


def test_nothing_opens_while_the_portal_is_off(gate: Gate, cast: Cast) -> None:
    gate.ask()
    path = f"/a/{gate.link()}/"
    change_organisation(changes={"areas": {"portal": False}}, now=NOW)
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"do": "approved", "name": "Hanne"}).status_code == 404
    assert gate.view().row.state == "open"


def test_a_colleague_is_asked_and_answers_in_the_office(gate: Gate, cast: Cast) -> None:
    manager, member = sign_in(cast.manager), sign_in(cast.member)
    form = manager.get(f"/tasks/{gate.task_id}/approval/")
    assert form.status_code == 200
    missing = manager.post(f"/tasks/{gate.task_id}/approval/", {"words": ""})
    assert (missing.status_code, "Say what is to be approved." in missing.content.decode()) == (422, True)
    asked = manager.post(
        f"/tasks/{gate.task_id}/approval/", {"words": "All of it.", "person_id": str(cast.member.person_id), "contact_id": str(gate.contact_id)}
    )
    assert asked.status_code == 302
    assert "Your approval is asked for" in member.get("/").content.decode()
    page = asked["Location"]
    assert "Your answer" in member.get(page).content.decode()
    member.post(f"{page}seen/")
    refused = member.post(f"{page}answer/", {"decision": "rejected", "number": "1", "words": ""})
    assert refused.status_code == 422
    assert member.post(f"{page}answer/", {"decision": "approved", "number": "1", "words": "Fine."}).status_code == 302
    drawn = manager.get(page).content.decode()
    assert all(words in drawn for words in ("Fine.", "Noor Haddad looked at it", "Make the link"))
    view = find_approval(actor=cast.manager, ref=gate.ref)
    assert view is not None
    link = manager.post(f"{page}steps/{view.current.steps[1].id}/link/").content.decode()
    assert "/a/" in link
    tab = manager.get(f"/projects/{gate.plan.project_id}/approvals/").content.decode()
    assert "Hanne Dahl" in tab
    assert "Nobody is asked yet" in tab
    sheet = manager.get(f"/tasks/{gate.task_id}/").content.decode()
    assert "Hanne Dahl is asked." in sheet
