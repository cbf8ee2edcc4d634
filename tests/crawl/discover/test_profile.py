"""A written profile reads back the same, and lists of sites are read with all their faults named."""

from __future__ import annotations

import tomllib
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.discover.profile import profile_toml, read_csv
from archiver.errors import ArchiverError
from archiver.site import Articles, CrawlRules, Expectations, Host, Layout, Listing, Site, parse_site

FULL = Site(
    name="firman",
    start_urls=("https://firman.se/nyheter/", "https://firman.se/blogg/"),
    display_name='Firman "Å" \\ AB',
    publisher="Firman AB",
    country="SE",
    language="sv",
    hosts=(Host(host="firman.se", since=date(2015, 1, 1)), Host(host="gamla.se", until=date(2014, 12, 31))),
    listings=(
        Listing(kind="feed", url="https://firman.se/feed/"),
        Listing(
            kind="html", url="https://firman.se/nyheter/", pagination="https://firman.se/nyheter/page/{n}/"
        ),
    ),
    articles=Articles(include=("/20*/*/*/", "/blogg/*"), exclude=("/blogg/arkiv/",)),
    crawl=CrawlRules(delay=2.5, follow="all"),
    layouts=(Layout(since=date(2020, 2, 3), body="div.text > p", drop=(".a", ".b")), Layout(title="h1")),
    expect=Expectations(articles_min=10, with_date_min=0.9),
    metadata={"orgnr": "556000-0000", "wikidata": "Q1", "nested": {"a": [1, 2], "b": True}},
)


def back(site: Site, *notes: str) -> Site:
    return parse_site(tomllib.loads(profile_toml(site, notes=notes)), source="test")


def test_full_profile_reads_back() -> None:
    assert back(FULL, "feed https://firman.se/feed/: 10 entries", "line\nbreak\x00\x07") == FULL


def test_bare_profile_reads_back_and_says_what_is_assumed() -> None:
    site = Site(name="x", start_urls=("https://x.se/",))
    assert back(site) == site
    assert 'timezone = "Europe/Stockholm"' in profile_toml(site, notes=())


def test_it_is_commented_for_a_person() -> None:
    text = profile_toml(FULL, notes=["found a feed"])
    assert text.startswith("# found a feed\n")
    assert all(
        "#" in line for line in text.splitlines() if line.startswith(("[articles]", "[crawl]", "name"))
    )


@given(
    text=st.text(st.characters(codec="utf-8"), max_size=30),
    key=st.text(st.characters(codec="utf-8"), min_size=1, max_size=10),
)
def test_any_text_reads_back(text: str, key: str) -> None:
    site = msgspec.structs.replace(FULL, publisher=text, metadata={key: text}, display_name=None)
    assert back(site, text) == site


def rows(tmp_path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return read_csv(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lists_of_sites(tmp_path, encoding: str, delimiter: str) -> None:
    text = "URL,Name,Publisher,sector,orgnr\r\n\r\nhttps://a.se/,a,Åkes,it,1\r\n,,,,\r\nhttps://b.se/nyheter,,,,\r\n"
    first, second = rows(tmp_path, text.replace(",", delimiter), encoding)
    assert (first.url, first.name, first.line) == ("https://a.se/", "a", 3)
    assert first.keys == {"publisher": "Åkes"} and first.metadata == {"sector": "it", "orgnr": "1"}
    assert (second.url, second.name, second.keys, second.metadata) == ("https://b.se/nyheter", None, {}, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("name,sector\na,b\n", "line 1: no column is called url"),
        ("url\nhttps://a.se\nwww.b.se\n", "line 3: 'www.b.se' is no http"),
        ("url,name\nhttps://a.se,Åke\n", "line 2: name 'Åke'"),
        ("url,name\nhttps://a.se,a\n\nhttps://b.se,a\n", "line 4: name 'a' is on line 2 too"),
        ("url\nhttps://a.se,b\n", "line 2: 2 cells, but 1 columns"),
        ("url,url\nhttps://a.se,b\n", "column 'url' is there twice"),
        ("url\nftp://a.se\n", "line 2"),
        ("url\nhttps://[a\n", "line 2"),
    ],
)
def test_faults_are_named(tmp_path, text: str, words: str) -> None:
    with pytest.raises(ArchiverError) as raised:
        rows(tmp_path, text)
    assert words in raised.value.message


def test_missing_list(tmp_path) -> None:
    with pytest.raises(ArchiverError, match=r"none\.csv"):
        read_csv(tmp_path / "none.csv")


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read(tmp_path_factory, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "noise.csv"
    path.write_bytes(b"url,name\n" + noise)
    try:
        read_csv(path)
    except ArchiverError as error:
        assert "noise.csv" in error.message
