"""Handoffs, risks, objectives and imports are lists like the others: filtered, ordered, grouped, kept as a view and pinned."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from tests.people import NOW, make_sale
from wonward.domains.delivery.operations import enter_risk
from wonward.domains.delivery.types import RiskFields
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.imports.operations import stage_import
from wonward.journeys.insights.operations import set_objective
from wonward.journeys.insights.types import ObjectiveFields

pytestmark = pytest.mark.django_db


def _shown(page: str, *names: str) -> list[str]:
    """The names that the content of a page shows, in its order."""
    content = page[page.index("<main"):]
    return sorted((name for name in names if name in content), key=content.index)


def _kept(client: Any, state: str, name: str) -> str:
    """A view kept and pinned by somebody; its page."""
    kept = client.post("/views/new/", {"state": state, "name": name, "is_pinned": "on"})
    assert kept.status_code == 302, kept.content.decode()[:400]
    page = str(client.get(kept["Location"]).content.decode())
    assert page.count(name) >= 2, "the bar and the left rail name the view"
    return page


def test_the_queue_of_handoffs_is_ordered_grouped_narrowed_and_kept_as_a_view(cast: Any, sale: Any, sign_in: Any) -> None:
    names = ("Website replatform", "Aardvark shop")
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    other = make_sale(cast, name=names[1], company="Vossberg")
    close_deal_as_won(actor=cast.seller, deal_id=other.deal_id, brief=other.brief(), now=NOW)
    owner = sign_in(cast.owner)
    assert _shown(owner.get("/handoffs/").content.decode(), *names) == [names[0], names[1]]
    assert _shown(owner.get("/handoffs/?sort=deal").content.decode(), *names) == [names[1], names[0]]
    assert _shown(owner.get("/handoffs/?q=aardvark").content.decode(), *names) == [names[1]]
    assert _shown(owner.get("/handoffs/?whose=mine").content.decode(), *names) == []
    assert _shown(sign_in(cast.seller).get("/handoffs/?whose=mine").content.decode(), *names) == [names[0], names[1]]
    grouped = owner.get("/handoffs/?group=client&sort=-deal").content.decode()
    assert _shown(grouped, ">Northwind Robotics<", ">Vossberg<") == [">Northwind Robotics<", ">Vossberg<"]
    page = _kept(owner, "list=handoff.handoffs&columns=deal,promised&group=client", "By client")
    assert "handoff-queue--no-waiting" in page
    assert "Kickoff" not in page[page.index("handoff-queue__row"):]


def test_the_register_of_risks_is_ordered_grouped_narrowed_and_kept_as_a_view(cast: Any, sale: Any, sign_in: Any) -> None:
    project_id = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW).project_ids[0]
    for title, kind, probability, owner_id in (("Late content", "risk", 5, cast.manager.person_id), ("Broken build", "issue", 1, None)):
        enter_risk(
            actor=cast.owner, project_id=project_id, now=NOW,
            fields=RiskFields(title=title, kind=kind, probability=probability, impact=2, owner_id=owner_id),
        )
    owner, home, names = sign_in(cast.owner), f"/projects/{project_id}/risks/", ("Late content", "Broken build")
    assert _shown(owner.get(f"{home}?sort=title").content.decode(), *names) == [names[1], names[0]]
    assert _shown(owner.get(f"{home}?sort=-title").content.decode(), *names) == [names[0], names[1]]
    assert _shown(owner.get(f"{home}?kind=issue").content.decode().replace('title="', ""), f">{names[0]}<", f">{names[1]}<") == [f">{names[1]}<"]
    assert _shown(owner.get(f"{home}?owner=0").content.decode(), f">{names[0]}<", f">{names[1]}<") == [f">{names[1]}<"]
    page = _kept(owner, f"list=delivery.risks:{project_id}&columns=title,owner&group=kind&sort=title", "By kind")
    assert 'class="table__group"' in page
    assert "R-1" in page
    assert "Look again" not in page[page.index("<table"):]
    assert sign_in(cast.member).get(f"/views/columns/?list=delivery.risks:{project_id}").status_code == 404


def test_objectives_are_ordered_grouped_narrowed_and_kept_as_a_view(cast: Any, sign_in: Any) -> None:
    for name, measure, until in (("Win more", "wins", date(2026, 12, 31)), ("Answer fast", "response_time", date(2026, 12, 1))):
        set_objective(actor=cast.owner, now=NOW, fields=ObjectiveFields(
            name=name, measure=measure, target=5, starts_date=date(2026, 10, 1), ends_date=until,
        ))
    owner, names = sign_in(cast.owner), ("Win more", "Answer fast")
    assert _shown(owner.get("/objectives/").content.decode(), *names) == [names[1], names[0]]
    assert _shown(owner.get("/objectives/?sort=-ends_date").content.decode(), *names) == [names[0], names[1]]
    assert _shown(owner.get("/objectives/?measure=wins").content.decode(), *names) == [names[0]]
    assert _shown(owner.get("/objectives/?q=fast").content.decode(), *names) == [names[1]]
    page = _kept(owner, "list=insights.objectives&group=measure&sort=name", "By measure")
    assert page.count('class="objectives-group"') == 2


def test_imports_are_ordered_grouped_narrowed_summed_and_kept_as_a_view(cast: Any, sign_in: Any) -> None:
    for name, kind, rows in (("b.csv", "companies", "Name\nAlpha\nBeta\n"), ("a.csv", "contacts", "Name,E-mail\nAda,ada@north.example\n")):
        stage_import(actor=cast.owner, kind=kind, file_name=name, stream=io.BytesIO(rows.encode()), now=NOW)
    owner, names = sign_in(cast.owner), (">b.csv<", ">a.csv<")
    assert _shown(owner.get("/imports/").content.decode(), *names) == [names[1], names[0]]
    assert _shown(owner.get("/imports/?sort=-file").content.decode(), *names) == [names[0], names[1]]
    assert _shown(owner.get("/imports/?what=companies").content.decode(), *names) == [names[0]]
    assert _shown(owner.get("/imports/?q=a.csv&status=staged").content.decode(), *names) == [names[1]]
    assert _shown(owner.get("/imports/?status=done").content.decode(), *names) == []
    page = _kept(owner, "list=imports.batches&columns=file,rows&group=kind", "Files by kind")
    foot = page[page.index("<tfoot"):page.index("</tfoot")]
    assert ">3<" in foot
    assert page.count('class="table__group"') == 2
