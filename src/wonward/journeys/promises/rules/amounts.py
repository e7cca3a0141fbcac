"""Finding amounts of money in what people wrote, so that those who may not know them read the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wonward.journeys.promises.types import HIDDEN, BrokenPromise, PromiseKind, PromiseRow
from wonward.kernel.wording import heard, worded

# What the history of a promise about a price says without a word of it.
_BARE_FACTS = frozenset({"state", "weight", "key", "due_date", "project", "task", "replaced_by", "replaces", "is_client_visible", "kind"})
_CODES = (
    "AED|AFN|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|BYN|BZD|CAD|CDF|CHF|CLP|CNY|COP|CRC|CUP|"
    "CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|"
    "JPY|KES|KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|"
    "NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SVC|SYP|SZL|"
    "THB|TJS|TMT|TND|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|VUV|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW|ZWG"
)
_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_NUMBER = rf"(?<!\d)\d++(?:{_SPACE}\d{{3}}(?!\d)){{0,4}}(?:[.,'’´`]\d++){{0,5}}(?:{_SPACE}\d{{3}}(?!\d)){{0,4}}(?:[.,]{_SPACE}?[-–—]{{1,2}}(?!\d))?"
_SIGN = r"(?:(?:US|C|A|NZ|HK|S|R)\$|[kTM]?[€$£¥₣₤₩₪₫₱₴₹₺₽₿]|zł|Kč)"
_CODE = rf"(?-i:[kTM]?(?:{_CODES})(?![^\W\d_]))|(?:eur|usd|gbp|chf)(?![^\W\d_])"
_WORDS = (
    r"(?:(?:us|swiss|british|danish|norwegian|swedish|czech|schweizer|dänische|norwegische|schwedische)[ -])?"
    r"(?:euros?|dollars?|cents?|pounds?|pence|quid|francs?|franken|rappen|s?fr\.|kronen?|kroner|kronor|crowns?|kr\.?|zloty|złoty|ft|forint|yen|yuan|bucks|pfund)(?![^\W\d_])"
)
_MONEY_AFTER = rf"(?:{_SIGN}|{_CODE}|{_WORDS})"
_MONEY = rf"(?<![^\W\d_]){_MONEY_AFTER}"
_SCALE = rf"(?:k|m|bn|t|mio\.?|mrd\.?|tsd\.?|thousand|million(?:en)?|milliarden?|billion|tausend)(?:(?![^\W\d_])|(?={_MONEY_AFTER}))"
_MANY = rf"{_NUMBER}(?:{_SPACE}?{_SCALE})?"
_TO = r"\s?(?:-|–|—|/|to|and|or|bis|und|oder)\s?"
_RANGE = rf"{_MANY}(?:{_TO}(?:{_MONEY}{_SPACE}?)?{_MANY}){{0,3}}"
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[^\W\d_]*\.?"
_YEAR = rf"(?:19|20)\d\d(?!\d|[.,'’]\d|{_SPACE}\d{{3}}(?!\d)|{_SPACE}?(?:{_SCALE}|{_MONEY_AFTER}))"
_WHEN = (
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}\.{_SPACE}?\d{{1,2}}\.(?:{_SPACE}?{_YEAR})?(?!\d)|\b\d{{1,2}}/\d{{1,2}}/{_YEAR}"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th)?{_SPACE}{_MONTH}(?:,?{_SPACE}{_YEAR})?|\b{_MONTH}{_SPACE}\d{{1,2}}(?:st|nd|rd|th)?,{_SPACE}{_YEAR}"
    rf"|\b{_MONTH}{_SPACE}{_YEAR}|\b\d{{1,2}}:\d\d\b|\bQ[1-4][ /]{_YEAR}"
)
_ASKED = (
    r"(?:budget|price[ds]?|cost(?:s|ing)?|fees?|amount(?:s|ing|ed)?|sum|value|worth|spend|spent|pa(?:y|ys|id)|charge[ds]?|deposit|retainer|(?:day|hourly|daily)[ -]rate"
    r"|discount|sold for|won for|signed for|[^\W\d_]*preis(?:e|es)?|kosten|kostet|betrag|beträge|summe|[^\W\d_]*honorar|vergütung|pauschale|[^\W\d_]*budget"
    r"|[^\W\d_]*wert|tagessatz|stundensatz|rabatt|anzahlung|zahl(?:t|en)|bezahlt)"
)
_SAID = (
    r"(?:of|is|was|are|be|at|about|around|roughly|approximately|approx\.|up|to|under|over|below|above|max\.?|maximum|limited|capped|fixed|agreed|set|total|the|a|in|all|will"
    r"|must|may|can|should|exceed|within|than|more|less|not|no|only|just|exactly|comes?|amounts?|stands?|remains?|stays?|net|gross|us|them|him|her"
    r"|von|ist|sind|war|wurde|wird|beträgt|liegt|bei|rund|ca\.|circa|etwa|höchstens|maximal|bis|zu|über|unter|nicht|mehr|als|genau|nur|den|das|der|dem|uns|netto|brutto)"
)
_LARGE = rf"(?<!\d)(?:\d{{1,3}}(?:[.,'’´`]|{_SPACE})\d{{3}}(?!\d)(?:(?:[.,'’´`]|{_SPACE})\d{{3}}(?!\d)){{0,4}}(?:[.,]\d\d?)?|\d{{4,}}(?:[.,]\d+)?|\d+(?:[.,]\d+)?{_SPACE}?{_SCALE}|\d+[.,]\d\d(?!\d))(?:{_SPACE}?{_SCALE})?(?:,-|,–|\.-|\.–)?"
_OF = (
    r"(?:\s?%|[\s-]?(?:(?:percent|prozent|h|hrs?|hours?|days?|weeks?|months?|years?|minutes?|pages?|templates?|users?|visitors?|people|persons?|words?|articles?|items?"
    r"|products?|units?|pieces?|images?|photos?|tasks?|licen[cs]es?|seats?|pt|stunden?|tagen?|wochen?|monaten?|jahren?|minuten|seiten?|vorlagen|nutzern?|besuchern?|personen"
    r"|wörtern?|artikeln?|produkten?|stück|bildern?|aufgaben|lizenzen|plätzen?)(?![^\W\d_])))"
)
_LITTLE = r"(?<!\d)\d+(?:[.,]\d+)?(?!\d|[.,'’]\d)(?=\s*(?:$|[.,;:!?)(/…–-]|(?:net|gross|netto|brutto|per|pro|a|an|each|plus|and|or|for|in|on|by|at|to|until|before|und|oder|für|je|bis|im|am|zzgl|excl|incl|inkl)(?![^\W\d_])))"
_BESIDE = (
    rf"{_LARGE}(?!{_OF})(?=\s?(?:net|netto|gross|brutto|(?:plus|excl\.?|incl\.?|zzgl\.?|inkl\.?|exkl\.?)\s(?:vat|tax|mwst|ust)|budget|fee|price|discount|deposit|retainer|rabatt|anzahlung)(?![^\W\d_]))"
)
_AMOUNTS = re.compile(
    rf"(?P<when>{_WHEN})"
    rf"|{_MONEY}[\s:=(~≈]*(?:(?:ca\.|about|approx\.|circa|rund|etwa)\s)?{_RANGE}(?:{_SPACE}?{_MONEY_AFTER}(?!\s?\d))?"
    rf"|{_RANGE}(?:\s?\(|[\s-])?{_MONEY_AFTER}"
    rf"|(?P<words>(?<![^\W\d_]){_ASKED}(?:\s*[:=(–]\s*|\s+{_SAID}(?![^\W\d_])){{0,8}}\s*[(:]?\s*)(?!{_WHEN}|(?<!of )(?<!is )(?<!von ){_YEAR})"
    rf"(?:{_LARGE}(?!{_OF})(?:{_TO}{_LARGE}(?!{_OF}))?|{_LITTLE}(?:{_TO}{_LITTLE})?)"
    rf"|{_BESIDE}",
    re.IGNORECASE,
)


def hide_amounts(text: str) -> str:
    """The text with amounts of money replaced by an ellipsis in brackets; dates, hours and counts stay."""
    return _AMOUNTS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    return found["when"] or f"{found['words'] or ''}{HIDDEN}"


def without_amounts(row: PromiseRow) -> PromiseRow:
    """A promise for somebody who may not see what was paid: of one about a price not a word, of any other no amount."""
    if row.kind == PromiseKind.PRICE:
        return replace(
            row, text=_about_a_price(), condition="", quote="", source_ref=None, speaker="", said_at=None, state_reason="", because=_state_alone(row),
            basis=None, hides_amounts=True,
        )
    basis = replace(row.basis, because=hide_amounts(row.basis.because)) if row.basis else None
    return replace(
        row, text=hide_amounts(row.text), condition=hide_amounts(row.condition), quote=hide_amounts(row.quote),
        state_reason=hide_amounts(row.state_reason), because=hide_amounts(row.because), basis=basis, hides_amounts=True,
    )


def _state_alone(row: PromiseRow) -> str:
    """Why it stands where it stands, without the reason somebody gave."""
    return row.because.partition(f": {row.state_reason}")[0] if row.state_reason else hide_amounts(row.because)


def broken_without_amounts(broken: BrokenPromise, *, kind: str) -> BrokenPromise:
    """The same for what a change of a plan would break."""
    return replace(broken, text=shown_to_anybody(kind=kind, text=broken.text))


def shown_to_anybody(*, kind: str, text: str) -> str:
    """What a promise says where it is not known who reads."""
    return _about_a_price() if kind == PromiseKind.PRICE else hide_amounts(text)


def history_without_amounts(row: PromiseRow, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What changed about a promise whose amounts are hidden."""
    if row.kind == PromiseKind.PRICE:
        return {name: pair for name, pair in changes.items() if name in _BARE_FACTS}
    return {name: _hidden_within(pair) for name, pair in changes.items()}


def _hidden_within(value: Any) -> Any:
    if isinstance(value, str):
        return hide_amounts(value)
    return [_hidden_within(one) for one in value] if isinstance(value, list | tuple) else value


def _about_a_price() -> str:
    return heard(worded("A promise about a price"))
