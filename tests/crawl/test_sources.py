"""Feeds, sitemaps and listings of a site against one another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archiver.home import Home
from archiver.store.database import open_database
from archiver.store.sources import gaps
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

DAYS = {
    "ett": "2024-03-01",
    "tva": "2024-03-02",
    "tre": "2024-03-03",
    "fyra": "2020-01-01",
    "fem": "2024-03-05",
}
SOURCES = {"listing": ["ett", "tva"], "sitemap": ["ett", "tre", "fyra"], "feed": ["ett", "tva"]}


def findings(home: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        rows = db.execute(
            "SELECT severity, message, url FROM findings WHERE code = 'sources' ORDER BY message"
        )
        return rows.fetchall()


def test_what_one_source_names_and_another_lacks_is_a_finding(tmp_path: Path) -> None:
    with RawServer({f"/nyheter/{n}/": answer(article(n, day=day)) for n, day in DAYS.items()}) as server:
        url = f"{server.url}/nyheter/"
        server.pages["/nyheter/ett/"] = answer(article("ett", more="<p><a href='/nyheter/fem/'>Fem</a></p>"))
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in SOURCES["listing"]))
        places = "".join(f"<url><loc>{url}{n}/</loc></url>" for n in SOURCES["sitemap"])
        server.pages["/sitemap.xml"] = answer(f"<urlset>{places}</urlset>", kind="text/xml")
        items = "".join(f"<item><title>x</title><link>{url}{n}/</link></item>" for n in SOURCES["feed"])
        server.pages["/rss"] = answer(f"<rss version='2.0'><channel>{items}</channel></rss>", kind="text/xml")
        places = [("feed", "rss"), ("sitemap", "sitemap.xml")]
        more = "".join(f"[[listings]]\nkind = '{k}'\nurl = '{server.url}/{p}'\n" for k, p in places)
        write_profile(tmp_path, server, more=more)
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert "5 in all" in done.stderr
    assert findings(tmp_path) == [
        ("note", f"no source names 1 of 5 articles, only other pages do: {url}fem/", f"{url}fem/"),
        ("note", f"the feed names 1 of 5 articles that no sitemap does: {url}tva/", f"{url}tva/"),
        ("note", f"the listing names 1 of 5 articles that no sitemap does: {url}tva/", f"{url}tva/"),
        ("note", f"the sitemap names 1 of 5 articles of its time that no feed does: {url}tre/", f"{url}tre/"),
        (
            "note",
            f"the sitemap names 2 of 5 articles that no listing does: {url}tre/, {url}fyra/",
            f"{url}tre/",
        ),
    ]
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        before = db.execute("SELECT * FROM findings ORDER BY message").fetchall()
    assert run_archiver(tmp_path, "rebuild").returncode == 0
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        assert db.execute("SELECT * FROM findings ORDER BY message").fetchall() == before


def test_the_sources_of_a_healthy_site_agree(demo_home: Home) -> None:
    with closing(open_database(demo_home.database)) as db:
        found, articles = gaps(db, "demo")
    assert articles
    assert [gap.message(articles) for gap in found if gap.source is None] == []
