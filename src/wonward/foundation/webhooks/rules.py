"""What is sent, how it is signed, and what an address may be. Pure decisions on plain values."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from wonward.foundation.events.types import EventRow
from wonward.foundation.http.rules import is_address, is_public, read_url
from wonward.foundation.http.types import Forbidden
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

ATTEMPTS = 12
MOST_WEBHOOKS = 20
LONGEST_NAME, LONGEST_SAID = 120, 300
LONGEST_ADDRESS = 500


def body_of(event: EventRow) -> str:
    """A fact as it is sent: its name, when it was noted and which records it is about. Never content, so never an amount or a note."""
    moment = event.recorded_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {"id": event.id, "name": event.name, "version": event.version, "recorded_at": moment, "refs": [str(ref) for ref in event.subjects]}
    return json.dumps(told, separators=(",", ":"))


def headers_of(*, secret: str, sending_id: int, event_name: str, body: str, now: datetime) -> dict[str, str]:
    """What stands above the body; the signature covers the moment and the body."""
    moment = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json", "Wonward-Event": event_name, "Wonward-Delivery": str(sending_id), "Wonward-Time": moment,
        "Wonward-Signature": f"sha256={sign(secret, moment, body)}",
    }


def sign(secret: str, moment: str, body: str) -> str:
    """HMAC-SHA256 over the moment, a full stop and the body, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()


def check_name(name: str) -> str:
    """The words a webhook is known by."""
    words = " ".join(name.split())
    if not words:
        raise Refused.field("name", "Say what it is for.", "required")
    if len(words) > LONGEST_NAME:
        raise Refused.field("name", worded("At most {limit} characters fit.", limit=LONGEST_NAME), "too_long")
    return words


def check_address(address: str) -> str:
    """An https address of somebody outside; where its name leads is looked at before every sending."""
    text = address.strip()
    try:
        target = read_url(text)
    except Forbidden:
        raise Refused.field("address", "Enter a plain address that begins with https:// and names a host.") from None
    if target.scheme != "https" or len(text) > LONGEST_ADDRESS:
        raise Refused.field("address", "Enter a plain address that begins with https:// and names a host.")
    if target.host == "localhost" or (is_address(target.host) and not is_public(target.host)):
        raise Refused.field("address", "This address lies inside a private network; facts are sent outside only.", "private")
    return text


def check_events(events: Collection[str], known: Collection[str]) -> list[str]:
    """The chosen facts, in order; Refused for none, and for one that nobody publishes."""
    chosen = sorted(set(events))
    if not chosen:
        raise Refused.field("events", "Choose at least one fact.", "required")
    for name in chosen:
        if name not in known:
            raise Refused.field("events", worded("There is no fact called “{name}”.", name=name[:80]), "unknown")
    return chosen


def first_line(body: bytes) -> str:
    """The beginning of an answer as one line of visible characters."""
    text = body[: LONGEST_SAID * 4].decode("utf-8", "replace")
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())[:LONGEST_SAID]


def by_package(names: Sequence[str]) -> dict[str, list[str]]:
    """Names of facts under the package they come from."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.partition(".")[0], []).append(name)
    return found
