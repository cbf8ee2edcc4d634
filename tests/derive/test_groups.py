"""Which addresses are one article."""

from __future__ import annotations

from archiver.derive.groups import MIN_TEXT, Groups, join_canonical, join_same_text
from archiver.derive.pages import Observation
from archiver.model import Extraction, PageKind
from tests.derive.test_articles import capture

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
    return Observation(capture=capture(1, url), extraction=extraction)


def grouped(*pages: Observation) -> list[set[str]]:
    latest = {p.capture.url: p for p in pages}
    groups = Groups({url: n for n, url in enumerate(latest)})
    join_canonical(groups, latest)
    join_same_text(groups, latest)
    return sorted((set(m) for m in groups.members(latest).values()), key=min)


def test_a_canonical_link_joins() -> None:
    assert grouped(page("/a?print", "/a"), page("/a")) == [{"/a", "/a?print"}]


def test_a_canonical_link_to_the_front_page_joins_nothing() -> None:
    front = page("/", kind=PageKind.FRONT)
    assert len(grouped(front, page("/a", "/", "A"), page("/b", "/", "B"))) == 3


def test_an_address_that_several_articles_claim_is_nobodys() -> None:
    assert len(grouped(page("/a", "/x", "A"), page("/b", "/x", "B"))) == 2


def test_the_same_text_at_two_addresses_is_one_article() -> None:
    assert len(grouped(page("/a", body=LONG), page("/b", body=LONG))) == 1
    assert len(grouped(page("/a", body=LONG), page("/b", body=LONG, title="Other"))) == 2
    assert len(grouped(page("/a", body="Kort."), page("/b", body="Kort."))) == 2


def test_the_first_to_arrive_stands_for_the_group() -> None:
    groups = Groups({"c": 0, "a": 1, "b": 2})
    groups.join("a", "b")
    groups.join("b", "c")
    assert {groups.find(url) for url in "abc"} == {"c"}
    assert groups.members("abc") == {"c": ["a", "b", "c"]}
