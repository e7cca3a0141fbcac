"""Pages travel compressed to whoever takes them so; everything else is left alone."""

from __future__ import annotations

import gzip

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from wonward.edges.web.shell.compression import compressed_pages

PAGE = "<p>Website replatform</p>" * 200


def answer(response: HttpResponse, accepted: str = "gzip, deflate, br") -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepted} if accepted else {})
    return compressed_pages(lambda _request: response)(request)


def test_a_page_is_compressed_and_says_so() -> None:
    response = answer(HttpResponse(PAGE))
    assert gzip.decompress(response.content).decode() == PAGE
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert int(response.headers["Content-Length"]) == len(response.content) < len(PAGE) / 5


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0.0, br"])
def test_who_does_not_take_it_gets_the_page_as_it_is(accepted: str) -> None:
    response = answer(HttpResponse(PAGE), accepted)
    assert response.content.decode() == PAGE
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


def test_the_length_does_not_tell_how_well_a_guess_compressed() -> None:
    assert len({len(answer(HttpResponse(PAGE)).content) for _ in range(60)}) > 5


def test_small_answers_files_and_other_types_pass_untouched(tmp_path: object) -> None:
    for response in (HttpResponse("short"), HttpResponse(PAGE, content_type="application/json")):
        assert "Content-Encoding" not in answer(response).headers
    assert "Content-Encoding" not in answer(FileResponse(iter([PAGE.encode()]), content_type="text/html")).headers
