"""Patterns learned from addresses match the articles, and nothing where nothing honest can be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.discover.patterns import learn_patterns
from archiver.site import Articles, Site

SLUGS = ["att-leda", "nytt-avtal-med-kommunen", "vi-soker", "tack", "fika-som-metod", "en-bro"]
HOST = "https://example.se"


def learned(*templates: str, others: tuple[str, ...] = ()) -> Articles:
    urls = [
        HOST + t.format(slug, n=n, y=2010 + n, m=f"{n + 4:02}")
        for t in templates
        for n, slug in enumerate(SLUGS)
    ]
    return learn_patterns(urls, [HOST + o for o in others])


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("/{y}/{m}/{}/", "/20*/*/*/"),  # WordPress, month and name
        ("/{y}/{m}/03/{}.html", "/20*/*/*/*.html"),  # Jekyll
        ("/nyheter/{}/", "/nyheter/*/"),  # Hugo, Umbraco
        ("/nyheter/{y}/{}", "/nyheter/20*/*"),  # Optimizely, Drupal
        ("/sv/om-oss/nyheter/{y}/{}/", "/sv/om-oss/nyheter/20*/*/"),
        ("/post/{}", "/post/*"),  # Wix
        ("/blogg/{y}/{n}/3/{}", "/blogg/20*/*/*/*"),  # Squarespace
        ("/node/{n}7", "/node/*"),  # Drupal without names
        ("/nyheter/nyheter/{y}-05-0{n}-{}.html", "/nyheter/nyheter/*.html"),  # SiteVision
        ("/nyheter-{y}/{}/", "/nyheter-20*/*/"),
        ("/nyhet-{}.html", "/nyhet-*.html"),
        ("/nyhet.aspx?id={n}", "/nyhet.aspx?id=*"),
        ("/?p={n}1", "/?p=*"),
        ("/index.php?option=com_content&id={n}", "/index.php?option=com_content&id=*"),
        ("/artikel/{n}/{}", "/artikel/*/*"),
    ],
)
def test_one_kind_of_address(template: str, pattern: str) -> None:
    assert learned(template) == Articles(include=(pattern,))


@pytest.mark.parametrize("template", ["/{}/", "/{}", "/{}.html", "/{}/{}x/"])
def test_no_pattern_where_nothing_tells_articles_apart(template: str) -> None:
    found = learned(template.replace("{}x", "{n}"))
    assert found.include == () or template.count("{}") == 2


def test_tracking_parameters_are_no_part_of_an_address() -> None:
    assert learned("/nyheter/{}/?utm_source=rss&utm_medium=feed") == Articles(include=("/nyheter/*/",))


def test_two_kinds() -> None:
    found = learned("/nyheter/{}/", "/blogg/{y}/{}/", others=("/tjanster/upphandling/", "/om-oss/"))
    assert set(found.include) == {"/nyheter/*/", "/blogg/20*/*/"}


def test_folders_are_named_where_a_general_pattern_would_match_services() -> None:
    found = learned("/sv/nyheter/{}/", "/sv/blogg/{}/", others=("/sv/tjanster/it/", "/sv/kontakt/"))
    assert set(found.include) == {"/sv/nyheter/*/", "/sv/blogg/*/"}
    assert found.exclude == ()


def test_a_page_beside_the_articles_is_excluded_by_name() -> None:
    found = learned("/nyheter/{}/", others=("/nyheter/arkiv/", "/nyheter/", "/nyheter/sida/2/"))
    assert found == Articles(include=("/nyheter/*/",), exclude=("/nyheter/arkiv/",))


def test_no_pattern_where_too_many_others_lie_beside() -> None:
    others = tuple(f"/sidor/tjanst-{n}/" for n in range(20))
    assert learned("/sidor/{}/", others=others).include == ()


def test_tags_and_feeds_teach_nothing() -> None:
    assert learned("/tag/{}/", "/{y}/{m}/{}/feed/") == Articles()


@given(st.lists(st.text(alphabet="ab/2019.?=&-_*åé ", max_size=20), max_size=12))
def test_never_raises_and_matches_what_it_learned(paths: list[str]) -> None:
    urls = [f"{HOST}/{path}" for path in paths]
    found = learn_patterns(urls[::2], urls[1::2])
    site = Site(name="x", start_urls=(HOST,), articles=found)
    assert not any(site.is_article_address(url) for url in set(urls[1::2]) - set(urls[::2]))
