"""Notes and files of a project in the browser: written, looked at, put anew, brought back."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.operations import change_note, write_note
from wonward.domains.delivery.rules.notes import LONGEST_NOTE
from wonward.edges.web.delivery.prose import prose
from wonward.foundation.files.queries import list_documents, list_versions
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
HOSTILE = ("<script>alert(1)</script>", "[a](javascript:alert(1))", "[a](https://x.test/\" onmouseover=\"alert(1))", "**<img src=x onerror=alert(1)>**",
           "`</code><script>`", "```\n</pre><script>\n```", "| <b> | x |\n|---|---|\n| <i> | y |", "> # <u>", "- [x] <s>", "https://x.test/<script>")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_written_becomes_markup_of_its_own(text: str) -> None:
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", str(prose(text))))
    assert tags <= {"p", "a", "strong", "code", "pre", "div", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "h3", "ul", "li", "span", "br"}
    assert not re.search(r"<[^>]+\s(on\w+|style)=", str(prose(text)))
    assert 'href="javascript' not in str(prose(text))


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_reads_as_its_own_words(text: str) -> None:
    shown = str(prose(text))
    assert "<script" not in shown
    assert shown.count("<a ") == shown.count("</a>")


ENDLESS = ("a|b\n{-}x", "a|b\n{-|}x", "a|b\n{:-:|:}", "# {#}x", "# { #}x", "x{`}x", "{**a }", "{__a}x", "__a{_ }", "~~a{~ }", "{ *a}", "{**a__b~~c}", "{[}", "{[a](http://}",
           "[a](http://{b}", "http://{.}", "{,http://...}", "{- }x", "-{ }x", "{>}", "{- [ ] }", "a{ }b", "{|}\n{|-}", "{`a`}")


@pytest.mark.parametrize("text", ENDLESS)
def test_a_line_as_long_as_a_note_may_be_is_read_in_one_go(text: str) -> None:
    # What begins again at every mark would take minutes for each of these.
    longest = re.sub(r"\{(.+?)\}", lambda mark: mark[1] * (LONGEST_NOTE // len(mark[1]) // 2), text)
    shown = str(prose(longest))
    assert shown
    assert set(re.findall(r"</?([a-z0-9]+)", shown)) <= {"p", "h3", "code", "strong", "em", "del", "a", "ul", "li", "span", "blockquote", "div", "table", "thead", "tbody", "tr", "th", "td", "br"}


def test_code_in_the_words_of_a_link_and_the_marks_of_a_table_are_read() -> None:
    assert '>the <code>key</code></a>' in str(prose("[the `key`](https://x.test/)"))
    assert "<th>a</th><th>b</th>" in str(prose("| a | b |\n|:--|--:|\n| 1 | 2 |"))
    assert "<table" not in str(prose("a | b\n- x | y"))
    assert str(prose("# Plan ##\n- - -\n``a`b``")) == "<h3>Plan</h3>\n<hr>\n<p><code>a`b</code></p>"


def test_a_note_reads_as_it_was_meant() -> None:
    shown = str(prose("# Plan\n\nAsk **Hanne** *soon*, see [the page](https://x.test/a_b).\n\n- one\n  - inner\n- [x] two\n\n1. first\n\n```\na < b\n```\n> said"))
    for part in ("<h3>Plan</h3>", "<strong>Hanne</strong>", "<em>soon</em>", 'href="https://x.test/a_b"', "<ul><li>one<ul><li>inner</li></ul></li>", "☑",
                 "<ol><li>first</li></ol>", "<pre><code>a &lt; b</code></pre>", "<blockquote><p>said</p></blockquote>"):
        assert part in shown


@pytest.fixture
def project_id(db: None, cast: Cast, sale: Sale) -> int:
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]


def upload(client: Client, project_id: int, name: str, content: bytes) -> int:
    answer = client.post(reverse("project_files", args=[project_id]), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    page = client.get(reverse("project_docs", args=[project_id])).content.decode()
    return int(re.findall(r"/documents/(\d+)/preview/", page)[0])


def test_a_note_is_written_changed_and_compared(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    assert client.post(reverse("new_note", args=[project_id]), {"title": "", "text": "x"}).status_code == 422
    made = client.post(reverse("new_note", args=[project_id]), {"title": "Access", "text": "Ask **Hanne** for the keys."})
    url = made.headers["Location"]
    assert "<strong>Hanne</strong>" in client.get(url).content.decode()
    client.post(url, {"title": "Access", "text": "Ask **Jonas** for the keys.", "version": "1"})
    history = client.get(f"{url}history/").content.decode()
    assert "<del>**Hanne**</del>" in history
    assert "<ins>**Jonas**</ins>" in history
    clash = client.post(url, {"title": "Access", "text": "Mine", "version": "1"})
    assert clash.status_code == 409
    assert "saved this note in the meantime" in clash.content.decode()
    assert "Mine</textarea>" in clash.content.decode()
    client.post(f"{url}versions/1/restoring/")
    assert "Hanne" in client.get(url).content.decode()
    client.post(f"{url}putting-away/")
    assert "Access" in client.get(reverse("project_docs", args=[project_id]), {"notes": "away"}).content.decode()


def test_a_new_version_keeps_the_old_and_brings_it_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    key = upload(client, project_id, "texts.txt", b"The first words <b>")
    page = client.get(reverse("document_preview", args=[key])).content.decode()
    assert html.escape("The first words <b>") in page
    client.post(reverse("document_versions", args=[key]), {"file": SimpleUploadedFile("texts v2.txt", b"The second words")})
    rows = list_versions(cast.owner, key)
    assert [(row.number, row.name, row.is_current) for row in rows] == [(2, "texts v2.txt", True), (1, "texts.txt", False)]
    assert "The second words" in client.get(reverse("document_preview", args=[key])).content.decode()
    assert b"".join(client.get(reverse("document_version", args=[key, 1])).streaming_content) == b"The first words <b>"  # type: ignore[attr-defined]
    client.post(reverse("document_restoring", args=[key, 1]))
    assert "The first words" in client.get(reverse("document_preview", args=[key])).content.decode()
    assert [row.restored_from for row in list_versions(cast.owner, key)] == [1, None, None]
    (row,) = list_documents(cast.owner, [Ref("delivery.project", project_id)])
    assert row.size == len(b"The first words <b>")
    assert client.get(reverse("document_version", args=[key, 9])).status_code == 404


def test_a_document_is_put_away_and_one_press_brings_it_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.owner)
    key = upload(client, project_id, "texts.txt", b"The first words")
    docs, preview, away = reverse("project_docs", args=[project_id]), reverse("document_preview", args=[key]), reverse("document_archiving", args=[key])
    assert "texts.txt" not in client.get(docs, {"files": "away"}).content.decode()
    page = client.post(away, {"do": "archive", "version": "1"}, follow=True).content.decode()
    assert "The document is put away." in page
    assert "The first words" in page, "its content stays"
    assert "texts.txt" not in client.get(docs).content.decode()
    assert "texts.txt" in client.get(docs, {"files": "away"}).content.decode()
    stale = client.post(away, {"do": "restore", "version": "1"})
    assert stale.status_code == 412
    page = client.post(away, {"do": "restore"}, follow=True).content.decode()
    assert "The document is back." in page
    assert "texts.txt" in client.get(docs).content.decode()
    assert client.get(preview).status_code == 200


@pytest.mark.parametrize(("name", "content", "shown", "policy"), [
    ("logo.png", PNG, "<img", "sandbox"), ("offer.pdf", PDF, "<iframe", "script-src 'none'"),
])
def test_images_and_pdf_are_looked_at_in_place_with_nothing_running(
    project_id: int, cast: Cast, sign_in: SignIn, name: str, content: bytes, shown: str, policy: str
) -> None:
    client = sign_in(cast.owner)
    key = upload(client, project_id, name, content)
    assert shown in client.get(reverse("document_preview", args=[key])).content.decode()
    answer = client.get(reverse("document_shown", args=[key, 1]))
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert policy in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "content"), [
    ("page.html", b"<html><script>alert(1)</script>"), ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
    ("notes.txt", b"Words"), ("archive.zip", b"PK\x03\x04" + b"\x00" * 30), ("fake.png", b"<script>alert(1)</script>"),
])
def test_what_could_run_is_never_sent_in_place(project_id: int, cast: Cast, sign_in: SignIn, name: str, content: bytes) -> None:
    client = sign_in(cast.owner)
    key = upload(client, project_id, name, content)
    assert client.get(reverse("document_shown", args=[key, 1])).status_code == 422
    page = client.get(reverse("document_preview", args=[key])).content.decode()
    assert "<script>alert(1)" not in page


def test_a_stranger_reads_no_byte_of_any_version(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    key = upload(sign_in(cast.owner), project_id, "secret.txt", b"Secret words")
    stranger = sign_in(cast.member)
    for name, more in (("document", []), ("document_preview", []), ("document_version", [1]), ("document_shown", [1])):
        assert stranger.get(reverse(name, args=[key, *more])).status_code == 404
    assert stranger.post(reverse("document_versions", args=[key]), {"file": SimpleUploadedFile("x.txt", b"x")}).status_code == 404
    assert stranger.post(reverse("document_restoring", args=[key, 1])).status_code == 404
    assert stranger.post(reverse("document_archiving", args=[key]), {"do": "archive"}).status_code == 404


def test_a_teammate_reads_a_file_and_may_not_replace_it(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    key = upload(sign_in(cast.owner), project_id, "texts.txt", b"The first words")
    teammate = sign_in(cast.seller)
    page = teammate.get(reverse("document_preview", args=[key])).content.decode()
    assert "The first words" in page
    assert f'action="{reverse("document_versions", args=[key])}"' not in page
    assert teammate.post(reverse("document_versions", args=[key]), {"file": SimpleUploadedFile("x.txt", b"Mine")}).status_code == 403
    assert teammate.post(reverse("document_restoring", args=[key, 1])).status_code == 403
    assert teammate.post(reverse("document_archiving", args=[key]), {"do": "archive"}).status_code == 403
    assert "archiving" not in teammate.get(reverse("document_preview", args=[key])).content.decode()
    assert [row.number for row in list_versions(cast.owner, key)] == [1]


def test_notes_and_their_versions_are_paged(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    key = write_note(actor=cast.owner, project_id=project_id, title="Oldest", text="0", now=NOW)
    for number in range(1, 52):
        change_note(actor=cast.owner, note_id=key, text=str(number), version=None, now=NOW)
        write_note(actor=cast.owner, project_id=project_id, title=f"Note {number}", text="", now=NOW + timedelta(minutes=number))
    client = sign_in(cast.owner)
    home = reverse("project_docs", args=[project_id])
    first = client.get(home).content.decode()
    assert "52 notes, page 1 of 2" in first
    assert ">Oldest<" not in first
    assert f'href="{home}?notes_page=2"' in first
    second = client.get(home, {"notes_page": "2"}).content.decode()
    assert ">Oldest<" in second
    history = client.get(reverse("note_history", args=[key]), {"page": "2"}).content.decode()
    assert "52 versions, page 2 of 2" in history
    assert re.findall(r"Version (\d+)</a>", history) == ["2", "1"]
