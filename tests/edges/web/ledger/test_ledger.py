"""The ledger on the screen: its numbers, its forms, and what those without the right see of it."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world, say
from tests.people import NOW, make_sale
from wonward.domains.delivery.types import TaskChange
from wonward.journeys.promises.operations import change_plan, make_promises, replace_promise
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return make_world()


def page_of(client: Client, name: str, key: int, query: str = "") -> str:
    answer = client.get(f"{reverse(name, args=[key])}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def heading(html: str, column: str) -> tuple[int, int]:
    """Count and weight in the heading of a column."""
    found = re.search(rf'id="ledger-{column}">.*?<span class="number">(\d+)</span>.*?weight (\d+)', html, re.DOTALL)
    assert found
    return int(found[1]), int(found[2])


def many(world: World, count: int) -> None:
    new = [NewPromise(kind=PromiseKind.DELIVERABLE, text=f"Banner {n}", project_id=world.project_id) for n in range(count)]
    make_promises(actor=world.cast.manager, promises=new, now=NOW)


@pytest.mark.parametrize("name", ["project_ledger", "deal_ledger"])
def test_each_number_is_the_rows_below_it(world: World, name: str) -> None:
    html = page_of(sign_in(world.cast.owner), name, world.project_id if name == "project_ledger" else world.sale.deal_id)
    assert heading(html, "planned") == (3, 8)
    assert heading(html, "uncovered") == (1, 2)
    assert heading(html, "kept") == (0, 0)
    columns = re.split(r'promise-ledger__column--(\w+)"', html)[1:]
    rows = dict(zip(columns[::2], (part.count('<article class="promise-card') for part in columns[1::2]), strict=True))
    assert rows == {"uncovered": 1, "planned": 3, "at_risk": 0, "kept": 0, "waived": 0}
    assert "8 of 10 weight covered in time" in html
    assert "all 42 templates" in html


def test_a_long_column_comes_in_pages_and_a_filter_narrows_every_number(world: World) -> None:
    many(world, 50)
    client = sign_in(world.cast.manager)
    html = page_of(client, "project_ledger", world.project_id)
    assert heading(html, "uncovered") == (51, 52)
    shown = html.count('<article class="promise-card')
    more = re.search(r'hx-get="([^"]*column=uncovered[^"]*)"', html)
    assert more
    seen = set(re.findall(r'id="promise-(\d+)"', html))
    url: str | None = more[1].replace("&amp;", "&")
    while url:
        part = client.get(url, headers=HTMX).content.decode()
        new = set(re.findall(r'id="promise-(\d+)"', part))
        assert not new & seen
        seen |= new
        again = re.search(r'hx-get="([^"]*column=[^"]*)"', part)
        url = again[1].replace("&amp;", "&") if again else None
    assert (shown, len(seen)) == (23, 54)
    only = page_of(client, "project_ledger", world.project_id, "?kind=quality")
    assert heading(only, "uncovered") == (1, 2)
    assert "Banner" not in only


def test_the_ledger_asks_as_often_for_two_hundred_promises_as_for_four(world: World) -> None:
    client = sign_in(world.cast.manager)
    url = reverse("project_ledger", args=[world.project_id])
    client.get(url)
    with CaptureQueriesContext(connection, ) as few:
        client.get(url)
    many(world, 200)
    with CaptureQueriesContext(connection) as lots:
        html = client.get(url).content.decode()
    assert len(lots) == len(few) <= 25
    assert len(html) < 120_000


def test_a_promise_is_covered_kept_taken_back_and_uncovered_by_form(world: World) -> None:
    client, key = sign_in(world.cast.manager), world.promise_ids["search"]
    drawer = client.get(f"{reverse('promise', args=[key])}?part=tasks&q=wire", headers=HTMX).content.decode()
    assert re.findall(r'value="(\d+)"', drawer) == [str(world.task("wireframes").id)]
    answer = client.post(reverse("promise_covers", args=[key]), {"task_id": world.task("wireframes").id}, headers=HTMX)
    assert "ledger:changed" in json.loads(answer.headers["HX-Trigger"])
    assert "Wireframes" in answer.content.decode()
    client.post(reverse("promise_state", args=[key]), {"state": "kept", "place": "card"}, headers=HTMX)
    assert world.promise("search").state == "kept"
    client.post(reverse("promise_state", args=[key]), {"state": "confirmed"}, headers=HTMX)
    client.post(reverse("promise_cover_removal", args=[key, world.task("wireframes").id]), headers=HTMX)
    assert (world.promise("search").state, world.promise("search").column) == ("confirmed", "uncovered")


def test_waiving_without_a_reason_opens_the_form_again_with_the_sentence_at_the_field(world: World) -> None:
    client, key = sign_in(world.cast.seller), world.promise_ids["search"]
    answer = client.post(reverse("promise_state", args=[key]), {"state": "waived", "reason": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert re.search(r"<details[^>]* open>.*?Say why PR-\d+ is waived", answer.content.decode(), re.DOTALL)
    client.post(reverse("promise_state", args=[key]), {"state": "waived", "reason": "Hanne does without it."})
    assert "Mara Klein: Hanne does without it." in page_of(client, "project_ledger", world.project_id)


def test_a_promise_is_replaced_by_form_and_leads_to_what_stood_there(world: World) -> None:
    client, key = sign_in(world.cast.seller), world.promise_ids["templates"]
    url = reverse("promise_replacement", args=[key])
    assert "42 templates" in client.get(url).content.decode()
    body = {"text": "48 templates", "kind": "deliverable", "weight": "4", "due_date": "2027-01-15", "quote": "Make it 48."}
    assert client.post(url, body).status_code == 422
    answer = client.post(url, body | {"reason": "Six more."})
    assert answer.status_code == 302
    html = client.get(answer.headers["Location"]).content.decode()
    assert "48 templates" in html
    assert "What it replaced" in html
    assert "Make it 48." in html
    assert "stands in its place" in page_of(client, "promise", key)


def test_a_stale_form_is_not_saved_over_a_newer_one(world: World) -> None:
    client, key = sign_in(world.cast.seller), world.promise_ids["templates"]
    version = world.promise("templates").version
    body = {"weight": "1", "visibility": "1", "version": version}
    assert client.post(reverse("promise_facts", args=[key]), body, headers=HTMX).status_code == 200
    assert world.promise("templates").is_client_visible is False
    assert client.post(reverse("promise_facts", args=[key]), body, headers=HTMX).status_code == 412
    assert "Not shown to the client" in page_of(client, "project_ledger", world.project_id)


def test_a_draft_is_told_apart_and_confirmed_with_one_click(world: World) -> None:
    client = sign_in(world.cast.seller)
    body = {"kind": "staffing", "text": "Noor stays", "as": "draft", "weight": "2"}
    assert client.post(reverse("deal_promise", args=[world.sale.deal_id]), body).status_code == 302
    html = page_of(client, "deal_ledger", world.sale.deal_id)
    assert heading(html, "draft") == (1, 2)
    assert heading(html, "planned") == (3, 8)
    draft = next(row for row in list_promises(actor=world.cast.owner, deal_id=world.sale.deal_id) if row.state == "draft")
    client.post(reverse("promise_state", args=[draft.id]), {"state": "confirmed", "place": "card"}, headers=HTMX)
    assert heading(page_of(client, "deal_ledger", world.sale.deal_id), "uncovered") == (2, 4)


def test_selected_words_come_into_the_form_with_speaker_and_day(world: World) -> None:
    client = sign_in(world.cast.seller)
    url = reverse("deal_promise", args=[world.sale.deal_id])
    html = client.get(f"{url}?communication_id={world.entry_id}&quote=all+42+templates", headers=HTMX).content.decode()
    assert ">\nall 42 templates</textarea>" in html
    assert "said by Hanne Dahl, 12 Mar 2026" in html
    body = {"kind": "deliverable", "text": "All templates", "communication_id": world.entry_id}
    refused = client.post(url, body | {"quote": "all 43 templates"}, headers=HTMX)
    assert refused.status_code == 422
    assert "These words do not stand in the entry" in refused.content.decode()
    assert client.post(url, body | {"quote": "ALL 42\n templates"}, headers=HTMX).status_code == 200


@pytest.mark.parametrize("name", ["deal", "project", "company"])
def test_every_timeline_offers_a_promise_of_its_entries(world: World, name: str) -> None:
    key = {"deal": world.sale.deal_id, "project": world.project_id, "company": world.sale.company_id}[name]
    html = page_of(sign_in(world.cast.owner), name, key)
    assert f'data-quote-url="{reverse(f"{name}_promise", args=[key])}?communication_id={world.entry_id}"' in html


def test_a_company_asks_for_which_deal_or_project_and_knows_the_likely_one(world: World) -> None:
    client = sign_in(world.cast.seller)
    url = reverse("company_promise", args=[world.sale.company_id])
    html = client.get(f"{url}?communication_id={world.entry_id}", headers=HTMX).content.decode()
    assert re.search(rf'<option value="sales.deal:{world.sale.deal_id}" selected>', html)
    body = {"kind": "quality", "text": "Fast", "communication_id": world.entry_id, "quote": "under a second"}
    assert client.post(url, body, headers=HTMX).status_code == 422
    assert client.post(url, body | {"home": f"delivery.project:{world.project_id}"}, headers=HTMX).status_code in (200, 204)
    assert [row.text for row in list_promises(actor=world.cast.owner, project_id=world.project_id) if row.quote == "under a second"] == ["Fast"]


def test_who_may_not_make_promises_sees_the_ledger_and_no_control(world: World) -> None:
    client, key = sign_in(world.cast.finance), world.promise_ids["search"]
    ledger, drawer = page_of(client, "project_ledger", world.project_id), page_of(client, "promise", key)
    main = re.search(r"<main.*</main>", ledger, re.DOTALL)
    assert main
    for html in (main[0], re.search(r"<main.*</main>", drawer, re.DOTALL)[0]):  # type: ignore[index]
        assert "<form" not in html
        assert "Make promise" not in html
        assert "Cover with" not in html
    assert client.post(reverse("promise_state", args=[key]), {"state": "kept"}).status_code == 403
    assert "data-quote-url" not in page_of(client, "deal", world.sale.deal_id)
    assert sign_in(world.cast.marketer).get(reverse("project_ledger", args=[world.project_id])).status_code == 403


def test_an_empty_ledger_says_what_it_is_for(world: World) -> None:

    other = make_sale(world.cast, name="Second", company="Aurora Foods")
    html = page_of(sign_in(world.cast.seller), "deal_ledger", other.deal_id)
    assert "Nothing was promised yet" in html
    assert "Make promise" in html


def test_finished_work_offers_to_keep_the_promise_with_one_click(world: World) -> None:
    done = [TaskChange(world.task("build").id, {"percent_complete": 100})]
    change_plan(actor=world.cast.manager, project_id=world.project_id, changes=done, now=NOW)
    client = sign_in(world.cast.manager)
    html = page_of(client, "project_ledger", world.project_id)
    assert "All work is done: mark as kept" in html
    assert world.promise("templates").state == "confirmed"


def test_text_of_any_length_and_shape_stays_text(world: World) -> None:
    entry = say(world.cast, world.sale, "<b>Now</b> & <script>alert(1)</script> " + "x" * 900)
    client = sign_in(world.cast.seller)
    body = {"kind": "price", "text": "<img src=x> " + "y" * 480, "communication_id": entry, "quote": "<script>alert(1)</script>"}
    assert client.post(reverse("deal_promise", args=[world.sale.deal_id]), body).status_code == 302
    html = page_of(client, "deal_ledger", world.sale.deal_id)
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    row = next(row for row in list_promises(actor=world.cast.owner, deal_id=world.sale.deal_id) if row.kind == "price")
    said = page_of(client, "log_entry", entry, f"?promise={row.id}")
    assert "<mark>&lt;script&gt;alert(1)&lt;/script&gt;</mark>" in said
    assert "<b>Now</b>" not in said


def test_a_replaced_promise_is_no_longer_the_why_of_a_task(world: World) -> None:
    by = NewPromise(kind=PromiseKind.DELIVERABLE, text="48 templates")
    replace_promise(actor=world.cast.seller, promise_id=world.promise_ids["templates"], by=by, reason="More.", now=NOW)
    html = page_of(sign_in(world.cast.manager), "task", world.task("build").id)
    assert "48 templates" in html
    assert "42 templates" not in html
