"""Proposals: written on a deal, changed line by line, told apart version by version, sent by a link, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Query
from pydantic import Field

from wonward.domains.sales.operations.proposals import (
    comment_on_proposal,
    create_proposal,
    revoke_links,
    save_proposal,
    send_proposal,
)
from wonward.domains.sales.queries.documents import draw_proposal, read_signed_document
from wonward.domains.sales.queries.proposals import get_proposal, list_proposals
from wonward.domains.sales.types.proposals import (
    CommentRow,
    ContractRow,
    Difference,
    LinkRow,
    ProposalLine,
    ProposalRow,
    ProposalSums,
    ProposalView,
)
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.deals import RoleHoursIn, RoleHoursOut
from wonward.edges.api.v1.inputs import (
    Body,
    Day,
    Flag,
    Id,
    ListQuery,
    MoneyIn,
    Name,
    Paragraph,
    Prose,
    Quantity,
    QueryId,
    Short,
)
from wonward.edges.api.v1.routes import ApiRequest, once, route, version_asked
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.money import Money


class ProposalOut(msgspec.Struct, frozen=True):
    """A proposal in a list; `version_number` counts what was sent or is being written, `version` every change."""

    id: int
    number: str
    title: str
    status: str
    deal_id: int
    version_number: int
    total: MoneyOut
    version: int
    updated_at: datetime


class ProposalLineOut(msgspec.Struct, frozen=True):
    """A line, net. `role_hours` are the minutes of each role in one unit; `cost` of one unit is null without the right to see it."""

    name: str
    service_id: int | None
    description: str
    quantity: float
    unit_price: MoneyOut | None
    discount_percent: float
    discount: MoneyOut | None
    total: MoneyOut | None
    is_option: bool
    is_chosen: bool
    role_hours: list[RoleHoursOut]
    has_own_hours: bool
    effort_minutes: int
    cost: MoneyOut | None
    promise: str
    promise_key: str


class ProposalSumsOut(msgspec.Struct, frozen=True):
    """What the lines that count come to; cost and margin are null without the right to see them."""

    net: MoneyOut
    discount: MoneyOut
    total: MoneyOut
    tax: MoneyOut
    to_pay: MoneyOut
    effort_minutes: int
    role_hours: list[RoleHoursOut]
    cost: MoneyOut | None
    margin_percent: int | None


class ProposalDifferenceOut(msgspec.Struct, frozen=True):
    """One change against the version before; `kind` is added, removed or changed."""

    kind: str
    what: str
    before: str
    after: str


class ProposalLinkOut(msgspec.Struct, frozen=True):
    """A way in for the client. Opens are counted only where whoever sent it asked for it."""

    version_number: int
    recipient: str
    expires_at: datetime
    is_live: bool
    is_tracked: bool
    opens: int


class ProposalCommentOut(msgspec.Struct, frozen=True):
    """What was asked or answered."""

    author: str
    is_client: bool
    text: str
    created_at: datetime


class ContractOut(msgspec.Struct, frozen=True):
    """A signed version with its sealed document."""

    id: int
    version_number: int
    signer_name: str
    document_id: int | None
    document_sha256: str
    total: MoneyOut
    signed_at: datetime


class ProposalVersionOut(ProposalOut, frozen=True):
    """One version, `shown_number`, with everything around it. `sent_at` is null for a draft; what is sent is never changed."""

    shown_number: int
    sent_at: datetime | None
    numbers: list[int]
    recipient: str
    intro: str
    terms: str
    discount_percent: float
    discount: MoneyOut | None
    tax_percent: float
    kickoff_date: date | None
    finish_date: date | None
    currency: str
    lines: list[ProposalLineOut]
    sums: ProposalSumsOut
    differences: list[ProposalDifferenceOut]
    links: list[ProposalLinkOut]
    comments: list[ProposalCommentOut]
    contract: ContractOut | None


class SentProposalOut(msgspec.Struct, frozen=True):
    """The proposal as sent. `link` is told once: only its fingerprint is kept, and a repeated request gets null."""

    proposal: ProposalVersionOut
    link: str | None


class ProposalLineIn(Body):
    """A line: a service of the catalogue, or free words. A service without a price brings its own, and its hours and cost."""

    name: Name = ""
    service_id: Id | None = None
    description: Annotated[Prose, Field(max_length=1000)] = ""
    quantity: Quantity = Decimal(1)
    unit_price: MoneyIn | None = None
    discount_percent: Quantity = Decimal(0)
    discount: MoneyIn | None = None
    is_option: Flag = False
    is_chosen: Flag = False
    role_hours: Annotated[list[RoleHoursIn], Field(max_length=40)] = []
    promise: Paragraph = ""
    promise_key: Short = ""

    def read(self) -> ProposalLine:
        """As the operations take it."""
        return ProposalLine(
            self.name, self.quantity, _read(self.unit_price), self.service_id, self.description, is_option=self.is_option,
            is_chosen=self.is_chosen, promise=self.promise, promise_key=self.promise_key,
            hours=tuple((one.role.strip(), one.minutes) for one in self.role_hours), discount_percent=self.discount_percent,
            discount=_read(self.discount),
        )


class ProposalPatch(Body):
    """What to change of the newest version; `lines` replaces them as a whole. Once it is sent, a change begins the next version."""

    title: Name = ""
    recipient: Name = ""
    intro: Annotated[Prose, Field(max_length=8000)] = ""
    terms: Annotated[Prose, Field(max_length=20_000)] = ""
    discount_percent: Quantity = Decimal(0)
    discount: MoneyIn | None = None
    tax_percent: Quantity = Decimal(0)
    kickoff_date: Day | None = None
    finish_date: Day | None = None
    lines: Annotated[list[ProposalLineIn], Field(max_length=100)] = []


class SendingIn(Body):
    """Until when the link is open, for whom, and whether its openings are counted."""

    valid_until: Day
    recipient: Name = ""
    is_tracked: Flag = False


class ProposalAnswerIn(Body):
    """What is answered to the client."""

    text: Annotated[Prose, Field(max_length=4000)]


class ProposalQuery(ListQuery):
    """What a list of proposals is narrowed to."""

    sort: Literal["-updated_at"] = "-updated_at"
    deal_id: QueryId | None = None
    status: Literal["", "draft", "sent", "accepted"] = ""


def _read(value: MoneyIn | None) -> Money | None:
    return value.read() if value else None


def _row(row: ProposalRow) -> ProposalOut:
    return ProposalOut(*_facts(row))


def _facts(row: ProposalRow) -> tuple[int, str, str, str, int, int, MoneyOut, int, datetime]:
    return row.id, row.number, row.title, row.status, row.deal_id, row.current_number, _money(row.total), row.version, row.updated_at


def _money(value: Money) -> MoneyOut:
    return MoneyOut(str(value.amount), value.currency)


def _line(line: ProposalLine) -> ProposalLineOut:
    return ProposalLineOut(
        line.name, line.service_id, line.description, float(line.quantity), money(line.unit_price), float(line.discount_percent),
        money(line.discount), money(line.total), line.is_option, line.is_chosen, [RoleHoursOut(*one) for one in line.role_hours],
        bool(line.hours), line.effort_minutes, money(line.cost), line.promise, line.promise_key,
    )


def _sums(sums: ProposalSums) -> ProposalSumsOut:
    return ProposalSumsOut(
        _money(sums.net), _money(sums.discount), _money(sums.total), _money(sums.tax), _money(sums.to_pay), sums.effort_minutes,
        [RoleHoursOut(*one) for one in sums.hours], money(sums.cost), sums.margin_percent,
    )


def _difference(one: Difference) -> ProposalDifferenceOut:
    return ProposalDifferenceOut(one.kind, one.what, one.before, one.after)


def _link(one: LinkRow) -> ProposalLinkOut:
    return ProposalLinkOut(one.number, one.recipient, one.expires_at, one.is_live, one.is_tracked, one.opens)


def _comment(one: CommentRow) -> ProposalCommentOut:
    return ProposalCommentOut(one.author, one.is_client, one.text, one.created_at)


def _contract(row: ContractRow | None) -> ContractOut | None:
    if row is None:
        return None
    return ContractOut(row.id, row.number, row.signer_name, row.document_id, row.document_sha256, _money(row.total), row.signed_at)


def _view(view: ProposalView) -> ProposalVersionOut:
    content = view.content
    return ProposalVersionOut(
        *_facts(view.row), shown_number=view.number, sent_at=view.sent_at, numbers=[number for number, _sent in view.numbers],
        recipient=content.recipient, intro=content.intro, terms=content.terms, discount_percent=float(content.discount_percent),
        discount=money(content.discount), tax_percent=float(content.tax_percent), kickoff_date=content.kickoff_date,
        finish_date=content.finish_date, currency=view.currency, lines=[_line(line) for line in content.lines], sums=_sums(view.sums),
        differences=[_difference(one) for one in view.differences], links=[_link(one) for one in view.links],
        comments=[_comment(one) for one in view.comments], contract=_contract(view.contract),
    )


def _show(request: ApiRequest, proposal_id: int, *, number: int | None = None, status: int = 200, location: str = "") -> HttpResponse:
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, number=number, now=request.now)
    return answer(_view(view), status=status, version=view.row.version, location=location)


@route("GET", "/proposals", permission="sales.proposal.view", answers={200: Page[ProposalOut]})
def read_proposals(request: ApiRequest, where: ProposalQuery = Query(...)) -> HttpResponse:
    """Proposals of the deals you see, the newest change first."""
    rows = list_proposals(
        actor=request.actor, status=where.status, deal_id=where.deal_id, text=where.q, updated_since=where.updated_since,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _row)


@route("POST", "/deals/{record:deal_id}/proposals", permission="sales.proposal.edit", answers={201: ProposalVersionOut})
def add_proposal(request: ApiRequest, deal_id: int) -> HttpResponse:
    """Start a proposal from the services and answers of an open deal."""
    key = create_proposal(actor=request.actor, deal_id=deal_id, now=request.now)
    location = f"/proposals/{key}"
    return after_write(lambda: _show(request, key, status=201, location=location), status=201, location=location)


@route("GET", "/proposals/{record:proposal_id}", permission="sales.proposal.view", answers={200: ProposalVersionOut})
def read_proposal(request: ApiRequest, proposal_id: int) -> HttpResponse:
    """The newest version of a proposal."""
    return _show(request, proposal_id)


@route(
    "GET", "/proposals/{record:proposal_id}/versions/{record:number}", permission="sales.proposal.view", answers={200: ProposalVersionOut}
)
def read_proposal_version(request: ApiRequest, proposal_id: int, number: int) -> HttpResponse:
    """One version, with what changed against the one before it."""
    return _show(request, proposal_id, number=number)


@route("GET", "/proposals/{record:proposal_id}/content", permission="sales.proposal.view", answers={200: bytes})
def read_proposal_content(request: ApiRequest, proposal_id: int) -> HttpResponse:
    """The newest version as a PDF; once it is signed, the sealed document itself."""
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    number = view.contract.number if view.contract else view.number
    if view.contract:
        content = read_signed_document(view.contract.document_sha256)
    else:
        content = draw_proposal(organisation=get_organisation().name, number=f"{view.row.number} v{number}", content=view.content, sums=view.sums)
    return HttpResponse(content, headers=delivery_headers(f"{view.row.number}-v{number}.pdf", "application/pdf"))


@route(
    "PATCH", "/proposals/{record:proposal_id}", permission="sales.proposal.edit", answers={200: ProposalVersionOut},
    example={"intro": "As we spoke.", "lines": [{"name": "Concept", "quantity": 2}]},
)
def edit_proposal(request: ApiRequest, proposal_id: int, body: ProposalPatch) -> HttpResponse:
    """Change the newest version; once it is sent, a change begins the next one. `If-Match` names the `version` of the proposal."""
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    changes = body.sent()
    if "discount" in changes:
        changes["discount"] = _read(body.discount)
    if "lines" in changes:
        changes["lines"] = tuple(line.read() for line in body.lines)
    save_proposal(
        actor=request.actor, proposal_id=proposal_id, content=replace(view.content, **changes), version=version_asked(request), now=request.now
    )
    return after_write(lambda: _show(request, proposal_id), status=200)


@route(
    "POST", "/proposals/{record:proposal_id}/sending", permission="sales.proposal.edit", answers={201: SentProposalOut},
    keeps_own_replies=True, example={"valid_until": "2026-12-18", "recipient": "Hanne Dahl"},
)
def send_out_proposal(request: ApiRequest, proposal_id: int, body: SendingIn) -> HttpResponseBase:
    """Freeze the newest version and make a link to it, for you to send."""
    made: list[str] = []

    def send() -> HttpResponse:
        made[:] = [send_proposal(
            actor=request.actor, proposal_id=proposal_id, valid_until=body.valid_until, recipient=body.recipient,
            is_tracked=body.is_tracked, now=request.now,
        )]
        return _sent(request, proposal_id, None)

    reply = once(request, request.body, send)
    if not made or reply.status_code != 201:
        return reply
    return _sent(request, proposal_id, settings.BASE_URL.rstrip("/") + reverse("public_proposal", kwargs={"token": made[0]}))


def _sent(request: ApiRequest, proposal_id: int, link: str | None) -> HttpResponse:
    view = get_proposal(actor=request.actor, proposal_id=proposal_id, now=request.now)
    return answer(SentProposalOut(_view(view), link), status=201, version=view.row.version, location=f"/proposals/{proposal_id}")


@route("POST", "/proposals/{record:proposal_id}/withdrawal", permission="sales.proposal.edit", answers={200: ProposalVersionOut})
def withdraw_proposal(request: ApiRequest, proposal_id: int) -> HttpResponse:
    """Close every link of a proposal; none that is closed opens again."""
    revoke_links(actor=request.actor, proposal_id=proposal_id, now=request.now)
    return after_write(lambda: _show(request, proposal_id), status=200)


@route(
    "POST", "/proposals/{record:proposal_id}/comments", permission="sales.proposal.edit", answers={201: ProposalVersionOut},
    example={"text": "Yes, the second week works."},
)
def answer_on_proposal(request: ApiRequest, proposal_id: int, body: ProposalAnswerIn) -> HttpResponse:
    """Answer on the client's page what the client asked."""
    comment_on_proposal(actor=request.actor, proposal_id=proposal_id, text=body.text, now=request.now)
    return after_write(lambda: _show(request, proposal_id, status=201), status=201)
