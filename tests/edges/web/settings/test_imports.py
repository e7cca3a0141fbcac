"""Imports from file to result."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.edges.web.delivery.test_handoffs import HTMX, count_queries
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast
from wonward.journeys.imports.operations import apply_import
from wonward.journeys.imports.queries import get_batch

pytestmark = pytest.mark.django_db
DEALS = (
    "Opportunity;Account name;Amount;Phase;Created\n"
    "Spring shop;Castello Foods;12.400,00;Proposal;01/02/2026\n"
    "Rebrand;Ellery Optical;8.950,00;Discovery;03/02/2026\n"
)


def send(client, text: str = DEALS, kind: str = "deals"):
    return client.post(reverse("imports"), {"kind": kind, "file": SimpleUploadedFile("deals.csv", text.encode())}, headers=HTMX)


def batch_of(answer) -> int:
    return int(answer.headers["HX-Redirect"].strip("/").rpartition("/")[2])


def test_a_file_is_read_and_shown_before_anything_is_written(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    url = reverse("import_batch", args=[batch_of(send(client))])
    page = client.get(url).content.decode()
    assert "What will happen" in page
    assert "Castello Foods" in page
    assert "read day first" in page
    count_queries(client, url)


def test_a_form_without_a_file_says_what_is_missing(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    answer = client.post(reverse("imports"), {"kind": "deals"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Choose a file" in answer.content.decode()
    assert 'id="upload"' in answer.content.decode()


def test_choices_are_kept_when_the_file_is_looked_at_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    batch_id = batch_of(send(client))
    row = get_batch(actor=cast.owner, batch_id=batch_id)
    amount = next(line for line in row.mapping if line.header == "Amount")
    url = reverse("import_commit", args=[batch_id])
    page = client.post(
        url, {"do": "check", "version": row.version, f"column_{amount.index}": "", "date_order": "mdy"}, headers=HTMX
    ).content.decode()
    assert "read month first" in page
    after = get_batch(actor=cast.owner, batch_id=batch_id)
    assert (after.status, next(line.field for line in after.mapping if line.header == "Amount")) == ("staged", "")
    stale = client.post(url, {"do": "check", "version": row.version}, headers=HTMX)
    assert stale.status_code == 409


def test_an_import_goes_in_and_is_taken_back(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    batch_id = batch_of(send(client))
    version = get_batch(actor=cast.owner, batch_id=batch_id).version
    running = client.post(reverse("import_commit", args=[batch_id]), {"do": "commit", "version": version}, headers=HTMX)
    assert 'hx-trigger="every 2s"' in running.content.decode()
    apply_import(actor_user_id=cast.owner.user_id, batch_id=batch_id, now=NOW)
    url = reverse("import_batch", args=[batch_id])
    done = client.get(url).content.decode()
    assert "File against what is written" in done
    assert "every 2s" not in done
    assert "Spring shop" in client.get(f"{url}?rows=created").content.decode()
    client.post(reverse("import_undo", args=[batch_id]), headers=HTMX)
    assert get_batch(actor=cast.owner, batch_id=batch_id).status == "undone"
    assert "Taken back" in client.get(reverse("imports")).content.decode()


def test_nobody_reads_the_import_of_somebody_else(cast: Cast, sign_in: SignIn) -> None:
    batch_id = batch_of(send(sign_in(cast.owner)))
    assert sign_in(cast.seller).get(reverse("import_batch", args=[batch_id])).status_code == 404
    assert sign_in(cast.member).get(reverse("imports")).status_code == 403


def test_choices_are_kept_under_a_name_and_used_for_the_next_file(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    text = "Blurb;Colour\nAlder;green\n"
    batch_id = batch_of(send(client, text, "companies"))
    client.post(reverse("import_commit", args=[batch_id]), {"do": "check", "column_0": "name"}, headers=HTMX)
    refused = client.post(reverse("import_mappings", args=[batch_id]), {"name": ""}, headers=HTMX)
    assert (refused.status_code, "needs a name" in refused.content.decode()) == (422, True)
    client.post(reverse("import_mappings", args=[batch_id]), {"name": "Old list"}, headers=HTMX)
    next_id = batch_of(send(client, text.replace("Alder", "Birch"), "companies"))
    page = client.get(reverse("import_batch", args=[next_id])).content.decode()
    assert "every column is here" in page
    assert "What stays behind" in page
    assert "Colour" in page.split("What stays behind")[1]
    href = page.split(f'hx-post="/imports/{next_id}/mappings/')[1].split('"')[0]
    used = client.post(f"/imports/{next_id}/mappings/{href}", {"do": "use"}, headers=HTMX).content.decode()
    assert get_batch(actor=cast.owner, batch_id=next_id).mapping[0].field == "name"
    assert "Chosen." in used
