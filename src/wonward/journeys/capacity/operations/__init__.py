"""Booking time, keeping what-ifs, levelling plans, answering about dates."""

from wonward.journeys.capacity.operations.bookings import (
    book_time,
    cut_booking,
    move_booking,
)
from wonward.journeys.capacity.operations.dates import (
    ask_date,
    end_abandoned_answers,
    promise_date,
    relevel_date,
)
from wonward.journeys.capacity.operations.fixes import apply_fix, undo_fix
from wonward.journeys.capacity.operations.forecasts import keep_forecast
from wonward.journeys.capacity.operations.leveling import (
    apply_leveling,
    fail_abandoned_searches,
    run_search,
    search_longer,
    start_leveling,
    stop_search,
    undo_leveling,
)
from wonward.journeys.capacity.operations.reserving import (
    release_reservation,
    reserve_for_deal,
    undo_reservation,
)
from wonward.journeys.capacity.operations.scenarios import delete_scenario, save_scenario

__all__ = [
    "apply_fix", "apply_leveling", "ask_date", "book_time", "cut_booking", "delete_scenario", "end_abandoned_answers", "fail_abandoned_searches", "keep_forecast", "move_booking", "release_reservation", "reserve_for_deal",
    "promise_date", "relevel_date", "run_search", "save_scenario", "search_longer", "start_leveling", "stop_search", "undo_fix", "undo_leveling", "undo_reservation",
]
