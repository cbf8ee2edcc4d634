"""``archiver cite``: plain, as robust links, for reference managers and in styles, read back by others."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from lxml import html

from archiver.demo import DemoServer
from archiver.home import Home
from tests.conftest import run_archiver

BASE = "https://arkiv.example.org/replay"
PUBLISHED = {"ARCHIVER_ARCHIVE_BASE_URL": BASE}
UNSET = "no address of a memento: archive.base_url, where replay is published, is not set"


def articles(home: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(home / "archiver.db") as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM articles ORDER BY published_day DESC")]


def stamp(home: Path, record: str) -> tuple[str, str]:
    """The instant of a capture and its digest."""
    with sqlite3.connect(home / "archiver.db") as db:
        found = db.execute("SELECT warc_date, digest FROM captures WHERE warc_record_id = ?", (record,))
        at, digest = found.fetchone()
    return at, digest


def cite(home: Path, *words: str, env: dict[str, str] | None = None) -> str:
    done = run_archiver(home, "cite", *words, env=env or PUBLISHED)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def cite_lines(home: Path, lines: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Cite what stands on standard input."""
    command = [sys.executable, "-m", "archiver", "--data-dir", str(home), "cite", *words]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=False)


def test_a_plain_citation_says_who_what_when_where_and_what_proves_it(demo_home: Home) -> None:
    found = [a for a in articles(demo_home.root) if len(json.loads(a["authors"])) == 1]
    one = next(a for a in found if len(a["date_published"]) == 10)
    at, digest = stamp(demo_home.root, one["capture"])
    memento = f"{BASE}/demo/{re.sub('[^0-9]', '', at)[:14]}/{one['url']}"
    text = cite(demo_home.root, one["id"])
    who = ", ".join(json.loads(one["authors"]))
    assert text == (
        f"{who}: “{one['title']}”. {one['publisher']}, {one['date_published']}. <{one['canonical_url']}>."
        f" Archived at <{memento}>, captured {at}, WARC record {one['capture']}, payload {digest}.\n"
    )
    assert cite(demo_home.root, one["url"]) == text


def test_without_a_base_the_memento_is_left_out_and_the_command_says_so(demo_home: Home) -> None:
    one = articles(demo_home.root)[0]
    for words in ([], ["--format", "html"], ["--format", "ris"], ["--json"]):
        done = run_archiver(demo_home.root, "cite", one["id"], *words)
        assert done.returncode == 0
        assert done.stderr.strip() == UNSET
        # The demo's own addresses are on loopback; those of mementos would be.
        assert "8080" not in done.stdout.replace(one["url"], "")
        assert not re.search(r"https?://[^\s\"]*/\d{14}", done.stdout)
    quiet = run_archiver(demo_home.root, "-q", "cite", one["id"])
    assert quiet.stderr == ""
    local = run_archiver(
        demo_home.root, "cite", one["id"], env={"ARCHIVER_ARCHIVE_BASE_URL": "http://localhost:8080"}
    )
    assert local.returncode == 78
    assert "archive.base_url cannot be used" in local.stderr


def test_html_is_a_robust_link(demo_home: Home) -> None:
    one = articles(demo_home.root)[0]
    at, _ = stamp(demo_home.root, one["capture"])
    for words in ([], ["--style", "apa"]):
        text = cite(demo_home.root, one["id"], "--format", "html", *words)
        page = html.fromstring(text)
        robust, memento = page.iter("a")
        assert robust.get("href") == robust.get("data-originalurl") == one["url"]
        assert robust.get("data-versiondate") == at[:10]
        assert robust.get("data-versionurl") == memento.get("href")
        assert memento.get("href") == f"{BASE}/demo/{re.sub('[^0-9]', '', at)[:14]}/{one['url']}"
        assert one["title"] in page.text_content()
        assert one["capture"] in page.text_content()


def test_programs_read_them(demo_home: Home) -> None:
    one, two = articles(demo_home.root)[:2]
    names = [one["id"], two["url"], two["id"]]
    (first, second) = rispy.load(io.StringIO(cite(demo_home.root, *names, "--format", "ris")))
    assert (first["title"], second["title"]) == (one["title"], two["title"])
    assert first["accession_number"] == one["capture"].strip("<>")
    assert first["file_attachments2"].startswith(f"{BASE}/demo/")
    entries = bibtexparser.parse_string(cite(demo_home.root, *names, "--format", "bibtex")).entries
    assert [entry.fields_dict["url"].value for entry in entries] == [one["url"], two["url"]]
    items = json.loads(cite(demo_home.root, *names, "--format", "csl-json"))
    assert [item["id"] for item in items] == [one["id"], two["id"]]
    rows = json.loads(cite(demo_home.root, *names, "--json"))
    lines = cite(demo_home.root, *names, "--jsonl").splitlines()
    assert rows == [json.loads(line) for line in lines]
    assert cite(demo_home.root, *names).splitlines() == [f"{r['text']} {r['evidence']}" for r in rows]
    assert rows[1]["warc_record_id"] == two["capture"].strip("<>")


def test_standard_input_may_be_ids_or_what_a_search_prints(demo_home: Home) -> None:
    one, two = articles(demo_home.root)[:2]
    plain = f"{one['id']}\n\n  {two['url']}  \n"
    table = f"id\tsite\ttitle\n{one['id']}\tdemo\ta\n{two['id']}\tdemo\tb\n"
    objects = "".join(json.dumps({"site": "demo", "id": a["id"]}) + "\n" for a in (one, two))
    array = json.dumps([{"site": "demo", "id": a["id"]} for a in (one, two)], indent=2)
    texts = (plain, table, objects, array)
    said = [cite_lines(demo_home.root, text, "-", "--format", "ris") for text in texts]
    assert len({done.stdout for done in said}) == 1
    assert said[0].stdout.count("TY  - ELEC") == 2
    nothing = cite_lines(demo_home.root, "", "-", "--format", "csl-json")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "[]\n", "")
    odd = cite_lines(demo_home.root, '{"id": 1, \n[' + "[" * 10_000 + f"\n{one['id']}", "-")
    assert odd.returncode == 2
    assert one["title"] in odd.stdout


def test_what_is_not_there_is_said_and_the_others_are_cited(demo_home: Home) -> None:
    one = articles(demo_home.root)[0]
    done = run_archiver(
        demo_home.root, "cite", "Robert'); DROP TABLE articles;--", one["id"], "\udcff\udcfe", env=PUBLISHED
    )
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.count("no article has the id or address") == 2
    done = run_archiver(demo_home.root, "cite", one["id"], "--version", "7", env=PUBLISHED)
    assert done.returncode == 2
    assert "there is no version 7: the article has 1" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name an article"),
        (["x", "--style", "apa", "--format", "ris"], "--style is for text and html, and ris has none"),
        (["x", "--locale", "sv"], "--locale is the language of a style"),
        (["x", "--json", "--format", "html"], "--json and --format html are two formats"),
        (["ID", "--style", "harvard-cite-them-rihgt"], "close to it: harvard-cite-them-right"),
        (["ID", "--style", "apa", "--locale", "sw-SE"], "such as sv-SE"),
        (["ID", "--style", "nothing.csl"], "nothing.csl: this style cannot be read"),
        (["ID", "--style", "./tests/cli/test_cite.py"], "this style cannot be read"),
        (["ID", "--style", "tests/export/schemas/tei-subset.rng"], "is no style of CSL"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(demo_home: Home, words: list[str], said: str) -> None:
    one = articles(demo_home.root)[0]
    done = run_archiver(demo_home.root, "cite", *(one["id"] if w == "ID" else w for w in words))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert not done.stdout


def test_styles_are_those_that_are_installed(demo_home: Home) -> None:
    lines = cite(demo_home.root, "--styles").splitlines()
    assert lines[0] == "style\ttitle"
    titles = dict(line.split("\t") for line in lines[1:])
    assert len(titles) > 9000
    assert titles["harvard-cite-them-right"].startswith("Cite Them Right")
    assert titles["ieee"].startswith("IEEE")
    assert all(titles.values())


@pytest.mark.parametrize(
    ("style", "locale", "expected"),
    [
        ("apa", None, "Kvarnholm, S. (2016, November 16). Hållbarhetsredovisning"),
        ("APA", "sv", "Kvarnholm, S. (2016, november 16). Hållbarhetsredovisning"),
        ("ieee", None, "[1] S. Kvarnholm, “Hållbarhetsredovisning"),
        ("chicago-notes", None, "S. Kvarnholm, “Hållbarhetsredovisning"),  # it has notes alone
        ("vancouver", None, "1. Kvarnholm S."),  # a name of before
        ("nature-digest", None, "1. Kvarnholm, S. Hållbarhetsredovisning"),  # stands for another
    ],
)
def test_styles_of_every_kind(demo_home: Home, style: str, locale: str | None, expected: str) -> None:
    article = next(
        a for a in articles(demo_home.root) if a["title"].startswith("Hållbarhetsredovisning för den")
    )
    words = ["--style", style, *(["--locale", locale] if locale else [])]
    text = cite(demo_home.root, article["id"], *words)
    assert text.startswith(expected)
    assert text.endswith(
        f"WARC record {article['capture']}, payload {stamp(demo_home.root, article['capture'])[1]}.\n"
    )


CSL = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" default-locale="sv-SE">
  <info><title>Our own</title><id>own</id><updated>2020-01-01T00:00:00Z</updated></info>
  <citation><layout><text variable="title"/></layout></citation>
  <bibliography><layout suffix=" !"><group delimiter=" ~ ">
    <text variable="title" font-style="italic"/><date variable="issued" form="text"/>
  </group></layout></bibliography>
</style>"""


def test_a_style_may_be_a_file(demo_home: Home, tmp_path: Path) -> None:
    one = next(a for a in articles(demo_home.root) if len(a["date_published"] or "") == 10)
    style = tmp_path / "own.csl"
    style.write_text(CSL, "utf-8")
    text = cite(demo_home.root, one["id"], "--style", str(style))
    assert text.startswith(f"{one['title']} ~ ")
    marked = cite(demo_home.root, one["id"], "--style", str(style), "--format", "html")
    assert marked.startswith(f'<p class="citation"><bdi><i>{one["title"]}</i> ~ ')
    assert f'data-originalurl="{one["url"]}"' in marked  # also where the style names no address
    style.write_text(CSL.replace('<layout suffix=" !">', "<layout><broken/></layout><layout>"), "utf-8")
    done = run_archiver(demo_home.root, "cite", one["id"], "--style", str(style))
    assert done.returncode in (0, 2)
    assert "defect" not in done.stderr
    style.write_text(CSL.replace("<bibliography>", "<bibliography><layout>"), "utf-8")
    assert run_archiver(demo_home.root, "cite", one["id"], "--style", str(style)).returncode == 2


def test_without_the_extra_the_plain_form_works_and_a_style_names_it(demo_home: Home, tmp_path: Path) -> None:
    (tmp_path / "citeproc").mkdir()
    (tmp_path / "citeproc" / "__init__.py").write_text("raise ImportError", "utf-8")
    env = PUBLISHED | {"PYTHONPATH": str(tmp_path)}
    one = articles(demo_home.root)[0]
    assert one["title"] in cite(demo_home.root, one["id"], env=env)
    for words in ([one["id"], "--style", "apa"], ["--styles"]):
        done = run_archiver(demo_home.root, "cite", *words, env=env)
        assert done.returncode == 2
        assert "pip install 'nyhetsarkiv[cite]'" in done.stderr


def test_an_earlier_version_is_cited_with_its_own_capture(demo_copy: Path, demo_server: DemoServer) -> None:
    one = articles(demo_copy)[0]
    first = cite(demo_copy, one["id"])
    older = older_version(demo_copy, one["id"])
    text = cite(demo_copy, one["id"], "--version", "1")
    at, digest = stamp(demo_copy, older["capture"])
    assert text.startswith("Bo Ek: “Förr”. ")
    assert f", 2001-02-03. <{one['canonical_url']}>." in text
    assert f"captured {at}, WARC record {older['capture']}, payload {digest}." in text
    # The page that was read then, not the address of today.
    assert f"/{re.sub('[^0-9]', '', at)[:14]}/{older['url']}>" in text
    assert cite(demo_copy, one["id"], "--version", "2") == cite(demo_copy, one["id"]) == first
    found = html.fromstring(cite(demo_copy, one["id"], "--version", "1", "--format", "html"))
    link = next(found.iter("a"))
    assert (link.get("href"), link.get("data-originalurl")) == (one["canonical_url"], older["url"])


def older_version(home: Path, identity: str) -> dict[str, str]:
    """Have the article a version before the one that it has, read from another page of the site."""
    with sqlite3.connect(home / "archiver.db") as db:
        record, url = db.execute(
            "SELECT warc_record_id, url FROM captures WHERE kind = 'article' AND warc_record_id NOT IN"
            " (SELECT capture FROM articles WHERE id = ?) ORDER BY url LIMIT 1", (identity,)
        ).fetchone()  # fmt: skip
        db.execute("UPDATE article_versions SET version = 2 WHERE article_id = ?", (identity,))
        db.execute("UPDATE articles SET version = 2, versions = 2 WHERE id = ?", (identity,))
        db.execute(
            "INSERT INTO article_versions SELECT article_id, 1, 'Förr', body, body_markdown, '[\"Bo Ek\"]',"
            " '2001-02-03', null, first_seen, last_seen, ?, ? FROM article_versions WHERE article_id = ?",
            (record, json.dumps([record]), identity),
        )
    return {"capture": record, "url": url}


def test_gone_articles_are_cited_and_hidden_ones_are_not(demo_copy: Path) -> None:
    one, two = articles(demo_copy)[:2]
    with sqlite3.connect(demo_copy / "archiver.db") as db:
        db.execute(
            "UPDATE articles SET gone_since = '2026-01-02T03:04:05.000006Z' WHERE id = ?", (one["id"],)
        )
    assert f"<{one['url']}> (gone since 2026-01-02)." in cite(demo_copy, one["id"])
    for words in (("--style", "apa"), ("--style", "apa", "--format", "html"), ("--format", "ris")):
        assert cite(demo_copy, one["id"], *words).lower().count("gone since 2026-01-02") == 1
    assert run_archiver(demo_copy, "suppress", "add", two["url"], "--reason", "asked").returncode == 0
    for name in (two["id"], two["url"]):
        done = run_archiver(demo_copy, "cite", name)
        assert done.returncode == 2
        assert "hidden since" in done.stderr
        assert not done.stdout
