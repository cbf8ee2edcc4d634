"""How deep a night looks into a list: as far as it brings news, all of it once a week, and never in circles."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from archiver.crawl.discover.pagination import next_pages
from archiver.instants import now
from archiver.model import Target
from archiver.site import parse_site
from archiver.store.crawls import begin_crawl
from archiver.store.database import open_database
from archiver.store.frontier import Frontier, is_deep_day
from archiver.store.sites import save_site
from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer


def test_each_week_has_a_day_on_which_all_is_looked_at_and_each_weekday_has_a_week() -> None:
    first = date.fromordinal(date(2026, 1, 1).toordinal() // 7 * 7)
    days = [first + timedelta(days=n) for n in range(7 * 60)]
    deep = [is_deep_day("exempel", day) for day in days]
    assert [sum(deep[n : n + 7]) for n in range(0, len(deep), 7)] == [1] * 60
    assert {day.weekday() for day, is_deep in zip(days, deep, strict=True) if is_deep} == set(range(7))


@pytest.mark.parametrize(
    ("pages", "url", "following"),
    [
        (["?page=4", "?page=2", "?page=3"], "/nyheter/", ["?page=2"]),
        (["?page=1", "?page=3", "?page=4"], "/nyheter/?page=2", ["?page=3"]),
        (["index-18.html"], "/nyheter/index-19.html", ["index-18.html"]),
        (["?cursor=abc"], "/nyheter/", ["?cursor=abc"]),
        ([], "/nyheter/", []),
    ],
)
def test_which_page_of_a_list_is_next(pages: list[str], url: str, following: list[str]) -> None:
    base = "https://example.se/nyheter/"
    assert next_pages([base + page for page in pages], "https://example.se" + url) == [
        base + page for page in following
    ]


def name_for(*, is_deep: bool) -> str:
    """A name of a site of which all pages are due today, or neither today nor tomorrow."""
    days = [now().date() + timedelta(days=n) for n in range(1 if is_deep else 2)]
    names = (f"s{number}" for number in range(1000))
    return next(name for name in names if all(is_deep_day(name, day) is is_deep for day in days))


def serve(server: RawServer, names: list[str], *, a_page: int = 2) -> None:
    """The list of these articles, so many a page, each page linking to the next."""
    for name in names:
        server.pages[f"/nyheter/{name}/"] = answer(article(name))
    cut = [names[n : n + a_page] for n in range(0, len(names), a_page)]
    for number, part in enumerate(cut, 1):
        body = page("Nyheter", "".join(f"<p><a href='/nyheter/{n}/'>Nyhet {n}</a></p>" for n in part))
        if number < len(cut):
            body = body.replace("</main>", f"<a href='/nyheter/?page={number + 1}'>Äldre inlägg</a></main>")
        server.pages["/nyheter/" + (f"?page={number}" if number > 1 else "")] = answer(body)


def asked(server: RawServer, begin: int) -> list[str]:
    """The pages of the list that were asked for since then, by their number."""
    targets = [seen.target for seen in server.log[begin:]]
    return [t.partition("=")[2] or "1" for t in targets if t == "/nyheter/" or t.startswith("/nyheter/?")]


def crawl(home: Path, server: RawServer) -> list[str]:
    begin = len(server.log)
    done = run_archiver(home, "crawl", "--delay", "0")
    assert done.returncode == 0, done.stderr
    night = [seen.target for seen in server.log[begin:]]
    assert len(set(night)) == len(night), "nothing is asked for twice in a night"
    return asked(server, begin)


def rows(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute(
            "SELECT url, state, reason, role, hops, via, crawl, capture, due FROM frontier ORDER BY url"
        ).fetchall()


def test_a_night_looks_as_deep_as_there_is_news(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(10)]
    with RawServer() as server:
        serve(server, names)
        write_profile(tmp_path, server, name=name_for(is_deep=False))
        assert crawl(tmp_path, server) == ["1", "2", "3", "4", "5"]
        assert crawl(tmp_path, server) == ["1"]
        # Three new articles: two on the first page, one on the second; the third brings none.
        serve(server, ["ny1", "ny2", "ny3", *names])
        assert crawl(tmp_path, server) == ["1", "2", "3"]
        after = rows(tmp_path)
        assert {f"n{n}" for n in range(10)} | {"ny1", "ny2", "ny3"} <= {
            str(row[0]).rstrip("/").rpartition("/")[2] for row in after
        }
        assert run_archiver(tmp_path, "rebuild").returncode == 0
        assert rows(tmp_path) == after


def test_a_pager_that_leaves_pages_out_is_gone_through_page_by_page(tmp_path: Path) -> None:
    with RawServer() as server:
        for number in range(1, 7):
            name = f"n{number}"
            server.pages[f"/nyheter/{name}/"] = answer(article(name))
            pager = "<a href='/nyheter/'>1</a> … <a href='/nyheter/?page=6'>6</a>"
            server.pages["/nyheter/" + (f"?page={number}" if number > 1 else "")] = answer(
                page("Nyheter", f"<p><a href='/nyheter/{name}/'>Nyhet {name}</a></p>{pager}")
            )
        write_profile(tmp_path, server, name=name_for(is_deep=False))
        assert sorted(crawl(tmp_path, server)) == ["1", "2", "3", "4", "5", "6"]


def test_what_is_looked_at_on_which_day(tmp_path: Path) -> None:
    deep, other = name_for(is_deep=True), name_for(is_deep=False)
    at = now()
    with closing(open_database(tmp_path / "archiver.db")) as db:
        for name in (deep, other):
            save_site(db, parse_site({"name": name, "start_urls": ["https://example.se/"]}, source=name))
            frontier = Frontier(db, name, crawl="now")
            assert frontier.due_again(at) == "listings", "of a site that was never crawled"
            pages = [Target(url=f"https://example.se/{n}", role="listing", hops=n) for n in range(3)]
            frontier.add([*pages, Target(url="https://example.se/map", role="sitemap", hops=2)])
            begin_crawl(db, "before", command="crawl", at=at - timedelta(days=1), software="")
            for target in frontier.lease(9):
                frontier.settle(target.url, "done", None, None, crawl="before")
            assert frontier.due_again(at) == ("listings" if name == deep else "first pages")
            assert frontier.due_again(at, every_page=True) == "listings"
            assert frontier.due_again(at + timedelta(days=6)) == "listings", "as the last crawl was long ago"
        frontier.again("first pages", at)
        assert [target.url[19:] for target in frontier.lease(9)] == ["0", "map"]
        frontier.ask_again(["https://example.se/1", "https://example.se/0"], crawl="now")
        assert [target.url[19:] for target in frontier.lease(9)] == ["1"]
        frontier.settle("https://example.se/1", "done", None, None)
        frontier.ask_again(["https://example.se/1"], crawl="now")
        assert frontier.lease(9) == [], "no address is asked for twice by one crawl"


def test_the_newest_year_and_month_are_looked_at_every_night(tmp_path: Path) -> None:
    def links(paths: dict[str, str]) -> bytes:
        return answer(
            page("Arkiv", "".join(f"<p><a href='{path}'>{text}</a></p>" for path, text in paths.items()))
        )

    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in ("a", "b", "ny")}) as server:
        server.pages["/nyheter/"] = links({f"/arkiv/{year}/": str(year) for year in (2023, 2024)})
        months = {3: "mars", 4: "april"}
        for year in (2023, 2024):
            server.pages[f"/arkiv/{year}/"] = links({f"/arkiv/{year}/{n:02}/": m for n, m in months.items()})
        server.pages["/arkiv/2023/03/"] = links({"/nyheter/a/": "Nyhet a"})
        server.pages["/arkiv/2024/03/"] = links({"/nyheter/b/": "Nyhet b"})
        server.pages["/arkiv/2024/04/"] = server.pages["/arkiv/2023/04/"] = links({})
        write_profile(tmp_path, server, name=name_for(is_deep=False))
        crawl(tmp_path, server)
        assert server.times("/nyheter/a/") == server.times("/nyheter/b/") == 1
        server.pages["/arkiv/2024/04/"] = links({"/nyheter/ny/": "Nyhet ny"})
        begin = len(server.log)
        crawl(tmp_path, server)
    night = [seen.target for seen in server.log[begin:] if seen.target != "/robots.txt"]
    assert night == ["/nyheter/", "/arkiv/2024/", "/arkiv/2024/04/", "/nyheter/ny/"]


def everlasting(names: list[str], number: int) -> bytes:
    """The same articles on every page, with a link to the next."""
    body = listing(f"/nyheter/{name}/" for name in names)
    return answer(body.replace("</main>", f"<a href='/nyheter/?page={number + 1}'>Nästa</a></main>"))


@pytest.mark.parametrize(("names", "last"), [(["a", "b"], "4"), ([], "4")], ids=["the same", "nothing"])
def test_pages_without_end_end_by_themselves(tmp_path: Path, names: list[str], last: str) -> None:
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in ("a", "b", "c")}) as server:
        server.pages["/nyheter/"] = everlasting(["c"], 1)
        for number in range(2, 60):
            server.pages[f"/nyheter/?page={number}"] = everlasting(names, number)
        write_profile(tmp_path, server)
        assert crawl(tmp_path, server)[-1] == last


def test_a_list_that_begins_with_more_than_a_page_is_read_to_its_end(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(8)]
    with RawServer() as server:
        serve(server, names)
        rest = "<a href='/nyheter/?page=2'>Nästa</a></main>"
        server.pages["/nyheter/"] = answer(
            listing(f"/nyheter/{name}/" for name in names[:6]).replace("</main>", rest)
        )
        write_profile(tmp_path, server)
        assert crawl(tmp_path, server) == ["1", "2", "3", "4"]
        assert server.times("/nyheter/n7/") == 1


@pytest.mark.soak
@pytest.mark.parametrize("pager", ["next", "last"])
def test_a_long_archive_is_read_to_its_end(tmp_path: Path, pager: str) -> None:
    pages = 430
    with RawServer() as server:
        for number in range(1, pages + 1):
            server.pages[f"/nyheter/n{number}/"] = answer(article(f"n{number}"))
            further = {"next": (number + 1, "Nästa"), "last": (pages, str(pages))}[pager]
            more = f"<a href='/nyheter/?page={further[0]}'>{further[1]}</a>" if number < pages else ""
            server.pages["/nyheter/" + (f"?page={number}" if number > 1 else "")] = answer(
                page("Nyheter", f"<p><a href='/nyheter/n{number}/'>Nyhet {number}</a></p>{more}")
            )
        write_profile(tmp_path, server)
        crawl(tmp_path, server)
        assert all(server.times(f"/nyheter/n{number}/") for number in range(1, pages + 1))
