"""Sites of which most pages were never to be had, and profiles that read nothing any more: no silent zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import Answer, RawServer, Tagged, answer

PATHS = [f"/nyheter/{number}/" for number in range(20)]
REFUSED = answer(page("Förbjudet", "<p>Nej.</p>"), status="403 Forbidden")
WALL = answer(
    page(
        "Innan du fortsätter",
        "<h1>Din integritet</h1><p>Vi använder kakor för att webbplatsen ska fungera. Du måste samtycka till "
        "kakor innan du fortsätter.</p><button>Godkänn alla kakor</button>",
    )
)


def site(refusal: bytes, had: int) -> dict[str, Answer]:
    """A news page, so many articles that it names, and for the others a refusal."""
    pages = {path: answer(article(f"Nytt om {path}")) for path in PATHS[:had]}
    return {"/nyheter/": answer(listing(PATHS)), **pages, **dict.fromkeys(PATHS[had:], refusal)}


def night(home: Path, number: int) -> tuple[int, dict[str, Any], str]:
    """The exit code of a night, the report's row, and what a person reads."""
    done = run_archiver(home, "nightly", "--delay", "0", days=number)
    newest = max(home.glob("runs/*/report.json"), key=lambda path: path.parent.name)
    return done.returncode, json.loads(newest.read_text("utf-8"))["sites"][0], done.stdout


def codes(row: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in row["findings"]]


def test_pages_that_are_refused_from_the_first_night_are_told_until_they_are_read(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(site(REFUSED, 3)) as server:
        profile = write_profile(home, server)
        for number in range(3):
            code, row, text = night(home, number)
            assert (code, codes(row)) == (3, ["refused"]), text
            assert "17 of 20 addresses" in text
            assert f"refused: {server.url}/nyheter/" in text
            assert row["unchanged"] == (4 if number else 0), "the news page and three articles, but no 403"
        profile.write_text(profile.read_text("utf-8") + "\n[expect]\nerrors_max = 0.9\n", "utf-8")
        assert night(home, 3)[0] == 0
        shown = json.loads(run_archiver(home, "sites", "expect", "s", "--json").stdout)
        [row] = [row for row in shown if row["expectation"] == "share that was never to be had"]
        assert (row["profile"], row["last_night"]) == (0.9, 0.85)
        server.pages.update(site(REFUSED, 20))
        profile.write_text(profile.read_text("utf-8").replace("0.9", "0.1"), "utf-8")
        code, row, text = night(home, 4)
        assert (code, row["articles_new"]) == (0, 17), text


def test_walls_from_the_first_night_are_no_less_told_on_the_second(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(site(WALL, 3)) as server:
        write_profile(home, server)
        assert night(home, 0)[0] == 3
        code, row, text = night(home, 1)
    assert (code, codes(row)) == (3, ["refused"]), text
    assert "as this with consent" in text


def test_pages_that_all_lead_to_one_login(tmp_path: Path) -> None:
    away = answer("", "Location: /logga-in/", status="302 Found")
    with RawServer({**site(away, 3), "/logga-in/": WALL}) as server:
        write_profile(tmp_path / "data", server)
        code, row, text = night(tmp_path / "data", 0)
    assert (code, codes(row)) == (3, ["refused"]), text


def test_a_few_dead_links_in_a_listing_are_no_alarm(tmp_path: Path) -> None:
    with RawServer(site(answer("", status="404 Not Found"), 15)) as server:
        write_profile(tmp_path / "data", server)
        code, row, text = night(tmp_path / "data", 0)
    assert (code, codes(row)) == (0, []), text


@pytest.mark.parametrize(("is_tagged", "nights"), [(True, 3), (False, 1)], ids=["304", "same bytes"])
def test_a_profile_that_reads_nothing_any_more_is_told_while_the_site_is_quiet(
    tmp_path: Path, is_tagged: bool, nights: int
) -> None:
    home = tmp_path / "data"
    page = Tagged(listing(PATHS), '"a"') if is_tagged else answer(listing(PATHS))
    with RawServer(site(REFUSED, 20) | {"/nyheter/": page}) as server:
        profile = write_profile(home, server)
        assert night(home, 0)[0] == 0
        text = profile.read_text("utf-8")
        profile.write_text(text.replace("/nyheter/*/", "/artiklar/*/"), "utf-8")
        for number in range(1, 1 + nights):
            code, row, said = night(home, number)
            assert (code, codes(row)) == (3, ["listing-empty"]), said
            assert "the profile reads nothing from it any more" in said
            assert f"listing-empty: {server.url}/nyheter/ – archiver sites check s" in said
        profile.write_text(text, "utf-8")
        code, row, said = night(home, 1 + nights)
        assert (code, codes(row)) == (0, []), said


def test_what_the_profile_leaves_out_is_not_dropped_by_the_listing(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with RawServer(site(REFUSED, 20) | {"/nyheter/": Tagged(listing(PATHS), '"a"')}) as server:
        profile = write_profile(home, server)
        assert night(home, 0)[0] == 0
        profile.write_text(profile.read_text("utf-8") + 'exclude = ["/nyheter/3/", "/nyheter/4/"]\n', "utf-8")
        assert night(home, 1)[0] == 0
    assert rows(home, "SELECT url, state FROM article_states") == []
    assert rows(home, "SELECT count(*) FROM links WHERE kind = 'listing'") == [(20 + 18,)]
