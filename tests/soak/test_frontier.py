"""A million addresses wait: memory stays flat, and a crawl that goes on asks for its first page at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.memory import Ended, measured
from tests.servers.news import article, write_profile
from tests.servers.raw import RawServer, answer

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

SITEMAPS, ENTRIES = 20, 50_000  # as many as a sitemap may name
LIMIT = 150 * 1024  # kB
FIRST, SECOND = 60, 30  # pages that each crawl asks for
PATIENCE = 10.0  # seconds from the start of a command to its first request


class ManyPages(dict[str, bytes]):
    """Every page below ``/nyheter/`` is an article."""

    def get(self, target: str, default: bytes = b"") -> bytes:  # type: ignore[override]
        if target in self or not target.startswith("/nyheter/"):
            return super().get(target, default)
        return answer(article(target.strip("/").rpartition("/")[2]))


def entries(base: str, number: int) -> Iterator[str]:
    for n in range(number * ENTRIES, (number + 1) * ENTRIES):
        path = f"kommunen-far-stod-for-att-utveckla-verksamheten-{n:07}"
        yield f"<url><loc>{base}/nyheter/{path}/</loc><lastmod>2021-03-{n % 28 + 1:02}</lastmod></url>"


def serve(server: RawServer) -> None:
    server.pages = ManyPages()
    namespace = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    names = "".join(f"<sitemap><loc>{server.url}/map-{n}.xml</loc></sitemap>" for n in range(SITEMAPS))
    index = f"<?xml version='1.0'?><sitemapindex {namespace}>{names}</sitemapindex>"
    server.pages["/sitemap.xml"] = answer(index, kind="text/xml")
    for n in range(SITEMAPS):
        body = f"<?xml version='1.0'?><urlset {namespace}>{''.join(entries(server.url, n))}</urlset>"
        server.pages[f"/map-{n}.xml"] = answer(body, kind="text/xml")


def crawl(home: Path, server: RawServer, pages: int) -> tuple[Ended, float]:
    """How a crawl ended, and the seconds from its start to its first request."""
    begun, before = time.monotonic(), len(server.log)
    ended = measured(home, "-v", "crawl", "--delay", "0", "--limit", str(pages))
    return ended, server.log[before].at - begun


def waiting(home: Path) -> dict[str, int]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return dict(db.execute("SELECT state, count(*) FROM frontier GROUP BY state"))


def test_a_million_addresses(tmp_path: Path) -> None:
    with RawServer() as server:
        serve(server)
        more = f"[[listings]]\nkind = 'sitemap'\nurl = '{server.url}/sitemap.xml'\n[crawl]\nmedia = 'none'\n"
        write_profile(tmp_path, server, more=more)
        began = time.monotonic()
        first, _ = crawl(tmp_path, server, SITEMAPS + 2 + FIRST)
        took = time.monotonic() - began
        known = waiting(tmp_path)
        second, waited = crawl(tmp_path, server, SECOND)
        third, again = crawl(tmp_path, server, SECOND)
        asked = [seen.target for seen in server.log if seen.target.startswith("/nyheter/kommunen")]
    print(
        f"\n{sum(known.values())} addresses in {took:.0f} s; at most {first.most // 1024} MB,"
        f" going on {second.most // 1024} and {third.most // 1024} MB;"
        f" first request after {waited:.1f} and {again:.1f} s"
    )
    assert sum(known.values()) == SITEMAPS * ENTRIES + SITEMAPS + 2
    assert waiting(tmp_path)["pending"] == known["pending"] - 2 * SECOND
    assert len(set(asked)) == len(asked) == FIRST + 2 * SECOND
    assert max(first.most, second.most, third.most) < LIMIT
    assert max(waited, again) < PATIENCE
