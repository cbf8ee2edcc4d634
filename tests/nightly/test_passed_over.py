"""A listing that goes on and names its new articles where no pattern takes them: told, and not for events."""

from __future__ import annotations

from pathlib import Path

from archiver.home import Home
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.crawl.test_rebuild import contents, lose_all_rows
from tests.nightly.test_refused import codes, night
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import Answer, RawServer, answer

OLD = [f"/nyheter/{number}/" for number in range(12)]


def site(new: int, events: int) -> dict[str, Answer]:
    """The ten newest of the site's articles, the new ones under another path, with events among them."""
    insights = [f"/insikter/{number}/" for number in reversed(range(new))]
    named = [*insights, *OLD][:10]
    pages: dict[str, Answer] = {path: answer(article(f"Nytt om {path}")) for path in (*OLD, *insights)}
    places = [f"/event/{number}/" for number in range(events, events + 4)]
    return pages | {"/nyheter/": answer(listing([*named[:2], *places, *named[2:]]))}


def test_new_articles_under_another_path(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(site(0, 0)) as server:
        profile = write_profile(home, server)
        text = profile.read_text("utf-8")
        for number, new in enumerate((0, 0, 2)):
            server.pages.update(site(new, 4 * number))
            code, row, said = night(home, number)
            assert (code, codes(row)) == (0, []), said
        server.pages.update(site(4, 12))
        code, row, said = night(home, 3)
        assert (code, codes(row)) == (3, ["passed-over"]), said
        assert "it names 4 addresses where articles stand that no pattern takes" in said
        assert f"{server.url}/insikter/0/" in said
        assert f"passed-over: {server.url}/nyheter/ – archiver sites check s" in said
        profile.write_text(f'{text}[expect]\nignore = ["passed-over"]\n', "utf-8")
        code, row, said = night(home, 4)
        assert (code, codes(row)) == (0, ["passed-over"]), said
        profile.write_text(f'{text}exclude = ["/insikter/**"]\n', "utf-8")
        assert night(home, 5)[0] == 0
        profile.write_text(text.replace('"/nyheter/*/"', '"/nyheter/*/", "/insikter/*/"'), "utf-8")
        code, row, said = night(home, 6)
        assert (code, codes(row), row["articles_new"]) == (0, [], 4), said
    before = contents(Home(home))
    assert rows(home, "SELECT DISTINCT url FROM links WHERE kind = 'passed' AND url LIKE '%/insikter/%'")
    lose_all_rows(Home(home))
    assert run_archiver(home, "rebuild").returncode == 0
    assert contents(Home(home)) == before
