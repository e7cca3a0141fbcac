"""Facts about inboxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref

INBOX = "notifications.inbox"


@dataclass(frozen=True, slots=True)
class InboxesChanged(Event):
    """These inboxes hold something else than before; each is seen by its own user alone."""

    name: ClassVar[str] = "notifications.inbox.changed"
    user_ids: list[int] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref(INBOX, key) for key in self.user_ids)
