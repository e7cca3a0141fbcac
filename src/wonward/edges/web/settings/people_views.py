"""People: who works here, who may sign in, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.staff.operations import (
    NewPerson,
    change_person,
    change_sign_in,
    give_sign_in,
    invite_person,
    send_invitation,
)
from wonward.domains.staff.queries import (
    ColleagueRow,
    get_colleague,
    list_calendars,
    list_colleagues,
    list_people,
)
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.foundation.access.policy import ROLES, roles_in
from wonward.foundation.access.queries import SignInFacts, get_sign_in_facts, list_invited, list_teams
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused

PAGE = 50
PEOPLE = register_list(SavedList(
    "staff.people", "people", gettext_lazy("People"), gettext_lazy("Everybody"), "staff.person.edit", ("q", "team"),
    (
        ListColumn("name", gettext_lazy("Name"), is_fixed=True), ListColumn("role", gettext_lazy("Access role"), is_sortable=False),
        ListColumn("team", gettext_lazy("Team"), is_sortable=False), ListColumn("sign_in", gettext_lazy("Sign-in"), is_sortable=False),
    ),
    (("team", gettext_lazy("Team")),),
))


@dataclass(frozen=True, slots=True)
class PersonView:
    """One line of the list."""

    row: ColleagueRow
    initials: str
    tone: int
    role: str
    state: str
    state_words: str
    state_tone: str


@page(permission="staff.person.edit")
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody, with what they may do."""
    look = look_at(request, PEOPLE)
    reader = FormReader(look.query)
    text, number, team_id = reader.text("q", limit=100), max(1, reader.number("page") or 1), reader.number("team")
    reader.finish()
    found = list_colleagues(actor=request.actor, text=text, team_id=team_id, sort=look.state.sort or "name", group=look.state.group, offset=(number - 1) * PAGE, limit=PAGE + 1)
    rows = found[:PAGE]
    facts = get_sign_in_facts([row.user_id for row in rows if row.user_id])
    invited = list_invited(now=request.now)
    context = {
        "look": look, "sort": look.state.sort or "name", "sort_href": look.without("sort", "page"), "page_href": look.without("page"),
        "teams": [(str(team.id), team.name) for team in list_teams()], "team": str(team_id or ""), "kept": look.kept("q", "team"),
        "begins": {row.id for place, row in enumerate(rows) if look.state.group and (not place or row.team != rows[place - 1].team)},
        "people": [_view(row, facts.get(row.user_id or 0), row.user_id in invited) for row in rows], "text": text,
        "number": number, "has_more": len(found) > PAGE, "tab": "people", "done_words": _SAID.get(request.GET.get("done", ""), ""),
    }
    return render(request, "settings/people.html", context)


_SAID = {"invited": "The invitation is on its way.", "saved": "Saved."}


def _view(row: ColleagueRow, facts: SignInFacts | None, is_invited: bool) -> PersonView:
    state, words, tone = "none", _("No sign-in"), ""
    if not row.is_active:
        state, words = "left", _("Deactivated")
    elif facts and facts.has_password:
        state, words, tone = "active", _("Active"), "ok"
    elif facts:
        state, words, tone = "invited", _("Invited") if is_invited else _("No password yet"), "info" if is_invited else "warn"
    role = _(ROLES.get(facts.role, facts.role)) if facts else ""
    return PersonView(row, initials_of(row.name), tone_of(row.id), role, state, words, tone)


@page(permission="staff.person.edit", methods=("GET", "POST"))
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody: name, address, role, team."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            values = {name: reader.text(name, limit=160) for name in ("name", "email", "job_title", "team", "role")}
            reader.finish()
            new = NewPerson(
                name=values["name"], email=values["email"], job_title=values["job_title"], team=values["team"],
                access_role=values["role"], time_zone=get_organisation().time_zone,
            )
            invite_person(actor=request.actor, person=new, now=request.now)
            return go_to(request, f"{address_of('people')}?done=invited")
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "errors": errors, "values": request.POST, "roles": role_options(request), "teams": [team.name for team in list_teams()],
        "in_drawer": is_fragment(request),
    }
    return render(request, "settings/invite.html", context, block="drawer_form", status=422 if errors else 200)


def role_options(request: SignedInRequest, current: str = "") -> list[tuple[str, str]]:
    """The access roles this person may give, and the one somebody has."""
    return [(key, _(words)) for key, words in roles_in(get_organisation().areas, current).items() if key != "owner" or request.actor.role == "owner"]


@page(permission="staff.person.edit", methods=("GET", "POST"))
def person(request: SignedInRequest, person_id: int) -> HttpResponse:
    """One person: work, team, manager."""
    row = get_colleague(actor=request.actor, person_id=person_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            version = reader.version()
            changes: dict[str, Any] = {
                "name": reader.text("name", limit=160), "job_title": reader.text("job_title", limit=160),
                "team": reader.text("team", limit=120), "is_team_lead": reader.flag("is_team_lead"),
                "manager_id": reader.number("manager_id"), "calendar_id": reader.number("calendar_id"),
            }
            reader.finish()
            change_person(actor=request.actor, person_id=person_id, changes=changes, version=version, now=request.now)
            return go_to(request, f"{address_of('person', person_id=person_id)}?done=saved")
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    return _show_person(request, row, errors, status=422 if errors else 200)


def _show_person(request: SignedInRequest, row: ColleagueRow, errors: dict[str, str], *, status: int) -> HttpResponse:
    facts = get_sign_in_facts([row.user_id]).get(row.user_id) if row.user_id else None
    others = [one for one in list_people(actor=request.actor) if one.id != row.id]
    context = {
        "person": _view(row, facts, row.user_id in list_invited(now=request.now)), "row": row, "facts": facts, "errors": errors,
        "roles": role_options(request, facts.role if facts else ""), "teams": [team.name for team in list_teams()],
        "managers": [(one.id, one.name) for one in others], "calendars": [(one.id, one.name) for one in list_calendars()],
        "may_manage": request.actor.may("access.user.manage") and (facts is None or facts.role != "owner" or request.actor.role == "owner"),
        "tab": "people", "done_words": _SAID.get(request.GET.get("done", ""), ""), "sent": request.POST,
        "may_erase": not row.is_active and request.actor.may("house.person.erase"),
    }
    return render(request, "settings/person.html", context, status=status)


@page(permission="access.user.manage", methods=("POST",))
def person_sign_in(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Give, change, stop or allow a sign-in."""
    row = get_colleague(actor=request.actor, person_id=person_id)
    reader = FormReader(request.POST)
    doing, version = reader.text("do"), reader.version()
    email, role = reader.text("email", limit=254), reader.text("role", limit=40)
    try:
        reader.finish()
        if row.user_id is None:
            give_sign_in(actor=request.actor, person_id=person_id, email=email, role=role, now=request.now)
            return go_to(request, f"{address_of('person', person_id=person_id)}?done=invited")
        changes: dict[str, Any] = {"email": email, "role": role}
        if doing in ("deactivate", "activate"):
            changes = {"is_active": doing == "activate"}
        change_sign_in(actor=request.actor, person_id=person_id, changes=changes, version=version, now=request.now)
        return go_to(request, f"{address_of('person', person_id=person_id)}?done=saved")
    except Refused as refusal:
        if not refusal.errors:
            raise
        errors = {"sign_in": refusal.message, **errors_by_field(refusal.errors)}
        return _show_person(request, row, errors, status=422)


@page(permission="access.user.manage", methods=("POST",))
def person_invitation(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Send the invitation again."""
    send_invitation(actor=request.actor, person_id=person_id, now=request.now)
    return go_to(request, f"{address_of('person', person_id=person_id)}?done=invited")
