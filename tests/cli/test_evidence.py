"""``show --evidence``: what was stripped, and who says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archiver.cli.evidence import stripped_lines
from archiver.derive.rows import in_few_rows
from archiver.home import Home
from archiver.model import Stripped
from archiver.store.articles import article_id_of, stripped
from archiver.store.database import open_database
from tests.conftest import run_archiver

SITE = Stripped(text="Nyhetsarkiv", where="div.spalt > h3", reason="site", pages=412, of=415)
SHARE = [
    Stripped(text=name, where="div.dela > a", reason="share row")
    for name in ("Facebook", "LinkedIn", "Bluesky")
]
TAGS = Stripped(text="Skola", where="ul.taggar > li", reason="tags")


def test_what_the_site_and_what_the_page_says_are_told_apart() -> None:
    assert stripped_lines([SHARE[0], SITE, SHARE[1], TAGS]) == [
        "Stripped: the site's pages show it",
        "  Nyhetsarkiv – 412 of 415 pages",
        "Stripped: the page itself says what it is",
        "  Facebook · LinkedIn – share row",
        "  Skola – tags",
    ]
    assert stripped_lines([]) == []


def test_a_long_list_is_shortened_for_a_person() -> None:
    many = [Stripped(text=f"En rad med nummer {n}", where="nav", reason="menu") for n in range(50)]
    (head, line) = stripped_lines(many)
    assert head.startswith("Stripped: the page")
    assert line.startswith("  En rad med nummer 0 · ")
    assert line.endswith("and 40 more – menu")


def test_lines_of_one_reason_in_a_row_are_one_row_and_none_is_lost() -> None:
    rows = in_few_rows([SITE, *SHARE, TAGS, SHARE[0]])
    assert [(r.text, r.reason) for r in rows] == [
        ("Nyhetsarkiv", "site"), ("Facebook · LinkedIn · Bluesky", "share row"), ("Skola", "tags"),
        ("Facebook", "share row"),
    ]  # fmt: skip
    assert in_few_rows([SITE, SITE]) == [SITE, SITE]
    long = [Stripped(text="x" * 200, where="p", reason="menu")] * 3
    assert len(in_few_rows(long)) == 3


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Home:
    shutil.copytree(demo_home.root, tmp_path / "data")
    return Home(tmp_path / "data")


def test_json_carries_all_that_was_stripped(home: Home) -> None:
    db = open_database(home.database)
    reference = db.execute("SELECT article_id FROM chrome_blocks LIMIT 1").fetchone()[0]
    identity = article_id_of(db, reference) or ""
    db.execute(
        "INSERT INTO chrome_blocks VALUES (?, 900, 'Facebook · LinkedIn', 'div.dela', 'share row', 0, 0)",
        (identity,),
    )
    db.commit()
    expected = stripped(db, identity)
    db.close()
    shown = json.loads(run_archiver(home.root, "show", identity, "--evidence", "--json").stdout)
    assert [Stripped(**row) for row in shown["stripped"]] == expected
    assert "stripped" not in json.loads(run_archiver(home.root, "show", identity, "--json").stdout)
    text = run_archiver(home.root, "show", identity, "--evidence").stdout
    assert "  Facebook · LinkedIn – share row" in text


def test_each_record_can_be_cut_out_by_the_command_shown(home: Home) -> None:
    import re
    import subprocess

    db = open_database(home.database)
    row = db.execute("SELECT id, capture, title FROM articles ORDER BY id LIMIT 1").fetchone()
    db.close()
    shown = run_archiver(home.root, "show", row["id"], "--evidence").stdout
    assert f"Record    {row['capture']}" in shown
    [command, *_] = re.findall(r"cut it out: (.*)", shown)
    record = subprocess.run(command, shell=True, capture_output=True, check=True).stdout
    assert record.startswith(b"WARC/1.1\r\n")
    assert row["capture"].encode() in record
