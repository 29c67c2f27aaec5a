"""The desk in Chromium: it shows the mail, follows the files, keeps what was chosen, and no mail can act."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from preview.browsing import MAIL, comes_to, ground_of, mail_of, opened
from preview.client import SETTINGS, TIDES, Preview

pytestmark = pytest.mark.browser

LONG = TIDES.replace("Boats need water under them.", "Boats need water under them. " * 400)


def test_the_mail_stands_on_the_desk(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        expect(mail_of(page).get_by_role("heading", level=1)).to_have_text("The tides of March")
        expect(mail_of(page).get_by_alt_text("A pier at low tide.")).to_have_js_property("naturalWidth", 40)
        expect(page.locator("#issues a[aria-current=page]")).to_have_text(re.compile("The tides of March"))
        expect(page.locator("#newsletter")).to_have_text("Harbour Notes")
        expect(page.locator("#live")).to_have_text("Live")
        expect(page).to_have_title("The tides of March – preview")
        # As high as the mail is: the stage scrolls, and not the frame.
        as_high = "frame => frame.clientHeight === frame.contentDocument.documentElement.scrollHeight"
        comes_to(page, lambda: page.locator(MAIL).evaluate(as_high), expected=True)


def test_a_save_shows_and_scroll_and_choices_stay(browser: Browser, preview: Preview) -> None:
    preview.write("issues/tides.yaml", LONG)
    with opened(browser, preview, "?issue=tides&width=phone&scheme=dark&as=elodie%40example.org") as page:
        expect(mail_of(page).get_by_text("Hello Élodie, the tide is out.")).to_be_attached()
        page.evaluate("document.getElementById('stage').scrollTop = 700")
        url = page.url
        preview.write("issues/tides.yaml", LONG.replace("the tide is out", "the tide is in"))
        expect(mail_of(page).get_by_text("Hello Élodie, the tide is in.")).to_be_attached()
        assert page.evaluate("document.getElementById('stage').scrollTop") == 700
        assert page.url == url
        assert page.locator("#device").evaluate("device => device.clientWidth") == 390
        models: list[Route] = []  # what is said of the mail client comes last, and moves nothing
        page.route(re.compile(r"/clients(\?|$)"), lambda route: models.append(route))  # noqa: PLW0108 - it counts parameters
        page.reload()
        expect(mail_of(page).get_by_text("Hello Élodie, the tide is in.")).to_be_attached()
        assert page.evaluate("document.getElementById('stage').scrollTop") == 700
        expect(page.locator("#model summary")).to_have_count(0)
        comes_to(page, lambda: len(models), expected=1)
        models[0].continue_()
        expect(page.locator("#model summary")).to_contain_text("a model")
        assert page.evaluate("document.getElementById('stage').scrollTop") == 700


def test_a_save_is_made_of_the_mail_where_it_stands_and_equals_a_new_one(browser: Browser, preview: Preview) -> None:
    as_new = """async frame => {
      const mail = frame.contentDocument, html = await (await fetch(frame.src)).text();
      const fresh = new mail.defaultView.DOMParser().parseFromString(html, "text/html");
      const bare = [...mail.querySelectorAll("[style]")].some(each => !each.style.length);
      return mail.documentElement.isEqualNode(fresh.documentElement) && !bare;
    }"""
    water = "  - paragraph: Boats need water under them.\n"
    with opened(browser, preview) as page:
        frame = page.locator(MAIL)
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        frame.evaluate("frame => frame.contentDocument.images[0].known = true")
        for before, after, shown in (
            ("tide is out", "tide is <i>in</i>", "tide is <i>in</i>"),
            (water, f"{water}  - paragraph: A boat more.\n", "A boat more."),
            (water, "  - list: [A keel., A sail.]\n", "A sail."),
            ("title: The tides of March", "language: ar\ntitle: Tides in Arabic", "Tides in Arabic"),
            ("alt: A pier at low tide.", "alt: A pier., caption: The pier in March.", "The pier in March."),
        ):
            preview.write("issues/tides.yaml", TIDES.replace(before, after))
            expect(mail_of(page).get_by_text(shown).first).to_be_attached()
            assert frame.evaluate(as_new), shown
        assert frame.evaluate("frame => frame.contentDocument.images[0].known")
        # A picture that was not there before: as everything that is new, it comes when it is whole.
        Image.new("RGB", (60, 30), "#a3241b").save(preview.folder / "images/quay.png")
        preview.write("issues/tides.yaml", TIDES.replace("pier.png", "quay.png"))
        expect(mail_of(page).get_by_alt_text("A pier at low tide.")).to_have_js_property("naturalWidth", 60)
        assert not frame.evaluate("frame => frame.contentDocument.images[0].known")
        assert frame.evaluate(as_new)
    # An answer that was no page has not the policy of one: the page loads when it is there.
    (preview.folder / "templates").mkdir()
    preview.write("templates/web.html.j2", "{{ nothing.at_all }}")
    page = browser.new_page()
    page.goto(f"{preview.base}?issue=tides&view=web")
    expect(mail_of(page).locator("body > pre")).to_contain_text("nothing")
    (preview.folder / "templates/web.html.j2").unlink()
    expect(mail_of(page).get_by_role("heading", level=1)).to_have_text("The tides of March")
    assert page.locator(MAIL).evaluate("frame => frame.contentDocument.contentType") == "text/html"
    page.close()


def test_mistakes_lie_over_the_last_good_mail_until_they_are_mended(browser: Browser, preview: Preview) -> None:
    with opened(browser, preview) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        preview.write("issues/tides.yaml", TIDES.replace("preheader:", "preheder:").replace("heading:", "headin:"))
        trouble = page.get_by_role("alert")
        expect(trouble).to_contain_text("2 problems")
        expect(trouble).to_contain_text("issues/tides.yaml:2:1")
        expect(trouble).to_contain_text("Did you mean preheader?")
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        page.keyboard.press("Escape")
        expect(trouble.locator("li").first).to_be_hidden()
        trouble.get_by_role("button", name="Show").click()
        expect(trouble.locator("li").first).to_be_visible()
        preview.write("issues/tides.yaml", TIDES)
        expect(trouble).to_be_hidden()

        preview.write("dispatch.yaml", SETTINGS.replace("from:", "frm:"))
        expect(trouble).to_contain_text("dispatch.yaml:5:1")
        preview.write("dispatch.yaml", SETTINGS)
        expect(trouble).to_be_hidden()

        (preview.folder / "issues/tides.yaml").unlink()
        expect(trouble).to_contain_text("This issue's file is gone")
        expect(page.locator("#issues li")).to_have_count(1)
        page.get_by_role("link", name="Winds and weather").click()
        expect(mail_of(page).get_by_text("It blew.")).to_be_attached()
        expect(trouble).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mails_colours_follow_the_switch_and_not_the_browser(browser: Browser, quiet: Preview, scheme: str) -> None:
    with opened(browser, quiet, scheme=scheme) as page:
        assert ground_of(page) == "rgb(255, 255, 255)"
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("#note")).to_contain_text("Apple Mail, a model.")
        expect(page.locator(MAIL)).to_have_attribute("src", re.compile("scheme=dark"))
        assert ground_of(page) == "rgb(21, 20, 19)"
        assert "scheme=dark" in page.url


def test_everything_can_be_done_by_keys_from_the_mail_too(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        mail_of(page).get_by_role("heading", level=1).click()
        page.keyboard.press("1")
        expect(page).to_have_url(re.compile("width=phone"))
        assert page.locator("#device").evaluate("device => device.clientWidth") == 390
        page.keyboard.press("t")
        expect(page.locator("#textpart")).to_contain_text("Hello reader, the tide is out.")
        page.keyboard.press("t")
        expect(page.locator("#device")).to_be_visible()
        page.keyboard.press("3")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.keyboard.type("elodie")
        expect(page.locator("#found").get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Élodie Laurent (fr)")).to_be_focused()
        expect(mail_of(page).get_by_text("Hello Élodie")).to_be_attached()


def test_names_are_text(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=tides&as=omar%40example.org") as page:
        page.get_by_role("button", name="Omar <b>Bold</b> (ar)").click()
        expect(page.get_by_role("option", name="Omar <b>Bold</b>")).to_be_visible()
        expect(page.locator("#found").get_by_role("option").locator("b b")).to_have_count(0)


def test_issues_change_with_the_list_and_with_the_browsers_back(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, "?issue=tides&width=phone") as page:
        page.get_by_role("link", name="Winds and weather").click()
        expect(mail_of(page).get_by_text("It blew.")).to_be_attached()
        expect(page).to_have_url(re.compile(r"issue=winds&width=phone$"))
        expect(page.locator("#findings")).to_contain_text("There is no preheader")
        expect(page.locator("#findings")).to_contain_text("1:1missing-preheader")
        page.go_back()
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(page.locator("#findings")).to_contain_text("The checks found nothing.")


def test_no_script_runs_in_the_mail(browser: Browser, quiet: Preview) -> None:
    attack = """frame => {
      const mail = frame.contentDocument, script = mail.createElement('script'), picture = mail.createElement('img');
      script.append("parent.document.title = 'script'");
      picture.setAttribute('onerror', "parent.document.title = 'handler'");
      picture.src = 'data:image/png;base64,broken';
      mail.body.append(script, picture);
      return new Promise(done => picture.addEventListener('error', () => done(document.title)));
    }"""
    with opened(browser, quiet) as page:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        sandbox = page.locator(MAIL).get_attribute("sandbox")
        assert sandbox == "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        assert page.locator(MAIL).evaluate(attack) == "The tides of March – preview"


def test_a_link_in_the_mail_opens_a_tab_of_its_own(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet) as page:
        page.context.route("https://harbour.example/**", lambda route: route.fulfill(body="the table"))
        with page.expect_popup() as popup:
            mail_of(page).get_by_role("link", name="the table").click()
        expect(popup.value.locator("body")).to_have_text("the table")
        assert popup.value.evaluate("[window.opener, document.referrer]") == [None, ""]
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()


def test_on_a_phone_there_is_one_pane_at_a_time(browser: Browser, quiet: Preview) -> None:
    with opened(browser, quiet, width=390) as page:
        expect(page.locator(MAIL)).to_be_visible()
        expect(page.locator(".findings")).to_be_hidden()
        comes_to(page, lambda: page.locator(MAIL).evaluate("frame => frame.contentWindow.innerWidth"), expected=390)
        page.locator("[data-value=desktop]").click()  # its width is kept, and made smaller as a whole
        expect(page.locator("#device")).to_have_css("width", "760px")
        page.get_by_role("button", name="Findings").click()
        expect(page.locator("#findings")).to_contain_text("The checks found nothing.")
        page.get_by_role("button", name="Issues").click()
        page.get_by_role("link", name="Winds and weather").click()
        expect(mail_of(page).get_by_text("It blew.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_page_that_nobody_sees_leaves_its_connection_to_others(browser: Browser, desk: Preview) -> None:
    def see(page: Page, *, hidden: bool) -> None:
        """Headless, all pages are seen; so this is as if another tab was chosen."""
        page.evaluate(
            """hidden => {
              Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    with opened(browser, desk) as page:
        expect(page.locator("#live")).to_have_text("Live")
        with page.expect_event("requestfailed", lambda request: "/events?" in request.url):
            see(page, hidden=True)
        desk.write("issues/tides.yaml", TIDES.replace("the tide is out", "the tide is back"))
        see(page, hidden=False)
        expect(mail_of(page).get_by_text("the tide is back")).to_be_attached()
        desk.write("issues/tides.yaml", TIDES)
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()


def test_more_windows_than_a_browser_has_connections_are_alive(browser: Browser, desk: Preview) -> None:
    """Chromium opens six to a host, and a window that waits for a seventh shows nothing."""
    context = browser.new_context()
    pages = [context.new_page() for _ in range(8)]
    for page in pages:
        page.goto(f"{desk.base}?issue=tides")
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
        expect(page.locator("#live")).to_have_text("Live")
    desk.write("issues/tides.yaml", TIDES.replace("the tide is out", "the tide is back"))
    for page in pages:
        expect(mail_of(page).get_by_text("the tide is back")).to_be_attached()
    # Whoever closes a window leaves a place to another one.
    for page in pages[:4]:
        page.close()
    desk.write("issues/tides.yaml", TIDES)
    for page in pages[4:]:
        expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    streams = pages[-1].evaluate(
        """async () => {
          for (let tries = 0; ; tries += 1) {
            const { held } = await navigator.locks.query();
            if (held.length === 4 || tries === 100) return held.length;
            await new Promise((go) => setTimeout(go, 100));
          }
        }"""
    )
    assert streams == 4
    context.close()


def test_the_desk_tells_when_the_preview_has_ended(browser: Browser, preview: Preview) -> None:
    page = browser.new_page()
    page.goto(preview.url)
    expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    preview.stop()
    expect(page.locator("#live")).to_have_text("The preview has ended: start dispatch preview again")
    expect(mail_of(page).get_by_text("the tide is out")).to_be_attached()
    page.close()
