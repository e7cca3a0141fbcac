"""Makes docs/trust.md from docs/trust.json, the printed results of the last `make prove`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "trust.json"
PAGE = ROOT / "docs" / "trust.md"
NOTES = ROOT / "docs" / "trust_notes.md"
KINDS = ("lost", "duplicate", "half-made", "locked")


def write_page() -> None:
    """Every figure beside the command that printed it; what was not measured is not here."""
    PAGE.write_text(render(json.loads(RESULTS.read_text()), NOTES.read_text()))


def render(told: dict[str, Any], notes: str) -> str:
    """The page: our words around the tables of the last run."""
    rows = [(command, one) for command, run in told.items() for one in run["results"]]
    faults = [(command, one) for command, one in rows if "faults" in one]
    controls = [(command, one) for command, one in rows if "faults" not in one and "what" not in one]
    table = ["| What was done to it | Database | Times | Lost | Duplicate | Half-made | Locked |", "|---|---|---|---|---|---|---|"]
    for _, one in sorted(faults, key=lambda pair: (pair[1]["name"], pair[1]["database"] != "sqlite")):
        name = f"{one['name']}, a kill at each of its {one['steps']} steps" if one.get("steps") == one["points"] else one["name"]
        name = f"{one['name']}, kills at {one['points']} of its {one['steps']} steps" if one.get("steps", 0) > one["points"] else name
        more = f" ({one['acknowledged']} requests acknowledged)" if "acknowledged" in one else ""
        cells = " | ".join(str(one["faults"].get(kind, 0)) for kind in KINDS)
        table.append(f"| {name}{more} | {one['database']} | {one['points']} | {cells} |")
    planted = ["| Planted on purpose | Found | After |", "|---|---|---|"]
    planted += [f"| {one['name'].removeprefix('control: ')} | {'yes' if one['is_good'] else 'NO'} | {one['points']} |" for _, one in controls]
    commands = ["| Command | Seconds | Of a processor | Exit code |", "|---|---|---|---|"]
    commands += [f"| `{command}` | {run['seconds']} | {run.get('processor_seconds', '')} | {run['exit_code']} |" for command, run in told.items()]
    parts = {"faults": table, "planted": planted, "figures": _figures(rows), "commands": commands}
    for name, lines in parts.items():
        notes = notes.replace(f"{{{{{name}}}}}", "\n".join(lines))
    return notes


def _figures(rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """What tests and the measuring program told, each with the command that tells it again."""
    table = ["| What was asked | Figures | Command |", "|---|---|---|"]
    for command, one in rows:
        if "what" in one:
            said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.items() if name not in ("what", "shown_by"))
            shown_by = f"python -m pytest -s -m '' '{one['shown_by']}'" if one.get("shown_by") else command
            table.append(f"| {one['what']} | {said} | `{shown_by}` |")
    return table if len(table) > 2 else ["Nothing has been told yet: run `make prove`, and `python tools/prove.py --bench` for the load."]


if __name__ == "__main__":
    write_page()
