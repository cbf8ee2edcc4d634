"""An archive of two sites for the pages to show, some of its texts hostile, and the server that shows it."""

from __future__ import annotations

import html
import http.client
import shutil
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archiver.demo.pictures import picture
from archiver.home import Home
from archiver.web.application import application
from archiver.web.server import listen
from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, paragraphs, write_profile
from tests.servers.raw import Answer, RawServer, answer
from tests.web.browser import Browser, browser

SCRIPT = '<script>alert("titel")</script> & "citat"'
TURNED = "Rapport \u202egnp.exe\u202c klar"
ROBERT = "Robert'); DROP TABLE articles;--"
SECRET, UNWANTED = "hemlighetsordet", "arkivnejordet"
MORE = "<p>Regionen har lämnat ett tillägg om kostnaderna för de nya lokalerna och tiden fram till maj.</p>"


def _hostile() -> str:
    marked = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs("Farlig text"))
    return page(
        html.escape(SCRIPT),
        f"<article><h1>{html.escape(SCRIPT)}</h1><time datetime='2024-05-06'>2024-05-06</time>{marked}"
        "<p>Här står &lt;img src=x onerror=alert(1)&gt; som text, och *stjärnor* och [klamrar](inte en länk).</p>"
        "<h2>Länkar &lt;b&gt;</h2><p>Läs <a href='javascript:alert(2)'>ett skript som är en länk</a>, <a href='data:text/html,x'>"
        "data som är en länk</a>, <a href='/nyheter/vanlig-1/'>en vanlig nyhet</a> och "
        "<a href='https://www.example.org/a?b=1&amp;c=&quot;2&quot;'>en sida någon annanstans</a> i samma stycke.</p>"
        "<figure><img src='/bilder/karta.png' alt='Karta över \"Norr\"'></figure>"
        "<ul><li>Första punkten i listan<ul><li>Inuti den första</li></ul></li><li>Andra punkten i listan</li></ul>"
        "<table><tr><th>År</th><th>Antal</th></tr><tr><td>2023</td><td>1 | 2</td></tr></table>"
        "<blockquote><p>Vi har fått ett nytt sätt att arbeta.</p></blockquote>"
        f"<pre><code>if a &lt; b:\n    print('&lt;/pre&gt;')</code></pre></article>",
    )


def _authored() -> str:
    text = "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs("Rapport"))
    head = f'<meta name="author" content="{html.escape(ROBERT)}">'
    return page(
        html.escape(TURNED),
        f"<article><h1>{html.escape(TURNED)}</h1><time datetime='2024-04-02'>2024-04-02</time>{text}</article>",
    ).replace("</head>", head + "</head>")


def _pages() -> dict[str, Answer]:
    pages: dict[str, Answer] = {
        f"/nyheter/vanlig-{n}/": answer(
            article(f"Vanlig nyhet nummer {n} om upphandling", day=f"20{17 + n}-0{n + 1}-1{n}")
        )
        for n in range(1, 7)
    }
    pages |= {
        "/nyheter/farlig/": answer(_hostile()),
        "/nyheter/vriden/": answer(_authored()),
        "/nyheter/andrad/": answer(article("En nyhet som ändras")),
        "/nyheter/borta/": answer(article("En nyhet som försvinner", day="2024-02-03")),
        "/nyheter/dold/": answer(article(f"En nyhet om {SECRET}", day="2024-06-01")),
        "/nyheter/vill-inte/": answer(
            article(f"En nyhet om {UNWANTED}", day="2024-06-02").replace(
                "</head>", '<meta name="robots" content="noarchive"></head>'
            )
        ),
        "/bilder/karta.png": answer(picture("karta.png")[1], kind="image/png"),
    }
    pages["/nyheter/"] = answer(listing([path for path in pages if path.startswith("/nyheter/")]))
    return pages


@dataclass
class Library:
    """The archive, and the addresses of its first site."""

    home: Home
    site: str
    identities: dict[str, str] = field(default_factory=dict)

    def id_of(self, name: str) -> str:
        """The id of the article of this name."""
        return self.identities[name]


def _identities(home: Home) -> dict[str, str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home.database)) as db:
        rows = db.execute("SELECT url, article_id FROM article_aliases WHERE site = 's'").fetchall()
    return {url.rstrip("/").rpartition("/")[2]: identity for url, identity in rows}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two nights of two sites; one article was suppressed. Tests must not write to it."""
    home = Home(tmp_path_factory.mktemp("library"))
    others = {
        f"/nyheter/t-{n}/": answer(article(f"Från den andra webbplatsen {n}", day=f"2023-0{n}-05"))
        for n in range(1, 4)
    }
    others["/nyheter/"] = answer(listing(others))
    with RawServer(_pages()) as first, RawServer(others) as second:
        write_profile(home.root, first, more='display_name = "Första & <b>bästa</b>"\nlanguage = "sv"')
        write_profile(home.root, second, name="t")
        for night in range(2):
            done = run_archiver(home.root, "crawl", "--full", "--delay", "0", days=night)
            assert done.returncode == 0, done.stderr
            first.pages["/nyheter/andrad/"] = answer(article("En nyhet som har ändrats", more=MORE))
            first.pages["/nyheter/borta/"] = answer("borta", status="410 Gone")
        words = ("suppress", "add", f"{first.url}/nyheter/dold/", "--reason", "på begäran av en person")
        assert run_archiver(home.root, *words).returncode == 0
    return Library(home=home, site=first.url, identities=_identities(home))


@pytest.fixture
def library_copy(library: Library, tmp_path: Path) -> Library:
    """A copy of it, which the test may change."""
    shutil.copytree(library.home.root, tmp_path / "data")
    return Library(home=Home(tmp_path / "data"), site=library.site, identities=library.identities)


@dataclass(frozen=True)
class Got:
    """What was answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Shown:
    """An archive that is served."""

    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Got:
        """Ask for a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return Got(response.status, response.headers, response.read())
        finally:
            connection.close()

    def sql(self, query: str) -> Got:
        """What Datasette answers to a query."""
        return self.get(f"/archiver.json?_shape=array&sql={urllib.parse.quote(query)}")


@contextmanager
def serving(home: Home) -> Iterator[Shown]:
    """The archive as ``archiver serve`` serves it, in a thread."""
    import uvicorn

    datasette = application(home, host="127.0.0.1", replay="http://127.0.0.1:8080")
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Shown(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        datasette.executor.shutdown()
        datasette.get_database("archiver").close()


@pytest.fixture(scope="session")
def shown(library: Library) -> Iterator[Shown]:
    """The archive, served."""
    with serving(library.home) as found:
        yield found


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    """Chromium, or the test is skipped."""
    with browser() as found:
        yield found
