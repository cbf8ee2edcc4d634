"""Archives of years whose addresses look like those of articles: ``/nyheter/2024/`` where those are ``/nyheter/*/``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.servers.news import article, page, write_profile
from tests.servers.raw import RawServer, answer

YEARS = (2024, 2023, 2022)


def entries(names: list[str]) -> str:
    return "".join(f"<li><h2><a href='/nyheter/{n}/'>Om {n}</a></h2><p>2024-03-01</p></li>" for n in names)


def names_of(year: int, count: int = 4) -> list[str]:
    return [f"y{year}-{n}" for n in range(count)]


def serve(server: RawServer, chosen_by: str) -> None:
    """The archive of three years, of which the first page shows two articles and the way to the others."""
    years = {
        "links": "".join(f"<a href='/nyheter/{year}/'>{year}</a> " for year in YEARS),
        "options": "<select>"
        + "".join(f"<option value='/nyheter/{y}/'>{y}</option>" for y in YEARS)
        + "</select>",
    }[chosen_by]
    for year in YEARS:
        show_year(server, year, names_of(year))
    first = names_of(2024)[:2]
    server.pages["/nyheter/"] = answer(page("Nyheter", f"<h1>Nyheter</h1>{years}<ul>{entries(first)}</ul>"))
    named = "".join(f"<url><loc>{server.url}/nyheter/{year}/</loc></url>" for year in YEARS)
    server.pages["/sitemap.xml"] = answer(f"<urlset>{named}</urlset>", "Content-Type: application/xml")


def show_year(server: RawServer, year: int, names: list[str]) -> None:
    for name in names:
        server.pages[f"/nyheter/{name}/"] = answer(article(f"Om {name}"))
    server.pages[f"/nyheter/{year}/"] = answer(
        page(f"Nyheter {year}", f"<h1>{year}</h1><ul>{entries(names)}</ul>")
    )


def titles(home: Path) -> set[str]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return {row[0] for row in db.execute("SELECT title FROM articles")}


def roles(home: Path) -> set[str]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return {
            row[0] for row in db.execute("SELECT role FROM frontier WHERE url GLOB '*/nyheter/20[0-9][0-9]/'")
        }


@pytest.mark.parametrize("with_sitemap", [False, True])
@pytest.mark.parametrize("chosen_by", ["links", "options"])
def test_the_archives_of_years_are_read_as_lists(tmp_path: Path, chosen_by: str, with_sitemap: bool) -> None:
    with RawServer({}) as server:
        serve(server, chosen_by)
        listed = f"[[listings]]\nkind = 'sitemap'\nurl = '{server.url}/sitemap.xml'\n" if with_sitemap else ""
        write_profile(tmp_path, server, more=listed)
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
        assert run_archiver(tmp_path, "derive").returncode == 0
    assert titles(tmp_path) == {f"Om {name}" for year in YEARS for name in names_of(year)}
    assert roles(tmp_path) == {"listing"}


def test_what_was_taken_for_an_article_is_read_as_the_list_that_it_is(tmp_path: Path) -> None:
    with RawServer({}) as server:
        serve(server, "links")
        write_profile(tmp_path, server)
        assert run_archiver(tmp_path, "crawl", "--delay", "0").returncode == 0
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as db, db:
            db.execute("UPDATE frontier SET role = 'article' WHERE url GLOB '*/nyheter/20[0-9][0-9]/'")
        show_year(server, 2022, names_of(2022, 5))
        assert run_archiver(tmp_path, "crawl", "--full", "--delay", "0", days=1).returncode == 0
        assert run_archiver(tmp_path, "derive").returncode == 0
    assert "Om y2022-4" in titles(tmp_path)
    assert roles(tmp_path) == {"listing"}
