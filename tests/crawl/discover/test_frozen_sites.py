"""Discovery on snapshots of sites by real generators: every article named, patterns that hold."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections import deque
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import pytest

from archiver.crawl.discover import discover
from archiver.crawl.discover.archives import looks_like_listing
from archiver.crawl.discover.feeds import read_feed
from archiver.crawl.discover.hyperlinks import read_page
from archiver.crawl.discover.pagination import further_pages
from archiver.crawl.discover.sitemaps import read_sitemap

from .conftest import fetch

YEAR = 2026


async def get(url: str):
    return await asyncio.to_thread(fetch, url)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def key(url: str) -> str:
    return unquote(urlsplit(url).path)


def named_by(kind: str, url: str) -> set[str]:
    """What a listing and all that continues it names."""
    found: set[str] = set()
    due, seen = deque([url]), {url}
    while due:
        answer = fetch(due.popleft())
        if answer is None or answer.status != 200:
            continue
        more: list[str] = []
        if kind == "feed":
            feed = read_feed(answer.body, url=answer.url, content_type=answer.content_type)
            found |= {key(m.url) for m in feed.entries} if feed else set()
        elif kind == "sitemap":
            sitemap = read_sitemap(answer.body, url=answer.url)
            found |= {key(m.url) for m in sitemap.entries} if sitemap else set()
            more = list(sitemap.children) if sitemap else []
        else:
            page = read_page(answer.body, url=answer.url, content_type=answer.content_type)
            found |= {key(m.url) for m in looks_like_listing(page, year=YEAR).entries}
            more = further_pages(page.links, page.url, year=YEAR)
        due += [address for address in dict.fromkeys(more) if address not in seen]
        seen |= set(more)
    return found


@pytest.mark.parametrize("site", ["wp17", "hugo_papermod", "nikola", "pelican_simple", "puput"])
def test_every_article_is_named_and_matched(shared, site: str) -> None:
    sites = shared / "sites"
    command = [sys.executable, str(sites / "serve_frozen.py"), str(sites / f"{site}.tar.xz")]
    command += ["--port", str(free_port())]
    truth = sites / "truth" / site
    articles = {json.loads(line)["url"] for line in (truth / "truth.jsonl").read_text("utf-8").splitlines()}
    others = (truth / "nonarticles.txt").read_text("utf-8").split()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            start = process.stdout.readline().split()[-1]
            found = asyncio.run(discover(start, fetch=get, now=datetime(YEAR, 11, 23, tzinfo=UTC)))
            named = {listing.url: named_by(listing.kind, listing.url) for listing in found.site.listings}
        finally:
            process.terminate()
    paths = {key(url) for url in articles}
    assert paths <= set().union(*named.values())
    assert any(paths <= named[listing.url] for listing in found.site.listings if listing.kind == "html")
    assert all(found.site.is_article_address(url) for url in articles)
    assert sum(found.site.is_article_address(url) is True for url in others) <= len(others) * 0.05
    assert found.visits <= 25
