"""A newcomer names the house, takes services over, pastes people, and opens the first deal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.lists.test_saved_views import text_of
from wonward.domains.catalog.queries import list_services
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.staff.queries import list_people
from wonward.edges.web.start.pasting import read_people
from wonward.foundation.organisation.queries import get_organisation

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
