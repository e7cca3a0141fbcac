"""Forecasts as JSON documents, for the command line: pipeline in, bands out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import erf, sqrt
from typing import Any

from wonward.engines.forecast.moments import expect_demand
from wonward.engines.forecast.simulation import simulate_demand
from wonward.engines.forecast.types import Band, DemandProblem, InvalidForecast, OpenDeal

Document = Mapping[str, Any]
_TOLD = {"name", "title", "description", "note", "comment", "company", "owner", "service", "stage"}
_PROBLEM = {"weeks", "start", "start_date", "deals", "confirmed", "confirmed_load", "capacity", "doubt", *_TOLD}
_DEAL = {
    "key", "id", "probability", "start", "start_week", "start_date", "demand", "hours", "slip", "slip_weeks", "effort_factor", "effort", "role_effort",
    "group", *_TOLD,
}
_CELL = {"role", "week", "hours", "amount", "value", *_TOLD}
_BELL = {"mean", "sd"}
_HOURS_KEYS = ("hours", "amount", "value")


def forecast_document(document: Any, *, draws: int = 4000, seed: int = 0) -> dict[str, Any]:
    """Forecast a problem document, which has:

    - ``weeks``: how many, or the list of their Mondays; optional, then the horizon ends with the last work that can fall;
    - ``start``: date of the first week, where deals start on dates;
    - ``deals``: each with ``key``, ``probability``, ``start`` (number of the week or a date), ``demand`` and perhaps ``slip``
      (weeks late: a number, chances by week as an object or as [weeks, chance] pairs, a list of chances of 0, 1, 2 … weeks, or
      ``{"mean", "sd"}``), ``effort_factor`` (a number or ``{"mean", "sd"}``), ``role_effort`` (a factor by role), ``group``;
    - ``confirmed`` and ``capacity``: hours; ``doubt``: deviation of the probability by group.

    Other names for the same are ``start_date``, ``confirmed_load``, ``id``, ``start_week``, ``slip_weeks``, ``effort``; ``name``, ``title``,
    ``description``, ``note``, ``comment``, ``company``, ``owner``, ``service`` and ``stage`` are for people. Anything else is refused, and so is one thing under two names.

    Hours by role and week are an object of lists (from the first week, for demand from the deal's start), of numbers (demand: all
    in one week; else: every week) or of objects by week, or a list of ``{"role", "week", "hours"}``.
    The answer holds for each role the list of its weeks. Raises InvalidForecast naming the entry that cannot be read.
    """
    if not isinstance(document, Mapping):
        raise InvalidForecast("a forecast is an object with deals, confirmed and capacity")
    horizon = _Horizon.of(document)
    problem = _problem(document, horizon)
    forecast = simulate_demand(problem, draws=draws, seed=seed)
    return {
        "draws": draws, "seed": seed, "weeks": [horizon.label(week) for week in range(problem.weeks)],
        "roles": {
            role: [{"week": horizon.label(week), **_band(band)} for week, band in enumerate(bands)]
            for role, bands in forecast.bands.items()
        },
    }


def moments_document(document: Any) -> dict[str, Any]:
    """Only the exact mean and variance of the same document, for where nothing can be simulated."""
    if not isinstance(document, Mapping):
        raise InvalidForecast("a forecast is an object with deals, confirmed and capacity")
    horizon = _Horizon.of(document)
    moments = expect_demand(_problem(document, horizon))
    return {
        "roles": {
            role: [{"week": horizon.label(week), "mean": cell.mean, "variance": cell.variance} for week, cell in enumerate(cells)]
            for role, cells in moments.items()
        },
    }


class _Horizon:
    """Weeks by number, and by the dates the document uses."""

    def __init__(self, first: date | None, count: int | None, labels: Sequence[Any] | None = None) -> None:
        self.first, self.count = first, count
        self._places = {str(label): place for place, label in enumerate(labels or ())}
        self._labels = labels

    @classmethod
    def of(cls, document: Document) -> _Horizon:
        weeks, start = document.get("weeks"), _one_of(document, ("start", "start_date"), "the forecast")
        if isinstance(weeks, list) and weeks:
            first = _date_or_none(weeks[0]) or _date_or_none(start)
            return cls(first, len(weeks), weeks)
        count = None if weeks is None else _whole(weeks, "weeks")
        first = None if start is None else _date_or_none(start)
        if start is not None and first is None and not isinstance(start, int):
            raise InvalidForecast(f"start: {start!r} is no date")
        return cls(first, count)

    def number(self, value: Any, name: str) -> int:
        """The number of a week, from its number, its label or a date in it."""
        if isinstance(value, bool) or value is None:
            raise InvalidForecast(f"{name}: {value!r} is no week")
        if str(value) in self._places:
            return self._places[str(value)]
        if isinstance(value, int):
            return value
        day = _date_or_none(value)
        if day is not None and self.first is not None:
            monday = self.first - timedelta(days=self.first.weekday())
            return (day - monday).days // 7
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            return int(value)
        raise InvalidForecast(f"{name}: {value!r} is no week of the forecast" + ("" if self.first else "; give the forecast a start date"))

    def label(self, week: int) -> Any:
        if self._labels is not None:
            return self._labels[week]
        return week if self.first is None else (self.first + timedelta(weeks=week)).isoformat()


def _problem(document: Document, horizon: _Horizon) -> DemandProblem:
    _only(document, _PROBLEM, "the forecast")
    entries = document.get("deals") or []
    if not isinstance(entries, list):
        raise InvalidForecast("deals: a list is wanted")
    deals = tuple(_deal(entry, place, horizon) for place, entry in enumerate(entries))
    confirmed = _table(_one_of(document, ("confirmed", "confirmed_load"), "the forecast"), "confirmed", horizon.number)
    capacity = _table(document.get("capacity"), "capacity", horizon.number)
    weeks = horizon.count
    if weeks is None:
        ends = [deal.start_week + max(deal.slip) + max(map(len, deal.demand.values()), default=0) for deal in deals]
        tables = [len(hours) for table in (confirmed, capacity) for hours in table.values() if not isinstance(hours, float)]
        weeks = max([1, *ends, *tables])
    doubt = document.get("doubt") or {}
    if not isinstance(doubt, Mapping):
        raise InvalidForecast("doubt: an object of deviations by group is wanted")
    return DemandProblem(
        weeks, deals, _spread(confirmed, weeks), _spread(capacity, weeks),
        {str(group): _number(value, f"doubt of {group}") for group, value in doubt.items()},
    )


def _deal(entry: Any, place: int, horizon: _Horizon) -> OpenDeal:
    name = f"deals[{place}]"
    if not isinstance(entry, Mapping):
        raise InvalidForecast(f"{name}: an object is wanted")
    key = str(_one_of(entry, ("key", "id"), name, place))
    name = f"deal {key}"
    _only(entry, _DEAL, name)
    if "probability" not in entry:
        raise InvalidForecast(f"{name}: the probability is missing")
    start = horizon.number(_one_of(entry, ("start", "start_week", "start_date"), name, 0), f"{name}: start")
    demand = _table(_one_of(entry, ("demand", "hours"), name), f"{name}: demand", lambda value, where: _whole(value, where))
    factor = _one_of(entry, ("effort_factor", "effort"), name, 1.0)
    mean, spread = 1.0, 0.0
    if isinstance(factor, Mapping):
        _only(factor, _BELL, f"{name}: effort_factor")
        mean = _number(factor.get("mean", 1.0), f"{name}: effort_factor.mean")
        deviation = _number(factor.get("sd", 0.0), f"{name}: effort_factor.sd")
        spread = deviation / mean if mean else 0.0
    else:
        mean = _number(factor, f"{name}: effort_factor")
    return OpenDeal(
        key, _number(entry["probability"], f"{name}: probability"), start,
        {role: [hours] if isinstance(hours, float) else hours for role, hours in demand.items()},
        _slip(_one_of(entry, ("slip", "slip_weeks"), name), name), mean, spread, str(entry.get("group", "")), _role_effort(entry.get("role_effort") or {}, name),
    )


def _only(entry: Document, names: set[str], where: str) -> None:
    """Refuse what would be left out in silence."""
    for name in entry:
        if name not in names:
            raise InvalidForecast(f"{where} has an unknown field {str(name)[:80]!r}; it may have {', '.join(sorted(names - _TOLD))}")


def _one_of(entry: Document, names: Sequence[str], where: str, otherwise: Any = None) -> Any:
    """A value that goes by several names; the first name is the usual one."""
    given = [name for name in names if name in entry]
    if len(given) > 1:
        raise InvalidForecast(f"{where}: {given[0]} and {given[1]} say the same thing; give one of them")
    return entry[given[0]] if given else otherwise


def _role_effort(value: Any, name: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InvalidForecast(f"{name}: role_effort: an object of factors by role is wanted")
    return {str(role): _number(factor, f"{name}: role_effort of {role}") for role, factor in value.items()}


def _slip(value: Any, name: str) -> dict[int, float]:
    where = f"{name}: slip"
    if value is None or value == {} or value == []:
        return {0: 1.0}
    if isinstance(value, Mapping) and ("mean" in value or "sd" in value):
        _only(value, _BELL, where)
        return _bell(_number(value.get("mean", 0.0), where), _number(value.get("sd", 0.0), where), where)
    if isinstance(value, Mapping):
        pairs = [(_whole(weeks, where), _number(chance, where)) for weeks, chance in value.items()]
    elif isinstance(value, list) and all(isinstance(entry, list) and len(entry) == 2 for entry in value):
        pairs = [(_whole(weeks, where), _number(chance, where)) for weeks, chance in value]
    elif isinstance(value, list):
        pairs = [(weeks, _number(chance, where)) for weeks, chance in enumerate(value)]
    else:
        return {_whole(value, where): 1.0}
    total = sum(chance for _, chance in pairs)
    if total <= 0 or any(chance < 0 for _, chance in pairs):
        raise InvalidForecast(f"{where}: the chances do not sum to 1")
    if abs(total - 1) > 0.01:
        raise InvalidForecast(f"{where}: the chances sum to {total:g}, not to 1")
    chances: dict[int, float] = {}
    for weeks, chance in pairs:
        chances[weeks] = chances.get(weeks, 0.0) + chance / total
    return chances


def _bell(mean: float, deviation: float, where: str) -> dict[int, float]:
    """A normal slip in whole weeks; each week takes the chance of what rounds to it."""
    if deviation < 0 or deviation > 52 or abs(mean) > 520:
        raise InvalidForecast(f"{where}: a mean of {mean:g} and a deviation of {deviation:g} weeks is out of range")
    if not deviation:
        return {round(mean): 1.0}

    def below(value: float) -> float:
        return 0.5 * (1 + erf((value - mean) / (deviation * sqrt(2))))

    reach = range(round(mean - 3 * deviation), round(mean + 3 * deviation) + 1)
    chances = {weeks: below(weeks + 0.5) - below(weeks - 0.5) for weeks in reach}
    total = sum(chances.values())
    return {weeks: chance / total for weeks, chance in chances.items()}


def _table(value: Any, name: str, week_of: Callable[[Any, str], int]) -> dict[str, Any]:
    """Hours by role: a list by week, or a single float."""
    if value is None:
        return {}
    table: dict[str, Any] = {}
    if isinstance(value, Mapping):
        for role, hours in value.items():
            where = f"{name} of {role}"
            if isinstance(hours, list):
                table[str(role)] = [_number(entry, where) for entry in hours]
            elif isinstance(hours, Mapping):
                table[str(role)] = _listed([(week_of(week, where), _number(entry, where)) for week, entry in hours.items()], where)
            else:
                table[str(role)] = _number(hours, where)
        return table
    if not isinstance(value, list):
        raise InvalidForecast(f"{name}: an object by role or a list is wanted")
    cells: dict[str, list[tuple[int, float]]] = {}
    for place, entry in enumerate(value):
        where = f"{name}[{place}]"
        if not isinstance(entry, Mapping) or "role" not in entry:
            raise InvalidForecast(f"{where}: an object with role, week and hours is wanted")
        _only(entry, _CELL, where)
        hours = next((entry[key] for key in _HOURS_KEYS if key in entry), None)
        cells.setdefault(str(entry["role"]), []).append((week_of(entry.get("week", 0), where), _number(hours, where)))
    return {role: _listed(found, name) for role, found in cells.items()}


def _listed(cells: Sequence[tuple[int, float]], name: str) -> list[float]:
    if any(not 0 <= week <= 1040 for week, _ in cells):
        raise InvalidForecast(f"{name}: a week is out of range")
    hours = [0.0] * (max((week for week, _ in cells), default=-1) + 1)
    for week, entry in cells:
        hours[week] += entry
    return hours


def _spread(table: Mapping[str, Any], weeks: int) -> dict[str, list[float]]:
    return {role: [hours] * weeks if isinstance(hours, float) else hours for role, hours in table.items()}


def _band(band: Band) -> dict[str, Any]:
    return {
        "mean": band.mean, "variance": band.variance, "p10": band.p10, "p50": band.p50, "p80": band.p80, "p90": band.p90, "p95": band.p95,
        "p_overload": band.p_overload, "expected_idle": band.idle, "expected_excess": band.excess,
        "capacity": band.capacity, "confirmed": band.confirmed,
        "drivers": [
            {"deal": one.deal, "expected_hours": one.expected_hours, "hours_in_overload": one.hours_in_overload}
            for one in band.drivers
        ],
    }


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidForecast(f"{name}: {value!r} is no number")
    return float(value)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or int(value) != value:
        raise InvalidForecast(f"{name}: {value!r} is no whole number")
    return int(value)


def _date_or_none(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
