"""What pages ask of machines: kept with the capture, heeded where it says noarchive, and never a stop."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.crawl.skipping import SKIPPED
from archiver.replay.access import read_access_rules
from archiver.warc.surt import urlkey
from archiver.wishes import header_wishes, meta_wishes, tdm_of
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("noarchive", {"noarchive"}),
        ("NoIndex , noarchive,max-snippet: 20", {"noindex", "noarchive"}),
        ("googlebot: noarchive, noindex", set()),
        ("nyhetsarkiv: noarchive\ngooglebot: noindex", {"noarchive"}),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", {"noarchive"}),
        ("", set()),
        ("archive it all", set()),
    ],
)
def test_what_a_header_asks(tag: str, found: set[str]) -> None:
    assert header_wishes(tag, None) == found


def test_what_metas_ask() -> None:
    metas = [
        ("robots", "max-image-preview:large, noarchive"),
        ("googlebot", "noindex"),
        ("tdm-reservation", "1"),
    ]
    assert meta_wishes([*metas, ("tdm-policy", "https://example.se/tdm.json"), ("tdm-reservation", "x")]) == {
        "noarchive", "tdm-reservation=1", "tdm-policy=https://example.se/tdm.json"
    }  # fmt: skip
    assert tdm_of(reservation="yes", policy="javascript:1") is None
    assert header_wishes(None, tdm_of(reservation=" 0 ")) == {"tdm-reservation=0"}


META = "<meta name='robots' content='{}'>"


def with_meta(name: str, content: str, *, more: str = "") -> str:
    return article(name, more=more).replace("<head>", "<head>" + META.format(content))


@pytest.fixture
def server() -> RawServer:
    """A site with an article that asks nothing, one that asks by header, one by meta, and one behind noindex."""
    server = RawServer()
    server.pages["/nyheter/"] = answer(
        listing(f"/nyheter/{n}/" for n in ("fri", "huvud", "meta", "index")),
        "X-Robots-Tag: noindex, nofollow",
    )
    server.pages["/nyheter/fri/"] = answer(
        article("fri"), "tdm-reservation: 1", "tdm-policy: https://example.se/p"
    )
    server.pages["/nyheter/huvud/"] = answer(article("huvud"), "X-Robots-Tag: noarchive")
    server.pages["/nyheter/meta/"] = answer(with_meta("meta", "noarchive"))
    behind = "<p><a href='/nyheter/bakom/'>Bakom</a></p>"
    server.pages["/nyheter/index/"] = answer(with_meta("index", "noindex, nofollow", more=behind))
    server.pages["/nyheter/bakom/"] = answer(article("bakom"))
    return server


def titles(home: Path) -> list[str]:
    lines = run_archiver(home, "export", "--format", "jsonl", "-o", "-").stdout.splitlines()
    return sorted(json.loads(line)["title"] for line in lines)


def captures(home: Path) -> dict[str, tuple[str, str | None]]:
    """Kind and wishes of the newest capture of each page, by the last part of its address."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        rows = db.execute(
            "SELECT url, kind, asks FROM captures WHERE url LIKE '%/nyheter/%' ORDER BY warc_date"
        )
        return {url.rstrip("/").rpartition("/")[2]: (kind, asks) for url, kind, asks in rows}


def times_captured(home: Path, name: str) -> int:
    """How many captures of a page are stored, by the last part of its address."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        [row] = db.execute("SELECT count(*) FROM captures WHERE url LIKE ?", (f"%/nyheter/{name}/",))
        return int(row[0])


def crawl(home: Path) -> None:
    done = run_archiver(home, "crawl", "--delay", "0", "--full")
    assert done.returncode == 0, done.stderr


def is_shown(home: Path, url: str) -> bool:
    """True where replay, TimeMaps and WACZ show the captures of an address."""
    return read_access_rules(home / "collections" / "s").of(urlkey(url)) != "exclude"


def test_noarchive_is_kept_and_shown_nowhere_and_noindex_stops_nothing(
    tmp_path: Path, server: RawServer
) -> None:
    with server:
        write_profile(tmp_path, server)
        crawl(tmp_path)
        assert titles(tmp_path) == ["bakom", "fri", "index"]
        found = captures(tmp_path)
        assert found["huvud"] == found["meta"] == ("noarchive", "noarchive")
        assert found["fri"] == ("article", "tdm-policy=https://example.se/p tdm-reservation=1")
        assert found["index"] == ("article", "nofollow noindex")
        assert found["nyheter"][1] == "nofollow noindex"
        assert is_shown(tmp_path, f"{server.url}/nyheter/fri/")
        assert not is_shown(tmp_path, f"{server.url}/nyheter/huvud/")
        assert not is_shown(tmp_path, f"{server.url}/nyheter/meta/")
        assert run_archiver(tmp_path, "search", "huvud").stdout.strip().count("\n") == 0
        # What asks for it later is hidden with all that it was, and shown again when it asks no more.
        server.pages["/nyheter/fri/"] = answer(article("fri"), "X-Robots-Tag: noarchive")
        server.pages["/nyheter/meta/"] = answer(article("meta"))
        crawl(tmp_path)
        assert titles(tmp_path) == ["bakom", "index", "meta"]
        assert not is_shown(tmp_path, f"{server.url}/nyheter/fri/")
        assert is_shown(tmp_path, f"{server.url}/nyheter/meta/")
        before = captures(tmp_path)
        assert run_archiver(tmp_path, "rebuild").returncode == 0
        assert (captures(tmp_path), titles(tmp_path)) == (before, ["bakom", "index", "meta"])
        checked = run_archiver(tmp_path, "verify", "--derive")
        assert checked.returncode == 0, checked.stdout
        # A profile may ignore it: what is stored is shown then.
        write_profile(tmp_path, server, more="[crawl]\nnoarchive = 'ignore'\n")
        assert run_archiver(tmp_path, "derive").returncode == 0
        assert titles(tmp_path) == ["bakom", "fri", "huvud", "index", "meta"]
        assert is_shown(tmp_path, f"{server.url}/nyheter/huvud/")


def test_a_profile_that_skips_them_has_nothing_stored(tmp_path: Path, server: RawServer) -> None:
    with server:
        write_profile(tmp_path, server, more="[crawl]\nnoarchive = 'skip'\n")
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
    assert titles(tmp_path) == ["bakom", "fri", "index"]
    assert not {"huvud", "meta"} & set(captures(tmp_path))
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        left = db.execute("SELECT state, reason, due FROM frontier WHERE url LIKE '%/huvud/'").fetchall()
    assert left == [("given up", SKIPPED, None)]


def test_what_was_captured_before_a_page_asked_is_hidden_where_such_pages_are_skipped(tmp_path: Path) -> None:
    names = ("a", "b")
    with RawServer({f"/nyheter/{name}/": answer(article(name)) for name in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{name}/" for name in names))
        write_profile(tmp_path, server, more="[crawl]\nnoarchive = 'skip'\n")
        assert run_archiver(tmp_path, "crawl", "--delay", "0").returncode == 0
        assert titles(tmp_path) == ["a", "b"]
        server.pages["/nyheter/a/"] = answer(article("a"), "X-Robots-Tag: noarchive")
        assert run_archiver(tmp_path, "crawl", "--delay", "0", days=1).returncode == 0
        assert times_captured(tmp_path, "a") == 2, "what asks is stored"
        server.pages["/nyheter/a/"] = answer(article("a", more="<p>Ny.</p>"), "X-Robots-Tag: noarchive")
        assert run_archiver(tmp_path, "crawl", "--full", "--delay", "0", days=2).returncode == 0
    assert titles(tmp_path) == ["b"]
    assert not is_shown(tmp_path, f"{server.url}/nyheter/a/")
    assert times_captured(tmp_path, "a") == 2, "one answer that asks is enough"
