"""`wonward reindex`: write the search index anew at once; after an upgrade that finds words otherwise the worker does it by itself."""

from __future__ import annotations

import argparse
import sys

from wonward.edges.commands.output import say, say_json
from wonward.foundation.search.operations import note_renewed
from wonward.journeys.client_record.operations import fill_whole_index, reindex_records

AT_ONCE = 1_000
_TOLD_EVERY = 50_000


def run(arguments: argparse.Namespace) -> int:
    """Entry by entry in small lots, while people go on working; begun again it starts over."""
    after = done = told = 0
    while True:
        after, count = reindex_records(after=after, limit=AT_ONCE)
        if not count:
            break
        done += count
        if done - told >= _TOLD_EVERY:
            told = done
            sys.stderr.write(f"{done:,} entries written anew.\n")
    fill_whole_index()
    note_renewed()
    if arguments.json:
        say_json({"entries": done})
    else:
        say(f"{done:,} {'entry' if done == 1 else 'entries'} of the search index written anew.")
    return 0
