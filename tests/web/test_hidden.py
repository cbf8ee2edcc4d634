"""What is hidden is hidden from every page, every table and every query, at once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from lxml import html

from archiver.replay.access import access_file
from archiver.suppressions import Suppression, write_suppressions
from tests.conftest import run_archiver
from tests.web.conftest import SECRET, UNWANTED, Library, Shown, serving

pytestmark = pytest.mark.xdist_group("web")

TEXTS = (
    "/archiver/articles.json?_size=max",
    "/archiver/article_versions.json?_size=max",
    "/archiver/chrome_blocks.json?_size=max",
    "/archiver/evidence.json?_size=max",
    "/archiver/articles_fts.json?_size=max",
    "/archiver/vocabulary.json?_size=max",
    "/archiver/latest_by_site.json",
    "/archiver/changes.json",
    "/archiver/searchable.json?_search={word}",
    "/archiver/links.json?_size=max",
    "/-/search?q={word}",
    "/",
    "/-/site/s",
)


def capture_of(library: Library, name: str) -> str:
    with closing(sqlite3.connect(library.home.database)) as db:
        url = f"{library.site}/nyheter/{name}/"
        return str(db.execute("SELECT warc_record_id FROM captures WHERE url = ?", (url,)).fetchone()[0])


@pytest.mark.parametrize("word", [SECRET, UNWANTED])
def test_the_text_of_what_is_hidden_is_nowhere(shown: Shown, word: str) -> None:
    for path in TEXTS:
        got = shown.get(path.format(word=word))
        assert got.status == 200, path
        assert f"om {word}" not in got.text, path
    asked = f"SELECT id FROM articles_fts WHERE articles_fts MATCH '{word}'"
    assert json.loads(shown.sql(asked).body) == []


@pytest.mark.parametrize("name", ["dold", "vill-inte"])
def test_the_capture_of_what_is_hidden_does_not_go_out(shown: Shown, library: Library, name: str) -> None:
    record = capture_of(library, name).strip("<>").removeprefix("urn:uuid:")
    for path in (f"/-/capture/{record}", f"/-/capture/{record}.warc", f"/-/picture/{record}"):
        got = shown.get(path)
        assert got.status == 404, path
        assert b"nyhet om" not in got.body


def test_each_row_of_datasette_has_its_page(shown: Shown) -> None:
    tables = json.loads(shown.get("/archiver.json").body)["tables"]
    opened = 0
    for table in tables:
        if not table["count"] or not table["primary_keys"] or table["private"] or table["hidden"]:
            continue
        page = html.fromstring(shown.get(f"/archiver/{table['name']}").body)
        links = {str(link) for link in page.xpath("//td//a/@href") if str(link).startswith("/archiver/")}
        for link in sorted(links)[:8]:
            assert shown.get(link).status == 200, link
            opened += 1
    assert opened > 20


def test_the_search_of_datasette_finds(shown: Shown) -> None:
    got = json.loads(shown.get("/archiver/searchable.json?_search=nyhet&_shape=array").body)
    assert len(got) > 3
    assert shown.get("/archiver/searchable?_search=nyhet").status == 200


def test_what_a_hidden_listing_says_is_hidden_with_it(library_copy: Library) -> None:
    words = ("suppress", "add", f"{library_copy.site}/nyheter/", "--reason", "x")
    done = run_archiver(library_copy.home.root, *words)
    assert "0 articles and 1 address hidden" in done.stderr, done.stderr
    with closing(sqlite3.connect(library_copy.home.database)) as db:
        query = "SELECT count(*) FROM links l JOIN captures c ON c.warc_record_id = l.capture WHERE c.url = ?"
        listing = (f"{library_copy.site}/nyheter/",)
        assert db.execute(query, listing).fetchone()[0] > 3
        assert db.execute(f"{query} AND l.text IS NOT NULL", listing).fetchone()[0] == 0


@pytest.mark.parametrize("table", ["chrome_models", "articles_fts_data", "vocabulary_fts_data"])
def test_tables_that_hold_words_of_hidden_titles_are_in_no_page_and_no_query(
    shown: Shown, table: str
) -> None:
    assert shown.get(f"/archiver/{table}").status == 403
    assert shown.sql(f"SELECT * FROM {table}").status in (400, 403)


def test_why_something_is_hidden_is_in_no_page_and_no_query(shown: Shown) -> None:
    assert shown.get("/archiver/suppressions").status == 403
    assert shown.get("/archiver/suppressions.json").status == 403
    for query in (
        "SELECT * FROM suppressions",
        "SELECT * FROM main.Suppressions",
        "WITH s AS (SELECT reason FROM suppressions) SELECT * FROM s",
        "SELECT count(*) FROM suppressions",
        "SELECT (SELECT group_concat(reason) FROM suppressions)",
        "SELECT hex(block) FROM articles_fts_data",
        "EXPLAIN SELECT * FROM suppressions",
    ):
        got = shown.sql(query)
        assert got.status == 400, query
        assert "begäran" not in got.text
    assert json.loads(shown.sql("SELECT count(*) AS n FROM articles").body) == [{"n": 13}]


def test_queries_only_read(shown: Shown, library: Library) -> None:
    for query in (
        "DELETE FROM articles",
        "SELECT 1; DELETE FROM articles",
        "PRAGMA user_version = 1",
        "ATTACH 'x' AS x",
    ):
        assert shown.sql(query).status == 400, query
    assert shown.get("/archiver.db").status == 403


def test_a_takedown_holds_while_the_archive_is_served(library_copy: Library) -> None:
    identity, record = library_copy.id_of("vanlig-1"), capture_of(library_copy, "vanlig-1")
    raw = f"/-/capture/{record.strip('<>').removeprefix('urn:uuid:')}"
    pages = (f"/-/article/{identity}", f"/-/cite/{identity}.txt", raw, f"/archiver/articles/{identity}.json")
    with serving(library_copy.home) as shown:
        assert [shown.get(path).status for path in pages] == [200] * 4
        target = f"{library_copy.site}/nyheter/vanlig-1/"
        done = run_archiver(library_copy.home.root, "suppress", "add", target, "--reason", "x")
        assert done.returncode == 0, done.stderr
        assert [shown.get(path).status for path in pages] == [404] * 4
        assert "nummer 1 om" not in shown.get("/-/search?q=upphandling").text
        done = run_archiver(library_copy.home.root, "suppress", "remove", target)
        assert done.returncode == 0, done.stderr
        assert [shown.get(path).status for path in pages] == [200] * 4


def test_a_decision_that_no_row_knows_yet_holds_for_article_and_capture(library_copy: Library) -> None:
    """As where ``suppress`` was ended between the file and the rows."""
    identity, target = library_copy.id_of("vanlig-2"), f"{library_copy.site}/nyheter/vanlig-2/"
    record = capture_of(library_copy, "vanlig-2").strip("<>").removeprefix("urn:uuid:")
    decision = Suppression(target=target, kind="url", reason="x", added="2026-01-01T00:00:00.000000Z")
    with serving(library_copy.home) as shown:
        write_suppressions(library_copy.home, [decision])
        assert shown.get(f"/-/article/{identity}").status == 404
        assert shown.get(f"/-/cite/{identity}.txt").status == 404
        assert shown.get(f"/-/capture/{record}").status == 404
    refused = run_archiver(library_copy.home.root, "serve")
    assert refused.returncode == 78
    assert target in refused.stderr
    assert "archiver derive" in refused.stderr


def test_rules_that_a_person_wrote_for_replay_hold_here_too(library_copy: Library) -> None:
    from archiver.replay.access import AccessRule, write_access_rules
    from archiver.warc.surt import urlkey

    urls = {name: f"{library_copy.site}/nyheter/{name}/" for name in ("vanlig-3", "vanlig-4")}
    path = access_file(library_copy.home.collection("s"))
    with serving(library_copy.home) as shown:
        records = {
            name: f"/-/capture/{capture_of(library_copy, name).strip('<>').removeprefix('urn:uuid:')}"
            for name in urls
        }
        assert {shown.get(each).status for each in records.values()} == {200}
        write_access_rules(
            path.parent.parent,
            [
                AccessRule(key=urlkey(urls["vanlig-3"]), url=urls["vanlig-3"], access="block"),
                AccessRule(key=urlkey(urls["vanlig-4"]), url=urls["vanlig-4"]),
            ],
        )
        assert [shown.get(records[name]).status for name in urls] == [451, 404]
        path.write_text("no rule\n")
        assert [shown.get(records[name]).status for name in urls] == [503, 503]


def test_a_capture_that_is_not_derived_yet_is_not_given_out(library_copy: Library) -> None:
    """What its page asks for is not known before."""
    record = capture_of(library_copy, "vanlig-6")
    with closing(sqlite3.connect(library_copy.home.database)) as db, db:
        db.execute("UPDATE captures SET extractor = NULL, kind = NULL WHERE warc_record_id = ?", (record,))
    part = record.strip("<>").removeprefix("urn:uuid:")
    with serving(library_copy.home) as shown:
        for path in (f"/-/capture/{part}", f"/-/capture/{part}.warc", f"/-/picture/{part}"):
            got = shown.get(path)
            assert got.status == 404
            assert "not derived yet" in got.text
