"""Takedowns: hidden everywhere, not crawled again, honoured by a rebuild, and taken back whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver.home import Home
from archiver.suppressions import Suppression, Suppressions, read_suppressions, write_suppressions
from tests.conftest import run_archiver


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Home:
    shutil.copytree(demo_home.root, tmp_path / "data")
    return Home(tmp_path / "data")


def run(home: Home, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    ended = run_archiver(home.root, *words)
    assert ended.returncode == code, ended.stderr
    return ended


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return db.execute(query).fetchall()


def first(home: Home) -> tuple[str, str, str]:
    [row] = rows(home, "SELECT id, url, title FROM articles ORDER BY id LIMIT 1")
    return str(row[0]), str(row[1]), str(row[2])


def is_hidden(home: Home, identity: str, url: str, title: str) -> bool:
    exported = {
        json.loads(line)["id"] for line in run(home, "export", "--format", "jsonl").stdout.splitlines()
    }
    hits = json.loads(run(home, "search", f'"{title}"', "--json").stdout)
    shown = run_archiver(home.root, "show", url)
    found = {identity in exported, identity in {hit["id"] for hit in hits}, shown.returncode == 0}
    assert len(found) == 1
    return found == {False}


@pytest.mark.parametrize("by", ["address", "prefix", "id"])
def test_what_is_hidden_comes_back_whole(home: Home, by: str) -> None:
    identity, url, title = first(home)
    target = {"address": url, "prefix": url[:-3] + "*", "id": identity}[by]
    before = rows(home, "SELECT * FROM articles ORDER BY id")
    run(home, "suppress", "add", target, "--reason", "request of a person")
    assert is_hidden(home, identity, url, title)
    assert "there is no capture" in run(home, "timemap", url, code=2).stderr
    assert "request of a person" in run(home, "show", url, code=2).stderr
    [listed] = json.loads(run(home, "suppress", "list", "--json").stdout)
    assert (listed["target"], listed["reason"]) == (target, "request of a person")
    if by == "address":
        run(home, "derive")
        assert is_hidden(home, identity, url, title)
        assert json.loads(run(home, "verify", "--derive", "--json").stdout) == []
    run(home, "suppress", "remove", target)
    assert url in run(home, "timemap", url).stdout
    assert not is_hidden(home, identity, url, title)
    if by != "prefix":
        assert rows(home, "SELECT * FROM articles ORDER BY id") == before
    assert rows(home, "SELECT * FROM suppressions") == []


def test_a_rebuild_honours_what_people_decided(home: Home) -> None:
    identity, url, title = first(home)
    run(home, "suppress", "add", url, "--reason", "x")
    tables = [rows(home, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("articles", "suppressions")]
    home.database.unlink()
    run(home, "rebuild")
    assert is_hidden(home, identity, url, title)
    assert [
        rows(home, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("articles", "suppressions")
    ] == tables


def test_what_is_hidden_is_not_asked_for_again(demo_site: Path) -> None:
    home = Home(demo_site)
    run(home, "crawl", "--delay", "0", "--limit", "8")
    url = str(rows(home, "SELECT url FROM frontier WHERE state = 'pending' AND role = 'article'")[0][0])
    run(home, "suppress", "add", url, "--reason", "x")
    run(home, "crawl", "--full", "--delay", "0")
    assert rows(home, f"SELECT count(*) FROM captures WHERE url = '{url}'") == [(0,)]
    assert rows(home, f"SELECT state, reason FROM frontier WHERE url = '{url}'") == [
        ("given up", "suppressed")
    ]
    run(home, "suppress", "remove", url)
    run(home, "crawl", "--delay", "0")
    assert rows(home, f"SELECT count(*) FROM captures WHERE url = '{url}'") == [(1,)]


def test_what_cannot_be_meant_is_refused(home: Home) -> None:
    assert "no address" in run(home, "suppress", "add", "nyheter", "--reason", "x", code=2).stderr
    assert "no article" in run(home, "suppress", "add", "0" * 16, "--reason", "x", code=2).stderr
    assert "--reason" in run(home, "suppress", "add", "https://www.example.se/", code=2).stderr
    assert "is not hidden" in run(home, "suppress", "remove", "https://www.example.se/", code=2).stderr


@pytest.mark.parametrize("damaged", [b"not json", b'{"target": 1}', b"[]", b"3", b"\xff"])
def test_a_damaged_file_stops_every_run_before_it_begins(home: Home, damaged: bytes) -> None:
    run(home, "suppress", "add", first(home)[1], "--reason", "x")
    path = home.root / "suppressions.jsonl"
    path.write_bytes(path.read_bytes() + b"\n" + damaged + b"\n")
    before = len(rows(home, "SELECT * FROM crawls"))
    for words in (("derive",), ("show", "0" * 16), ("crawl",), ("import", str(path)), ("suppress", "list")):
        ended = run(home, *words, code=78)
        assert "line 3 is no suppression" in ended.stderr, words
        assert "until then nothing is crawled" in ended.stderr
    assert len(rows(home, "SELECT * FROM crawls")) == before


def in_capitals(url: str) -> str:
    return url.replace("/nyheter/", "/Nyheter/").replace("-", "%2d")


@pytest.mark.parametrize("spelt", [lambda url: url + "/", in_capitals])
def test_spellings_of_an_address_are_one(home: Home, spelt: Callable[[str], str]) -> None:
    identity, url, title = first(home)
    bare = url.rstrip("/")
    other = spelt(bare)
    if spelt is not in_capitals:
        assert title in run(home, "show", other + "#del").stdout
    run(home, "suppress", "add", other, "--reason", "request of a person")
    assert is_hidden(home, identity, url, title)
    for reference in (identity, bare, url):
        shown = run(home, "show", reference, code=2).stderr
        assert "hidden since" in shown and "request of a person" in shown
    assert "is hidden already" in run(home, "suppress", "add", url, "--reason", "y").stderr
    assert "is hidden already" in run(home, "suppress", "add", identity, "--reason", "y").stderr
    run(home, "suppress", "remove", bare)
    assert not is_hidden(home, identity, url, title)


def test_an_address_is_the_same_with_other_schemes() -> None:
    def decision(target: str) -> Suppression:
        kind = "prefix" if target.endswith("*") else "url"
        return Suppression(target=target, kind=kind, reason="x", added="2026-01-01T00:00:00.000000Z")  # type: ignore[arg-type]

    decisions = Suppressions([decision("https://www.Example.se/a/"), decision("https://example.se/team/*")])
    assert Suppressions([decision("https://example.se/?p=*")]).of_address("https://example.se/?p=3")
    assert Suppressions([decision("https://example.se/a/?p=*")]).of_address("https://example.se/a?p=3")
    for url in (
        "http://example.se/a/",
        "https://www.example.se/a/?utm_source=x",
        "https://example.se/team/ada",
    ):
        assert decisions.of_address(url), url
    for url in ("https://example.se/a", "https://example.se/a#x", "https://example.se/team?x=1"):
        assert decisions.of_address(url), url
    for url in (
        "https://example.se/a/b",
        "https://example.se/a/?x=1",
        "https://example.se/teams",
        "https://other.example.se/a/",
    ):
        assert not decisions.of_address(url), url


def test_a_decision_about_a_large_site_is_read_back(home: Home) -> None:
    """It names every address that was hidden: more than a megabyte in one line."""
    url = first(home)[1]
    urls = tuple(f"https://www.example.com/nyheter/{'ord-' * 20}{n}/" for n in range(20_000))
    decision = Suppression(target=url, kind="url", reason="x", added="2026-01-01T00:00:00Z", urls=urls)
    write_suppressions(home, [decision])
    assert (home.root / "suppressions.jsonl").stat().st_size > 2_000_000
    assert read_suppressions(home).all == [decision]
    assert run(home, "suppress", "list").stdout.count("\n") == 2
