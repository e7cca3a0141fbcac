"""A newcomer names the house, takes services over, pastes people, and opens the first deal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.lists.test_saved_views import text_of
from tests.people import NOW, TODAY
from wonward.domains.catalog.queries import list_services
from wonward.domains.delivery.operations.details import put_helper
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types.leads import FormField, NewLeadForm
from wonward.domains.staff.operations.working_life import set_rate
from wonward.domains.staff.queries import list_people
from wonward.edges.web.start.pasting import read_people
from wonward.edges.web.work.presenting import first_steps
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.first_steps import list_first_steps
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.money import Money

ROLES = {"sales": "Sales", "project_manager": "Project manager", "member": "Member"}


def test_the_first_run_goes_through_in_four_forms(cast, sign_in):
    client = sign_in(cast.owner)
    assert "Name your house" in text_of(client, "/")
    house = client.post("/start/house/", {"name": "Atelier North", "currency": "NOK", "time_zone": "Europe/Oslo"})
    assert house["Location"] == "/start/pipeline/"
    pipeline = client.post("/start/pipeline/", {"stages": "First call, 15\nProposal, 50%\nVerbal yes"})
    assert pipeline["Location"] == "/start/services/"
    assert [(stage.name, stage.probability) for stage in list_pipelines()[0].stages if stage.kind == "open"] == [
        ("First call", 15), ("Proposal", 50), ("Verbal yes", 90),
    ]
    page = text_of(client, "/start/services/")
    keys = [part.split('"')[0] for part in page.split('name="take-')[1:]]
    assert len(keys) == 5
    services = client.post("/start/services/", {f"take-{keys[0]}": "on", f"price-{keys[0]}": "120 000", f"take-{keys[1]}": "on"})
    assert services["Location"] == "/start/people/"
    prices = [str(row.price) for row in list_services(actor=cast.owner) if row.price]
    assert prices == ["120000.00 NOK"]
    assert len(list_services(actor=cast.owner)) == 2
    pasted = "Mara North <mara@north.test>, Sales\nivo@north.test; project manager\nno address here\nOlga Owner, owner@studio.test"
    looked = client.post("/start/people/", {"people": pasted, "do": "look"}).content.decode()
    assert "Invite 2 people" in looked
    assert "has no e-mail address" in looked
    assert "is here already" in looked
    before = len(list_people(actor=cast.owner))
    assert client.post("/start/people/", {"people": pasted, "do": "invite"})["Location"] == "/"
    assert len(list_people(actor=cast.owner)) == before + 2
    assert get_organisation().name == "Atelier North"
    left = text_of(client, "/")
    assert 'href="/start/house/"' not in left
    assert 'href="/deals/new/"' in left


def test_every_step_can_be_skipped_and_left(cast, sign_in):
    client = sign_in(cast.owner)
    for step, after in (("house", "/start/pipeline/"), ("pipeline", "/start/services/"), ("services", "/start/people/"), ("people", "/")):
        page = text_of(client, f"/start/{step}/")
        assert f'<a href="{after}">' in page
    assert client.get("/start/")["Location"] == "/start/house/"


def test_the_later_of_two_owners_overwrites_nothing_and_keeps_what_was_typed(cast, sign_in):
    first, second = sign_in(cast.owner), sign_in(cast.owner)
    for step, sent in (
        ("pipeline", {"stages": "Talk, 20\nOffer, 60"}), ("house", {"name": "Atelier North", "currency": "EUR", "time_zone": "Europe/Oslo"}),
    ):
        version = re.search(r'name="version" value="(\d+)"', text_of(first, f"/start/{step}/"))[1]
        assert first.post(f"/start/{step}/", {**sent, "version": version}).status_code == 302
        late = second.post(f"/start/{step}/", {**sent, "version": version, "stages": "Mine, 30", "name": "Mine alone"})
        assert (late.status_code, "Mine" in late.content.decode()) == (412, True)
    assert [stage.name for stage in list_pipelines()[0].stages if stage.kind == "open"] == ["Talk", "Offer"]
    assert get_organisation().name == "Atelier North"


def test_ten_thousand_pasted_people_get_a_clear_word_and_lose_nothing(cast, sign_in):
    text = "\n".join(f"Person {number} <p{number}@north.test>" for number in range(10_000))
    answer = sign_in(cast.owner).post("/start/people/", {"people": text, "do": "invite"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "10000 lines" in page
    assert "p9999@north.test" in page
    assert len(list_people(actor=cast.owner)) == 8


def test_the_list_of_first_steps_is_put_away_and_comes_back(cast, sign_in):
    client = sign_in(cast.seller)
    assert "First steps" in text_of(client, "/")
    client.post("/preferences/", {"checklist": "off"})
    assert "First steps" not in text_of(client, "/")
    client.post("/preferences/", {"checklist": "on"})
    assert "Open your first deal" in text_of(client, "/")


def test_a_deal_ticks_its_step(cast, sale, sign_in):
    assert 'href="/deals/new/">Open your first deal' not in text_of(sign_in(cast.seller), "/")


names = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(names, st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.test", fullmatch=True), st.sampled_from(sorted(ROLES))), max_size=8))
def test_what_is_written_down_in_any_of_four_ways_is_read_the_same(people):
    for shape in ("{0} <{1}>, {2}", "{0};{1};{2}", "{1}\t{0}\t{2}", '"{0}" {1} , {2}'):
        found = read_people("\n".join(shape.format(*person) for person in people), roles=ROLES)
        known = [name.casefold() for name in (*ROLES, *ROLES.values())]
        assert [(one.email, one.role) for one in found] == [(email, role) for _name, email, role in people] or any(
            name.casefold() in known for name, *_ in people
        )
        assert [one.fault for one in found].count("") == len({email for _name, email, _role in people})


STEPS_OF_ROLES = {
    "leader": ("goal", "deal", "leads", "pin", "factor"), "seller": ("deal", "leads", "pin", "factor"), "manager": ("handoff", "project", "factor"),
    "marketer": ("form", "leads", "factor"), "finance": ("rates", "pin", "factor"), "member": ("work", "factor"),
}


@pytest.mark.parametrize("who", sorted(STEPS_OF_ROLES))
def test_every_access_role_has_first_steps_that_lead_where_it_may_go(cast, sign_in, who):
    steps = list_first_steps(actor=getattr(cast, who), now=NOW)
    assert tuple(step.key for step in steps) == STEPS_OF_ROLES[who]
    client = sign_in(getattr(cast, who))
    assert "First steps" in text_of(client, "/")
    for step in first_steps(steps):
        assert client.get(step["href"]).status_code == 200, step


def test_goals_rates_forms_and_work_that_are_there_tick_their_steps(cast, sale, sign_in):
    def open_steps(who):
        return {step.key for step in list_first_steps(actor=who, now=NOW) if not step.is_done}

    assert {"goal"} <= open_steps(cast.leader)
    assert {"rates"} <= open_steps(cast.finance)
    assert {"work"} <= open_steps(cast.member)
    assert {"form"} <= open_steps(cast.marketer)
    put_goal(actor=cast.leader, month=TODAY.replace(day=1), amount=Money.parse("90000", "EUR"), now=NOW)
    set_rate(
        actor=cast.finance, person_id=cast.member.person_id, valid_from_date=TODAY, cost=Money.parse("60", "EUR"), bill=Money.parse("120", "EUR"), now=NOW
    )
    save_form(actor=cast.marketer, form=NewLeadForm("Website", "Write to us", (FormField("email", "E-mail", "email", True),)), now=NOW)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    task = next(row for row in list_tasks(actor=cast.owner, project_id=closed.project_ids[0]) if row.kind == "task")
    put_helper(actor=cast.owner, task_id=task.id, person_id=cast.member.person_id, part="reviews", now=NOW)
    for who, key in ((cast.leader, "goal"), (cast.finance, "rates"), (cast.marketer, "form"), (cast.member, "work")):
        assert key not in open_steps(who), key


def test_a_page_says_whose_drafts_it_may_bring_back(cast, sign_in):
    for who in (cast.seller, cast.teammate):
        assert f'<meta name="viewer" content="{who.user_id}">' in sign_in(who).get("/").content.decode()
