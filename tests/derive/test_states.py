"""What became of articles: each state with its date, the capture that proves it, and its end."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver.derive.replaced import NOWHERE
from archiver.derive.stand_ins import REASON
from archiver.home import Home
from archiver.probes import probe_address
from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows
from tests.imports.archive import run
from tests.servers.news import listing, page, write_profile
from tests.servers.raw import Answer, RawServer, answer, moved

pytestmark = pytest.mark.xdist_group("states")  # one first night for all
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
CONSENT = page(
    "Cookies",
    "<h1>Vi använder kakor</h1><p>Vi använder kakor och liknande tekniker för att sidan ska fungera. "
    "Samtycker du till att vi använder kakor?</p><button>Jag samtycker</button>",
)
SENT_ON = "<html><head><meta http-equiv='refresh' content='0; url=/nyheter/h-ny/'></head><body></body></html>"
WORDS = [
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


def told(title: str, *, seed: str, day: str) -> bytes:
    """An article in words that no other one has in this order."""
    draw = random.Random(seed)
    lines = (" ".join(draw.choices(WORDS, k=40)).capitalize() + "." for _ in range(4))
    body = "".join(f"<p>{line}</p>" for line in lines)
    return answer(
        page(title, f"<article><h1>{title}</h1><time datetime='{day}'>{day}</time>{body}</article>")
    )


def text(name: str) -> bytes:
    """The article of this name, a day newer than the one before."""
    return told(f"Nyhet om {name}", seed=name, day=f"2024-03-0{1 + NAMES.index(name)}")


def names(which: str) -> bytes:
    """The news archive with these articles."""
    return answer(listing(f"/nyheter/{name}/" for name in which))


def for_good(location: str) -> bytes:
    return moved(location).replace(b"302 Found", b"301 Moved")


UNFORESEEN = told("Välkommen till vår nya webb", seed="webb", day="2026-01-01")
PAGES: dict[str, Answer] = {f"/nyheter/{name}/": text(name) for name in NAMES}
PAGES["/nyheter/"] = names("hgfedcba")


@dataclass
class Paper:
    """A site that changes from night to night, and its archive."""

    root: Path
    server: RawServer

    def night(self, changes: dict[str, Answer]) -> None:
        """Crawl the whole site after these changes."""
        self.server.pages |= changes
        done = run_archiver(self.root, "crawl", "--full", "--delay", "0")
        assert done.returncode in (0, 3), done.stderr
        assert "Traceback" not in done.stderr

    def gone(self) -> dict[str, tuple[str, str]]:
        """State and reason of what the view lists, by the title's last word; each with its proof."""
        found = rows(
            self.root,
            "SELECT g.title, g.state, g.reason, g.since = c.warc_date AND g.seen_at = c.url FROM gone g"
            " JOIN captures c ON c.warc_record_id = g.capture",
        )
        assert all(is_proven for *_, is_proven in found)
        return {title.split()[-1]: (state, reason) for title, state, reason, _ in found}

    def states(self) -> list[tuple[object, ...]]:
        return rows(self.root, "SELECT * FROM article_states ORDER BY article_id, since, state")


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The archive of the site after its first night, and the port of the site."""
    root = tmp_path_factory.mktemp("paper")
    with RawServer(PAGES) as server:
        write_profile(root, server)
        Paper(root, server).night({})
    return root, server.port


@pytest.fixture
def paper(tmp_path: Path, first_night: tuple[Path, int]) -> Iterator[Paper]:
    root, port = first_night
    shutil.copytree(root, tmp_path / "data")
    with RawServer(PAGES, port=port) as server:
        yield Paper(tmp_path / "data", server)


def test_each_state_has_its_date_and_its_proof_and_an_article_comes_back(
    paper: Paper, capsys: pytest.CaptureFixture[str]
) -> None:
    url, home = paper.server.url, Home(paper.root)
    assert paper.gone() == {}
    stored = "SELECT id, title, body, versions FROM articles ORDER BY title"
    before = rows(paper.root, stored)
    paper.night(
        {
            "/nyheter/a/": answer("borta", status="410 Gone"),
            "/nyheter/b/": for_good("/nyheter/b-ny/"),
            "/nyheter/b-ny/": text("b"),
            "/nyheter/c/": answer(CONSENT),
            "/nyheter/d/": moved("/"),
            "/nyheter/e/": PAGES["/nyheter/"],
            "/nyheter/f/": for_good("/nyheter/g/"),
            "/nyheter/h/": answer(SENT_ON),
            "/nyheter/h-ny/": text("h"),
        }
    )
    found = paper.gone()
    assert found.pop("e")[0] == "front page"
    assert found == {
        "a": ("gone", "status 410"),
        "b": ("moved", f"to {url}/nyheter/b-ny/"),
        "c": ("consent wall", "consent: text about cookies alone"),
        "d": ("front page", f"redirects to {url}/"),
        "f": ("replaced", f"redirects to {url}/nyheter/g/: another article"),
        "h": ("moved", f"to {url}/nyheter/h-ny/"),
    }
    assert rows(paper.root, stored) == before, "the last good text stays"
    both = rows(paper.root, "SELECT url FROM article_aliases WHERE url LIKE '%/b%' ORDER BY url")
    assert both == [(f"{url}/nyheter/b-ny/",), (f"{url}/nyheter/b/",)]

    back = {f"/nyheter/{name}/": text(name) for name in "acde"}
    paper.night({"/nyheter/f/": answer("borta", status="404 Not Found"), "/nyheter/": names("hgfdcba")})
    assert paper.gone()["f"] == ("gone", "status 404")
    paper.night(back)
    assert {name: state for name, (state, _) in paper.gone().items()} == {
        "b": "moved",
        "e": "unlisted",
        "f": "gone",
        "h": "moved",
    }
    assert rows(paper.root, stored) == before

    states = paper.states()
    capsys.readouterr()
    assert run(home, "gone", "--site", "s", "--state", "gone", "--json") == 0
    [listed] = json.loads(capsys.readouterr().out)
    assert (listed["title"], listed["gone_since"]) == ("Nyhet om f", listed["since"])
    assert run(home, "show", f"{url}/nyheter/a/") == 0
    assert "until" in capsys.readouterr().out
    assert run(home, "verify", "--derive") == 0
    assert run(home, "rebuild") == 0
    assert paper.states() == states
    with closing(sqlite3.connect(home.database)) as db:
        db.execute("DELETE FROM article_states WHERE state = 'unlisted'")
        db.execute("UPDATE article_states SET reason = 'x' WHERE state = 'gone'")
        db.commit()
    capsys.readouterr()
    assert run(home, "verify", "--derive", "--json") == 1
    messages = {fault["message"].split(": ", 2)[-1] for fault in json.loads(capsys.readouterr().out)}
    assert messages == {"article_states", "article_states: unlisted"}


def test_an_article_that_every_list_dropped_is_unlisted_until_one_names_it(paper: Paper) -> None:
    dropped = {"e": ("unlisted", "no listing, feed or sitemap names it")}
    paper.night({"/nyheter/": names("hgfdcba")})
    assert paper.gone() == dropped
    states = paper.states()
    paper.night({"/nyheter/": answer(CONSENT)})
    assert paper.states() == states, (
        "a wall says nothing of what is listed, and first seen is the first night"
    )
    assert run(Home(paper.root), "derive") == 0
    assert paper.states() == states
    paper.night({"/nyheter/": PAGES["/nyheter/"]})
    assert paper.gone() == {}


def test_what_a_short_list_pushes_out_is_not_unlisted(paper: Paper) -> None:
    new = told("Nyhet om i", seed="i", day="2024-03-09")
    paper.night({"/nyheter/i/": new, "/nyheter/": names("ihgfedcb")})
    assert paper.gone() == {}


def test_what_the_site_answers_to_any_address_replaces_no_article(paper: Paper) -> None:
    """In words that nobody foresaw, and with a date: only the answer to an address that is none tells."""
    probe = probe_address(f"{paper.server.url}/nyheter/c/", "s").removeprefix(paper.server.url)
    paper.night({"/nyheter/c/": UNFORESEEN, probe: UNFORESEEN})
    assert paper.server.times(probe) == 1
    assert paper.gone() == {"c": ("soft 404", f"error: {NOWHERE}")}
    paper.night({"/nyheter/c/": told("Nyhet om c, rättad", seed="c", day="2024-03-03")})
    assert paper.gone() == {}
    assert rows(paper.root, "SELECT max(versions), count(*) FROM articles") == [(2, len(NAMES))]
    assert paper.server.times(probe) == 2


def test_a_text_that_comes_to_two_addresses_is_no_edit_of_either(paper: Paper) -> None:
    paper.night({"/nyheter/c/": UNFORESEEN})
    assert rows(paper.root, "SELECT max(versions) FROM articles") == [(2,)], "one alone may be an edit"
    paper.night({"/nyheter/b/": UNFORESEEN})
    assert paper.gone() == dict.fromkeys("bc", ("replaced", f"error: {REASON}"))
    assert rows(paper.root, "SELECT max(versions), count(*) FROM articles") == [(1, len(NAMES))]
    for words in ((), ("--sample", "1"), ("--sample", "1")):
        assert run(Home(paper.root), "verify", "--derive", *words) == 0
