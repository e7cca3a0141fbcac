"""A proposal as a PDF. The document is ours; every word of others arrives as data, and nothing is read from disk or network."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import typst

from wonward.domains.sales.types.proposals import ProposalContent, ProposalSums
from wonward.kernel.money import Money

_PAGE = r"""
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title, author: d.organisation)
#set page(paper: "a4", margin: (x: 24mm, top: 24mm, bottom: 22mm), footer: [#set text(8pt, fill: luma(110)); #d.organisation · #d.number #h(1fr) #context counter(page).display("1 / 1", both: true)])
#set text(10pt, lang: d.language)
#set par(leading: .68em)
#grid(columns: (34mm, 22mm), gutter: 1mm, rect(width: 34mm, height: 1.6mm, fill: rgb("#0B6B7A"), radius: 1mm), rect(width: 22mm, height: 1.6mm, fill: rgb("#6353CF"), radius: 1mm))
#v(5mm)
#text(9pt, fill: luma(90), d.recipient)
#v(-1mm)
#text(23pt, weight: 650, d.title)
#v(1mm)
#for part in d.intro { par(text(11pt, fill: luma(50), part)) }
#if d.facts.len() > 0 { v(2mm); grid(columns: d.facts.len() * (auto,), column-gutter: 12mm, row-gutter: 1.6mm, ..d.facts.map(f => text(8pt, fill: luma(90), f.at(0))), ..d.facts.map(f => text(11pt, weight: 600, f.at(1)))) }
#v(4mm)
#table(columns: (1fr, auto, auto), align: (left, right, right), stroke: (x, y) => (bottom: .5pt + luma(215)), inset: (x: 0mm, y: 2.6mm), column-gutter: 6mm,
  table.header(..d.heads.map(h => text(8pt, fill: luma(90), h))),
  ..d.lines.map(l => ([#text(weight: 600, l.name) #if l.note != "" [ #text(8.5pt, fill: rgb("#0A6472"), l.note)] #if l.description != "" [#linebreak() #text(9pt, fill: luma(90), l.description)]], l.quantity, text(weight: 600, l.price))).flatten())
#v(1mm)
#align(right, grid(columns: (auto, 34mm), row-gutter: 2.4mm, ..d.sums.map(s => (text(9pt, fill: luma(70), s.at(0)), text(weight: if s.at(2) { 700 } else { 400 }, s.at(1)))).flatten()))
#if d.terms.len() > 0 { v(5mm); text(12pt, weight: 650, d.words.terms); for part in d.terms { par(text(9.5pt, fill: luma(50), part)) } }
#if d.signature.len() > 0 { v(6mm); block(breakable: false, width: 100%, inset: 5mm, radius: 2mm, fill: rgb("#E2F0F2"), [#text(12pt, weight: 650, d.words.signed) #v(1mm) #grid(columns: (38mm, 1fr), row-gutter: 2.2mm, ..d.signature.map(s => (text(9pt, fill: luma(70), s.at(0)), text(9.5pt, weight: 600, s.at(1)))).flatten())]) }
"""


def draw_proposal(
    *, organisation: str, number: str, content: ProposalContent, sums: ProposalSums, valid_until: date | None = None,
    signature: tuple[str, str, str, datetime] | None = None,
) -> bytes:
    """The PDF of a version; with `signature` (name, e-mail, address, instant) it is the signed contract."""
    data: dict[str, Any] = {
        "organisation": organisation, "number": number, "title": content.title, "recipient": content.recipient, "language": "en",
        "intro": _parts(content.intro), "terms": _parts(content.terms), "facts": _facts(content, sums, valid_until),
        "heads": ["", "Quantity", "Price"], "words": {"terms": "Terms", "signed": "Accepted and signed"},
        "lines": [
            {
                "name": line.name, "description": line.description, "quantity": f"{line.quantity.normalize():f}",
                "price": _money(line.unit_price.times(line.quantity)) if line.unit_price else "",
                "note": ("option, chosen" if line.is_chosen else "option") if line.is_option else "",
            }
            for line in content.lines if line.counts or signature is None
        ],
        "sums": _sums(content, sums), "signature": [],
    }
    if signature:
        name, email, address, at = signature
        shown = [("Name", name), ("E-mail", email), ("Time (UTC)", f"{at:%Y-%m-%d %H:%M:%S}"), ("Address", address)]
        data["signature"] = [pair for pair in shown if pair[1]]
    compiled: bytes = typst.compile(_PAGE.encode(), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    return compiled


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]


def _facts(content: ProposalContent, sums: ProposalSums, valid_until: date | None) -> list[tuple[str, str]]:
    shown = [("Start", content.kickoff_date), ("Finish", content.finish_date), ("Valid until", valid_until)]
    return [(label, f"{day.day} {day:%B %Y}") for label, day in shown if day] + [("Price", _money(sums.total))]


def _sums(content: ProposalContent, sums: ProposalSums) -> list[tuple[str, str, bool]]:
    found = [("Net", _money(sums.net), False)]
    if sums.discount.minor:
        found += [(f"Discount {content.discount_percent.normalize():f}%", f"−{_money(sums.discount)}", False), ("Net after discount", _money(sums.total), False)]
    if sums.tax.minor:
        found.append((f"Tax {content.tax_percent.normalize():f}%", _money(sums.tax), False))
    return [*found, ("To pay", _money(sums.to_pay), True)]


def _money(value: Money) -> str:
    return f"{value.amount:,} {value.currency}"
