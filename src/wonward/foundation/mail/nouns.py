"""What a message was about follows a record that becomes one with another."""

from __future__ import annotations

from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.foundation.mail.models import OutgoingMail


@moves_links
def move_messages(move: LinkMove) -> None:
    move.refs(OutgoingMail, "ref_noun", "ref_id")
