"""Reports of selling: what may come, what came, and from where; every number opens its deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.reports import get_sales_report
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.types.reports import ForecastRow, Period, SalesReport
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.forms import NOBODY, UNDATED, asked_words
from wonward.edges.web.sales.lists import Figure
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_form, date_words, money_short, number
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money

PERIODS = (("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("365", gettext_lazy("12 months")), ("1825", gettext_lazy("5 years")))
MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """One line of a forecast in words; `share` is 0..1000 of the largest line."""

    name: str
    href: str
    count: str
    value: str
    weighted: str
    calibrated: str
    share: int
    note: str = ""
    goal: str = ""
    goal_share: int = 0


@page(permission="sales.report.view")
def sales_reports(request: SignedInRequest) -> HttpResponse:
    """Forecast, goals, outcomes and sources over a period, of everybody or one owner, in one pipeline or all."""
    return render(request, "sales/reports.html", _context(request))


def _context(request: SignedInRequest) -> dict[str, Any]:
    reader = FormReader(request.GET)
    asked = request.GET.get("period", "365")
    days = asked if asked in dict(PERIODS) else "365"
    owner_id = request.actor.person_id if request.GET.get("owner") == "me" else reader.number("owner")
    pipeline_id = reader.number("pipeline")
    today = day_frame(request.actor, request.now).today
    period = Period(today - timedelta(days=int(days) - 1), today)
    report = get_sales_report(actor=request.actor, period=period, owner_id=owner_id, pipeline_id=pipeline_id, now=request.now)
    kept = {"owner": owner_id or "", "pipeline": pipeline_id or ""}
    base = address_of("sales_reports")
    return {
        "report": report, "period_words": f"{date_words(period.start)} – {date_words(period.finish)}", "figures": _figures(report, kept),
        "period_choices": [
            {"label": label, "href": f"{base}?{_query({**kept, 'period': key})}", "is_current": key == days} for key, label in PERIODS
        ],
        "stages": _stage_lines(report, kept), "months": _month_lines(report, kept, owner_id), "owners": _owner_lines(report, kept),
        "closers": _closer_lines(report, kept), "sources": _source_lines(report, kept), "shows_money": report.outcome.won_value is not None,
        "reasons": [(reason or _("No reason given"), number(count), money_short(value), _rows_href(kept, status="lost", closed=_closed_in(report), reason=asked_words(reason))) for reason, count, value in report.lost_reasons],
        "people": [(row.id, row.name) for row in list_people(actor=request.actor)], "owner_id": owner_id or "", "days": days,
        "pipelines": [(row.id, row.name) for row in list_pipelines()], "pipeline_id": pipeline_id or "",
        "may_set_goals": request.actor.may("sales.goal.edit"), "currency": get_organisation().currency, "errors": {}, "values": {},
        "this_month": today.isoformat()[:7],
    }


def _query(values: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in values.items() if value not in ("", None)})


def _rows_href(kept: dict[str, Any], **more: Any) -> str:
    """The deals behind a number."""
    return f"{address_of('deals_table')}?{_query({**kept, **more})}"


def _leads_href(report: SalesReport, kept: dict[str, Any], **more: Any) -> str:
    """The leads of the period behind a number."""
    return f"{address_of('leads')}?{_query({**kept, **more, 'received': _closed_in(report)})}"


def _closed_in(report: SalesReport) -> str:
    return f"{report.period.start.isoformat()}_{report.period.finish.isoformat()}"


def _figures(report: SalesReport, kept: dict[str, Any]) -> list[Figure]:
    """The large numbers, each with its deals."""
    total, days = report.outcome, _closed_in(report)
    rate, by_value = total.win_rate, total.win_rate_by_value
    note = _("%(share)s%% by value") % {"share": by_value} if by_value is not None else ""
    found = [
        Figure(_("Won"), money_short(total.won_value) or number(total.won), _("%(count)s deals") % {"count": number(total.won)}, "ok",
               _rows_href(kept, status="won", closed=days)),
        Figure(_("Lost"), money_short(total.lost_value) or number(total.lost), _("%(count)s deals") % {"count": number(total.lost)}, "",
               _rows_href(kept, status="lost", closed=days)),
        Figure(_("Win rate"), f"{rate}%" if rate is not None else "–", note, "", _rows_href(kept, status="all", closed=days)),
    ]
    if total.deal_size is not None:
        found.append(Figure(_("Deal size"), money_short(total.deal_size), _("on average"), "", _rows_href(kept, status="won", closed=days, sort="-value")))
    cycle = _("%(days)s d") % {"days": report.cycle_days} if report.cycle_days is not None else "–"
    found.append(Figure(_("From open to won"), cycle, _("median"), "", _rows_href(kept, status="won", closed=days)))
    response = _duration(report.response_minutes)
    found.append(Figure(_("First response"), response, _("median of %(count)s leads") % {"count": number(report.answered)}, "",
                        _leads_href(report, kept, view="answered")))
    return found


def _duration(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    if minutes < 120:
        return _("%(count)s min") % {"count": minutes}
    return _("%(count)s h") % {"count": minutes // 60} if minutes < 2880 else _("%(count)s d") % {"count": minutes // 1440}


def _share(value: Money | None, largest: int) -> int:
    return 1000 * value.minor // largest if value is not None and largest else 0


def _line(row: ForecastRow, name: str, href: str, largest: int, note: str = "") -> ForecastLine:
    return ForecastLine(
        name, href, number(row.count), money_short(row.value), money_short(row.weighted), money_short(row.calibrated),
        _share(row.value, largest), note,
    )


def _largest(rows: list[ForecastRow]) -> int:
    return max((row.value.minor for row in rows if row.value is not None), default=0)


def _stage_lines(report: SalesReport, kept: dict[str, Any]) -> list[ForecastLine]:
    """Per stage, with the chance as entered and as found beside it."""
    lines = []
    for row in report.stages:
        chance = report.chances.get(int(row.key))
        note = ""
        if chance is not None:
            words = _("%(entered)s%% entered, %(found)s%% found in %(cases)s deals") if chance.cases >= 20 else _("%(entered)s%% entered; %(cases)s closed deals say too little")
            note = words % {"entered": chance.entered, "found": chance.found, "cases": number(chance.cases)}
        lines.append(_line(row, row.name, _rows_href(kept, stage=row.key), _largest(report.stages), note))
    return lines


def _month_lines(report: SalesReport, kept: dict[str, Any], owner_id: int | None) -> list[ForecastLine]:
    """Per month of the expected close, with the goal of the month and how far what was won and what may come reach."""
    goals: dict[str, Money] = {}
    for goal in report.goals:
        if goal.person_id == owner_id:
            goals[goal.month.isoformat()[:7]] = goal.amount
    rows = {str(row.key): row for row in report.months}
    current = report.today.isoformat()[:7]
    last = (report.today + timedelta(days=31 * MONTHS_AHEAD)).isoformat()[:7]
    keys = sorted({*rows, *(key for key in goals if current <= key <= last)}, key=lambda key: key or "~")
    lines = []
    for key in keys:
        row = rows.get(key, ForecastRow(key, key, 0, None, None, None))
        name = date_form(date.fromisoformat(f"{key}-01"), "MMMM yyyy") if key else _("No date")
        href = _rows_href(kept, closes=key or UNDATED)
        note = _("in the past") if key and key < current else ""
        aim = goals.get(key)
        reached = 0
        if aim is not None:
            won = report.won_by_month.get(date.fromisoformat(f"{key}-01"))
            reached = (won.minor if won else 0) + (row.calibrated.minor if row.calibrated else 0)
        line = _line(row, name, href, _largest(report.months), note)
        lines.append(ForecastLine(
            line.name, line.href, line.count, line.value, line.weighted, line.calibrated, line.share, line.note,
            money_short(aim), min(1000, 1000 * reached // aim.minor) if aim else 0,
        ))
    return lines


def _owner_lines(report: SalesReport, kept: dict[str, Any]) -> list[ForecastLine]:
    rows = sorted(report.owners, key=lambda row: (-(row.value.minor if row.value else 0), row.name))
    return [_line(row, row.name or _("Nobody"), _rows_href({**kept, "owner": row.key or NOBODY}), _largest(rows)) for row in rows]


def _closer_lines(report: SalesReport, kept: dict[str, Any]) -> list[dict[str, Any]]:
    """What each owner won and lost in the period."""
    days = _closed_in(report)
    return [
        {
            "name": row.name or _("Nobody"), "won": number(row.won), "lost": number(row.lost), "value": money_short(row.won_value),
            "rate": f"{row.win_rate}%" if row.win_rate is not None else "–", "size": money_short(row.deal_size),
            "won_href": _rows_href({**kept, "owner": row.key or NOBODY}, status="won", closed=days),
            "lost_href": _rows_href({**kept, "owner": row.key or NOBODY}, status="lost", closed=days),
        }
        for row in report.by_owner
    ]


def _source_lines(report: SalesReport, kept: dict[str, Any]) -> list[dict[str, Any]]:
    days = _closed_in(report)
    return [
        {
            "name": row.source or _("No source"), "leads": number(row.leads), "converted": number(row.converted),
            "rate": f"{row.conversion}%" if row.conversion is not None else "–", "won": number(row.won), "revenue": money_short(row.revenue),
            "won_href": _rows_href(kept, status="won", closed=days, source=asked_words(row.source)),
            "leads_href": _leads_href(report, kept, view="all", source=asked_words(row.source)),
            "converted_href": _leads_href(report, kept, view="converted", source=asked_words(row.source)),
        }
        for row in report.sources
    ]


@page(permission="sales.goal.edit", methods=("POST",))
def sales_goal(request: SignedInRequest) -> HttpResponse:
    """Set the goal of somebody, or of everybody together, for a month; nothing typed takes it away."""
    reader = FormReader(request.POST)
    text, person_id = reader.text("month", limit=7), reader.number("person_id")
    amount = reader.money("amount", get_organisation().currency)
    try:
        reader.finish()
        put_goal(actor=request.actor, month=_month(text), amount=amount, person_id=person_id, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request) | {"errors": errors_by_field(refusal.errors), "values": request.POST}
        return render(request, "sales/reports.html", context, status=422)
    return go_to(request, f"{address_of('sales_reports')}?{_query({'owner': person_id})}")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused.field("month", _("Choose a month.")) from None
