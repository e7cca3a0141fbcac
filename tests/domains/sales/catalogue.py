"""Services to sell: one whose template has the options SEO and Copywriting, one without template, one archived."""

from __future__ import annotations

from dataclasses import dataclass

from tests.people import NOW, Cast
from wonward.domains.catalog.operations import archive_service, create_services, create_template
from wonward.domains.catalog.types import NewService
from wonward.kernel.money import Money

CAMPAIGN = [
    {"key": "plan", "kind": "task", "name": "Plan the campaign", "duration_days": 2, "effort_minutes": 960, "role": "Strategist"},
    {"key": "seo", "kind": "phase", "name": "Search", "when": {"option": "SEO"}},
    {"key": "keywords", "kind": "task", "name": "Find the keywords", "parent": "seo", "duration_days": 3, "effort_minutes": 480,
     "after": [{"key": "plan"}]},
    {"key": "copy", "kind": "task", "name": "Write the texts", "duration_days": 4, "effort_minutes": 1920,
     "when": {"option": "Copywriting"}, "after": [{"key": "plan"}]},
    {"key": "launch", "kind": "milestone", "name": "Launch", "after": [{"key": "keywords"}, {"key": "copy"}, {"key": "plan"}]},
]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ids of services."""

    campaign: int
    hosting: int
    gone: int


def make_catalogue(cast: Cast) -> Catalogue:
    """Campaign at 12,000 EUR, hosting at 90.50 EUR a unit, and a service nobody sells any longer."""
    template_id = create_template(actor=cast.owner, name="Campaign", items=CAMPAIGN, now=NOW)
    campaign, hosting, gone = create_services(
        actor=cast.owner, now=NOW,
        services=[
            NewService(name="Campaign", template_id=template_id, price=Money(1_200_000, "EUR")),
            NewService(name="Hosting", price=Money(9_050, "EUR")),
            NewService(name="Fax campaign", price=Money(100, "EUR")),
        ],
    )
    archive_service(actor=cast.owner, service_id=gone, now=NOW)
    return Catalogue(campaign, hosting, gone)
