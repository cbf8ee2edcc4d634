"""A site of which everything, or its listing, leads elsewhere: no silent zero, and no alarm where it just moved."""

from __future__ import annotations

import pytest

from archiver.home import Home
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.crawl.test_rebuild import contents, lose_all_rows
from tests.nightly.outages import TITLES, Archive, Pages, consent, site_with
from tests.nightly.test_refused import codes
from tests.nightly.test_refused import night as judged
from tests.servers.news import article, listing, page
from tests.servers.raw import RawServer, answer

pytestmark = pytest.mark.xdist_group("redirects")  # one archive for all
FRONT = {"/": answer(page("Start", "<h1>Bolaget</h1><p>Vi är en konsultfirma med lång erfarenhet.</p>"))}
WALL = {"/samtycke/": answer(consent(""))}


def to(place: str) -> bytes:
    return answer("", f"Location: {place}", status="301 Moved Permanently")


def all_to(pages: Pages, place: str) -> Pages:
    return dict.fromkeys(pages, to(place))


def told(archive: Archive, pages: Pages, *, first: int = 1, nights: int = 2) -> list[set[str]]:
    """The codes of these nights, each of which must be unhealthy."""
    found = []
    with RawServer(pages, port=archive.port):
        for number in range(first, first + nights):
            code, row, text = judged(archive.home, number)
            assert code == 3, text
            found.append(set(codes(row)))
    return found


@pytest.mark.parametrize(
    ("there", "place"),
    [
        pytest.param(FRONT, "/", id="front"),
        pytest.param(WALL, "/samtycke/", id="wall", marks=pytest.mark.soak),
    ],
)
def test_everything_leads_to_one_page(archive: Archive, there: Pages, place: str) -> None:
    pages = all_to(site_with(article, archive.base), place) | there
    for found in told(archive, pages):
        assert {"wall", "listing-empty"} <= found
    with RawServer(site_with(article, archive.base), port=archive.port):
        code, row, text = judged(archive.home, 3)
    assert (code, codes(row)) == (0, []), text


@pytest.mark.parametrize(
    ("there", "place"),
    [
        pytest.param(FRONT, "/", id="front", marks=pytest.mark.soak),
        pytest.param(WALL, "/samtycke/", id="wall"),
    ],
)
def test_articles_alone_lead_to_one_page(archive: Archive, there: Pages, place: str) -> None:
    pages = site_with(article, archive.base) | dict.fromkeys(TITLES, to(place)) | there
    assert told(archive, pages) == [{"wall"}, {"wall"}]


def test_articles_lead_off_the_site_or_in_a_circle(archive: Archive) -> None:
    pages = site_with(article, archive.base) | dict.fromkeys(TITLES, to("http://127.0.0.9:9/"))
    assert told(archive, pages, nights=1) == [{"wall"}]
    pages |= {path: to(path) for path in TITLES}
    assert told(archive, pages, first=2, nights=1) == [{"wall"}]


@pytest.mark.parametrize(
    "lost",
    [
        ["/nyheter/"],
        pytest.param(["/nyheter/", "/flode.xml"], marks=pytest.mark.soak),
        pytest.param(["/flode.xml"], marks=pytest.mark.soak),
    ],
)
def test_a_listing_leads_to_the_front_page(archive: Archive, lost: list[str]) -> None:
    pages = site_with(article, archive.base) | dict.fromkeys(lost, to("/")) | FRONT
    with RawServer(pages, port=archive.port):
        for number in (1, 2):
            code, row, text = judged(archive.home, number)
            assert code == 3, text
            assert {f["url"] for f in row["findings"]} == {archive.base + path for path in lost}
            assert set(codes(row)) == {"listing-empty"}
            assert f"it redirects to {archive.base}/" in text


def test_a_listing_leads_to_another_list(archive: Archive) -> None:
    other = [f"/nyheter/press-{number}/" for number in range(8)]
    pages = site_with(article, archive.base) | {"/nyheter/": to("/press/"), "/press/": answer(listing(other))}
    pages |= {path: answer(article(f"Pressmeddelande om {path}")) for path in other}
    assert told(archive, pages, nights=1) == [{"listing-moved"}]
    assert len(rows(archive.home, "SELECT 1 FROM articles")) == len(TITLES) + 8


def prefixed(base: str, *new: str) -> Pages:
    """The site with a language before all its paths, and these articles that are new."""
    paths = [*new, *TITLES]
    pages = {f"/sv{path}": answer(article(TITLES.get(path, path))) for path in paths}
    pages |= {
        "/sv/nyheter/": answer(listing(f"/sv{path}" for path in paths)),
        "/flode.xml": to("/sv/nyheter/"),
    }
    return pages | {path: to(f"/sv{path}") for path in ("/nyheter/", *TITLES)}


def without_feed(archive: Archive, include: str) -> None:
    """Leaves the feed out of the profile and says what the articles are."""
    profile = archive.home / "sites" / "s.toml"
    text = profile.read_text("utf-8").split("[[listings]]")[0]
    profile.write_text(f"{text}\n[articles]\ninclude = [{include}]\n", "utf-8")
    with RawServer(site_with(article, archive.base), port=archive.port):
        assert run_archiver(archive.home, "nightly", "--delay", "0").returncode == 0


@pytest.mark.parametrize(
    "include", ["", pytest.param('"/**nyheter/*/"', marks=pytest.mark.soak)], ids=["none", "any language"]
)
def test_a_site_that_moved_under_a_prefix_goes_on(archive: Archive, include: str) -> None:
    without_feed(archive, include)
    with RawServer(prefixed(archive.base, "/nyheter/ny-1/"), port=archive.port) as server:
        for number in (1, 2):
            code, row, text = judged(archive.home, number)
            assert (code, codes(row)) == (0, []), text
            server.pages.update(prefixed(archive.base, "/nyheter/ny-1/", "/nyheter/ny-2/"))
    assert len(rows(archive.home, "SELECT 1 FROM articles WHERE url LIKE '%/sv/nyheter/ny-%'")) == 2


def test_a_site_that_moved_where_no_pattern_takes_it_until_the_profile_does(archive: Archive) -> None:
    without_feed(archive, '"/nyheter/*/"')
    pages = prefixed(archive.base, "/nyheter/ny-1/")
    with RawServer(pages, port=archive.port):
        code, row, text = judged(archive.home, 1)
    assert (code, codes(row)) == (3, ["listing-empty"]), text
    assert f"it redirects to {archive.base}/sv/nyheter/" in text
    assert f"no pattern takes the 23 addresses that it names, as {archive.base}/sv/nyheter/ny-1/" in text
    profile = archive.home / "sites" / "s.toml"
    text = profile.read_text("utf-8").replace("/nyheter/", "/sv/nyheter/")
    profile.write_text(text, "utf-8")
    with RawServer(pages, port=archive.port):
        code, row, said = judged(archive.home, 2)
    assert (code, codes(row), row["articles_new"]) == (0, [], 1), said
    home = Home(archive.home)
    kept = contents(home)
    lose_all_rows(home)
    assert run_archiver(archive.home, "rebuild").returncode == 0
    assert contents(home) == kept


def test_articles_that_move_one_by_one_are_healthy(archive: Archive) -> None:
    moved = {path: f"/artiklar{path.removeprefix('/nyheter')}" for path in TITLES}
    pages = site_with(article, archive.base)
    pages |= {new: pages[old] for old, new in moved.items()} | {old: to(new) for old, new in moved.items()}
    known = {row[0] for row in rows(archive.home, "SELECT id FROM articles")}
    with RawServer(pages, port=archive.port):
        for number in (1, 2):
            code, row, text = judged(archive.home, number)
            assert (code, codes(row)) == (0, []), text
    assert {row[0] for row in rows(archive.home, "SELECT id FROM articles")} == known
