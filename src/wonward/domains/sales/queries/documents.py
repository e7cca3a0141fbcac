"""A proposal as a PDF. The document is ours; every word of others arrives as data, and nothing is read from disk or network."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import import_module
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine, ProposalSums
from wonward.foundation.files.storage import current_storage
from wonward.foundation.organisation.queries import get_organisation
from wonward.foundation.organisation.rules import locale_of
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money, exponent
from wonward.kernel.wording import heard, speaking, worded

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
    """The PDF of a version in the language of the house; with `signature` (name, e-mail, address, instant) it is the signed contract."""
    language = get_organisation().language
    with speaking(language):
        data = {"organisation": organisation, "number": number, **_shown(content, sums, valid_until, signature, locale_of(language))}
    # Eight megabytes that a process spends only once it draws a document.
    compiled: bytes = import_module("typst").compile(_PAGE.encode(), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    return compiled


def read_signed_document(sha256: str) -> bytes:
    """The very bytes that were sealed at the signature; NotFound when they are gone."""
    try:
        with current_storage().open(sha256) as file:
            return file.read()
    except FileNotFoundError:
        raise NotFound("document", sha256) from None


def _shown(
    content: ProposalContent, sums: ProposalSums, valid_until: date | None, signature: tuple[str, str, str, datetime] | None, locale: str
) -> dict[str, Any]:
    chosen, option = heard(worded("option, chosen")), heard(worded("option"))
    data: dict[str, Any] = {
        "title": content.title, "recipient": content.recipient, "language": locale.partition("_")[0],
        "intro": _parts(content.intro), "terms": _parts(content.terms), "facts": _facts(content, sums, valid_until, locale),
        "heads": ["", heard(worded("Quantity")), heard(worded("Price"))],
        "words": {"terms": heard(worded("Terms")), "signed": heard(worded("Accepted and signed"))},
        "lines": [
            {
                "name": line.name, "description": line.description, "quantity": format_decimal(line.quantity.normalize(), locale=locale),
                "price": _money(line.total, locale) if line.total else "",
                "note": ", ".join(part for part in ((chosen if line.is_chosen else option) if line.is_option else "", _off(line, locale)) if part),
            }
            for line in content.lines if line.counts or signature is None
        ],
        "sums": _sums(content, sums, locale), "signature": [],
    }
    if signature:
        name, email, address, at = signature
        shown = [
            (heard(worded("Name")), name), (heard(worded("E-mail")), email), (heard(worded("Time (UTC)")), f"{at:%Y-%m-%d %H:%M:%S}"),
            (heard(worded("Address")), address),
        ]
        data["signature"] = [pair for pair in shown if pair[1]]
    return data


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]


def _facts(content: ProposalContent, sums: ProposalSums, valid_until: date | None, locale: str) -> list[tuple[str, str]]:
    shown = [
        (heard(worded("Start")), content.kickoff_date), (heard(worded("Finish")), content.finish_date),
        (heard(worded("Valid until")), valid_until),
    ]
    days = [(label, format_date(day, "long", locale=locale)) for label, day in shown if day]
    return [*days, (heard(worded("Price")), _money(sums.total, locale))]


def _sums(content: ProposalContent, sums: ProposalSums, locale: str) -> list[tuple[str, str, bool]]:
    found = [(heard(worded("Net")), _money(sums.net, locale), False)]
    if sums.discount.minor:
        percent = format_decimal(content.discount_percent.normalize(), locale=locale)
        words = worded("Discount") if content.discount else worded("Discount {percent} %", percent=percent)
        found += [
            (heard(words), f"−{_money(sums.discount, locale)}", False),
            (heard(worded("Net after discount")), _money(sums.total, locale), False),
        ]
    if sums.tax.minor:
        percent = format_decimal(content.tax_percent.normalize(), locale=locale)
        found.append((heard(worded("Tax {percent} %", percent=percent)), _money(sums.tax, locale), False))
    return [*found, (heard(worded("To pay")), _money(sums.to_pay, locale), True)]


def _off(line: ProposalLine, locale: str) -> str:
    """The discounts of a line beside its name."""
    parts = [f"−{format_decimal(line.discount_percent.normalize(), locale=locale)} %"] if line.discount_percent else []
    return " ".join([*parts, *([f"−{_money(line.discount, locale)}"] if line.discount else [])])


def _money(value: Money, locale: str) -> str:
    digits = exponent(value.currency)
    return f"{format_decimal(value.amount, format='#,##0.' + '0' * digits if digits else '#,##0', locale=locale)} {value.currency}"
