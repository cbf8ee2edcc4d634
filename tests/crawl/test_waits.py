"""Addresses and sites that ask for time: what is left alone, for how long, and what is read all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.crawl.retry import MAX_REFUSALS, pause_after
from archiver.reservations import TDM_FILE
from tests.conftest import run_archiver
from tests.crawl.test_manners import feed, reasons
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer, once


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_site_that_asks_to_be_left_alone_is_left_alone(tmp_path: Path, status: str) -> None:
    names = [f"n{n}" for n in range(6)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        wait = answer("vänta", "Retry-After: 3600", status=status)
        server.pages["/nyheter/n3/"] = once(wait, answer(article("n3")))
        write_profile(tmp_path, server)
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 3, done.stderr
        assert "asked to wait 3600 s" in done.stderr
        assert server.log[-1].target == "/nyheter/n3/"
        states = reasons(tmp_path)
        assert [states[f"nyheter/{n}/"][0] for n in names] == ["done"] * 3 + ["given up"] + ["pending"] * 2
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
            [told] = db.execute("SELECT state, reason FROM coverage").fetchall()
            [(url,)] = db.execute("SELECT url FROM findings").fetchall()
        assert told == ("partial", f"asked to wait 3600 s: {server.url}/nyheter/n3/")
        assert url == f"{server.url}/nyheter/n3/"
        again = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert again.returncode == 0, again.stderr
        assert ("5 in all" in again.stderr, server.times("/nyheter/n3/")) == (True, 1), "it asked to wait"
        assert server.times("/nyheter/n0/") == 1
        later = run_archiver(tmp_path, "crawl", "--delay", "0", days=1)
        assert later.returncode == 0, later.stderr
        assert "6 in all" in later.stderr


@pytest.mark.parametrize("wait", ["Retry-After: 86400", pytest.param("", marks=pytest.mark.soak)])
def test_a_page_that_always_asks_to_wait_keeps_no_other_page_from_being_read(
    tmp_path: Path, wait: str
) -> None:
    names = [f"n{n}" for n in range(8)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        for name in names[1:4]:
            server.pages[f"/nyheter/{name}/"] = answer(
                "vänta", *[wait] * bool(wait), status="503 Service Unavailable"
            )
        write_profile(tmp_path, server)
        words = ("crawl", "--delay", "0")
        codes = [run_archiver(tmp_path, *words, timeout=600, days=n).returncode for n in range(4)]
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in [*names, "ny"]))
        server.pages["/nyheter/ny/"] = answer(article("ny"))
        run_archiver(tmp_path, *words, timeout=600, days=4)
    assert codes[0] == 3
    states = reasons(tmp_path)
    assert [states[f"nyheter/{n}/"][0] for n in ("n0", *names[4:], "ny")] == ["done"] * 6
    assert states["nyheter/n2/"][1].startswith("server error (503)")


@pytest.mark.parametrize("busy", ["/rss", "/nyheter/?page=2"])
def test_a_list_that_always_asks_to_wait_keeps_no_page_from_being_read(tmp_path: Path, busy: str) -> None:
    names = [f"n{n}" for n in range(6)]
    wait = answer("vänta", "Retry-After: 86400", status="503 Service Unavailable")
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        links = "".join(f"<li><h2><a href='/nyheter/{n}/'>{n}</a></h2></li>" for n in names)
        server.pages["/nyheter/"] = answer(page("Nyheter", f"{links}<a href='/nyheter/?page=2'>2</a>"))
        server.pages["/nyheter/?page=2"] = answer(listing([]))
        server.pages["/rss"] = feed({})
        server.pages[busy] = wait
        write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n")
        codes = [run_archiver(tmp_path, "crawl", "--delay", "0", days=n).returncode for n in range(3)]
        asked = server.times(busy)
    assert (codes[1:], asked) == ([3, 3], 3), "the list is told of"
    with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
        told = db.execute("SELECT url, message FROM findings WHERE code = 'crawl partial'").fetchall()
    assert told, "with its address"
    assert all(url.endswith(busy) and url in message for url, message in told)
    states = reasons(tmp_path)
    assert [states[f"nyheter/{n}/"][0] for n in names] == ["done"] * 6


def test_many_lists_that_ask_to_wait_cost_no_night_each(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(6)]
    wait = answer("vänta", "Retry-After: 86400", status="503 Service Unavailable")
    children = [f"/karta-{n}.xml" for n in range(5)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        named = "".join(f"<sitemap><loc>{server.url}{child}</loc></sitemap>" for child in children)
        server.pages["/sitemap.xml"] = answer(
            f"<sitemapindex>{named}</sitemapindex>", "Content-Type: application/xml"
        )
        server.pages |= dict.fromkeys(children, wait)
        write_profile(
            tmp_path, server, more=f"[[listings]]\nkind = 'sitemap'\nurl = '{server.url}/sitemap.xml'\n"
        )
        for night in range(2):
            assert run_archiver(tmp_path, "crawl", "--delay", "0", days=night).returncode == 3
    states = reasons(tmp_path)
    assert [states[f"nyheter/{n}/"][0] for n in names] == ["done"] * 6


def test_a_site_that_is_overloaded_is_left_alone_whatever_failed_before(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(12)]
    wait = answer("vänta", "Retry-After: 86400", status="503 Service Unavailable")
    with RawServer({f"/nyheter/{n}/": wait for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        write_profile(tmp_path, server)
        run_archiver(tmp_path, "crawl", "--delay", "0")
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as db, db:
            db.execute(
                "UPDATE frontier SET state = 'given up', reason = 'server error (503)', failing = crawls.id,"
                " crawl = crawls.id FROM crawls WHERE role = 'article'"
            )
        asked = sum(server.times(f"/nyheter/{n}/") for n in names)
        run_archiver(tmp_path, "crawl", "--delay", "0", days=1)
        assert sum(server.times(f"/nyheter/{n}/") for n in names) - asked == 3, "two may speak of themselves"


def test_a_list_that_asked_to_wait_once_is_asked_for_as_early_as_ever(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(30)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        wait = answer("vänta", "Retry-After: 86400", status="503 Service Unavailable")
        server.pages["/rss"] = once(wait, feed({}))
        write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n")
        run_archiver(tmp_path, "crawl", "--delay", "0")
        run_archiver(tmp_path, "crawl", "--delay", "0", "--limit", "20", days=1)
        assert server.times("/rss") == 2, "though pages are left"


def test_a_site_that_asks_to_be_left_alone_at_once(tmp_path: Path) -> None:
    wait = answer("vänta", "Retry-After: 3600", status="503 Service Unavailable")
    with RawServer({"/nyheter/": wait, "/rss": wait}) as server:
        write_profile(tmp_path, server, more=f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n")
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 4, done.stderr
    assert "asked to wait 3600 s" in done.stderr
    assert [seen.target for seen in server.log] == ["/robots.txt", TDM_FILE, "/rss"]


def test_a_busy_site_is_left_alone_ever_longer_and_at_last_for_the_night() -> None:
    pauses = [pause_after(refusals, 1.0) for refusals in range(1, MAX_REFUSALS + 1)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, None]


def test_a_busy_site_that_names_no_time_is_left_alone_for_a_while(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(4)]
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        server.pages["/nyheter/n1/"] = once(
            answer("vänta", status="503 Service Unavailable"), answer(article("n1"))
        )
        write_profile(tmp_path, server)
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert "4 in all" in done.stderr
    at = {seen.target: number for number, seen in reversed(list(enumerate(server.log)))}
    busy = at["/nyheter/n1/"]
    assert server.log[busy + 1].at - server.log[busy].at >= 1, "no other page of the site is asked for either"


def test_pages_that_ask_to_wait_for_the_first_time_cost_no_night_each(tmp_path: Path) -> None:
    names = [f"n{n:02}" for n in range(20)]
    wait = answer("vänta", "Retry-After: 86400", status="503 Service Unavailable")
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in names}) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        server.pages |= {f"/nyheter/{n}/": wait for n in names[4:7]}
        write_profile(tmp_path, server)
        for night in range(2):
            assert run_archiver(tmp_path, "crawl", "--delay", "0", days=night).returncode == 3
    states = reasons(tmp_path)
    assert [states[f"nyheter/{n}/"][0] for n in (*names[:4], *names[7:])] == ["done"] * 17


@pytest.mark.soak
@pytest.mark.parametrize("wait", ["Retry-After: 0", "Retry-After: 1"])
def test_a_site_that_is_busy_and_asks_for_little_is_left_alone_at_last(tmp_path: Path, wait: str) -> None:
    names = [f"n{n}" for n in range(12)]
    with RawServer(
        {f"/nyheter/{n}/": answer("vänta", wait, status="429 Too Many Requests") for n in names}
    ) as server:
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{n}/" for n in names))
        write_profile(tmp_path, server)
        done = run_archiver(tmp_path, "crawl", "--delay", "0", timeout=600)
    assert (done.returncode, f"busy {MAX_REFUSALS} times in a row" in done.stderr) == (3, True)
    assert sum(server.times(f"/nyheter/{n}/") for n in names) == MAX_REFUSALS
