"""Can we promise this date? Asked for a deal, answered with odds, promised on that basis."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.http import HttpResponse

from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Count, Day, Id, Paragraph
from wonward.edges.api.v1.promises import PromiseOut, show_promise
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.capacity.operations import ask_date, promise_date
from wonward.journeys.capacity.queries.dates import get_date_answer
from wonward.journeys.capacity.types import DateAnswerRow
from wonward.journeys.promises.queries import get_promise


class DateQuestionIn(Body):
    """When the work would begin (two weeks after the expected signature when left out) and the date wanted."""

    kickoff_date: Day | None = None
    wanted_date: Day | None = None


class DatePromiseIn(Body):
    """The date to promise; before P50 with the colleague who approves it."""

    due_date: Day
    text: Paragraph
    weight: Count = 3
    approver_id: Id | None = None


class LeverOut(msgspec.Struct, frozen=True):
    """A change that ends the work earlier, tried in a copy: the end after it, and what it costs in minutes of work."""

    kind: str
    text: str
    finish_date: date
    gained_days: int
    p50_date: date
    p80_date: date
    chance_percent: int
    cost_minutes: int


class DateAnswerOut(msgspec.Struct, frozen=True):
    """Whether a date can be promised; `state` is searching until the work has been levelled anew in the background.

    While `is_weighing_levers`, what would help is still being tried.
    """

    id: int
    deal_id: int
    kickoff_date: date
    wanted_date: date | None
    earliest_date: date
    p50_date: date
    p80_date: date
    p90_date: date
    chance_percent: int | None
    binding: str
    because: str
    levers: list[LeverOut]
    is_weighing_levers: bool
    notes: list[str]
    draws: int
    seed: int
    state: str
    created_at: datetime


def show_answer(row: DateAnswerRow) -> DateAnswerOut:
    """An answer for the API."""
    return DateAnswerOut(
        row.id, row.deal_id, row.kickoff, row.wanted, row.earliest, row.p50, row.p80, row.p90, row.chance, row.binding, row.because,
        [
            LeverOut(one.kind, one.words, one.finish, one.gained_days, one.p50, one.p80, one.chance, one.cost_minutes)
            for one in row.levers
        ],
        row.is_weighing_levers, list(row.notes), row.draws, row.seed, row.state, row.created_at,
    )


def _answer(request: ApiRequest, answer_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    return answer(show_answer(get_date_answer(actor=request.actor, answer_id=answer_id)), status=status, location=location)


@route(
    "POST", "/deals/{record:deal_id}/date-answers", permission="capacity.date.ask", answers={201: DateAnswerOut},
    example={"kickoff_date": "2027-03-01", "wanted_date": "2027-06-30"},
)
def add_date_answer(request: ApiRequest, deal_id: int, body: DateQuestionIn) -> HttpResponse:
    """Ask whether a date can be promised. Nothing is written but the answer."""
    key = ask_date(actor=request.actor, deal_id=deal_id, kickoff=body.kickoff_date, wanted=body.wanted_date, now=request.now)
    address = f"/date-answers/{key}"
    return after_write(lambda: _answer(request, key, status=201, location=address), status=201, location=address)


@route("GET", "/date-answers/{record:answer_id}", permission="capacity.date.ask", answers={200: DateAnswerOut})
def read_date_answer(request: ApiRequest, answer_id: int) -> HttpResponse:
    """One answer about a deal."""
    return _answer(request, answer_id)


@route(
    "POST", "/date-answers/{record:answer_id}/promise", permission="capacity.date.ask", answers={201: PromiseOut},
    example={"due_date": "2027-06-30", "text": "The site is live"},
)
def promise_on_answer(request: ApiRequest, answer_id: int, body: DatePromiseIn) -> HttpResponse:
    """Promise a date of the deal on the basis of an answer."""
    key = promise_date(
        actor=request.actor, answer_id=answer_id, due_date=body.due_date, text=body.text, weight=body.weight, approver_id=body.approver_id,
        now=request.now,
    )

    def show() -> HttpResponse:
        row = get_promise(actor=request.actor, promise_id=key)
        return answer(show_promise(row), status=201, version=row.version, location=f"/promises/{key}")

    return after_write(show, status=201, location=f"/promises/{key}")
