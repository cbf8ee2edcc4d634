"""Nights on which the clock of the machine is wrong: they count when they were, also after a rebuild."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import news
from tests.servers.news import article, write_profile
from tests.servers.raw import RawServer, answer

TITLES = "SELECT title FROM articles ORDER BY title"
VERSIONS = "SELECT v.title, c.crawl FROM article_versions v JOIN captures c ON c.warc_record_id = v.capture"
COURSE = f"{VERSIONS} ORDER BY v.article_id, v.version"
STATES = "SELECT state, capture FROM article_states WHERE until IS NULL"


def edited(word: str, numbers: range) -> dict[str, bytes]:
    """The articles of the news page with another headline."""
    return {f"/nyheter/{number}/": answer(article(f"{word} {number}")) for number in numbers}


def test_a_night_that_was_ahead_is_not_the_newest_until_its_date(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(4)) as server:
        write_profile(home, server, more="[crawl]\nevery = 2\n")
        assert archiver("nightly", "--delay", "0").returncode == 0
        server.pages |= edited("Fel klocka", range(3))
        ahead = archiver("nightly", "--delay", "0", days=900)
        assert ahead.returncode == 3, "nothing new for 900 days"
        server.pages |= edited("Rätt klocka", range(3)) | {"/nyheter/3/": answer(b"", status="404 Not Found")}
        back = archiver("nightly", "--delay", "0", days=2)
        assert back.returncode == 3
        assert "the clock went back: the last run began on" in back.stdout
        assert "3 changed" in back.stdout, "what the wrong clock put off for years is due"
        after = archiver("nightly", "--delay", "0", days=4)
        assert after.returncode == 0, after.stdout
        assert "clock went back" not in after.stdout
        assert archiver("status", "--max-age", "9d", days=4).returncode == 0
        assert "wrong: it is behind" not in archiver("doctor", days=4).stdout
    missed = "SELECT count(*) FROM coverage WHERE state = 'not run' AND reason = 'no crawl ran'"
    assert rows(home, missed) == [(2,)], "none of the 900 days that never were"
    expected = [rows(home, query) for query in (TITLES, COURSE, STATES)]
    assert [title for (title,) in expected[0]] == [
        "Nytt /nyheter/3/",
        *(f"Rätt klocka {n}" for n in range(3)),
    ]
    assert [title for title, _ in expected[1]].count("Fel klocka 1") == 1
    assert rows(home, "SELECT count(*) FROM article_versions WHERE last_seen > '2027-06'") == [(0,)]
    assert [state for state, _ in expected[2]] == ["gone"]
    for lost in ("archiver.db", "runs"):
        remove(home / lost)
        assert archiver("rebuild").returncode == 0
        assert [rows(home, query) for query in (TITLES, COURSE, STATES)] == expected
    with RawServer(server.pages, port=server.port):
        later = archiver("nightly", "--delay", "0", days=6)
    assert "clock went back" not in later.stdout


def test_a_night_whose_clock_was_never_set_is_not_the_oldest(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(3)) as server:
        write_profile(home, server)
        assert archiver("nightly", "--delay", "0").returncode == 0
        server.pages |= edited("Ny", range(3))
        assert archiver("nightly", "--delay", "0", days=2).returncode == 0
        server.pages |= edited("Nyast", range(3))
        behind = archiver("crawl", "--delay", "0", "--full", days=-20_000)
        assert "the clock went back" in behind.stderr
    expected = [rows(home, query) for query in (TITLES, COURSE)]
    assert expected[0] == [(f"Nyast {n}",) for n in range(3)]
    assert rows(home, "SELECT DISTINCT version FROM articles") == [(3,)]
    remove(home / "archiver.db")
    assert archiver("rebuild").returncode == 0
    assert [rows(home, query) for query in (TITLES, COURSE)] == expected


def remove(path: Path) -> None:
    """Delete a file, with what SQLite keeps beside it, or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
