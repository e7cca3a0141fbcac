"""Notes of a project and versions of a document, as a program meets them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.edges.api.client import Api, fields_of
from tests.people import NOW, Cast, make_cast, make_sale
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def project_id(cast: Cast) -> int:
    sale = make_sale(cast)
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]


def test_a_note_is_written_saved_anew_and_brought_back(project_id: int, cast: Cast) -> None:
    manager, here = Api(cast.manager), f"/projects/{project_id}/notes"
    assert fields_of(manager.post(here, {"title": " "})[1]) == ["title"]
    status, note = manager.post(here, {"title": "Access", "text": "Ask **Hanne**." + "x" * 500})
    assert (status, manager.last.headers["Location"], manager.last.headers["ETag"]) == (201, f"/api/v1/notes/{note['id']}", '"1"')
    one = f"/notes/{note['id']}"
    assert manager.patch(one, {"text": "Ask Jonas."}, If_Match='"1"')[1]["version"] == 2
    status, problem = manager.patch(one, {"text": "Mine"}, If_Match='"1"')
    assert (status, problem["current"]["text"], problem["yours"]["text"]) == (412, "Ask Jonas.", "Mine")
    assert [row["number"] for row in manager.get(f"{one}/versions")[1]["items"]] == [2, 1]
    assert manager.get(f"{one}/versions/1")[1]["text"].startswith("Ask **Hanne**.")
    assert manager.get(f"{one}/versions/9")[0] == 404
    assert manager.post(f"{one}/versions/1/restoration")[1]["version"] == 3
    (line,) = manager.get(f"{here}?q=hanne")[1]["items"]
    assert (len(line["beginning"]), "text" in line) == (400, False)
    assert manager.patch(one, {"is_away": True})[1]["archived_at"]
    assert manager.get(here)[1]["items"] == []
    assert len(manager.get(f"{here}?is_away=true")[1]["items"]) == 1


def test_notes_are_paged_and_hidden_from_strangers(project_id: int, cast: Cast) -> None:
    manager, here = Api(cast.manager), f"/projects/{project_id}/notes"
    keys = [manager.post(here, {"title": f"Note {number}"})[1]["id"] for number in range(3)]
    first = manager.get(f"{here}?limit=2")[1]
    rest = manager.get(f"{here}?limit=2&cursor={first['next']}")[1]
    assert [row["id"] for row in [*first["items"], *rest["items"]]] == keys[::-1]
    stranger, teammate = Api(cast.member), Api(cast.seller)
    assert [stranger.get(path)[0] for path in (here, f"/notes/{keys[0]}", f"/notes/{keys[0]}/versions")] == [404, 404, 404]
    assert teammate.get(f"/notes/{keys[0]}")[0] == 200
    assert teammate.patch(f"/notes/{keys[0]}", {"title": "Sold"})[0] == 403


def test_a_document_is_replaced_and_its_first_content_brought_back(project_id: int, cast: Cast) -> None:
    owner = Api(cast.owner)

    def file(name: str, content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    status, document = owner.upload("/documents", {"file": file("a.txt", b"The first words"), "refs": f"delivery.project:{project_id}"})
    assert status == 201, document
    here = f"/documents/{document['id']}/versions"
    status, version = owner.upload(here, {"file": file("b.txt", b"The second words")}, If_Match='"1"')
    assert (status, version["number"], version["is_current"], owner.last.headers["ETag"]) == (201, 2, True, '"2"')
    assert owner.upload(here, {"file": file("c.txt", b"Late")}, If_Match='"1"')[0] == 412
    assert owner.upload(here, {"name": "c.txt"})[0] == 422
    assert [(row["number"], row["name"]) for row in owner.get(here)[1]["items"]] == [(2, "b.txt"), (1, "a.txt")]
    assert owner.get(f"{here}/1")[1]["is_current"] is False
    assert owner.get(f"{here}/1/content")[0] == 200
    assert b"".join(owner.last.streaming_content) == b"The first words"
    assert owner.last.headers["Content-Disposition"].startswith("attachment")
    teammate, stranger = Api(cast.seller), Api(cast.member)
    assert teammate.get(here)[0] == 200
    assert teammate.upload(here, {"file": file("x.txt", b"Theirs")})[0] == 403
    assert teammate.post(f"{here}/1/restoration")[0] == 403
    assert [stranger.get(path)[0] for path in (here, f"{here}/1", f"{here}/1/content")] == [404, 404, 404]
    assert stranger.upload(here, {"file": file("x.txt", b"Theirs")})[0] == 404
    status, brought = owner.post(f"{here}/1/restoration")
    assert (status, brought["number"], brought["restored_from"]) == (201, 3, 1)
    assert owner.get(f"/documents/{document['id']}")[1]["size"] == len(b"The first words")


def test_a_document_is_put_away_and_brought_back(project_id: int, cast: Cast) -> None:
    manager = Api(cast.manager)
    _, row = manager.upload("/documents", {"file": SimpleUploadedFile("plan.txt", b"A plan."), "refs": f"delivery.project:{project_id}"})
    one, listed = f"/documents/{row['id']}", f"/documents?ref=delivery.project:{project_id}"
    assert manager.post(f"{one}/archiving", {"is_archived": True}, If_Match='"7"')[0] == 412
    assert manager.post(f"{one}/archiving", {"is_archived": True}) == (200, {"id": row["id"], "is_archived": True, "version": 2})
    assert manager.get(listed)[1]["items"] == []
    assert manager.post(f"{one}/archiving", {"is_archived": False})[1]["version"] == 3
    assert [found["id"] for found in manager.get(listed)[1]["items"]] == [row["id"]]
    assert Api(cast.finance).post(f"{one}/archiving", {"is_archived": True})[0] in (403, 404)
