"""Pages that go on failing: tried ever more rarely, no alarm where they are few, and none hides anything."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import coverage, news
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer, moved

BROKEN = answer(b"", status="501 Not Implemented")  # which no night tries a second time
BUSY = answer(b"", "Retry-After: 0", status="500 Broken")


def night(archiver: Archiver, day: int) -> tuple[int, str]:
    done = archiver("nightly", "--delay", "0", days=day)
    return done.returncode, done.stdout


def test_two_pages_that_never_answer_are_no_alarm_and_tried_ever_more_rarely(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(40) | {"/nyheter/3/": BROKEN, "/nyheter/5/": BROKEN}) as server:
        write_profile(home, server)
        asked = []
        for day in (0, 1, 2, 8, 16, 17, 18):
            code, said = night(archiver, day)
            assert code == 0, said
            asked.append(server.times("/nyheter/3/"))
        tries = asked[0]
        assert asked[2] == 3 * tries, "every night at first"
        assert asked[4] == asked[-1] == 5 * tries
        assert [state for _, _, state, _ in coverage(home)][:2] == ["partial", "complete"]
        server.pages |= {f"/nyheter/{n}/": answer(article(f"Lagad {n}")) for n in (3, 5)}
        night(archiver, 40)
    assert rows(home, "SELECT count(*) FROM articles") == [(40,)]
    assert rows(home, "SELECT count(*) FROM frontier WHERE failing IS NOT NULL") == [(0,)]


def test_a_page_that_never_answers_hides_no_silence_and_makes_nothing_retrospective(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(6) | {"/nyheter/3/": BROKEN}) as server:
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        assert night(archiver, 1)[0] == 0
        server.pages["/nyheter/"] = answer(listing([f"/nyheter/{n}/" for n in (9, *range(6))]))
        server.pages["/nyheter/9/"] = answer(article("Nyast", day=f"{date.today() + timedelta(days=2)}"))
        assert night(archiver, 2)[0] == 0
        code, said = night(archiver, 300)
    assert code == 3
    assert "no new article for" in said
    assert rows(home, "SELECT observed FROM articles WHERE title = 'Nyast'") == [("live",)]


def test_many_pages_that_fail_are_an_alarm_each_night_and_name_one(
    archiver: Archiver, tmp_path: Path
) -> None:
    home, pages = tmp_path / "data", news(12)
    with RawServer(dict(pages)) as server:
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        server.pages |= {path: BUSY for path in pages if path != "/nyheter/"}
        for day in (1, 8):
            code, said = night(archiver, day)
            assert code == 3
            assert "server error (500), as http://" in said
        asked = server.times("/nyheter/3/")
        code, said = night(archiver, 9)
        assert server.times("/nyheter/3/") == asked, "not due for another try"
        assert code == 3, "what is not tried is not mended"
        assert "none was due for another try" in said


def for_good(place: str) -> bytes:
    return answer("", f"Location: {place}", status="301 Moved Permanently")


@pytest.mark.parametrize(
    "left", [answer("", status="404 Not Found"), for_good("/nyheter/1/")], ids=["gone", "back"]
)
def test_an_article_that_moves_back_is_asked_for_where_it_was(
    archiver: Archiver, tmp_path: Path, left: bytes
) -> None:
    home, pages = tmp_path / "data", news(3)
    with RawServer(dict(pages)) as server:
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        server.pages |= {"/nyheter/1/": for_good("/nyheter/ny/"), "/nyheter/ny/": pages["/nyheter/1/"]}
        night(archiver, 1)
        server.pages |= {"/nyheter/1/": answer(article("Tillbaka")), "/nyheter/ny/": left}
        night(archiver, 2)
        night(archiver, 3)
        asked = server.times("/nyheter/1/")
        assert night(archiver, 4)[0] == 0
        assert server.times("/nyheter/1/") <= asked + 1
    assert rows(home, "SELECT count(*), count(gone_since) FROM articles") == [(3, 0)]
    assert rows(home, "SELECT count(*) FROM articles WHERE title = 'Tillbaka'") == [(1,)]
    # That it moved away from the other address is true, and stays.
    lasting = "until IS NULL AND NOT (state = 'moved' AND url LIKE '%/ny/')"
    assert rows(home, f"SELECT state, url FROM article_states WHERE {lasting}") == []


def test_a_redirect_for_now_is_asked_for_again(archiver: Archiver, tmp_path: Path) -> None:
    home, pages = tmp_path / "data", news(3)
    with RawServer(dict(pages)) as server:
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        server.pages |= {"/nyheter/1/": moved("/m/1/"), "/m/1/": pages["/nyheter/1/"]}
        night(archiver, 1)
        server.pages |= {"/nyheter/1/": answer(article("Tillbaka"))}
        del server.pages["/m/1/"]
        for day in (2, 3, 4):
            night(archiver, day)
    assert rows(home, "SELECT count(*) FROM articles WHERE title = 'Tillbaka'") == [(1,)]
    assert rows(home, "SELECT count(*), count(gone_since) FROM articles") == [(3, 0)]


def test_a_limit_of_the_profile_is_no_alarm_once_nothing_new_waits(
    archiver: Archiver, tmp_path: Path
) -> None:
    home = tmp_path / "data"
    with RawServer(news(9)) as server:
        write_profile(home, server, more="[crawl]\nmax_pages = 6\n")
        code, said = night(archiver, 0)
        assert code == 3
        assert "page limit: 4 new addresses left for the next night by max_pages = 6" in said, said
        assert night(archiver, 1)[0] == 0
    assert rows(home, "SELECT count(*) FROM articles") == [(9,)]


def test_a_site_that_moves_to_another_host_is_told_with_the_host(archiver: Archiver, tmp_path: Path) -> None:
    with RawServer({"/nyheter/": moved("http://ny.example/nyheter/")}) as server:
        write_profile(tmp_path / "data", server)
        code, said = night(archiver, 0)
    assert code == 4
    assert f"redirects off the site, to ny.example, as {server.url}/nyheter/" in said


def test_what_never_was_an_article_is_looked_for_ever_more_rarely(archiver: Archiver, tmp_path: Path) -> None:
    home, pages = tmp_path / "data", news(3)
    del pages["/nyheter/1/"]
    with RawServer(pages) as server:
        write_profile(home, server)
        times = []
        for day in (0, 1, 2, 20, 21, 22, 23, 24):
            night(archiver, day)
            times.append(server.times("/nyheter/1/"))
    assert times[2] == 3, "it may be late"
    assert times[-1] <= 5


def test_what_is_left_of_a_night_and_fails_is_no_failed_night(archiver: Archiver, tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(news(4) | {"/nyheter/3/": BROKEN}) as server:
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        archiver("crawl", "--delay", "0", "--limit", "4", days=1)
        assert rows(home, "SELECT count(*) FROM frontier WHERE state = 'pending'") == [(1,)], (
            "the one that fails"
        )
        code, said = night(archiver, 1)
    assert code == 0, said
    assert [state for _, _, state, _ in coverage(home)][-1] == "complete"


@pytest.mark.parametrize("bound", [("--budget", "3s"), ()], ids=["time", "pages"])
def test_a_list_that_fails_is_told_of_however_the_night_ended(
    archiver: Archiver, tmp_path: Path, bound: tuple[str, ...]
) -> None:
    home = tmp_path / "data"
    with RawServer(news(30) | {"/rss": answer("borta", status="404 Not Found")}) as server:
        listed = f"[[listings]]\nkind = 'feed'\nurl = '{server.url}/rss'\n"
        write_profile(
            home, server, more=listed + "[crawl]\n" + ("delay = 0.4\n" if bound else "max_pages = 8\n")
        )
        done = archiver("nightly", *bound, *(() if bound else ("--delay", "0")))
    assert done.returncode == 3, done.stdout
    assert f"a listing could not be read: {server.url}/rss: not found (404)" in done.stdout


@pytest.mark.parametrize("status", ["403 Forbidden", "401 Unauthorized"])
def test_the_next_page_of_a_list_that_is_denied_is_told_of(
    archiver: Archiver, tmp_path: Path, status: str
) -> None:
    home, pages = tmp_path / "data", news(4)
    with RawServer(pages | {"/nyheter/?page=2": answer("nej", status=status)}) as server:
        more = "<a href='/nyheter/?page=2'>2</a></main>"
        first = listing([f"/nyheter/{n}/" for n in range(4)]).replace("</main>", more)
        server.pages["/nyheter/"] = answer(first)
        write_profile(home, server)
        for day in range(3):
            code, said = night(archiver, day)
            assert (code, f"{server.url}/nyheter/?page=2" in said) == (3, True), said
        assert {state for _, _, state, _ in coverage(home)} == {"partial"}
        # It sends its readers to where they have to log in, which the site keeps to others.
        server.pages |= {"/nyheter/?page=2": moved("/logga-in/"), "/logga-in/": answer("nej", status=status)}
        archiver("crawl", "--full", "--delay", "0", days=7)
        for day in range(8, 11):
            code, said = night(archiver, day)
            assert (code, f"{server.url}/logga-in/" in said) == (3, True), said
        write_profile(home, server, more="[expect]\nignore = ['unread']\n")
        assert night(archiver, 11)[0] == 0
        write_profile(home, server)
        server.pages["/nyheter/"] = answer(first.replace(more, "</main>"))
        assert night(archiver, 12)[0] == 0, "no list links to it any more"


def test_a_further_page_that_is_not_there_is_noted_where_the_list_links_to_it(
    archiver: Archiver, tmp_path: Path
) -> None:
    home, pages = tmp_path / "data", news(4)
    with RawServer(pages) as server:
        first = listing([f"/nyheter/{n}/" for n in range(4)])
        server.pages["/nyheter/"] = answer(
            first.replace("</main>", "<a href='/nyheter/?page=3'>3</a></main>")
        )
        write_profile(home, server)
        assert night(archiver, 0)[0] == 0
        said = {"/nyheter/?page=2", "/nyheter/?page=3"} & {seen.target for seen in server.log}
        assert said == {"/nyheter/?page=2", "/nyheter/?page=3"}, "the second is guessed"
        found = rows(home, "SELECT severity, url FROM findings WHERE code = 'dead-end'")
        assert found == [("note", f"{server.url}/nyheter/?page=3")]
    for name in ("archiver.db", "archiver.db-wal", "archiver.db-shm"):
        (home / name).unlink(missing_ok=True)
    assert archiver("rebuild").returncode == 0
    assert rows(home, "SELECT severity, url FROM findings WHERE code = 'dead-end'") == found
