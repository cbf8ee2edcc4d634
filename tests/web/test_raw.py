"""What a server sent goes out as text or as a file, in a sandbox, byte for byte."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lxml import html
from warcio.archiveiterator import ArchiveIterator

from archiver.demo.pictures import picture
from archiver.web.headers import CAPTURED
from archiver.web.links import capture_path, picture_path, records_named
from tests.replay.conftest import pywb, tools
from tests.web.conftest import Library, Shown

__all__ = ["tools"]  # a fixture

pytestmark = pytest.mark.xdist_group("web")


def records(library: Library, query: str) -> list[str]:
    with closing(sqlite3.connect(library.home.database)) as db:
        return [row[0] for row in db.execute(f"SELECT warc_record_id FROM captures WHERE {query}")]


def test_a_page_goes_out_as_text_and_runs_nothing(shown: Shown, library: Library) -> None:
    record = records(library, "url LIKE '%/farlig/' ORDER BY warc_date")[0]
    got = shown.get(capture_path(record))
    assert got.status == 200
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.headers["Content-Security-Policy"] == CAPTURED
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.body.startswith(b"<!DOCTYPE html>")
    assert b"javascript:alert(2)" in got.body


def test_every_capture_is_given_with_its_record(shown: Shown, library: Library) -> None:
    for record in records(library, "kind NOT IN ('suppressed', 'noarchive')"):
        got = shown.get(capture_path(record, ".warc"))
        assert got.status == 200
        assert got.headers["Content-Disposition"].startswith("attachment")
        [read] = [each.rec_headers for each in ArchiveIterator(io.BytesIO(got.body))]
        assert read["WARC-Record-ID"] == record


def test_a_revisit_shows_what_it_found_again(shown: Shown, library: Library) -> None:
    first, again = records(library, "url LIKE '%/vanlig-5/' ORDER BY warc_date")
    assert shown.get(capture_path(again)).body == shown.get(capture_path(first)).body


def test_pictures_are_shown_and_nothing_else_as_one(shown: Shown, library: Library) -> None:
    [image, *_] = records(library, "url LIKE '%/karta.png'")
    got = shown.get(picture_path(image))
    assert (got.headers["Content-Type"], got.body) == ("image/png", picture("karta.png")[1])
    assert got.headers["Content-Security-Policy"] == CAPTURED
    as_file = shown.get(capture_path(image))
    assert as_file.headers["Content-Type"] == "application/octet-stream"
    assert as_file.headers["Content-Disposition"].startswith('attachment; filename="s-')
    [page, *_] = records(library, "url LIKE '%/farlig/'")
    assert shown.get(picture_path(page)).status == 404


def test_a_file_that_was_lost_is_said(library_copy: Library) -> None:
    from tests.web.conftest import serving

    [record, *_] = records(library_copy, "url LIKE '%/farlig/'")
    for path in library_copy.home.archive("s").iterdir():
        path.unlink()
    with serving(library_copy.home) as shown:
        for path in (capture_path(record), capture_path(record, ".warc")):
            got = shown.get(path)
            assert got.status == 404
            assert "file" in got.text


def test_a_damaged_record_is_said(library_copy: Library) -> None:
    from tests.web.conftest import serving

    [record, *_] = records(library_copy, "url LIKE '%/farlig/'")
    for path in library_copy.home.archive("s").iterdir():
        path.write_bytes(b"\0" * path.stat().st_size)
    with serving(library_copy.home) as shown:
        assert shown.get(capture_path(record)).status == 404
        assert shown.get(capture_path(record, ".warc")).status == 404


@pytest.mark.parametrize("part", ["x", "%00", "..%2f..%2farchiver.db", "%3Curn:uuid:x%3E", "a" * 9000])
def test_no_name_reaches_beside_the_rows(shown: Shown, part: str) -> None:
    assert shown.get(f"/-/capture/{part}").status in (404, 414)


def test_any_record_id_has_an_address() -> None:
    for record in ("<urn:uuid:1b-2>", "<urn:x/y?z#w>", "urn:sha1:ÅÄ"):
        part = capture_path(record).removeprefix("/-/capture/")
        assert "/" not in part
        assert record in records_named(part)


def test_the_link_to_the_page_as_it_was_plays(shown: Shown, library: Library, tools: Path) -> None:
    from urllib.parse import urlsplit

    [record, *_] = records(library, "url LIKE '%/farlig/'")
    with closing(sqlite3.connect(library.home.database)) as db:
        [identity] = db.execute("SELECT id FROM articles WHERE url LIKE '%/farlig/'").fetchone()
    page = html.fromstring(shown.get(f"/-/article/{identity}").text)
    [link] = page.xpath("//a[starts-with(@href, 'http://127.0.0.1:8080/')]/@href")
    as_sent = urlsplit(link).path.replace("/http", "id_/http", 1)
    with pywb(tools, library.home.root) as replay:
        assert replay.get(as_sent).body == shown.get(capture_path(record)).body
