"""Manners of a crawl: how long it waits, what it never follows, what it asks first."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.crawl.retry import retry_after
from archiver.crawl.robots import MAX_BYTES, rules_in
from archiver.crawl.settings import user_agent
from archiver.crawl.shapes import is_endless
from archiver.reservations import TDM_FILE
from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer, moved, once

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
        ("1 Jan 99999999999 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 +99999999999999999999", None),
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
        ("/nyheter/?page=2&tema=skola", False),
        ("/kalender/?month=2024-03", False),
        ("/kalender/?month=2031-03", True),
        ("/kalender/?visa=dag&date=2024-03-07", True),
        ("/lista/?sort=a&sort=b", True),
        ("/lista/?a=1&b=2&c=3&d=4&e=5&f=6", True),
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


@pytest.fixture
def two_hosts() -> Iterator[tuple[RawServer, RawServer]]:
    """A site whose news archive names articles on a host of its own and on another one."""
    with RawServer() as server, RawServer(host="127.0.0.2") as other:
        for number, place in enumerate((server, other)):
            place.pages[f"/nyheter/n{number}/"] = answer(article(f"n{number}"))
        server.pages["/nyheter/n2/"] = moved(f"{other.url}/nyheter/n1/")
        server.pages["/nyheter/"] = answer(
            listing(["/nyheter/n0/", f"{other.url}/nyheter/n1/", "/nyheter/n2/"])
        )
        yield server, other


def hosts(server: RawServer, other: RawServer, days: str) -> str:
    return (
        f"[[hosts]]\nhost = '127.0.0.1:{server.port}'\n[[hosts]]\nhost = '127.0.0.2:{other.port}'\n{days}\n"
    )


def reasons(home: Path) -> dict[str, tuple[str, str | None]]:
    """What became of each address of the frontier, by its path."""
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        found = db.execute("SELECT url, state, reason FROM frontier").fetchall()
    return {url.split("/", 3)[3]: (state, reason) for url, state, reason in found}


def test_a_host_that_the_site_has_left_is_not_asked(
    tmp_path: Path, two_hosts: tuple[RawServer, RawServer]
) -> None:
    server, other = two_hosts
    write_profile(tmp_path, server, more=hosts(server, other, "to = 2020-01-01"))
    done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert other.log == []
    assert "nyheter/n1/" not in reasons(tmp_path)
    away = f"{other.host}:{other.port}"
    assert reasons(tmp_path)["nyheter/n2/"] == ("given up", f"redirects off the site, to {away}")


def test_a_host_that_the_site_leaves_between_two_crawls_is_not_asked_again(
    tmp_path: Path, two_hosts: tuple[RawServer, RawServer]
) -> None:
    server, other = two_hosts
    starts = f"[[listings]]\nkind = 'html'\nurl = '{other.url}/nyheter/'\n"
    write_profile(tmp_path, server, more=hosts(server, other, "") + starts)
    other.pages["/nyheter/"] = answer(listing([f"/nyheter/n{number}/" for number in (1, 3, 4)]))
    run_archiver(tmp_path, "crawl", "--delay", "0")
    assert other.times("/nyheter/n1/") == 1
    before = len(other.log)
    write_profile(tmp_path, server, more=hosts(server, other, "to = 2020-01-01") + starts)
    done = run_archiver(tmp_path, "crawl", "--delay", "0", "--full")
    assert done.returncode == 0, done.stderr
    assert len(other.log) == before
    assert reasons(tmp_path)["nyheter/n1/"] == ("given up", "the host is not in use")


def test_a_host_that_is_only_named_may_not_be_private(
    tmp_path: Path, two_hosts: tuple[RawServer, RawServer]
) -> None:
    server, other = two_hosts
    write_profile(tmp_path, server, more=hosts(server, other, ""))
    run_archiver(tmp_path, "crawl", "--delay", "0")
    assert other.log == []
    state, reason = reasons(tmp_path)["nyheter/n1/"]
    assert state == "given up"
    assert "private address" in (reason or "")


def feed(urls: dict[str, str]) -> bytes:
    """A feed with these addresses, and the day of each."""
    items = "".join(
        f"<item><title>x</title><link>{url}</link><pubDate>{day}</pubDate></item>"
        for url, day in urls.items()
    )
    return answer(
        f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>", kind="application/rss+xml"
    )


def test_since_leaves_out_what_any_source_dates_before_it(tmp_path: Path) -> None:
    new, old = "2024-05-01T10:00:00Z", "2023-05-01T10:00:00Z"
    rows = [
        "<li><a href='/nyheter/feed-old/'>Utan datum</a></li>",
        "<li><a href='/nyheter/no-day/'>Reflektion från 3 juli 2012</a></li>",
        "<li><h2><a href='/nyheter/time-old/'>Rubrik</a></h2><time datetime='2023-01-02'>i fjol</time></li>",
        "<li><h2><a href='/nyheter/time-new/'>Rubrik</a></h2><time datetime='2024-04-02'>nu</time></li>",
        "<li><a href='/nyheter/text-old/'>Rubrik</a><p>Publicerad 4 mars 2022</p></li>",
        "<li><a href='/nyheter/text-new/'>Rubrik</a><p>2024-03-01</p></li>",
        "<li><a href='/nyheter/long/'>Rubrik</a><p>Det började den 4 mars 2012, när ingen trodde på det.</p></li>",
    ]
    years = "".join(f"<li><a href='/arkiv/{year}/'>{year}</a></li>" for year in (2024, 2023, 2012))
    with RawServer() as server:
        names = [row.split("/nyheter/")[1].split("/")[0] for row in rows] + ["feed-new"]
        for name in names:
            server.pages[f"/nyheter/{name}/"] = answer(article(name, day="2024-04-01"))
        for year in (2024, 2023, 2012):
            server.pages[f"/arkiv/{year}/"] = answer(listing([]))
        server.pages["/nyheter/"] = answer(page("Nyheter", f"<ul>{''.join(rows)}</ul><ul>{years}</ul>"))
        server.pages["/rss"] = feed(
            {f"{server.url}/nyheter/feed-new/": new, f"{server.url}/nyheter/feed-old/": old}
        )
        write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n")
        done = run_archiver(tmp_path, "crawl", "--delay", "0", "--since", "2024")
        assert done.returncode == 0, done.stderr
        asked = {seen.target for seen in server.log}
        assert {name for name in names if f"/nyheter/{name}/" in asked} == {
            "no-day", "time-new", "text-new", "long", "feed-new"
        }  # fmt: skip
        assert {target for target in asked if target.startswith("/arkiv/")} == {"/arkiv/2024/"}
        assert "5 older addresses left out" in done.stderr
        again = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert again.returncode == 0
        assert "left out" not in again.stderr
        assert {f"/nyheter/{name}/" for name in names} <= {seen.target for seen in server.log}


def test_the_user_agent_names_a_contact_or_says_that_there_is_none() -> None:
    assert user_agent("arkiv@example.se").endswith("(news archive; contact: arkiv@example.se)")
    assert user_agent(None).endswith("(news archive; contact not configured)")
    assert "@" not in user_agent(None)


def test_robots_txt_of_any_size_and_kind() -> None:
    line = b"Disallow: /nyheter/hemligt/\n"
    rules = rules_in(b"\xef\xbb\xbfUser-agent: *\n" + line * (MAX_BYTES // len(line)) + b"Disallow: /nyhe")
    assert not rules.can_fetch("https://example.se/nyheter/hemligt/a/", "nyhetsarkiv")
    cut = b"User-agent: *\n" + b"#" * (MAX_BYTES - 24) + b"\nDisallow: /nyheter/hemligt/\n"
    assert rules_in(cut).can_fetch("https://example.se/nyheter/", "nyhetsarkiv"), "no line was cut in two"
    assert rules_in(b"x" * (MAX_BYTES + 5)).can_fetch("https://example.se/", "nyhetsarkiv")
    page = b"<!DOCTYPE html><html><body><p>Disallow: everything</p></body></html>"
    assert rules_in(page).can_fetch("https://example.se/", "nyhetsarkiv")
    own = rules_in(b"User-agent: *\nDisallow: /\nUser-agent: NyhetsArkiv\nAllow: /\nDisallow: /x$\n")
    assert own.can_fetch("https://example.se/nyheter/", "nyhetsarkiv")


def test_what_robots_txt_forbade_is_asked_for_when_it_forbids_it_no_more(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(3)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        rules = "User-agent: *\nDisallow: /nyheter/n2/\n"
        server.pages["/robots.txt"] = once(answer(rules, kind="text/plain"), answer("", kind="text/plain"))
        write_profile(tmp_path, server)
        first = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert (first.returncode, server.times("/nyheter/n2/")) == (0, 0), first.stderr
        second = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert (second.returncode, server.times("/nyheter/n2/")) == (0, 1), second.stderr
        assert "3 in all" in second.stderr


def test_two_sites_on_one_host_have_one_connection(tmp_path: Path) -> None:
    parts = ("nyheter", "blogg")
    with RawServer() as server:
        for part in parts:
            for n in range(4):
                server.pages[f"/{part}/n{n}/"] = answer(article(f"{part} {n}"))
            server.pages[f"/{part}/"] = answer(listing(f"/{part}/n{n}/" for n in range(4)))
            path = tmp_path / "sites" / f"{part}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f'start_urls = ["{server.url}/{part}/"]\n[articles]\ninclude = ["/{part}/*/"]\n')
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    order = [seen.target.split("/")[1] for seen in server.log if seen.target not in ("/robots.txt", TDM_FILE)]
    changes = sum(a != b for a, b in pairwise(order))
    assert changes == 1, "one site after the other"


def test_a_site_that_asks_for_a_page_a_day_is_told_of(tmp_path: Path) -> None:
    rules = answer("User-agent: *\nCrawl-delay: 86400\n", kind="text/plain")
    with RawServer({"/robots.txt": rules, "/nyheter/": answer(listing([]))}) as server:
        write_profile(tmp_path, server)
        begun = time.monotonic()
        done = run_archiver(tmp_path, "nightly", "--budget", "4s", "--json")
        assert time.monotonic() - begun < 60, "a pause ends with the night"
        assert [seen.target for seen in server.log] == ["/robots.txt"]
    assert json.loads(done.stdout)["sites"][0]["asked_delay"] == 86400
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        rows = db.execute("SELECT severity, message FROM findings WHERE code = 'crawl-delay'").fetchall()
    assert rows == [("note", "robots.txt asks for 86400 s between two pages; the crawl waits 300")]
