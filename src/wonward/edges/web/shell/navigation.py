"""The shell around a page: whose installation, who looks, where they can go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, trans_real

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.saved_lists import SAVED, known_list, view_href
from wonward.foundation.access.policy import ROLES
from wonward.foundation.access.queries import get_preferences
from wonward.foundation.organisation.queries import get_organisation
from wonward.foundation.saved_views.queries import list_pins
from wonward.journeys.client_record.queries.counts import NavigationCounts, count_navigation
from wonward.kernel.actor import Actor, Scope


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A place to go."""

    label: str
    icon: str
    href: str
    count: int | None = None
    is_hot: bool = False
    is_current: bool = False
    letter: str = ""


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Places of one job."""

    label: str
    items: tuple[NavigationItem, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks."""

    name: str = ""
    initials: str = ""
    tone: int = 0
    role_label: str = ""
    email: str = ""
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the layout needs."""

    organisation_name: str
    csrf_token: str
    navigation: tuple[NavigationGroup, ...] = ()
    viewer: Viewer | None = None
    theme: str = "system"
    density: str = "normal"
    language: str = "en"
    time_zone: str = "UTC"
    is_stream_on: bool = False
    banner: str | None = None
    keyboard_is_on: bool = True
    accent: str = "petrol"
    has_logo: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)
    has_delivery: bool = True
    has_sales: bool = True
    actions: tuple[NavigationItem, ...] = ()
    has_pinned_records: bool = False

    def settings_parts(self) -> list[Place]:
        """The parts of the settings that the viewer may open."""
        return [part for part in SETTINGS_PARTS if part.permission in self.permissions]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the left rail: shown to those with the permission."""

    group: str | Promise
    label: str | Promise
    icon: str
    route: str
    permission: str | None
    count: Callable[[NavigationCounts], int] | None = None
    is_hot: bool = False
    letter: str = ""


DELIVERY, SALES = "delivery", "sales"
# The parts of the settings; the entry of the rail leads to the first that the viewer may open.
SETTINGS_PARTS = (
    Place("", gettext_lazy("People"), "users", "people", "staff.person.edit"),
    Place("", gettext_lazy("Roles and teams"), "shield", "roles", "access.user.manage"),
    Place("", gettext_lazy("Organisation and look"), "building-2", "organisation", "organisation.settings.edit"),
    Place("", gettext_lazy("Areas"), "layout-dashboard", "areas", "organisation.settings.edit"),
    Place("", gettext_lazy("Pipelines and stages"), "columns-3", "pipelines", "sales.pipeline.edit"),
    Place("", gettext_lazy("Handoff rules"), "seam", "handoff_rules", "handoff.rules.edit"),
    Place("", gettext_lazy("Custom fields"), "rows-3", "fields", "custom_fields.field.edit"),
    Place("", gettext_lazy("Calendars and holidays"), "calendar", "calendars", "organisation.settings.edit"),
    Place("", gettext_lazy("Currencies and rates"), "euro", "rates", "organisation.settings.edit"),
    Place("", gettext_lazy("Numbers"), "tag", "numbers", "organisation.settings.edit"),
    Place("", gettext_lazy("Your data"), "archive", "house_data", "house.export.make"),
    Place("", gettext_lazy("Backup"), "archive", "backup", "house.backup.edit"),
    Place("", gettext_lazy("Webhooks"), "send", "webhooks", "webhooks.webhook.manage"),
    Place("", gettext_lazy("How long it is kept"), "shield", "retention", "house.retention.edit"),
    Place("", gettext_lazy("Audit log"), "history", "audit_log", "audit.log.view"),
    Place("", gettext_lazy("Who opened what"), "eye", "openings", "audit.openings.view"),
    Place("", gettext_lazy("Trash"), "trash-2", "trash", "house.trash.view"),
)
SETTINGS = Place(gettext_lazy("Business"), gettext_lazy("Settings"), "settings", "people", None)
PLACES = (
    Place("", gettext_lazy("My work"), "home", "my_work", None, lambda counts: counts.my_due, False, letter="m"),
    Place("", gettext_lazy("Inbox"), "inbox", "inbox", None, lambda counts: counts.unread, True, letter="n"),
    Place(gettext_lazy("Sell"), gettext_lazy("Leads"), "target", "leads", "sales.lead.view", lambda counts: counts.leads_to_answer, True),
    Place(gettext_lazy("Sell"), gettext_lazy("Deals"), "columns-3", "deals_board", "sales.deal.view",
          lambda counts: counts.open_deals, letter="d"),
    Place(gettext_lazy("Sell"), gettext_lazy("Proposals"), "file-text", "proposals", "sales.proposal.view"),
    Place(gettext_lazy("Sell"), gettext_lazy("Renewals"), "repeat-2", "renewals", "sales.deal.view"),
    Place(gettext_lazy("Sell"), gettext_lazy("Discipline"), "gauge", "discipline", "sales.deal.create"),
    Place(gettext_lazy("Sell"), gettext_lazy("Reports"), "chart-column", "sales_reports", "sales.report.view"),
    Place(gettext_lazy("Deliver"), gettext_lazy("Handoffs"), "seam", "handoffs", "handoff.handoff.view",
          lambda counts: counts.waiting_handoffs, True, letter="h"),
    Place(gettext_lazy("Deliver"), gettext_lazy("Projects"), "folder-kanban", "projects", "delivery.project.view",
          lambda counts: counts.live_projects, letter="p"),
    Place(gettext_lazy("Deliver"), gettext_lazy("Portfolio"), "layout-dashboard", "portfolio", "delivery.project.view"),
    Place(gettext_lazy("Deliver"), gettext_lazy("Capacity"), "users", "planner", "staff.booking.view"),
    Place(gettext_lazy("Clients"), gettext_lazy("Companies"), "building-2", "companies", "clients.company.view", letter="c"),
    Place(gettext_lazy("Clients"), gettext_lazy("Contacts"), "contact", "contacts", "clients.company.view"),
    Place(gettext_lazy("Clients"), gettext_lazy("Log"), "message-square", "conversations", "comms.communication.view"),
    Place(gettext_lazy("Business"), gettext_lazy("Objectives"), "flag", "objectives", "insights.objective.view"),
    Place(gettext_lazy("Business"), gettext_lazy("Templates"), "layers", "templates", "catalog.service.view", letter="t"),
    SETTINGS,
    Place(gettext_lazy("Business"), gettext_lazy("Import"), "upload", "imports", "imports.batch.run", letter="i"),
    Place(gettext_lazy("Business"), gettext_lazy("Failures"), "circle-alert", "failures", "events.delivery.replay"),
)

ACTIONS = (
    Place("", gettext_lazy("New deal"), "plus", "new_deal", "sales.deal.create", letter="d"),
    Place("", gettext_lazy("New lead"), "plus", "new_lead", "sales.lead.create", letter="l"),
    Place("", gettext_lazy("New company"), "plus", "new_company", "clients.company.edit", letter="c"),
    Place("", gettext_lazy("New contact"), "plus", "add_contact", "clients.company.edit", letter="p"),
    Place("", gettext_lazy("New objective"), "plus", "new_objective", "insights.objective.edit", letter="o"),
    Place("", gettext_lazy("New template"), "plus", "new_template", "catalog.template.edit"),
    Place("", gettext_lazy("Invite somebody"), "user-plus", "invite", "staff.person.edit"),
    Place("", gettext_lazy("My profile"), "user", "profile", None),
)


_ASKED = frozenset(place.permission for place in (*PLACES, *SETTINGS_PARTS, *ACTIONS) if place.permission)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A place in the words of one language, without what changes from page to page."""

    group: str
    label: str
    href: str
    place: Place


def _permissions(actor: Actor) -> frozenset[str]:
    """What the viewer may do at all; a right that was taken from their role reaches nothing."""
    return frozenset(name for name, reach in actor.grants.items() if reach is not Scope.NONE)


def shell_of(request: HttpRequest, *, with_counts: bool = True) -> Shell:
    """The shell of a request; a stranger sees only whose installation it is."""
    organisation = get_organisation()
    has_delivery, has_sales = organisation.is_on(DELIVERY), organisation.is_on(SALES)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.user_id is None:
        return Shell(organisation.name, get_token(request), accent=organisation.accent, has_logo=organisation.has_logo)
    if not with_counts:
        return Shell(
            organisation.name, get_token(request), time_zone=actor.time_zone, language=actor.language,
            permissions=_permissions(actor), has_delivery=has_delivery, has_sales=has_sales, viewer=_viewer(actor, ""),
        )
    preferences = get_preferences(actor.user_id)
    counts = count_navigation(actor=actor, now=request.now)  # type: ignore[attr-defined]
    return Shell(
        organisation.name, get_token(request), _navigation(request, actor, counts), _viewer(actor, preferences.email),
        preferences.theme, preferences.density, preferences.language, actor.time_zone, True, _banner(actor),
        preferences.keyboard_is_on, organisation.accent, organisation.has_logo, _permissions(actor), has_delivery, has_sales,
        actions=_actions(trans_real.catalog(), _rights_of(actor), has_delivery),
        has_pinned_records=bool(counts.records),
    )


def _banner(actor: Actor) -> str | None:
    if settings.IS_LOCAL_MODE or settings.SESSION_COOKIE_SECURE or actor.role not in ("owner", "admin"):
        return None
    return _("This installation is reached without https. Sign-ins travel unencrypted.")


def initials_of(name: str) -> str:
    """First letters of the first and last word."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


def tone_of(key: int | None) -> int:
    """A steady colour per person or company."""
    return (key or 0) % 7


def _viewer(actor: Actor, email: str) -> Viewer:
    return Viewer(actor.label, initials_of(actor.label), tone_of(actor.person_id), _(ROLES.get(actor.role, actor.role)), email, actor.user_id)


def _rights_of(actor: Actor) -> frozenset[str]:
    return frozenset(permission for permission in _ASKED if actor.may(permission))


@lru_cache(maxsize=256)
def _actions(catalogue: object, rights: frozenset[str], has_delivery: bool) -> tuple[NavigationItem, ...]:
    """What can be begun, in the words of the catalogue, which is active."""
    del catalogue
    return tuple(
        NavigationItem(str(one.label), one.icon, address_of(one.route), letter=one.letter) for one in ACTIONS
        if (one.permission is None or one.permission in rights) and (has_delivery or one.route != "new_template")
    )


def _navigation(request: HttpRequest, actor: Actor, counts: NavigationCounts) -> tuple[NavigationGroup, ...]:
    groups: dict[str, list[NavigationItem]] = {}
    path = request.path
    for drawn in _drawn_places(trans_real.catalog(), _rights_of(actor), get_organisation().is_on(DELIVERY)):
        place, href = drawn.place, drawn.href
        count = place.count(counts) if place.count else None
        is_current = path == href or (href != "/" and path.startswith(href))
        groups.setdefault(drawn.group, []).append(
            NavigationItem(drawn.label, place.icon, href, count or None, place.is_hot and bool(count), is_current, place.letter)
        )
    if counts.pins and (pinned := _pinned(request, actor)):
        groups[_("Pinned")] = pinned
    return tuple(NavigationGroup(label, tuple(items)) for label, items in groups.items())


@lru_cache(maxsize=256)
def _drawn_places(catalogue: object, rights: frozenset[str], has_delivery: bool) -> tuple[_Drawn, ...]:
    """The places open to those rights, in the words of the catalogue, which is active."""
    del catalogue
    shown = (_settings_of(rights) if one is SETTINGS else one for one in PLACES)
    return tuple(
        _Drawn(str(place.group), str(_label_of(place, has_delivery)), address_of(place.route), place)
        for place in shown if place is not None and (place.permission is None or place.permission in rights)
    )


def _settings_of(rights: frozenset[str]) -> Place | None:
    """The settings for those who may open any of their parts; the trash alone is no reason."""
    first = next((part for part in SETTINGS_PARTS if part.route != "trash" and part.permission in rights), None)
    return replace(SETTINGS, route=first.route) if first else None


def _label_of(place: Place, has_delivery: bool) -> str | Promise:
    """Where nothing is delivered, the page of templates and services is that of the services alone."""
    return place.label if place.route != "templates" or has_delivery else gettext_lazy("Services")


def _pinned(request: HttpRequest, actor: Actor) -> list[NavigationItem]:
    """Views the viewer keeps at hand, of lists they may still open."""
    known = [(found, view_id, name) for view_id, key, name in list_pins(actor=actor) if (found := known_list(key))]
    return [
        NavigationItem(name, "pin", view_href(found, view_id), is_current=request.GET.get(SAVED) == str(view_id))
        for found, view_id, name in known if found.is_open_to(actor)
    ]
