"""One article at many addresses: pages 2, 3 …, AMP and print versions, crawled over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from archiver.derive.renderings import is_same_article, plain_version
from archiver.home import Home
from archiver.model import Extraction, PageKind
from archiver.store.articles import aliases, articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from tests.conftest import run_archiver
from tests.servers.news import LAST, article, listing, page, paragraphs, write_profile
from tests.servers.raw import RawServer, answer, once

HOST = "https://www.fjallbro.example"


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("/nyheter/a/amp/", "/nyheter/a"), ("/nyheter/a/amp", "/nyheter/a"), ("/amp/nyheter/a/", "/nyheter/a"),
        ("/nyheter/a/?amp=1", "/nyheter/a"), ("/nyheter/a?id=3&print=1", "/nyheter/a?id=3"),
        ("/a.html?output=amp", "/a.html"), ("/a.amp.html", "/a.html"), ("/print/12", "/12"),
        ("/a/?tmpl=component", "/a"), ("/utskrift/a", "/a"),
        ("/nyheter/print-ar-dott/", None), ("/nyheter/amp-hours/", None), ("/nyheter/champ/", None),
        ("/a?q=print", None), ("/a", None),
    ],
)  # fmt: skip
def test_addresses_of_renderings(url: str, plain: str | None) -> None:
    assert plain_version(HOST + url) == (HOST + plain if plain else None)


def test_an_amp_host_is_a_rendering() -> None:
    assert plain_version("https://amp.fjallbro.example/a/") == "https://fjallbro.example/a"


def said(body: str, title: str = "T", date: str | None = "2024-03-01") -> Extraction:
    return Extraction(
        url="", kind=PageKind.ARTICLE, reason="", confidence=1.0, title=title, body=body, date_published=date
    )


def test_the_same_article_has_title_day_and_nearly_all_lines() -> None:
    lines = [f"Rad {n} om något" for n in range(10)]
    whole = said("\n\n".join(lines))
    assert is_same_article(whole, said("\n".join([*lines[1:], "Utskriven från Fjällbro"]), date=None))
    assert is_same_article(whole, said(" ".join(lines)))
    assert not is_same_article(whole, said("\n".join(lines), title="Annan"))
    assert not is_same_article(whole, said("\n".join(lines), date="2024-03-02"))
    assert not is_same_article(whole, said("\n".join([*lines[:5], "a", "b", "c", "d", "e"])))


def crawled(
    home: Path, pages: Mapping[str, str], *, follow: bool = True, also: Sequence[str] = ()
) -> list[tuple[object, list[str]]]:
    """The articles of a site with these pages, each with all its paths, the host left out."""
    linked = listing([path for path in pages if path.count("/") == 3 and path.endswith("/")] + [*also])
    with RawServer({"/nyheter/": answer(linked)} | {p: answer(h) for p, h in pages.items()}) as server:
        write_profile(home, server, more='[crawl]\nfollow = "all"' if follow else "")
        done = run_archiver(home, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
        db = open_reader(Home(home).database)
        found = [
            (a, [u.removeprefix(server.url) for u in aliases(db, a.id or "")]) for a in articles(db, Filter())
        ]
        kinds = db.execute("SELECT url, kind, reason FROM captures").fetchall()
        crawled.kinds = {r[0].removeprefix(server.url): (r[1], r[2]) for r in kinds}  # type: ignore[attr-defined]
        db.close()
    return found


def parted(title: str, number: int, pager: str) -> str:
    text = "".join(f"<p>{p}</p>" for p in paragraphs(title)[2 * number - 2 : 2 * number + (number == 3)])
    return page(
        title, f"<article><h1>{title}</h1><time datetime='2024-03-01'>1 mars</time>{text}{pager}</article>"
    )


def links(*hrefs: str) -> str:
    return "<p>Sida: " + " ".join(f"<a href='{h}'>{h.strip('/')[-1]}</a>" for h in hrefs) + "</p>"


@pytest.mark.parametrize("follow", [True, False])
def test_parts_are_one_article_however_their_links_end(tmp_path: Path, follow: bool) -> None:
    whole = {
        "/nyheter/a/": parted("Långt", 1, links("/nyheter/a/2/", "/nyheter/a/3/")),
        "/nyheter/a/2/": parted("Långt", 2, links("/nyheter/a/1", "/nyheter/a/3")),
        "/nyheter/a/3/": parted("Långt", 3, links("/nyheter/a/1", "/nyheter/a/2")),
    }
    found = crawled(tmp_path, whole | {p.rstrip("/"): h for p, h in whole.items()}, follow=follow)
    assert [a.body.count("Stycke") for a, _ in found] == [6]
    assert found[0][0].body.endswith(LAST.format(title="Långt"))


def test_a_part_beyond_a_missing_one_is_no_article_of_its_own(tmp_path: Path) -> None:
    found = crawled(
        tmp_path,
        {
            "/nyheter/a/": parted("Långt", 1, links("/nyheter/a/2/", "/nyheter/a/3/")),
            "/nyheter/a/3/": parted("Långt", 3, links("/nyheter/a/1/", "/nyheter/a/2/")),
        },
    )
    assert [a.title for a, _ in found] == ["Långt"]
    assert found[0][0].body.startswith("Långt: ")
    assert crawled.kinds["/nyheter/a/3/"] == ("article", "a further page of an article")  # type: ignore[attr-defined]


def test_amp_and_print_versions_are_the_article_at_its_own_address(tmp_path: Path) -> None:
    tools = "<p><a href='/print/a'>Utskrift</a> <a href='amp/'>AMP</a></p>"
    printed = article("Nytt", more="<p>Utskriven från Exempelbolaget den 5 maj 2024</p>")
    found = crawled(
        tmp_path,
        {
            "/nyheter/a/": article("Nytt", more=tools),
            "/nyheter/a/amp/": article("Nytt", more="<p>Läs mer på vår webbplats, som har fler bilder.</p>"),
            "/print/a": printed,
        },
        also=["/print/a"],
    )
    assert len(found) == 1
    assert found[0][1] == ["/nyheter/a/", "/nyheter/a/amp/", "/print/a"]
    assert found[0][0].canonical_url.endswith("/nyheter/a/")
    assert "Utskriven" not in found[0][0].body


def test_a_page_that_comes_after_its_print_version_is_the_same_article(tmp_path: Path) -> None:
    printed = article("Nytt", more="<p>Utskriven från Exempelbolaget</p>").replace("Stycke 1", "Avsnitt 1")
    first = ["/nyheter/a-print/", *(f"/nyheter/{n}/" for n in range(4))]
    pages = {
        **{path: answer(article(f"Om {path}")) for path in first},
        "/nyheter/": once(answer(listing(first)), answer(listing(["/nyheter/a/"]))),
        "/nyheter/a-print/": answer(printed),
        "/nyheter/a/": answer(article("Nytt")),
    }
    with RawServer(pages) as server:
        write_profile(tmp_path, server, more='[crawl]\nfollow = "all"')
        for paths in (["/nyheter/a-print/"], ["/nyheter/a-print/", "/nyheter/a/"]):
            done = run_archiver(tmp_path, "crawl", "--delay", "0")
            assert done.returncode == 0, done.stderr
            db = open_reader(Home(tmp_path).database)
            found = [a for a in articles(db, Filter()) if a.title == "Nytt"]
            assert [[u.removeprefix(server.url) for u in aliases(db, a.id or "")] for a in found] == [paths]
            db.close()
        assert found[0].url == f"{server.url}/nyheter/a/"


PRINTED = "<p>Utskriven från Exempelbolaget den 5 maj 2024</p>"
# An article's own page, its rendering at another address, and what that says besides.
RENDERED = {
    "/nyheter/a/": ("/nyheter/a/amp/", "<p>Läs mer på vår webbplats, som har fler bilder.</p>"),
    "/nyheter/b/": ("/utskrift/b/", PRINTED),
    "/nyheter/c/": ("/nyheter/visa-c-enkelt/", PRINTED),
}


def rendering(own: str) -> str:
    other, more = RENDERED[own]
    html = article(f"Nytt {own}", more=more)
    return html.replace("</head>", f"<link rel='canonical' href='{own}'></head>") if "visa" in other else html


@pytest.mark.parametrize("order", ["own page first", "own page last", "own page between"])
def test_the_own_page_is_the_article_in_whatever_crawl_it_came(tmp_path: Path, order: str) -> None:
    owns, others = list(RENDERED), [other for other, _ in RENDERED.values()]
    nights = {"own page first": [owns, others], "own page last": [others, owns]}.get(
        order, [others, owns, others]
    )
    rest = [f"/nyheter/{n}/" for n in range(4)]
    listings = [answer(listing([*rest, *paths])) for paths in nights]
    pages = {own: article(f"Nytt {own}") for own in owns} | {p: article(f"Om {p}") for p in rest}
    pages |= {other: rendering(own) for own, (other, _) in RENDERED.items()}
    with RawServer(
        {"/nyheter/": lambda number: listings[number - 1]} | {p: answer(h) for p, h in pages.items()}
    ) as server:
        write_profile(tmp_path, server, more='[crawl]\nfollow = "all"')
        for number in range(len(nights)):
            done = run_archiver(tmp_path, "crawl", "--delay", "0")
            assert done.returncode == 0, done.stderr
            assert server.times("/nyheter/") == number + 1
        db = open_reader(Home(tmp_path).database)
        for own in owns:
            [found] = [a for a in articles(db, Filter()) if a.title == f"Nytt {own}"]
            known = [u.removeprefix(server.url) for u in aliases(db, found.id or "")]
            assert known == sorted([own, RENDERED[own][0]])
            assert found.url == found.canonical_url == server.url + own
            assert found.body.endswith(LAST.format(title=f"Nytt {own}"))
            assert found.versions == 1
        db.close()


def test_two_articles_of_one_title_stay_two(tmp_path: Path) -> None:
    other = article("Nytt", day="2024-05-02")
    found = crawled(tmp_path, {"/nyheter/a/": article("Nytt"), "/nyheter/b/": other})
    assert len(found) == 2
