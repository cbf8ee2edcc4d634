"""Which addresses are one article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.derive.captures import SiteCaptures
from archiver.derive.groups import MIN_TEXT, Groups, join_canonical, join_same_text
from archiver.derive.observed import Observed
from archiver.derive.pages import Observation
from archiver.model import Capture, Extraction, PageKind
from archiver.store.captures import save_captures
from archiver.store.crawls import begin_crawl
from archiver.store.database import open_database, transaction
from archiver.store.sites import save_site
from tests.derive.test_articles import SITE, START, capture

LONG = "En mening som är lång nog. " * (MIN_TEXT // 20)


def page(
    url: str,
    canonical: str | None = None,
    title: str = "T",
    body: str = "b",
    kind: PageKind = PageKind.ARTICLE,
) -> Observation:
    extraction = Extraction(
        url=url, kind=kind, reason="", confidence=1.0, title=title, body=body, canonical_url=canonical
    )
    seen = replace(capture(1, url), warc_record_id=f"<urn:{url}>", payload_digest=url)
    return Observation(capture=seen, extraction=extraction)


class Said:
    """An observer to whom the pages say what they are given to say."""

    def __init__(self, pages: tuple[Observation, ...]) -> None:
        self.pages = {p.capture.url: p for p in pages}

    def pages_at(self, url: str) -> list[Capture]:
        return [self.pages[url].capture]

    def observe(self, capture: Capture) -> Observation:
        return self.pages[capture.url]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_database(tmp_path / "archiver.db")
    yield db
    db.close()


def grouped(db: sqlite3.Connection, *pages: Observation) -> list[set[str]]:
    with transaction(db):
        save_site(db, SITE)
        begin_crawl(db, pages[0].capture.crawl, command="crawl", at=START, software="x")
        save_captures(db, (replace(p.capture, offset=n) for n, p in enumerate(pages)))
    captures = SiteCaptures(db, SITE.name)
    observed = Observed(db, captures)
    for n in range(1, captures.addresses + 1):
        observed.add(n, Said(pages))  # type: ignore[arg-type]
    groups = Groups(captures.addresses)
    join_canonical(groups, db, captures)
    join_same_text(groups, db)
    return sorted(({captures.url(n) for n in m} for m in groups.members(observed.flags())), key=min)


def test_a_canonical_link_joins(db: sqlite3.Connection) -> None:
    assert grouped(db, page("/a?print", "/a"), page("/a")) == [{"/a", "/a?print"}]


def test_a_canonical_link_to_the_front_page_joins_nothing(db: sqlite3.Connection) -> None:
    front = page("/", kind=PageKind.FRONT)
    assert len(grouped(db, front, page("/a", "/", "A"), page("/b", "/", "B"))) == 3


def test_a_canonical_link_to_the_page_that_is_no_article_joins_nothing(db: sqlite3.Connection) -> None:
    front = page("/", kind=PageKind.FRONT)
    assert len(grouped(db, front, page("/a", "/"), page("/b", "/"))) == 3


def test_an_address_that_several_articles_claim_is_nobodys(db: sqlite3.Connection) -> None:
    assert len(grouped(db, page("/a", "/x", "A"), page("/b", "/x", "B"))) == 2


def test_an_address_that_was_never_captured_joins_those_that_agree_on_it(db: sqlite3.Connection) -> None:
    assert grouped(db, page("/a", "/x"), page("/b", "/x"), page("/c")) == [{"/a", "/b"}, {"/c"}]


def test_the_same_text_at_two_addresses_is_one_article(db: sqlite3.Connection) -> None:
    assert len(grouped(db, page("/a", body=LONG), page("/b", body=LONG))) == 1


def test_another_title_is_another_article(db: sqlite3.Connection) -> None:
    assert len(grouped(db, page("/a", body=LONG), page("/b", body=LONG, title="Other"))) == 2


def test_short_texts_may_be_the_same_by_chance(db: sqlite3.Connection) -> None:
    assert len(grouped(db, page("/a", body="Kort."), page("/b", body="Kort."))) == 2


def test_the_first_to_arrive_stands_for_the_group() -> None:
    groups = Groups(3)
    groups.join(2, 3)
    groups.join(3, 1)
    groups.join(3, 9)
    assert {groups.find(n) for n in (1, 2, 3, 9)} == {1}
    assert list(groups.members(bytearray([0, 0, 1, 0]))) == [[1, 2, 3]]
