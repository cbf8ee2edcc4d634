"""Dates that no page states, and only a source does: they reach the article, with the capture that says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_archiver
from tests.servers.news import article, page, write_profile
from tests.servers.raw import RawServer, answer

NAMES = ["ett", "tva", "tre", "fyra"]


def undated(name: str) -> bytes:
    """The page of an article that states no date."""
    return answer(article(name, day="").replace("<time datetime=''></time>", ""))


def exported(home: Path) -> dict[str, dict[str, Any]]:
    """The articles by the last part of their address."""
    lines = run_archiver(home, "export", "--format", "jsonl", "-o", "-").stdout.splitlines()
    return {row["url"].rstrip("/").rpartition("/")[2]: row for row in map(json.loads, lines)}


def crawled(home: Path) -> None:
    done = run_archiver(home, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr


def source_of(home: Path, row: dict[str, Any]) -> str:
    """The address of the last of an article's captures."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        found = db.execute("SELECT url FROM captures WHERE warc_record_id = ?", (row["captures"][-1],))
        return str(found.fetchone()[0])


@pytest.fixture
def server() -> Iterator[RawServer]:
    """A site whose listing dates two articles, and whose pages date none."""
    with RawServer({f"/nyheter/{n}/": undated(n) for n in NAMES}) as server:
        rows = [
            "<li><a href='/nyheter/ett/'>Den första nyheten</a> <span>Publicerad 4 mars 2022</span></li>",
            "<li><h3><a href='/nyheter/tva/'>Den andra nyheten</a></h3><time datetime='2023-05-06'>i maj</time></li>",
            "<li><a href='/nyheter/tre/'>Den tredje nyheten</a></li>",
            "<li><a href='/nyheter/fyra/'>Den fjärde nyheten</a></li>",
        ]
        server.pages["/nyheter/"] = answer(page("Nyheter", f"<h1>Nyheter</h1><ul>{''.join(rows)}</ul>"))
        yield server


def test_a_date_that_only_the_listing_or_the_list_of_posts_states(tmp_path: Path, server: RawServer) -> None:
    posts = "/wp-json/wp/v2/posts?per_page=100"
    write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}{posts}'\n")
    server.pages[posts] = answer(
        json.dumps([{"link": f"{server.url}/nyheter/tre/", "date": "2021-02-03T10:00:00", "title": "x"}]),
        kind="application/json",
    )
    crawled(tmp_path)
    rows = exported(tmp_path)
    assert {name: row["date_published"] for name, row in rows.items()} == {
        "ett": "2022-03-04", "tva": "2023-05-06", "tre": "2021-02-03T10:00:00+01:00", "fyra": None
    }  # fmt: skip
    told = {name: row["evidence"].get("date_published") for name, row in rows.items()}
    assert told["ett"] == {
        "method": "listing", "where": f"{server.url}/nyheter/", "raw": "Publicerad 4 mars 2022"
    }  # fmt: skip
    assert told["tre"]["method"] == "feed"
    assert source_of(tmp_path, rows["ett"]) == f"{server.url}/nyheter/"
    assert source_of(tmp_path, rows["tre"]) == server.url + posts
    assert source_of(tmp_path, rows["fyra"]) == f"{server.url}/nyheter/fyra/"


def test_a_date_that_a_later_night_brings_reaches_the_article(tmp_path: Path, server: RawServer) -> None:
    write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n")
    feed = (
        "<rss version='2.0'><channel><title>x</title><item><title>x</title><link>{url}</link>"
        "<pubDate>Mon, 04 Mar 2024 10:00:00 +0100</pubDate></item></channel></rss>"
    )
    server.pages["/rss"] = answer(feed.format(url=f"{server.url}/nyheter/ett/"))
    crawled(tmp_path)
    assert exported(tmp_path)["fyra"]["date_published"] is None
    server.pages["/rss"] = answer(feed.format(url=f"{server.url}/nyheter/fyra/"))
    crawled(tmp_path)
    assert exported(tmp_path)["fyra"]["date_published"] == "2024-03-04T10:00:00+01:00"
    assert server.times("/nyheter/fyra/") == 1
    checked = run_archiver(tmp_path, "verify", "--derive")
    assert checked.returncode == 0, checked.stdout
