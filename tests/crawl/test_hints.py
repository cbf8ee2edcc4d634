"""What sources say of articles that were there before: a hint makes one due, and is believed no further."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

OLD = range(1, 9)  # of sixteen; the newest are read each night in any case
ALL = range(1, 17)


def path(number: int) -> str:
    return f"/nyheter/{number}/"


def sitemap(server: RawServer, changed: Mapping[int, str], numbers: Iterable[int] = ALL) -> bytes:
    """A sitemap of all articles that dates their last change, some of them as given."""
    entries = "".join(
        f"<url><loc>{server.url}{path(n)}</loc><lastmod>{changed.get(n, f'2024-03-{n:02}')}</lastmod></url>"
        for n in numbers
    )
    return answer(f"<urlset>{entries}</urlset>", kind="application/xml")


def site(server: RawServer, home: Path, *, kind: str = "sitemap", at: str = "/sitemap.xml") -> None:
    server.pages |= {path(n): answer(article(f"Nyhet {n}", day=f"2024-03-{n:02}")) for n in ALL}
    server.pages["/nyheter/"] = answer(listing(path(n) for n in ALL))
    write_profile(home, server, more=f"[[listings]]\nkind = '{kind}'\nurl = '{server.url}{at}'\n")


def edit(server: RawServer, number: int) -> None:
    page = article(f"Nyhet {number}", day=f"2024-03-{number:02}", more="<p>Rättelse: beloppet var fel.</p>")
    server.pages[path(number)] = answer(page)


def night(archiver: Archiver, day: int) -> None:
    done = archiver("nightly", "--delay", "0", days=day)
    assert done.returncode == 0, done.stdout


def first_night(archiver: Archiver, server: RawServer, home: Path) -> None:
    """Archive the site, whose sitemap dates each article by its day."""
    site(server, home)
    server.pages["/sitemap.xml"] = sitemap(server, {})
    night(archiver, 0)


def asked(server: RawServer) -> dict[int, int]:
    return {n: server.times(path(n)) for n in OLD}


def more_often(server: RawServer, before: Mapping[int, int]) -> set[int]:
    return {n for n, times in asked(server).items() if times > before[n]}


def versions(home: Path) -> set[tuple[str, int]]:
    return set(rows(home, "SELECT title, version FROM articles WHERE version > 1"))


def on_day(day: int) -> str:
    return f"{date.today() + timedelta(days=day)}"


def test_a_sitemap_that_dates_an_article_anew_brings_its_edit_on_that_night(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer({}) as server:
        first_night(archiver, server, home)
        night(archiver, 1)
        before = asked(server)
        edit(server, 3)
        server.pages["/sitemap.xml"] = sitemap(server, {3: on_day(1), 4: f"{on_day(2)}T00:00:00Z"})
        night(archiver, 2)
        assert more_often(server, before) == {3, 4}
        assert versions(home) == {("Nyhet 3", 2)}, "what only says that it changed has no new version"
        before = asked(server)
        night(archiver, 3)
        assert more_often(server, before) == {3}, (
            "what has just changed is read often; a hint is checked once"
        )


def test_an_article_that_is_gone_is_looked_for_when_a_source_dates_it_anew(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer({}) as server:
        first_night(archiver, server, home)
        page = server.pages[path(2)]
        server.pages[path(2)] = answer("", status="404 Not Found")
        server.pages["/sitemap.xml"] = sitemap(server, {2: on_day(1)})
        night(archiver, 1)
        gone = "SELECT count(*) FROM articles WHERE gone_since IS NOT NULL"
        assert rows(home, gone) == [(1,)]
        server.pages[path(2)] = page
        server.pages["/sitemap.xml"] = sitemap(server, {2: on_day(2)})
        night(archiver, 2)
    assert rows(home, gone) == [(0,)]


def test_a_title_or_a_day_that_the_listing_changes(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer({}) as server:
        first_night(archiver, server, home)
        before = asked(server)
        server.pages["/nyheter/"] = answer(
            listing(path(n) for n in ALL).replace(">Nyhet 4<", ">Nyhet 4 (rättad)<")
        )
        night(archiver, 1)
    assert more_often(server, before) == {5}, "its entries are numbered from 0"


def test_the_last_change_that_a_feed_states_beside_the_day(archiver: Archiver, tmp_path: Path) -> None:
    def atom(updated: Mapping[int, str]) -> bytes:
        entries = "".join(
            f"<entry><title>Nyhet {n}</title><link href='{path(n)}'/><id>{n}</id>"
            f"<published>2024-03-{n:02}T08:00:00Z</published>"
            f"<updated>{updated.get(n, f'2024-03-{n:02}T08:00:00Z')}</updated></entry>"
            for n in ALL
        )
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Nyheter</title>{entries}</feed>"
        return answer(feed, kind="application/atom+xml")

    home = tmp_path / "data"
    with RawServer({}) as server:
        site(server, home, kind="feed", at="/feed/")
        server.pages["/feed/"] = atom({})
        night(archiver, 0)
        before = asked(server)
        server.pages["/feed/"] = atom({6: f"{on_day(1)}T00:00:01Z"})
        night(archiver, 1)
    assert more_often(server, before) == {6}
    assert rows(home, "SELECT DISTINCT date_published FROM articles WHERE title = 'Nyhet 6'") == [
        ("2024-03-06",)
    ], "a change is no publication"


def test_the_last_change_in_wordpress_list_of_posts(archiver: Archiver, tmp_path: Path) -> None:
    at = "/wp-json/wp/v2/posts?per_page=100"

    def posts(changed: Mapping[int, str]) -> bytes:
        listed = [
            {
                "link": f"{server.url}{path(n)}",
                "date": f"2024-03-{n:02}T08:00:00",
                "modified_gmt": changed.get(n, f"2024-03-{n:02}T07:00:00"),
                "title": {"rendered": f"Nyhet {n}"},
            }
            for n in ALL
        ]
        return answer(json.dumps(listed), kind="application/json")

    home = tmp_path / "data"
    with RawServer({}) as server:
        site(server, home, kind="feed", at=at)
        server.pages[at] = posts({})
        night(archiver, 0)
        before = asked(server)
        server.pages[at] = posts({7: f"{on_day(2)}T00:00:00"})
        night(archiver, 10)  # such a list is read on one day of a week, or after as long
    assert more_often(server, before) == {7}


def test_wrong_dates_cost_little(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer({}) as server:
        site(server, home)
        server.pages |= {path(n): answer(article(f"Nyhet {n}", day="2020-01-01")) for n in range(17, 61)}
        numbers = range(1, 61)
        ahead = dict.fromkeys((1, 2), "2099-01-01")
        server.pages["/sitemap.xml"] = sitemap(server, ahead | dict.fromkeys(range(17, 61), "2020"), numbers)
        night(archiver, 0)
        for day in (1, 2, 3):  # every page changed today, it says
            before = len(server.log)
            server.pages["/sitemap.xml"] = sitemap(server, {n: on_day(day) for n in numbers} | ahead, numbers)
            night(archiver, day)
            pages = len(server.log) - before
            assert pages <= 6 + 10 + 5, "the newest, ten of the others, lists and robots.txt"
