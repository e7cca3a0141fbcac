"""Reading people, roles and calendars; building the actor of a signed-in person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare, salted_hmac

from wonward.domains.staff.models import Calendar, Person, Role, TeamCalendar
from wonward.foundation.access.policy import grants_of, require, without_areas
from wonward.foundation.access.queries import PreferenceRow, keep_preferences, live_sign_in
from wonward.foundation.database.prepared import Values, rows
from wonward.foundation.database.reading import once
from wonward.foundation.database.unchanged import keep_state, once_while_unchanged, state_of_data
from wonward.foundation.events.queries import keep_latest_event, newest_event
from wonward.foundation.organisation.queries import stored_areas
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A colleague as shown in lists and pickers."""

    id: int
    name: str
    job_title: str
    team: str
    is_active: bool
    email: str = ""

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@dataclass(frozen=True, slots=True)
class DayFrame:
    """What day it is: `today` for everybody but the people listed in `exceptions` as (their date, their ids)."""

    today: date
    exceptions: tuple[tuple[date, tuple[int, ...]], ...] = ()

    def today_for(self, person_id: int | None) -> date:
        """The civil date where this person is."""
        for day, people in self.exceptions:
            if person_id in people:
                return day
        return self.today


def _row(person: Person) -> PersonRow:
    return PersonRow(
        person.pk, person.name, person.job_title, person.team.name if person.team else "", person.is_active, person.email
    )


def find_actor(*, user_id: int, via: str = "web", token_scopes: Collection[str] | None = None) -> Actor | None:
    """The actor of an active user, in one query; None when they may not sign in."""
    found = _signed_in(user_id)
    return _actor(found, via, token_scopes) if found else None


def find_session_actor(*, user_id: int, stamp: str, sign_in_id: int) -> Actor | None:
    """The actor of a session that was not ended and whose stamp fits the user's password, access role and epoch; one query."""
    found = _signed_in(user_id, sign_in_id)
    if found is None or not found.is_live or not constant_time_compare(stamp, _stamp(found)):
        return None
    keep_preferences(user_id, found.preferences)
    return _actor(found, "web", None)


def find_actors(person_ids: Iterable[int]) -> dict[int, Actor]:
    """What each of the given people who may sign in may do, by person; one query."""
    found = Person.objects.filter(pk__in=set(person_ids), is_active=True, user__is_active=True).annotate(areas=Subquery(stored_areas()))
    return {
        key: Actor(
            label=name, user_id=user_id, person_id=key, team_id=team_id, leads_team_id=team_id if is_lead else None, role=role,
            grants=without_areas(grants_of(role, overrides, more or {}), areas or {}),
        )
        for key, user_id, name, team_id, is_lead, role, overrides, more, areas in found.values_list(
            "pk", "user_id", "name", "team_id", "is_team_lead", "user__access_role__key", "user__access_role__overrides",
            "team__overrides", "areas",
        )
    }


def count_sign_ins() -> int:
    """How many people may sign in; 0 means a new installation."""
    return Person.objects.filter(user__is_active=True).count()


def find_session_stamp(user_id: int) -> str:
    """What a new session of this user carries."""
    found = _signed_in(user_id)
    return _stamp(found) if found else ""


def _stamp(found: _SignedIn) -> str:
    """Changes with password, access role and the epoch that a second factor raises: either ends every session."""
    words = f"{found.password}:{found.role_id}:{found.session_epoch}"
    return salted_hmac("wonward.session", words, algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _SignedIn:
    """A person who may sign in, with what their user says."""

    user_id: int
    person_id: int
    name: str
    team_id: int | None
    is_team_lead: bool
    password: str
    role_id: int
    session_epoch: int
    is_live: bool
    overrides: dict[str, str]
    team_overrides: dict[str, str]
    areas: dict[str, bool]
    preferences: PreferenceRow


def _signed_in(user_id: int, sign_in_id: int = 0) -> _SignedIn | None:
    found = rows("signed in person", _of_user, {"user": user_id, "sign_in": sign_in_id})
    if not found:
        return None
    person_id, name, team_id, is_lead, password, role_id, epoch, is_live, role, overrides, more, areas, *settings = found[0]
    email, theme, density, language, time_zone, keyboard_is_on, week_start, newest, state = settings
    keep_latest_event(newest)
    keep_state(state)
    return _SignedIn(
        user_id, person_id, name, team_id, is_lead, password, role_id, epoch, bool(is_live), overrides, more or {}, areas or {},
        PreferenceRow(email, role, theme, density, language, time_zone, keyboard_is_on, week_start),
    )


def _of_user(values: Values) -> QuerySet[Any, Any]:
    people = Person.objects.filter(user_id=values["user"], user__is_active=True).order_by("pk")
    live = Exists(live_sign_in(values["sign_in"], values["user"]))
    return people.annotate(newest_event=Subquery(newest_event()), is_live=live, areas=Subquery(stored_areas()), state=state_of_data()).values_list(
        "pk", "name", "team_id", "is_team_lead", "user__password", "user__access_role_id", "user__session_epoch", "is_live",
        "user__access_role__key", "user__access_role__overrides", "team__overrides", "areas", "user__email", "user__theme", "user__density", "user__language", "user__time_zone",
        "user__keyboard_is_on", "user__week_start", "newest_event", "state",
    )


def _actor(found: _SignedIn, via: str, token_scopes: Collection[str] | None) -> Actor:
    return Actor(
        label=found.name,
        user_id=found.user_id,
        person_id=found.person_id,
        team_id=found.team_id,
        leads_team_id=found.team_id if found.is_team_lead else None,
        role=found.preferences.role,
        grants=without_areas(grants_of(found.preferences.role, found.overrides, found.team_overrides), found.areas),
        token_scopes=None if token_scopes is None else frozenset(token_scopes),
        time_zone=found.preferences.time_zone,
        language=found.preferences.language,
        via=via,
    )


def get_person_names(person_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, for showing references; one query."""
    wanted = {key for key in person_ids if key}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def find_user_ids(person_ids: Iterable[int | None]) -> set[int]:
    """The sign-ins of the given people; those without one are left out."""
    wanted = {key for key in person_ids if key}
    if not wanted:
        return set()
    found = Person.objects.filter(pk__in=wanted, is_active=True, user__is_active=True)
    return set(found.values_list("user_id", flat=True))


def list_people(
    *, actor: Actor, active_only: bool = True, with_placeholders: bool = False, text: str = "", limit: int = 500
) -> list[PersonRow]:
    """Colleagues by name. `with_placeholders` adds those still to be hired: work may be planned for them, nothing else."""
    if not actor.may("staff.person.view"):
        return []
    if active_only and not text and limit == 500:
        return [row for row, is_placeholder in once_while_unchanged("active people", _active_people) if with_placeholders or not is_placeholder]
    people = Person.objects.select_related("team").order_by("name")
    if active_only:
        people = people.filter(is_active=True)
    if not with_placeholders:
        people = people.filter(is_placeholder=False)
    if text:
        people = people.filter(name__icontains=text)
    return [_row(person) for person in people[:limit]]


def _active_people() -> tuple[tuple[PersonRow, bool], ...]:
    return tuple(
        (PersonRow(key, name, job_title, team or "", True, email), is_placeholder)
        for key, name, job_title, team, email, is_placeholder in rows("active people", _people, {})
    )


def _people(values: Values) -> QuerySet[Any, Any]:
    del values
    people = Person.objects.filter(is_active=True).order_by("name")
    return people.values_list("pk", "name", "job_title", "team__name", "email", "is_placeholder")[:500]


@dataclass(frozen=True, slots=True)
class ColleagueRow:
    """A person as those see them who look after people; `user_id` is there once they may sign in."""

    id: int
    name: str
    email: str
    job_title: str
    team_id: int | None
    team: str
    is_team_lead: bool
    manager_id: int | None
    calendar_id: int | None
    is_active: bool
    user_id: int | None
    version: int


_COLLEAGUE = (
    "pk", "name", "email", "job_title", "team_id", "team__name", "is_team_lead", "manager_id", "calendar_id", "is_active", "user_id",
    "version",
)


def list_colleagues(*, actor: Actor, text: str = "", team_id: int | None = None, sort: str = "name", group: str = "", offset: int = 0, limit: int = 100) -> list[ColleagueRow]:
    """Everybody, those who left last, by name or the other way round (`-name`), `group` team by team; only with the right to look after people."""
    require(actor, "staff.person.edit")
    first = (F("team__name").asc(nulls_last=True),) if group == "team" else ()
    people = Person.objects.order_by(*first, "-is_active", "-name" if sort == "-name" else "name", "pk")
    if text:
        people = people.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if team_id is not None:
        people = people.filter(team_id=team_id)
    return [_colleague(row) for row in people.values_list(*_COLLEAGUE)[offset : offset + limit]]


def get_colleague(*, actor: Actor, person_id: int) -> ColleagueRow:
    """One of them, or NotFound."""
    require(actor, "staff.person.edit")
    found = Person.objects.filter(pk=person_id).values_list(*_COLLEAGUE).first()
    if found is None:
        raise NotFound("colleague", person_id)
    return _colleague(found)


def _colleague(row: tuple[Any, ...]) -> ColleagueRow:
    values = list(row)
    values[5] = values[5] or ""
    return ColleagueRow(*values)


def count_team_members() -> dict[int, int]:
    """How many active people each team has."""
    found = Person.objects.filter(is_active=True, team__isnull=False).order_by().values_list("team_id").annotate(count=Count("pk"))
    return dict(found.values_list("team_id", "count"))


def find_person(person_id: int) -> PersonRow | None:
    """One colleague, or None."""
    person = Person.objects.select_related("team").filter(pk=person_id).first()
    return _row(person) if person else None


def person_exists(person_id: int) -> bool:
    """Whether an active person has this id."""
    return Person.objects.filter(pk=person_id, is_active=True).exists()


def find_existing_people(person_ids: Collection[int]) -> set[int]:
    """Those of the given ids that belong to active people; one query."""
    return set(Person.objects.filter(pk__in=set(person_ids), is_active=True).values_list("pk", flat=True))


def find_team_members(team_id: int) -> set[int]:
    """The ids of the people of a team, for judging a team lead's rights over many records."""
    return set(Person.objects.filter(team_id=team_id).values_list("pk", flat=True))


def find_members_of_teams(team_ids: Collection[int]) -> dict[int, set[int]]:
    """The ids of the people of several teams, by team; one query."""
    found: dict[int, set[int]] = {}
    for team_id, person_id in Person.objects.filter(team_id__in=set(team_ids)).values_list("team_id", "pk"):
        found.setdefault(team_id, set()).add(person_id)
    return found


def get_team_id(person_id: int | None) -> int | None:
    """The team of a person, for judging a team lead's rights."""
    if person_id is None:
        return None
    return Person.objects.filter(pk=person_id).values_list("team_id", flat=True).first()


def find_manager_of(person_id: int | None) -> int | None:
    """Who answers for somebody: their manager, else the lead of their team, else somebody of the leadership, else the owner."""
    active = Person.objects.filter(is_active=True)
    if person_id is not None:
        manager_id, team_id = Person.objects.filter(pk=person_id).values_list("manager_id", "team_id").first() or (None, None)
        if manager_id is not None and active.filter(pk=manager_id).exists():
            return manager_id
        active = active.exclude(pk=person_id)
        if team_id is not None:
            lead_id = active.filter(team_id=team_id, is_team_lead=True).order_by("pk").values_list("pk", flat=True).first()
            if lead_id is not None:
                return lead_id
    for role in ("leadership", "owner"):
        found = active.filter(user__access_role__key=role, user__is_active=True).order_by("pk").values_list("pk", flat=True).first()
        if found is not None:
            return found
    return None


def get_day_frame(*, now: datetime, time_zone: str) -> DayFrame:
    """Today for most people (`time_zone`), and whose today is another date; one query, two when somebody differs."""
    return once(("day frame", now, time_zone), lambda: _day_frame(now, time_zone))


def _day_frame(now: datetime, time_zone: str) -> DayFrame:
    base = now.astimezone(ZoneInfo(time_zone)).date()
    others: dict[date, list[str]] = {}
    for (zone,) in rows("time zones of people", _time_zones, {}, is_kept=True):
        day = now.astimezone(ZoneInfo(zone)).date()
        if day != base:
            others.setdefault(day, []).append(zone)
    return DayFrame(
        base,
        tuple(
            (day, tuple(Person.objects.filter(user__time_zone__in=names).values_list("pk", flat=True)))
            for day, names in others.items()
        ),
    )


def _time_zones(values: Values) -> QuerySet[Any, Any]:
    del values
    return Person.objects.filter(is_active=True, user__isnull=False).values_list("user__time_zone").distinct()


@dataclass(frozen=True, slots=True)
class PersonKey:
    """What a colleague is recognised by; for matching, never for showing."""

    id: int
    name: str
    email: str
    is_active: bool
    external_source: str
    external_id: str
    version: int


def list_person_keys() -> list[PersonKey]:
    """Everybody, active people first and the oldest first among them; one query."""
    rows = Person.objects.order_by("-is_active", "pk")
    return [
        PersonKey(*row)
        for row in rows.values_list("pk", "name", "email", "is_active", "external_source", "external_id", "version")
    ]


def find_people_by_name(names: Collection[str]) -> dict[str, int]:
    """Ids by exact name; the oldest person wins where two share one."""
    rows = Person.objects.filter(name__in=set(names)).order_by("-pk").values_list("name", "pk")
    return dict(rows)


def find_delivery_lead() -> int | None:
    """Who accepts handoffs when nobody is named: a team lead with the project manager role, else any of them."""
    found = rows("delivery lead", _delivery_leads, {})
    return found[0][0] if found else None


def _delivery_leads(values: Values) -> QuerySet[Any, Any]:
    del values
    people = Person.objects.filter(is_active=True, user__access_role__key="project_manager", user__is_active=True)
    return people.order_by("-is_team_lead", "pk").values_list("pk")[:1]


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as the settings show it; `document` is a kernel WorkCalendar as JSON."""

    id: int
    name: str
    document: dict[str, Any]
    is_default: bool
    version: int
    is_archived: bool = False


def list_calendars(*, is_archived: bool = False) -> list[CalendarRow]:
    """Every calendar, the organisation's first; or those that were put away."""
    found = Calendar.objects.filter(archived_at__isnull=not is_archived).order_by("-is_default", "name")
    return [CalendarRow(*row, is_archived) for row in found.values_list("pk", "name", "document", "is_default", "version")]


def list_team_calendars() -> dict[int, int]:
    """The calendar of each team that has one of its own."""
    return dict(TeamCalendar.objects.order_by("pk").values_list("team_id", "calendar_id"))


def own_calendar() -> Coalesce:
    """In a query over people: the id of the calendar they work by, their own or their team's; NULL for the organisation's."""
    of_team = TeamCalendar.objects.filter(team_id=OuterRef("team_id")).values("calendar_id")[:1]
    return Coalesce("calendar_id", Subquery(of_team), output_field=BigIntegerField())


def get_default_calendar() -> tuple[int, WorkCalendar]:
    """The organisation's calendar and its id."""
    return once_while_unchanged("default calendar", _read_default_calendar)


def _read_default_calendar() -> tuple[int, WorkCalendar]:
    found = rows("default calendar", lambda values: Calendar.objects.filter(is_default=True).order_by("pk").values_list("pk", "document")[:1], {})
    if not found:
        raise LookupError("The default calendar is missing; run the migrations.")
    ((key, document),) = found
    return key, WorkCalendar.from_document(document)


def get_calendar(calendar_id: int) -> WorkCalendar:
    """A calendar by id; Monday to Friday when it is gone."""
    return once_while_unchanged(("calendar", calendar_id), lambda: _calendar(calendar_id))


def _calendar(calendar_id: int) -> WorkCalendar:
    found = rows("calendar", lambda values: Calendar.objects.filter(pk=values["id"]).values_list("document"), {"id": calendar_id})
    return WorkCalendar.from_document(found[0][0]) if found and found[0][0] else STANDARD_CALENDAR


def get_role_ids(names: Collection[str]) -> dict[str, int]:
    """Role ids by case-folded name."""
    return dict(Role.objects.filter(key__in={name.strip().casefold() for name in names}).values_list("key", "pk"))


def get_role_names(role_ids: Iterable[int | None]) -> dict[int, str]:
    """Role names by id."""
    return dict(Role.objects.filter(pk__in={key for key in role_ids if key}).values_list("pk", "name"))


def find_people_by_email(emails: Collection[str]) -> dict[str, int]:
    """Colleagues by the lower-case address they sign in with or are known by, former ones too; for telling whose words something is."""
    wanted = {email.strip().lower() for email in emails if email.strip()}
    found = Person.objects.filter(Q(email__in=wanted) | Q(user__email__in=wanted), is_placeholder=False).order_by("-is_active", "-pk")
    known: dict[str, int] = {}
    for key, *addresses in found.values_list("pk", "email", "user__email"):
        known |= {address: known.get(address, key) for address in addresses if address in wanted}
    return known


def list_people_in(access_roles: Collection[str]) -> list[tuple[int, int, str]]:
    """(person, user, name) of everybody who may sign in with one of these access roles, by name; one query."""
    found = Person.objects.filter(is_active=True, user__is_active=True, user__access_role__key__in=set(access_roles)).order_by("name", "pk")
    return [(key, user_id, name) for key, user_id, name in found.values_list("pk", "user_id", "name") if user_id]
