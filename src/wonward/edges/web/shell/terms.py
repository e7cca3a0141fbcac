"""How a contract's term and its renewal are told on the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.sales.types.terms import TermRow
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, money_words

STATES: dict[str, tuple[str | Promise, str, str]] = {
    "running": (gettext_lazy("Running"), "ok", "check"), "due": (gettext_lazy("Renewal due"), "warn", "clock-alert"),
    "offered": (gettext_lazy("Being renewed"), "sell", "columns-3"), "renewed": (gettext_lazy("Renewed"), "ok", "check"),
    "ending": (gettext_lazy("Ends"), "", "circle-x"), "over": (gettext_lazy("Over"), "", "circle-x"),
}
RENEWAL_WORDS: dict[str, str | Promise] = {
    "offer": gettext_lazy("A renewal is offered"), "runs_on": gettext_lazy("It runs on unless notice is given"), "ends": gettext_lazy("It ends"),
}


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A contract with its days in words."""

    deal: str
    href: str
    company: str
    company_href: str
    owner: str
    value: str
    span: str
    ends: str
    notice: str
    at_the_end: str
    badge: str
    tone: str
    icon: str
    renewal: str
    renewal_href: str
    why: str
    may_renew: bool
    is_ended: bool


def shown_term(row: TermRow) -> ShownTerm:
    """What the screens say of a contract."""
    words, tone, icon = STATES[row.state]
    return ShownTerm(
        row.deal_name, address_of("deal", deal_id=row.deal_id), row.company_name,
        address_of("company", company_id=row.company_id) if row.company_id else "", row.owner_name, money_words(row.value) if row.value else "",
        _("%(first)s to %(last)s") % {"first": _day(row.terms.starts_date), "last": _day(row.terms.ends_date)}, _day(row.terms.ends_date),
        _day(row.notice_date) if row.terms.notice_days else "", _at_the_end(row), str(words), tone, icon, row.renewal_name,
        address_of("deal", deal_id=row.renewal_id) if row.renewal_id else "", row.end_reason or row.blocked,
        row.state in ("running", "due", "ending", "over") and not row.end_reason, bool(row.end_reason),
    )


def _at_the_end(row: TermRow) -> str:
    if row.terms.renewal == "runs_on":
        return _("It runs on by %(months)s months unless notice is given") % {"months": row.terms.runs_on_months}
    if row.terms.renewal == "offer" and row.state == "running":
        return _("A renewal is offered from %(day)s") % {"day": _day(row.opens_date)}
    return str(RENEWAL_WORDS.get(row.terms.renewal, row.terms.renewal))


def _day(day: date) -> str:
    return date_form(day, "d MMM y")
