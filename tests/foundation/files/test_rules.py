from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.files.rules import clean_name, delivery_headers, limit_in_words, sniff_media_type


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (zipped("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
        (zipped("a.txt"), "application/zip"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- x --><svg/>", "image/svg+xml"),
        ("\ufeff  <!DOCTYPE html><p>".encode(), "text/html"),
        (b"hello <script>alert(1)</script>", "text/html"),
        ("<html>".encode("utf-16"), "text/html"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        ("Grüße, 12 € <3".encode(), "text/plain"),
        ("Grüße".encode("latin-1") * 40, "application/octet-stream"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"a;b;c\n1;2;3\n", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_type_is_read_from_the_bytes(head, media_type):
    assert sniff_media_type(head) == media_type


def test_a_text_cut_in_the_middle_of_a_character_is_still_text():
    assert sniff_media_type(("ä" * 3000).encode()[:4095]) == "text/plain"


@given(st.binary(max_size=300))
def test_any_bytes_have_some_type(head):
    assert "/" in sniff_media_type(head)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("a\x00b\r\nX: y.txt", "abX: y.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", "document"),
        ("", "document"),
        ("x" * 300 + ".docx", "x" * 195 + ".docx"),
        ("  Angebot   für  Müller.pdf ", "Angebot für Müller.pdf"),
    ],
)
def test_names_are_cleaned(given_name, shown):
    assert clean_name(given_name) == shown


@given(st.text(max_size=400))
def test_a_clean_name_stays_what_it_is_and_never_leaves_its_folder(name):
    once = clean_name(name)
    assert clean_name(once) == once
    assert 0 < len(once) <= 200
    assert not set(once) & set("/\\\r\n\x00")
    assert once not in (".", "..")


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/xml", "text/plain"]
)
def test_what_could_run_is_always_a_download(media_type):
    headers = delivery_headers("a.x", media_type, in_place=True)
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] not in ("text/html", "image/svg+xml", "application/xml")


def test_a_pdf_is_looked_at_only_when_asked_and_runs_nothing_of_ours():
    assert delivery_headers("a.pdf", "application/pdf")["Content-Disposition"].startswith("attachment;")
    shown = delivery_headers("a.pdf", "application/pdf", in_place=True)
    assert shown["Content-Disposition"].startswith("inline;")
    assert {"default-src 'none'", "script-src 'none'", "frame-ancestors 'self'"} <= set(shown["Content-Security-Policy"].split("; "))


def test_a_picture_may_be_shown_in_place_but_is_a_download_unless_asked():
    assert delivery_headers("a.png", "image/png")["Content-Disposition"].startswith("attachment;")
    assert delivery_headers("a.png", "image/png", in_place=True)["Content-Disposition"].startswith("inline;")


@given(st.text(max_size=60))
def test_no_name_breaks_out_of_its_header(name):
    value = delivery_headers(name, "application/pdf")["Content-Disposition"]
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2


@pytest.mark.parametrize(
    ("limit", "words"), [(64 * 1024 * 1024, "64 MB"), (1536, "1.5 kB"), (512, "512 bytes")]
)
def test_limits_are_said_in_words(limit, words):
    assert limit_in_words(limit) == words
