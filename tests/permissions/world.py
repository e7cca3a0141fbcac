"""The world of the walk: two clients, a restricted one, deals, projects and everything that hangs on them.

`SEES` and `MAY_CHANGE` say by hand who sees and who works on each record; nothing here asks the policy.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from tests.people import NOW, PASSWORD, WEBSITE, Cast, actor_of, make_cast
from tests.permissions.beside import (
    ask_on_the_way,
    deepen,
    hold_one,
    leave_clients_waiting,
    wait_for_others,
    write_down,
)
from wonward.domains.catalog.operations import create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.models import Affiliation, Company, DuplicatePair
from wonward.domains.clients.operations import create_companies, create_contacts, merge_records
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.delivery.types import (
    TaskChange,
)
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.operations.leads import close_lead, create_leads
from wonward.domains.sales.operations.members import put_deal_member
from wonward.domains.sales.operations.proposals import create_proposal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import ClosingBrief, NewDeal, NewLine, NextAction
from wonward.domains.sales.types.leads import FormField, NewLead, NewLeadForm
from wonward.domains.staff.operations import (
    NewPerson,
    create_calendar,
    create_people,
    invite_person,
    put_rate,
    put_roles,
    request_time_off,
)
from wonward.domains.staff.queries import list_calendars
from wonward.domains.staff.types import NewBooking, TimeOffKind
from wonward.foundation.access.operations import create_token, ensure_team, open_session
from wonward.foundation.access.queries import list_tokens
from wonward.foundation.custom_fields.operations import add_field
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.storage import put_stream
from wonward.foundation.files.types import Privacy
from wonward.foundation.notifications.operations import add_reminder, notify
from wonward.foundation.notifications.queries import list_threads
from wonward.foundation.notifications.types import Notice, Reason, View
from wonward.foundation.saved_views.operations import save_view
from wonward.foundation.saved_views.types import ViewState
from wonward.journeys.automation.operations import start_bulk_change
from wonward.journeys.capacity.operations import apply_fix, ask_date, book_time, save_scenario, start_leveling
from wonward.journeys.capacity.types import LevelingRules, WhatIf
from wonward.journeys.handoff.operations import (
    accept_handoff,
    close_deal_as_won,
    require_answer,
    return_handoff,
)
from wonward.journeys.handoff.queries import get_kickoff, list_questions
from wonward.journeys.handoff.types import NewAskedAnswer, Question
from wonward.journeys.house.operations import ask_for_export, ask_where_person_is, trash_record
from wonward.journeys.imports.operations import save_mapping, stage_import
from wonward.journeys.insights.operations import set_objective
from wonward.journeys.insights.types import ObjectiveFields
from wonward.journeys.promises.operations import change_plan, make_promises
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

MISSING = 987_654_321
ROLES = {
    "owner": "owner", "admin": "admin", "seller": "sales", "teammate": "sales", "manager": "project_manager",
    "planner": "project_manager", "member": "member", "elsewhere": "member", "finance": "finance", "leader": "leadership",
    "marketer": "marketing",
}
EVERYBODY = frozenset(ROLES)
BOSSES = frozenset(["owner", "admin"])
_SALES = BOSSES | {"seller", "teammate", "finance", "leader"}
_MANAGERS = frozenset(["manager", "planner"])
_NORTH = BOSSES | _MANAGERS | {"leader", "finance", "seller", "member"}
_SOUTH = BOSSES | _MANAGERS | {"leader", "finance", "teammate", "elsewhere"}
_SECRET = BOSSES | {"seller", "manager"}
_CLIENTS = EVERYBODY - {"member", "elsewhere"}

SEES: dict[str, frozenset[str]] = {
    "company.north": _CLIENTS, "company.south": _CLIENTS, "company.secret": _SECRET,
    "duplicate.north": _CLIENTS, "duplicate.secret": _SECRET, "merge.north": _CLIENTS,
    "contact.north": _CLIENTS, "contact.south": _CLIENTS, "contact.secret": _SECRET, "contact.both": _CLIENTS,
    "deal.open": _SALES, "deal.peer": _SALES, "deal.hidden": BOSSES | {"seller"},
    "deal.north": _SALES | _MANAGERS, "deal.south": _SALES | _MANAGERS, "deal.secret": BOSSES | {"seller"},
    "project.north": _NORTH, "project.south": _SOUTH, "project.secret": _SECRET,
    "handoff.north": _SALES | _NORTH, "handoff.south": _SALES | _SOUTH, "handoff.secret": _SECRET,
    "promise.open": _SALES, "promise.hidden": BOSSES | {"seller"}, "promise.north": _SALES | _NORTH,
    "promise.south": _SALES | _SOUTH, "promise.secret": _SECRET,
    "communication.open": _SALES, "communication.hidden": BOSSES | {"seller"}, "communication.north": _SALES | _NORTH,
    "communication.south": _SALES | _SOUTH, "communication.secret": _SECRET, "communication.private": frozenset(["seller"]),
    "communication.client": _CLIENTS,
    "document.open": _SALES, "document.north": _SALES | _NORTH, "document.south": _SALES | _SOUTH,
    "document.secret": _SECRET, "document.private": BOSSES | {"seller"},
    "batch.own": BOSSES | {"seller"},
    "item.gone": BOSSES | {"seller"},
    "thread.own": frozenset(["owner"]), "sign_in.own": frozenset(["owner"]), "passkey.own": frozenset(["owner"]), "token.own": BOSSES, "field.text": EVERYBODY,
    "reminder.own": frozenset(["owner"]), "view.own": frozenset(["owner"]), "bulk.own": frozenset(["owner"]),
    "scenario.own": frozenset(["owner"]),
    "template.site": EVERYBODY, "service.site": EVERYBODY, "service.bare": EVERYBODY,
    "run.own": frozenset(["owner"]),
    "fix.own": frozenset(["owner"]),
    "proposal.open": _SALES, "proposal.hidden": BOSSES | {"seller"},
    "lead.open": BOSSES | {"seller", "teammate", "leader", "marketer"}, "lead.peer": BOSSES | {"seller", "teammate", "leader", "marketer"},
    "lead.away": BOSSES | {"seller", "teammate", "leader", "marketer"}, "form.web": BOSSES | {"leader", "marketer"},
}
SEES["objective.open"], SEES["objective.hidden"] = EVERYBODY, _SALES
_BOOKERS = EVERYBODY - {"member", "elsewhere", "marketer"}
SEES["colleague.booked"] = _BOOKERS
for _family in ("north", "south", "secret"):
    SEES["answer.open"] = SEES["deal.open"]
    SEES[f"booking.{_family}"] = SEES[f"project.{_family}"] & _BOOKERS
    for _noun in ("task", "other_task", "dependency", "spare", "check", "spare_check", "risk", "gate", "approval", "step", "outside_task", "outside_link", "note"):
        SEES[f"{_noun}.{_family}"] = SEES[f"project.{_family}"]

MAY_CHANGE: dict[str, frozenset[str]] = {
    "deal.open": frozenset(["seller"]), "deal.north": frozenset(["seller"]), "deal.hidden": frozenset(["seller"]),
    "proposal.open": frozenset(["seller"]), "proposal.hidden": frozenset(["seller"]), "communication.secret": frozenset(["seller"]),
    "lead.open": frozenset(["seller"]), "lead.peer": frozenset(["teammate"]), "lead.away": frozenset(["seller"]),
    "deal.secret": frozenset(["seller"]), "deal.peer": frozenset(["teammate"]), "deal.south": frozenset(["teammate"]),
    "document.open": frozenset(["seller"]), "document.north": frozenset(["seller"]), "document.south": frozenset(["teammate"]),
    "document.secret": frozenset(["seller"]), "document.private": frozenset(["seller"]),
    "project.north": frozenset(["manager", "member"]), "project.south": frozenset(["manager", "planner", "elsewhere"]),
    "project.secret": frozenset(["manager"]), "communication.north": frozenset(["seller"]), "communication.south": frozenset(["teammate"]),
}
NOUNS = {
    "company": "clients.company", "contact": "clients.contact", "deal": "sales.deal", "lead": "sales.lead", "project": "delivery.project",
    "handoff": "handoff.handoff", "promise": "promises.promise", "communication": "comms.communication",
    "batch": "imports.batch", "item": "house.trash", "document": "files.document", "task": "delivery.task", "template": "catalog.template", "service": "catalog.service",
}


@dataclass(frozen=True, slots=True)
class Canary:
    """A string nobody outside `known_to` may ever receive. `text` is a word, or the minor units of an amount."""

    name: str
    text: str
    known_to: frozenset[str]
    is_amount: bool = False


_PRICES = BOSSES | {"seller", "teammate", "finance", "leader"}
_COSTS = BOSSES | {"finance", "leader"}
CANARIES = (
    Canary("value of the open deal", "841234567", _SALES & _PRICES, True),
    Canary("value of the deal of a teammate", "661234563", _SALES & _PRICES, True),
    Canary("value of the restricted deal", "551234569", BOSSES | {"seller"}, True),
    Canary("value of the won deal", "771234561", _SALES & _PRICES | {"manager"}, True),
    Canary("value of the deal won by a teammate", "731234567", _SALES & _PRICES | _MANAGERS, True),
    Canary("value of the restricted won deal", "521234573", BOSSES | {"seller", "manager"}, True),
    Canary("price of the bare service", "491234571", _PRICES | _MANAGERS, True),
    Canary("price of the service", "431234577", _PRICES | _MANAGERS, True),
    Canary("cost of the service", "391234583", _COSTS | {"manager", "planner"}, True),
    Canary("cost of the bare service", "371234589", _COSTS, True),
    Canary("internal note on the open deal", "zebrafinchopen", SEES["communication.open"]),
    Canary("internal note on the won deal", "zebrafinchnorth", SEES["communication.north"]),
    Canary("internal note of the other project", "zebrafinchsouth", SEES["communication.south"]),
    Canary("note on the restricted deal", "zebrafinchhidden", SEES["communication.hidden"]),
    Canary("note on the restricted won deal", "zebrafinchsecret", SEES["communication.secret"]),
    Canary("restricted note", "zebrafinchprivate", frozenset(["seller"])),
    Canary("quote of the restricted note", "quotationprivate", frozenset(["seller"])),
    Canary("restricted document", "kingfisherprivate", SEES["document.private"]),
    Canary("quote of the restricted document", "quotationdocument", SEES["document.private"]),
    Canary("document of the restricted deal", "kingfishersecret", SEES["document.secret"]),
    Canary("document of the other project", "kingfishersouth", SEES["document.south"]),
    Canary("name of the restricted deal", "ospreyhidden", SEES["deal.hidden"]),
    Canary("name of the restricted won deal", "ospreysecret", SEES["handoff.secret"]),
    Canary("name of the restricted company", "heronsecret", SEES["company.secret"]),
    Canary("contact of the restricted company", "egretsecret", SEES["contact.secret"]),
    Canary("task of the won project", "plovernorth", SEES["task.north"]),
    Canary("task of the other project", "ploversouth", SEES["task.south"]),
    Canary("promise of the open deal", "curlewopen", SEES["promise.open"]),
    Canary("promise of the restricted deal", "curlewhidden", SEES["promise.hidden"]),
)
FAMILIES = ("open", "peer", "hidden", "north", "south", "secret")
HOME = {"away": "north", "web": "north", "open": "north", "peer": "south", "hidden": "secret", "north": "north", "south": "south", "secret": "secret"}


@dataclass(slots=True)
class World:
    """Ids by name (`deal.open`), the actors by role name, and how to sign in."""

    actors: dict[str, Actor]
    ids: dict[str, int] = field(default_factory=dict)
    password: str = PASSWORD

    def ref(self, name: str) -> Ref:
        noun = name.partition(".")[0]
        return Ref(NOUNS[noun], self.ids[name])

    def hidden_from(self, role: str, noun: str) -> list[str]:
        """Names of existing records of a noun this role does not see."""
        return [name for name in SEES if name.startswith(f"{noun}.") and role not in SEES[name] and name in self.ids]


def spread_ids() -> None:
    """Let every table count from a number of its own, so that an id is told from any other number in an answer."""
    with connection.cursor() as cursor:
        for place, name in enumerate(sorted(connection.introspection.table_names(cursor))):
            start = 1_000_003 * (place + 11)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, start])
            elif any(column.name == "id" for column in connection.introspection.get_table_description(cursor, name)):
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, start])


def make_world() -> World:
    """Build everything through operations; only what no operation can do yet is written directly."""
    spread_ids()
    cast = make_cast()
    create_people(
        actor=system_actor(), now=NOW,
        people=[NewPerson(name=f"{key.title()} Extra", email=f"{key}@studio.test", access_role=ROLES[key], password=PASSWORD)
                for key in ("admin", "planner", "elsewhere")],
    )
    actors = cast.everybody() | {key: actor_of(f"{key}@studio.test") for key in ("admin", "planner", "elsewhere")}
    world = World(actors)
    for key, actor in actors.items():
        assert actor.person_id is not None
        world.ids[f"person.{key}"] = actor.person_id
    _catalogue(world, cast)
    _clients(world, cast)
    _deals(world, cast)
    _leads(world, cast)
    _proposals(world, cast)
    _words(world, cast)
    _win(world, cast)
    _deliver(world, cast)
    _book(world, cast)
    world.ids["number.first"] = 1
    world.ids["errand.first"] = ask_for_export(actor=cast.owner, now=NOW)
    (spare_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Gone and away")], now=NOW)
    world.ids["item.gone"] = trash_record(actor=cast.seller, ref=Ref("clients.company", spare_id), now=NOW)
    ask_where_person_is(actor=cast.owner, contact_id=world.ids["contact.north"], now=NOW)
    world.ids["role.member"] = "member"  # type: ignore[assignment]
    world.ids["calendar.main"] = list_calendars()[0].id
    world.ids["calendar.spare"] = create_calendar(actor=cast.owner, name="Spare", now=NOW)
    world.ids["rate.dollar"] = put_rate(actor=cast.owner, currency="USD", valid_from_date=NOW.date(), rate=Decimal("0.92"), now=NOW)
    world.ids["team.north"] = ensure_team(name="North", now=NOW)
    world.ids["sign_in.own"] = open_session(user_id=cast.owner.user_id or 0, address="127.0.0.1", browser="Other", now=NOW)
    (world.ids["person.idle"],) = create_people(actor=system_actor(), people=[NewPerson(name="Ida Idle", email="idle@studio.test")], now=NOW)
    world.ids["person.invited"] = invite_person(
        actor=cast.owner, person=NewPerson(name="Ines Invited", email="invited@studio.test", access_role="member"), now=NOW
    )
    create_token(actor=cast.owner, user_id=cast.owner.user_id or 0, name="own", scopes=None, now=NOW)
    world.ids["token.own"] = list_tokens(cast.owner.user_id or 0, now=NOW)[0].id
    world.ids |= {"field.source": "source", "field.country": "country", "field.tags": "tags", "noun.deal": "sales.deal"}  # type: ignore[dict-item]
    world.ids["batch.own"] = stage_import(
        actor=cast.seller, kind="companies", file_name="companies.csv", stream=io.BytesIO(b"name,country\nFar Away Ltd,Norway\n"), now=NOW
    )
    world.ids["mapping.kept"] = save_mapping(actor=cast.seller, batch_id=world.ids["batch.own"], name="Companies", now=NOW)
    while deliver_pending(now=NOW):
        pass
    _tell(world, cast)
    return world


def _tell(world: World, cast: Cast) -> None:
    """An entry of the owner's inbox, and a reminder of theirs."""
    ref = world.ref("deal.north")
    notify(notice=Notice("sales.deal.won", ref), to={Reason.ASSIGNED: [cast.owner.user_id]}, now=NOW)
    threads = list_threads(actor=cast.owner, view=View.EVERYTHING, now=NOW).threads
    world.ids["thread.own"] = next(row.id for row in threads if row.ref == ref)
    world.ids["field.text"] = add_field(actor=cast.owner, new=NewField("sales.deal", "Cost centre", FieldKind.TEXT), now=NOW)
    world.ids["view.own"] = save_view(actor=cast.owner, list_key="sales.deals", name="Mine", state=ViewState(sort="-value"), now=NOW)
    world.ids["bulk.own"] = start_bulk_change(
        actor=cast.owner, noun="sales.deal", ids=[world.ids["deal.open"]], asked={"source": "Trade fair"}, now=NOW
    )
    for family, measure in (("open", "wins"), ("hidden", "won_value")):
        aim = ObjectiveFields(f"Objective {family}", measure, date(2026, 10, 1), date(2026, 12, 31), 30_000)
        world.ids[f"objective.{family}"] = set_objective(actor=cast.owner, fields=aim, now=NOW)
    world.ids["reminder.own"] = add_reminder(actor=cast.owner, ref=ref, due_at=NOW + timedelta(days=30), now=NOW)


def _book(world: World, cast: Cast) -> None:
    """Somebody without sign-in who is booked for every project and asks for days off; a scenario of the owner."""
    (world.ids["person.booked"],) = create_people(actor=system_actor(), people=[NewPerson(name="Ida Moreau")], now=NOW)
    world.ids["colleague.booked"] = world.ids["person.booked"]
    put_roles(actor=system_actor(), roles={world.ids["person.booked"]: ["Designer"]}, now=NOW)
    for key in ("open", "peer", "hidden"):
        put_deal_member(actor=cast.owner, deal_id=world.ids[f"deal.{key}"], person_id=world.ids["person.booked"], now=NOW)
    for key in ("north", "south", "secret"):
        new = NewBooking(world.ref(f"project.{key}"), date(2026, 12, 7), date(2026, 12, 18), 2400, person_id=world.ids["person.booked"])
        (world.ids[f"booking.{key}"],) = book_time(actor=system_actor(), bookings=[new], now=NOW)
    member = world.actors["member"]
    assert member.person_id is not None
    world.ids["days.asked"] = request_time_off(
        actor=member, person_id=member.person_id, kind=TimeOffKind.VACATION, start_date=date(2027, 5, 3), finish_date=date(2027, 5, 7), now=NOW
    )
    what_if = WhatIf(won=frozenset({world.ids["deal.open"]}))
    world.ids["scenario.own"] = save_scenario(actor=cast.owner, name="All in", what_if=what_if, is_shared=False, now=NOW)
    world.ids["answer.open"] = ask_date(actor=cast.seller, deal_id=world.ids["deal.open"], kickoff=date(2027, 2, 1), now=NOW)
    spring = NewBooking(world.ref("project.north"), date(2027, 3, 1), date(2027, 3, 12), 600, person_id=world.ids["person.booked"])
    (spare_id,) = book_time(actor=system_actor(), bookings=[spring], now=NOW)
    world.ids["fix.own"] = apply_fix(actor=cast.owner, kind="later", ref=Ref("staff.booking", spare_id), weeks_later=1, now=NOW)
    world.ids["run.own"] = start_leveling(actor=cast.owner, project_ids=[world.ids["project.north"]], rules=LevelingRules(), now=NOW)


def _catalogue(world: World, cast: Cast) -> None:
    world.ids["template.site"] = create_template(actor=cast.owner, name="Website build", items=WEBSITE, now=NOW)
    world.ids["service.site"], world.ids["service.bare"] = create_services(
        actor=cast.owner, now=NOW,
        services=[
            NewService(name="Website", template_id=world.ids["template.site"], price=Money(431234577, "EUR"),
                       cost=Money(391234583, "EUR")),
            NewService(name="Advice", price=Money(491234571, "EUR"), cost=Money(371234589, "EUR")),
        ],
    )
    stages = list_pipelines()[0].stages
    world.ids["pipeline.main"] = list_pipelines()[0].id
    world.ids["stage.first"], world.ids["stage.second"] = [stage.id for stage in stages if stage.kind == "open"][:2]


def _clients(world: World, cast: Cast) -> None:
    names = {"north": "Northwind Robotics", "south": "Southgate Mills", "secret": "Heronsecret Holding"}
    for key, name in names.items():
        owner = cast.seller if key == "secret" else cast.finance
        (world.ids[f"company.{key}"],) = create_companies(
            actor=cast.seller, companies=[NewCompany(name=name, owner_id=owner.person_id)], now=NOW
        )
    Company.objects.filter(pk=world.ids["company.secret"]).update(is_restricted=True)
    people = {"north": "Hanne Dahl", "south": "Sven Storm", "secret": "Edda Egretsecret", "both": "Bo Both"}
    for key, name in people.items():
        (world.ids[f"contact.{key}"],) = create_contacts(
            actor=cast.seller, now=NOW,
            contacts=[NewContact(name=name, company_id=world.ids[f"company.{'north' if key == 'both' else key}"],
                                 email=f"{key}@client.test")],
        )
    spare = [NewCompany(name="Spare Part Works"), NewCompany(name="Spare Part Holding")]
    world.ids["company.spare"], gone = create_companies(actor=cast.seller, companies=spare, now=NOW)
    (world.ids["contact.spare"],) = create_contacts(actor=cast.seller, contacts=[NewContact(name="Sina Spare")], now=NOW)
    for key in ("north", "secret"):
        pair = sorted((world.ids["company.spare"], world.ids[f"company.{key}"]))
        world.ids[f"duplicate.{key}"] = DuplicatePair.objects.create(
            noun="clients.company", first_id=pair[0], second_id=pair[1], score=90, because="same name", found_at=NOW
        ).pk
    world.ids["merge.north"] = merge_records(
        actor=cast.seller, noun="clients.company", source_id=gone, target_id=world.ids["company.north"], now=NOW
    )
    former = Affiliation.objects.filter(contact_id=world.ids["contact.both"])
    former.update(is_main=False)
    Affiliation.objects.create(contact_id=world.ids["contact.both"], company_id=world.ids["company.secret"], is_main=True)


def _deals(world: World, cast: Cast) -> None:
    wanted = {
        "open": ("Open website", cast.seller, 841234567), "peer": ("Peer website", cast.teammate, 661234563),
        "hidden": ("Ospreyhidden website", cast.seller, 551234569), "north": ("North website", cast.seller, 771234561),
        "south": ("South website", cast.teammate, 731234567), "secret": ("Ospreysecret website", cast.seller, 521234573),
    }
    for key, (name, seller, minor) in wanted.items():
        (world.ids[f"deal.{key}"],) = create_deals(
            actor=seller, now=NOW,
            deals=[
                NewDeal(
                    name=name, company_id=world.ids[f"company.{HOME[key]}"] if HOME[key] != "secret" else None,
                    value=Money(minor, "EUR"), lines=(NewLine(world.ids["service.site"], Decimal(1)),),
                    next_action=NextAction("call", date(2026, 11, 20), f"Call about {key}"),
                )
            ],
        )
    for key in ("hidden", "secret"):
        change_deal(
            actor=cast.seller, deal_id=world.ids[f"deal.{key}"], now=NOW,
            changes={"is_restricted": True, "company_id": world.ids["company.secret"]},
        )


def _leads(world: World, cast: Cast) -> None:
    """One of each seller, and one put away."""
    for key, owner in (("open", cast.seller), ("peer", cast.teammate), ("away", cast.seller)):
        (world.ids[f"lead.{key}"],) = create_leads(
            actor=owner, now=NOW, leads=[NewLead(name=f"Lena {key}", email=f"{key}@lead.test", owner_id=owner.person_id)]
        )
    close_lead(actor=cast.seller, lead_id=world.ids["lead.away"], reason="No need", now=NOW)
    world.ids["form.web"] = save_form(
        actor=cast.marketer, now=NOW, form=NewLeadForm(name="Website", title="Talk to us", fields=(FormField("email", "E-mail", "email", True),))
    )


def _proposals(world: World, cast: Cast) -> None:
    for key in ("open", "hidden"):
        world.ids[f"proposal.{key}"] = create_proposal(actor=cast.seller, deal_id=world.ids[f"deal.{key}"], now=NOW)
    world.ids["day.soon"] = (datetime.now(UTC).date() + timedelta(days=20)).isoformat()  # type: ignore[assignment]


def _words(world: World, cast: Cast) -> None:
    """Notes, documents and promises, each with words of its own."""
    for key in ("open", "hidden", "north", "south", "secret"):
        ref = world.ref(f"deal.{key}")
        author = cast.teammate if key == "south" else cast.seller
        world.ids[f"communication.{key}"] = _note(author, ref, f"They said zebrafinch{key} twice.")
        if key != "hidden":
            world.ids[f"document.{key}"] = _paper(author, ref, f"kingfisher{key}.txt")
        _promise(author, world, key)
    world.ids["communication.private"] = _note(cast.seller, world.ref("deal.north"), "Only zebrafinchprivate. All of it, quotationprivate.", "restricted")
    world.ids["communication.client"] = _note(cast.seller, world.ref("company.north"), "Good morning, client.")
    world.ids["document.private"] = _paper(cast.seller, world.ref("deal.north"), "kingfisherprivate.txt", Privacy.RESTRICTED)
    for noun, quote in (("communication", "quotationprivate"), ("document", "quotationdocument")):
        make_promises(
            actor=cast.seller, now=NOW,
            promises=[NewPromise(kind=PromiseKind.QUALITY, text="As agreed in private", deal_id=world.ids["deal.north"],
                                 source=Source(quote=f"All of it, {quote}.", ref=world.ref(f"{noun}.private")))],
        )


def _note(author: Actor, ref: Ref, body: str, privacy: str = "internal") -> int:
    entry = NewCommunication(kind=CommunicationKind.NOTE, refs=(ref,), body=body, happened_at=NOW, privacy=privacy)
    return log_communications(actor=author, entries=[entry], now=NOW)[0]


def _paper(author: Actor, ref: Ref, name: str, privacy: Privacy = Privacy.INTERNAL) -> int:
    stored = put_stream(io.BytesIO(f"GIF89a The words of {name}".encode()))
    return add_document(actor=author, name=name, stored=stored, refs=[ref], privacy=privacy, now=NOW)


def _promise(author: Actor, world: World, key: str) -> None:
    (world.ids[f"promise.{key}"],) = make_promises(
        actor=author, now=NOW,
        promises=[NewPromise(kind=PromiseKind.DELIVERABLE, text=f"The curlew{key} templates", deal_id=world.ids[f"deal.{key}"],
                             key="templates", due_date=date(2027, 3, 1))],
    )


def _win(world: World, cast: Cast) -> None:
    for key in ("north", "south", "secret"):
        brief = ClosingBrief(
            scope_summary=f"Everything for {key}.", promised_finish_date=date(2027, 3, 19), no_constraints=True,
            main_stakeholder_id=world.ids[f"contact.{key}"], kickoff_date=date(2026, 12, 1),
        )
        seller = cast.teammate if key == "south" else cast.seller
        closed = close_deal_as_won(actor=seller, deal_id=world.ids[f"deal.{key}"], brief=brief, now=NOW)
        world.ids[f"handoff.{key}"] = closed.handoff_id
        (world.ids[f"project.{key}"],) = closed.project_ids
        rows = {row.key: row.id for row in list_tasks(actor=system_actor(), project_id=closed.project_ids[0])}
        world.ids[f"task.{key}"], world.ids[f"other_task.{key}"] = rows["workshop"], rows["build"]
        world.ids[f"spare_task.{key}"] = rows["migrate"]
        world.ids[f"dependency.{key}"] = list_dependencies(project_id=closed.project_ids[0])[0].id


def _deliver(world: World, cast: Cast) -> None:
    planner = world.actors["planner"]
    change_project(
        actor=cast.owner, project_id=world.ids["project.south"], changes={"manager_id": planner.person_id}, now=NOW
    )
    for key, who in (("north", cast.member), ("south", world.actors["elsewhere"])):
        change_plan(
            actor=cast.manager, project_id=world.ids[f"project.{key}"], now=NOW,
            changes=[TaskChange(world.ids[f"task.{key}"], {"assignee_id": who.person_id}),
                     TaskChange(world.ids[f"other_task.{key}"], {"name": f"Build plover{key}", "acceptance_criteria": ["It works"]})],
        )
    accept_handoff(actor=cast.manager, handoff_id=world.ids["handoff.secret"], now=NOW)
    return_handoff(
        actor=cast.manager, handoff_id=world.ids["handoff.north"], questions=[Question("scope_summary", "Which 42?")], now=NOW
    )
    for key in ("north", "south", "secret"):
        world.ids[f"kickoff_item.{key}"] = get_kickoff(actor=cast.owner, handoff_id=world.ids[f"handoff.{key}"]).items[0].id
    deepen(world, cast)
    wait_for_others(world, cast), write_down(world, cast), hold_one(world, cast), ask_on_the_way(world, cast), leave_clients_waiting(world, cast)
    (unsold_id,) = create_services(actor=cast.owner, services=[NewService(name="Never sold")], now=NOW)
    world.ids["required.unsold"] = require_answer(actor=cast.owner, new=NewAskedAnswer("Who hosts?", service_id=unsold_id), now=NOW)
    world.ids["question.north"] = list_questions(handoff_id=world.ids["handoff.north"])[0].id
    rows = list_promises(actor=cast.seller, deal_id=world.ids["deal.north"])
    assert any(row.covers for row in rows)
