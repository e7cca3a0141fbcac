"""A calendar file is chosen beside the holidays of a calendar; what it brought is told and taken back."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.people import Cast
from wonward.domains.staff.queries import get_default_calendar, list_calendars

pytestmark = pytest.mark.django_db
CORPUS = Path(__file__).parents[3] / "hardening" / "corpus"


def sent(name: str) -> dict[str, Any]:
    return {"do": "file", "file": SimpleUploadedFile(name, (CORPUS / name).read_bytes())}


def form_values(page: str, kind: str) -> dict[str, str]:
    """What the form of that kind would send."""
    form = re.search(rf'<form class="{kind}" method="post" action="{calendar_page()}">(.*?)</form>', page, re.DOTALL)
    assert form, "the page offers no such form"
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[1])}


def calendar_page() -> str:
    return reverse("calendar", args=[get_default_calendar()[0]])


def test_an_owner_takes_the_days_of_a_file_reads_what_was_left_out_and_takes_them_back(cast: Cast, sign_in: Any) -> None:
    owner, before = sign_in(cast.owner), list_calendars()
    page = owner.post(calendar_page(), sent("holidays.ics"), follow=True).content.decode()
    assert "23 days of the file are free now. “Breakfast” has hours; only whole days are taken." in page
    assert "Easter holidays, both weeks" in page
    assert owner.post(calendar_page(), form_values(page, "flash__action")).status_code == 302
    assert [row.document for row in list_calendars()] == [row.document for row in before]


@pytest.mark.parametrize(("name", "why"), [
    ("cut_off.ics", "The calendar file breaks off: VEVENT has no end. Export it again."),
    ("crossed_parts.ics", "The calendar file ends VCALENDAR in line 3, which has not begun."),
    ("latin.ics", "This calendar file is not written in UTF-8; save it as iCalendar again."),
    ("cards.vcf", "This is not a calendar file: it does not begin with BEGIN:VCALENDAR."),
])
def test_a_broken_file_is_named_beside_its_field_and_changes_nothing(name: str, why: str, cast: Cast, sign_in: Any) -> None:
    before = list_calendars()
    answer = sign_in(cast.owner).post(calendar_page(), sent(name))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert list_calendars() == before


def test_no_file_is_asked_for_and_a_seller_may_not(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.owner).post(calendar_page(), {"do": "file"})
    assert answer.status_code == 422
    assert "Choose a calendar file." in answer.content.decode()
    assert sign_in(cast.seller).post(calendar_page(), sent("holidays.ics")).status_code == 403
