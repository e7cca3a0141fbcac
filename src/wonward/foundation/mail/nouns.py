"""What a message was about follows a record that becomes one with another."""

from __future__ import annotations

from wonward.foundation.database.registry import LinkMove, keeps_secret, moves_links
from wonward.foundation.mail.models import OutgoingMail


@moves_links
def move_messages(move: LinkMove) -> None:
    move.refs(OutgoingMail, "ref_noun", "ref_id")


# What waits to be sent may hold a link that lets in; once sent it is emptied anyway.
keeps_secret(OutgoingMail, "text", may_be_empty=True)
keeps_secret(OutgoingMail, "html", may_be_empty=True)
