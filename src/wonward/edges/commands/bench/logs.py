"""What finding words costs in a log of a million entries of natural length.

`python -m wonward.edges.commands.bench.logs` measures nothing else, on the database of the environment, which it migrates
first; WONWARD_BENCH_ENTRIES asks for fewer entries.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from wonward.domains.catalog.operations import create_services  # noqa: E402
from wonward.domains.catalog.types import NewService  # noqa: E402
from wonward.domains.clients.operations import create_companies, create_contacts  # noqa: E402
from wonward.domains.clients.queries import list_contacts  # noqa: E402
from wonward.domains.clients.types import NewCompany, NewContact  # noqa: E402
from wonward.domains.comms.operations import log_communications  # noqa: E402
from wonward.domains.comms.queries import search_log  # noqa: E402
from wonward.domains.comms.types import CommunicationKind, LogFilter, NewCommunication, NewParticipant  # noqa: E402
from wonward.domains.sales.queries.deals import list_deals  # noqa: E402
from wonward.domains.sales.types import DealFilter  # noqa: E402
from wonward.domains.staff.operations import NewPerson, create_people  # noqa: E402
from wonward.edges.commands.bench.data import EMAIL, PASSWORD, open_deals, owner  # noqa: E402
from wonward.edges.commands.bench.figures import floor_ms, median_ms, queries_of, tell, wall_ms  # noqa: E402
from wonward.edges.commands.static_files import ensure_static_files  # noqa: E402
from wonward.foundation.search.operations import index_records  # noqa: E402
from wonward.foundation.search.queries import count_entries  # noqa: E402
from wonward.journeys.client_record.queries.search_entries import communication_entries  # noqa: E402
from wonward.kernel.actor import Actor, system_actor  # noqa: E402
from wonward.kernel.money import Money  # noqa: E402
from wonward.kernel.ref import Ref  # noqa: E402

ENTRIES = int(os.environ.get("WONWARD_BENCH_ENTRIES") or 1_000_000)
RARE = "kestrelwing"
_RARE_EVERY = 90_000
_AT_ONCE = 2_000
_VOCABULARY = 20_000
_CONSONANTS, _VOWELS = "bcdfghklmnprstvw", "aeiou"
_ENDINGS = ("", "", "", "s", "ing", "ed", "en", "ung")
_DEALS, _CONTACTS, _BUSY = 4_000, 2_000, 200


def vocabulary(dice: random.Random) -> list[str]:
    """Made-up words with the endings of real ones; the first are used most."""
    made: dict[str, None] = {}
    while len(made) < _VOCABULARY:
        root = "".join(dice.choice(_CONSONANTS) + dice.choice(_VOWELS) for _ in range(dice.randint(2, 4)))
        made[root + dice.choice(_CONSONANTS) + dice.choice(_ENDINGS)] = None
    return list(made)


def ensure_log(actor: Actor, now: datetime) -> list[str]:
    """A million entries over deals and people, some of them far busier than others; those that are there stay."""
    dice = random.Random(21)  # noqa: S311
    words = vocabulary(dice)
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    deals = [row.id for row in list_deals(actor=actor, where=DealFilter(status="open"), now=now, limit=_DEALS)]
    contacts = [row.id for row in list_contacts(actor=actor, limit=_CONTACTS)]
    there = count_entries("comms.communication")
    for start in range(there - there % _AT_ONCE, ENTRIES, _AT_ONCE):
        lot = random.Random(start)  # noqa: S311
        new = [_entry(lot, number, words, weights, deals, contacts, now) for number in range(start, start + _AT_ONCE)]
        keys = log_communications(actor=actor, entries=new, now=now)
        index_records(communication_entries(keys))
        if start % 100_000 == 0:
            sys.stderr.write(f"Building the log: {start:,} of {ENTRIES:,} entries.\n")
    return words


def _entry(
    dice: random.Random, number: int, words: list[str], weights: list[float], deals: list[int], contacts: list[int], now: datetime
) -> NewCommunication:
    said = dice.choices(words, cum_weights=weights, k=dice.randint(15, 75))
    if number % _RARE_EVERY == 7:
        said.append(RARE)
    busy = dice.random() < 0.2
    deal_id = deals[dice.randrange(_BUSY if busy else len(deals))]
    contact_id = contacts[dice.randrange(_BUSY if busy else len(contacts))]
    return NewCommunication(
        dice.choice(list(CommunicationKind)), (Ref("sales.deal", deal_id),), f"{' '.join(said)}.", now - timedelta(minutes=(ENTRIES - number) * 2),
        " ".join(said[:4]), participants=(NewParticipant(contact_id=contact_id),),
    )


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    now = datetime.now(UTC)
    if owner() is None:
        create_people(actor=system_actor(), now=now, people=[NewPerson(name="Owner Bench", email=EMAIL, access_role="owner", password=PASSWORD)])
    actor = owner()
    assert actor is not None
    if len(list_contacts(actor=actor, limit=_CONTACTS)) < _CONTACTS:
        _build(actor, now)
    ensure_log(actor, now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What its autovacuum does within minutes: until then indexes alone answer nothing about rows just written.
            cursor.execute("SET statement_timeout = 0")
            for table in ("comms_communication", "comms_communicationlink", "search_entry"):
                cursor.execute(f"VACUUM {table}")
        cursor.execute("ANALYZE")
    client = Client()
    client.post(reverse("sign_in"), {"email": EMAIL, "password": PASSWORD})
    measure_log(client, actor, now)


def _build(actor: Actor, now: datetime) -> None:
    """What the entries are about: eight thousand open deals and as many people as speak."""
    companies = create_companies(actor=actor, companies=[NewCompany(name=f"Company {n:05}") for n in range(_CONTACTS)], now=now)
    create_contacts(actor=actor, contacts=[NewContact(name=f"Contact {n}", company_id=key) for n, key in enumerate(companies)], now=now)
    services = create_services(actor=actor, now=now, services=[NewService(name="Service", price=Money(100_000, "EUR"))])
    open_deals(actor, companies, services, random.Random(7), now)  # noqa: S311


def measure_log(client: Client, actor: Actor, now: datetime) -> None:
    """One line per figure: words nobody else uses, words in nearly every entry, one person's words, the page itself."""
    words = ensure_log(actor, now)
    busiest = list_contacts(actor=actor, limit=1)[0].id
    common, second = words[0], words[1]
    asked = (
        ("log_rare_word", LogFilter(RARE), 10), ("log_common_word", LogFilter(common), 60), ("log_two_common_words", LogFilter(f"{common} {second}"), 60),
        ("log_word_of_every_sixtieth_entry", LogFilter(words[300]), 60), ("log_beginning_of_common_words", LogFilter(common[:4]), 60),
        ("log_of_a_contact_by_word", LogFilter(words[300], contact_id=busiest), 300),
        ("log_of_a_contact_by_common_word", LogFilter(common, contact_id=busiest), 300), ("log_newest", LogFilter(), 60),
    )
    floor = floor_ms("SELECT id, title, body FROM search_entry ORDER BY id DESC LIMIT 50")
    for name, where, goal in asked:
        hits = search_log(actor=actor, where=where)
        tell(name, cpu_ms=median_ms(lambda where=where: search_log(actor=actor, where=where)), wall_ms=wall_ms(lambda where=where: search_log(actor=actor, where=where)),  # type: ignore[misc]
             floor_ms=floor, goal_ms=goal, found=len(hits.rows), is_partial=hits.is_partial, queries=queries_of(lambda where=where: search_log(actor=actor, where=where)))  # type: ignore[misc]
    address = reverse("conversations")
    tell("log_page_by_word", cpu_ms=median_ms(lambda: client.get(f"{address}?q={common}")), floor_ms=floor, goal_ms=100,
         queries=queries_of(lambda: client.get(f"{address}?q={common}")))


if __name__ == "__main__":
    main()
