"""Conditional requests: what the server sent before is not sent again, and nothing is missed for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archiver.crawl.conditional import CHECKED, Validators, is_checked, validators
from archiver.store.captures import save_captures
from archiver.store.database import open_database
from archiver.store.frontier import LISTINGS, is_deep_day
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows, warc_files
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, Tagged, answer
from tests.store.test_chosen import NOT_MODIFIED, capture

URL = "https://a.example/nyheter/"
DAY = next(d for d in (date(2026, 1, 1) + timedelta(days=n) for n in range(2)) if not is_checked(URL, d))


def asked(path: Path) -> Iterator[tuple[str, bytes]]:
    """The address and the bytes of each request in a WARC file."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False, record_types=WarcRecordType.request):
            yield record.headers["WARC-Target-URI"], record.reader.read()


def is_conditional(request: bytes) -> bool:
    return b"\r\nIf-None-Match: " in request or b"\r\nIf-Modified-Since: " in request


def test_listings_are_asked_for_what_is_new(demo_copy: Path) -> None:
    home = demo_copy
    done = run_archiver(home, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    marks = ", ".join("?" * len(LISTINGS))
    today = datetime.now(UTC).date()
    first = "1" if is_deep_day("demo", today) else "(hops = 0 OR role = 'sitemap')"
    of_role = f"SELECT url FROM frontier WHERE role IN ({marks})"
    second = dict(asked(warc_files(home)[-1]))
    assert {row[0] for row in rows(home, f"{of_role} AND {first}", *LISTINGS)} <= set(second)
    listings = {row[0] for row in rows(home, of_role, *LISTINGS)} & set(second)
    for url in listings:
        assert is_conditional(second[url]) is not is_checked(url, today), url
    kept = rows(
        home,
        "SELECT c.url, c.status, c.warc_type, c.profile, o.url, o.warc_type FROM captures c"
        " JOIN captures o ON o.warc_record_id = c.refers_to WHERE c.status = 304",
    )
    assert {row[0] for row in kept} == {url for url in listings if not is_checked(url, today)}
    assert {row[1:4] for row in kept} == {(304, "revisit", NOT_MODIFIED)}
    assert all(row[0] == row[4] and row[5] == "response" for row in kept)
    assert rows(home, "SELECT count(*) FROM links l JOIN captures c ON c.warc_record_id = l.capture"
                " WHERE c.status = 304") == [(0,)]  # fmt: skip
    assert run_archiver(home, "verify").returncode == 0
    assert rows(home, "SELECT state FROM coverage") == [("complete",)] * 2


def test_what_a_listing_names_is_followed_also_where_the_profile_wants_it_only_now(tmp_path: Path) -> None:
    """The page is not sent again; what it names is read from the one that was."""

    pages = {
        "/nyheter/": Tagged(listing(["/nyheter/ett/", "/arkiv/tva/"]), '"a"'),
        "/nyheter/ett/": answer(article("Ett")),
        "/arkiv/tva/": answer(article("Två")),
    }
    home = tmp_path / "data"
    with RawServer(pages) as server:
        profile = write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        assert server.times("/arkiv/tva/") == 0
        profile.write_text(profile.read_text("utf-8").replace('"/nyheter/*/"', '"/nyheter/*/", "/arkiv/*/"'))
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        assert server.times("/arkiv/tva/") == 1
    assert {row[0] for row in rows(home, "SELECT title FROM articles")} == {"Ett", "Två"}


def test_an_article_that_did_not_change_was_seen_again(tmp_path: Path) -> None:
    home, today = tmp_path / "data", datetime.now(UTC).date()
    with RawServer() as server:
        urls = (f"{server.url}/nyheter/nytt-{n}/" for n in range(CHECKED))
        url = next(url for url in urls if not is_checked(url, today))
        path = url.removeprefix(server.url)
        server.pages |= {"/nyheter/": answer(listing([path])), path: Tagged(article("Ett"), '"a"')}
        write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        with sqlite3.connect(home / "archiver.db") as db:
            db.execute("UPDATE frontier SET state = 'pending' WHERE url = ?", (url,))
        db.close()
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        assert server.times(path) == 2
    first, second = rows(home, "SELECT warc_date, status FROM captures WHERE url = ? ORDER BY 1", url)
    assert (first[1], second[1]) == (200, 304)
    seen = rows(home, "SELECT first_seen, last_seen, versions FROM articles")
    assert seen == [(first[0], second[0], 1)]
    assert rows(home, "SELECT DISTINCT kind FROM captures WHERE url = ?", url) == [("article",)]
    assert rows(home, "SELECT state, reason FROM frontier WHERE url = ?", url) == [
        ("done", "not modified (304)")
    ]
    before = [
        rows(home, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("articles", "captures", "frontier")
    ]
    assert run_archiver(home, "verify", "--derive").returncode == 0
    assert run_archiver(home, "rebuild").returncode == 0
    assert before == [
        rows(home, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("articles", "captures", "frontier")
    ]


def test_a_full_crawl_asks_for_everything_whole(demo_copy: Path) -> None:
    home = demo_copy
    assert run_archiver(home, "crawl", "--delay", "0", "--full").returncode == 0
    assert not any(is_conditional(request) for _, request in asked(warc_files(home)[-1]))


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "damaged"])
def test_a_page_whose_copy_cannot_be_read_is_asked_for_whole(tmp_path: Path, is_lost: bool) -> None:
    pages = {
        "/nyheter/": Tagged(listing(["/nyheter/ett/"]), '"a"'),
        "/nyheter/ett/": answer(article("Ett")),
    }
    home = tmp_path / "data"
    with RawServer(pages) as server:
        write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        (path,) = warc_files(home)
        path.write_bytes(bytes(path.stat().st_size))
        if is_lost:
            path.unlink()
        first = run_archiver(home, "crawl", "--delay", "0")
        if not is_lost and not is_checked(f"{server.url}/nyheter/", datetime.now(UTC).date()):
            assert first.returncode == 4
            assert "no whole record" in first.stderr
            second = run_archiver(home, "crawl", "--delay", "0")
            assert second.returncode == 3  # the file of the first crawl is still damaged
            assert "archiver repair mends the file" in second.stderr
        assert server.log[-1].header("If-None-Match") is None
        assert rows(home, "SELECT reason FROM frontier WHERE role = 'listing'") == [(None,)]


def said(tmp_path: Path, *captures: dict[str, Any], on: date = DAY) -> Validators | None:
    """What is asked with after these answers of one address, the oldest first."""
    db = open_database(tmp_path / "archiver.db")
    with db:
        db.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '{}')")
        db.execute(
            "INSERT INTO crawls (id, command, started, finished, software) VALUES ('c', 'crawl', '2026-01-02T12:00:00Z', NULL, 'x')"
        )
        save_captures(db, [capture(f"<{n}>", URL, at=n, **values) for n, values in enumerate(captures)])
    found = validators(db, "s", URL, on=on)
    db.close()
    return found


UNCHANGED = {"status": 304, "warc_type": "revisit", "profile": NOT_MODIFIED, "refers_to": "<0>"}
IDENTICAL = {"warc_type": "revisit", "refers_to": "<0>"}


@pytest.mark.parametrize(
    ("captures", "expected"),
    [
        ([], None),
        ([{}], None),
        ([{"etag": '"a"'}], ('"a"', None, "<0>")),
        ([{"etag": '"a"', "last_modified": "x"}], ('"a"', "x", "<0>")),
        ([{"etag": '"a"'}, UNCHANGED], ('"a"', None, "<0>")),
        ([{"etag": '"a"'}, UNCHANGED | {"etag": '"b"'}, UNCHANGED], ('"b"', None, "<0>")),
        ([{"etag": '"a"'}, IDENTICAL | {"etag": '"b"'}], ('"b"', None, "<0>")),
        ([{"etag": '"a"'}, IDENTICAL], None),
        ([{"etag": '"a"'}, {}], None),
        ([{"etag": '"a"'}, {"status": 404, "etag": '"x"'}, {"status": 500}], ('"a"', None, "<0>")),
        ([{"etag": '"a"'}, {"truncated": "disconnect", "etag": '"x"'}], ('"a"', None, "<0>")),
        ([{"etag": '"a"'}, {"source": "import", "etag": '"x"'}], ('"a"', None, "<0>")),
        ([UNCHANGED | {"etag": '"a"', "refers_to": "<lost>"}], None),
        ([{"etag": "a\nHost: b", "last_modified": "x"}], (None, "x", "<0>")),
        ([{"etag": '"' + "a" * 5000 + '"'}], None),
    ],
)
def test_validators_are_the_newest_since_the_page_came(
    tmp_path: Path, captures: list[dict[str, Any]], expected: tuple[Any, ...] | None
) -> None:
    found = said(tmp_path, *captures)
    shown = found and (found.etag, found.last_modified, found.original.warc_record_id)
    assert shown == expected


def test_every_address_is_asked_for_whole_once_a_week(tmp_path: Path) -> None:
    first = date.fromordinal(date(2026, 1, 1).toordinal() // CHECKED * CHECKED)
    days = [first + timedelta(days=n) for n in range(CHECKED)]
    for n in range(50):
        assert sum(is_checked(f"{URL}{n}/", day) for day in days) == 1
        sundays = [first + timedelta(days=7 * week) for week in range(100)]
        assert any(is_checked(f"{URL}{n}/", day) for day in sundays), "a weekly crawl checks it, too"
    (checked,) = (day for day in days if is_checked(URL, day))
    assert said(tmp_path, {"etag": '"a"'}, on=checked) is None


def test_an_article_is_asked_for_again_when_it_is_due(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer() as server:
        server.pages |= {f"/nyheter/{n}/": Tagged(article(f"Nyhet {n}"), f'"{n}"') for n in range(4)}
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in range(3)))
        write_profile(home, server)
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        due = [
            datetime.fromisoformat(str(row[0]))
            for row in rows(home, "SELECT due FROM frontier WHERE role = 'article'")
        ]
        assert len(due) == 3
        assert all(day > datetime.now(UTC) for day in due)
        with sqlite3.connect(home / "archiver.db") as db:
            db.execute("UPDATE frontier SET due = '2026-01-01T00:00:00Z' WHERE url LIKE '%/1/'")
        db.close()
        server.pages["/nyheter/1/"] = Tagged(
            article("Nyhet 1", more="<p>Ett stycke till som är nytt.</p>"), '"x"'
        )
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in range(4)))
        assert run_archiver(home, "crawl", "--delay", "0").returncode == 0
        assert {n: server.times(f"/nyheter/{n}/") for n in range(4)} == {0: 1, 1: 2, 2: 1, 3: 1}
    assert rows(home, "SELECT count(*) FROM article_versions WHERE version = 2") == [(1,)]
    assert rows(home, "SELECT count(*) FROM frontier WHERE role = 'article' AND due IS NULL") == [(0,)]


@pytest.mark.parametrize("tag", ['"a"', 'W/"a"'], ids=["strong", "weak"])
def test_a_server_whose_validators_lie_is_asked_for_every_page_whole(tmp_path: Path, tag: str) -> None:
    home = tmp_path / "data"
    with RawServer({"/nyheter/": Tagged(listing(["/nyheter/ett/"]), '"l"')}) as server:
        write_profile(home, server)
        for text in ("Ett", "Ett, rättad", "Ett, rättad igen"):
            server.pages["/nyheter/ett/"] = Tagged(article(text), tag)
            full = ["--full"] if text == "Ett, rättad" else []
            assert run_archiver(home, "crawl", "--delay", "0", *full).returncode == 0
            with sqlite3.connect(home / "archiver.db") as db:
                db.execute("UPDATE frontier SET due = '2026-01-01' WHERE role = 'article'")
            db.close()
    assert rows(home, "SELECT title FROM articles") == [("Ett, rättad igen",)]
    assert not any(is_conditional(request) for _, request in asked(warc_files(home)[-1]))
    noted = rows(home, "SELECT severity, url FROM findings WHERE code = 'validators'")
    assert set(noted) == {("note", f"{server.url}/nyheter/ett/")}


@pytest.mark.parametrize("is_steady", [False, True], ids=["new each time", "steady"])
def test_a_server_that_dates_every_page_anew_is_told_of_and_costs_no_copies(
    tmp_path: Path, is_steady: bool
) -> None:
    home, names = tmp_path / "data", [f"/nyheter/{n}/" for n in range(6)]

    def dated(page: str) -> Callable[[int], bytes]:
        return lambda number: answer(
            page, f"Last-Modified: Mon, 05 Oct 2026 10:00:{0 if is_steady else number:02} GMT"
        )

    pages = {"/nyheter/": listing(names)} | {name: article(f"Nyhet {name}") for name in names}
    with RawServer({path: dated(page) for path, page in pages.items()}) as server:
        write_profile(home, server)
        for _ in range(2):
            assert run_archiver(home, "crawl", "--delay", "0", "--full").returncode == 0
    assert rows(
        home, "SELECT count(*) FROM captures WHERE url LIKE '%/nyheter/_/' AND warc_type = 'revisit'"
    ) == [(6,)]
    told = rows(home, "SELECT severity, message FROM findings WHERE code = 'dated-anew'")
    assert told == (
        []
        if is_steady
        else [
            (
                "note",
                "the server sent 7 of 7 unchanged pages whole, as their validators are new each time;"
                " what is the same is stored once",
            )
        ]
    )
