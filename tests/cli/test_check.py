"""``sites check`` on a site whose sitemaps name other things than articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

SITEMAP = '<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{kind}>'


def sitemap(kind: str, row: str, *urls: str) -> bytes:
    rows = "".join(f"<{row}><loc>{url}</loc></{row}>" for url in urls)
    return answer(SITEMAP.format(kind=kind, rows=rows), kind="application/xml")


@pytest.mark.parametrize(("named", "empty"), [(["/nyheter/a/"], []), ([], ["/sitemap.xml"])])
def test_a_sitemap_in_parts_names_articles_where_one_part_does(
    tmp_path: Path, named: list[str], empty: list[str]
) -> None:
    with RawServer() as server:
        parts = [f"{server.url}/posts.xml", f"{server.url}/images.xml"]
        server.pages |= {
            "/nyheter/": answer(listing(["/nyheter/a/"])),
            "/nyheter/a/": answer(article("Nytt")),
            "/sitemap.xml": sitemap("sitemapindex", "sitemap", *parts),
            "/posts.xml": sitemap("urlset", "url", *(server.url + path for path in named)),
            "/images.xml": sitemap("urlset", "url", "https://bilder.example/1.jpg"),
        }
        more = f'[[listings]]\nkind = "sitemap"\nurl = "{server.url}/sitemap.xml"'
        write_profile(tmp_path, server, more=more)
        done = run_archiver(tmp_path, "sites", "check", "s", "--delay", "0", "--json")
        findings = [f for f in json.loads(done.stdout)["findings"] if f["what"] == "names no article"]
        assert [f["url"].removeprefix(server.url) for f in findings] == empty


def test_what_the_archive_knows_of_the_site_counts_in_a_check(tmp_path: Path) -> None:
    """Two pages prove no column; the archive has twelve."""
    column = (
        "<div class='spalt'><h3>Det senaste</h3><p>Hösten fylls av kurser för den som vill lära.</p></div>"
    )
    names = [f"/nyheter/rubrik-{n}/" for n in range(12)]
    pages = {name: answer(article(f"Rubrik {name[-3:-1]}", more=column)) for name in names}
    with RawServer({"/nyheter/": answer(listing(names)), **pages}) as server:
        write_profile(tmp_path, server)
        assert run_archiver(tmp_path, "crawl", "--delay", "0").returncode == 0
        exported = run_archiver(tmp_path, "export", "--format", "jsonl").stdout.splitlines()
        stored = {row["url"]: row["body"] for row in map(json.loads, exported)}
        done = run_archiver(tmp_path, "sites", "check", "s", "--pages", "2", "--delay", "0", "--json")
    checked = [page for page in json.loads(done.stdout)["pages"] if page["kind"] == "article"]
    assert len(checked) == 2
    for page in checked:
        assert page["body"] == stored[page["url"]]
        assert "kurser" not in page["body"]
