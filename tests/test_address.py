"""One page, one address: what is taken off a link, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.address import plain_address

PAGE = "https://example.se/nyheter/rapport/"


@pytest.mark.parametrize(
    "link",
    [
        PAGE + "?utm_source=nyhetsbrev&utm_medium=email",
        PAGE + "?fbclid=IwAR3x",
        PAGE + "?gclid=1&_ga=2.3",
        PAGE + "?PHPSESSID=3f2504e04f8911d39a0c0305e8",
        PAGE + "?sid=3f2504e04f8911d39a0c0305e8",
        PAGE + ";jsessionid=1A2B3C",
        PAGE + "#kommentarer",
        PAGE + "?",
        "https://EXAMPLE.se:443/nyheter/rapport/?utm_campaign=v5#topp",
    ],
)
def test_what_tells_visitors_apart_comes_off(link: str) -> None:
    assert plain_address(link) == PAGE


@pytest.mark.parametrize(
    "address",
    [
        "https://example.se/default.aspx?sid=42",
        "https://example.se/?p=12&session=2024",
        "https://example.se/nyheter/?ref=start&page=2",
        "https://example.se/a;b/c?x=%C3%A5&y=a+b&empty=",
        "https://example.se:8443/a/?b=1&a=2",
        "http://127.0.0.1:8000/n%F6jd/",
        "https://example.se/a/?q=1&amp;page=2",
    ],
)
def test_what_may_choose_the_page_stays(address: str) -> None:
    assert plain_address(address) == address


def test_an_address_looks_as_it_is_sent() -> None:
    assert (
        plain_address("https://example.se/på gång/?å=ä")
        == "https://example.se/p%C3%A5%20g%C3%A5ng/?%C3%A5=%C3%A4"
    )
    assert plain_address("https://example.se") == "https://example.se/"
    assert plain_address("https://example.se/a?utm_source=x&id=3&fbclid=y") == "https://example.se/a?id=3"


@pytest.mark.parametrize("junk", ["", "hej", "http://[", "mailto:a@b.se", "http://[::1/x?utm_a=1", "//x/y"])
def test_what_is_no_address_does_no_harm(junk: str) -> None:
    assert isinstance(plain_address(junk), str)


@given(st.text(max_size=60), st.text(max_size=40))
def test_twice_is_once(path: str, query: str) -> None:
    first = plain_address(f"https://example.se/{path}?{query}")
    assert plain_address(first) == first
