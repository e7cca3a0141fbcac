"""Questions generated from what lists declare, and a change of everything that somebody may not know.

Whoever may not know a thing must be answered the same before and after it changed, whatever they narrow, order, group, count, page
or export by: otherwise the answers tell it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from tests.people import NOW
from tests.permissions.lines import address, expected, fill, reach_of
from tests.permissions.table import API
from tests.permissions.world import CANARIES, SEES, World
from wonward.domains.clients.models import Company, Contact, ContactPoint
from wonward.domains.comms.models import Communication
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.models import Project, Task
from wonward.domains.sales.models import Deal, DealLine, Lead, Proposal
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.edges.api.v1.site import describe
from wonward.edges.web.shell.saved_lists import LISTS
from wonward.foundation.custom_fields.models import FieldDefinition, FieldValue
from wonward.foundation.custom_fields.operations import add_field, set_many_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.files.models import Document
from wonward.journeys.handoff.models import Handoff
from wonward.journeys.promises.models import Promise
from wonward.kernel.actor import Scope, system_actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

# Words of hidden things, as they are and as they will be.
WORDS = ("osprey", "heronsec", "egretsec", "zebrafinch", "curlew", "kingfisher", "alteredword", "website")
DAYS = ("2026-11-20", "2027-03-01", "2031-05-05")
INSTANTS = ("2026-11-16T12:00:00Z", "2030-01-01T00:00:00Z")
STRETCHES = ("2026-11-01_2027-03-31", "2031-01-01_2031-12-31", "-")
AMOUNTS = ("3000345.00", "9000000.00")
# Which records an id of a filter may name, by the beginning of the parameter's name.
NAMED: Mapping[str, tuple[str, ...]] = {
    "company": ("company.north", "company.secret"), "deal": ("deal.north", "deal.hidden"), "project": ("project.north", "project.secret"),
    "task": ("task.north", "task.secret"), "owner": ("person.seller", "person.teammate"), "manager": ("person.manager", "person.planner"),
    "person": ("person.seller", "person.booked"), "stage": ("stage.first", "stage.second"), "pipeline": ("pipeline.main",),
    "record": ("company.north", "company.secret"), "campaign": ("number.first",),
}
# What the pages of lists understand besides words, by the name of the filter.
UNDERSTOOD: Mapping[str, tuple[str, ...]] = {
    "urgency": ("overdue", "today", "stuck", "no_next_action", "slipped", "parked"), "status": ("all", "open", "won", "lost"),
    "source": ("Referral", "Alteredword", "-"), "reason": ("Price", "-"), "closes": STRETCHES, "closed": STRETCHES, "view": ("open", "late", "mine", "closed"),
    "health": ("red", "amber", "green"), "holds": ("overdue", "blocked"), "show": ("clients",), "tier": ("A", "-"), "reach": ("email", "phone", "-"),
    "title": ("Alteredword", "-"), "tag": ("Priority",), "industry": ("Alteredword",), "country": ("Norway",), "segment": ("1",), "people": ("1",),
}
# What is tried where nothing is said above.
COMMON = ("all", "open", "done", "overdue", "mine", "me", "1", "Alteredword")
_VALUES = {
    "open": "value of the open deal", "peer": "value of the deal of a teammate", "hidden": "value of the restricted deal",
    "north": "value of the won deal", "south": "value of the deal won by a teammate", "secret": "value of the restricted won deal",
}
_LATE = date(2031, 5, 5)


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to a list: `surface` is api or web, `path` stands below it, `query` narrows, orders, groups or pages it."""

    surface: str
    path: str
    query: tuple[tuple[str, str], ...] = ()


def plant_fees(world: World) -> str:
    """A custom field of money and one of text on every deal; the key of the money."""
    keys = []
    for label, kind in (("Planted fee", FieldKind.MONEY), ("Planted word", FieldKind.TEXT)):
        field_id = add_field(actor=world.actors["owner"], new=NewField("sales.deal", label, kind), now=NOW)
        keys.append(FieldDefinition.objects.values_list("key", flat=True).get(pk=field_id))
    deals = [world.ids[f"deal.{key}"] for key in _VALUES]
    values = {key: {keys[0]: {"amount": f"{place}000345.00", "currency": "EUR"}, keys[1]: f"word {place}"} for place, key in enumerate(deals, 1)}
    set_many_values(actor=world.actors["owner"], noun="sales.deal", values=values, now=NOW)
    return str(keys[0])


def askings(world: World, role: str, fee: str) -> list[Asking]:
    """Every declared list × every declared filter × values that could hit what is hidden, every order, group and a page of one row."""
    return list(dict.fromkeys([*_of_the_api(world, role, fee), *_of_pages(world, fee)]))


def _of_the_api(world: World, role: str, fee: str) -> Iterator[Asking]:
    document = describe()
    for line in API:
        if line.method != "GET":
            continue
        path = next((one for one in document["paths"] if _same(one, line.path, line.name, document)), "")
        declared = [one for one in document["paths"][path]["get"].get("parameters", []) if one["in"] == "query"] if path else []
        if not any(one["name"] == "limit" for one in declared):
            continue
        for family in [one for one in line.families if expected(line, role, one) == "ok"] or line.families[:1]:
            usual = tuple((name, str(value)) for name, value in (fill(line.query, world, family) or {}).items() if name != "limit")
            here = address(line, world, family)
            yield Asking("api", here, usual)
            yield Asking("api", here, (*usual, ("limit", "1")))
            for one in declared:
                kept = tuple(pair for pair in usual if pair[0] != one["name"])
                for value in () if one["name"] in ("limit", "cursor", "after") else _candidates(one["name"], one["schema"], world, fee):
                    yield Asking("api", here, (*kept, (one["name"], value)))


def _same(path: str, of_line: str, name: str, document: Mapping[str, Any]) -> bool:
    found = document["paths"][path].get("get", {})
    return bool(found.get("operationId") == name) and path.count("/") == f"/api/v1{of_line}".count("/")


def _candidates(name: str, schema: Mapping[str, Any], world: World, fee: str) -> tuple[str, ...]:
    """Values of a parameter, told from its schema; a choice is asked whole."""
    kinds = [schema, *schema.get("anyOf", ())]
    if choices := next((one["enum"] for one in kinds if "enum" in one), None):
        return tuple(str(value) for value in choices if value != "")
    if "boolean" in (types := [one.get("type") for one in kinds]):
        return "true", "false"
    formats = [one.get("format") for one in kinds]
    if "date-time" in formats:
        return INSTANTS
    if "date" in formats:
        return DAYS
    if name in ("ref", "subject"):
        return tuple(str(world.ref(record)) for record in ("deal.north", "deal.hidden", "project.secret", "company.secret"))
    if name == "field":
        return tuple(f"{fee}:{sign}{amount}" for sign, amount in product((">=", "<=", ""), AMOUNTS)) + ("planted_word:word 3",)
    if "integer" in types:
        return tuple(str(world.ids[record]) for start, records in NAMED.items() if name.startswith(start) for record in records)
    return WORDS


def _of_pages(world: World, fee: str) -> Iterator[Asking]:
    for found in LISTS.values():
        paths = [*_places(found.route, world), *_beside(found.key)]
        keys = tuple(column.key for column in found.columns if column.is_sortable) or found.sorts
        pairs = [(name, value) for name in found.filters for value in _understood(name, world)]
        pairs += [("sort", f"{sign}{key}") for sign, key in product(("", "-"), keys)]
        pairs += [("group", key) for key, _ in found.groups]
        if found.noun == "sales.deal":
            pairs += [(f"cf_{fee}", f"{sign}{amount}") for sign, amount in product((">=", "<="), AMOUNTS)]
            pairs += [("sort", f"cf_{fee}"), ("sort", f"-cf_{fee}"), ("cf_planted_word", "word 3")]
        for path in paths:
            usual = (("as", "csv"),) if path.endswith("/export/") else ()
            yield Asking("web", path, usual)
            yield from (Asking("web", path, (*usual, pair)) for pair in pairs)
        if found.sums:
            yield Asking("web", paths[0], (("sums", ",".join(found.sums)), ("group", found.groups[0][0] if found.groups else "")))
    yield from (Asking("web", reverse("search"), (("q", word),)) for word in WORDS)
    yield from (Asking("web", reverse(name), ()) for name in ("handoffs", "projects", "proposals", "conversations", "duplicates"))


def _places(route: str, world: World) -> list[str]:
    """Where a list stands: once, or on every project."""
    try:
        return [reverse(route)]
    except NoReverseMatch:
        return [reverse(route, args=[world.ids[f"project.{key}"]]) for key in ("north", "secret")]


def _beside(key: str) -> list[str]:
    """The export of a list, and the board that reads the same filters."""
    name = key.partition(".")[2]
    found = []
    for other in (f"{name}_export", f"{name}_board"):
        try:
            found.append(reverse(other))
        except NoReverseMatch:
            continue
    return found


def _understood(name: str, world: World) -> tuple[str, ...]:
    if name == "q":
        return WORDS
    ids = tuple(str(world.ids[record]) for start, records in NAMED.items() if name == start for record in records)
    return (*ids, *UNDERSTOOD.get(name, ())) or COMMON


def change_hidden(world: World, role: str) -> list[str]:
    """Change everything this role may not know, and add to it; the names of what changed. To be rolled back by the caller."""
    changed = [name for name in SEES if role not in SEES[name] and name in world.ids and _change_record(world, role, name)]
    deals = [world.ids[f"deal.{key}"] for key, canary in _VALUES.items() if role not in _known(canary)]
    Deal.objects.filter(pk__in=deals).update(value_minor=900_000_000, reporting_minor=900_000_000)
    DealLine.objects.filter(deal_id__in=deals).update(unit_price_minor=900_000_000)
    values = FieldValue.objects
    unseen = [world.ids[f"deal.{key}"] for key in _VALUES if role not in SEES[f"deal.{key}"]]
    values.filter(ref_id__in=unseen, field__noun="sales.deal", field__kind="text").update(text_value="word 3")
    if reach_of("custom_fields.money.view", role) is Scope.NONE:
        unseen = [world.ids[f"deal.{key}"] for key in _VALUES]
    values.filter(ref_id__in=unseen, whole_value__isnull=False).update(whole_value=900_000_000)
    if role not in SEES["deal.hidden"]:
        _add_hidden(world)
        changed.append("a new restricted deal")
    return changed


def _known(canary: str) -> frozenset[str]:
    return next(one.known_to for one in CANARIES if one.name == canary)


def _change_record(world: World, role: str, name: str) -> bool:
    noun, _, family = name.partition(".")
    model, values = _CHANGES.get(noun, (None, {}))
    named_elsewhere = any(role in SEES.get(f"{other}.{family}", ()) for other in ("project", "handoff", "deal", "promise") if other != noun)
    values = {column: value for column, value in values.items() if not (named_elsewhere and column in _TOLD_BY_OTHERS)}
    if model is None or not values:
        return False
    model._default_manager.filter(pk=world.ids[name]).update(**values)
    if noun == "contact" and not named_elsewhere:
        ContactPoint.objects.filter(contact_id=world.ids[name]).update(value="alteredword@client.test", normalised="alteredword@client.test")
    return True


_CHANGES: Mapping[str, tuple[type[Model], Mapping[str, Any]]] = {
    "company": (Company, {"name": "Alteredword Ltd", "name_key": "alteredword", "industry": "Alteredword", "country": "Norway", "tier": "A",
                                    "employees": 77, "source": "Alteredword", "updated_at": NOW.replace(year=2031)}),
    "contact": (Contact, {"name": "Alteredword Person", "title": "Alteredword", "source": "Alteredword", "updated_at": NOW.replace(year=2031)}),
    "deal": (Deal, {"name": "Alteredword deal", "source": "Alteredword", "expected_close_date": _LATE, "updated_at": NOW.replace(year=2031)}),
    "lead": (Lead, {"name": "Alteredword lead", "source": "Alteredword", "score": 99, "updated_at": NOW.replace(year=2031)}),
    "project": (Project, {"name": "Alteredword project", "forecast_finish_date": _LATE, "status": "on_hold", "updated_at": NOW.replace(year=2031)}),
    "task": (Task, {"name": "Alteredword task", "finish_date": _LATE, "percent_complete": 55, "updated_at": NOW.replace(year=2031)}),
    "other_task": (Task, {"name": "Alteredword other", "finish_date": _LATE, "updated_at": NOW.replace(year=2031)}),
    "handoff": (Handoff, {"scope_summary": "Alteredword", "submitted_at": NOW.replace(year=2031), "updated_at": NOW.replace(year=2031)}),
    "promise": (Promise, {"text": "Alteredword promise", "due_date": _LATE, "weight": 5, "updated_at": NOW.replace(year=2031)}),
    "communication": (Communication, {"body": "Alteredword", "kind": "meeting", "happened_at": NOW.replace(year=2031), "updated_at": NOW.replace(year=2031)}),
    "document": (Document, {"name": "alteredword.txt", "updated_at": NOW.replace(year=2031)}),
    "proposal": (Proposal, {"title": "Alteredword", "updated_at": NOW.replace(year=2031)}),
}


# A project names its client, whose tier gives its tasks their priority; a handoff names its deal and its main stakeholder.
_TOLD_BY_OTHERS = ("name", "name_key", "title", "tier")


def _add_hidden(world: World) -> None:
    """One more restricted deal of the restricted company, with a note on it."""
    owner_id = world.ids["person.seller"]
    (key,) = create_deals(
        actor=system_actor(), now=NOW,
        deals=[NewDeal(name="Alteredword website", company_id=world.ids["company.north"], owner_id=owner_id, value=Money(999, "EUR"),
                       next_action=NextAction("call", date(2026, 11, 20)))],
    )
    change_deal(actor=system_actor(), deal_id=key, changes={"is_restricted": True, "company_id": world.ids["company.secret"]}, now=NOW)
    note = NewCommunication(kind=CommunicationKind.NOTE, refs=(Ref("sales.deal", key),), body="Alteredword note", happened_at=NOW)
    log_communications(actor=world.actors["seller"], entries=[note], now=NOW)
