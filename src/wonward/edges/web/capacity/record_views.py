"""How good what we said turned out to be: promised dates, chances of deals, forecasts of demand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_words, number
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.queries import get_track_record
from wonward.journeys.capacity.types import (
    ChanceBucket,
    ForecastRecord,
    ForecastScore,
    PromiseOutcome,
    TrackRecord,
)
from wonward.kernel.actor import Actor

MOST_ROWS = 100
MOST_DEALS = 40


@page(permission="capacity.outlook.view")
def track_record(request: SignedInRequest) -> HttpResponse:
    """Promised, basis and actual; chances against what came true, each with its rows."""
    actor = request.actor
    record = get_track_record(actor=actor, today=civil_date(request.now, actor.time_zone))
    return render(request, "capacity/track_record.html", {
        "tabs": tabs(actor, "track_record"), "figures": _figures(record), "promises": [_promise(one) for one in record.promises[:MOST_ROWS]],
        "more_promises": max(0, len(record.promises) - MOST_ROWS), "promise_buckets": [_bucket(one) for one in record.buckets],
        "with_basis": record.with_basis, "chances": record.chances, "chance_buckets": [_bucket(one) for one in record.chances.buckets],
        "chance_words": _chance_words(record), "deals": _deals(actor, record),
        "forecasts": record.forecasts, "forecast_words": _forecast_words(record.forecasts), "reaches": [_reach(one) for one in record.forecasts.reaches],
    })


def _figures(record: TrackRecord) -> list[dict[str, str]]:
    return [
        {"label": _("Promises settled"), "value": number(record.settled)},
        {"label": _("Kept in time"), "value": f"{record.kept_share}%" if record.kept_share is not None else "–"},
        {"label": _("Promised with a basis"), "value": number(record.with_basis), "note": _("of %(count)s") % {"count": number(len(record.promises))}},
        {"label": _("Brier score of promised dates"), "value": _score(record.brier)},
        {"label": _("Brier score of deal chances"), "value": _score(record.chances.brier)},
        {"label": _("Below P80 of the forecast"), "value": _("too early") if record.forecasts.is_thin else f"{round(100 * record.forecasts.whole.coverage)}%"},
    ]


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _chance_words(record: TrackRecord) -> str:
    chances = record.chances
    if chances.brier is None or chances.brier_entered is None:
        return _("No deal that was worked on here is closed yet: there is nothing to judge, and the chances of the stages are used as entered.")
    if chances.is_thin:
        return ngettext(
            "Only %(num)s stay of a closed deal in a stage: too few to say how good the chances are.",
            "Only %(num)s stays of closed deals in a stage: too few to say how good the chances are.", len(chances.judged),
        ) % {"num": len(chances.judged)}
    better = chances.brier < chances.brier_entered
    words = _("The own history does better than the chances of the stages") if better else _("The chances of the stages do as well as the own history")
    return _("%(words)s: %(own)s against %(entered)s. Lower is better; 0.250 is a coin.") % {
        "words": words, "own": _score(chances.brier), "entered": _score(chances.brier_entered),
    }


def _forecast_words(record: ForecastRecord) -> str:
    if not record.kept:
        return _("No forecast is kept yet: from now on one is kept each week, and compared once its weeks have come.")
    kept = ngettext(
        "%(num)s weekly forecast is kept since %(day)s.", "%(num)s weekly forecasts are kept since %(day)s.", record.kept
    ) % {"num": number(record.kept), "day": date_words(record.first_kept) if record.first_kept else "–"}
    if record.weeks_missing:
        compared = ngettext(
            "%(num)s week can be compared: too few to say how good they are.", "%(num)s weeks can be compared: too few to say how good they are.",
            record.weeks_compared,
        ) % {"num": number(record.weeks_compared)}
        missing = ngettext("%(num)s more is needed.", "%(num)s more are needed.", record.weeks_missing) % {"num": number(record.weeks_missing)}
        return f"{kept} {compared} {missing}"
    if not record.whole.cells:
        return kept + " " + _("No open deal with services reached into the weeks that came: there is nothing to judge.")
    share = round(100 * record.whole.ratio)
    verdict = (
        _("They miss by %(share)s%% of what the probability-weighted sum misses by") if share < 100
        else _("They do not do better than the probability-weighted sum yet (%(share)s%%)")
    ) % {"share": share}
    return _("%(kept)s %(verdict)s; %(coverage)s%% of the hours lay below P80, where 80%% would be perfect.") % {
        "kept": kept, "verdict": verdict, "coverage": round(100 * record.whole.coverage),
    }


def _reach(one: ForecastScore) -> dict[str, Any]:
    share = min(100, round(100 * one.ratio))
    return {
        "range": _("%(low)s–%(high)s weeks") % {"low": one.first_week, "high": one.last_week}, "count": number(one.cells), "own": f"{one.crps:.1f} h",
        "plain": f"{one.crps_of_mean:.1f} h", "ratio": f"{round(100 * one.ratio)}%", "ratio_share": 10 * share, "coverage": f"{round(100 * one.coverage)}%",
        "coverage_share": min(1000, round(1000 * one.coverage)),
    }


def _bucket(one: ChanceBucket) -> dict[str, Any]:
    return {
        "range": f"{one.low}–{one.high}%", "count": number(one.count), "said": f"{one.said}%", "came": f"{one.came_true}%", "said_share": 10 * one.said,
        "came_share": 10 * one.came_true,
    }


def _promise(one: PromiseOutcome) -> dict[str, Any]:
    href = address_of("promise", promise_id=one.id)
    late = one.days_late
    if not one.is_settled:
        tone, words = "", _("open")
    elif one.state == "kept" and (late is None or late <= 0):
        tone, words = "ok", _("kept")
    else:
        tone, words = "bad", _("late") if one.state != "broken" else _("broken")
    return {
        "number": one.number, "text": one.text, "href": href, "due": date_words(one.due_date), "actual": date_words(one.actual) if one.actual else "–",
        "chance": f"{one.chance}%" if one.chance is not None else "–", "quantile": _quantile(one.quantile), "tone": tone, "state": words,
        "p50": date_words(one.p50) if one.p50 else "–",
        "days": ngettext("%(num)s day", "%(num)s days", late) % {"num": f"{late:+d}"} if late else "",
    }


def _quantile(key: str) -> str:
    return {
        "before P50": _("before P50"), "P50 to P80": _("P50 to P80"), "P80 to P90": _("P80 to P90"), "after P90": _("after P90"),
    }.get(key, "–")


def _deals(actor: Actor, record: TrackRecord) -> list[dict[str, Any]]:
    """The newest judged stays whose deals the viewer sees."""
    newest = list(reversed(record.chances.judged))[: 4 * MOST_DEALS]
    rows = find_deal_rows(actor=actor, deal_ids=sorted({one.deal_id for one in newest})) if actor.may("sales.deal.view") else {}
    return [
        {
            "name": rows[one.deal_id].name, "href": address_of("deal", deal_id=one.deal_id), "day": date_words(one.day),
            "chance": f"{round(100 * one.chance)}%", "entered": f"{round(100 * one.entered)}%", "is_won": one.is_won,
        }
        for one in newest if one.deal_id in rows
    ][:MOST_DEALS]
