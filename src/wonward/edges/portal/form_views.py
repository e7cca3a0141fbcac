"""The public form: asking little, keeping machines out, and saying what happens next."""

from __future__ import annotations

from datetime import UTC
from urllib.parse import urlsplit

from django.http import HttpResponse

from wonward.domains.sales.operations.forms import FormRefused, submit_form
from wonward.domains.sales.queries.forms import get_public_form
from wonward.domains.sales.types.leads import UTM_KEYS, SentForm
from wonward.edges.portal.pages import (
    OutsiderRequest,
    draw,
    portal_page,
    read_opening,
    sender_of,
    sign_opening,
)
from wonward.kernel.errors import Refused

TRAP = "fax_number"
_LONGEST = 12_000


@portal_page(methods=("GET", "POST"), areas=("sales", "marketing"))
def public_form(request: OutsiderRequest, key: str) -> HttpResponse:
    """A form for strangers, alone or inside another site's page."""
    form = get_public_form(key=key)
    is_framed = request.GET.get("embed") == "1"
    errors: dict[str, str] = {}
    message, status = "", 200
    if request.method == "POST":
        answers = {one.name: request.POST.get(one.name, "")[:_LONGEST] for one in form.fields}
        sent = SentForm(
            answers=answers, trap=request.POST.get(TRAP, ""), sender=sender_of(request),
            opened_at=read_opening(request.POST.get("opened", ""), key, UTC),
            utm={name: request.POST.get(f"utm_{name}", "")[:300] for name in UTM_KEYS},
        )
        try:
            submit_form(key=key, sent=sent, now=request.now)
            return draw(request, "portal/form_sent.html", {"form": form}, is_framed=is_framed)
        except FormRefused as refusal:
            message, status = refusal.message, 429 if refusal.verdict == "limited" else 422
        except Refused as refusal:
            errors, status = {error.field: error.message for error in refusal.errors}, 422
    opened = request.POST.get("opened", "")
    if not opened or message:
        opened = sign_opening(request.now, key)
    context = {
        "form": form, "values": request.POST, "errors": errors, "message": message, "opened": opened, "trap": TRAP, "utm": _utm(request),
        "action": request.get_full_path(),
    }
    return draw(request, "portal/form.html", context, status=status, is_framed=is_framed)


def _utm(request: OutsiderRequest) -> dict[str, str]:
    """Where the visitor came from: what the address says, the page that framed us, the page before."""
    found = {name: request.POST.get(f"utm_{name}", request.GET.get(f"utm_{name}", ""))[:300] for name in UTM_KEYS}
    referrer = urlsplit(request.headers.get("Referer", ""))
    if not found["referrer"] and referrer.netloc and referrer.netloc != request.get_host():
        found["referrer"] = f"{referrer.netloc}{referrer.path}"[:300]
    return found
