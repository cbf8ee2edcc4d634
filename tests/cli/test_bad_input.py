"""Bad input: one line that says what and where, the right exit code, nothing half-written."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from archiver.cli.main import main
from tests.conftest import Archiver, run_archiver
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer

DEAD = "http://127.0.0.1:1/"
LINKS = 100_000


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What a command said on stderr; never a traceback, never more than a few lines."""
    assert "Traceback" not in done.stderr
    assert "this is a defect" not in done.stderr
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 5, done.stderr
    return lines


def files(home: Path) -> set[str]:
    """Everything below an archive home, without the folders that are always made."""
    return {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.fixture
def news(tmp_path: Path) -> Iterator[RawServer]:
    """A small site that works, and its profile ``s`` in the archive home."""
    names = [f"nyhet-{n}" for n in range(1, 9)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        write_profile(tmp_path / "data", server)
        yield server


@pytest.mark.parametrize(
    "url",
    ["hej", "", "ftp://x.se/", "http://", "https://exa mple.se/", "http://[::1", "http://x.se:99999/",
     "javascript:alert(1)", "http://user:secret@127.0.0.1/", "http://ä..se/", "http://127.0.0.1:0/"],
)  # fmt: skip
def test_a_url_that_is_none(archiver: Archiver, tmp_path: Path, url: str) -> None:
    done = archiver("sites", "add", url)
    assert done.returncode == 2
    assert said(done)[0] == f"archiver: {url!r} is no http or https address"
    assert not (tmp_path / "data").exists()


def test_a_host_that_does_not_answer(archiver: Archiver, tmp_path: Path) -> None:
    done = archiver("sites", "add", DEAD, "--delay", "0")
    assert done.returncode == 4
    assert f"archiver: {DEAD}: does not answer (robots.txt unreachable: connection: refused)" in said(done)
    assert files(tmp_path / "data") == set()


def test_a_site_without_articles(archiver: Archiver, tmp_path: Path) -> None:
    with RawServer({"/": answer(page("Välkommen", "<p>Här finns inga nyheter.</p>"))}) as server:
        added = archiver("sites", "add", server.url + "/", "--name", "tom", "--delay", "0")
        assert "nothing lists articles here" in added.stderr
        done = archiver("crawl", "tom", "--delay", "0")
    assert done.returncode == 3
    assert "no page of it is an article" in said(done)[0]


def test_an_unknown_site(archiver: Archiver, news: RawServer) -> None:
    for command in (
        ("crawl", "nej"),
        ("sites", "show", "nej"),
        ("derive", "nej"),
        ("sites", "check", "../s"),
    ):
        done = archiver(*command)
        assert done.returncode == 2
        assert said(done)[0] == f"archiver: unknown site {command[-1]!r} (known: s)"
    assert news.log == []


@pytest.mark.parametrize(
    ("line", "words", "hint"),
    [
        ("[crawl]\ndelai = 1", "unknown field `delai`", "did you mean 'delay'?"),
        ("listing = []", "unknown field `listing`", "did you mean 'listings'?"),
        ("[crawl]\ndelay = -1", ">= 0.0 - at `$.crawl.delay`", ""),
        ("[crawl]\ntimeout = 0", "> 0.0 - at `$.crawl.timeout`", ""),
        ("timezone = 'Europe/Nowhere'", "timezone 'Europe/Nowhere' is not known", ""),
        ("language = 3", "Expected `str | null`, got `int` - at `$.language`", ""),
        ("hosts = [", "Invalid", "correct the file"),
    ],
)
def test_a_profile_with_a_mistake(
    archiver: Archiver, tmp_path: Path, line: str, words: str, hint: str
) -> None:
    profile = tmp_path / "data" / "sites" / "s.toml"
    profile.parent.mkdir(parents=True)
    profile.write_text(f'start_urls = ["{DEAD}"]\n{line}\n', "utf-8")
    done = archiver("crawl", "s")
    assert done.returncode == 78
    lines = said(done)
    assert lines[0].startswith(f"archiver: {profile}: ")
    assert words in lines[0]
    assert hint in done.stderr


def test_one_bad_profile_is_reported_and_the_others_run(
    archiver: Archiver, tmp_path: Path, news: RawServer
) -> None:
    bad = tmp_path / "data" / "sites" / "a-bad.toml"
    bad.write_text("start_url = 1\n", "utf-8")
    done = archiver("crawl", "--delay", "0")
    assert done.returncode == 3
    assert any(line.startswith(f"archiver: {bad}: ") for line in said(done))
    assert "s: 9 pages, 8 new articles" in done.stderr
    listed = archiver("sites", "list")
    assert listed.stdout.splitlines()[1].startswith("s\t")
    assert str(bad) in listed.stderr


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none")):
        done = run_archiver(place, "crawl")
        assert done.returncode == 78
        assert said(done)[0].startswith(f"archiver: {place}: the data directory cannot be used: ")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_database_from_a_newer_version(archiver: Archiver, tmp_path: Path, news: RawServer) -> None:
    path = tmp_path / "data" / "archiver.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    for command in (("crawl",), ("search", "x"), ("status",), ("derive",), ("export", "--format", "jsonl")):
        done = archiver(*command)
        assert done.returncode == 78, command
        assert "written by a newer version (schema 99" in said(done)[0]
    assert path.read_bytes() == before
    assert news.log == []


def test_a_file_that_is_no_database(archiver: Archiver, tmp_path: Path, news: RawServer) -> None:
    path = tmp_path / "data" / "archiver.db"
    path.write_bytes(b"this is a letter, not a database. " * 200)
    for command in (("crawl",), ("search", "x"), ("status",), ("derive",)):
        done = archiver(*command)
        assert done.returncode == 78, command
        assert "the database cannot be used" in said(done)[0]
    assert path.read_bytes().startswith(b"this is a letter")
    assert news.log == []


@pytest.mark.parametrize(
    "words",
    ["crawl", "derive", "doctor", "export --format csv", "history x", "pack", "rebuild", "repair", "replay",
     "search x", "show x", "sites list", "sites check x", "sites remove x", "sites add hej", "status",
     "suppress add http://x.se/ --reason x", "suppress list", "suppress remove http://x.se/",
     "timemap http://x.se/", "verify", "verify --fixity", "import letter.txt"],
)  # fmt: skip
def test_a_folder_without_an_archive_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    (tmp_path / "letter.txt").write_text("Hej")
    monkeypatch.chdir(tmp_path)
    assert main(["--data-dir", ".", *words.split()]) == (
        2 if "list" not in words and words != "doctor" else 0
    )
    assert [path.name for path in tmp_path.rglob("*")] == ["letter.txt"]


def test_two_runs_at_once(archiver: Archiver, tmp_path: Path, news: RawServer) -> None:
    with FileLock(tmp_path / "data" / ".lock"):
        done = archiver("crawl")
    assert done.returncode == 75
    assert "another run is working on this archive" in said(done)[0]
    assert news.log == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_crawl_ends_with_its_code_and_goes_on(
    archiver: Archiver, tmp_path: Path, news: RawServer, number: int, code: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(tmp_path / "data"), "crawl", "--delay", "0.3"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: len(news.log) > 4)
    process.send_signal(number)
    _, words = process.communicate(timeout=30)
    assert process.returncode == code
    assert "everything stored so far is whole" in words
    assert re.search(r"^s: interrupted after \d pages?; the same command goes on$", words, re.M)
    assert "in all" not in words and "look closer" not in words
    assert "Traceback" not in words
    again = archiver("crawl", "--delay", "0")
    assert again.returncode == 0, again.stderr
    assert "8 in all" in again.stderr
    assert all(news.times(f"/nyheter/nyhet-{n}/") == 1 for n in range(1, 9))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_visit_leaves_no_profile(tmp_path: Path, number: int, code: int) -> None:
    def slowly(count: int) -> bytes:
        time.sleep(3)
        return answer("")

    with RawServer({"/robots.txt": slowly}) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "archiver", "--data-dir", str(tmp_path), "sites", "add", server.url],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until(lambda: bool(server.log))
        process.send_signal(number)
        _, words = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in words
    assert files(tmp_path) == set()


def test_an_interrupted_list_keeps_the_profiles_of_the_sites_before(tmp_path: Path) -> None:
    def slowly(count: int) -> bytes:
        time.sleep(3)
        return answer("")

    front = answer(page("Start", "<p>Välkommen</p>"))
    with RawServer({"/": front}) as first, RawServer({"/robots.txt": slowly}) as second:
        table = tmp_path / "list.csv"
        table.write_text(f"url,name\n{first.url}/,ett\n{second.url}/,tva\n", "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "archiver", "--data-dir", str(tmp_path / "data"), "sites", "add",
             "--from", str(table), "--delay", "0"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until(lambda: bool(second.log))
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in words
    assert files(tmp_path / "data") == {"sites/ett.toml"}


def until(condition: object, seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_crawls_strangers_without_a_contact_is_told(archiver: Archiver, tmp_path: Path) -> None:
    profile = tmp_path / "data" / "sites" / "s.toml"
    profile.parent.mkdir(parents=True)
    # A spider that is not there ends the command before it asks anybody for anything.
    text = 'start_urls = ["{url}"]\nspider = "none"\n'
    profile.write_text(text.format(url="https://www.example.se/"), "utf-8")
    note = "no contact is configured: the owner of www.example.se cannot reach you; set ARCHIVER_CONTACT"
    assert note in said(archiver("crawl"))
    assert "no contact" not in archiver("-q", "crawl").stderr
    assert "no contact" not in archiver("crawl", env={"ARCHIVER_CONTACT": "arkiv@example.se"}).stderr
    for url in (DEAD, "http://localhost/", "http://10.0.0.7/", "http://[::1]/"):
        profile.write_text(text.format(url=url), "utf-8")
        assert "no contact" not in archiver("crawl").stderr


def test_everything_that_is_wrong_with_a_site_is_said(
    archiver: Archiver, tmp_path: Path, news: RawServer
) -> None:
    feed = f"[[listings]]\nkind = 'feed'\nurl = '{news.url}/rss'\n"
    expect = "[expect]\narticles_min = 9\nwith_date_min = 1.0\nbody_chars_min = 5000\n"
    write_profile(tmp_path / "data", news, more=feed + expect)
    done = archiver("crawl", "--delay", "0")
    assert done.returncode == 3
    wrong = [
        f"a listing could not be read: {news.url}/rss: not found (404)",
        "articles: 8, expected at least 9",
        "the median body has ",
    ]
    lines = said(done)
    assert wrong[0] in lines[0]
    assert lines[1] == f"s: {wrong[1]}"
    assert lines[2].startswith(f"s: {wrong[2]}")
    with closing(sqlite3.connect(tmp_path / "data" / "archiver.db")) as db:
        found = db.execute("SELECT code, message FROM findings ORDER BY rowid").fetchall()
    assert [code for code, _ in found] == ["crawl partial", "expectation", "expectation"]
    assert all(message.startswith(words) for (_, message), words in zip(found, wrong, strict=True))


def test_one_short_notice_is_no_alarm(archiver: Archiver, tmp_path: Path, news: RawServer) -> None:
    news.pages["/nyheter/nyhet-1/"] = answer(
        page("Ny tid", "<article><h1>Ny tid</h1><time datetime='2024-03-01'></time><p>Frukosten börjar"
        " klockan åtta på torsdag, och alla som vill är välkomna dit för att höra mer om rapporten.</p></article>")
    )  # fmt: skip
    write_profile(tmp_path / "data", news, more="[expect]\nbody_chars_min = 400\n")
    assert archiver("crawl", "--delay", "0").returncode == 0


def test_no_site_leaves_no_folder(archiver: Archiver, tmp_path: Path) -> None:
    for words in (("crawl",), ("crawl", "nej")):
        done = archiver(*words)
        assert done.returncode == 2
        said(done)
        assert not (tmp_path / "data").exists()


# -- the disk


# -- large pages


def test_a_hundred_thousand_links_on_one_page(archiver: Archiver, tmp_path: Path) -> None:
    with RawServer({f"/nyheter/n{n}/": answer(article(f"n{n}")) for n in range(20)}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/n{n}/" for n in range(LINKS)))
        write_profile(tmp_path / "data", server)
        began = time.monotonic()
        done = archiver("crawl", "--delay", "0", "--limit", "20")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 60
    with sqlite3.connect(tmp_path / "data" / "archiver.db") as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 19
        assert db.execute("SELECT count(*) FROM frontier").fetchone()[0] <= 10_000


def test_the_environment_is_checked_before_anything_is_asked_for(news: RawServer, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from scrapy.core.downloader.handlers import http11\n"
        "http11._ScrapyAgent.download_request = lambda self, request, timeout: None\n"
        "from archiver.cli.main import run\n"
        "run(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--data-dir", str(tmp_path / "data"), "crawl", "--delay", "0"],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 78
    assert "is not what exact capture expects" in said(done)[0]
    assert news.log == []
