"""A version is an edit of text, title or date; what stands around them, and who reads them, makes none."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.derive.site import SiteDerivation
from archiver.home import Home
from archiver.store.database import open_database
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, listing, redesigned, write_profile
from tests.servers.raw import RawServer, answer

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

ADDED = "<p>Regionen har lämnat ett tillägg om kostnaderna för de nya lokalerna och tiden fram till maj.</p>"


def without_the_last_paragraph(soup: BeautifulSoup) -> None:
    for paragraph in soup.select("article p:last-of-type, .stycke:last-of-type"):
        paragraph.extract()


def crawl(home: Path) -> None:
    done = run_archiver(home, "crawl", "--full", "--delay", "0")
    assert done.returncode == 0, done.stderr


def test_edits_make_versions_and_nothing_else_does(tmp_path: Path) -> None:
    paths = [f"/nyheter/{name}/" for name in ("text", "title", "date", "chrome")]
    pages = {path: answer(article(f"Nyhet om {path.split('/')[2]}")) for path in paths}
    with RawServer(pages | {"/nyheter/": answer(listing(paths))}) as server:
        write_profile(tmp_path, server)
        crawl(tmp_path)
        server.pages |= {
            "/nyheter/text/": answer(article("Nyhet om text", more=ADDED)),
            "/nyheter/title/": answer(article("Nyhet om title").replace("<h1>Nyhet", "<h1>Nyheten")),
            "/nyheter/date/": answer(article("Nyhet om date", day="2024-03-02")),
            "/nyheter/chrome/": answer(redesigned("Nyhet om chrome", others=paths)),
        }
        crawl(tmp_path)
    changed = rows(
        tmp_path, "SELECT url, title_changed, body_changed, date_changed FROM changes ORDER BY title_after"
    )
    flags = {url.split("/")[-2]: tuple(rest) for url, *rest in changed}
    assert flags == {"text": (0, 1, 0), "title": (1, 0, 0), "date": (0, 0, 1)}
    told = run_archiver(tmp_path, "history", f"{server.url}/nyheter/title/", "--json")
    assert [row["changed"] for row in json.loads(told.stdout)] == ["first seen", "title"]

    bodies = rows(tmp_path, "SELECT id, length(body) FROM articles ORDER BY id")
    home = Home(tmp_path)
    with closing(open_database(home.database)) as db:
        SiteDerivation(home, db, home.site("s"), clean=without_the_last_paragraph).run()
    shorter = rows(tmp_path, "SELECT id, length(body) FROM articles ORDER BY id")
    assert all(after[1] < before[1] for before, after in zip(bodies, shorter, strict=True))
    assert len(rows(tmp_path, "SELECT * FROM changes")) == 3, "another extractor invents no version"
