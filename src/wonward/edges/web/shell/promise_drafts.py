"""The form that makes a promise, alone or of the words of a log entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.comms.queries import get_communication
from wonward.domains.comms.types import CommunicationRow
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.ledgers import KINDS, changed_ledger
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import closing_drawer, go_to, with_toast
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.errors import NotAllowed, Refused
from wonward.kernel.ref import Ref

LONGEST_QUOTE = 2000
WEIGHTS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5))


@dataclass(frozen=True, slots=True)
class Home:
    """A deal or project a promise can be made on."""

    ref: Ref
    name: str


def read_promise(data: Mapping[str, str], *, home: Ref | None, entry: CommunicationRow | None) -> NewPromise:
    """What the form holds; every field that cannot be read is named."""
    reader = FormReader(data)
    kind, text, due = reader.text("kind", limit=12), reader.text("text", limit=500), reader.day("due_date")
    weight, quote = reader.number("weight"), reader.text("quote", limit=LONGEST_QUOTE)
    condition, speaker = reader.text("condition", limit=500), reader.text("speaker", limit=200)
    reader.finish()
    if kind not in set(PromiseKind):
        raise Refused.field("kind", _("Choose what the promise is about."))
    source = Source(quote, Ref("comms.communication", entry.id)) if entry else Source(quote, None, speaker) if quote else None
    return NewPromise(
        kind=PromiseKind(kind), text=text, condition=condition, due_date=due, weight=1 if weight is None else weight, source=source,
        is_client_visible="is_internal" not in data, state="draft" if data.get("as") == "draft" else "confirmed",
        deal_id=home.id if home and home.noun == "sales.deal" else None,
        project_id=home.id if home and home.noun == "delivery.project" else None,
    )


def find_entry(request: SignedInRequest) -> CommunicationRow | None:
    """The log entry the words come from, if the form names one; NotFound when it is not for these eyes."""
    key = FormReader(request.POST if request.method == "POST" else request.GET).number("communication_id")
    return get_communication(actor=request.actor, communication_id=key) if key else None


def promise_form(
    request: SignedInRequest, template: str, context: Mapping[str, Any], *, action: str, back: str, homes: Sequence[Home],
    redraw: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show the form, or make the promise. `redraw` answers htmx with the parts that show promises."""
    entry = find_entry(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            named = request.POST.get("home", "")
            home = next((one.ref for one in homes if str(one.ref) == named), None)
            if not named and len(homes) == 1:
                home = homes[0].ref
            if home is None:
                raise Refused.field("home", _("Choose the deal or project it was promised for."), "required")
            new = read_promise(request.POST, home=home, entry=entry)
            make_promises(actor=request.actor, promises=[new], now=request.now)
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"": refusal.message}
        else:
            return _made(request, back, redraw)
    values = request.POST if request.method == "POST" else request.GET
    body = {
        **context, "entry": entry, "errors": errors, "values": values, "action": action, "homes": homes, "back": back,
        "home": values.get("home", "") or _likely_home(homes, entry), "quote": values.get("quote", "") or (entry.body if entry else ""),
        "speaker": (entry.participants[0] if entry.participants else entry.author) if entry else values.get("speaker", ""),
        "due": FormReader(values).day("due_date"), "promise_kinds": [(key, str(words)) for key, words in KINDS.items()],
        "weights": WEIGHTS, "in_drawer": is_fragment(request), "home_options": [(str(one.ref), one.name) for one in homes],
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, template, "drawer_body", body, status=status)
    return render(request, template, body, status=status)


def _made(request: SignedInRequest, back: str, redraw: Callable[[], HttpResponse]) -> HttpResponse:
    if not is_fragment(request):
        return go_to(request, back)
    return changed_ledger(closing_drawer(with_toast(redraw(), _("Promise noted."))))


def _likely_home(homes: Sequence[Home], entry: CommunicationRow | None) -> str:
    known = set(entry.refs) if entry else set()
    return next((str(home.ref) for home in homes if home.ref in known), str(homes[0].ref) if len(homes) == 1 else "")
