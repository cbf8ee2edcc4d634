"""Deriving again gives the rows that the nights made: after edits, derivations, profiles."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from archiver.warc.reader import iter_records
from tests.conftest import run_archiver

pytestmark = pytest.mark.xdist_group("again")  # one archive for all


def run(home: Home, *words: str) -> None:
    ended = run_archiver(home.root, *words)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three nights: in the second one text is edited; then all is derived again, the profile edited."""
    home = Home(tmp_path_factory.mktemp("nights"))
    with DemoServer() as server:
        port = server.port
        run(home, "sites", "add", server.news_url, "--name", "d", "--delay", "0")
        run(home, "crawl", "--delay", "0")
    with DemoServer(port=port, changed=True):
        run(home, "crawl", "--full", "--delay", "0")
    run(home, "derive")
    profile = home.profile("d")
    profile.write_text(
        profile.read_text("utf-8") + '\n[[layouts]]\ntitle = "h1"\ndrop = [".lead"]\n', "utf-8"
    )
    with DemoServer(port=port, changed=True):
        run(home, "crawl", "--full", "--delay", "0")
    return home


@pytest.fixture
def home(nights: Home, tmp_path: Path) -> Home:
    shutil.copytree(nights.root, tmp_path / "data")
    return Home(tmp_path / "data")


def verified(home: Home, *words: str) -> list[dict[str, str]]:
    ended = run_archiver(home.root, "verify", "--derive", "--json", *words)
    assert not ended.stderr.count("Traceback"), ended.stderr
    found: list[dict[str, str]] = json.loads(ended.stdout)
    assert ended.returncode == (1 if any(f["level"] == "defect" for f in found) else 0)
    return found


def test_the_warc_files_say_what_led_to_a_page_and_what_was_in_use(nights: Home) -> None:
    described, led = [], 0
    for path in sorted(nights.archive("d").glob("*.warc.gz")):
        records = [r for r in iter_records(path) if r.type == "metadata"]
        described.append(
            {(r.get("WARC-Target-URI") or "").split(":")[2] for r in records if b"{" in bytes(r.block)[:1]}
        )
        led += sum(
            b"entryOf: http" in bytes(r.block) and b"entryRecord: <urn:uuid:" in bytes(r.block)
            for r in records
        )
    assert described[0] == {"profile", "outcome"}, "there was no chrome model before the first night"
    assert described[1] == described[2] == {"profile", "chrome", "outcome"}
    assert led > 100


def test_rows_are_what_deriving_again_gives(home: Home) -> None:
    assert verified(home) == []
    assert not list(home.root.glob(".verify-*"))


def test_a_row_that_somebody_changed_is_a_defect(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        [article] = db.execute("SELECT id FROM articles ORDER BY id LIMIT 1").fetchone()
        db.execute("UPDATE articles SET title = 'Something else' WHERE id = ?", (article,))
        db.execute("UPDATE evidence SET raw = 'x' WHERE article_id = ? AND field = 'title'", (article,))
        db.commit()
    [found] = verified(home)
    assert found["code"] == "derived-differs"
    assert found["message"].endswith(f"{article}: title, evidence")


def test_a_row_of_another_extractor_is_stale_and_no_defect(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("UPDATE articles SET extractor = 'nyhetsarkiv/0' WHERE url LIKE '%a%'")
        db.commit()
    [found] = verified(home, "--sample", "3")
    assert (found["code"], found["level"]) == ("stale", "note")
