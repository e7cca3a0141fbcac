"""Bulk changes in words: what can be chosen, what was asked, what a value is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wonward.domains.catalog.queries import list_services
from wonward.domains.marketing.queries import list_campaigns
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.queries import get_person_names, list_people
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_short, number
from wonward.edges.web.shell.next_actions import KIND_WORDS
from wonward.journeys.automation.types import (
    TRASHED,
    BulkField,
    BulkKind,
    BulkRowView,
    BulkStatus,
    RowStatus,
)
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused

NONE = "none"
_LABELS = {
    "owner_id": gettext_lazy("Owner"), "stage_id": gettext_lazy("Stage"), "next_action": gettext_lazy("Next action"),
    "expected_close_date": gettext_lazy("Expected close"), "source": gettext_lazy("Source"), "lost_reason": gettext_lazy("Lost because"),
    "campaign_id": gettext_lazy("Campaign"), "service_id": gettext_lazy("Service"), "closed_reason": gettext_lazy("Not a fit because"),
    "tier": gettext_lazy("Tier"), "industry": gettext_lazy("Industry"), "country": gettext_lazy("Country"), "title": gettext_lazy("Title"),
    "preference": gettext_lazy("Preference"), "add_tags": gettext_lazy("Add tags"), "remove_tags": gettext_lazy("Take tags away"),
    "tags": gettext_lazy("Tags"), "status": gettext_lazy("State"), "trash": gettext_lazy("Trash"),
}
_STATES = {"open": gettext_lazy("Open"), "won": gettext_lazy("Won"), "lost": gettext_lazy("Lost"), "closed": gettext_lazy("Closed"),
           "converted": gettext_lazy("Converted")}
_IDS = (BulkKind.PERSON, BulkKind.STAGE, BulkKind.CAMPAIGN, BulkKind.SERVICE)
_STATUS_LOOKS: dict[RowStatus, tuple[Any, str, str]] = {
    RowStatus.WAITING: (gettext_lazy("Waiting"), "", "clock"), RowStatus.READY: (gettext_lazy("Will change"), "info", "arrow-right"),
    RowStatus.SAME: (gettext_lazy("As it is"), "", "minus"), RowStatus.REFUSED: (gettext_lazy("Refused"), "bad", "ban"),
    RowStatus.DONE: (gettext_lazy("Changed"), "ok", "check"), RowStatus.UNDONE: (gettext_lazy("Taken back"), "", "undo-2"),
    RowStatus.KEPT: (gettext_lazy("Kept"), "warn", "shield"),
}
_BULK_LOOKS: dict[BulkStatus, tuple[Any, str, str]] = {
    BulkStatus.CHECKING: (gettext_lazy("Being looked at"), "info", "refresh-cw"), BulkStatus.READY: (gettext_lazy("Nothing is changed yet"), "info", "eye"),
    BulkStatus.APPLYING: (gettext_lazy("Being changed"), "info", "refresh-cw"), BulkStatus.DONE: (gettext_lazy("Changed"), "ok", "check"),
    BulkStatus.UNDOING: (gettext_lazy("Being taken back"), "info", "refresh-cw"), BulkStatus.UNDONE: (gettext_lazy("Taken back"), "", "undo-2"),
    BulkStatus.FAILED: (gettext_lazy("Stopped"), "bad", "circle-alert"),
}


@dataclass(frozen=True, slots=True)
class Control:
    """A field of the form; `options` when there is something to choose from."""

    key: str
    kind: str
    label: str
    options: list[tuple[str, str]] = field(default_factory=list)
    may_be_empty: bool = False
    input_type: str = "text"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One record of a bulk change in words; `changes` are label, before, after."""

    name: str
    href: str
    words: str
    tone: str
    icon: str
    message: str
    gate_href: str
    changes: list[tuple[str, str, str]]


def label_of(field_: BulkField) -> str:
    """What a field is called."""
    return field_.label or str(_LABELS.get(field_.key, field_.key))


def status_look(status: RowStatus) -> tuple[str, str, str]:
    """Words, tone and icon of what becomes of a record."""
    words, tone, icon = _STATUS_LOOKS[status]
    return str(words), tone, icon


def bulk_look(status: BulkStatus) -> tuple[str, str, str]:
    """Words, tone and icon of where a bulk change stands."""
    words, tone, icon = _BULK_LOOKS[status]
    return str(words), tone, icon


def count_words(noun: str, count: int) -> str:
    """12 deals."""
    forms = {
        "sales.deal": lambda: ngettext("%(n)s deal", "%(n)s deals", count), "sales.lead": lambda: ngettext("%(n)s lead", "%(n)s leads", count),
        "clients.company": lambda: ngettext("%(n)s company", "%(n)s companies", count),
        "clients.contact": lambda: ngettext("%(n)s contact", "%(n)s contacts", count),
    }
    words = forms.get(noun, lambda: ngettext("%(n)s record", "%(n)s records", count))()
    return words % {"n": number(count)}


def controls_of(fields: Iterable[BulkField], actor: Actor) -> list[Control]:
    """The form of a bulk change."""
    return [_control(one, actor) for one in fields]


def _control(one: BulkField, actor: Actor) -> Control:
    options: list[tuple[str, str]] = []
    kind, input_type = one.kind.value, "text"
    if one.kind in _IDS:
        options = [(str(key), words) for key, words in choices_of(one.kind, actor).items()]
    elif one.kind is BulkKind.CHOICE or one.custom_kind == "choice":
        options = [(choice, choice) for choice in one.choices]
    elif one.custom_kind == "person":
        options = [(str(key), words) for key, words in choices_of(BulkKind.PERSON, actor).items()]
    elif one.kind is BulkKind.DATE or one.custom_kind == "date":
        kind = "date"
    return Control(one.key, "select" if options else kind, label_of(one), options, one.may_be_empty, input_type)


def choices_of(kind: BulkKind, actor: Actor) -> dict[int, str]:
    """What a field may point to, by id."""
    if kind is BulkKind.PERSON:
        return {person.id: person.name for person in list_people(actor=actor, with_placeholders=True)}
    if kind is BulkKind.STAGE:
        pipelines = list_pipelines()
        return {
            stage.id: stage.name if len(pipelines) == 1 else f"{pipeline.name}: {stage.name}"
            for pipeline in pipelines for stage in pipeline.stages if stage.kind != "lost"
        }
    if kind is BulkKind.CAMPAIGN:
        return {row.id: row.name for row in list_campaigns(actor=actor)}
    return {row.id: row.name for row in list_services(actor=actor)}


def read_asked(data: Mapping[str, str], fields: Iterable[BulkField]) -> dict[str, Any]:
    """What a form asks for; a field that is left alone is not in it."""
    reader = FormReader(data)
    asked: dict[str, Any] = {}
    emptied = reader.text("make_empty", limit=80)
    for one in fields:
        name = f"set_{one.key}"
        if one.kind is BulkKind.TRASH:
            if reader.flag(name):
                asked[one.key] = True
            continue
        if one.kind is BulkKind.ACTION:
            due, note = reader.day("set_next_due_date"), reader.text("set_next_note", limit=300)
            if due:
                asked[one.key] = {"kind": reader.text("set_next_kind", limit=24) or "task", "due_date": due.isoformat(), "note": note}
            elif note:
                reader.errors.append(FieldError("set_next_due_date", _("A next action needs a date.")))
            continue
        text = reader.text(name, limit=2000)
        if one.key == emptied and one.may_be_empty:
            asked[one.key] = None if one.kind in (*_IDS, BulkKind.DATE, BulkKind.CUSTOM) else ""
        elif not text:
            continue
        elif one.kind in _IDS:
            asked[one.key] = reader.number(name)
        elif one.kind is BulkKind.DATE:
            day = reader.day(name)
            asked[one.key] = day.isoformat() if day else None
        elif one.kind is BulkKind.TAGS:
            asked[one.key] = [word.strip() for word in text.split(",") if word.strip()]
        else:
            asked[one.key] = text
    reader.finish()
    if not asked:
        raise Refused.field("", _("Choose what to change: everything else stays as it is."), "required")
    return asked


class Namer:
    """Names the values of many rows with one question per kind."""

    def __init__(self, fields: Iterable[BulkField], actor: Actor, rows: Iterable[BulkRowView] = (), asked: Mapping[str, Any] | None = None) -> None:
        self.fields = {one.key: one for one in fields}
        pairs = [(change.field, value) for row in rows for change in row.changes for value in (change.before, change.after)]
        pairs += list((asked or {}).items())
        self.people = get_person_names({value for key, value in pairs if self._is_person(key) and isinstance(value, int)})
        kinds = {self.fields[key].kind for key, _value in pairs if key in self.fields}
        self.choices = {kind: choices_of(kind, actor) for kind in (BulkKind.STAGE, BulkKind.CAMPAIGN, BulkKind.SERVICE) if kind in kinds}
        if BulkKind.STAGE in kinds:
            self.choices[BulkKind.STAGE] |= {stage.id: stage.name for row in list_pipelines() for stage in row.stages if stage.kind == "lost"}

    def _is_person(self, key: str) -> bool:
        one = self.fields.get(key)
        return one is not None and (one.kind is BulkKind.PERSON or one.custom_kind == "person")

    def label(self, key: str) -> str:
        one = self.fields.get(key)
        return label_of(one) if one else str(_LABELS.get(key, key))

    def value(self, key: str, value: Any) -> str:
        """A value as people say it; a dash for none."""
        one = self.fields.get(key)
        if key == TRASHED:
            return _("Goes there with everything on it, for 30 days") if value else _("Where it is")
        if value in (None, "", []):
            return "–"
        if self._is_person(key):
            return self.people.get(value, f"#{value}") if isinstance(value, int) else str(value)
        if one is not None and one.kind in self.choices:
            return self.choices[one.kind].get(value, f"#{value}")
        if key == "next_action":
            words = str(KIND_WORDS.get(value["kind"], value["kind"]))
            return ", ".join(filter(None, (words, date_short(date.fromisoformat(value["due_date"])), value.get("note", ""))))
        if key == "status":
            return str(_STATES.get(value, value))
        if isinstance(value, dict):
            return f"{value.get('amount', '')} {value.get('currency', '')}".strip()
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if (one is not None and one.kind is BulkKind.DATE) or (one is not None and one.custom_kind == "date"):
            return date_short(date.fromisoformat(value))
        return str(value)
