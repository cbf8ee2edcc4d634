"""Outages of a real site on loopback: the command says so the next night, with the page and exit code 3."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, paragraphs, redesigned, write_profile
from tests.servers.raw import RawServer, answer

pytestmark = pytest.mark.xdist_group("outages")  # one archive for all
TITLES = {f"/nyheter/text-{n}/": f"Rapport nummer {n} om kommunens arbete" for n in range(22)}
FEED = "<rss version='2.0'><channel><title>Nyheter</title>{items}</channel></rss>"
ITEM = "<item><title>En nyhet</title><link>{base}{path}</link></item>"
Pages = dict[str, bytes]


def site_with(make: Callable[[str], str], base: str, *more: str) -> Pages:
    """The site with its articles made so; ``more`` are paths that the feed names besides."""
    items = "".join(ITEM.format(base=base, path=path) for path in (*more, *TITLES))
    return {
        **{path: answer(make(title)) for path, title in TITLES.items()},
        "/nyheter/": answer(listing(TITLES)),
        "/flode.xml": answer(FEED.format(items=items), kind="application/rss+xml"),
    }


def night(home: Path, pages: Pages, port: int, *words: str) -> dict[str, Any]:
    """A crawl of the site as it is now, all pages of it; what the report says."""
    with RawServer(pages, port=port):
        done = run_archiver(home, "crawl", "--delay", "0", "--json", *words)
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return {"code": done.returncode, "said": done.stderr, **report["sites"][0]}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """An archive of a site that has had two nights without an alarm, and the port of its server."""
    home = tmp_path_factory.mktemp("healthy")
    with RawServer() as server:
        port, base = server.port, server.url
        more = f'[[listings]]\nkind = "feed"\nurl = "{base}/flode.xml"\n'
        write_profile(home, server, more=more)
    for words in ((), ("--full",)):
        found = night(home, site_with(article, base), port, *words)
        assert (found["code"], found["findings"]) == (0, []), found
    return home, port


@pytest.fixture
def archive(healthy: tuple[Path, int], tmp_path: Path) -> tuple[Path, int, str]:
    home = tmp_path / "data"
    shutil.copytree(healthy[0], home)
    return home, healthy[1], f"http://127.0.0.1:{healthy[1]}"


def consent(title: str) -> str:
    text = (
        "Vi använder kakor för att webbplatsen ska fungera. Du måste samtycka till kakor innan du fortsätter."
    )
    return page(
        "Innan du fortsätter", f"<h1>Din integritet</h1><p>{text}</p><button>Godkänn alla kakor</button>"
    )


def teaser(title: str) -> str:
    last = "".join(f"<p>{text}</p>" for text in paragraphs(title)[1:])
    assert last in article(title)
    return article(title).replace(last, "<p><a href='/logga-in/'>Läs mer</a></p>")


def date_elsewhere(title: str) -> str:
    dated = "<time datetime='2024-03-01'>2024-03-01</time>"
    return article(title, more="<div class='fakta'><p>Publicerad 2024-03-01</p></div>").replace(dated, "")


def date_gone(title: str) -> str:
    return article(title).replace("<time datetime='2024-03-01'>2024-03-01</time>", "")


@pytest.mark.parametrize(
    ("outage", "code"),
    [
        (consent, "wall"),
        (teaser, "short-body"),
        (date_elsewhere, "layout"),
        (date_gone, "no-date"),
        (redesigned, "layout"),
    ],
)
def test_an_outage_is_told_the_night_after(
    archive: tuple[Path, int, str], outage: Callable[[str], str], code: str
) -> None:
    home, port, base = archive
    found = night(home, site_with(outage, base), port, "--full")
    assert found["code"] == 3
    [finding] = [f for f in found["findings"] if f["code"] == code]
    assert finding["severity"] == "warning"
    assert finding["url"].startswith(f"{base}/nyheter/text-")
    assert finding["hint"].startswith("archiver ")
    assert f"({code})" in found["said"]
    assert finding["url"] in found["said"]
    assert finding["hint"] in found["said"]
    assert run_archiver(home, *finding["hint"].split()[1:]).returncode == 0 or "check" in finding["hint"]


def test_a_feed_that_goes_on_while_its_pages_are_missing(archive: tuple[Path, int, str]) -> None:
    home, port, base = archive
    new = [f"/nyheter/ny-{n}/" for n in range(4)]
    found = night(home, site_with(article, base, *new), port)
    assert found["code"] == 3
    assert [f["code"] for f in found["findings"]] == ["unread"]
    assert found["findings"][0]["url"] in {base + path for path in new}


def test_pages_that_fail_two_nights_in_a_row_and_a_profile_that_expects_it(
    archive: tuple[Path, int, str],
) -> None:
    home, port, base = archive
    pages = site_with(article, base) | {path: answer("", status="403 Forbidden") for path in TITLES}
    night(home, pages, port, "--full")
    found = night(home, pages, port, "--full")
    assert found["code"] == 3
    assert "errors" in [f["code"] for f in found["findings"]]
    profile = home / "sites" / "s.toml"
    profile.write_text(profile.read_text("utf-8") + '\n[expect]\nignore = ["errors", "wall"]\n', "utf-8")
    found = night(home, pages, port, "--full")
    assert {f["severity"] for f in found["findings"]} == {"note"}


def test_an_empty_listing(archive: tuple[Path, int, str]) -> None:
    home, port, base = archive
    found = night(home, site_with(article, base) | {"/nyheter/": answer(listing([]))}, port)
    assert found["code"] == 3
    [finding] = found["findings"]
    assert (finding["code"], finding["url"]) == ("listing-empty", f"{base}/nyheter/")
