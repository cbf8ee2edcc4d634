"""Web archives that lie, fail, never end or send something else: one clear word, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.backfill import manners
from tests.backfill.test_backfill import asked, backfill, captures, records
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
from tests.memory import measured
from tests.servers.raw import RawServer, answer, moved, once

STAMP = "20150102030405"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners, "RETRY_TIMES", 1)


def failures(capfd: pytest.CaptureFixture[str]) -> dict[str, int]:
    found: dict[str, int] = json.loads(capfd.readouterr().out)["failed"]
    return found


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><h1>Wayback Machine</h1>", "text/html"),
        (b'{"message": "no"}', "application/json"),
        (b"[1, 2, 3]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"bara text\n" * 100, "text/plain"),
        (b"\0" * 1000, "application/octet-stream"),
    ],
)
def test_what_is_no_list_is_one_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], body: bytes, kind: str
) -> None:
    home = new_home(tmp_path / "data")
    with RawServer({CDX: answer(body, kind=kind), query(): answer(body, kind=kind)}) as server:
        assert backfill(home, server) == 2
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 2
    assert "is neither a CDX server nor a TimeMap" in said[0]
    assert "https://HOST/COLLECTION/cdx" in said[1]
    assert not home.backfill("n").exists()


@pytest.mark.parametrize("url", ["ftp://x/", "cdx", "http://", "http://[x/", "https://user:secret@x/cdx"])
def test_what_is_no_address_is_one_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], url: str
) -> None:
    home = new_home(tmp_path / "data")
    assert run(home, "backfill", "n", "--from", url) == 2
    assert "is no address of a web archive" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--since", "2020-13"), 2), (("--until", "2019-02-30"), 2), (("--since", "igår"), 2),
        (("--since", "2021", "--until", "2020"), 2), (("--until", "9999"), 0), (("--until", "2020-02"), 0),
    ],
)  # fmt: skip
def test_days(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    home = new_home(tmp_path / "data")
    with RawServer() as server:
        for more in ({}, {"to": "20200229"}, {"to": "99991231"}):
            server.pages[query(**more)] = answer("[]", kind="application/json")
        assert backfill(home, server, *words) == code


def test_nobody_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = new_home(tmp_path / "data")
    with RawServer() as server:
        pass
    assert backfill(home, server) == 4
    assert "Connection refused" in capfd.readouterr().err


def test_answers_that_are_not_the_memento_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = new_home(tmp_path / "data")
    good, other, page, host, gone, busy = (
        article(f"Rapport {n}", STAMP, text=f"{TEXT} {n}") for n in range(6)
    )
    with web_archive([good, other, page, host, gone, busy]) as server:
        later = Kept(url=other.url, stamp="20160102030405", body=other.body)
        server.pages[other.path] = moved(later.path)
        server.pages[later.path] = later.answer()
        server.pages[page.path] = answer("<h1>Sorry, this page is not available</h1>")
        elsewhere = Kept(url="https://annan.exempel.se/", stamp=STAMP, body=host.body)
        server.pages[host.path] = elsewhere.answer()
        del server.pages[gone.path]
        server.pages[busy.path] = answer("", status="500 Fel")
        assert backfill(home, server, "--json") == 3
        found = failures(capfd)
        assert server.times(busy.path) == 2
    assert found == {
        "the memento of another moment": 1,
        "the archive's own answer, status 200": 1,
        "the memento of another address": 1,
        "the archive's own answer, status 404": 1,
        "the archive's own answer, status 500": 1,
    }
    assert [row["url"] for row in captures(home)] == [good.url]
    held = {r.get("WARC-Target-URI") for r in records(home)}
    assert {server.url + one.path for one in (good, later, page, host, gone, busy)} <= held
    assert set(select(home, "SELECT code FROM findings")) == {"memento-failed"}
    assert findings(home) == []
    check_rebuild(home)


def test_bodies_that_the_archive_rewrote_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = new_home(tmp_path / "data")
    kept = [article(f"Rapport {n}", STAMP, text=f"{TEXT} {n}") for n in range(3)]
    with web_archive(kept) as server:
        link = f'<a href="{server.url}/web/{STAMP}/{BASE}/">'
        banner = f'<script src="/static/banner.js"></script><a href="/web/{STAMP}/{BASE}/">'
        for one, more in zip(kept, (link, banner, "<!-- sparad -->"), strict=True):
            server.pages[one.path] = one.answer(body=one.body.replace(b"<body>", b"<body>" + more.encode()))
        assert backfill(home, server, "--json") == 3
    assert failures(capfd) == {"rewritten by the archive": 2}
    assert [row["url"] for row in captures(home)] == [kept[2].url]
    assert set(select(home, "SELECT code FROM findings")) == {"memento-failed", "memento-differs"}
    assert any(b"digest: differs" in bytes(r.block) for r in records(home) if r.type == "metadata")
    assert findings(home) == []


def test_a_memento_that_is_dated_to_come_is_left_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = new_home(tmp_path / "data")
    good, to_come = article("Rapport 1", STAMP), article("Rapport 1", "20991231000000")
    with web_archive([good, to_come]) as server:
        assert backfill(home, server, "--json") == 0
        assert server.times(to_come.path) == 0
    assert json.loads(capfd.readouterr().out)["left_out"] == {"dated to come": 1}
    assert [row["timestamp"] for row in captures(home)] == [STAMP]


def test_a_coding_of_the_way_is_taken_off(tmp_path: Path) -> None:
    """A proxy before the archive compressed what the digest knows as it was."""
    home, kept = new_home(tmp_path / "data"), article("Ny rapport", STAMP)
    with web_archive([kept]) as server:
        server.pages[kept.path] = kept.answer("Content-Encoding: gzip", body=gzip.compress(kept.body))
        assert backfill(home, server) == 0
    derived = next(r for r in records(home) if r.get("WARC-Source-URI"))
    assert bytes(derived.block).endswith(kept.body)
    assert select(home, "SELECT count(*) FROM findings") == [0]
    assert findings(home) == []


def test_bodies_that_are_cut_off_or_too_large(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = new_home(tmp_path / "data")
    profile = home.profile("n")
    profile.write_text(profile.read_text() + "\n[crawl]\nmax_bytes = 100000\n")
    kept = [article(f"Rapport {n}", STAMP, text=f"{TEXT} {n}") for n in range(4)]
    cut, large, endless, bomb = kept
    with web_archive(kept) as server:
        server.pages[cut.path] = cut.answer()[:-100]
        server.pages[large.path] = large.answer(body=large.body + b"x" * 150_000)
        server.pages[endless.path] = endless.answer(body=endless.body + b"x" * 3_000_000)
        server.pages[bomb.path] = bomb.answer("Content-Encoding: gzip", body=gzip.compress(b"x" * 9_000_000))
        assert backfill(home, server, "--json") == 3
        assert failures(capfd) == {"cut off (disconnect)": 1, "damaged": 1}
        assert backfill(home, server) == 3  # what failed is asked for again, the rest is not
        assert asked(server).count(large.path) == asked(server).count(endless.path) == 1
    assert [(row["url"], row["truncated"]) for row in captures(home)] == [
        (one.url, "length") for one in sorted((large, endless), key=lambda one: one.url)
    ]
    assert select(home, "SELECT count(*) FROM articles") == [0]
    assert findings(home) == []


def test_lists_of_garbage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, good = new_home(tmp_path / "data"), article("Ny rapport", STAMP)
    lines = [
        b"se,exempel)/ 20151399999999 https://x/ text/html 200 ABC 1",
        b"\xff\xfe\x00 \x01",
        b"x" * 200_000,
        b"se,exempel)/ 20150102030405 javascript:x text/html 200 ABC 1",
        b"{" * 500,
        "se,exempel)/ ２０１５0102030405 https://x/ text/html 200 ABC 1".encode(),
    ]
    given = as_text([good]) + b"\n".join(lines) + b"\n" + as_text([article("Annat", STAMP)])
    with web_archive([good, article("Annat", STAMP)], given=given) as server:
        assert backfill(home, server, "--json") == 0
    document = json.loads(capfd.readouterr().out)
    assert (document["listed"], document["unread"]) == (2, len(lines))
    assert len(captures(home)) == 2


def test_lists_that_never_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, kept = new_home(tmp_path / "data"), some(4)
    with web_archive(kept, given=as_json(kept, key="samma")) as server:
        server.pages[query() + "&resumeKey=samma"] = answer(as_json(kept, key="samma"))
        assert backfill(home, server, "--json") == 3
        assert server.times(query() + "&resumeKey=samma") == 1
    document = json.loads(capfd.readouterr().out)
    assert "goes on where it was already" in document["problems"][0]
    assert len(captures(home)) == len(kept)
    assert all(server.times(one.path) == 1 for one in kept)
    assert set(select(home, "SELECT code FROM findings")) == {"list-incomplete"}
    url = f"/map/{BASE}/"
    own = f'<{url}>; rel="timemap"; type="application/link-format"'
    with web_archive([]) as server:
        server.pages[url] = answer(time_map([], BASE, own))
        assert backfill(home, server, path=url) == 0


def test_an_archive_that_fails_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, kept = new_home(tmp_path / "data"), [article(f"Rapport {n}", STAMP) for n in range(30)]
    with web_archive(kept) as server:
        for one in kept[3:]:
            server.pages.pop(one.path)
        assert backfill(home, server, "--json") == 3
        assert len(asked(server)) < 20
    document = json.loads(capfd.readouterr().out)
    assert "10 mementos in a row could not be had" in document["stopped"]
    assert set(select(home, "SELECT code FROM findings")) == {"memento-failed", "backfill-stopped"}
    assert findings(home) == []
    check_rebuild(home)


def test_a_busy_archive_is_given_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, kept = new_home(tmp_path / "data"), [article(f"Rapport {n}", STAMP) for n in range(3)]
    busy = answer("", "Retry-After: 0", status="429 Too Many Requests")
    with web_archive(kept) as server:
        server.pages[kept[0].path] = once(busy, kept[0].answer())
        server.pages[kept[1].path] = answer("", "Retry-After: 9999", status="503 Busy")
        assert backfill(home, server) == 3
        assert server.times(kept[2].path) == 0
    assert "asks to be left alone for 9999 s" in capfd.readouterr().err
    assert len(captures(home)) == 1


def test_robots_txt_of_the_archive_is_heeded(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, kept = new_home(tmp_path / "data"), some(4)
    with web_archive(kept) as server:
        server.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /web/", kind="text/plain")
        assert backfill(home, server) == 4
        assert asked(server) == []
        assert "robots.txt of the web archive does not allow it" in capfd.readouterr().err
        server.pages["/robots.txt"] = answer("", status="503 Busy")
        assert backfill(home, server) == 4
        assert "robots.txt: status 503" in capfd.readouterr().err
        assert backfill(home, server, "--ignore-robots") == 0
    [info] = [bytes(r.block) for r in records(home) if r.type == "warcinfo"]
    assert b"robots: ignored, as the operator chose" in info


def test_the_delay_lies_between_requests(tmp_path: Path) -> None:
    home, kept = new_home(tmp_path / "data"), some(4)
    with web_archive(kept) as server:
        assert run(home, "backfill", "n", "--from", server.url + CDX, "--delay", "0.2") == 0
        times = [one.at for one in server.log]
    assert min(b - a for a, b in pairwise(times)) >= 0.2


def test_private_addresses_are_only_those_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, one = new_home(tmp_path / "data"), article("Ny rapport", STAMP)
    with web_archive([one]) as other, RawServer() as server:
        path = f"/map/{one.url}"
        there = f'<{other.url}/web/{STAMP}/{one.url}>; rel="memento"; datetime="{one.moment}"'
        server.pages[path] = answer(f'<{one.url}>; rel="original",\n{there}\n')
        assert backfill(home, server, path=path) == 4
        assert other.log == []
    assert "is no public address" in capfd.readouterr().err


@contextmanager
def streaming(pieces: Iterator[bytes]) -> Iterator[str]:
    """A server that answers robots.txt with 404, and everything else with these pieces."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                head = connection.recv(65536)
                if b"GET /robots.txt" in head:
                    connection.sendall(answer("", status="404 Not Found"))
                    continue
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/link-format\r\n\r\n")
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@pytest.mark.parametrize("megabytes", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_a_large_time_map_takes_no_memory(tmp_path: Path, megabytes: int) -> None:
    home = new_home(tmp_path / "data")
    url = f"{BASE}/nyheter/"
    entry = f'<http://archive.test/web/20150102030405/{url}?{"x" * 300}>; rel="memento"; datetime="x",\n'

    def pieces(size: int) -> Iterator[bytes]:
        yield f'<{url}>; rel="original",\n'.encode()
        for _ in range(size // len(entry) // 1000):
            yield entry.encode() * 1000

    most = []
    for size in (1_000_000, megabytes * 1_000_000):
        with streaming(pieces(size)) as root:
            words = ("backfill", "n", "--from", f"{root}/map/{url}", "--delay", "0", "--dry-run")
            done = measured(home.root, *words)
        assert done.code == 0, done.said
        most.append(done.most)
    assert most[1] - most[0] < 15_000, most


def test_a_configured_proxy_is_used_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, one = new_home(tmp_path / "data"), article("Ny rapport", STAMP)
    there = "http://archive.test"
    with RawServer({there + query(): answer(as_text([one])), there + one.path: one.answer()}) as proxy:
        monkeypatch.setenv("ARCHIVER_PROXY", proxy.url)
        assert run(home, "backfill", "n", "--from", there + CDX, "--delay", "0") == 0
        assert proxy.times(f"{there}/robots.txt") == 1
    assert [row["source_uri"] for row in captures(home)] == [there + one.path]
    [info] = [bytes(r.block) for r in records(home) if r.type == "warcinfo"]
    assert f"proxy: {proxy.url}".encode() in info
    assert not [r for r in records(home) if r.get("WARC-IP-Address")]


def test_addresses_in_a_list_are_quoted(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    url = f"{BASE}/nyheter/år och dag/"
    path = f"/web/{STAMP}id_/{BASE}/nyheter/%C3%A5r%20och%20dag/"
    one = Kept(url=url, stamp=STAMP, body=article("År och dag", STAMP).body)
    with web_archive([]) as server:
        there = f"<{server.url}/web/{STAMP}/{url}\r\nX-Injected: 1>"
        given = f'<{url}>; rel="original",\n{there}; rel="memento"; datetime="{one.moment}"\n'
        server.pages[f"/map/{BASE}/"] = answer(given)
        server.pages[path + "X-Injected:%201"] = one.answer()
        assert backfill(home, server, path=f"/map/{BASE}/") in (0, 4)
        assert all(len(asked.lines) <= 6 for asked in server.log)
        assert not [asked for asked in server.log if asked.header("X-Injected")]
    given_text = " ".join(["se,exempel)/", STAMP, url.replace(" ", "%20"), "text/html", "200", "-", "1"])
    with web_archive([], given=given_text.encode()) as server:
        server.pages[path] = one.answer()
        assert backfill(home, server) == 0
    assert [row["url"] for row in captures(home)][-1] == f"{BASE}/nyheter/%C3%A5r%20och%20dag/"
    assert findings(home) == []
