"""Look at every screen in a real Chromium: axe, narrow phones, the keyboard alone, hostile text, no scripts."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = {
    "today": "/today",
    "proposal": "/proposals/d0001",
    "hostile": "/proposals/d0003",
    "customers": "/customers",
    "nobody": "/customers?q=zzz",
    "customer": "/customers/{first}",
    "runs": "/runs",
    "live": "/live",
    "matches": "/matches",
    "problem": "/nowhere",
    "opt_out": "/u/{link}",
    "login": "/login",  # last: it is reached by signing out
}
LANGUAGES = ["fr", "en"]


def _go(desk: Any, page: Page, name: str) -> None:
    if name == "login":
        page.context.clear_cookies()
    # Recipients of messages choose no language here: each link speaks its holder's.
    links = {language: token for token, language in desk.facts.LINKS.items()}
    language = page.get_attribute("html", "lang") or "en"
    page.goto(PAGES[name].format(first=desk.facts.IDS[0], link=links.get(language, links["en"])))


def _serious(page: Page) -> list[str]:
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:160]} {rule['nodes'][0]['any'][:1]}"
        for rule in found.response["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious_on_any_screen(desk, language, scheme):
    with desk.open(language=language, color_scheme=scheme, reduced_motion="reduce") as page:
        for name in PAGES:
            _go(desk, page, name)
            assert page.get_attribute("html", "lang") == language
            assert _serious(page) == [], name


def test_axe_finds_nothing_serious_on_a_phone(desk):
    with desk.open(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as page:
        for name in ("today", "customer"):
            _go(desk, page, name)
            assert _serious(page) == [], name


def test_axe_finds_nothing_serious_in_what_unfolds(desk):
    with desk.open(reduced_motion="reduce") as page:
        page.locator("details[data-verb=reject] summary").first.click()
        assert _serious(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert _serious(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_at_320_pixels(desk, language):
    with desk.open(language=language, viewport={"width": 320, "height": 640}) as page:
        for name in PAGES:
            _go(desk, page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_targets_are_at_least_24_pixels(desk):
    small = """() => [...document.querySelectorAll("button, summary, .button, .places a, .tabs a, .choice")]
        .filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    for width in (390, 1280):
        with desk.open(viewport={"width": width, "height": 844}) as page:
            for name in PAGES:
                _go(desk, page, name)
                assert page.evaluate(small) == [], name


def test_the_keyboard_alone_approves_a_proposal(desk):
    with desk.open() as page:
        page.keyboard.press("j")
        focused = page.locator("[data-row-link]:focus")
        expect(focused).to_have_text("Call Mrs Fauré to find out what is in the way")
        page.keyboard.press("a")
        expect(page.locator("#proposal-d0000")).to_contain_text("Approved")
        expect(page.locator("#live")).to_have_text("Approved: Mécanique de précision Fauré & Fils.")
        expect(page.locator("#headline")).to_have_text("5 proposals await your decision")
        expect(page.locator("#capacity")).to_contain_text("13 of 20 calls planned")
        expect(page.locator("[data-row-link]:focus")).to_contain_text("Send Mr Lœuillet the tutorial")
        assert page.url.endswith("/today")
    assert desk.services.verbs == [("approve", "d0000", "agent", "hash-0")]


def test_the_keyboard_alone_without_shortcuts_approves_a_proposal(desk):
    with desk.open() as page:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('form')?.dataset.verb") == "approve":
                break
        page.keyboard.press("Enter")
        expect(page.locator("#proposal-d0000")).to_contain_text("Approved")


def test_u_undoes_the_last_decision_and_enter_opens_a_proposal(desk):
    with desk.open(language="fr") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#proposal-d0001")).to_contain_text("Approuvé")
        page.keyboard.press("u")
        expect(page.locator("#proposal-d0001 [data-row-link]")).to_be_focused()
        expect(page.locator("#headline")).to_have_text("6 propositions attendent votre avis")
        page.keyboard.press("Enter")
        page.wait_for_url("**/proposals/d0001")
    assert [verb[0] for verb in desk.services.verbs] == ["approve", "undo"]


def test_r_asks_for_a_reason_and_letters_typed_in_the_note_stay_letters(desk):
    with desk.open() as page:
        page.keyboard.press("j")
        page.keyboard.press("r")
        expect(page.locator("#proposal-d0000 input[value=wrong]")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("a jar; ha? /u")
        page.keyboard.press("Enter")
        expect(page.locator("#proposal-d0000")).to_contain_text("Rejected")
    ((verb, decision_id, _, rejection),) = desk.services.verbs
    assert (verb, decision_id, rejection.reason, rejection.note) == (
        "reject",
        "d0000",
        "already_known",
        "a jar; ha? /u",
    )


def test_h_snoozes(desk):
    with desk.open() as page:
        page.keyboard.press("j")
        page.keyboard.press("h")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#proposal-d0000")).to_contain_text("Snoozed")
    assert desk.services.verbs[0][3].until.isoformat() == "2026-11-09"


def test_g_goes_and_letters_are_matched_by_what_they_write(desk):
    with desk.open() as page:
        page.keyboard.press("g")
        page.keyboard.press("c")
        page.wait_for_url("**/customers")
        desk.look_at(page)
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url("**/today")
        desk.look_at(page)
        # On AZERTY the letter a lies where QWERTY has q: the code of the key must not matter.
        page.keyboard.press("j")
        page.evaluate(
            """document.activeElement.dispatchEvent(
                new KeyboardEvent('keydown', {key: 'a', code: 'KeyQ', bubbles: true}))"""
        )
        expect(page.locator("#proposal-d0000")).to_contain_text("Approved")


def test_single_letters_can_be_switched_off(desk):
    with desk.open() as page:
        page.keyboard.press("?")
        page.get_by_role("button", name="Turn single-letter keys off").click()
        page.wait_for_url("**/today")
        desk.look_at(page)
        page.keyboard.press("j")
        page.keyboard.press("a")
        assert page.evaluate("document.activeElement.closest('[data-row]')") is None
        page.get_by_role("button", name="Keyboard shortcuts").click()
        expect(page.get_by_role("dialog")).to_contain_text("Single-letter keys are switched off.")
    assert desk.services.verbs == []
    assert not desk.services.preferences["agent"].has_single_keys


def test_a_refusal_is_said_in_the_row_and_nothing_is_lost(desk):
    from prevenance.kit.words import Words
    from prevenance.records.answers import Refusal

    desk.services.refusal = Refusal("opt_out", Words(fr="Le client s’est désinscrit.", en="The customer opted out."))
    with desk.open() as page:
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_role("alert").filter(has_text="The customer opted out.")).to_be_visible()
        expect(page.locator("#proposal-d0000 [data-row-link]")).to_be_visible()


def test_hostile_text_stays_text_everywhere(desk):
    with desk.open() as page:
        for name in ("today", "hostile", "customers", "customer"):
            _go(desk, page, name)
            page.wait_for_load_state("load")
            assert page.title() != "owned", name
            assert page.locator("main script, main img").count() == 0, name
            assert page.get_by_text("<script>").count() > 0, name


def test_reports_run_nothing_but_keep_their_own_style(desk):
    complaints = [
        "Blocked script execution",
        "Content Security Policy",
    ]  # the browser says that it refused the report's hostile script and picture
    with desk.open(expected=complaints) as page:
        page.goto("/runs/r20261101/audit")
        assert page.title() == "Audit"
        assert page.locator("h1").evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"


def test_the_login_opens_by_keyboard_and_says_what_is_wrong(desk):
    with desk.open(role=None, language="fr") as page:
        page.goto("/runs")
        desk.look_at(page)
        page.keyboard.type("agent@mecalea.example")
        page.keyboard.press("Tab")
        page.keyboard.type("not the phrase")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
        expect(page.get_by_label("Mot de passe")).to_be_focused()
        desk.look_at(page)
        page.keyboard.type(desk.facts.PASSWORD)
        expect(page.get_by_label("Mot de passe")).to_have_value(desk.facts.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/runs")
        expect(page.locator("h1")).to_have_text("Exécutions")


def test_everything_works_without_scripts(desk):
    with desk.open(java_script_enabled=False) as page:
        page.locator("#proposal-d0004 form[data-verb=approve] button").click()
        page.wait_for_url("**/today?done=d0004")
        assert "Approved" in page.locator("#proposal-d0004").inner_text()
        page.locator("#proposal-d0004 form[data-verb=undo] button").click()
        page.wait_for_url("**/today?done=d0004")
        page.locator("#proposal-d0004 details[data-verb=reject] summary").click()
        page.locator("#proposal-d0004 input[value=other]").check()
        page.locator("#proposal-d0004 details[data-verb=reject] button").click()
        assert "Rejected" in page.locator("#proposal-d0004").inner_text()
    assert [verb[0] for verb in desk.services.verbs] == ["approve", "undo", "reject"]


def test_a_search_narrows_while_typing(desk):
    with desk.open() as page:
        page.goto("/customers")
        desk.look_at(page)
        page.keyboard.press("/")
        page.keyboard.type("noël")
        expect(page.locator("#found li")).to_have_count(1)
        expect(page.locator("#found")).to_contain_text("Fonderie Noël-Théodule")
        assert page.url.endswith("q=no%C3%ABl")


def test_the_timeline_filters_in_place(desk):
    with desk.open() as page:
        _go(desk, page, "customer")
        page.get_by_role("link", name="Machines").click()
        expect(page.locator(".lane-conversation")).to_have_count(0)
        assert page.locator(".lane-machines").count() == 15
        expect(page.locator("#lane-machines")).to_be_focused()


def test_focus_is_visible_on_everything_that_takes_it(desk):
    with desk.open() as page:
        for _ in range(25):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style == "solid", page.evaluate("document.activeElement.outerHTML")


def test_the_keyboard_alone_says_that_two_records_are_one_customer(desk):
    with desk.open(language="fr", java_script_enabled=False) as page:
        page.goto("/matches")
        first = page.locator("form[action='/matches/answer']").first
        first.locator("input[name=reason]").focus()
        page.keyboard.type("même site, nom abrégé")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("form[action='/matches/answer']")).to_have_count(1)
    assert desk.services.answered["crm:C10", "erp:K0"] == (True, "agent: même site, nom abrégé")


def test_a_recipient_stops_the_messages_without_scripts_or_login(desk):
    with desk.open(role=None, java_script_enabled=False) as page:
        page.goto(f"/u/{'1e' * 16}")
        page.get_by_role("button", name="Ne plus recevoir aucun de ces messages").click()
        expect(page.get_by_role("status")).to_contain_text("C’est fait")
    assert desk.services.stopped == {"1e" * 16: "all"}
