"""The course of an article through the nights: which answers count, and when a state begins and ends."""

from __future__ import annotations

import pytest

from archiver.derive.pages import Observation
from archiver.derive.states import Answer, states_of
from archiver.instants import to_text
from archiver.model import StateName
from archiver.probes import is_probe, probe_address
from tests.derive.test_articles import URL, capture, seen

NEW, LINKED = "https://www.example.se/insikter/a/", URL + "?ref=start"


def at(night: int, state: StateName | None, url: str = URL, to: str | None = None) -> Answer:
    return Answer(capture=capture(night, url, 404), state=state, to=to)


def course(*events: Observation | Answer, preferred: str = URL) -> list[tuple[str, int, int | None]]:
    """Each state with the nights in which it began and ended."""
    pages = [event for event in events if isinstance(event, Observation)]
    answers = [event for event in events if isinstance(event, Answer)]
    nights = {to_text(capture(n).warc_date): n for n in range(9)}
    return [
        (s.state, nights[s.since], nights[s.until] if s.until else None)
        for s in states_of(pages, answers, preferred)
    ]


def test_a_state_begins_when_it_is_first_seen_and_ends_with_a_page() -> None:
    nights = [
        seen(1, "A"),
        at(2, "gone"),
        at(3, None),
        at(4, "gone"),
        seen(5, "A"),
        at(6, "soft 404"),
        at(7, "gone"),
    ]
    assert course(*nights) == [("gone", 2, 5), ("soft 404", 6, 7), ("gone", 7, None)]


def test_what_came_before_any_page_says_nothing() -> None:
    assert course(at(1, "gone"), seen(2, "A")) == []


def test_a_move_goes_on_where_it_led() -> None:
    nights = [
        seen(1, "A"),
        at(2, "moved", to=NEW),
        seen(3, "A", NEW),
        at(4, "moved", to=NEW),
        at(5, "gone", NEW),
    ]
    assert course(*nights, preferred=NEW) == [("moved", 2, None), ("gone", 5, None)]
    assert course(*nights, seen(6, "A"), preferred=NEW) == [("moved", 2, 6), ("gone", 5, 6)]


def test_a_move_counts_where_the_new_address_was_seen_before_the_old_one_said_so() -> None:
    nights = [
        seen(1, "A"),
        seen(2, "A", NEW),
        at(3, "moved", to=NEW),
        at(4, "moved", to=NEW),
        seen(4, "A", NEW),
        at(5, "gone", NEW),
        at(6, "moved", to=NEW),
    ]
    assert course(*nights, preferred=NEW) == [("moved", 3, None), ("gone", 5, None)]
    assert course(*nights, seen(7, "A"), preferred=NEW) == [("moved", 3, 7), ("gone", 5, 7)]


def test_moves_one_after_the_other_are_each_told_of_once() -> None:
    newest = "https://www.example.se/texter/a/"
    nights = [
        seen(1, "A"),
        at(2, "moved", to=NEW),
        seen(2, "A", NEW),
        at(3, "moved", NEW, newest),
        seen(3, "A", newest),
    ]
    nights += [at(n, "moved", to=newest) for n in (3, 4, 5)] + [at(n, "moved", NEW, newest) for n in (4, 5)]
    assert course(*nights, preferred=newest) == [("moved", 2, 3), ("moved", 3, None)]


def test_another_address_that_leads_to_the_own_one_is_no_move() -> None:
    nights = [
        seen(1, "A"),
        at(2, None),
        seen(2, "A", LINKED),
        seen(3, "A"),
        at(4, "moved", LINKED, URL),
        seen(4, "A"),
    ]
    assert course(*nights) == []
    nights = [seen(1, "A", LINKED), seen(1, "A"), at(2, "moved", LINKED, URL), seen(2, "A")]
    assert course(*nights) == []


def test_an_address_that_always_led_to_the_article_is_no_move() -> None:
    assert course(at(1, "moved", LINKED, URL), seen(1, "A"), at(2, "moved", LINKED, URL), seen(2, "A")) == []


def test_an_address_where_the_article_was_not_last_seen_says_nothing() -> None:
    assert course(seen(1, "A"), seen(2, "A", NEW), at(3, "gone"), preferred=NEW) == []


@pytest.mark.parametrize("first", [URL, LINKED])
def test_of_two_addresses_in_one_crawl_its_own_counts(first: str) -> None:
    other = LINKED if first == URL else URL
    assert course(seen(1, "A", first), seen(1, "A", other), at(2, "gone")) == [("gone", 2, None)]


@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("https://a.se/nyheter/ny-rapport/", "https://a.se/nyheter/{}/"),
        ("https://a.se/nyheter/ny-rapport.html", "https://a.se/nyheter/{}.html"),
        ("https://a.se/nyheter/v2.0", "https://a.se/nyheter/{}"),
        ("https://a.se/news.php?id=7&lang=sv", "https://a.se/news.php?id={}&lang={}"),
        ("https://a.se/", "https://a.se/{}/"),
    ],
)
def test_a_probe_lies_beside_an_article(url: str, beside: str) -> None:
    probe = probe_address(url, "s")
    mark = probe.removeprefix(beside.partition("{}")[0])[: len("nyhetsarkiv-") + 12]
    assert probe == beside.replace("{}", mark)
    assert is_probe(probe, "s")
    assert not is_probe(probe, "another")
    assert not is_probe(url, "s")
