"""Two projects that ask for the same developer in the same weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.journeys.capacity.conftest import Studio
from tests.people import NOW, make_sale
from tests.remembered import remembered
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.journeys.capacity.operations import start_leveling
from wonward.journeys.capacity.queries.leveling import get_leveling_run
from wonward.journeys.capacity.types import LevelingRules, LevelingRunRow
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import system_actor


@dataclass(frozen=True)
class Clash:
    studio: Studio
    first: int
    second: int

    @property
    def projects(self) -> list[int]:
        return [self.first, self.second]

    def tasks(self, project_id: int):
        rows = list_tasks(actor=self.studio.cast.owner, project_id=project_id)
        return {row.key: row for row in rows}

    def level(self, **rules: object) -> int:
        return start_leveling(actor=self.studio.cast.owner, project_ids=self.projects, rules=LevelingRules(**rules), now=NOW)  # type: ignore[arg-type]

    def read(self, run_id: int, plan: str = "") -> LevelingRunRow:
        return get_leveling_run(actor=self.studio.cast.owner, run_id=run_id, plan=plan, now=NOW)


@remembered
def make_clash(studio: Studio) -> Clash:
    cast = studio.cast
    others = create_people(actor=system_actor(), people=[NewPerson(name="Yara Costa"), NewPerson(name="Oskar Blum")], now=NOW)
    put_roles(actor=system_actor(), roles=dict(zip(others, (["Strategist"], ["Editor"]), strict=True)), now=NOW)
    second = make_sale(cast, name="Second shop", company="Second Ltd")
    ids = []
    for sale in (studio.sale, second):
        won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(promised_finish_date=date(2027, 6, 1)), now=NOW)
        ids.append(won.project_ids[0])
    clash = Clash(studio, *ids)
    for project_id in clash.projects:
        change_plan(
            actor=cast.owner, project_id=project_id, changes=[TaskChange(clash.tasks(project_id)["build"].id, {"assignee_id": studio.dev})], now=NOW
        )
    return clash
