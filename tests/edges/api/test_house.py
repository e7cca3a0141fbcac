"""Programs take everything out, and put records into the trash and bring them back."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from tests.people import NOW, make_cast, make_sale, token_of
from wonward.journeys.house.operations import make_export
from wonward.kernel.actor import Actor

pytestmark = pytest.mark.django_db


def ask(actor: Actor, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token_of(actor)}"}
    return getattr(Client(), method)(f"/api/v1{path}", data=body or {}, content_type="application/json", headers=headers)


def test_a_deal_goes_to_the_trash_and_comes_back_under_its_number() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    ref = f"sales.deal:{sale.deal_id}"
    assert ask(cast.teammate, "post", "/trash", {"ref": ref}).status_code == 403
    item = ask(cast.seller, "post", "/trash", {"ref": ref})
    assert item.status_code == 201
    assert ask(cast.seller, "get", f"/deals/{sale.deal_id}").status_code == 404
    assert [row["ref"] for row in ask(cast.seller, "get", "/trash").json()["items"]] == [ref]
    assert ask(cast.teammate, "get", "/trash").json()["items"] == []
    path = f"/trash/{item.json()['id']}/return"
    assert ask(cast.teammate, "post", path).status_code == 404
    assert ask(cast.seller, "post", path).json() == {"ref": ref}
    assert ask(cast.seller, "get", f"/deals/{sale.deal_id}").status_code == 200


def test_an_owner_takes_everything_out() -> None:
    cast = make_cast()
    make_sale(cast)
    assert ask(cast.seller, "post", "/exports").status_code == 403
    asked = ask(cast.owner, "post", "/exports")
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    path = f"/exports/{asked.json()['id']}"
    assert ask(cast.owner, "post", "/exports").status_code == 409
    assert ask(cast.owner, "post", f"{path}/file").status_code == 409
    make_export(errand_id=asked.json()["id"], now=NOW)
    assert ask(cast.owner, "get", path).json()["state"] == "done"
    content = b"".join(ask(cast.owner, "post", f"{path}/file").streaming_content)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "wonward-export/manifest.json" in names
