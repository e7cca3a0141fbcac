"""Pure decisions about leads: qualification, the clock of the first response, and what a form may send."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from wonward.domains.sales.types.leads import (
    QUALIFICATION_STATES,
    UTM_KEYS,
    Criterion,
    Finding,
    FormField,
    LeadFigures,
    NewLead,
    NewLeadForm,
    SentForm,
)
from wonward.kernel.errors import FieldError
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import MINUTES_PER_DAY, SEARCH_DAYS, CalendarNeverWorks, WorkCalendar

MOST_CRITERIA = 12
MOST_FIELDS = 20
LONGEST_MESSAGE = 10_000
SHORTEST_FILLING = timedelta(seconds=3)
LONGEST_FILLING = timedelta(days=2)
SENDER_LIMIT = 5
FORM_LIMIT = 120
LIMIT_WINDOW = timedelta(hours=1)
SAME_WINDOW = timedelta(hours=1)
_EMAIL = re.compile(r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+$")
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
FORM_FIELDS: Mapping[str, str] = {
    "name": "text", "email": "email", "company_name": "text", "phone": "phone", "title": "text", "website": "text",
    "country": "text", "message": "long_text", "service": "choice", "need": "long_text", "budget": "choice", "timing": "text",
}
_LIMITS = {"name": 200, "company_name": 200, "title": 160, "email": 254, "phone": 60, "website": 200, "country": 120, "industry": 120, "source": 120}


def lead_errors(new: NewLead, *, at: str = "", keys: Iterable[str] = ()) -> list[FieldError]:
    """Why this is not a lead: it needs somebody to answer, and addresses that can be one."""
    errors = []
    if not (new.name.strip() or new.company_name.strip() or new.email.strip()):
        errors.append(FieldError(f"{at}name", "A lead needs a name, a company or an e-mail address.", "required"))
    if new.email.strip() and not _EMAIL.match(new.email.strip()):
        errors.append(FieldError(f"{at}email", worded("“{email}” is not an e-mail address.", email=new.email.strip()[:80])))
    for name, limit in _LIMITS.items():
        if len(getattr(new, name).strip()) > limit:
            errors.append(FieldError(f"{at}{name}", worded("At most {limit} characters fit here.", limit=limit), "too_long"))
    if len(new.message) > LONGEST_MESSAGE:
        errors.append(FieldError(f"{at}message", worded("At most {longest_message} characters fit here.", longest_message=LONGEST_MESSAGE), "too_long"))
    return errors + finding_errors(new.qualification, keys, at=at)


def finding_errors(findings: Mapping[str, Finding], keys: Iterable[str], *, at: str = "") -> list[FieldError]:
    """Why these findings do not belong to the criteria."""
    known = set(keys)
    errors = []
    for key, finding in findings.items():
        if key not in known:
            errors.append(FieldError(f"{at}qualification.{key}", worded("“{key}” is not asked in this pipeline.", key=key), "unknown"))
        if finding.state not in QUALIFICATION_STATES:
            errors.append(
                FieldError(f"{at}qualification.{key}.state", worded("Choose one of {qualification_states}.", qualification_states=", ".join(QUALIFICATION_STATES)), "unknown")
            )
        if len(finding.note) > 1000:
            errors.append(FieldError(f"{at}qualification.{key}.note", "At most 1000 characters fit here.", "too_long"))
    return errors


def criteria_errors(criteria: Sequence[Criterion]) -> list[FieldError]:
    """Why these criteria cannot be asked."""
    errors = []
    if len(criteria) > MOST_CRITERIA:
        errors.append(FieldError("criteria", worded("Ask at most {most_criteria} things.", most_criteria=MOST_CRITERIA), "too_long"))
    keys = [one.key for one in criteria]
    for place, one in enumerate(criteria):
        if not one.label.strip():
            errors.append(FieldError(f"criteria[{place}].label", "Name what is asked.", "required"))
        if not _KEY.match(one.key) or keys.count(one.key) > 1:
            errors.append(FieldError(f"criteria[{place}].key", worded("“{key}” cannot stand for it, or stands twice.", key=one.key[:40]), "key"))
    return errors


def key_of(label: str) -> str:
    """A key for a criterion from its words."""
    plain = re.sub(r"[^a-z0-9]+", "_", label.strip().lower()).strip("_")[:40]
    return plain if _KEY.match(plain) else f"c_{plain}"[:40]


def add_working_minutes(start: datetime, minutes: int, *, calendar: WorkCalendar, zone: str) -> datetime:
    """The instant `minutes` of working time after `start`, in the calendar's local time; outside it the clock stands still."""
    local = start.astimezone(ZoneInfo(zone))
    day, minute, left = local.date(), local.hour * 60 + local.minute, minutes
    for _ in range(SEARCH_DAYS):
        for begin, end in calendar.spans_on(day):
            begin = max(begin, minute)
            if begin >= end:
                continue
            if left <= end - begin:
                at = begin + left
                midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
                wall = midnight + timedelta(days=at // MINUTES_PER_DAY, minutes=at % MINUTES_PER_DAY)
                return wall.astimezone(start.tzinfo)
            left -= end - begin
        day, minute = day + timedelta(days=1), 0
    raise CalendarNeverWorks(worded("no working time within ten years of {start}", start=start.date().isoformat()))


def figures_of(cycles: Sequence[tuple[date, date | None]]) -> LeadFigures:
    """The figures of leads given as (received, converted or None). Backward cycles stay in the median as they are."""
    days = [(converted - received).days for received, converted in cycles if converted is not None]
    return LeadFigures(
        len(cycles), len(days), float(statistics.median(days)) if days else None, sum(1 for number in days if number < 0)
    )


def form_errors(form: NewLeadForm) -> list[FieldError]:
    """Why a form cannot go on the web."""
    errors = []
    if not form.name.strip():
        errors.append(FieldError("name", "Name the form.", "required"))
    if not form.title.strip():
        errors.append(FieldError("title", "A form needs a heading.", "required"))
    names = [one.name for one in form.fields]
    if not {"email", "phone"} & set(names):
        errors.append(FieldError("fields", "Ask for an e-mail address or a phone number, or nobody can answer.", "required"))
    if len(names) > MOST_FIELDS or len(set(names)) < len(names):
        errors.append(FieldError("fields", "Every field is asked once.", "repeated"))
    for place, one in enumerate(form.fields):
        if one.name not in FORM_FIELDS:
            errors.append(FieldError(f"fields[{place}].name", worded("“{name}” is not a field of a lead.", name=one.name[:40]), "unknown"))
        if not one.label.strip():
            errors.append(FieldError(f"fields[{place}].label", "Every field needs words.", "required"))
        if one.kind == "choice" and not one.choices and one.name != "service":
            errors.append(FieldError(f"fields[{place}].choices", "Name what can be chosen, one per line.", "required"))
    return errors


def sent_errors(fields: Sequence[FormField], answers: Mapping[str, str]) -> list[FieldError]:
    """What is missing or wrong in what an outsider sent, field by field, in words for them."""
    errors = []
    for one in fields:
        said = answers.get(one.name, "").strip()
        if one.is_required and not said:
            errors.append(FieldError(one.name, "Please fill this in.", "required"))
        elif said and one.kind == "email" and not _EMAIL.match(said):
            errors.append(FieldError(one.name, "This is not an e-mail address.", "email"))
        elif one.choices and said and said not in one.choices:
            errors.append(FieldError(one.name, "Please choose one of these.", "unknown"))
        elif len(said) > _LIMITS.get(one.name, LONGEST_MESSAGE):
            errors.append(FieldError(one.name, worded("At most {limits} characters fit here.", limits=_LIMITS.get(one.name, LONGEST_MESSAGE)), "too_long"))
    if not errors and not any(answers.get(name, "").strip() for name in ("email", "phone")):
        place = next((one.name for one in fields if one.name in ("email", "phone")), "")
        errors.append(FieldError(place, "Please leave an e-mail address or a phone number.", "required"))
    return errors


def verdict_on(sent: SentForm, *, now: datetime, by_sender: int, by_form: int) -> str:
    """`accepted`, or why not: `trap` (a machine filled the hidden field), `limited`, `expired` (no or an old page), `fast`."""
    if sent.trap.strip():
        return "trap"
    if by_sender >= SENDER_LIMIT or by_form >= FORM_LIMIT:
        return "limited"
    if sent.opened_at is None or not timedelta(0) <= now - sent.opened_at <= LONGEST_FILLING:
        return "expired"
    return "fast" if now - sent.opened_at < SHORTEST_FILLING else "accepted"


def digest_of(answers: Mapping[str, str]) -> str:
    """What stands for the answers of a form: the same for the same words, however they are spaced and capitalised."""
    said = sorted((name, " ".join(text.split()).casefold()) for name, text in answers.items() if text.strip())
    return sha256(repr(said).encode()).hexdigest()


def clean_utm(utm: Mapping[str, str]) -> dict[str, str]:
    """The known parts of where somebody came from, with or without `utm_` before them, short and without control characters."""
    found = {key: re.sub(r"[\x00-\x1f]", "", utm.get(key) or utm.get(f"utm_{key}", "")).strip()[:300] for key in UTM_KEYS}
    return {key: value for key, value in found.items() if value}
