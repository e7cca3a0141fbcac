"""What Halden Studio sells, and how it delivers it."""

from __future__ import annotations

from typing import Any

Item = dict[str, Any]


def _task(key: str, name: str, days: float, hours: int, role: str, after: str = "", parent: str = "", **more: Any) -> Item:
    item: Item = {"key": key, "kind": "task", "name": name, "duration_days": days, "effort_minutes": hours * 60, "role": role}
    if parent:
        item["parent"] = parent
    if after:
        item["after"] = [_wait(text) for text in after.split()]
    return {**item, **more}


def _wait(text: str) -> dict[str, Any]:
    """`concept`, `build+2` or `build:SS+3` as a dependency."""
    name, _, lag = text.partition("+")
    key, _, kind = name.partition(":")
    return {"key": key, "type": kind or "FS", "lag_days": int(lag or 0)}


def _phase(key: str, name: str, after: str = "") -> Item:
    item: Item = {"key": key, "kind": "phase", "name": name}
    return {**item, "after": [_wait(text) for text in after.split()]} if after else item


def _milestone(key: str, name: str, after: str, promise_key: str = "") -> Item:
    return {"key": key, "kind": "milestone", "name": name, "after": [_wait(text) for text in after.split()],
            "promise_key": promise_key}


WEBSITE: list[Item] = [
    _phase("discover", "Discover"),
    _task("kickoff", "Kickoff workshop", 1, 12, "Project manager", parent="discover", checklist=["Agenda sent", "Room booked"]),
    _task("interviews", "Interview five users", 4, 30, "Strategist", "kickoff", "discover"),
    _task("audit", "Audit of content and search terms", 3, 20, "Strategist", "kickoff", "discover"),
    _task("brief", "Write the creative brief", 2, 12, "Strategist", "interviews audit", "discover"),
    _milestone("discovered", "Brief agreed", "brief"),
    _phase("design", "Design", "discovered"),
    _task("wireframes", "Wireframes of eight page types", 6, 60, "Designer", parent="design", promise_key="wireframes"),
    _task("system", "Design system", 8, 90, "Designer", "wireframes", "design", promise_key="design"),
    _task("review", "Review with the client", 3, 8, "Project manager", "system", "design"),
    _milestone("designed", "Design system accepted", "review", "design"),
    _phase("build", "Build", "designed"),
    _task("setup", "Set up hosting and CMS", 2, 16, "Developer", parent="build"),
    _task("templates", "Build the templates", 14, 210, "Developer", "setup", "build", promise_key="templates"),
    _task("configurator", "Configurator", 10, 140, "Developer", "templates:SS+4", "build", promise_key="configurator"),
    _task("content", "Migrate the content", 9, 80, "Editor", "templates:SS+5", "build", promise_key="content"),
    _task("redirects", "Redirects and search set-up", 2, 14, "Developer", "content", "build"),
    _milestone("built", "Everything on the preview", "templates configurator content redirects"),
    _phase("launch", "Launch", "built"),
    _task("test", "Test on real devices", 4, 40, "Quality", parent="launch", checklist=["Screen reader", "Slow network"]),
    _task("training", "Train the editors", 2, 14, "Project manager", "test:SS+1", "launch", promise_key="training"),
    _task("golive", "Go live", 1, 10, "Developer", "test training", "launch"),
    _milestone("live", "Live", "golive", "finish"),
]

CRM_ROLLOUT: list[Item] = [
    _phase("analyse", "Analyse"),
    _task("map", "Map the sales process", 4, 32, "Consultant", parent="analyse", promise_key="process"),
    _task("data", "Take stock of the data", 3, 24, "Consultant", "map:SS+1", "analyse"),
    _milestone("agreed", "Process agreed", "map data"),
    _phase("set", "Set up", "agreed"),
    _task("fields", "Fields, stages and rights", 5, 50, "Consultant", parent="set"),
    _task("migrate", "Migrate contacts and deals", 6, 70, "Developer", "fields", "set", promise_key="migration"),
    _task("automation", "Automations", 4, 36, "Consultant", "fields", "set", promise_key="automation"),
    _phase("roll", "Roll out", "set"),
    _task("pilot", "Pilot with one team", 8, 40, "Consultant", parent="roll"),
    _task("train", "Train every team", 4, 32, "Consultant", "pilot", "roll", promise_key="training"),
    _milestone("handed", "In daily use", "train", "finish"),
]

BRAND: list[Item] = [
    _task("research", "Research and interviews", 5, 48, "Strategist"),
    _task("position", "Positioning", 4, 32, "Strategist", "research", promise_key="positioning"),
    _task("directions", "Three design directions", 7, 84, "Designer", "position", promise_key="directions"),
    _milestone("chosen", "Direction chosen", "directions+3"),
    _task("identity", "Work out the identity", 9, 110, "Designer", "chosen"),
    _task("voice", "Tone of voice", 5, 40, "Editor", "chosen", promise_key="voice"),
    _task("guide", "Brand guide", 5, 48, "Designer", "identity voice", promise_key="guide"),
    _milestone("delivered", "Brand guide delivered", "guide", "finish"),
]

MEDIA: list[Item] = [
    _task("plan", "Media plan", 4, 24, "Media buyer"),
    _task("tracking", "Tracking and consent", 3, 20, "Developer", "plan:SS+1"),
    _task("creatives", "Twelve creatives", 6, 60, "Designer", "plan", promise_key="creatives"),
    _task("start", "Start the campaigns", 1, 8, "Media buyer", "tracking creatives"),
    _task("tune", "Tune for four weeks", 20, 60, "Media buyer", "start"),
    _milestone("report", "First quarterly report", "tune", "finish"),
]

SUPPORT: list[Item] = [
    _task("takeover", "Take over the systems", 3, 20, "Developer"),
    _task("runbook", "Write the runbook", 2, 12, "Project manager", "takeover", promise_key="runbook"),
    _milestone("ready", "Support desk open", "takeover runbook", "finish"),
]

TEMPLATES: dict[str, list[Item]] = {
    "Website build": WEBSITE, "CRM rollout": CRM_ROLLOUT, "Brand system": BRAND, "Paid media": MEDIA, "Support retainer": SUPPORT,
}
PRICES = {
    "Website build": (84_000, 49_600), "CRM rollout": (46_000, 27_500), "Brand system": (38_500, 22_800),
    "Paid media": (22_500, 14_000), "Support retainer": (18_000, 10_200),
}
PROMISES = {
    "Website build": (
        ("deliverable", "templates", "All page templates moved to the new CMS", "Every page type we have today must be there, not only the pretty ones."),
        ("deliverable", "training", "Six editors trained on site", "Please come to us. Two groups of three, or nobody will remember a thing."),
        ("deliverable", "configurator", "Configurator for three product families", "The configurator is why we are doing this at all."),
        ("exclusion", "", "Translations are not part of the price", "We will handle translations ourselves."),
    ),
    "CRM rollout": (
        ("deliverable", "migration", "All contacts and open deals migrated", "If one open deal is missing on Monday, the team will go back to spreadsheets."),
        ("deliverable", "training", "Every sales team trained", "Each team separately, please, and in the morning."),
    ),
    "Brand system": (
        ("deliverable", "directions", "Three design directions to choose from", "Three real ones, not one and two fillers."),
        ("staffing", "", "The creative director presents in person", "We want to hear it from Ines, not from a deck."),
    ),
    "Paid media": (("quality", "creatives", "Twelve creatives in two languages", "Twelve, and half of them in French."),),
    "Support retainer": (("quality", "runbook", "Answers within four working hours", "Four working hours. Not four hours plus a weekend."),),
}
