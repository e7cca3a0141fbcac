"""Access roles and teams: who sees, who changes, who sees money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.staff.operations import set_role_rights, set_team_name, set_team_rights
from wonward.domains.staff.queries import count_team_members, list_colleagues
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.navigation import DELIVERY
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import (
    PERMISSIONS,
    ROLES,
    Permission,
    closed_prefixes,
    grants_of,
    roles_in,
)
from wonward.foundation.access.queries import get_role_rights, list_teams
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Scope
from wonward.kernel.errors import NotFound, Refused

_MONEY = (
    "sales.value.view", "catalog.price.view", "catalog.cost.view", "finance.budget.view", "finance.cost.view", "staff.rate.view",
    "marketing.spend.view", "custom_fields.money.view",
)
_GRADED = ("own", "team", "related")


@dataclass(frozen=True, slots=True)
class Cell:
    """How far one permission reaches for one role."""

    words: str
    look: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class RightsRow:
    """One permission across all roles, or with the choices for one."""

    name: str
    label: str
    cells: tuple[Cell, ...]
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    default_words: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class RightsGroup:
    """Permissions that answer one question."""

    title: str
    icon: str
    rows: tuple[RightsRow, ...]


_OF_DELIVERY = ("catalog.template.",)


def _groups() -> list[tuple[str, str, list[Permission]]]:
    closed = closed_prefixes(get_organisation().areas)
    closed += () if get_organisation().is_on(DELIVERY) else _OF_DELIVERY
    known = sorted((one for one in PERMISSIONS.values() if not one.name.startswith(closed)), key=lambda one: one.name)
    sees = [one for one in known if one.name.endswith(".view") and one.name not in _MONEY]
    money = [one for one in known if one.name in _MONEY]
    changes = [one for one in known if one not in sees and one not in money]
    return [(_("Who sees"), "eye", sees), (_("Who sees money"), "wallet", money), (_("Who changes"), "pencil", changes)]


def _words(reach: str) -> str:
    return {"none": _("–"), "own": _("own"), "team": _("team’s"), "related": _("related"), "all": _("all")}[reach]


def _is_graded(permission: Permission) -> bool:
    return any(reach.value in _GRADED for reach in permission.defaults.values())


def _choices(permission: Permission) -> tuple[tuple[str, str], ...]:
    if not _is_graded(permission):
        return (("none", _("No")), ("all", _("Yes")))
    return (
        ("none", _("Nothing")), ("own", _("Own: owner, member, assigned")), ("team", _("Own and their team’s")),
        ("related", _("What belongs to their clients and projects") if get_organisation().is_on(DELIVERY) else _("What belongs to their clients")), ("all", _("Everything not restricted")),
    )


@page(permission="access.user.manage")
def roles(request: SignedInRequest) -> HttpResponse:
    """The whole policy on one screen."""
    stored = get_role_rights()
    grants = {role: grants_of(role, stored[role].overrides if role in stored else None) for role in ROLES}
    groups, shown = [], roles_in(get_organisation().areas)
    for title, icon, permissions in _groups():
        rows = []
        for one in permissions:
            cells = []
            for role in shown:
                reach = grants[role].get(one.name, Scope.NONE).value
                words = _words(reach) if _is_graded(one) else {"none": "–"}.get(reach, "✓")
                changed = role in stored and one.name in stored[role].overrides
                cells.append(Cell(words, "none" if reach == "none" else "part" if reach in _GRADED else "all", changed))
            rows.append(RightsRow(one.name, _(one.label), tuple(cells)))
        groups.append(RightsGroup(title, icon, tuple(rows)))
    members = count_team_members()
    context = {
        "groups": groups, "roles": [(key, _(words)) for key, words in shown.items()], "tab": "roles",
        "teams": [(team, members.get(team.id, 0)) for team in list_teams()], "said": take_said(request),
    }
    return render(request, "settings/roles.html", context)


@page(permission="access.user.manage", methods=("GET", "POST"))
def role(request: SignedInRequest, role: str) -> HttpResponse:
    """What one access role may do."""
    if role not in ROLES:
        raise Http404
    stored = get_role_rights().get(role)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            version = reader.version()
            reader.finish()
            before = _as_sent(stored.overrides if stored else {}, _defaults(role))
            set_role_rights(actor=request.actor, role=role, reaches=_sent(request, stored.overrides if stored else {}), version=version, now=request.now)
            return go_on(request, address_of("roles"), _("Saved. It counts from everybody's next page."), undo_url=request.path, undo=before)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors) | {"": refusal.message}
    overrides = stored.overrides if stored else {}
    context = {
        "title": _(ROLES[role]), "groups": _editable(overrides, _defaults(role)), "version": stored.version if stored else 1, "errors": errors,
        "is_fixed": role == "owner", "action": request.path, "tab": "roles", "team": None, "members": [],
    }
    return render(request, "settings/rights.html", context, status=422 if errors else 200)


@page(permission="access.user.manage", methods=("GET", "POST"))
def team(request: SignedInRequest, team_id: int) -> HttpResponse:
    """A team: its name, who is in it, and what its members may do differently."""
    found = next((one for one in list_teams() if one.id == team_id), None)
    if found is None:
        raise NotFound("team", team_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            version, doing, name = reader.version(), reader.text("do"), reader.text("name", limit=120)
            reader.finish()
            before: dict[str, object] = {"do": "rename", "name": found.name}
            if doing == "rename":
                set_team_name(actor=request.actor, team_id=team_id, name=name, version=version, now=request.now)
            else:
                before = _as_sent(found.overrides, {})
                set_team_rights(actor=request.actor, team_id=team_id, reaches=_sent(request, found.overrides), version=version, now=request.now)
            return go_on(request, request.path, _("Saved. It counts from everybody's next page."), undo_url=request.path, undo=before)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors) | {"": refusal.message}
    members = list_colleagues(actor=request.actor, team_id=team_id) if request.actor.may("staff.person.edit") else []
    context = {
        "title": found.name, "groups": _editable(found.overrides, {}), "version": found.version, "errors": errors, "is_fixed": False,
        "action": request.path, "tab": "roles", "team": found, "members": members, "said": take_said(request),
    }
    return render(request, "settings/rights.html", context, status=422 if errors else 200)


def _defaults(role: str) -> dict[str, str]:
    return {name: one.defaults.get(role, Scope.NONE).value for name, one in PERMISSIONS.items()}


def _as_sent(overrides: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, object]:
    """What the form would send that brings these rights back."""
    return {row.name: row.value for group in _editable(overrides, defaults) for row in group.rows}


def _sent(request: SignedInRequest, overrides: Mapping[str, str]) -> dict[str, str]:
    """What was sent; what stands for areas that are off, and so was not on the page, stays."""
    closed = closed_prefixes(get_organisation().areas)
    closed += () if get_organisation().is_on(DELIVERY) else _OF_DELIVERY
    kept = {name: reach for name, reach in overrides.items() if name.startswith(closed)}
    return kept | {name: request.POST[name] for name in PERMISSIONS if name in request.POST}


def _editable(overrides: Mapping[str, str], defaults: Mapping[str, str]) -> list[RightsGroup]:
    """Every permission with its choices; without defaults (a team) the access role decides unless it is said here."""
    groups = []
    for title, icon, permissions in _groups():
        rows = []
        for one in permissions:
            choices = _choices(one)
            default = defaults.get(one.name, "")
            if not defaults:
                choices = (("", _("As the access role")), *choices)
            value = overrides.get(one.name, default)
            if value not in dict(choices):
                choices = (*choices, (value, _words(value)))
            rows.append(RightsRow(one.name, _(one.label), (), choices, value, dict(choices).get(default, ""), one.name in overrides))
        groups.append(RightsGroup(title, icon, tuple(rows)))
    return groups
