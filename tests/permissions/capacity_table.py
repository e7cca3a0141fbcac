"""The lines of bookings, time off, outlook, levelling and dates."""

from __future__ import annotations

from tests.permissions.lines import ALL_PROJECTS, OPEN_DEALS, Line, api, web

_RESERVE, _DAYS, _DECIDE = "staff.booking.propose", "staff.time_off.view", "staff.time_off.decide"
_PEOPLE, _PRICE = "staff.person.edit", "staff.rate.edit"
_BOOKED_ONES = ("booked",)
_LEVEL, _DATE = "capacity.plan.level", "capacity.date.ask"
_BOOKING = {"subject": "@@project", "start_date": "2026-12-07", "finish_date": "2026-12-18", "amount_minutes": 2400, "person_id": "@person.booked"}
_BOOKED = {"subject": "@@project", "start_date": "2026-12-07", "finish_date": "2026-12-18", "hours": "20", "spread": "per_week", "person_id": "@person.booked"}
_WHERE = {"limit": "200"}

CAPACITY_API: tuple[Line, ...] = (
    api("GET", "/bookings", "read_bookings", "staff.booking.view", query=_WHERE, filters=({"subject": "@@project"}, {"person_id": "@person.booked"})),
    api("GET", "/bookings/{booking}", "read_booking", "staff.booking.view", target="booking", families=ALL_PROJECTS),
    api("POST", "/bookings", "add_booking", _RESERVE, target="project", families=ALL_PROJECTS, body=_BOOKING),
    api("PATCH", "/bookings/{booking}", "edit_booking", _RESERVE, target="booking", families=ALL_PROJECTS, body={"amount_minutes": 3000}),
    api("POST", "/bookings/{booking}/split", "split_booking_at", _RESERVE, target="booking", families=ALL_PROJECTS, body={"at_date": "2026-12-14"}),
    api("POST", "/deals/{deal}/reservation", "reserve_deal", _RESERVE, target="deal", families=OPEN_DEALS, body={"kickoff_date": "2026-12-07"}),
    api("GET", "/time-off", "read_time_off", _DAYS, query=_WHERE, filters=({"person_id": "@person.booked"},)),
    api("POST", "/time-off", "add_time_off", _DAYS, right=_DECIDE,
        body={"person_id": "@person.booked", "start_date": "2027-06-07", "finish_date": "2027-06-11"}),
    api("POST", "/time-off/{days.asked}/decision", "decide_on_time_off", _DAYS, right=_DECIDE, body={"decision": "approve"}),
    api("GET", "/capacity/balance", "read_balance", "capacity.outlook.view"),
    api("POST", "/capacity/fixes", "add_fix", "capacity.outlook.view", right=_RESERVE, target="booking", families=ALL_PROJECTS,
        body={"kind": "later", "item": "booking", "item_id": "@booking", "weeks_later": 1}),
    api("POST", "/capacity/fixes/{fix}/undo", "undo_one_fix", "capacity.outlook.view", target="fix", families=("own",)),
    api("GET", "/team", "read_team", "staff.booking.view", query=_WHERE),
    api("GET", "/team/{colleague}", "read_team_member", "staff.booking.view", target="colleague", families=_BOOKED_ONES),
    api("PUT", "/team/{person.booked}/employment", "put_employment", _PEOPLE, body={"week_percent": 80, "target_percent": 70}),
    api("PUT", "/team/{person.booked}/roles", "put_team_roles", _PEOPLE, body={"roles": ["Editor"]}),
    api("PUT", "/team/{colleague}/skills", "put_team_skills", "staff.booking.view", right=_PEOPLE, target="colleague", families=_BOOKED_ONES,
        body={"skills": [{"name": "French", "level": 4}]}),
    api("GET", "/team/{colleague}/rates", "read_rates", "staff.rate.view", target="colleague", families=_BOOKED_ONES),
    api("POST", "/rates", "add_rate", _PRICE, body={"role": "Designer", "valid_from_date": "2027-01-01", "cost": {"amount": "58.00", "currency": "EUR"}}),
    api("POST", "/placeholders", "add_placeholder", "staff.booking.edit", body={"name": "Designer, spring", "role": "Designer", "from_date": "2027-03-01"}),
    api("GET", "/capacity/outlook", "read_outlook", "capacity.outlook.view"),
    api("GET", "/capacity/track-record", "read_track_record", "capacity.outlook.view"),
    api("GET", "/capacity/track-record/promises", "read_promise_outcomes", "capacity.outlook.view", query=_WHERE),
    api("POST", "/deals/{deal}/date-answers", "add_date_answer", _DATE, target="deal", families=OPEN_DEALS, body={"kickoff_date": "2027-02-01"}),
    api("GET", "/date-answers/{answer}", "read_date_answer", _DATE, target="answer", families=("open",)),
    api("POST", "/date-answers/{answer}/promise", "promise_on_answer", _DATE, target="answer", families=("open",),
        body={"due_date": "2027-09-01", "text": "All done"}),
    api("POST", "/leveling-runs", "add_leveling_run", _LEVEL, target="project", families=ALL_PROJECTS, body={"project_ids": ["@project"]}, changes="project",
        right="delivery.plan.change"),
    api("GET", "/leveling-runs/{run}", "read_leveling_run", _LEVEL, target="run", families=("own",)),
    api("POST", "/leveling-runs/{run}/search", "search_leveling_run", _LEVEL, target="run", families=("own",), body={"seconds": 1}),
    api("POST", "/leveling-runs/{run}/application", "apply_leveling_run", _LEVEL, target="run", families=("own",), body={}),
    api("POST", "/leveling-runs/{run}/undo", "undo_leveling_run", _LEVEL, target="run", families=("own",), refuses=("own",)),
)

CAPACITY_WEB: tuple[Line, ...] = (
    web("GET", "/capacity/", "planner", "staff.booking.view"),
    web("GET", "/capacity/outlook/", "outlook", "capacity.outlook.view"),
    web("POST", "/capacity/outlook/scenarios/", "scenarios", "capacity.scenario.save", target="deal", families=OPEN_DEALS, body={"name": "Hopeful", "won": "@deal"}),
    web("POST", "/capacity/outlook/scenarios/{scenario}/", "scenario", "capacity.scenario.save", target="scenario", families=("own",), body={}),
    web("POST", "/deals/{deal}/reservation/", "deal_reservation", _RESERVE, target="deal", families=OPEN_DEALS, body={"kickoff_date": "2026-12-07"}),
    web("POST", "/deals/{deal}/reservation/release/", "deal_reservation_release", _RESERVE, target="deal", families=OPEN_DEALS, body={}, refuses=OPEN_DEALS),
    web("POST", "/deals/{deal}/reservation/undo/", "deal_reservation_undo", _RESERVE, target="deal", families=OPEN_DEALS, body={"made": "", "released": ""}),
    web("GET", "/deals/{deal}/date/", "deal_date", _DATE, target="deal", families=OPEN_DEALS),
    web("POST", "/deals/{deal}/date/", "deal_date", _DATE, target="deal", families=OPEN_DEALS, body={"kickoff_date": "2027-02-01", "wanted_date": "2027-06-01"}),
    web("GET", "/deals/{deal}/capacity/", "deal_capacity", _DATE, target="deal", families=OPEN_DEALS),
    web("POST", "/capacity/dates/{answer}/promise/", "date_promise", _DATE, target="answer", families=("open",),
        body={"due_date": "2027-09-01", "text": "All done"}),
    web("GET", "/capacity/levelling/", "leveling", _LEVEL),
    web("POST", "/capacity/levelling/", "leveling", _LEVEL, target="project", families=ALL_PROJECTS, body={"project_id": "@project"}, changes="project", right="delivery.plan.change"),
    web("GET", "/capacity/levelling/{run}/", "leveling_run", _LEVEL, target="run", families=("own",)),
    web("POST", "/capacity/levelling/{run}/search/", "leveling_search", _LEVEL, target="run", families=("own",), body={"seconds": "1"}),
    web("POST", "/capacity/levelling/{run}/again/", "leveling_again", _LEVEL, target="run", families=("own",), body={}),
    web("POST", "/capacity/levelling/{run}/application/", "leveling_application", _LEVEL, target="run", families=("own",), body={"decision": "apply"}, refuses=("own",)),
    web("GET", "/capacity/bookings/", "new_booking", _RESERVE),
    web("POST", "/capacity/bookings/", "new_booking", _RESERVE, target="project", families=ALL_PROJECTS, body=_BOOKED),
    web("GET", "/capacity/bookings/{booking}/", "booking", "staff.booking.view", target="booking", families=ALL_PROJECTS),
    web("POST", "/capacity/bookings/{booking}/", "booking", "staff.booking.view", right=_RESERVE, target="booking", families=ALL_PROJECTS,
        body={name: value for name, value in _BOOKED.items() if name != "subject"}),
    web("POST", "/capacity/bookings/{booking}/moves/", "booking_move", "staff.booking.view", right=_RESERVE, target="booking",
        families=ALL_PROJECTS, body={"days": "7"}),
    web("POST", "/capacity/bookings/{booking}/split/", "booking_split", "staff.booking.view", right=_RESERVE, target="booking",
        families=ALL_PROJECTS, body={"at_date": "2026-12-14"}),
    web("GET", "/capacity/balance/", "balance", "capacity.outlook.view"),
    web("POST", "/capacity/balance/fixes/", "new_fix", "capacity.outlook.view", right=_RESERVE, target="booking", families=ALL_PROJECTS,
        body={"kind": "later", "item": "booking", "item_id": "@booking", "weeks_later": "1"}),
    web("POST", "/capacity/balance/fixes/{fix}/undo/", "fix_undo", "capacity.outlook.view", target="fix", families=("own",)),
    web("GET", "/capacity/track-record/", "track_record", "capacity.outlook.view"),
    web("GET", "/capacity/team/", "capacity_team", "staff.booking.view"),
    web("GET", "/capacity/team/{colleague}/", "team_person", "staff.booking.view", target="colleague", families=_BOOKED_ONES),
    web("POST", "/capacity/team/placeholders/", "new_placeholder", "staff.booking.edit",
        body={"name": "Designer, spring", "role": "Designer", "from_date": "2027-03-01"}),
    web("POST", "/capacity/team/rates/", "new_rate", _PRICE, body={"role": "Designer", "valid_from_date": "2027-01-01", "cost": "58"}),
    web("POST", "/capacity/team/{person.booked}/employment/", "team_employment", _PEOPLE, body={"week_percent": "80", "target_percent": "70"}),
    web("POST", "/capacity/team/{person.booked}/roles/", "team_roles", _PEOPLE, body={"roles": "Editor"}),
    web("POST", "/capacity/team/{colleague}/skills/", "team_skills", "staff.booking.view", right=_PEOPLE, target="colleague", families=_BOOKED_ONES,
        body={"skill": "French", "level": "4"}),
    web("GET", "/capacity/time-off/", "time_off", _DAYS),
    web("POST", "/capacity/time-off/", "time_off", _DAYS, body={"kind": "vacation", "start_date": "2027-07-05"}),
    web("POST", "/capacity/time-off/{days.asked}/", "time_off_decision", _DAYS, right=_DECIDE, body={"decision": "approve"}),
)
