"""A crawl of a site where almost everything goes wrong: whole articles are stored, or nothing."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest

from tests.servers.news import LAST, article, listing, write_profile
from tests.servers.raw import Answer, RawServer, answer, moved, once

pytestmark = pytest.mark.xdist_group("faults")  # one crawl for all

MEMORY_LIMIT = 150 * 1024  # kB
# A small process between: a child's memory begins with what its parent held when it was made.
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
GZIP = "Content-Encoding: gzip"
COPIES = (
    "?utm_source=nyhetsbrev&utm_medium=email", "?PHPSESSID=0f1e2d3c4b5a69788796a5b4c3", "?fbclid=IwAR1",
    "#kommentarer", ";jsessionid=7A3F00AA11", "?gclid=x#topp",
)  # fmt: skip


def gzipped(title: str) -> bytes:
    return gzip.compress(article(title).encode())


def cut(response: bytes) -> bytes:
    return response[: len(response) * 6 // 10]


WHOLE: dict[str, Answer] = {
    "plain": answer(article("plain")),
    "gzip": answer(gzipped("gzip"), GZIP),
    "brotli": answer(brotli.compress(article("brotli").encode()), "Content-Encoding: br"),
    "gzip-lie": answer(article("gzip-lie"), GZIP),
    "gzip-junk": answer(gzipped("gzip-junk") + b"JUNK" * 9, GZIP),
    "gzip-cut-once": once(
        answer(cut(gzipped("gzip-cut-once")), GZIP), answer(gzipped("gzip-cut-once"), GZIP)
    ),
    "cut-once": once(cut(answer(article("cut-once"))), answer(article("cut-once"))),
    "empty-once": once(b"", answer(article("empty-once"))),
    "empty-page-once": once(answer(""), answer(article("empty-page-once"))),
    "busy-once": once(
        answer("vänta", "Retry-After: 1", status="503 Service Unavailable"), answer(article("busy-once"))
    ),
    "two-types": answer(article("two-types"), "Content-Type: text/html; charset=utf-8"),
    "odd-headers": answer(article("odd-headers"), "X-Odd: \xff\xfe", "no colon here", "X-Fold: a\r\n b"),
    "http10": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + article("http10").encode(),
    "utf16": answer(b"\xff\xfe" + article("utf16").encode("utf-16-le")),
    "control": answer(article("control").encode().replace(b"</p>", b"</p>\0\x0b\x01")),
    "copies": answer(article("copies")),
}  # fmt: skip
NOTHING: dict[str, Answer] = {
    "gzip-cut": answer(cut(gzipped("gzip-cut")), GZIP),
    "cut": cut(answer(article("cut"))),
    "bomb": answer(gzip.compress(b"<html><body><p>" + b"A" * 100_000_000), GZIP),
    "half": answer(article("half", more="<nav><a rel='next' href='/nyheter/half/2/'>2</a></nav>")),
    "never": answer("sedan", "Retry-After: 86400", status="500 Internal Server Error"),
    "to-nowhere": moved("http://["),
    "to-file": moved("file:///etc/passwd"),
    "to-endless": moved("/nyheter/" + "x" * 10_000 + "/"),
    "to-itself": moved("/nyheter/to-itself/"),
    "round": moved("/nyheter/round/?utm_source=round"),
}
ODD_LINKS = (
    "file:///etc/passwd", "ftp://127.0.0.1/nyheter/x/", "data:text/html,<p>x</p>", "javascript:void(0)",
    "mailto:a@example.se", "http://[", "http://127.0.0.1:99999/nyheter/x/", "/nyheter/" + "y" * 100_000 + "/",
    "/nyheter/på-svenska/", "/nyheter/p%C3%A5-svenska/",
)  # fmt: skip


@dataclass(frozen=True)
class Crawled:
    """A finished crawl: its archive, both servers, exit code, words, kB of memory, seconds."""

    home: Path
    server: RawServer
    elsewhere: RawServer
    code: int
    words: str
    memory: int
    seconds: float

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "archiver.db") as db:
            return db.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home = tmp_path_factory.mktemp("faults")
    with RawServer() as server, RawServer(host="127.0.0.2") as elsewhere:
        for name, given in (WHOLE | NOTHING).items():
            server.pages[f"/nyheter/{name}/"] = given
        server.pages["/nyheter/half/2/"] = cut(answer(article("half 2")))
        server.pages["/nyheter/round/?utm_source=round"] = moved("/nyheter/round/")
        server.pages["/nyheter/p%C3%A5-svenska/"] = answer(article("på svenska"))
        server.pages["/nyheter/away/"] = moved(f"{elsewhere.url}/nyheter/private/")
        hrefs = [f"/nyheter/{name}/" for name in (*WHOLE, *NOTHING, "away")]
        hrefs += [f"/nyheter/copies/{copy}" for copy in COPIES]
        hrefs += [f"{elsewhere.url}/nyheter/private/", *ODD_LINKS]
        server.pages["/nyheter/"] = answer(listing(hrefs))
        server.pages["/robots.txt"] = answer("", kind="text/plain")
        write_profile(home, server)
        yield crawl(home, server, elsewhere)


def crawl(home: Path, server: RawServer, elsewhere: RawServer) -> Crawled:
    """Crawl in a process of its own, and measure what it takes."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "archiver", "--data-dir", str(home), "crawl",
         "--delay", "0"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    memory = int(done.stdout.split()[-1])
    return Crawled(home, server, elsewhere, done.returncode, done.stderr, memory, time.monotonic() - began)


@pytest.mark.parametrize("name", WHOLE)
def test_what_can_be_had_is_stored_whole(crawled: Crawled, name: str) -> None:
    (row,) = crawled.rows("SELECT title, body FROM articles WHERE url LIKE ?", f"%/nyheter/{name}/")
    assert row[0] == name
    assert str(row[1]).startswith(name)
    assert LAST.format(title=name) in str(row[1])


@pytest.mark.parametrize("name", NOTHING)
def test_a_part_of_a_page_is_never_an_article(crawled: Crawled, name: str) -> None:
    assert crawled.rows("SELECT url FROM articles WHERE url LIKE ?", f"%/nyheter/{name}/%") == []


def test_every_reason_is_said(crawled: Crawled) -> None:
    said = {
        str(url).split("/")[-2]: (state, reason)
        for url, state, reason in crawled.rows("SELECT url, state, reason FROM frontier")
    }
    assert said["gzip-cut"] == ("given up", "incomplete: gzip ends early")
    assert said["cut"] == ("given up", "connection: the answer was cut off")
    assert said["bomb"] == ("given up", "incomplete: gzip is too large")
    assert said["to-nowhere"] == ("given up", "redirects to no web address")
    assert said["to-file"] == ("given up", "redirects to no web address")
    assert said["to-endless"] == ("given up", "redirects to no web address")
    away = f"{crawled.elsewhere.host}:{crawled.elsewhere.port}"
    assert said["away"] == ("given up", f"redirects off the site, to {away}")
    half = crawled.rows("SELECT reason FROM captures WHERE url LIKE '%/nyheter/half/'")
    assert half == [("incomplete: a further page could not be fetched",)]
    assert crawled.rows("SELECT count(*) FROM frontier WHERE state IN ('pending', 'leased')") == [(0,)]


def test_an_article_is_asked_for_once_whatever_hangs_on_its_address(crawled: Crawled) -> None:
    asked = [seen.target for seen in crawled.server.log if "copies" in seen.target]
    assert asked == ["/nyheter/copies/"]
    assert crawled.server.times("/nyheter/p%C3%A5-svenska/") == 1
    assert crawled.server.times("/nyheter/plain/") == 1
    assert crawled.server.times("/robots.txt") == 1


def test_no_connection_is_made_to_where_the_profile_does_not_start(crawled: Crawled) -> None:
    assert crawled.elsewhere.log == []
    asked = " ".join(seen.target for seen in crawled.server.log)
    assert "passwd" not in asked
    assert "xxxx" not in asked
    assert "yyyy" not in asked


def test_it_ends_soon_in_little_memory_with_one_line_of_each_site(crawled: Crawled) -> None:
    assert crawled.code == 3
    assert "failed for now" in crawled.words
    assert "Traceback" not in crawled.words
    assert crawled.memory < MEMORY_LIMIT
    assert crawled.seconds < 40


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(crawled: Crawled) -> None:
    first, second = [s.at for s in crawled.server.log if s.target == "/nyheter/busy-once/"]
    between = [s.at for s in crawled.server.log if first < s.at < second]
    assert second - first >= 1
    assert not [at for at in between if at < first + 1], "the whole site waits"
    assert crawled.server.times("/nyheter/never/") == 1, "a day is more patience than a crawl has"
