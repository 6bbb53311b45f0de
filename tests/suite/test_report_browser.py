"""The page as people see it: opened from disk in a real browser, filtered, on a telephone."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from suite_results import check, run_of

from conformance.report import page
from conformance.report.document import Lane, Step
from conformance.verdict import Verdict

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
PHONE = {"width": 360, "height": 740}
LONG = "x" * 200

STORY = (
    Step(0.0, Lane.STAGE, "clock"),
    Step(1.0, Lane.BOT, f"op 2 IDENTIFY {LONG}"),
    Step(1.1, Lane.PLATFORM, f"op 0 READY {LONG}"),
    Step(2.0, Lane.BEATS, "3 heartbeats, 3 ACKs"),
    Step(3.0, Lane.PEOPLE, "user says 'ping'"),
    Step(4.0, Lane.BOT, "op 6 RESUME", decisive=True),
)
RUN = run_of(
    check(timeline=STORY, output=(LONG,), expected=LONG),
    check("startup/gateway-empty-body", timeline=STORY[:3], observed="the process exited"),
    check("startup/online", verdict=Verdict.PASS, observed="", expected="", timeline=STORY[:5]),
    grade="F",
)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        reason = "chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(f"{reason} (in CI nothing may be left out)")
        pytest.skip(reason)
    sandbox = () if os.geteuid() else ("--no-sandbox",)  # Chromium's own sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens the page from disk; fails when the browser complains or asks for anything else."""
    file = tmp_path / "report.html"
    file.write_text(page.report_page(RUN), encoding="utf-8")
    complaints = []

    def open_page(fragment="", **options):
        view = browser.new_page(**options)
        view.on("console", lambda message: complaints.append(message.text))
        view.on("pageerror", lambda error: complaints.append(str(error)))
        view.on("request", lambda request: asked.append(request.url))
        asked = []
        view.goto(f"{file.as_uri()}{fragment}")
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        return view

    yield open_page
    assert complaints == []


def visible(view):
    return view.locator("details.case:visible .id").all_text_contents()


def test_every_case_is_there_and_opens(opened):
    view = opened()
    assert visible(view) == [each.id for each in RUN.checks]
    assert view.locator(".grade").inner_text() == "F"
    view.get_by_text("startup/online", exact=True).click()
    assert view.locator("details[open] .timeline li").count() == 1 + 5
    assert view.locator("details[open] .timeline .end").count() == 0


def test_a_link_opens_its_case_with_the_decisive_step_marked(opened):
    view = opened("#reconnect/op7-leaves")
    marked = view.locator("details[open] .timeline .decisive .step")
    assert marked.count() == 1
    assert "op 6 RESUME" in marked.inner_text()


def test_where_nothing_on_the_wire_decided_the_drawing_says_what_is_missing(opened):
    view = opened("#startup/gateway-empty-body")
    assert view.locator("details[open] .timeline .end").inner_text() == "the process exited"


def test_the_filters(opened):
    view = opened()
    view.get_by_role("button", name="pass 1").click()
    assert visible(view) == ["startup/online"]
    assert view.locator("section.chapter:visible h2").all_text_contents() == ["startup"]
    view.get_by_role("button", name="fail 2").click()
    assert len(visible(view)) == 3
    view.locator("#words").fill("EXITED process")
    assert visible(view) == ["startup/gateway-empty-body"]
    view.locator("#level").select_option("A")
    assert visible(view) == []
    assert view.locator("#empty").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_on_a_telephone(opened, scheme):
    view = opened("#reconnect/op7-leaves", viewport=PHONE, color_scheme=scheme)
    assert view.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    sizes = view.evaluate(
        "[...document.querySelectorAll('.timeline .step, p')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12
    paper, ink = (view.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    assert (luminance(paper) < luminance(ink)) == (scheme == "dark")


def test_it_is_complete_without_script(browser, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(page.report_page(RUN), encoding="utf-8")
    view = browser.new_page(java_script_enabled=False)
    view.goto(file.as_uri())
    assert len(visible(view)) == 3


def luminance(color):
    return sum(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
