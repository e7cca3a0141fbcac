"""Won, lost or open; and which stage of ours an open stage of another product is nearest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from wonward.journeys.imports.rules.meanings import deal_status_of
from wonward.journeys.imports.rules.records import Record
from wonward.journeys.imports.rules.words import header_key
from wonward.kernel.wording import worded

_LIKE = 0.8
# How far along a deal is in stages of common names, in percent; ours are compared by their own probability.
_PROGRESS: dict[str, int] = {
    header_key(name): percent
    for percent, names in (
        (5, "new | lead | lead in | incoming | inbox | idea | new lead | created | neu | nouveau | nuevo | novo | nuovo"),
        (10, "prospecting | prospect | qualified | qualification | qualified to buy | qualifying | appointment scheduled | discovery call scheduled | "
             "contact made | identified | target | suspect | qualifiziert | qualifizierung | prospektion"),
        (25, "engaging | engaged | discovery | needs analysis | needs defined | demo scheduled | demo | meeting scheduled | analysis | "
             "presentation scheduled | value proposition | evaluation | solution | bedarfsanalyse | entdeckung | in contact | contacted"),
        (50, "proposal | proposal made | proposal sent | quote | quote sent | proposal price quote | offer | offer sent | id decision makers | "
             "decision maker bought in | perception analysis | angebot | angebot gesendet | proposition | propuesta | proposta | nabídka | oferta"),
        (70, "negotiation | negotiation review | negotiations | negotiations started | contract sent | contract | review | verhandlung | "
             "négociation | negociación | negociação | negoziazione | onderhandeling | vyjednávání | negocjacje"),
        (90, "verbal yes | verbal | commit | committed | closing | verbal agreement | awaiting signature | signing | contract review | zusage | "
             "mündliche zusage | legal"),
    )
    for name in names.split("|")
}


@dataclass(frozen=True, slots=True)
class OpenStage:
    """An open stage of ours; `percent` is its probability."""

    id: int
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class StageMatch:
    """The stage of ours for a name of theirs; `is_known` False when nothing spoke for it and the first is taken."""

    stage: OpenStage
    is_known: bool
    reason: str


def match_stage(name: str, stages: Sequence[OpenStage]) -> StageMatch:
    """By the same name, a similar name, or how far along the name usually is; else the first open stage."""
    key = header_key(name)
    for stage in stages:
        if header_key(stage.name) == key:
            return StageMatch(stage, True, "same name")
    likeness, stage = max(
        ((SequenceMatcher(None, key, header_key(stage.name)).ratio(), stage) for stage in stages), key=lambda pair: pair[0]
    )
    if likeness >= _LIKE:
        return StageMatch(stage, True, "similar name")
    if key in _PROGRESS:
        wanted = _PROGRESS[key]
        nearest = min(stages, key=lambda stage: (abs(stage.percent - wanted), stage.percent))
        return StageMatch(nearest, True, "similar meaning")
    return StageMatch(stages[0], False, worded("no stage has a similar name; the first open one is taken"))


def status_of(record: Record, *, stage_status: str = "") -> str:
    """won, lost, open or deleted. A status column speaks first, then yes/no columns, the stage, and closing dates."""
    stated = deal_status_of(record.get("status", ""))
    if stated and not (stated == "open" and stage_status in ("won", "lost")):
        return stated
    if record.get("is_won") is True:
        return "won"
    if record.get("is_closed") is True and record.get("is_won") is False:
        return "lost"
    by_stage = stage_status or deal_status_of(record.get("stage", ""))
    if by_stage in ("won", "lost"):
        return by_stage
    if not record.get("stage") and not record.get("status"):
        if record.get("won_date"):
            return "won"
        if record.get("lost_date") or record.get("lost_reason"):
            return "lost"
    return "open"


def closed_date_of(record: Record, status: str) -> str | None:
    """The day a won or lost deal was closed, if the file says."""
    special = record.get("won_date") if status == "won" else record.get("lost_date")
    found: str | None = special or record.get("close_date") or record.get("expected_close_date")
    return found


def deal_name(record: Record, number: int) -> str:
    """The deal's own name, or one made of what it sells to whom."""
    name, service, company = (record.get(field, "") for field in ("name", "service", "company"))
    if name:
        return str(name)
    if service and company:
        return f"{service} for {company}"[:200]
    if service or company or record.get("contact"):
        return str(service or f"Deal with {company or record['contact']}")[:200]
    return f"Deal {record['external_id']}"[:200] if record.get("external_id") else f"Imported deal, row {number}"
