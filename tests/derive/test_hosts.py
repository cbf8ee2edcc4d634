"""A site that moves to another host, with a redesign or without, keeps its articles and their ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, listing, redesigned
from tests.servers.raw import RawServer, answer, moved

TITLES = {"ett": "Nytt kontor i Umeå", "tva": "Rapport om digitalisering", "tre": "Seminarium i maj"}


@pytest.fixture
def old() -> Iterator[RawServer]:
    pages = {f"/nyheter/{name}/": answer(article(title)) for name, title in TITLES.items()}
    with RawServer(pages | {"/nyheter/": answer(listing(pages))}) as server:
        yield server


def profile(home: Path, start: RawServer, *hosts: str) -> None:
    path = home / "sites" / "s.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'start_urls = ["{start.url}/nyheter/"]\n[articles]\ninclude = ["/nyheter/*/", "/nytt/*/"]\n'
        + "".join(f"[[hosts]]\n{host}\n" for host in hosts)
    )


def crawl(home: Path, *, told: str | None = None) -> list[tuple[object, ...]]:
    """Crawls; the id, title and number of versions of each article. The site needs a person who is ``told``."""
    done = run_archiver(home, "crawl", "--full", "--delay", "0")
    assert done.returncode == (3 if told else 0), done.stderr
    assert told is None or told in done.stderr
    return rows(home, "SELECT id, title, versions FROM articles ORDER BY title")


def host(server: RawServer, *, since: date | None = None, until: date | None = None) -> str:
    days = [f"from = {since}"] * bool(since) + [f"to = {until}"] * bool(until)
    return "\n".join((f'host = "{server.host}:{server.port}"', *days))


@pytest.mark.parametrize("folder", ["nyheter", "nytt"])
def test_a_site_that_went_to_another_host_keeps_its_articles(
    tmp_path: Path, old: RawServer, folder: str
) -> None:
    """The old host answers no more; the new one has other elements, and one text with an edit."""
    profile(tmp_path, old)
    before = crawl(tmp_path)
    today = datetime.now(UTC).date()
    pages = {f"/{folder}/{name}/": answer(redesigned(title)) for name, title in TITLES.items()}
    pages[f"/{folder}/tva/"] = answer(
        redesigned(
            TITLES["tva"],
            more="<p>Regionen har lämnat ett tillägg om kostnaderna för de nya lokalerna och tiden fram till maj.</p>",
        )
    )
    with RawServer(pages | {"/nyheter/": answer(listing(pages))}, host="127.0.0.2") as new:
        profile(tmp_path, new, host(old, until=today - timedelta(days=1)), host(new, since=today))
        asked = len(old.log)
        after = crawl(tmp_path)
        assert len(old.log) == asked
        assert [row[:2] for row in after] == [row[:2] for row in before]
        assert [row[2] for row in after] == [1, 2, 1]
        aliases = rows(tmp_path, "SELECT url FROM article_aliases WHERE url LIKE '%/ett/' ORDER BY url")
        assert aliases == [(f"{old.url}/nyheter/ett/",), (f"{new.url}/{folder}/ett/",)]
        urls = rows(tmp_path, "SELECT DISTINCT substr(url, 1, ?) FROM articles", len(new.url))
        assert urls == [(new.url,)]
    assert run_archiver(tmp_path, "verify", "--derive").returncode == 0


def test_a_site_that_merged_into_another_says_where_its_articles_are(tmp_path: Path, old: RawServer) -> None:
    profile(tmp_path, old)
    before = crawl(tmp_path)
    with RawServer({}, host="127.0.0.2") as new:
        for name in TITLES:
            to = moved(f"{new.url}/om/{name}/").replace(b"302 Found", b"308 Permanent Redirect")
            old.pages[f"/nyheter/{name}/"] = to
        old.pages["/nyheter/"] = answer(listing(f"/nyheter/{name}/" for name in TITLES))
        told = f"redirects off the site, to {new.host}:{new.port}"
        assert crawl(tmp_path, told=told) == before
        assert new.log == []
    states = rows(tmp_path, "SELECT state, reason FROM gone ORDER BY reason")
    assert states == [
        ("moved", f"to {new.url}/om/{name}/, which is no address of the site") for name in sorted(TITLES)
    ]
