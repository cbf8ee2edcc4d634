"""Manners of a crawl: how long it waits, what it never follows, what it asks first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.crawl.reading import is_endless
from archiver.crawl.retry import retry_after
from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer, once

AT = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Fri, 01 Mar 2024 12:00:30 GMT", 30.0),
        ("Fri, 01 Mar 2024 12:00:30 -0000", 30.0),
        ("Fri, 01 Mar 2024 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, AT) == seconds


def test_a_date_far_away_is_a_long_time() -> None:
    assert (retry_after("Fri, 31 Dec 9999 23:59:59 GMT", AT) or 0) > 1e9
    assert (retry_after("9" * 400, AT) or 0) > 1e8


@pytest.mark.parametrize(
    ("path", "endless"),
    [
        ("/nyheter/2024/03/rapport/", False),
        ("/nyheter/2024/03/", False),
        ("/kalender/2024/03/07/", True),
        ("/kalender/2031/01/", True),
        ("/a/vidare/", False),
        ("/a/vidare/vidare/vidare/", True),
        ("/" + "/".join(map(str, range(20))), True),
        ("/2020/10/2014/", False),
    ],
)
def test_addresses_without_end(path: str, endless: bool) -> None:
    assert is_endless("https://example.se" + path, year=2026) is endless


def test_an_endless_calendar_ends_where_every_link_is_followed(tmp_path: Path) -> None:
    with RawServer() as server:
        for year in range(2000, 2060):
            for month in range(1, 13):
                following = f"/kalender/{year + month // 12}/{month % 12 + 1:02d}/"
                days = "".join(f"<a href='{d:02d}/'>{d}</a> " for d in range(1, 29))
                server.pages[f"/kalender/{year}/{month:02d}/"] = answer(
                    f"<p>Inga händelser</p>{days}<a href='{following}'>Nästa</a>"
                )
        names = [f"n{n}" for n in range(6)]
        for name in names:
            server.pages[f"/nyheter/{name}/"] = answer(article(name))
        server.pages["/nyheter/"] = answer(
            listing([*(f"/nyheter/{n}/" for n in names), "/kalender/2026/01/"])
        )
        write_profile(tmp_path, server, more='[crawl]\nfollow = "all"\n')
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert "6 in all" in done.stderr
    assert len(server.log) < 100


def test_robots_txt_is_asked_again_as_late_as_it_wishes(tmp_path: Path) -> None:
    busy = answer("", "Retry-After: 1", status="503 Service Unavailable")
    rules = answer("User-agent: *\nDisallow: /nyheter/n2/\nCrawl-delay: 1\n", kind="text/plain")
    names = [f"n{n}" for n in range(5)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/robots.txt"] = once(busy, rules)
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        write_profile(tmp_path, server, more="[crawl]\ndelay = 0.1\n")
        done = run_archiver(tmp_path, "crawl")
    assert done.returncode == 0, done.stderr
    assert "4 in all" in done.stderr, "the page that lists them is no article"
    asked = [seen.target for seen in server.log]
    assert asked[:2] == ["/robots.txt", "/robots.txt"]
    assert server.log[1].at - server.log[0].at >= 1
    assert "/nyheter/n2/" not in asked
    gaps = [b.at - a.at for a, b in zip(server.log[1:], server.log[2:], strict=False)]
    assert min(gaps) > 0.9, "Crawl-delay is a floor"
