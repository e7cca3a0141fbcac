"""How companies and contacts stand in the house: off the lists or back on them, for all or for their people only."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.operations import (
    archive_company,
    archive_contact,
    change_company,
    restore_company,
    restore_contact,
)
from wonward.edges.web.clients.views import company_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render_block
from wonward.edges.web.shell.replies import go_to, with_toast


def _asked(request: SignedInRequest) -> tuple[str, int | None, bool]:
    """The reason, the version seen, and whether the record is to come back."""
    reader = FormReader(request.POST)
    reason, version = reader.text("reason", limit=2000), reader.version()
    reader.finish()
    return reason, version, request.POST.get("do") == "restore"


@page(permission="clients.company.edit", methods=("POST",))
def company_archiving(request: SignedInRequest, company_id: int) -> HttpResponse:
    """Take the company off the lists, or bring it back."""
    reason, version, is_back = _asked(request)
    put = restore_company if is_back else archive_company
    put(actor=request.actor, company_id=company_id, reason=reason, version=version, now=request.now)
    return go_to(request, address_of("company", company_id=company_id))


@page(permission="clients.company.edit", methods=("POST",))
def contact_archiving(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Take the contact off the lists, or bring them back."""
    reason, version, is_back = _asked(request)
    put = restore_contact if is_back else archive_contact
    put(actor=request.actor, contact_id=contact_id, reason=reason, version=version, now=request.now)
    return go_to(request, address_of("contact", contact_id=contact_id))


@page(permission="clients.company.edit", methods=("POST",))
def company_restriction(request: SignedInRequest, company_id: int) -> HttpResponse:
    """Show the company to its people only, or to everyone with the right again."""
    reader = FormReader(request.POST)
    is_restricted, version = reader.flag("is_restricted"), reader.version()
    reader.finish()
    change_company(actor=request.actor, company_id=company_id, changes={"is_restricted": is_restricted}, version=version, now=request.now)
    if not request.headers.get("HX-Request"):
        return go_to(request, address_of("company", company_id=company_id))
    context = company_context(request, company_id)
    return with_toast(
        render_block(request, "clients/company.html", "facts", context),
        _("Only its people see it now.") if is_restricted else _("Everyone with the right sees it now."),
        undo_url=request.path, undo_values={"is_restricted": "" if is_restricted else "1", "version": context["company"].version},
    )
