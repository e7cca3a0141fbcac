"""Whoever is named in an entry is told, if they may read it."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.comms.events import CommunicationLogged
from wonward.domains.comms.queries import find_communications, list_mentions
from wonward.domains.staff.queries import find_actor, find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Level, Notice, Reason
from wonward.kernel.ref import Ref

_LONGEST_WORDS = 280

declare_topic(
    "mentions", "Mentions", "When somebody writes @ and your name.", level=Level.MAIL,
    kinds={"comms.mentioned": "You were mentioned"},
)


@subscribe(CommunicationLogged, tells_author=True)
def tell_of_mentions(event: CommunicationLogged, *, author: Author, now: datetime) -> None:
    for entry_id, person_id in list_mentions(event.communication_ids):
        for user_id in find_user_ids([person_id]):
            _tell(entry_id, user_id, author, now)


def _tell(entry_id: int, user_id: int, author: Author, now: datetime) -> None:
    reader = find_actor(user_id=user_id, via="system")
    if reader is None:
        return
    for entry in find_communications(actor=reader, communication_ids=[entry_id]):
        words = " ".join(entry.body.split())
        detail = words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS].rstrip()}…"
        notice = Notice("comms.mentioned", entry.refs[0], detail, about=Ref("comms.communication", entry_id))
        notify(notice=notice, to={Reason.MENTION: [user_id]}, author=author, now=now)
