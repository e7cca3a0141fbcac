"""Pure decisions: is a promise covered in time, what may become of it, and do these words stand in that text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from wonward.journeys.promises.types import APART, COLUMNS, CONDITIONS, FINISH, Coverage, PromiseRow

_COVERED = ("planned", "kept")
_STEPS = {
    "draft": ("confirmed", "waived"),
    "confirmed": ("kept", "broken", "waived"),
    "kept": ("confirmed", "broken"),
    "broken": ("confirmed", "kept", "waived"),
    "waived": ("confirmed",),
    "replaced": (),
}
REASONED = ("broken", "waived")
FREE_FIELDS = ("weight", "is_client_visible", "key")
WORDED_FIELDS = ("kind", "text", "condition", "due_date")
_SAME = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "–": "-", "—": "-"})


def coverage_of(*, due_date: date | None, finishes: Sequence[date | None]) -> tuple[str, date | None]:
    """uncovered without live work, at_risk when the last covering work ends after the due date, else planned.

    `finishes` are the finish dates of the covering tasks. Returns the coverage and the forecast date.
    """
    known = [day for day in finishes if day is not None]
    if not finishes or not known:
        return "uncovered", None
    forecast = max(known)
    if due_date is not None and forecast > due_date:
        return "at_risk", forecast
    return "planned", forecast


def places_of(*, kind: str, key: str, keys: Mapping[int, Collection[str]]) -> tuple[int, ...]:
    """The projects of a deal in which a promise holds, its home first; `keys` has the promise keys of each project's tasks.

    A promise with a key holds where work has the key. Conditions, the promised finish and whatever no work has the key of
    hold in every project.
    """
    if key and key != FINISH and kind not in CONDITIONS:
        return tuple(place for place, known in keys.items() if key in known) or tuple(keys)
    return tuple(keys)


def crossing_of(*, alarm: str, before: str, after: str) -> tuple[str, str]:
    """Which line a live promise crosses when its coverage goes from `before` to `after`, and the alarm from then on.

    `alarm` is what people were last told: "", "at_risk" or "uncovered". The crossing is "", "at_risk", "uncovered" or
    "repaired". A promise that nothing ever covered crosses no line; nobody is told twice of the same one.
    """
    if after == "planned":
        return ("repaired", "") if alarm else ("", "")
    if after == alarm or (after == "uncovered" and before == "uncovered"):
        return "", alarm
    return after, after


def steps_from(state: str) -> tuple[str, ...]:
    """The states a promise of this state may be put into; replacing is a step of its own."""
    return _STEPS[state]


def suggest(*, state: str, due_date: date | None, done: Sequence[bool], finishes: Sequence[date | None]) -> str:
    """"keep" when all covering work was done in time, "take_back" when a kept promise's work was opened again, else ""."""
    if not done:
        return ""
    if state == "kept":
        return "" if all(done) else "take_back"
    known = [day for day in finishes if day is not None]
    in_time = due_date is None or (bool(known) and max(known) <= due_date)
    return "keep" if state == "confirmed" and all(done) and in_time else ""


def because_of(row: PromiseRow) -> str:
    """Why a promise stands where it stands, in one sentence."""
    reason = f": {row.state_reason}" if row.state_reason else ""
    by = f" by {row.state_by}" if row.state_by else ""
    if row.state == "replaced":
        return f"Replaced by {row.replaced_by_number}{reason}"
    if row.state != "confirmed":
        return f"Written down by {row.author_label or 'somebody'}" if row.state == "draft" else f"{row.state.capitalize()}{by}{reason}"
    if row.column == APART:
        return "Agreed; no work has to keep it"
    if row.coverage == "uncovered":
        return "No work covers it"
    names = " and ".join(cover.name for cover in row.covers) or "Work you do not see"
    end = f"{row.forecast_date:%Y-%m-%d}" if row.forecast_date else "an unknown day"
    if row.coverage == "at_risk":
        return f"{names} ends on {end}, promised was {row.due_date:%Y-%m-%d}"
    return f"{names} keeps it, done by {end}"


def find_words(text: str, quote: str) -> list[tuple[int, int]]:
    """Where the words of a quote stand in a text: (start, end) per piece, in order; empty when they do not.

    White space, case and the shape of quotation marks and dashes do not matter; "…" or "..." leaves words out.
    """
    pieces = [piece.split() for piece in re.split(r"…|\.{3,}", quote.translate(_SAME))]
    patterns = [r"\s+".join(re.escape(word) for word in words) for words in pieces if words]
    if not patterns:
        return []
    plain, found, start = text.translate(_SAME), [], 0
    for pattern in patterns:
        match = re.compile(pattern, re.IGNORECASE).search(plain, start)
        if match is None:
            return []
        found.append(match.span())
        start = match.end()
    return found


def sum_coverage(promises: Iterable[PromiseRow]) -> Coverage:
    """Share of the weight of confirmed and kept promises that live work keeps in time; 100 when nothing was promised."""
    return weigh_coverage((promise.column, promise.weight) for promise in promises if promise.state != "draft")


def weigh_coverage(tally: Iterable[tuple[str, int]]) -> Coverage:
    """The same for (column, weight) pairs of promises that are not drafts."""
    return cover_share((column, 1, weight) for column, weight in tally)


def cover_share(tallies: Iterable[tuple[str, int, int]]) -> Coverage:
    """The same for (column, count, weight) of many promises at once."""
    weights = dict.fromkeys((*COLUMNS, APART), 0)
    counts = dict.fromkeys((*COLUMNS, APART), 0)
    for column, count, weight in tallies:
        weights[column] += weight
        counts[column] += count
    total = sum(weight for column, weight in weights.items() if column not in ("waived", APART))
    covered = sum(weights[column] for column in _COVERED)
    return Coverage(round(100 * covered / total) if total else 100, weights, counts)
