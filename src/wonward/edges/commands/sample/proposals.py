"""Proposals of the sample company: drafts, one that is read and discussed, one in its second version, one signed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from wonward.domains.sales.operations.proposals import (
    ask_about_proposal,
    comment_on_proposal,
    create_proposal,
    note_opening,
    save_proposal,
    send_proposal,
)
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.documents import draw_proposal
from wonward.domains.sales.queries.proposals import get_proposal
from wonward.domains.sales.types import DealFilter
from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine, Signature
from wonward.edges.commands.sample.story import Stage
from wonward.foundation.files.storage import put_stream
from wonward.journeys.handoff.operations import accept_proposal
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money


def add_proposals(stage: Stage) -> None:
    """Five proposals on the liveliest deals of two sellers."""
    for place, seller in enumerate(stage.sellers[:2]):
        deals = list_deals(
            actor=seller, where=DealFilter(status="open", owner_id=seller.person_id), now=stage.now, sort="-value", limit=3
        )
        for step, deal in enumerate(deals):
            _offer(stage, seller, deal.id, step + 3 * place)


def _offer(stage: Stage, seller: Actor, deal_id: int, step: int) -> None:
    then = stage.now - timedelta(days=6 - step)
    key = create_proposal(actor=seller, deal_id=deal_id, now=then)
    content = _content(stage, get_proposal(actor=seller, proposal_id=key, now=then).content)
    save_proposal(actor=seller, proposal_id=key, content=content, now=then)
    if step in (2, 5):
        return
    until = (stage.now + timedelta(days=24)).date()
    token = send_proposal(actor=seller, proposal_id=key, valid_until=until, recipient=content.recipient, is_tracked=step == 0, now=then)
    if step == 0:
        note_opening(token=token, now=then + timedelta(hours=5))
        ask_about_proposal(token=token, name="Hanne Dahl", text="Can you split out the support cost before we sign?", now=then + timedelta(hours=6))
        comment_on_proposal(actor=seller, proposal_id=key, text="Done: it is an option of its own now.", now=then + timedelta(hours=8))
        lines = (*content.lines, ProposalLine("Editor training", Decimal(2), Money(95_000, stage.currency), description="Six editors, on site"))
        save_proposal(actor=seller, proposal_id=key, content=replace(content, lines=lines, discount_percent=Decimal(3)), now=then + timedelta(days=1))
    if step == 3:
        _sign(stage, token, content, key, seller)


def _content(stage: Stage, content: ProposalContent) -> ProposalContent:
    start = stage.now.date() + timedelta(days=30)
    lines = tuple(replace(line, promise="Every page works on a phone, in two languages", description="As in the estimate, without translations") for line in content.lines)
    care = ProposalLine("Care plan, 12 months", Decimal(12), Money(80_000, stage.currency), description="Six hours a month", is_option=True,
                        promise="Answers within four hours on working days")
    return replace(
        content, lines=(*lines, care), recipient="Hanne Dahl", kickoff_date=start, finish_date=start + timedelta(days=100), tax_percent=Decimal(19),
        intro="You lose one in three visitors before they reach you, and your team corrects data by hand. We change both before the season opens.",
    )


def _sign(stage: Stage, token: str, content: ProposalContent, key: int, seller: Actor) -> None:
    at = stage.now - timedelta(hours=3)
    view = get_proposal(actor=seller, proposal_id=key, now=at)
    signature = Signature("Hanne Dahl", "hanne.dahl@client.example", "203.0.113.24", is_agreed=True)
    drawn = draw_proposal(
        organisation="Halden Studio", number=f"{view.row.number} v{view.number}", content=content, sums=view.sums,
        signature=(signature.name, signature.email, signature.address, at),
    )
    accept_proposal(token=token, signature=signature, document=put_stream(io.BytesIO(drawn)), now=at)
