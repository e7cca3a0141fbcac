"""`wonward email`: take e-mails into the log, from files or from a mail server's pipe."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wonward.domains.staff.queries import find_actor
from wonward.edges.commands.output import complain, say, say_json
from wonward.foundation.access.queries import find_user_id
from wonward.journeys.client_record.operations import store_email, take_in_email
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 when the named user or a reference is none, or an e-mail is refused; the others are taken in all the same."""
    actor = _actor(arguments.as_user)
    if actor is None:
        complain(f"There is no active user {arguments.as_user}.")
        return 1
    try:
        refs = [Ref.parse(text) for text in arguments.ref or ()]
    except ValueError as error:
        complain(str(error))
        return 1
    found = []
    for name in arguments.files or ["-"]:
        told = _take_in(actor, name, refs)
        found.append(told)
        if told["id"] is not None and not arguments.json:
            say(f"{name}: taken in as entry {told['id']}." if told["is_new"] else f"{name}: already in the log, as entry {told['id']}.")
    if arguments.json:
        say_json(found)
    return 1 if any(one["problem"] for one in found) else 0


def _actor(address: str) -> Actor | None:
    if not address:
        return system_actor("Command line", via="command")
    user_id = find_user_id(address)
    return find_actor(user_id=user_id, via="command") if user_id is not None else None


def _take_in(actor: Actor, name: str, refs: list[Ref]) -> dict[str, Any]:
    """What became of one e-mail; what is wrong with it is said on standard error."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        arrived = store_email(actor=actor, content=content)
        taken = take_in_email(actor=actor, arrived=arrived, refs=refs, now=datetime.now(UTC))
    except (Refused, NotFound) as refusal:
        complain(f"{name}: {refusal.message}")
        return {"file": name, "id": None, "is_new": False, "remarks": [], "problem": refusal.message}
    except OSError as error:
        complain(f"{name}: {error.strerror or error}")
        return {"file": name, "id": None, "is_new": False, "remarks": [], "problem": str(error.strerror or error)}
    complaints = [str(remark) for remark in taken.remarks]
    for sentence in complaints:
        complain(f"{name}: {sentence}")
    return {"file": name, "id": taken.communication_id, "is_new": taken.is_new, "remarks": complaints, "problem": ""}
