"""What people do to one site meanwhile, or did to its rows, harms neither the night nor the other sites."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.conftest import Archiver, run_archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import news
from tests.servers.news import article, write_profile
from tests.servers.raw import RawServer, answer


def test_a_site_whose_rows_are_broken_is_told_and_the_others_are_derived(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(3)) as broken, RawServer(news(3)) as whole:
        write_profile(home, broken, name="broken")
        write_profile(home, whole, name="whole")
        assert archiver("nightly", "--delay", "0").returncode == 0
        with closing(sqlite3.connect(home / "archiver.db")) as db, db:
            db.execute(
                "UPDATE article_versions SET authors = 'nobody' WHERE article_id IN"
                " (SELECT id FROM articles WHERE site = 'broken')"
            )
            db.execute("UPDATE articles SET authors = 'nobody' WHERE site = 'broken'")
        for server in (broken, whole):
            server.pages["/nyheter/1/"] = answer(article("Ny rubrik"))
        done = archiver("nightly", "--delay", "0", days=1)
        assert done.returncode == 3
    assert "its pages are stored, and could not be derived" in done.stdout
    assert rows(home, "SELECT site FROM articles WHERE title = 'Ny rubrik'") == [("whole",)]


def test_a_site_that_is_renamed_while_it_is_crawled(tmp_path: Path) -> None:
    def late(number: int) -> bytes:
        time.sleep(2)
        return answer(article("Sent svar"))

    with RawServer(news(3) | {"/nyheter/1/": late}) as server:
        profile = write_profile(tmp_path, server)
        words = [sys.executable, "-m", "archiver", "--data-dir", str(tmp_path), "nightly", "--delay", "0"]
        night = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while not server.times("/nyheter/1/"):
            time.sleep(0.05)
        renamed = run_archiver(tmp_path, "sites", "rename", "s", "Nya Bolaget")
        night.communicate(timeout=60)
        assert night.returncode == 0
        assert renamed.returncode == 0
        assert 'display_name = "Nya Bolaget"' in profile.read_text("utf-8")
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(3,)]
        assert run_archiver(tmp_path, "nightly", "--delay", "0").returncode == 0
    assert rows(tmp_path, "SELECT display_name FROM sites") == [("Nya Bolaget",)]
