"""Without its database and its indexes an archive comes back row for row, and its nights go on as before."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from archiver.crawl.conditional import is_checked
from archiver.demo import DemoServer
from archiver.home import Home
from tests.conftest import run_archiver
from tests.crawl.test_crawl import crawl_and_kill
from tests.imports.archive import run
from tests.imports.foreign import STYLES, Got, packed
from tests.servers.news import article, listing, redesigned, write_profile
from tests.servers.raw import Asked, RawServer, answer, moved

pytestmark = pytest.mark.xdist_group("rebuild")  # one archive for all
SITE = "s"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"x" * 2000
FILES = {
    "/bilder/ny.png": answer(PNG, 'ETag: "bild"', kind="image/png"),
    "/filer/rapport.pdf": answer(b"%PDF-1.7 " + b"x" * 3000, kind="application/pdf"),
    "/robots.txt": answer("User-agent: *\nDisallow: /nyheter/hemlig/\n", kind="text/plain"),
}
SHOWN = (
    "<figure><img src='/bilder/ny.png' alt='Ett kontor'></figure><p><a href='/filer/rapport.pdf'>Mer</a></p>"
)
TITLES = {
    "kontor": "Nytt kontor i Umeå",
    "rapport": "Rapport om digitalisering",
    "flytt": "Kommunen byter system",
    "borta": "Seminarium i maj",
    "dold": "Intervju med en medarbetare",
    "trogen": "Samma text i tio år",
}
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Nyheter</title><link>{base}/</link>{items}
</channel></rss>"""
ITEM = "<item><title>{title}</title><link>{base}/nyheter/{slug}/</link><pubDate>Fri, 01 Mar 2024 09:00:00 GMT</pubDate></item>"


def feed(base: str, slugs: dict[str, str]) -> bytes:
    items = "".join(ITEM.format(base=base, slug=slug, title=title) for slug, title in slugs.items())
    tag = f'ETag: "flode-{len(items)}"'
    return answer(FEED.format(base=base, items=items), tag, kind="application/rss+xml")


def first_night(base: str) -> dict[str, bytes]:
    """The site as it was: one layout, an image and a report."""
    served = {
        f"/nyheter/{slug}/": answer(
            article(title, more=SHOWN if slug == "kontor" else ""),
            f'ETag: "{slug}-1"',
            "Last-Modified: Fri, 01 Mar 2024 09:00:00 GMT",
        )
        for slug, title in TITLES.items()
    }
    named = listing(f"/nyheter/{slug}/" for slug in (*TITLES, "hemlig", "lang"))
    served["/nyheter/lang/"] = answer(article("En lång sida", more="<p>" + "lång " * 30_000))
    return {**FILES, **served, "/nyheter/": answer(named), "/flode.xml": feed(base, TITLES)}


def after_the_redesign(base: str) -> dict[str, bytes]:
    """Another layout, one text edited, one page moved, one gone, one new."""
    titles = {**TITLES, "rapport": "Rapport om digitalisering, rättad", "nyast": "Vi söker fler kollegor"}
    titles["ny-plats"] = titles.pop("flytt")
    del titles["borta"]
    hrefs = [f"/nyheter/{slug}/" for slug in titles]
    served = {
        href: answer(
            redesigned(title, more=SHOWN if href == "/nyheter/kontor/" else "", others=hrefs[:4]),
            f'ETag: "{href}-2"',
        )
        for href, title in zip(hrefs, titles.values(), strict=True)
    }
    served["/nyheter/flytt/"] = moved("/nyheter/ny-plats/").replace(b"302 Found", b"301 Moved Permanently")
    served["/nyheter/borta/"] = answer("borta", status="410 Gone")
    return {**FILES, **served, "/nyheter/": answer(listing(hrefs)), "/flode.xml": feed(base, titles)}


def crawl(home: Home, *words: str, code: int = 0) -> None:
    done = run_archiver(home.root, "crawl", "--delay", "0", *words)
    assert done.returncode == code, done.stderr


def of_others(base: str, slug: str, title: str, style: str) -> bytes:
    pages = [
        Got(f"{base}/nyheter/{name}/", article(text, day="2014-03-01").encode(), "2014-03-04T05:06:07Z")
        for name, text in ((slug, title), ("kontor", "Nytt kontor i Umeå, det första"))
    ]
    return packed(STYLES[style](pages))


class Lived(NamedTuple):
    """An archive, and the server of its site, which is closed."""

    home: Home
    server: RawServer


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Three nights, with a redesign, an edited profile, imports, a suppression, and one without a server."""
    folder = tmp_path_factory.mktemp("lived")
    home = Home(folder / "data")
    with RawServer() as server:
        live(home, server, folder)
    crawl(home, code=4)
    return Lived(home, server)


def live(home: Home, server: RawServer, folder: Path) -> None:
    feed_of_profile = (
        f'[crawl]\nmax_bytes = 100000\n[[listings]]\nkind = "feed"\nurl = "{server.url}/flode.xml"\n'
    )
    profile = write_profile(home.root, server, more=feed_of_profile)
    server.pages = {**first_night(server.url)}
    crawl(home, "--limit", "5")
    crawl(home)
    server.pages = {**after_the_redesign(server.url)}
    crawl(home, "--full")
    since = '\n[[layouts]]\nfrom = 2024-01-01\ntitle = "h2.rubrik"\nbody = ".brodtext"\ndrop = ["#sida"]\n'
    profile.write_text(profile.read_text("utf-8") + since, "utf-8")
    assert run(home, "derive") == 0
    (folder / "kopia.warc.gz").write_bytes(of_others(server.url, "gammal", "Tio år sedan", "heritrix"))
    (folder / "kvar.warc.gz").write_bytes(of_others(server.url, "aldre", "Elva år sedan", "browsertrix"))
    assert run(home, "import", str(folder / "kopia.warc.gz")) == 0
    assert run(home, "import", "--in-place", str(folder / "kvar.warc.gz")) == 0
    assert run(home, "suppress", "add", f"{server.url}/nyheter/dold/", "--reason", "request of a person") == 0
    server.pages["/nyheter/sist/"] = answer(redesigned("Den sista nyheten"), 'ETag: "sist"')
    server.pages["/nyheter/"] = answer(listing(["/nyheter/sist/", "/nyheter/trogen/"]))
    crawl(home)
    crawl(home, "--full", "--limit", "4")


@pytest.fixture
def home(lived: Lived, tmp_path: Path) -> Home:
    shutil.copytree(lived.home.root, tmp_path / "data")
    return Home(tmp_path / "data")


# What is compared by what it says and not by how it is stored, or is no content at all.
NOT_CONTENT = re.compile(r"articles_fts_\w+|search(_rows|able)|vocabulary\w*|_sqlite_migrations|sqlite_\w+")


def contents(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table and view, each in an order of their own."""
    with closing(sqlite3.connect(home.database)) as db:
        names = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]
        kept = [name for name in names if not NOT_CONTENT.fullmatch(name)]
        return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in kept}


def query(home: Home, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.database)) as db:
        return db.execute(text).fetchall()


def lose_all_rows(home: Home) -> None:
    for path in (*home.root.glob("archiver.db*"), *home.root.glob("collections/*/indexes/*")):
        path.unlink()


def check_rebuild(home: Home) -> None:
    """Without database and index a rebuild makes the same of both, byte for byte in the index, and again."""
    before, index = contents(home), home.index(SITE).read_bytes()
    lose_all_rows(home)
    for _ in range(2):
        assert run(home, "rebuild") == 0
        after = contents(home)
        assert after.keys() == before.keys()
        for table, rows in before.items():
            assert after[table] == rows, table
        assert home.index(SITE).read_bytes() == index


def defects(home: Home) -> list[str]:
    ended = run_archiver(home.root, "verify", "--derive", "--fixity", "--json")
    return [found["code"] for found in json.loads(ended.stdout) if found["level"] == "defect"]


def test_every_row_comes_back(home: Home) -> None:
    before = contents(home)
    named = {table for table, rows in before.items() if rows}
    assert {"articles", "article_files", "chrome_models", "suppressions", "gone", "changes"} <= named
    assert {row[0] for row in query(home, "SELECT command FROM crawls")} == {"crawl", "import"}
    check_rebuild(home)
    assert defects(home) == []


def test_every_row_comes_back_after_a_packing(home: Home) -> None:
    files = len(list(home.archive(SITE).glob("*.warc.gz")))
    assert run(home, "pack") == 0
    assert len(list(home.archive(SITE).glob("*.warc.gz"))) == 1 < files
    check_rebuild(home)
    assert defects(home) == []


def test_what_was_hidden_for_a_while_comes_back_as_it_is(home: Home) -> None:
    [hidden] = [str(row[0]) for row in query(home, "SELECT target FROM suppressions")]
    profile = home.profile(SITE)
    profile.write_text(profile.read_text("utf-8").replace('drop = ["#sida"]', "drop = []"), "utf-8")
    assert run(home, "suppress", "remove", hidden) == 0
    check_rebuild(home)
    assert defects(home) == []


@pytest.mark.parametrize("words", [(), ("--full",)], ids=["usual", "full"])
def test_the_night_after_asks_for_the_same(
    home: Home, tmp_path: Path, lived: Lived, words: tuple[str, ...]
) -> None:
    rebuilt = Home(tmp_path / "rebuilt")
    shutil.copytree(home.root, rebuilt.root)
    lose_all_rows(rebuilt)
    assert run(rebuilt, "rebuild") == 0
    asked = []
    for one in (home, rebuilt):
        with RawServer(lived.server.pages, port=lived.server.port) as server:
            crawl(one, *words)
        asked.append(sorted(map(conditions, server.log)))
    assert asked[0] == asked[1]
    is_whole = bool(words) or is_checked(f"{lived.server.url}/flode.xml", datetime.now(UTC).date())
    tags = {tag for target, tag, _ in asked[0] if target == "/flode.xml"}
    assert [tag.startswith('"flode-') for tag in tags] == [not is_whole]


def conditions(asked: Asked) -> tuple[str, str, str]:
    """What a request asks for, and under which conditions."""
    return asked.target, asked.header("If-None-Match") or "", asked.header("If-Modified-Since") or ""


def test_a_derivation_that_cannot_be_read_is_said(home: Home) -> None:
    path = home.collection(SITE) / "derivations.jsonl"
    path.write_text("{not json\n" + path.read_text("utf-8"), "utf-8")
    lose_all_rows(home)
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert f"{path}: line 1 cannot be read" in done.stderr
    path.write_bytes(b"\xff\xfe")
    done = run_archiver(home.root, "rebuild")
    assert done.returncode == 1
    assert f"{path}: " in done.stderr
    assert run_archiver(home.root, "derive").returncode == 1
    assert path.read_bytes() == b"\xff\xfe"


def test_nights_that_were_cut_off_come_back_as_they_went_on(tmp_path: Path, demo_server: DemoServer) -> None:
    home = Home(tmp_path)
    run_archiver(home.root, "sites", "add", demo_server.news_url, "--name", SITE, "--delay", "0")
    crawl_and_kill(home.root, signal.SIGKILL, 60_000)
    crawl_and_kill(home.root, signal.SIGTERM, 120_000)
    crawl(home)
    check_rebuild(home)
    assert defects(home) == []
