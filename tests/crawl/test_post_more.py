"""Lists that load more by POST: found where the page says all of it, sent with care, kept as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver.posted import form_of, is_posted
from archiver.site import Articles, Site
from tests.conftest import run_archiver
from tests.crawl.test_going_on import name_for
from tests.servers.blog import AJAX, MORE, Blog, Fields, script
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import Posted, RawServer, answer, moved

HOME = "https://example.se"
NEWS = f"{HOME}/nyheter/"
SITE = Site(name="x", start_urls=(NEWS,), articles=Articles(include=("/nyheter/*/",)))


def posts(server: RawServer, begin: int = 0) -> list[str]:
    return [seen.form.get("page", "") for seen in server.log[begin:] if seen.method == "POST"]


def crawl(home: Path, *words: str, code: int = 0) -> str:
    done = run_archiver(home, "crawl", "--delay", "0", *words)
    assert done.returncode == code, done.stderr
    return done.stderr


def select(home: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute(statement).fetchall()


FRONTIER = "SELECT url, state, reason, role, hops, via, crawl, capture, due FROM frontier ORDER BY url"
CAPTURES = (
    'SELECT warc_record_id, url, urlkey, mime, digest, filename, "offset", kind FROM captures ORDER BY 1'
)


def checked(home: Path) -> None:
    """What verify says, and that a rebuild brings back all rows."""
    done = run_archiver(home, "verify", "--derive")
    assert done.returncode == 0, done.stdout + done.stderr
    before = select(home, FRONTIER), select(home, CAPTURES)
    assert run_archiver(home, "rebuild").returncode == 0
    assert (select(home, FRONTIER), select(home, CAPTURES)) == before


def test_a_list_of_wordpress_night_after_night(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(8)]
    with RawServer() as server:
        blog = Blog(server, names)
        write_profile(tmp_path, server, name=name_for(is_deep=False))
        assert "8 in all" in crawl(tmp_path)
        assert posts(server) == ["2", "3", "4"]
        assert server.times(AJAX) == 0, "nothing is asked for by GET that is to be posted"
        assert all(seen.header("if-none-match") is None for seen in server.log if seen.method == "POST")
        evidence = select(
            tmp_path,
            'SELECT e.method, e."where" FROM evidence e JOIN articles a ON a.id = e.article_id'
            " WHERE e.field = 'date_published' AND a.title = 'n5'",
        )
        assert evidence[0][0] == "listing"
        assert AJAX in str(evidence[0][1])
        known = len(select(tmp_path, FRONTIER))
        # Nothing new: the first page alone. Then four new ones, which reach the second page and end there.
        begin = len(server.log)
        crawl(tmp_path)
        assert posts(server, begin) == []
        assert len(select(tmp_path, FRONTIER)) == known, "another nonce is no other address"
        blog.names = ["a", "b", "c", "d", *names]
        for name in blog.names[:4]:
            blog.add(name)
        begin = len(server.log)
        assert "12 in all" in crawl(tmp_path)
        assert posts(server, begin)[:2] == ["2", "3"]
        assert blog.refused == 0
    rows = select(tmp_path, f"SELECT url, kind FROM captures WHERE url LIKE '%{AJAX}%' ORDER BY warc_date")
    assert all((is_posted(str(url)) and kind == "listing") or kind == "file" for url, kind in rows)
    assert dict(form_of(str(rows[0][0])))["nonce"] == "n1"
    checked(tmp_path)


def test_a_crawl_that_goes_on_knows_what_to_post(tmp_path: Path) -> None:
    with RawServer() as server:
        blog = Blog(server, [f"n{number}" for number in range(9)])
        write_profile(tmp_path, server)
        for limit in ("2", "3", "9"):
            run_archiver(tmp_path, "crawl", "--delay", "0", "--limit", limit)
        assert posts(server) == ["2", "3", "4"]
        assert blog.given == 1, "the list was asked for once"
        assert blog.refused == 0
        assert len(select(tmp_path, "SELECT 1 FROM articles")) == 9
    checked(tmp_path)


def test_an_answer_whose_row_a_crash_took_is_adopted(tmp_path: Path) -> None:
    with RawServer() as server:
        Blog(server, [f"n{number}" for number in range(6)])
        write_profile(tmp_path, server)
        run_archiver(tmp_path, "crawl", "--delay", "0", "--limit", "2")
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as db:
            [(record,)] = db.execute(
                "SELECT warc_record_id FROM captures WHERE url LIKE '%wb_method%'"
            ).fetchall()
            db.execute("DELETE FROM links WHERE capture = ?", (record,))
            db.execute("DELETE FROM captures WHERE warc_record_id = ?", (record,))
            db.execute(
                "UPDATE frontier SET state = 'leased', crawl = NULL, capture = NULL WHERE capture = ?",
                (record,),
            )
            db.execute("DELETE FROM coverage")
            db.commit()
        crawl(tmp_path)
        assert posts(server) == ["2", "3"], "what was answered is not posted again"
        assert len(select(tmp_path, "SELECT 1 FROM articles")) == 6
    assert select(tmp_path, "SELECT count(*) FROM captures WHERE url LIKE '%wb_method%'") == [(2,)]


@pytest.mark.parametrize("names", [["a", "b", "c"], []], ids=["the same", "nothing"])
def test_a_list_that_never_ends(tmp_path: Path, names: list[str]) -> None:
    with RawServer() as server:
        blog = Blog(server, ["a", "b", "c"], nonce=False)
        row = "".join(f"<li><a href='/nyheter/{n}/'>Nyhet {n}</a></li>" for n in names)
        server.pages["POST " + AJAX] = Posted(lambda form: answer(row or "0"))
        write_profile(tmp_path, server)
        crawl(tmp_path)
        assert posts(server) == (["2", "3"] if names else ["2"])
        assert blog.given == 1


def test_robots_txt_holds_for_posts(tmp_path: Path) -> None:
    with RawServer() as server:
        Blog(server, [f"n{number}" for number in range(6)])
        server.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /wp-admin/\n", kind="text/plain")
        write_profile(tmp_path, server)
        crawl(tmp_path)
        assert posts(server) == []
    left = select(tmp_path, "SELECT url, state, reason FROM frontier WHERE state = 'given up'")
    assert [(is_posted(str(url)), reason) for url, _, reason in left] == [(True, "forbidden by robots.txt")]


CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\nConnection: close\r\n\r\n<li>"


BROKEN = {
    "nothing": (b"", 1),
    "cut": (CUT, 1),
    "500": (answer("x", status="500 Oops"), 1),
    "504": (answer("x", status="504 Late"), 1),
    "503": (answer("x", "Retry-After: 0", status="503 Busy"), 2),
}


def broken_at_first(server: RawServer, name: str) -> None:
    """A list whose second page is asked for by POST and comes only the second time."""
    button = MORE.format(f"data-url='/fler-{name}' data-method='post' data-page='2'")
    server.pages[f"/lista-{name}/"] = answer(
        listing([f"/nyheter/{name}-1/"]).replace("</main>", button + "</main>")
    )
    asked: list[Fields] = []

    def more(form: Fields) -> bytes:
        asked.append(form)
        row = f"<li><a href='/nyheter/{name}-2/'>Nyhet</a></li>" if form["page"] == "2" else ""
        return BROKEN[name][0] if len(asked) == 1 else answer(row)

    server.pages[f"POST /fler-{name}"] = Posted(more)
    for number in (1, 2):
        server.pages[f"/nyheter/{name}-{number}/"] = answer(article(f"{name}-{number}"))


def test_a_post_is_sent_again_only_where_the_server_did_nothing(tmp_path: Path) -> None:
    with RawServer({"/nyheter/": answer(listing([]))}) as server:
        for name in BROKEN:
            broken_at_first(server, name)
        lists = "".join(f"[[listings]]\nkind = 'html'\nurl = '{server.url}/lista-{n}/'\n" for n in BROKEN)
        write_profile(tmp_path, server, more=lists)
        run_archiver(tmp_path, "crawl", "--delay", "0")
        first = [seen.target for seen in server.log if seen.form.get("page") == "2"]
        assert {n: first.count(f"/fler-{n}") for n in BROKEN} == {
            n: times for n, (_, times) in BROKEN.items()
        }
        assert len(select(tmp_path, "SELECT 1 FROM articles")) == 6
        crawl(tmp_path)  # what was cut off is for the next crawl
        assert len(select(tmp_path, "SELECT 1 FROM articles")) == 10


@pytest.mark.parametrize(("status", "asks"), [("303 See Other", 1), ("307 Temporary Redirect", 0)])
def test_a_form_that_sends_its_reader_on(tmp_path: Path, status: str, asks: int) -> None:
    form = "<form method=post action=/fler><input type=hidden name=page value=2><button>Fler</button></form>"
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in ("a", "b")}) as server:
        server.pages["/nyheter/"] = answer(listing(["/nyheter/a/"]).replace("</main>", form + "</main>"))
        server.pages["/sida-2"] = answer(listing(["/nyheter/b/"]))
        server.pages["POST /fler"] = moved("/sida-2").replace(b"302 Found", status.encode())
        write_profile(tmp_path, server)
        run_archiver(tmp_path, "crawl", "--delay", "0")
        assert (posts(server), server.times("/sida-2")) == (["2"], asks)


STATED = """
[[listings]]
kind = "html"
url = "{0}/nyheter/"
more = {{ url = "{0}/ladda", form = "do=mer&vilka={{posts}}&key={{nonce}}&x={{n}}", first = 1 }}
"""


def by_profile(server: RawServer) -> Callable[[Fields], bytes]:
    """A list that says in a script what its own script posts under other names."""
    values = {"ajaxurl": "/ladda", "posts": '{"cat":"å"}', "current_page": 1, "max_page": 3}
    first = listing(["/nyheter/a/"]).replace(
        "</main>", "</main>" + script("loadmore_params", **values, nonce="n")
    )
    server.pages["/nyheter/"] = answer(first)

    def more(form: Fields) -> bytes:
        if (form.get("do"), form.get("vilka"), form.get("key")) != ("mer", '{"cat":"å"}', "n"):
            return answer("0")
        rows = {"1": "b", "2": "c"}
        return answer(
            f"<li><a href='/nyheter/{rows[form['x']]}/'>Nyhet</a></li>" if form["x"] in rows else ""
        )

    server.pages["POST /ladda"] = Posted(more)
    return more


def test_what_the_profile_says_is_posted(tmp_path: Path) -> None:
    with RawServer({f"/nyheter/{n}/": answer(article(n)) for n in ("a", "b", "c")}) as server:
        by_profile(server)
        write_profile(tmp_path, server)
        told = run_archiver(tmp_path, "sites", "check", "s", "--delay", "0")
        assert told.returncode == 3
        assert "loads more by POST" in told.stderr + told.stdout
        assert f'more = {{ url = "{server.url}/ladda"' in told.stderr + told.stdout
        assert posts(server) == []
        write_profile(tmp_path, server, more=STATED.format(server.url))
        good = run_archiver(tmp_path, "sites", "check", "s", "--delay", "0")
        assert good.returncode == 0, good.stderr
        assert [seen.form["x"] for seen in server.log if seen.method == "POST"] == ["1"]
        assert "3 in all" in crawl(tmp_path)
        assert [seen.form["x"] for seen in server.log if seen.method == "POST"] == ["1", "1", "2", "3"]
        # What the page does not state is told, and so is what names no article.
        for wrong, said in (("{postsx}", "states no postsx"), ("fel", "names no article")):
            write_profile(tmp_path, server, more=STATED.format(server.url).replace("{posts}", wrong))
            bad = run_archiver(tmp_path, "sites", "check", "s", "--delay", "0")
            assert (bad.returncode, said in bad.stderr + bad.stdout) == (3, True), bad.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('{ url = "https://other.example/x", form = "page={n}" }', "no address on a host of the site"),
        ('{ url = "https://example.se/x", form = "page=2" }', "the value {n}"),
        ('{ url = "https://example.se/x", form = "page={n}&email=a" }', "'email' is nothing that an archive posts to"),
        ('{ url = "https://example.se/login", form = "page={n}" }', "'login' is nothing that an archive posts to"),
        ('{ url = "https://example.se/x", form = "page={n}&a=å" }', "not encoded as a form"),
        ('{ url = "https://example.se/x", form = "page={n}", frist = 1 }', "did you mean 'first'?"),
    ],
)  # fmt: skip
def test_a_profile_that_says_it_wrongly(tmp_path: Path, more: str, said: str) -> None:
    path = tmp_path / "sites" / "s.toml"
    path.parent.mkdir()
    path.write_text(
        f'start_urls = ["{NEWS}"]\n[[listings]]\nkind = "html"\nurl = "{NEWS}"\nmore = {more}\n', "utf-8"
    )
    done = run_archiver(tmp_path, "sites", "show", "s")
    assert done.returncode == 78
    assert said in done.stderr
