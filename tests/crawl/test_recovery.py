"""Recovery: whatever a crash leaves between a WARC file and its rows is brought together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archiver.demo import articles
from tests.conftest import run_archiver
from tests.crawl.test_crawl import COLUMNS, rows, warc_files


def in_files(home: Path) -> set[str]:
    found = set()
    for path in warc_files(home):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if record.record_type in (WarcRecordType.response, WarcRecordType.revisit):
                    found.add(record.headers["WARC-Record-ID"])
    return found


def in_rows(home: Path) -> set[str]:
    return {str(row[0]) for row in rows(home, "SELECT warc_record_id FROM captures")}


@pytest.mark.parametrize("lost", ["the last", "the middle", "all"])
def test_rows_that_a_power_cut_took_come_back(demo_copy: Path, lost: str) -> None:
    home = demo_copy
    before = rows(home, f"SELECT {COLUMNS} FROM articles ORDER BY id")
    where = {"the last": '"offset" > 150000', "the middle": '"offset" BETWEEN 60000 AND 120000', "all": "1"}
    with sqlite3.connect(home / "archiver.db") as db:
        chosen = f"SELECT warc_record_id FROM captures WHERE {where[lost]}"
        db.execute(
            "UPDATE frontier SET state = 'leased', capture = NULL WHERE url IN"
            f" (SELECT url FROM captures WHERE warc_record_id IN ({chosen}))"
        )
        for table in ("article_versions", "article_aliases", "article_authors", "article_keywords",
                      "evidence", "chrome_blocks", "simhash_bands", "near_duplicates"):  # fmt: skip
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM articles")
        db.execute("DELETE FROM articles_fts")
        db.execute(f"DELETE FROM links WHERE capture IN ({chosen})")
        db.execute(f"DELETE FROM captures WHERE {where[lost]}")
        db.execute("UPDATE captures SET extractor = NULL")
        db.execute("DELETE FROM coverage")
        # Another crawl, of the same second, that ended well: it says nothing of this one's files.
        other = str(db.execute("SELECT id FROM crawls").fetchone()[0])[:17] + "beef"
        columns = "command, started, finished, software"
        db.execute(f"INSERT INTO crawls (id, {columns}) SELECT ?, {columns} FROM crawls", (other,))
        db.execute("INSERT INTO coverage (site, night, crawl, state) VALUES ('demo', '2020-01-01', ?, 'complete')",
                   (other,))  # fmt: skip
    db.close()
    assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
    assert in_rows(home) == in_files(home)
    assert rows(home, f"SELECT {COLUMNS} FROM articles ORDER BY id") == before
    index = (home / "collections/demo/indexes/index.cdxj").read_text("utf-8").splitlines()
    assert index == sorted(index)
    unchanged = rows(home, "SELECT count(*) FROM captures WHERE status = 304")[0][0]
    assert len(index) + unchanged == len(in_files(home))


def test_a_file_that_is_still_open_is_closed_and_indexed(demo_copy: Path) -> None:
    home = demo_copy
    (path,) = warc_files(home)
    torn = path.with_name(path.name + ".open")
    path.rename(torn)
    torn.write_bytes(torn.read_bytes()[:-40])
    with sqlite3.connect(home / "archiver.db") as db:
        db.execute("DELETE FROM coverage")
    db.close()
    assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
    assert path.exists()
    assert not torn.exists()
    assert len(list(path.parent.glob("*.torn-*"))) == 1
    assert in_rows(home) >= in_files(home)
    assert rows(home, "SELECT count(*) FROM articles")[0][0] == len(articles())


def test_damage_amid_a_file_that_is_still_open_is_said_and_stops_nothing(demo_copy: Path) -> None:
    home = demo_copy
    [path] = warc_files(home)
    still_open = path.rename(path.with_name(path.name + ".open"))
    damaged = bytearray(still_open.read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 512] = bytes(512)
    still_open.write_bytes(damaged)
    with sqlite3.connect(home / "archiver.db") as db:
        db.execute("DELETE FROM coverage")
    db.close()
    crawl = run_archiver(home, "crawl", "--delay", "0")
    assert crawl.returncode == 3
    assert f"{path}: damaged at byte " in crawl.stderr
    assert "archiver repair mends the file" in crawl.stderr
    assert path.read_bytes() == damaged
    (home / "archiver.db").unlink()
    rebuild = run_archiver(home, "rebuild")
    assert rebuild.returncode == 1
    assert f"{path}: damaged at byte " in rebuild.stderr
    assert path.read_bytes() == damaged
    run_archiver(home, "repair")
    assert run_archiver(home, "rebuild").returncode == 0
