"""Lists that people look at in their own ways: which columns there are, and what stands in the bar above them.

A list says once what it has (`SavedList`, registered by its area); its view asks `look_at` how it is to be shown, and its
template draws `views.bar(look)`. See docs/how-to/wire-a-list-to-saved-views.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import tags_label
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.access.policy import can_see
from wonward.foundation.custom_fields.queries import PREFIX, asked_fields, list_fields
from wonward.foundation.custom_fields.types import FieldKind
from wonward.foundation.saved_views.queries import list_views, may_change
from wonward.foundation.saved_views.rules import SHAPE_PARAMETERS, read_state, write_state
from wonward.foundation.saved_views.types import Audience, ViewRow, ViewState
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

SAVED = "saved"
_MOST_GONE = 10
Words = str | Promise


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column a list can show. `key` is what the server sorts by; a fixed one is always there and comes first."""

    key: str
    label: Words
    is_number: bool = False
    is_sortable: bool = True
    is_fixed: bool = False
    is_usual: bool = True
    has_sum: bool = False


FindIds = Callable[[SignedInRequest, Mapping[str, str], int], list[int]]


@dataclass(frozen=True, slots=True)
class BulkSource:
    """How rows of a list are changed at once: the noun they are, the right to change one, and the ids behind a query, at most so many."""

    noun: str
    permission: str
    find_ids: FindIds


@dataclass(frozen=True, slots=True)
class SavedList:
    """What a list has to show. `filters` are the parameters of its address that narrow it, `groups` (key, words) pairs.

    The custom fields of `noun` come along as columns and filters called `cf_` and their key. A list that lies in a record, as
    tasks in a project, names in `place` the part of its address and the noun; every such record keeps its own views, and
    `place_id` says which one it is (`list_in`).
    """

    key: str
    route: str
    label: Words
    everything: Words
    permission: str | None
    filters: tuple[str, ...]
    columns: tuple[ListColumn, ...] = ()
    groups: tuple[tuple[str, Words], ...] = ()
    sorts: tuple[str, ...] = ()
    noun: str = ""
    bulk: BulkSource | None = None
    place: tuple[str, str] | None = None
    place_id: int = 0

    def is_open_to(self, actor: Actor) -> bool:
        """Whether somebody may open it; a list without a right of its own is everybody's."""
        return self.permission is None or actor.may(self.permission)

    @property
    def base(self) -> str:
        """Where the list is."""
        return address_of(self.route, **({self.place[0]: self.place_id} if self.place else {}))

    @property
    def usual_columns(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns if column.is_usual or column.is_fixed)

    @property
    def sums(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns if column.has_sum)


LISTS: dict[str, SavedList] = {}


def register_list(found: SavedList) -> SavedList:
    """Make a list known to the saved views; once, when its area is imported."""
    if found.key in LISTS:
        raise ValueError(f"The list {found.key} is registered twice.")
    LISTS[found.key] = found
    return found


def list_in(found: SavedList, place_id: int) -> SavedList:
    """The list as it lies in one record."""
    return replace(found, key=f"{found.key}:{place_id}", place_id=place_id)


def known_list(key: str) -> SavedList | None:
    """The registered list of a key, in the record the key names; None without one."""
    name, _colon, place = key.partition(":")
    found = LISTS.get(name)
    if found is None or found.place is None:
        return found if not place else None
    return list_in(found, int(place)) if place.isdecimal() and len(place) < 16 else None


def find_list(actor: Actor, key: str) -> SavedList:
    """A registered list with the custom fields of its noun, or NotFound; also for one in a record the viewer does not see."""
    found = known_list(key)
    if found is None or (found.place and not can_see(actor, Ref(found.place[1], found.place_id))):
        raise NotFound("list", key[:60])
    return with_fields(actor, found)


def with_fields(actor: Actor, found: SavedList) -> SavedList:
    """The list with a column and a filter per custom field."""
    fields = list_fields(actor=actor, noun=found.noun) if found.noun else []
    return replace(
        found, filters=(*found.filters, *(f"{PREFIX}{row.key}" for row in fields)),
        columns=(*found.columns, *(
            ListColumn(
                f"{PREFIX}{row.key}", tags_label(found.noun) if row.kind is FieldKind.TAGS else row.label, is_number=row.kind in (FieldKind.NUMBER, FieldKind.MONEY), is_sortable=row.kind is not FieldKind.TAGS,
                is_usual=False,
            ) for row in fields
        )),
        sorts=(*found.sorts, *(f"{PREFIX}{row.key}" for row in fields if row.kind is not FieldKind.TAGS)) if found.sorts else (),
    ) if fields else found


@dataclass(frozen=True, slots=True)
class ViewChoice:
    """A saved view in the menu of the bar."""

    name: str
    href: str
    is_current: bool
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class ListLook:
    """How a list is to be shown now. `query` is what the list reads its filters from instead of request.GET."""

    source: SavedList
    state: ViewState
    query: Mapping[str, str]
    columns: tuple[ListColumn, ...]
    sums: tuple[str, ...]
    view: ViewRow | None
    is_changed: bool
    may_change: bool
    views: Sequence[ViewRow] = field(default_factory=tuple)

    @property
    def base(self) -> str:
        return self.source.base

    @property
    def name(self) -> str:
        return self.view.name if self.view else str(self.source.everything)

    @property
    def groups(self) -> list[tuple[str, list[ViewChoice]]]:
        """Headings of the menu with the views below each."""
        headings = ((True, "", _("My views")), (False, "team", _("Of my team")), (False, "everyone", _("For everyone")))
        found = []
        for is_mine, audience, heading in headings:
            rows = [row for row in self.views if row.is_mine == is_mine and (is_mine or row.audience == audience)]
            choices = [ViewChoice(row.name, view_href(self.source, row.id), self.view is not None and row.id == self.view.id, row.is_pinned) for row in rows]
            if choices:
                found.append((heading, choices))
        return found

    @property
    def custom_keys(self) -> list[str]:
        """The custom fields among the columns shown, by their keys."""
        return [column.key.removeprefix(PREFIX) for column in self.columns if column.key.startswith(PREFIX)]

    @property
    def custom_filters(self) -> tuple[tuple[str, str], ...]:
        """Conditions on custom fields, as queries take them."""
        return asked_fields(self.query)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The conditions on custom fields in words, each with the address without it."""
        labels = {column.key: str(column.label) for column in self.source.columns}
        return [
            (f"{labels.get(PREFIX + key, key)}: {_('empty') if text == 'none' else text}", self.without(PREFIX + key, "page").rstrip("?&"))
            for key, text in self.custom_filters
        ]

    @property
    def group_label(self) -> str:
        return next((str(words) for key, words in self.source.groups if key == self.state.group), "")

    @property
    def is_special(self) -> bool:
        """Whether there is anything to keep."""
        return bool(write_state(self.state))

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The columns as `tables.head` takes them."""
        return [{"key": one.key, "label": one.label, "is_number": one.is_number, "is_sortable": one.is_sortable} for one in self.columns]

    def has(self, key: str) -> bool:
        """Whether a column is shown."""
        return any(column.key == key for column in self.columns)

    def href(self, route: str, **more: object) -> str:
        """An address that carries this look along: the drawers of the bar start from what is on the screen."""
        values = {"list": self.source.key, **write_state(self.state)}
        if self.view:
            values[SAVED] = str(self.view.id)
        return f"{address_of(route)}?{urlencode({**values, **{name: str(value) for name, value in more.items()}})}"

    def without(self, *names: str) -> str:
        """The list as it is looked at without some parameters, ready for one more."""
        words = urlencode(beside_view({name: value for name, value in self.query.items() if name not in names}))
        return f"{self.base}?{words}&" if words else f"{self.base}?"

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """What a form above the list carries along, besides the parameters it sends itself."""
        return [(name, value) for name, value in self.query.items() if name not in (*names, "page")]

    @property
    def bulk_href(self) -> str:
        """Where chosen rows go to be changed."""
        return self.href("new_bulk")

    @property
    def state_words(self) -> str:
        """The state on the screen, to be sent along and kept."""
        return urlencode(write_state(self.state))

    def with_group(self, key: str) -> str:
        """The list in other groups."""
        return f"{self.without('group', 'page')}group={key}" if key else self.without("group", "page").rstrip("?&")


def beside_view(values: Mapping[str, str]) -> dict[str, str]:
    """Parameters of an address that may name a saved view: where nothing stands beside it, it says so, or the view would open as it was kept."""
    return {**values, "columns": ""} if set(values) == {SAVED} else dict(values)


def view_href(found: SavedList, view_id: int) -> str:
    """Where a saved view opens."""
    return f"{found.base}?{SAVED}={view_id}"


def state_in(found: SavedList, query: QueryDict) -> ViewState:
    """The state an address asks for."""
    return read_state(
        dict(query.lists()), filters=_filters_in(found, query), columns=[column.key for column in found.columns], groups=[key for key, _words in found.groups],
        sorts=sorts_of(found), sums=found.sums,
    )


def _filters_in(found: SavedList, names: Iterable[str]) -> tuple[str, ...]:
    """The filters of a list, with those on fields that are not there any more: they are kept, and narrow it to nothing."""
    gone = [name for name in names if name.startswith(PREFIX) and name not in found.filters] if found.noun else []
    return (*found.filters, *gone[:_MOST_GONE])


def orders_of(look: ListLook, orders: Mapping[str, Words]) -> list[tuple[str, str, bool]]:
    """The orders of a list without column heads, as (words, address, whether it is the one): by what `sort` says, "" as it comes."""
    base = look.without("sort", "page")
    return [(str(words), f"{base}sort={key}" if key else base.rstrip("?&"), key == look.state.sort) for key, words in orders.items()]


def sorts_of(found: SavedList) -> tuple[str, ...]:
    """What a list can be sorted by."""
    return found.sorts or tuple(column.key for column in found.columns if column.is_sortable)


def look_at(request: SignedInRequest, found: SavedList) -> ListLook:
    """How the address, or the saved view it names, wants the list shown; one query."""
    found = with_fields(request.actor, found)
    views = list_views(actor=request.actor, list_key=found.key)
    wanted = request.GET.get(SAVED, "")
    view = next((row for row in views if str(row.id) == wanted), None)
    state = state_in(found, request.GET)
    if view is not None and not any(name in request.GET for name in (*found.filters, *SHAPE_PARAMETERS)):
        state = known_state(found, view.state)
    query = dict(write_state(state))
    if view is not None:
        query[SAVED] = str(view.id)
    if "page" in request.GET:
        query["page"] = request.GET["page"]
    return ListLook(
        found, state, query, shown_columns(found, state), found.sums if state.sums is None else state.sums, view,
        view is not None and not is_same(found, state, known_state(found, view.state)), view is not None and may_change(request.actor, view), views,
    )


def known_state(found: SavedList, state: ViewState) -> ViewState:
    """What of a kept state the list still knows."""
    return read_state(
        {name: [value] for name, value in write_state(state).items()}, filters=_filters_in(found, dict(state.filters)), columns=[column.key for column in found.columns],
        groups=[key for key, _words in found.groups], sorts=sorts_of(found), sums=found.sums,
    )


def shown_columns(found: SavedList, state: ViewState) -> tuple[ListColumn, ...]:
    """The columns in the order chosen; the fixed ones first."""
    by_key = {column.key: column for column in found.columns}
    keys = [column.key for column in found.columns if column.is_fixed]
    keys += [key for key in state.columns or found.usual_columns if key not in keys]
    return tuple(by_key[key] for key in keys)


def is_same(found: SavedList, one: ViewState, other: ViewState) -> bool:
    """Whether two states show the same, however they are written."""
    def plain(state: ViewState) -> tuple[object, ...]:
        return (
            sorted(state.filters), [column.key for column in shown_columns(found, state)], state.group, state.sort,
            sorted(found.sums if state.sums is None else state.sums),
        )
    return plain(one) == plain(other)


def audience_choices(has_team: bool) -> list[tuple[str, str]]:
    """Who may find a view, in words."""
    choices = [(Audience.PRIVATE.value, _("Only me"))]
    if has_team:
        choices.append((Audience.TEAM.value, _("My team")))
    return [*choices, (Audience.EVERYONE.value, _("Everyone who sees this list"))]
