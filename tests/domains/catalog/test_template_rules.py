"""Rules of templates on plain values: the bugs of others, sections, quantities, and one sentence per fault."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from wonward.domains.catalog.rules.checking import check_items
from wonward.domains.catalog.rules.comparing import compare_items
from wonward.domains.catalog.rules.composing import compose_projects
from wonward.domains.catalog.rules.expanding import expand_items, list_options
from wonward.domains.catalog.rules.files import read_file, write_file
from wonward.domains.catalog.rules.gallery import GALLERY
from wonward.domains.catalog.types import ALL_OPTIONS, FrozenTemplate, SoldLine, SoldService
from wonward.domains.delivery.queries.drafts import date_items
from wonward.kernel.errors import FieldError
from wonward.kernel.work_calendar import STANDARD_CALENDAR

Item = dict[str, Any]
MONDAY = date(2026, 3, 2)


def task(key: str, *after: str, **more: Any) -> Item:
    return {"key": key, "kind": "task", "name": key.title(), "after": [{"key": one} for one in after], **more}


def fault_of(*items: Item) -> FieldError:
    (error,) = check_items(items, is_by_name=True)
    return error


def dates_of(items: list[Item], *, finish: date | None = None, start: date = MONDAY) -> dict[str, tuple[datetime, datetime]]:
    dated = date_items(expand_items(items), start_date=start, promised_finish_date=finish, calendar=STANDARD_CALENDAR)
    return {key: (one.timing.start_at, one.timing.finish_at) for key, one in dated.items()}


def test_a_task_without_a_predecessor_starts_at_the_kickoff_and_not_after_the_one_before_it() -> None:
    """SuiteCRM #9230."""
    dates = dates_of([task("a", duration_days=5), task("b", duration_days=2), task("c", duration_days=1)])
    assert {start for start, _ in dates.values()} == {datetime(2026, 3, 2, 8)}


@pytest.mark.parametrize("start", [date(2026, 3, day) for day in range(23, 30)])
def test_seven_days_are_seven_working_days_on_every_weekday_and_over_the_change_of_the_clocks(start: date) -> None:
    """Leantime #1522: seven days became six. The clocks change on 29 March 2026."""
    first, last = dates_of([task("a", duration_days=7)], start=start)["a"]
    assert STANDARD_CALENDAR.working_days_between(first.date(), last.date()) == 7
    assert (first.hour, last.hour) == (8, 17)


def test_half_days_survive() -> None:
    dates = dates_of([task("a", duration_days=0.5), task("b", "a", duration_days=1.5)])
    assert dates["a"][1] == datetime(2026, 3, 2, 12)
    assert dates["b"] == (datetime(2026, 3, 2, 13), datetime(2026, 3, 3, 17))


def test_an_approval_takes_no_time_and_holds_back_what_waits_for_it() -> None:
    items = [task("draft", duration_days=3), {"key": "ok", "kind": "approval", "name": "Approved", "duration_days": 4, "after": [{"key": "draft"}]},
             task("build", "ok")]
    dates = dates_of(items)
    assert dates["ok"] == (datetime(2026, 3, 4, 17), datetime(2026, 3, 4, 17))
    assert dates["build"][0] == datetime(2026, 3, 5, 8)


def test_a_lag_in_elapsed_days_runs_over_the_weekend() -> None:
    friday = date(2026, 3, 6)
    wait = [{"key": "a", "type": "FS", "lag_days": 2, "lag_unit": "elapsed"}]
    dates = dates_of([task("a", duration_days=1), {"key": "b", "kind": "task", "name": "B", "after": wait}], start=friday)
    assert dates["b"][0] == datetime(2026, 3, 9, 8)


def test_distances_from_a_milestone_follow_it() -> None:
    items = [
        task("build", duration_days=10), {"key": "live", "kind": "milestone", "name": "Live", "after": [{"key": "build"}]},
        task("after", anchor="live", start_offset_days=2), task("invite", anchor="live", before_finish_days=5, duration_days=1),
    ]
    dates = dates_of(items)
    assert dates["live"][0] == datetime(2026, 3, 13, 17)
    assert dates["after"][0].date() == date(2026, 3, 18)
    assert dates["invite"][1].date() == date(2026, 3, 6)


def test_a_distance_in_the_own_phase_counts_from_the_start_of_that_phase() -> None:
    items = [
        task("before", duration_days=5), {"key": "build", "kind": "phase", "name": "Build", "after": [{"key": "before"}]},
        task("start", parent="build"), task("later", parent="build", anchor="build", start_offset_days=3),
    ]
    assert dates_of(items)["later"][0] == datetime(2026, 3, 12, 8)


def test_without_a_promised_finish_nothing_is_placed_back_from_it() -> None:
    item = task("a", before_finish_days=5)
    assert dates_of([item])["a"][0] == datetime(2026, 3, 2, 8)
    assert dates_of([item], finish=date(2026, 4, 1))["a"][1].date() == date(2026, 3, 25)


def test_twelve_pages_take_the_effort_of_twelve_pages() -> None:
    item = {"key": "p", "kind": "task", "name": "Pages", "duration_days": {"base": 1, "per_unit": 0.3},
            "efforts": [{"role": "Designer", "minutes": {"per_unit": 60}}, {"role": "Developer", "minutes": {"base": 120, "per_unit": 90}}]}
    (made,) = expand_items([item], quantity=Decimal(12))
    assert made.duration_minutes == 5 * 480
    assert [(part.role, part.minutes) for part in made.efforts] == [("Designer", 720), ("Developer", 1200)]
    assert (made.role, made.effort_minutes) == ("Designer", 1920)


def test_a_repeated_phase_brings_its_tasks_and_their_order_once_per_unit() -> None:
    items = [
        task("kickoff"), {"key": "page", "kind": "phase", "name": "Page", "repeat": "quantity", "after": [{"key": "kickoff"}]},
        task("draw", parent="page"), task("build", "draw", parent="page"), task("test", "build"),
    ]
    made = {item.key: item for item in expand_items(items, quantity=Decimal(3))}
    assert [key for key in made if key.startswith("build")] == ["build#1", "build#2", "build#3"]
    assert made["build#2"].parent == "page#2"
    assert [wait.key for wait in made["build#2"].after] == ["draw#2"]
    assert [wait.key for wait in made["test"].after] == ["build#1", "build#2", "build#3"]
    assert made["draw#3"].name == "Draw (3 of 3)"


def test_repeated_months_follow_one_another_when_they_should() -> None:
    item = task("month", repeat="quantity", in_sequence=True, duration_days=20)
    made = expand_items([item], quantity=Decimal(3))
    assert [[wait.key for wait in one.after] for one in made] == [[], ["month#1"], ["month#2"]]


def test_a_section_nobody_bought_is_left_out_and_what_followed_it_closes_up() -> None:
    items = [
        task("build"), {"key": "seo", "kind": "phase", "name": "SEO", "when": {"option": "seo"}, "after": [{"key": "build"}]},
        task("words", parent="seo"), task("links", "words", parent="seo"), task("launch", "seo"),
    ]
    assert list_options(items) == ["seo"]
    assert [item.key for item in expand_items(items, options=frozenset(["seo"]))] == ["build", "seo", "words", "links", "launch"]
    left = expand_items(items, options=frozenset())
    assert [(item.key, [wait.key for wait in item.after]) for item in left] == [("build", []), ("launch", ["build"])]
    assert len(expand_items(items, options=ALL_OPTIONS)) == 5


def test_a_phase_whose_every_task_was_left_out_goes_with_them() -> None:
    items = [{"key": "p", "kind": "phase", "name": "P"}, task("a", parent="p", when={"option": "x"}), task("b", "a")]
    assert [item.key for item in expand_items(items, options=frozenset())] == ["b"]


@pytest.mark.parametrize(
    ("items", "field", "words"),
    [
        ((task("a", "b"), task("b", "a")), "items[0].after", "A → B → A"),
        ((task("a", "a"),), "items[0].after", "“A” waits for itself: A → A."),
        ((task("a", "c"),), "items[0].after[0].key", "which is not an item"),
        ((task("a", parent="z"),), "items[0].parent", "which is not an item"),
        ((task("a", duration_days=-1),), "items[0].duration_days", "“A” cannot take -1 days."),
        ((task("a", duration_days="long"),), "items[0].duration_days", "is not a number"),
        ((task("a", duration_days={"per_unit": "__import__"}),), "items[0].duration_days", "is not a number"),
        ((task("a", kind="epic"),), "items[0].kind", "choose phase, task, milestone or approval"),
        ((task("a", colour="red"),), "items[0].colour", "does not know"),
        ((task("a", name=" "),), "items[0].name", "needs a name"),
        ((task("a"), task("a")), "items[1].key", "used twice"),
        ((task("a", start_offset_days=1, before_finish_days=1),), "items[0].before_finish_days", "placed twice"),
        ((task("a", anchor="b", start_offset_days=1), task("b")), "items[0].anchor", "choose a phase or a milestone"),
        ((task("a", anchor="zz", start_offset_days=1),), "items[0].anchor", "is not an item"),
        ((task("a", repeat="forever"),), "items[0].repeat", "only quantity is known"),
        ((task("a", repeat="quantity", repeat_limit=0),), "items[0].repeat_limit", "between 1 and 200"),
        ((task("a", acceptance=["Fine"]),), "items[0].acceptance", "not a deliverable"),
        ((task("a", effort_minutes=5, efforts=[{"role": "Designer", "minutes": 5}]),), "items[0].effort_minutes", "twice"),
    ],
)
def test_every_fault_names_its_item_in_one_sentence(items: tuple[Item, ...], field: str, words: str) -> None:
    error = fault_of(*items)
    assert error.field == field
    assert words in error.message


def test_a_milestone_that_waits_for_what_is_placed_before_it_is_a_circle_and_says_so() -> None:
    live = {"key": "live", "kind": "milestone", "name": "Live", "after": [{"key": "invite"}]}
    error = fault_of(task("invite", anchor="live", before_finish_days=3), live)
    assert error.code == "cycle"
    assert "Invite → Live → Invite" in error.message


def frozen(*items: Item, template_id: int = 1, name: str = "Site") -> FrozenTemplate:
    return FrozenTemplate(template_id, name, 1, list(items))


def sold(service_id: int, template_id: int | None, placement: str = "by_template") -> tuple[SoldLine, SoldService]:
    return SoldLine(service_id, Decimal(1)), SoldService(service_id, f"Service {service_id}", template_id, 0, placement)


def test_lines_that_share_a_template_become_sections_and_other_templates_projects() -> None:
    templates = {1: frozen(task("a")), 2: frozen(task("b"), template_id=2, name="Brand")}
    first, second = compose_projects("Deal", [sold(1, 1), sold(2, 1), sold(3, 2)], templates)
    assert (first.name, second.name) == ("Deal: Site", "Deal: Brand")
    assert [(item.key, item.parent) for item in first.items] == [("s1", None), ("s1.a", "s1"), ("s2", None), ("s2.a", "s2")]
    assert [item.key for item in second.items] == ["b"]


def test_a_service_may_be_a_section_of_the_main_project_or_a_project_of_its_own() -> None:
    templates = {1: frozen(task("a")), 2: frozen(task("b"), template_id=2, name="Brand")}
    main, own = compose_projects("Deal", [sold(9, 2, "own_project"), sold(1, 1), sold(2, 2, "main_section")], templates)
    assert (main.name, main.service_ids) == ("Deal: Site", (1, 2))
    assert [item.name for item in main.items if item.kind == "phase"] == ["Service 1", "Service 2"]
    assert (own.name, own.service_ids, [item.key for item in own.items]) == ("Deal: Service 9", (9,), ["b"])


def test_sections_without_a_main_project_make_one() -> None:
    templates = {1: frozen(task("a")), 2: frozen(task("b"), template_id=2)}
    (only,) = compose_projects("Deal", [sold(1, 1, "main_section"), sold(2, 2, "main_section"), sold(3, None)], templates)
    assert only.name == "Deal"
    assert [item.key for item in only.items] == ["s1", "s1.a", "s2", "s2.b", "service-1"]


def test_what_changed_is_told_item_by_item() -> None:
    before = [task("a"), task("b", "a"), task("gone")]
    after = [task("a", duration_days=3), task("new"), task("b", "new")]
    changes = {(change.kind, change.key): change.fields for change in compare_items(before, after)}
    assert changes["changed", "a"] == {"duration_days": (1, 3)}
    assert set(changes) == {("changed", "a"), ("added", "new"), ("changed", "b"), ("removed", "gone")}
    assert compare_items(before, before) == []


def test_a_default_that_is_written_down_is_no_change() -> None:
    assert compare_items([task("a", "b"), task("b")], [task("a", "b", duration_days=1, role="", checklist=[]), task("b", promise_key="")]) == []


def test_a_file_is_read_back_as_it_was_written() -> None:
    for one in GALLERY:
        name, items, errors = read_file(write_file(name=one.name, number=3, items=one.items))
        assert (name, items, errors) == (one.name, [dict(item) for item in one.items], [])


@pytest.mark.parametrize("document", [None, [], {}, {"format": "other"}, {"format": "wonward.template", "schema": 99, "name": "x", "items": []},
                                      {"format": "wonward.template", "schema": 1, "name": "", "items": [1, {"key": 5}]}])
def test_a_file_that_is_none_is_refused_with_a_sentence(document: Any) -> None:
    _, _, errors = read_file(document)
    assert errors
    assert all(error.message for error in errors)


@pytest.mark.parametrize("one", GALLERY, ids=lambda one: one.key)
def test_the_gallery_is_fine_with_any_options_and_quantity(one: Any) -> None:
    assert check_items(one.items) == []
    for options in (frozenset[str](), ALL_OPTIONS):
        made = expand_items(one.items, quantity=Decimal(4), options=options)
        dated = date_items(made, start_date=MONDAY, promised_finish_date=date(2026, 9, 30), calendar=STANDARD_CALENDAR)
        assert len(dated) == len(made)
        assert any(item.promise_key == "finish" for item in made)
