"""Every setting: a change stands in the history with what was there before, and its undo brings back exactly that."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.edges.web.settings.test_house import undo
from tests.people import NOW
from tests.tables import read_tables
from tests.undo.table import UNDO, Never
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.queries import get_default_calendar, list_calendars
from wonward.foundation.access.operations import ensure_team
from wonward.foundation.access.policy import PERMISSIONS
from wonward.foundation.access.queries import get_role_rights
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.custom_fields.queries import list_every_field
from wonward.foundation.database.queries import list_tables
from wonward.foundation.organisation.operations import change_organisation, read_logo
from wonward.foundation.organisation.queries import get_organisation, list_series
from wonward.kernel.actor import Scope

pytestmark = pytest.mark.django_db
_TELLING = ("audit.", "events.", "house.", "search.", "notifications.", "access.session", "sessions.", "django")
# What says that something was changed, and names a row that came back as a new one.
_TRACES = ("version", "updated_at", "created_at", "id", "deleted_at", "position")


def _state() -> dict[str, list[str]]:
    """Everything the tables hold and nobody put away, without the traces of having been changed."""
    return {
        name: sorted(repr(sorted((column, value) for column, value in row.items() if column not in _TRACES)) for row in rows if not row.get("archived_at"))
        for name, rows in read_tables(table.name for table in list_tables() if not table.name.startswith(_TELLING)).items()
    }


def _post(client: Any, route: str, values: dict[str, Any], **place: Any) -> str:
    address = reverse(route, kwargs=place)
    answer = client.post(address, values)
    assert answer.status_code == 302, answer.content.decode()[:600]
    return address


def _house(owner: Any) -> str:
    return _post(owner, "organisation", {"name": "Halden", "currency": "NOK", "time_zone": "Europe/Oslo", "accent": "ruby"})


def _areas(owner: Any) -> str:
    return _post(owner, "areas", {**dict.fromkeys(("sales", "delivery", "money", "marketing", "portal"), "on"), "money": ""})


def _rate(owner: Any) -> str:
    return _post(owner, "rates", {"currency": "USD", "valid_from_date": "2026-11-01", "rate": "0.92"})


def _week(owner: Any) -> str:
    key, _calendar = get_default_calendar()
    name = next(row.name for row in list_calendars() if row.id == key)
    return _post(owner, "calendar", {"do": "week", "name": name, "mon": "8-12", "tue": "8-12"}, calendar_id=key)


def _holidays(owner: Any) -> str:
    key, _calendar = get_default_calendar()
    return _post(owner, "calendar", {"do": "holidays", "place": "DE/BY", "first_year": "2026", "last_year": "2026"}, calendar_id=key)


def _days_of_a_file(owner: Any) -> str:
    key, _calendar = get_default_calendar()
    content = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270301\nSUMMARY:Closed\nEND:VEVENT\nEND:VCALENDAR"
    return _post(owner, "calendar", {"do": "file", "file": SimpleUploadedFile("days.ics", content)}, calendar_id=key)


def _pipeline(owner: Any) -> str:
    (row,) = list_pipelines()
    sent: dict[str, Any] = {"name": "New business"}
    for at, stage in enumerate(stage for stage in row.stages if stage.kind == "open"):
        sent |= {f"id-{at}": stage.id, f"name-{at}": f"{stage.name}!", f"probability-{at}": 40 + at, f"days-{at}": "9", f"place-{at}": at + 1}
    return _post(owner, "pipeline", sent, pipeline_id=row.id)


def _rules(owner: Any) -> str:
    return _post(owner, "handoff_rules", {"acceptance_hours": "16", "checklist": "One\nTwo"})


def _question(owner: Any) -> str:
    (pipeline,) = list_pipelines()
    _post(owner, "handoff_question", {"label": "Tone of voice", "home": f"pipeline:{pipeline.id}", "kind": "choice", "choices": "A\nB"})
    return reverse("handoff_rules")


def _team_hours(owner: Any) -> str:
    spare_id = _spare_calendar(owner)
    _post(owner, "team_calendar", {"calendar_id": spare_id}, team_id=ensure_team(name="North", now=NOW))
    return reverse("calendars")


def _calendar_away(owner: Any) -> str:
    _post(owner, "calendar_archiving", {"do": "archive"}, calendar_id=_spare_calendar(owner))
    return reverse("calendars")


def _spare_calendar(owner: Any) -> int:
    return next(row.id for row in list_calendars() if row.name == "Spare")


def _field(owner: Any) -> str:
    (field,) = [row for row in list_every_field(noun="sales.deal") if row.key == "region"]
    _post(owner, "field", {"label": "Quarter", "hint": "Where they are", "position": "1", "choices": "North\nSouth\nWest", "places": []}, field_id=field.id)
    return reverse("fields")


def _role(owner: Any) -> str:
    _post(owner, "role", _rights_form(owner, reverse("role", args=["sales"])) | {"sales.deal.view": "own"}, role="sales")
    return reverse("roles")


def _team_rights(owner: Any) -> str:
    team_id = ensure_team(name="North", now=NOW)
    address = reverse("team", kwargs={"team_id": team_id})
    return _post(owner, "team", _rights_form(owner, address) | {"sales.deal.create": "all"}, team_id=team_id)


def _team_name(owner: Any) -> str:
    return _post(owner, "team", {"do": "rename", "name": "South"}, team_id=ensure_team(name="North", now=NOW))


def _rights_form(owner: Any, address: str) -> dict[str, str]:
    """The form of a page of rights as it stands there."""
    page = owner.get(address).content.decode()
    return {
        name: (re.findall(r'<option value="([^"]*)" selected', choices) or re.findall(r'<option value="([^"]*)"', choices))[0]
        for name, choices in re.findall(r'<select class="input" id="right-[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL)
    }


def _prefix(owner: Any) -> str:
    row = next(row for row in list_series() if row.noun == "sales.deal")
    return _post(owner, "numbers", {"noun": "sales.deal", "prefix": "DEAL", "next_number": row.next_number})


def _logo(owner: Any) -> str:
    return _post(owner, "organisation", {
        "name": get_organisation().name, "currency": "EUR", "time_zone": get_organisation().time_zone, "logo": picture(b"second"),
    })


def picture(words: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + words, "image/png")


WITH_UNDO: dict[str, tuple[tuple[str, ...], Callable[[Any], str]]] = {
    "the house": (("staff.change_house",), _house), "areas": (("staff.change_house",), _areas), "a rate": (("staff.put_rate",), _rate),
    "hours of a team": (("staff.set_team_calendar",), _team_hours), "a calendar put away": (("staff.archive_calendar",), _calendar_away),
    "a role": (("staff.set_role_rights",), _role), "rights of a team": (("staff.set_team_rights",), _team_rights),
    "the name of a team": (("staff.set_team_name",), _team_name), "a prefix": (("staff.renumber",), _prefix), "the logo": (("staff.change_house",), _logo),
    "a week": (("staff.change_calendar",), _week), "holidays": (("staff.add_holidays",), _holidays),
    "days of a file": (("staff.add_days_of_file",), _days_of_a_file),
    "stages": (("sales.change_pipeline",), _pipeline), "rules of handoffs": (("handoff.change_handoff_rules",), _rules),
    "a custom field": (("custom_fields.change_field",), _field),
    "a question of the gate": (("handoff.require_answer", "handoff.drop_required_answer"), _question),
}
# Set in other places than the settings with an undo beside them: the way back is the same form with what the history tells.
BY_HISTORY = {
    "sales.save_criteria", "sales.put_goal",
}


@pytest.fixture
def owner(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.owner)


@pytest.mark.parametrize("name", WITH_UNDO)
def test_a_change_is_told_in_the_history_and_its_undo_brings_back_exactly_what_was(owner: Any, name: str) -> None:
    _post(owner, "handoff_rules", {"acceptance_hours": "24", "checklist": "Kick off"})
    owner.post(reverse("calendars"), {"name": "Spare"})
    ensure_team(name="North", now=NOW)
    (pipeline,) = list_pipelines()
    _post(owner, "fields", {"noun": "sales.deal", "label": "Region", "kind": "choice", "choices": "North\nSouth"})
    (field,) = [row for row in list_every_field(noun="sales.deal") if row.key == "region"]
    _post(owner, "field", {"label": "Region", "hint": "", "position": "1", "choices": "North\nSouth", "places": [f"sales.stage:{pipeline.stages[1].id}"]}, field_id=field.id)
    owner.get(reverse("fields"))
    _post(owner, "numbers", {"noun": "sales.deal", "prefix": "DL", "next_number": 5000})
    change_organisation(changes={"logo": read_logo(picture(b"first").read())}, now=NOW)
    before, told = _state(), AuditEntry.objects.count()
    address = WITH_UNDO[name][1](owner)
    assert _state() != before
    entry = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() > told
    assert entry.actor_label == "Olga Owner"
    assert entry.changes
    assert undo(owner, address) == 302
    after = _state()
    assert {table: rows for table, rows in after.items() if rows != before.get(table)} == {}


def test_a_removed_rate_comes_back_as_it_was(owner: Any) -> None:
    address = _rate(owner)
    before = _state()
    assert undo(owner, address) == 302
    assert _state() != before
    assert undo(owner, address) == 302
    assert _state() == before


def test_a_calendar_is_not_put_away_by_a_form_whose_version_cannot_be_read(owner: Any) -> None:
    owner.post(reverse("calendars"), {"name": "Spare"})
    address, before = reverse("calendar_archiving", kwargs={"calendar_id": _spare_calendar(owner)}), _state()
    assert owner.post(address, {"do": "archive", "version": "the first"}).status_code == 422
    assert _state() == before


def test_a_field_that_was_taken_off_comes_back_as_it_was(owner: Any) -> None:
    _post(owner, "fields", {"noun": "sales.deal", "label": "Region", "kind": "choice", "choices": "North\nSouth"})
    (field,) = [row for row in list_every_field(noun="sales.deal") if row.key == "region"]
    before = list_every_field(noun="sales.deal")
    _post(owner, "field_deletion", {}, field_id=field.id)
    assert "region" not in [row.key for row in list_every_field(noun="sales.deal")]
    assert undo(owner, reverse("fields")) == 302
    assert [(row.key, row.label, row.choices, row.position) for row in list_every_field(noun="sales.deal")] == [
        (row.key, row.label, row.choices, row.position) for row in before
    ]
    assert AuditEntry.objects.filter(operation__startswith="custom_fields.").count() >= 3


def test_a_right_given_to_a_role_is_taken_back_with_what_the_history_tells(owner: Any) -> None:
    default = PERMISSIONS["sales.report.view"].defaults.get("member", Scope.NONE).value
    before, other = _state(), "none" if default == "all" else "all"
    _post(owner, "role", {"sales.report.view": other}, role="member")
    assert get_role_rights()["member"].overrides == {"sales.report.view": other}
    assert AuditEntry.objects.latest("pk").changes
    _post(owner, "role", {"sales.report.view": default}, role="member")
    assert get_role_rights()["member"].overrides == {}
    after = _state()
    assert {name for name, rows in after.items() if rows != before[name]} <= {"access.rolerights"}


def test_every_setting_has_its_undo_here_or_says_why_not() -> None:
    undone = {operation for operations, _change in WITH_UNDO.values() for operation in operations}
    assert undone | BY_HISTORY <= set(UNDO)
    assert [name for name in undone | BY_HISTORY if isinstance(UNDO[name], Never)] == []
