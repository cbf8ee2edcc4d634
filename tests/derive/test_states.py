"""What became of articles: each state with its date, the capture that proves it, and its end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer, moved

NAMES = ("a", "b", "c", "d")
CONSENT = page(
    "Cookies",
    "<h1>Vi använder kakor</h1><p>Vi använder kakor och liknande tekniker för att sidan ska fungera. "
    "Samtycker du till att vi använder kakor?</p><button>Jag samtycker</button>",
)


def text(name: str) -> str:
    return article(f"Nyhet om {name}", day=f"2024-03-0{1 + NAMES.index(name)}")


@dataclass
class Paper:
    """A site that changes from night to night, and its archive."""

    home: Path
    server: RawServer
    pages: dict[str, Any] = field(default_factory=dict)

    def night(self, changes: dict[str, Any], *words: str) -> None:
        """Crawl the whole site after these changes."""
        self.server.pages |= changes
        done = run_archiver(self.home, "crawl", "--full", "--delay", "0", *words)
        assert done.returncode in (0, 3), done.stderr
        assert "Traceback" not in done.stderr

    def gone(self, *words: str) -> dict[str, tuple[str, str]]:
        """State and reason of each article that the command lists, by its title's last word."""
        done = run_archiver(self.home, "gone", "--json", *words)
        assert done.returncode == 0, done.stderr
        return {row["title"].split()[-1]: (row["state"], row["reason"]) for row in json.loads(done.stdout)}


@pytest.fixture
def paper(tmp_path: Path) -> Any:
    pages = {f"/nyheter/{name}/": answer(text(name)) for name in NAMES}
    pages["/nyheter/"] = answer(listing(pages))
    with RawServer(pages) as server:
        write_profile(tmp_path, server)
        paper = Paper(tmp_path, server)
        paper.night({})
        assert paper.gone() == {}
        yield paper


def test_each_state_has_its_date_and_its_proof_and_an_article_comes_back(paper: Paper) -> None:
    before = rows(paper.home, "SELECT id, body FROM articles ORDER BY title")
    paper.night(
        {
            "/nyheter/a/": answer("borta", status="410 Gone"),
            "/nyheter/b/": moved("/nyheter/b-ny/").replace(b"302 Found", b"301 Moved"),
            "/nyheter/b-ny/": answer(text("b")),
            "/nyheter/c/": answer(CONSENT),
            "/nyheter/d/": moved("/"),
            "/": answer(listing(["/nyheter/a/"])),
        }
    )
    expected = {
        "a": ("gone", "status 410"),
        "b": ("moved", f"to {paper.server.url}/nyheter/b-ny/"),
        "c": ("consent wall", "consent: text about cookies alone"),
        "d": ("front page", f"redirects to {paper.server.url}/"),
    }
    assert paper.gone() == expected
    assert rows(paper.home, "SELECT id, body FROM articles ORDER BY title") == before
    proofs = rows(
        paper.home,
        "SELECT s.since = c.warc_date, s.seen_at = c.url FROM gone s"
        " JOIN captures c ON c.warc_record_id = s.capture",
    )
    assert proofs == [(1, 1)] * 4
    since = rows(paper.home, "SELECT since FROM gone ORDER BY id")
    both = rows(paper.home, "SELECT url FROM article_aliases WHERE url LIKE '%/b%' ORDER BY url")
    assert [url.split("/nyheter/")[1] for (url,) in both] == ["b-ny/", "b/"]
    paper.night({})
    assert rows(paper.home, "SELECT since FROM gone ORDER BY id") == since, "first seen is the first night"
    paper.night({f"/nyheter/{name}/": answer(text(name)) for name in "acd"})
    assert paper.gone() == {"b": expected["b"]}
    assert rows(paper.home, "SELECT count(*) FROM articles WHERE gone_since IS NOT NULL") == [(0,)]
    past = rows(paper.home, "SELECT state FROM article_states WHERE until > since ORDER BY state")
    assert past == [("consent wall",), ("front page",), ("gone",)]
    assert rows(paper.home, "SELECT max(versions) FROM articles") == [(1,)]
