"""Editing a value where it stands."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.islands.fake_server import Answer, Call, FakeServer


def element(name: str, version: int) -> str:
    return (
        f'<inline-edit id="deal-12-name"><button type="button" class="inline-value" aria-label="Name: {name}, edit">{name}'
        f'</button><template><form action="/deals/12/name"><input name="name" value="{name}" aria-label="Name">'
        f'<input type="hidden" name="version" value="{version}"></form></template></inline-edit>'
    )


def state(task: int, value: str, shown: str, version: int) -> str:
    return (
        f'<inline-edit id="cell-{task}-status" data-form="cell-status" data-url="/tasks/{task}/cell/" data-value="{value}" data-version="{version}">'
        f'<button type="button" class="inline-value" aria-label="State: {shown}, change">{shown}</button></inline-edit>'
    )


def start(page: Page, words: str) -> None:
    page.goto("/fixture/inline")
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    page.locator("#deal-12-name .inline-value").click()
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def test_enter_saves_with_the_version_and_the_focus_stays(page: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/name", lambda call: Answer(element(call.values["name"], 4)))
    start(page, "Shop")
    page.keyboard.press("Enter")
    expect(page.locator("#deal-12-name .inline-value")).to_have_text("Shop")
    expect(page.locator("#deal-12-name .inline-value")).to_be_focused()
    assert server.calls_of("POST", "/deals/12/name")[0].values == {"name": "Shop", "version": "3"}


def test_leaving_saves_and_does_not_pull_the_focus_back(page: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/name", lambda call: Answer(element(call.values["name"], 4)))
    start(page, "Shop")
    page.locator("#elsewhere").click()
    expect(page.locator("#deal-12-name .inline-value")).to_have_text("Shop")
    expect(page.locator("#elsewhere")).to_be_focused()


def test_esc_restores_and_nothing_is_sent(page: Page, server: FakeServer) -> None:
    start(page, "Shop")
    page.keyboard.press("Escape")
    expect(page.locator("#deal-12-name .inline-value")).to_be_focused()
    expect(page.locator("#deal-12-name .inline-value")).to_have_text("Website")
    assert server.calls == []


def test_what_did_not_change_is_not_sent(page: Page, server: FakeServer) -> None:
    start(page, "Website")
    page.keyboard.press("Enter")
    expect(page.locator("#deal-12-name .inline-value")).to_be_focused()
    assert server.calls == []


def test_a_mistake_is_told_under_the_field_and_editing_goes_on(page: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/name", Answer("<p>A deal needs a name of at most 120 letters.</p>", 422))
    start(page, "x")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error")).to_have_text("A deal needs a name of at most 120 letters.")
    field = page.get_by_role("textbox", name="Name")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("x")
    expect(field).to_be_focused()


def test_a_silent_server_takes_nothing_that_was_typed(page: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/name", Answer(cuts=True))
    start(page, "Shop")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error")).to_contain_text("Not saved.")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Shop")


def test_two_people_at_once_are_asked_whose_words_stay(page: Page, server: FakeServer) -> None:
    def answer(call: Call) -> Answer:
        return Answer(element(call.values["name"], 10)) if call.values["version"] == "9" else Answer(element("Portal", 9), 412)

    server.on("POST", "/deals/12/name", answer)
    start(page, "Shop")
    page.keyboard.press("Enter")
    expect(page.locator(".inline-conflict")).to_contain_text("Now it is Portal. You wrote Shop.")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#deal-12-name .inline-value")).to_have_text("Shop")
    assert [call.values["version"] for call in server.calls] == ["3", "9"]


def test_the_words_of_the_other_can_be_taken(page: Page, server: FakeServer) -> None:
    server.on("POST", "/deals/12/name", Answer(element("Portal", 9), 412))
    start(page, "Shop")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator("#deal-12-name .inline-value")).to_have_text("Portal")
    assert len(server.calls) == 1


def test_values_that_share_a_form_bring_what_is_their_own(page: Page, server: FakeServer) -> None:
    server.on("POST", "/tasks/8/cell/", lambda call: Answer(state(8, call.values["status"], "Done", 6)))
    page.goto("/fixture/inline")
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    page.locator("#cell-7-status .inline-value").click()
    expect(page.get_by_role("combobox", name="State")).to_have_value("todo")
    page.keyboard.press("Enter")
    assert server.calls == []
    page.locator("#cell-8-status .inline-value").click()
    field = page.get_by_role("combobox", name="State")
    expect(field).to_have_value("doing")
    field.select_option("done")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-8-status .inline-value")).to_have_text("Done")
    expect(page.locator("#cell-7-status .inline-value")).to_have_text("To do")
    assert [call.values for call in server.calls] == [{"status": "done", "version": "5"}]


def test_two_people_at_a_shared_form_are_asked_and_the_newer_version_is_sent(page: Page, server: FakeServer) -> None:
    def answer(call: Call) -> Answer:
        return Answer(state(8, "done", "Done", 10)) if call.values["version"] == "9" else Answer(state(8, "todo", "To do", 9), 412)

    server.on("POST", "/tasks/8/cell/", answer)
    page.goto("/fixture/inline")
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    page.locator("#cell-8-status .inline-value").click()
    page.get_by_role("combobox", name="State").select_option("done")
    page.keyboard.press("Enter")
    expect(page.locator(".inline-conflict")).to_contain_text("Now it is To do. You wrote Done.")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#cell-8-status .inline-value")).to_have_text("Done")
    assert [call.values["version"] for call in server.calls] == ["5", "9"]


def test_a_draft_survives_a_reload_until_it_is_saved(page: Page, server: FakeServer) -> None:
    server.on("POST", "/notes", Answer(status=204))
    page.goto("/fixture/inline")
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    page.get_by_role("textbox", name="Note").fill("Called Ada, she wants two phases.")
    page.reload()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Called Ada, she wants two phases.")
    with page.expect_response("**/notes"):
        page.get_by_role("button", name="Save note").click()
    page.wait_for_function("() => sessionStorage.length === 0")
    page.reload()
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")


def test_a_draft_survives_a_failed_save(page: Page, server: FakeServer) -> None:
    server.on("POST", "/notes", Answer("no", 500))
    page.goto("/fixture/inline")
    page.wait_for_function("() => !!customElements.get('inline-edit')")
    page.get_by_role("textbox", name="Note").fill("Long words")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".toast-bad")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Long words")
