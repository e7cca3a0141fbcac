"""Measure the search: `python -m tests.foundation.search.bench [ENTRIES] [--database=postgresql]` prints JSON lines.

Compare figures of one run only: the floor of the same run is the bare query for the same word.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from typing import Any

from tests.postgres import private_cluster

CONSONANTS, VOWELS = "bcdfghklmnprstvw", "aeiou"


def words_of(amount: int, chance: random.Random) -> list[str]:
    """Made-up words; the first are to be used most."""
    made: dict[str, None] = {}
    while len(made) < amount:
        made[
            "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(2, 4)))
        ] = None
    return list(made)


def fill(amount: int, chance: random.Random) -> dict[str, str]:
    """Index `amount` notes of 30 words (word frequencies by Zipf); returns searches by what they show."""
    from django.contrib.contenttypes.models import ContentType

    from wonward.foundation.search.operations import index_records
    from wonward.foundation.search.types import SearchEntry
    from wonward.kernel.ref import Ref

    words = words_of(20_000, chance)
    weights = [1 / (rank + 2) for rank in range(len(words))]
    for start in range(0, amount, 2000):
        rows = ContentType.objects.bulk_create(
            [
                ContentType(app_label="bench", model=f"r{key}")
                for key in range(start, min(start + 2000, amount))
            ]
        )
        entries = []
        for row in rows:
            drawn = chance.choices(words, weights, k=34)
            title, body = " ".join(drawn[:4]), " ".join(drawn[4:])
            number = f"N-{row.pk}"
            entries.append(SearchEntry(Ref("bench.note", row.pk), title, "", f"every {body}", number))
        index_records(entries)
    return {
        "word in every entry": "every",
        "very common word": words[0],
        "two common words": f"{words[0]} {words[1]}",
        "rare word": words[15_000],
        "rare phrase": f'"{words[3000]} {words[5]}"',
        "beginning of 2 letters": words[0][:2],
        "beginning of 4 letters": words[9][:4],
        "piece inside words": words[40][1:],
        "number": f"N-{amount // 2}",
        "nothing": "xqzxqz",
    }


def median_ms(call: Any, times: int = 15) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return round(sorted(taken)[len(taken) // 2], 2)


def cpu_ms(call: Any, times: int = 10) -> float:
    started = time.process_time()
    for _ in range(times):
        call()
    return round((time.process_time() - started) * 1000 / times, 2)


def measure(amount: int) -> None:
    from django.contrib.contenttypes.models import ContentType
    from django.core.management import call_command
    from django.db import connection

    from wonward.foundation.access import policy
    from wonward.foundation.search.queries import permitted_entries, search_records
    from wonward.kernel.actor import Actor, system_actor

    call_command("migrate", verbosity=0)
    policy.register_noun(
        "bench.note", lambda _: ContentType.objects.filter(app_label="bench").values_list("pk", flat=True)
    )
    started = time.perf_counter()
    searches = fill(amount, random.Random(7))
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        json.dumps(
            {
                "figure": "indexing",
                "entries": amount,
                "per_second": round(amount / seconds),
                "vendor": connection.vendor,
            }
        )
    )
    sales = Actor(label="Sam", user_id=1, person_id=1, role="sales", grants=policy.grants_of("sales"))
    print(
        json.dumps(
            {
                "figure": "building what a salesperson sees, all nouns",
                "cpu_ms": cpu_ms(lambda: permitted_entries(sales, None)),
            }
        )
    )
    actor = system_actor()
    for name, text in searches.items():
        result = search_records(actor, text, ["bench.note"])
        print(
            json.dumps(
                {
                    "figure": f"search: {name}",
                    "ms": median_ms(lambda text=text: search_records(actor, text, ["bench.note"])),
                    "hits": len(result.hits),
                    "is_partial": result.is_partial,
                    "load": round(os.getloadavg()[0], 1),
                }
            ),
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="?", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    with ExitStack() as stack:
        os.environ["WONWARD_DATA_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="ww-bench-"))
        if asked.database == "postgresql":
            os.environ["WONWARD_DATABASE_URL"] = stack.enter_context(private_cluster())
        import django

        django.setup()
        measure(asked.entries)
        from django.db import connections

        connections.close_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
