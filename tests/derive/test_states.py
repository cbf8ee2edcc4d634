"""What became of articles: each state with its date, the capture that proves it, and its end."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from archiver.derive.replaced import NOWHERE
from archiver.probes import probe_address
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import listing, page, write_profile
from tests.servers.raw import RawServer, answer, moved

NAMES = ("a", "b", "c", "d")
CONSENT = page(
    "Cookies",
    "<h1>Vi använder kakor</h1><p>Vi använder kakor och liknande tekniker för att sidan ska fungera. "
    "Samtycker du till att vi använder kakor?</p><button>Jag samtycker</button>",
)


def told(title: str, *, seed: str, day: str) -> str:
    """An article in words that no other one has in this order."""
    draw = random.Random(seed)
    words = [
        "vägen",
        "kommunen",
        "skolan",
        "byter",
        "system",
        "stödet",
        "ökar",
        "rapport",
        "visar",
        "nya",
        "lokaler",
        "våren",
        "region",
        "arbete",
    ]
    lines = (" ".join(draw.choices(words, k=40)).capitalize() + "." for _ in range(4))
    told = "".join(f"<p>{line}</p>" for line in lines)
    return page(title, f"<article><h1>{title}</h1><time datetime='{day}'>{day}</time>{told}</article>")


def text(name: str) -> str:
    return told(f"Nyhet om {name}", seed=name, day=f"2024-03-0{1 + NAMES.index(name)}")


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


def test_an_article_that_every_list_dropped_is_unlisted_until_one_names_it(paper: Paper) -> None:
    whole = paper.server.pages["/nyheter/"]
    paper.night({"/nyheter/": answer(listing(f"/nyheter/{name}/" for name in "dca"))})
    reason = "no listing, feed or sitemap names it"
    assert paper.gone() == {"b": ("unlisted", reason)}
    [proof] = rows(
        paper.home,
        "SELECT g.seen_at, g.since = c.warc_date FROM gone g JOIN captures c ON c.warc_record_id = g.capture"
        " WHERE c.url = g.seen_at",
    )
    assert proof == (f"{paper.server.url}/nyheter/", 1)
    paper.night({})
    assert paper.gone() == {"b": ("unlisted", reason)}
    assert run_archiver(paper.home, "derive").returncode == 0
    assert paper.gone() == {"b": ("unlisted", reason)}
    paper.night({"/nyheter/": whole})
    assert paper.gone() == {}


def test_what_a_short_list_pushes_out_is_not_unlisted(paper: Paper) -> None:
    """A list of the newest four says nothing of the fifth, and a wall nothing of any."""
    paper.night(
        {
            "/nyheter/e/": answer(told("Nyhet om e", seed="e", day="2024-03-05")),
            "/nyheter/": answer(listing(f"/nyheter/{name}/" for name in "edcb")),
        }
    )
    assert paper.gone() == {}
    paper.night({"/nyheter/": answer(CONSENT)})
    assert paper.gone() == {}


def test_states_come_back_with_a_rebuild_and_are_what_deriving_gives(paper: Paper) -> None:
    paper.night({"/nyheter/a/": answer("borta", status="404 Not Found")})
    paper.night({"/nyheter/a/": answer(text("a")), "/nyheter/b/": answer(CONSENT)})
    paper.night({"/nyheter/": answer(listing(f"/nyheter/{name}/" for name in "dba"))})
    before = rows(paper.home, "SELECT * FROM article_states ORDER BY article_id, since")
    assert sorted(row[1] for row in before) == ["consent wall", "gone", "unlisted"]
    done = run_archiver(paper.home, "verify", "--derive", "--json")
    assert json.loads(done.stdout) == []
    assert run_archiver(paper.home, "rebuild").returncode == 0
    assert rows(paper.home, "SELECT * FROM article_states ORDER BY article_id, since") == before
    with closing(sqlite3.connect(paper.home / "archiver.db")) as db:
        db.execute("DELETE FROM article_states WHERE state = 'unlisted'")
        db.execute("UPDATE article_states SET reason = 'x' WHERE state = 'gone'")
        db.commit()
    done = run_archiver(paper.home, "verify", "--derive", "--json")
    found = sorted(fault["message"].split(": ", 2)[-1] for fault in json.loads(done.stdout))
    assert found == ["article_states", "article_states: unlisted"], done.stdout


UNFORESEEN = told("Välkommen till vår nya webb", seed="webb", day="2026-01-01")


def test_what_the_site_answers_to_any_address_replaces_no_article(paper: Paper) -> None:
    """In words that nobody foresaw, and with a date: only the answer to an address that is none tells."""
    probe = probe_address(f"{paper.server.url}/nyheter/c/", "s").removeprefix(paper.server.url)
    before = rows(paper.home, "SELECT id, title, body, versions FROM articles ORDER BY title")
    paper.night({"/nyheter/c/": answer(UNFORESEEN), probe: answer(UNFORESEEN)})
    assert paper.server.times(probe) == 1
    assert paper.gone() == {"c": ("soft 404", f"error: {NOWHERE}")}
    assert rows(paper.home, "SELECT id, title, body, versions FROM articles ORDER BY title") == before
    paper.night({"/nyheter/c/": answer(told("Nyhet om c, rättad", seed="c", day="2024-03-03"))})
    assert rows(paper.home, "SELECT title, versions FROM articles WHERE versions = 2") == [
        ("Nyhet om c, rättad", 2)
    ]
    assert paper.gone() == {}
    assert paper.server.times(probe) == 2


def test_a_front_page_in_the_place_of_an_article_replaces_it_not(paper: Paper) -> None:
    whole = paper.server.pages["/nyheter/"]
    paper.night({"/nyheter/c/": whole})
    assert paper.gone()["c"][0] == "front page"
    assert rows(paper.home, "SELECT max(versions), count(*) FROM articles") == [(1, 4)]


def test_a_text_that_comes_to_two_addresses_is_no_edit_of_either(paper: Paper) -> None:
    paper.night({"/nyheter/c/": answer(UNFORESEEN)})
    assert rows(paper.home, "SELECT max(versions) FROM articles") == [(2,)], "one alone may be an edit"
    paper.night({"/nyheter/b/": answer(UNFORESEEN)})
    assert {name: state for name, (state, _) in paper.gone().items()} == {"b": "replaced", "c": "replaced"}
    assert rows(paper.home, "SELECT title, versions FROM articles ORDER BY title") == [
        (f"Nyhet om {name}", 1) for name in NAMES
    ]
    done = run_archiver(paper.home, "verify", "--derive", "--json")
    assert json.loads(done.stdout) == []


def test_a_redirect_to_another_article_joins_nothing(paper: Paper) -> None:
    before = rows(paper.home, "SELECT id, title, url FROM articles ORDER BY title")
    paper.night({"/nyheter/a/": moved("/nyheter/d/").replace(b"302 Found", b"301 Moved")})
    assert rows(paper.home, "SELECT id, title, url FROM articles ORDER BY title") == before
    assert paper.gone() == {"a": ("replaced", f"redirects to {paper.server.url}/nyheter/d/: another article")}
