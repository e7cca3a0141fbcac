"""Templates on screen: read on a real date, edited row by row, saved as a version, compared, archived, taken along."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.queries import (
    compare_drafts,
    get_service,
    get_template,
    list_gallery,
    list_templates,
)
from wonward.domains.catalog.types import NewService
from wonward.edges.web.settings.draft_text import Unreadable, read_amount, write_amount
from wonward.edges.web.settings.template_draft import draft_of
from wonward.foundation.access.operations import change_preferences
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send from the editor as it stands."""
    body = page[page.index('<form id="editor"') : page.rindex("</form>")]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", body):
        found = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" not in found or (found.get("type") == "checkbox" and " checked" not in tag):
            continue
        sent[found["name"]] = found.get("value", "on")
    for name, text in re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', body, re.DOTALL):
        sent[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


class Editor:
    """Somebody at the editor of one template."""

    def __init__(self, client: Client, template_id: int) -> None:
        self.client, self.url = client, reverse("template_editor", args=[template_id])
        self.page = client.get(self.url).content.decode()
        self.status = 200

    @property
    def form(self) -> dict[str, Any]:
        return form_of(self.page)

    def press(self, do: str, **changes: Any) -> Any:
        answer = self.client.post(self.url, {**self.form, **changes, "do": do}, headers=HTMX)
        self.status = answer.status_code
        if answer.content:
            self.page = answer.content.decode()
        return answer

    def names(self) -> list[str]:
        form = self.form
        return [form[f"name-{place}"] for place in range(int(form["rows"]))]


@pytest.fixture
def editor(sale: Sale, cast: Cast, sign_in: SignIn) -> Editor:
    return Editor(sign_in(cast.manager), sale.template_id)


def test_a_template_is_read_with_the_dates_of_a_real_kickoff(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    assert "Website build Northwind Robotics" in client.get(reverse("templates")).content.decode()
    page = client.get(reverse("template", args=[sale.template_id]) + "?start_date=2026-12-05&finish_date=2026-12-18").content.decode()
    assert "Dates for a kickoff on Sat 5 Dec 2026" in page
    assert '<td class="nowrap small">7 Dec</td>' in page
    assert "Later than the promised finish" in page
    assert "SS 2 +3" in page
    assert "Edit" not in page.split("</header>")[1].split("</header>")[0]
    assert client.get(reverse("template", args=[sale.template_id + 99])).status_code == 404
    assert client.get(reverse("template", args=[sale.template_id]) + "?start_date=soon&quantity=NaN").status_code == 200


def test_opening_and_saving_the_editor_changes_nothing(editor: Editor, sale: Sale, cast: Cast) -> None:
    before = get_template(actor=cast.owner, template_id=sale.template_id)
    answer = editor.press("save")
    assert answer.headers["HX-Redirect"] == reverse("template", args=[sale.template_id])
    after = get_template(actor=cast.owner, template_id=sale.template_id)
    assert compare_drafts(before.items, after.items) == []


def test_a_change_is_saved_as_the_next_version_and_told_in_words(editor: Editor, sale: Sale, cast: Cast) -> None:
    editor.press("save", **{"days-3": "12,5", "effort-3": "8 + 1.5/unit", "after-3": "1.2 +2e", "note": "Slower, and honest"})
    row = get_template(actor=cast.owner, template_id=sale.template_id)
    build = next(item for item in row.items if item["key"] == "build")
    assert row.number == 2
    assert (build["duration_days"], build["effort_minutes"]) == (12.5, {"base": 480, "per_unit": 90})
    assert build["after"] == [{"key": "wireframes", "type": "FS", "lag_days": 2, "lag_unit": "elapsed"}]
    assert build["checklist"] == ["Responsive", "Accessible"]
    page = editor.client.get(reverse("template_versions", args=[sale.template_id])).content.decode()
    assert "Slower, and honest" in page
    assert "<del>10</del>" in page
    assert "<ins>12.5</ins>" in page
    assert "Migrate the content" not in page.split('id="changes-title"')[1]


def test_every_fault_stands_beside_its_row_and_nothing_is_written(editor: Editor, sale: Sale, cast: Cast) -> None:
    editor.press("save", **{"days-3": "long", "after-4": "9", "name-5": ""})
    assert editor.status == 422
    for words in ("“long” is not an amount", "There is no row 9 to wait for"):
        assert words in html.unescape(editor.page)
    editor.press("save", **{"days-3": "2", "after-4": "2", "name-5": "", "after-2": "1.1"})
    assert editor.status == 422
    assert "needs a name" in editor.page
    assert get_template(actor=cast.owner, template_id=sale.template_id).number == 1


def test_a_circle_names_its_path(editor: Editor) -> None:
    editor.press("check", **{"after-1": "2"})
    assert "Discovery workshop → Build the templates → Wireframes → Discovery workshop" in html.unescape(editor.page)


def test_rows_are_added_moved_indented_and_deleted_and_dependencies_follow(editor: Editor) -> None:
    editor.press("open:4")
    assert 'name="checklist"' in editor.page
    editor.press("up:4")
    assert editor.names()[3:5] == ["Migrate the content", "Build the templates"]
    assert editor.form["after-3"] == "SS 3 +3"
    editor.press("indent:3")
    assert editor.form["level-3"] == "1"
    assert editor.form["after-3"] == "SS 2 +3"
    editor.press("outdent:3")
    assert editor.form["level-3"] == "0"
    editor.press("below:0")
    editor.press("check", **{"name-1": "Kick off"})
    assert (editor.names()[1], editor.form["level-1"]) == ("Kick off", "1")
    editor.press("delete:0")
    assert editor.names() == ["Migrate the content", "Build the templates", "Go live"]
    assert editor.form["after-1"] == ""
    editor.press("add:approval")
    assert editor.form["kind-3"] == "approval"


def test_details_are_kept_when_another_row_is_opened(editor: Editor, sale: Sale, cast: Cast) -> None:
    editor.press("open:2")
    editor.press("open:3", checklist="One\nTwo\n", deliverable="on", acceptance="It is drawn", option="design", offset="3",
                 placing="before_finish_days", efforts="Designer: 30\nEditor: 4 + 1/unit", **{"effort-2": "", "role-2": ""})
    assert "if design" in editor.page
    editor.press("save", repeat="on", repeat_limit="5", in_sequence="on")
    items = {item["key"]: item for item in get_template(actor=cast.owner, template_id=sale.template_id).items}
    assert items["wireframes"]["efforts"] == [{"role": "Designer", "minutes": 1800}, {"role": "Editor", "minutes": {"base": 240, "per_unit": 60}}]
    assert (items["wireframes"]["when"], items["wireframes"]["before_finish_days"]) == ({"option": "design"}, 3)
    assert items["wireframes"]["acceptance"] == ["It is drawn"]
    assert (items["build"]["repeat"], items["build"]["repeat_limit"], items["build"]["in_sequence"]) == ("quantity", 5, True)


def test_an_old_form_does_not_overwrite_a_newer_version(editor: Editor, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    other = Editor(sign_in(cast.owner), sale.template_id)
    other.press("save", **{"days-3": "6"})
    assert editor.press("save", **{"days-3": "7"}).status_code == 412
    assert get_template(actor=cast.owner, template_id=sale.template_id).number == 2


def test_the_plan_is_looked_at_while_it_is_typed(editor: Editor) -> None:
    answer = editor.press("look", start_date="2026-12-07", **{"days-3": "1"})
    assert editor.page.strip().startswith('<div id="editor-result"')
    assert "One change." in answer.content.decode()


def test_templates_come_from_the_gallery_a_project_and_a_file(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.manager), reverse("new_template")
    assert "Support retainer" in client.get(url).content.decode()
    client.post(url, {"source": "gallery", "keys": ["website", "support"]})
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    client.post(url, {"source": "project", "project_id": closed.project_ids[0], "name": "Learned"})
    names = {row.name: row.id for row in list_templates(actor=cast.owner)}
    assert {"Website build", "Support retainer", "Learned"} <= set(names)
    saved = client.get(reverse("template_file", args=[names["Website build"]]))
    assert saved.headers["Content-Disposition"] == 'attachment; filename="website-build-v1.json"'
    brought = client.post(url, {"source": "file", "file": SimpleUploadedFile("t.json", saved.content)})
    copy_id = int(brought.headers["Location"].strip("/").rpartition("/")[2])
    digests = [get_template(actor=cast.owner, template_id=key).digest for key in (copy_id, names["Website build"])]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(("content", "words"), [
    (b"no", "cannot be read"), (b"{}", "not a template file"), (json.dumps({"format": "wonward.template", "schema": 1, "name": "X",
     "items": [{"key": "a", "kind": "task", "name": "A", "after": [{"key": "a"}]}]}).encode(), "waits for itself"),
])
def test_a_file_with_a_fault_says_which(cast: Cast, sign_in: SignIn, content: bytes, words: str) -> None:
    answer = sign_in(cast.manager).post(reverse("new_template"), {"source": "file", "file": SimpleUploadedFile("t.json", content)})
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())


def test_an_archived_template_is_found_under_archived_and_brought_back(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.manager), reverse("template_archiving", args=[sale.template_id])
    client.post(url, {"do": "archive"})
    assert "template-card__link" not in client.get(reverse("templates")).content.decode()
    assert "template-card__link" in client.get(reverse("templates") + "?archived=1").content.decode()
    client.post(url, {"do": "restore"})
    assert "template-card__link" in client.get(reverse("templates")).content.decode()


def test_a_seller_neither_edits_templates_nor_sees_costs(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    for name in ("template_editor", "template_archiving"):
        assert client.post(reverse(name, args=[sale.template_id]), {"do": "save"}).status_code == 403
    page = client.get(reverse("service", args=[sale.service_id])).content.decode()
    assert 'name="price"' in page
    assert 'name="cost"' not in page
    client.post(reverse("service", args=[sale.service_id]), {"name": "Site", "cost": "1", "price": "90,000", "effort_hours": "12.5"})
    row = get_service(actor=cast.owner, service_id=sale.service_id)
    assert (row.name, row.effort_minutes, str(row.price), str(row.cost)) == ("Site", 750, "90000.00 EUR", "49600.00 EUR")


def test_a_name_from_a_file_is_settled_either_way(sale: Sale, cast: Cast, sign_in: SignIn) -> None:
    ids = create_services(actor=cast.owner, services=[NewService(name=name, is_to_review=True) for name in ("Web site", "SEO")], now=NOW)
    client = sign_in(cast.seller)
    assert "2 names to review" in client.get(reverse("templates")).content.decode()
    assert "Another name of" in client.get(reverse("service", args=[ids[0]])).content.decode()
    client.post(reverse("service_review", args=[ids[0]]), {"do": "merge", "into_id": sale.service_id})
    client.post(reverse("service_review", args=[ids[1]]), {"do": "approve"})
    assert get_service(actor=cast.owner, service_id=ids[0]).merged_into_id == sale.service_id
    assert get_service(actor=cast.owner, service_id=ids[1]).is_to_review is False


def test_a_service_with_a_fault_says_so_beside_the_field(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    answer = client.post(reverse("new_service"), {"name": "", "effort_hours": "many"})
    assert answer.status_code == 422
    assert "is not a number of hours" in html.unescape(answer.content.decode())
    assert client.post(reverse("new_service"), {"name": "Audit", "effort_hours": "8", "placement": "own_project"}).status_code == 302


def test_the_draft_of_every_gallery_template_means_the_same_items(cast: Cast) -> None:
    for one, _here in list_gallery(actor=cast.owner):
        assert compare_drafts(one.items, draft_of(one.name, one.items).items()) == []


def test_a_template_of_the_gallery_is_written_in_the_language_of_whoever_takes_it(cast: Cast, sign_in: SignIn) -> None:
    change_preferences(actor=cast.manager, language="de", now=NOW)
    client = sign_in(cast.manager)
    client.post(reverse("new_template"), {"source": "gallery", "keys": [one.key for one, _here in list_gallery(actor=cast.owner)]})
    originals = {one.key: one.items for one, _here in list_gallery(actor=cast.owner)}
    made = {row.name: get_template(actor=cast.owner, template_id=row.id) for row in list_templates(actor=cast.owner)}
    german = made["Website-Bau"]
    kickoff = next(item for item in german.items if item["key"] == "kickoff")
    assert (kickoff["name"], kickoff["checklist"][0]) == ("Auftaktworkshop", "Agenda zwei Tage vorher verschickt")
    said = [text for items in originals.values() for item in items for text in (item["name"], *item.get("checklist", ()), *item.get("acceptance", ()))]
    assert len(said) > 100
    left = {text for template in made.values() for item in template.items for text in (item["name"], *item.get("checklist", ()), *item.get("acceptance", ()))}
    assert left & set(said) == {"Pilot", "Analyse"}, "these are German words too"
    assert [item["role"] for item in german.items if "role" in item] == [item["role"] for item in originals["website"] if "role" in item]


@pytest.mark.parametrize(("text", "amount"), [
    ("5", 5), ("0,5", 0.5), ("25/unit", {"per_unit": 25}), ("2 + 0.25/unit", {"base": 2, "per_unit": 0.25}), ("", None), ("-1", -1),
])
def test_amounts_are_read_as_they_are_written(text: str, amount: Any) -> None:
    assert read_amount(text) == amount
    if amount is not None:
        assert read_amount(write_amount(amount)) == amount


@pytest.mark.parametrize("text", ["x", "1 + 2", "1/", "__import__('os')", "1e9", "2 + -1/unit"])
def test_nothing_else_is_an_amount(text: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(text)
