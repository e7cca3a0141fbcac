"""Templates that come with the product: five services most firms of our users sell, to be taken over and changed.

Their words are said in the language of whoever takes them over; roles and options are names of the house.
"""

from __future__ import annotations

from typing import Any

from wonward.domains.catalog.types import GalleryTemplate
from wonward.kernel.wording import worded

Item = dict[str, Any]


def _waits(text: str) -> list[Item]:
    """`brief build:SS+4` as dependencies: the key, the type unless finish-to-start, the lag in working days."""
    found = []
    for word in text.split():
        name, _, lag = word.partition("+")
        key, _, kind = name.partition(":")
        found.append({"key": key, "type": kind or "FS", "lag_days": int(lag or 0)})
    return found


def _item(kind: str, key: str, name: str, after: str, **more: Any) -> Item:
    item: Item = {"key": key, "kind": kind, "name": name, **more}
    return {**item, "after": _waits(after)} if after else item


def _phase(key: str, name: str, after: str = "", **more: Any) -> Item:
    return _item("phase", key, name, after, **more)


def _task(key: str, name: str, parent: str, days: Any, hours: float, role: str, after: str = "", **more: Any) -> Item:
    values: Item = {"duration_days": days, "role": role, "effort_minutes": round(hours * 60), **more}
    return _item("task", key, name, after, parent=parent, **values)


def _shared(key: str, name: str, parent: str, days: Any, hours: dict[str, float], after: str = "", **more: Any) -> Item:
    """A task that several roles work on together."""
    efforts = [{"role": role, "minutes": round(count * 60)} for role, count in hours.items()]
    return _item("task", key, name, after, parent=parent, duration_days=days, efforts=efforts, **more)


def _moment(kind: str, key: str, name: str, parent: str, after: str, **more: Any) -> Item:
    return _item(kind, key, name, after, parent=parent, **more)


def _per_unit(base: float, per_unit: float) -> Item:
    return {"base": base, "per_unit": per_unit}


WEBSITE: tuple[Item, ...] = (
    _phase("discover", worded("Discover")),
    _shared("kickoff", worded("Kickoff workshop"), "discover", 1, {"Project manager": 6, "Strategist": 8},
            checklist=[worded("Agenda sent two days ahead"), worded("Main stakeholder confirmed"), worded("Access to analytics asked for")]),
    _task("interviews", worded("Interview users and editors"), "discover", 4, 24, "Strategist", "kickoff"),
    _task("inventory", worded("Take stock of content and search terms"), "discover", _per_unit(1, 0.1), 0, "Strategist", "kickoff",
          ) | {"effort_minutes": _per_unit(240, 30)},
    _task("concept", worded("Concept and sitemap"), "discover", 3, 20, "Strategist", "interviews inventory", deliverable=True,
          acceptance=[worded("Every page of the old site has a destination"), worded("Goals carry a number and a date")], promise_key="concept"),
    _moment("approval", "concept-approved", worded("Concept approved by the client"), "discover", "concept"),
    _phase("design", worded("Design"), "concept-approved"),
    _task("wireframes", worded("Wireframes of the page types"), "design", 5, 40, "Designer", deliverable=True,
          acceptance=[worded("Shown on phone and desktop"), worded("Real words, no filler text")], promise_key="wireframes"),
    _task("visual", worded("Visual design and components"), "design", 7, 60, "Designer", "wireframes", promise_key="design", deliverable=True,
          acceptance=[worded("Contrast meets WCAG AA"), worded("Every state of every component is drawn")]),
    _moment("approval", "design-approved", worded("Design approved by the client"), "design", "visual+2"),
    _phase("build", worded("Build"), "design-approved"),
    _task("setup", worded("Hosting, CMS and deployment"), "build", 2, 14, "Developer", checklist=[worded("Backups run"), worded("Preview is behind a password")]),
    _task("components", worded("Build the components"), "build", 8, 90, "Developer", "setup"),
    _task("pages", worded("Build and fill a page type"), "build", 2, 0, "Developer", "components:SS+4", repeat="quantity", repeat_limit=30,
          promise_key="templates") | {"effort_minutes": {"per_unit": 480}},
    _task("redirects", worded("Redirects and search set-up"), "build", 2, 12, "Developer", "pages", checklist=[worded("Old addresses tested"), worded("Sitemap sent")]),
    _task("translation", worded("Second language"), "build", 4, 32, "Editor", "pages", when={"option": "second language"}, promise_key="languages"),
    _task("shop", worded("Shop with checkout"), "build", 10, 110, "Developer", "components", when={"option": "shop"}, promise_key="shop"),
    _moment("milestone", "built", worded("Everything on the preview"), "build", "pages redirects translation shop"),
    _phase("launch", worded("Launch"), "built"),
    _task("test", worded("Test on real devices"), "launch", 3, 28, "Quality", checklist=[worded("Keyboard only"), worded("Screen reader"), worded("Slow network")]),
    _task("training", worded("Train the editors"), "launch", 1, 8, "Project manager", "test:SS", promise_key="training"),
    _task("golive", worded("Go live"), "launch", 1, 10, "Developer", "test training", checklist=[worded("Rollback rehearsed"), worded("Monitoring on")]),
    _moment("milestone", "live", worded("Website is live"), "launch", "golive", promise_key="finish"),
    _task("aftercare", worded("Two weeks of aftercare"), "launch", 10, 16, "Developer", "live"),
)

CRM_ROLLOUT: tuple[Item, ...] = (
    _phase("analyse", worded("Analyse")),
    _shared("process", worded("Map the way from lead to invoice"), "analyse", 4, {"Consultant": 28, "Project manager": 6}, deliverable=True,
            acceptance=[worded("Every stage has an owner and an exit rule")], promise_key="process"),
    _task("data", worded("Take stock of the data"), "analyse", 3, 22, "Consultant", "process:SS+1", checklist=[worded("Duplicates counted"), worded("Owners of lists named")]),
    _moment("approval", "scope-approved", worded("Process and scope approved"), "analyse", "process data"),
    _phase("setup", worded("Set up"), "scope-approved"),
    _task("fields", worded("Fields, stages and rights"), "setup", 4, 34, "Consultant"),
    _task("import", worded("Import contacts and open deals"), "setup", _per_unit(3, 0.5), 0, "Developer", "fields", promise_key="migration",
          deliverable=True, acceptance=[worded("Sums of open deals agree to the cent"), worded("A sample of fifty records was compared")],
          ) | {"effort_minutes": _per_unit(1440, 240)},
    _task("automation", worded("Reminders and automations"), "setup", 3, 26, "Consultant", "fields", promise_key="automation"),
    _task("mail", worded("Connect mailboxes and calendars"), "setup", 2, 14, "Developer", "fields", when={"option": "mail"}),
    _moment("milestone", "ready", worded("Ready for the pilot"), "setup", "import automation mail"),
    _phase("pilot", worded("Pilot"), "ready"),
    _task("pilot-run", worded("Pilot with one team"), "pilot", 10, 30, "Consultant", checklist=[worded("Daily questions answered"), worded("Every finding written down")]),
    _task("adjust", worded("Adjust what the pilot found"), "pilot", 3, 22, "Developer", "pilot-run"),
    _moment("approval", "rollout-approved", worded("Go for all teams"), "pilot", "adjust"),
    _phase("rollout", worded("Roll out"), "rollout-approved"),
    _task("train", worded("Train a team"), "rollout", 1, 0, "Consultant", repeat="quantity", repeat_limit=20, promise_key="training",
          ) | {"effort_minutes": {"per_unit": 360}},
    _task("support", worded("Stand by for questions"), "rollout", 10, 20, "Consultant", "train"),
    _moment("milestone", "daily", worded("In daily use"), "rollout", "support", promise_key="finish"),
)

BRAND: tuple[Item, ...] = (
    _phase("understand", worded("Understand")),
    _shared("research", worded("Interviews inside and outside"), "understand", 6, {"Strategist": 36, "Project manager": 6}),
    _task("market", worded("Look at the competition"), "understand", 4, 24, "Strategist", "research:SS+1"),
    _task("position", worded("Positioning"), "understand", 4, 28, "Strategist", "research market", deliverable=True, promise_key="positioning",
          acceptance=[worded("One sentence the board agrees with"), worded("Says what the brand is not")]),
    _moment("approval", "position-approved", worded("Positioning approved"), "understand", "position+1"),
    _phase("create", worded("Creation"), "position-approved"),
    _task("direction", worded("Design direction"), "create", 5, 0, "Designer", repeat="quantity", repeat_limit=5, promise_key="directions",
          ) | {"effort_minutes": {"per_unit": 1500}},
    _moment("approval", "direction-chosen", worded("Direction chosen by the client"), "create", "direction+2"),
    _task("identity", worded("Work out the identity"), "create", 9, 90, "Designer", "direction-chosen"),
    _task("voice", worded("Tone of voice"), "create", 5, 34, "Editor", "direction-chosen", promise_key="voice"),
    _task("motion", worded("Motion principles"), "create", 4, 32, "Designer", "identity", when={"option": "motion"}),
    _phase("deliver", worded("Deliver"), "create"),
    _task("guide", worded("Brand guide"), "deliver", 5, 44, "Designer", deliverable=True, promise_key="guide",
          acceptance=[worded("Logo files for print and screen"), worded("Examples of right and wrong use")]),
    _task("launch", worded("Introduce it to the staff"), "deliver", 1, 8, "Strategist", "guide", before_finish_days=2),
    _moment("milestone", "delivered", worded("Brand system delivered"), "deliver", "guide launch", promise_key="finish"),
)

PAID_MEDIA: tuple[Item, ...] = (
    _phase("prepare", worded("Prepare")),
    _task("goals", worded("Goals, budget and audiences"), "prepare", 2, 12, "Media buyer", deliverable=True, promise_key="plan",
          acceptance=[worded("One goal per channel, with a number")]),
    _task("tracking", worded("Tracking and consent"), "prepare", 3, 18, "Developer", "goals:SS", checklist=[worded("Consent tested"), worded("Conversions seen twice")]),
    _task("creatives", worded("Creatives"), "prepare", _per_unit(2, 0.5), 0, "Designer", "goals", promise_key="creatives", deliverable=True,
          acceptance=[worded("All formats of all channels")]) | {"effort_minutes": _per_unit(240, 300)},
    _moment("approval", "campaign-approved", worded("Campaign approved by the client"), "prepare", "creatives tracking"),
    _phase("month1", worded("First month"), "campaign-approved"),
    _task("start", worded("Start the campaigns"), "month1", 1, 6, "Media buyer"),
    _task("tune1", worded("Tune weekly"), "month1", 19, 24, "Media buyer", "start"),
    _moment("milestone", "report1", worded("First monthly report"), "month1", "tune1+2"),
    _phase("month2", worded("Second month")),
    _task("tune2", worded("Tune weekly, shift the budget"), "month2", 20, 22, "Media buyer", "tune1"),
    _moment("milestone", "report2", worded("Second monthly report"), "month2", "tune2+2"),
    _phase("month3", worded("Third month")),
    _task("tune3", worded("Tune weekly, test new creatives"), "month3", 20, 22, "Media buyer", "tune2"),
    _moment("milestone", "report3", worded("Quarterly report and proposal"), "month3", "tune3+2", promise_key="finish"),
)

SUPPORT: tuple[Item, ...] = (
    _phase("takeover", worded("Takeover")),
    _task("access", worded("Accesses and contacts"), "takeover", 2, 6, "Project manager", checklist=[worded("Emergency contact named"), worded("Password vault shared")]),
    _task("audit", worded("Look the systems over"), "takeover", 3, 20, "Developer", "access:SS+1", deliverable=True,
          acceptance=[worded("Risks ranked"), worded("Backups restored once")], promise_key="audit"),
    _task("runbook", worded("Write the runbook"), "takeover", 2, 12, "Developer", "audit", promise_key="runbook"),
    _moment("approval", "levels-approved", worded("Service levels agreed"), "takeover", "runbook"),
    _moment("milestone", "open", worded("Support desk open"), "takeover", "levels-approved", promise_key="start"),
    _phase("service", worded("Running service")),
    _task("monthly", worded("Month of support"), "service", 20, 0, "Developer", "open:SS", repeat="quantity", repeat_limit=12, in_sequence=True, promise_key="support",
          ) | {"effort_minutes": {"per_unit": 960}},
    _task("updates", worded("Quarterly updates"), "service", 2, 12, "Developer", start_offset_days=60, checklist=[worded("Tested on the preview first")]),
    _task("review", worded("Service review with the client"), "service", 1, 4, "Project manager", before_finish_days=5),
    _moment("milestone", "renewal", worded("Renewal decided"), "service", "monthly review", promise_key="finish"),
)

GALLERY: tuple[GalleryTemplate, ...] = (
    GalleryTemplate("website", "Website build", "From the first day to launch. Quantity: page types. Options: shop, second language.", WEBSITE),
    GalleryTemplate("crm-rollout", "CRM rollout", "Process, data, pilot, teams. Quantity: teams to train. Option: mail.", CRM_ROLLOUT),
    GalleryTemplate("brand-system", "Brand system", "Positioning to brand guide. Quantity: design directions. Option: motion.", BRAND),
    GalleryTemplate("paid-media", "Paid media retainer", "A quarter of campaigns. Quantity: creatives.", PAID_MEDIA),
    GalleryTemplate("support", "Support retainer", "Takeover, then months of support. Quantity: months.", SUPPORT),
)
