"""What the next page says: that it is saved, and how to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpResponse

from wonward.edges.web.shell.pages import SignedInRequest
from wonward.edges.web.shell.replies import go_to

_KEY = "settings_said"


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and the form that undoes what they tell of: an address and its values."""

    words: str
    undo_url: str = ""
    undo_values: Mapping[str, str] = field(default_factory=dict)


def go_on(request: SignedInRequest, url: str, words: str, *, undo_url: str = "", undo: Mapping[str, object] | None = None) -> HttpResponse:
    """After a write: the page at `url` says so once, with an undo if there is one."""
    values = {name: "" if value is None else str(value) for name, value in (undo or {}).items()}
    request.session[_KEY] = {"words": words, "undo_url": undo_url if undo is not None else "", "undo_values": values}
    return go_to(request, url)


def take_said(request: SignedInRequest) -> Said | None:
    """What is to be said now, once."""
    said = request.session.pop(_KEY, None)
    return Said(**said) if said else None
