"""A page that a server sends in the place of many others never replaces an article."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from archiver.home import Home
from archiver.store.articles import articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from tests.conftest import run_archiver
from tests.servers.news import SENTENCES, article, listing, page, write_profile
from tests.servers.raw import RawServer, answer

PATHS = [f"/nyheter/{name}/" for name in ("a", "b", "c", "d", "e", "f")]
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"
)
AWAY = page(
    "Tillfälligt avbrott",
    f"<article><h1>Tillfälligt avbrott</h1>{''.join(f'<p>{s}</p>' for s in SENTENCES)}</article>",
)
SOFT = page("Hoppsan", "<h1>Hoppsan, sidan finns inte</h1><p>Sök efter den, eller gå till startsidan.</p>")
SHELL = "<html><head><title>App</title></head><body><div id=root></div><script src=/app.js></script></body></html>"
LOGIN = page("Logga in", "<h1>Logga in</h1><form><input type=password></form>")
SHORT = page("Exempel", "<article><h1>Vi är snart tillbaka</h1><p>Hav tålamod.</p></article>")


def crawl(home: Path, *words: str) -> dict[str, tuple[str | None, int | None]]:
    """Crawls, and gives each article's title and number of versions, by path."""
    done = run_archiver(home, "crawl", "--delay", "0", *words)
    assert done.returncode in (0, 3), done.stderr
    db = open_reader(Home(home).database)
    found = {
        a.canonical_url.split("/", 3)[3]: (a.title, a.versions)
        for a in articles(db, Filter())
        if a.canonical_url
    }
    db.close()
    return found


STAND_INS = (
    ("challenge", CHALLENGE),
    ("error", AWAY),
    ("error", SOFT),
    ("empty shell", SHELL),
    ("login", LOGIN),
    ("error", SHORT),
)


def night(path: str, number: int) -> bytes:
    """The article in the first night, then one stand-in after the other."""
    return answer(article(f"Nytt om {path}") if number == 1 else STAND_INS[number - 2][1])


def test_the_articles_of_the_first_night_stay(tmp_path: Path) -> None:
    pages = {p: partial(night, p) for p in PATHS}
    with RawServer({"/nyheter/": answer(listing(PATHS))} | pages) as server:
        write_profile(tmp_path, server)
        before = crawl(tmp_path)
        assert len(before) == len(PATHS)
        for kind, _ in STAND_INS:
            assert crawl(tmp_path, "--full") == before, kind
    db = open_reader(Home(tmp_path).database)
    rows = db.execute("SELECT kind FROM captures WHERE url LIKE '%/nyheter/a/' ORDER BY warc_date")
    kinds = [row[0] for row in rows]
    db.close()
    assert kinds == ["article", *(kind for kind, _ in STAND_INS)]


def away(path: str, number: int) -> bytes:
    """The article in the first night, then a note in its place that has its address and a number."""
    if number == 1:
        return answer(article(f"Nytt om {path.split('/')[2]}"))
    told = "".join(f"<p>{s}</p>" for s in SENTENCES)
    told += f"<p>Artikeln på http://127.0.0.1{path} visas snart igen. Ärende 7f{number}{ord(path[-2])}.</p>"
    return answer(page("Ny webbplats", f"<article><h1>Vi byter webbplats</h1>{told}</article>"))


def test_a_note_that_names_what_it_stands_for_replaces_no_article(tmp_path: Path) -> None:
    pages = {p: partial(away, p) for p in PATHS}
    with RawServer({"/nyheter/": answer(listing(PATHS))} | pages) as server:
        write_profile(tmp_path, server)
        before = crawl(tmp_path)
        assert len(before) == len(PATHS)
        assert crawl(tmp_path, "--full") == before


def test_a_note_at_addresses_that_never_had_articles_is_none(tmp_path: Path) -> None:
    told = "".join(f"<p>{s}</p>" for s in SENTENCES)
    note = "<article><h1>Borttagen</h1>{}<p>Artikeln på http://127.0.0.1{} är borta.</p></article>"
    pages = {p: answer(page("Borttagen", note.format(told, p))) for p in PATHS}
    with RawServer({"/nyheter/": answer(listing(PATHS))} | pages) as server:
        write_profile(tmp_path, server)
        assert crawl(tmp_path) == {}


def test_an_article_that_changes_often_or_stands_under_several_sections_is_none(tmp_path: Path) -> None:
    texts = [answer(article(f"Nytt {n}")) for n in range(5)]
    same = {f"/{section}/a/": (lambda n: texts[n - 1]) for section in ("nyheter", "skola", "vatten", "bygg")}
    with RawServer({"/nyheter/": answer(listing(same))} | same) as server:
        write_profile(tmp_path, server, more='[crawl]\nfollow = "all"')
        for _ in range(5):
            found = crawl(tmp_path, "--full")
    assert list(found.values()) == [("Nytt 4", 5)]
