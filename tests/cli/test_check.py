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
