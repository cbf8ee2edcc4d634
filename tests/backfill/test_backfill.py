"""What a web archive has of a site becomes captures and articles, with their own dates and source."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archiver.home import Home
from archiver.warc.exchange import parse_response
from archiver.warc.reader import iter_records
from archiver.warc.record import Record, parse_warc_fields
from tests.backfill.web_archive import (
    CDX,
    TEXT,
    Kept,
    article,
    as_json,
    as_text,
    query,
    some,
    time_map,
    web_archive,
)
from tests.imports.archive import BASE, check_rebuild, findings, new_home, run, select
from tests.imports.foreign import HOST
from tests.servers.raw import RawServer, answer

Lists = Callable[[list[Kept]], tuple[str, bytes]]


def backfill(home: Home, server: RawServer, *words: str, path: str = CDX) -> int:
    return run(home, "backfill", "n", "--from", server.url + path, "--delay", "0", *words)


def records(home: Home) -> list[Record]:
    """The records of the site's second collection."""
    paths = sorted((home.backfill("n") / "archive").glob("*.warc.gz"))
    return [record for path in paths for record in iter_records(path)]


def captures(home: Home) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(home.database)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM captures ORDER BY url, warc_date")]


def asked(server: RawServer) -> list[str]:
    """The mementos that were asked for."""
    return [one.target for one in server.log if one.target.startswith("/web/")]


def test_articles_come_with_their_dates_and_source(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some()
    with web_archive(kept) as server:
        assert backfill(home, server) == 0
        assert sorted(asked(server)) == sorted(one.path for one in kept)
        assert {
            (row["url"], row["timestamp"], row["source"], row["source_uri"]) for row in captures(home)
        } == {(one.url, one.stamp, "backfill", server.url + one.path) for one in kept}
    assert set(select(home, "SELECT observed FROM articles")) == {"retrospective"}
    assert set(select(home, "SELECT first_seen FROM articles")) == {"2026-01-02T03:04:05.000000Z"}
    assert select(home, "SELECT count(date_published) > 2 FROM articles") == [1]
    assert select(home, "SELECT state || ': ' || reason FROM coverage") == [
        "not run: backfill: the site was not asked"
    ]
    assert findings(home) == []
    check_rebuild(home)
    assert findings(home) == []


def test_the_exchange_is_kept_as_it_was(tmp_path: Path) -> None:
    home, [kept] = new_home(tmp_path / "data"), [article("Ny rapport", "20150102030405")]
    with web_archive([kept]) as server:
        assert backfill(home, server) == 0
        there = server.url + kept.path
    held = records(home)
    exchange = next(r for r in held if r.type == "response" and r.get("WARC-Target-URI") == there)
    assert bytes(exchange.block) == kept.answer()
    request = next(r for r in held if r.get("WARC-Concurrent-To") == exchange.id)
    assert bytes(request.block).startswith(f"GET {kept.path} HTTP/1.1\r\n".encode())
    derived = next(r for r in held if r.get("WARC-Target-URI") == kept.url and r.type == "response")
    assert derived.get("WARC-Date") == "2015-01-02T03:04:05.000000Z"
    assert derived.get("WARC-Source-URI") == there
    assert derived.get("WARC-Creation-Date") == exchange.get("WARC-Date")
    beside = next(r for r in held if r.get("WARC-Refers-To") == derived.id)
    said = dict(parse_warc_fields(beside.block))
    assert (said["derived-from"], said["digest"]) == (exchange.id, "agrees")
    assert said["digest-stated"] == kept.row()[5]
    targets = {r.get("WARC-Target-URI") for r in held if r.type == "response"}
    assert {server.url + "/robots.txt", server.url + query()} <= targets


def test_what_the_site_said_comes_back(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    kept = article("Ny rapport", "20150102030405")
    plain = kept.body
    coded = gzip.compress(plain)
    headers = (
        "etag: W/1",
        "content-length: 99",
        "transfer-encoding: chunked",
        "last-modified: Fri, 2 Jan 2015",
    )
    one = Kept(url=kept.url, stamp=kept.stamp, body=coded, headers=headers)
    moved = Kept(
        url=f"{BASE}/gammal/", stamp=kept.stamp, status="301 Moved", headers=(f"location: {kept.url}",)
    )
    with web_archive([one, moved]) as server:
        server.pages[one.path] = one.answer("Content-Encoding: gzip", "Date: Mon, 1 Jan 2024 00:00:00 GMT")
        server.pages[moved.path] = moved.answer(f"Location: /web/{kept.stamp}id_/{kept.url}")
        assert backfill(home, server) == 0
    messages = {
        r.get("WARC-Target-URI"): parse_response(bytes(r.block))
        for r in records(home)
        if r.get("WARC-Source-URI")
    }
    page, redirect = messages[one.url], messages[moved.url]
    assert b"".join(page.payload()) == coded
    assert {name.lower(): value for name, value in page.headers} == {
        b"server": b"Apache",
        b"etag": b"W/1",
        b"content-length": str(len(coded)).encode(),
        b"last-modified": b"Fri, 2 Jan 2015",
        b"content-type": b"text/html",
        b"content-encoding": b"gzip",
    }
    assert (redirect.status, redirect.header("location")) == (301, kept.url)
    assert select(home, "SELECT title FROM articles") == ["Ny rapport"]
    assert findings(home) == []


@pytest.mark.parametrize(
    "given", ["rows", "one line", "lines", "eleven columns", "json lines", "cdxj", "timemap", "host timemap"]
)
def test_each_kind_of_list_is_recognised_by_its_answer(tmp_path: Path, given: str) -> None:
    home, kept = new_home(tmp_path / "data"), some()
    rows = [
        dict(zip(("urlkey", "timestamp", "url", "mime", "status", "digest"), k.row(), strict=False))
        for k in kept
    ]
    text = {
        "rows": None,
        "one line": json.dumps([["urlkey", "timestamp", "original"], *(k.row()[:3] for k in kept)]).encode(),
        "lines": as_text(kept),
        "eleven columns": b" CDX N b a m s k r M S V g\n"
        + b"".join(" ".join([*k.row()[:6], "-", "-", "9", "0", "a.warc.gz"]).encode() + b"\n" for k in kept),
        "json lines": b"".join(json.dumps(row).encode() + b"\n" for row in rows),
        "cdxj": b"".join(f"{row['urlkey']} {row['timestamp']} {json.dumps(row)}\n".encode() for row in rows),
        "timemap": time_map(kept, BASE + "/"),
        "host timemap": time_map(kept, BASE + "/"),
    }[given]
    with web_archive(kept, given=text) as server:
        path = CDX
        if given == "host timemap":
            path = f"/timemap/link/{BASE}/"
            server.pages[path] = server.pages.pop(query())
        assert backfill(home, server, path=path) == 0
        assert sorted(asked(server)) == sorted(one.path for one in kept)
    assert len(captures(home)) == len(kept)
    assert findings(home) == []


def test_a_second_run_fetches_none(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some()
    with web_archive(kept) as server:
        assert backfill(home, server, "--limit", "2") == 0
        assert len(asked(server)) == 2
        assert backfill(home, server) == 0
        assert sorted(asked(server)) == sorted(one.path for one in kept)
        before = sorted(path.name for path in home.root.rglob("*.warc.gz"))
        assert backfill(home, server) == 0
        assert len(asked(server)) == len(kept)
    assert sorted(path.name for path in home.root.rglob("*.warc.gz")) == before
    assert len(select(home, "SELECT id FROM crawls")) == 2
    check_rebuild(home)


def test_a_list_goes_on_with_its_key(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(8)
    with web_archive(kept, given=as_json(kept[:3], key="se,exempel) 2014+x")) as server:
        server.pages[query() + "&resumeKey=se%2Cexempel%29+2014%2Bx"] = answer(as_text(kept[3:6], key="b"))
        server.pages[query() + "&resumeKey=b"] = answer(as_json(kept[6:]))
        assert backfill(home, server) == 0
    assert len(captures(home)) == len(kept)


def test_time_maps_in_pages(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    kept = [
        article("Ny rapport", f"201{n + 5}0102030405", text=f"{TEXT} Uppdaterad {n} gånger.")
        for n in range(4)
    ]
    url, first = kept[0].url, f"/timemap/link/{kept[0].url}"
    with web_archive(kept) as server:
        further = [f'</map/{n}>; rel="timemap"; type="application/link-format"' for n in (1, 2)]
        own = f'<{first}>; rel="self timemap"; type="application/link-format"'
        server.pages[first] = answer(time_map([], url, own, *further), kind="application/link-format")
        server.pages["/map/1"] = answer(time_map(kept[:2], url), kind="application/link-format")
        server.pages["/map/2"] = answer(time_map(kept[2:], url, further[0]), kind="application/link-format")
        assert backfill(home, server, path=first) == 0
        assert server.times("/map/1") == server.times("/map/2") == 1
    assert select(home, "SELECT first_seen FROM article_versions ORDER BY version") == [
        f"201{n + 5}-01-02T03:04:05.000000Z" for n in range(4)
    ]


def test_time_maps_of_each_known_address(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(4)
    listing = next(k for k in kept if k.url == f"{BASE}/nyheter/")
    with web_archive(kept) as server:
        server.pages[f"/map/{listing.url}"] = answer(time_map([listing], listing.url))
        assert backfill(home, server, path="/map/{url}") == 0
    assert [row["url"] for row in captures(home)] == [listing.url]


def test_a_plan_stores_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, kept = new_home(tmp_path / "data"), some()
    with web_archive(kept) as server:
        assert backfill(home, server, "--limit", "3") == 0
        capfd.readouterr()
        assert backfill(home, server, "--dry-run", "--json") == 0
        assert len(asked(server)) == 3
    document = json.loads(capfd.readouterr().out)
    assert document["years"] == [
        {"year": "2026", "mementos": 6, "known": 3, "to_fetch": 3, "fetched": 0, "failed": 0}
    ]


def test_what_is_not_wanted_is_left_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = new_home(tmp_path / "data")
    good = article("Ny rapport", "20150102030405")
    others = [
        Kept(url="https://annan.exempel.se/", stamp="20150102030405"),
        Kept(url=f"{BASE}/logo.png", stamp="20150102030405", mime="image/png"),
        Kept(url=f"{BASE}/fel/", stamp="20150102030405", status="500 Fel"),
        Kept(url=f"{BASE}/robots.txt", stamp="20150102030405", mime="text/plain"),
        Kept(url=f"{BASE}/dold/", stamp="20150102030405", body=b"x"),
        article("Ny rapport", "20160102030405"),  # unchanged
        article("Annat", "20120102030405"),
        article("Annat", "20190102030405"),
    ]
    decision = {"target": f"{BASE}/dold/", "reason": "begäran", "added": "2026-01-01T00:00:00Z"}
    (home.root / "suppressions.jsonl").write_text(json.dumps(decision) + "\n")
    with web_archive([good, *others]) as server:
        server.pages[query(**{"from": "20140101", "to": "20171231"})] = server.pages[query()]
        capfd.readouterr()
        assert backfill(home, server, "--since", "2014", "--until", "2017", "--json") == 0
        assert asked(server) == [good.path]
    document = json.loads(capfd.readouterr().out)
    assert document["other_hosts"] == {"annan.exempel.se": 1}
    assert document["left_out"] == {
        "outside the days asked for": 2,
        "not a host of the site on that day": 1,
        "no page or feed": 1,
        "status 500": 1,
        "robots.txt": 1,
        "suppressed": 1,
        "unchanged since the memento before": 1,
    }


def test_hosts_count_on_their_days(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    profile = home.profile("n")
    profile.write_text(
        profile.read_text()
        + f'\n[[hosts]]\nhost = "{HOST}"\nfrom = 2018-01-01\n[[hosts]]\nhost = "gammal.se"\nto = 2017-12-31\n'
    )
    new, old = article("Ny rapport", "20190102030405"), article("Ny rapport", "20150102030405")
    before = [Kept(url=k.url.replace(HOST, "gammal.se"), stamp=k.stamp, body=k.body) for k in (old, new)]
    with web_archive([new, old, *before]) as server:
        server.pages[query("gammal.se")] = answer("", kind="application/json")
        hosts = sorted((HOST, "gammal.se"))
        server.pages[query(hosts[0])], server.pages[query(hosts[1])] = (
            server.pages[query(HOST)],
            answer("[]", kind="application/json"),
        )
        assert backfill(home, server) == 0
        assert sorted(asked(server)) == sorted([new.path, before[0].path])
    assert len(select(home, "SELECT id FROM articles")) == 1


def test_an_archive_without_dates_in_its_addresses(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    raw, silent = (
        article("Ny rapport", "20150102030405"),
        article("Ny rapport", "20160102030405", text=TEXT * 2),
    )
    path = f"/map/{raw.url}"
    with web_archive([]) as server:
        links = [
            f'<{raw.url}>; rel="original"',
            *(f'</m/{k.stamp[:4]}>; rel="memento"; datetime="{k.moment}"' for k in (raw, silent)),
        ]
        server.pages[path] = answer(",".join(links))
        server.pages["/m/2015"] = raw.answer("Preference-Applied: raw")
        server.pages["/m/2016"] = silent.answer()
        assert backfill(home, server, path=path) == 3
        assert [one.header("Prefer") for one in server.log if one.target.startswith("/m/")] == ["raw"] * 2
    assert [row["timestamp"] for row in captures(home)] == [raw.stamp]


def test_a_time_map_states_no_status(tmp_path: Path) -> None:
    home, page = new_home(tmp_path / "data"), article("Ny rapport", "20150102030405")
    broken = Kept(url=page.url, stamp="20160102030405", status="500 Fel", body=b"fel")
    path = f"/map/{page.url}"
    with web_archive([page, broken]) as server:
        server.pages[path] = answer(time_map([page, broken], page.url))
        assert backfill(home, server, path=path) == 0
        assert backfill(home, server, path=path) == 0
        assert len(asked(server)) == 2
    assert [row["status"] for row in captures(home)] == [200, 500]
    assert select(home, "SELECT count(*) FROM article_states") == [0]


def test_the_files_of_a_backfill_can_be_imported(tmp_path: Path) -> None:
    home, other = new_home(tmp_path / "data"), new_home(tmp_path / "other")
    with web_archive(some(4)) as server:
        assert backfill(home, server) == 0
    path = home.backfill("n") / "archive"
    assert run(other, "import", "--site", "n", str(path)) == 0
    assert [(row["url"], row["timestamp"]) for row in captures(other)] == [
        (row["url"], row["timestamp"]) for row in captures(home)
    ]
    assert {row["source"] for row in captures(other)} == {"import"}
    assert findings(other) == []
    check_rebuild(other)
