"""TDMRep's file on a server: asked for before all else and seldom, and what it says stands with the captures."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.reservations import TDM_FILE, read_rules, tdm_for
from archiver.wishes import superseding
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer, moved

POLICY = "https://example.se/policy.json"
NONE, KEPT = "tdm-reservation=0", "tdm-reservation=1"


def rules(*entries: object) -> bytes:
    return json.dumps(entries).encode()


def rule(location: object, reservation: object = 1, **more: object) -> dict[str, object]:
    return {"location": location, "tdm-reservation": reservation, **more}


@pytest.mark.parametrize(
    ("entries", "path", "said"),
    [
        ([rule("/")], "/nyheter/a/", KEPT),
        ([rule("/nyheter/")], "/nyheter/a/", KEPT),
        ([rule("/nyheter/")], "/nyheterna/", None),
        ([rule("/Nyheter/")], "/nyheter/a/", None),
        # The most specific match is the first in sequence.
        ([rule("/nyheter/a/", 0), rule("/")], "/nyheter/a/", NONE),
        ([rule("/"), rule("/nyheter/a/", 0)], "/nyheter/a/", KEPT),
        ([rule("/bilder/*.jpg", 0)], "/bilder/2024/a.jpg", NONE),
        ([rule("/bilder/*.jpg$", 0)], "/bilder/a.jpg?x", None),
        ([rule("/*.pdf$")], "/a.pdf", KEPT),
        ([rule("/a$")], "/a", KEPT),
        ([rule("/a$")], "/ab", None),
        ([rule("*")], "/x", KEPT),
        ([rule("/*a*b*c$")], "/xaybzc", KEPT),
        ([rule("/*a*b*c$")], "/xaybz", None),
        ([rule("/sida?id=1")], "/sida?id=12", KEPT),
        ([rule("/%6Eyheter/%C3%A5")], "/nyheter/%c3%a5", KEPT),
        ([rule("/pris-%24")], "/pris-%24", KEPT),
        ([rule("/", 1, **{"tdm-policy": POLICY})], "/", f"{KEPT} tdm-policy={POLICY}"),
        ([rule("/", 1, **{"tdm-policy": "javascript:1"})], "/", KEPT),
        ([rule("/", "1")], "/", KEPT),
        # What is no value is as if nothing were declared; what is no rule is none.
        ([rule("/a", 2), rule("/")], "/a", None),
        ([rule("/", True)], "/", None),
        ([{"location": "/"}, {"tdm-reservation": 1}, "x", rule(7), rule("nyheter"), rule("/")], "/", KEPT),
    ],
)
def test_what_the_rules_say_of_an_address(entries: list[object], path: str, said: str | None) -> None:
    assert tdm_for(read_rules(rules(*entries)), f"https://example.se{path}") == said


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b"<!DOCTYPE html><p>404", b"[" * 100_000, b'[{"location": "/"', b"\xff\xfe[]",
     rules(rule("/")) + b" " * 600_000, rules(rule("/" + "a" * 2000))],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_list_of_rules(body: bytes) -> None:
    assert tdm_for(read_rules(body), "https://example.se/") is None


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=60))
def test_nothing_makes_it_fail(body: bytes, location: str, path: str) -> None:
    read_rules(body)
    tdm_for(read_rules(rules(rule("/" + location))), "https://example.se/" + path)


def test_many_stars_take_no_time() -> None:
    found = read_rules(rules(rule("/" + "*a" * 400 + "b$")))
    assert tdm_for(found, "https://example.se/" + "a" * 5000) is None


def test_what_supersedes_what() -> None:
    file, header, meta = {KEPT, f"tdm-policy={POLICY}"}, {"noindex", NONE}, {KEPT}
    assert superseding(file, {"noindex"}, set()) == {*file, "noindex"}
    assert superseding(file, header, set()) == {"noindex", NONE}
    assert superseding(file, header, meta) == {"noindex", KEPT}
    assert superseding(file, {"tdm-policy=https://x.se/"}) == {KEPT, "tdm-policy=https://x.se/"}


def site() -> RawServer:
    server = RawServer()
    names = ("fri", "annan", "huvud", "meta")
    server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
    for name in names:
        server.pages[f"/nyheter/{name}/"] = answer(article(name))
    server.pages["/nyheter/huvud/"] = answer(article("huvud"), "tdm-reservation: 0")
    meta = "<head><meta name='tdm-reservation' content='0'>"
    server.pages["/nyheter/meta/"] = answer(article("meta").replace("<head>", meta), "tdm-reservation: 1")
    return server


def crawl(home: Path, *words: str, days: int = 0) -> None:
    done = run_archiver(home, "crawl", "--delay", "0", *words, days=days)
    assert done.returncode == 0, done.stderr


def asked(home: Path) -> dict[str, str | None]:
    """What the newest capture of each page asks, by the last part of its address."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        rows = db.execute("SELECT url, asks FROM captures WHERE url LIKE '%/nyheter/%' ORDER BY warc_date")
        return {url.rstrip("/").rpartition("/")[2]: asks for url, asks in rows}


def test_the_file_is_asked_for_first_and_once_a_week(tmp_path: Path) -> None:
    with site() as server:
        file = rules(rule("/nyheter/annan/", 0), rule("/", 1, **{"tdm-policy": POLICY}))
        server.pages["/tdm/rules.json"] = answer(file, kind="application/json")
        server.pages[TDM_FILE] = moved("/tdm/rules.json")
        write_profile(tmp_path, server)
        crawl(tmp_path)
        assert [seen.target for seen in server.log][:4] == [
            "/robots.txt",
            TDM_FILE,
            "/tdm/rules.json",
            "/nyheter/",
        ]
        kept = " ".join(sorted((KEPT, f"tdm-policy={POLICY}")))
        first = {"nyheter": kept, "fri": kept, "annan": NONE, "huvud": NONE, "meta": NONE}
        assert asked(tmp_path) == first
        server.pages[TDM_FILE] = answer("nej", status="404 Not Found")
        crawl(tmp_path, "--full", days=1)
        assert server.times(TDM_FILE) == 1
        assert asked(tmp_path) == first, "what was said last holds until it is asked for again"
        crawl(tmp_path, "--full", days=8)
        assert server.times(TDM_FILE) == 2
    assert asked(tmp_path) == {"nyheter": None, "fri": None, "annan": None, "huvud": NONE, "meta": NONE}
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        captures = "SELECT warc_record_id, kind, reason, asks FROM captures ORDER BY 1"
        before = db.execute(captures).fetchall()
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (4,)
    assert run_archiver(tmp_path, "rebuild").returncode == 0
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        assert db.execute(captures).fetchall() == before
    checked = run_archiver(tmp_path, "verify", "--derive", days=9)
    assert checked.returncode == 0, checked.stdout


CUT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\nConnection: close\r\n\r\n["
)


def test_a_file_that_is_none_hurts_nothing(tmp_path: Path) -> None:
    """Answers of every kind, one night each; each time the crawl is whole and nothing is reserved."""
    soft = answer(article("Sidan finns inte"))
    answers = [CUT, soft, moved(TDM_FILE), moved("https://other.example/x"),
               answer("[" + " " * 700_000)]  # fmt: skip
    with site() as server:
        write_profile(tmp_path, server)
        for number, said in enumerate(answers):
            server.pages[TDM_FILE] = said
            crawl(tmp_path, days=8 * number)
            assert server.times(TDM_FILE) == number + 1, "it is asked for once a night, whatever it says"
    assert asked(tmp_path)["fri"] is None
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (4,)
        assert db.execute(
            "SELECT count(*) FROM coverage WHERE state IN ('partial', 'failed')"
        ).fetchone() == (0,)
