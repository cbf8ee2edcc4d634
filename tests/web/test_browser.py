"""The pages in a real browser: accessible, whole without scripts, better with, and nothing asked of any other machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.browser import Browser
from tests.web.conftest import SCRIPT, Library, Shown
from tests.web.test_pages import pages

pytestmark = pytest.mark.xdist_group("web")

AXE = Path(__file__).resolve().parents[2] / ".venv-tools" / "axe.min.js"
LOOKS = {"light": {}, "dark": {"dark": True}, "narrow": {"width": 320, "height": 700}}
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# In other looks colours and places are others, and nothing else.
OF_LOOKS = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"],
}
SOME = ("front", "search", "article", "compared", "site")


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    if not AXE.exists():
        pytest.skip("axe-core is not there: run `make browser`")
    return AXE.read_text("utf-8")


@pytest.fixture(autouse=True)
def _as_it_was(window: Browser) -> Iterator[None]:
    window.look()
    yield
    window.scripts(on=True)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    window: Browser, shown: Shown, library: Library, axe: str, look: str
) -> None:
    window.look(**LOOKS[look])  # type: ignore[arg-type]
    found = {}
    for name, path in pages(library).items():
        if not (name in SOME if look != "light" else name not in ("all", "older")):
            continue  # it is made as another one that is looked at
        window.open(shown.base + path)
        window.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert window.run("document.documentElement.scrollWidth - innerWidth") == 0, name
        window.run(f"{axe}; 0")
        options = json.dumps({"runOnly": ALL if look == "light" else OF_LOOKS, "resultTypes": ["violations"]})
        violations = window.run(
            f"axe.run(document, {options}).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0].html))"
        )
        if violations:
            found[name] = violations
    assert found == {}


OF_DATASETTE = (
    "/archiver", "/archiver/articles", "/archiver/articles?_facet=site", "/archiver/searchable?_search=nyhet", "/archiver/silent-edits",
    "/archiver/sites/s", "/archiver/topic?words=nyhet", "/archiver?sql=select+id,title+from+articles", "/archiver/articles_by_month",
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_serious_on_the_pages_of_datasette(
    window: Browser, shown: Shown, axe: str, look: str
) -> None:
    window.look(**LOOKS[look])  # type: ignore[arg-type]
    found = {}
    for path in OF_DATASETTE:
        window.open(shown.base + path)
        window.run(f"{axe}; 0")
        serious = "r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
        violations = window.run(
            f"axe.run().then((r) => {serious}.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 90)).join('|')))"
        )
        wider = window.run("document.documentElement.scrollWidth - innerWidth")
        if violations or wider:
            found[path] = [*violations, f"wider by {wider}"]
    assert found == {}


def test_axe_would_find_what_is_wrong(window: Browser, shown: Shown, axe: str) -> None:
    window.open(shown.base + "/")
    window.run("document.querySelector('main').innerHTML = '<img src=x><a href=/></a>'")
    window.run(f"{axe}; 0")
    found = window.run("axe.run().then((r) => r.violations.map((v) => v.id))")
    assert {"image-alt", "link-name"} <= set(found)


def test_nothing_is_asked_of_any_other_machine_and_nothing_goes_wrong(
    window: Browser, shown: Shown, library: Library
) -> None:
    others = ["/archiver", "/archiver/articles", "/archiver/articles_by_month", "/archiver?sql=select+1"]
    for path in [*pages(library).values(), *others]:
        window.open(shown.base + path)
        assert window.requests, path
        assert [url for url in window.requests if not url.startswith((shown.base, "data:"))] == [], path
        # A page that says that something is not there is answered with that status.
        assert [error for error in window.errors if "404 (Not Found)" not in error] == [], path
    assert window.run("typeof alert") == "function"


def test_without_scripts_everything_is_there(window: Browser, shown: Shown, library: Library) -> None:
    window.scripts(on=False)
    window.open(shown.base + "/-/search?q=upphandling")
    assert window.run("document.querySelectorAll('.hits li').length") == 6
    window.open(shown.base + f"/-/article/{library.id_of('farlig')}")
    assert SCRIPT in window.run("document.querySelector('h1').textContent")
    assert window.run("getComputedStyle(document.querySelector('button.copy')).display") == "none"
    assert window.run("document.querySelector('p.keys').hidden") is True
    summary = "document.querySelector('.proof details summary')"
    x, y = window.run(
        f'(() => {{ {summary}.scrollIntoView({{behavior: "instant"}}); const r = {summary}.getBoundingClientRect();'
        " return [r.x + 9, r.y + 9]; })()"
    )
    window.click(x, y)
    assert window.run("document.querySelector('.proof details').open") is True


def test_pictures_of_the_archive_are_shown(window: Browser, shown: Shown, library: Library) -> None:
    window.open(shown.base + f"/-/article/{library.id_of('farlig')}")
    window.run("document.querySelector('.body img').scrollIntoView()")
    loaded = window.run(
        "new Promise((done) => { const i = document.querySelector('.body img');"
        " i.complete ? done(i.naturalWidth) : i.onload = () => done(i.naturalWidth); })"
    )
    assert loaded == 480


def test_a_capture_is_text_in_a_browser(window: Browser, shown: Shown, library: Library) -> None:
    window.open(shown.base + f"/-/article/{library.id_of('farlig')}")
    path = window.run("document.querySelector(\"a[href^='/-/capture/']\").getAttribute('href')")
    window.open(shown.base + path)
    assert window.run("document.contentType") == "text/plain"
    assert window.run("self.origin") == "null"
    assert window.run("document.querySelectorAll('article, script, img').length") == 0


def test_keys_lead_to_the_search_and_through_a_list_until_they_are_turned_off(
    window: Browser, shown: Shown
) -> None:
    window.open(shown.base + "/")
    window.press("Tab", number=9)
    assert window.run("document.activeElement.textContent") == "Skip to the content"
    window.press("/", code="Slash", number=191)
    assert window.run("document.activeElement.name") == "q"
    assert window.run("document.activeElement.value") == ""
    window.run("document.activeElement.blur()")
    window.press("j", code="KeyJ", number=74)
    window.press("j", code="KeyJ", number=74)
    assert window.run("[...document.querySelectorAll('a.headline')].indexOf(document.activeElement)") == 1
    window.press("k", code="KeyK", number=75)
    assert window.run("[...document.querySelectorAll('a.headline')].indexOf(document.activeElement)") == 0
    window.run("document.activeElement.blur(); document.querySelector('.keys button').click()")
    window.press("j", code="KeyJ", number=74)
    assert window.run("document.activeElement === document.body") is True
    window.open(shown.base + "/")
    assert window.run("document.querySelector('.keys button').textContent") == "Turn keys on"
    window.run("document.querySelector('.keys button').click()")


def test_a_reference_is_copied(window: Browser, shown: Shown, library: Library) -> None:
    window.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    window.open(shown.base + f"/-/article/{library.id_of('farlig')}")
    window.run("document.querySelector('button.copy').click()")
    said = window.run(
        "new Promise((done) => setTimeout(() => done(document.querySelector('button.copy').textContent), 200))"
    )
    assert said == "Copied"
    copied = window.run("navigator.clipboard.readText()")
    assert copied == window.run("document.getElementById('reference').textContent.trim()")


def test_the_sql_editor_of_datasette_works_under_our_policy(window: Browser, shown: Shown) -> None:
    window.open(shown.base + "/archiver?sql=select+1")
    assert window.run("document.querySelectorAll('.CodeMirror').length") == 1
    window.open(shown.base + "/archiver/articles")
    assert window.run("document.querySelectorAll('th svg').length") > 5
