"""Profiles: read strictly, with errors that say what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archiver.errors import ConfigurationError
from archiver.site import Site, parse_site, read_site

MINIMAL = 'start_urls = ["https://www.example.se/nyheter/"]\n'


def write(tmp_path: Path, text: str, name: str = "example") -> Path:
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_minimal_profile_is_named_after_its_file(tmp_path: Path) -> None:
    site = read_site(write(tmp_path, MINIMAL))
    assert site.name == "example"
    assert site.owns("https://www.example.se/om-oss/")
    assert not site.owns("https://example.se.evil.test/")
    assert site.crawl.delay == 1.0


@pytest.mark.parametrize(
    ("text", "wrong", "hint"),
    [
        (MINIMAL + "[[hosts]]\nhost = 'https://a.se/'", "host 'https://a.se/' is none", None),
        (MINIMAL + "[[hosts]]\nhost = ''", "host '' is none", None),
        (
            MINIMAL + "[[listings]]\nkind = 'html'\nurl = 'https://a.se/n'\npagination = 'https://a.se/n/2'",
            "pagination 'https://a.se/n/2' needs one {n}",
            None,
        ),
        (MINIMAL + 'lisings = ["x"]', "lisings", "did you mean 'listings'?"),
        (MINIMAL + "[crawl]\ndely = 2", "dely", "did you mean 'delay'?"),
        (MINIMAL + "[expect]\nsilent_days = 9", "silent_days", "did you mean 'silent_days_max'?"),
        (MINIMAL + "[expect]\nignore = ['silense']", "silense", "did you mean 'silence'?"),
        (MINIMAL + "[[layouts]]\nuntil = 2020-01-01", "until", "did you mean 'to'?"),
        (MINIMAL + "[[hosts]]\nhost = 'a'\nsince = 2020-01-01", "since", "did you mean 'from'?"),
        (
            MINIMAL + "[[layouts]]\nzzz = '.x'",
            "zzz",
            "it takes from, to, title, body, date, authors, drop",
        ),
        (MINIMAL + "[articles]\nbody = '.x'", "body", "it takes include, exclude"),
        (MINIMAL + "org_number = 5", "org_number", "free keys belong under [metadata]"),
        (MINIMAL + '[[listings]]\nkind = "atom"\nurl = "https://www.example.se/"', "atom", None),
        (MINIMAL + '[crawl]\ndelay = "fast"', "delay", None),
        ("start_urls = []", "start_urls", None),
        ('start_urls = ["ftp://example.se/"]', "ftp://example.se/", None),
        (MINIMAL + 'timezone = "Europe/Uppsala"', "Europe/Uppsala", None),
        (MINIMAL + 'name = "other"', "other", "make the two agree"),
        ("start_urls = [", "example.toml", "correct the file"),
        (MINIMAL + '[[layouts]]\ntitle = "h1["', "layouts[0].title: 'h1[' is no CSS selector", None),
        (MINIMAL + '[[layouts]]\nbody = ""', "layouts[0].body: '' is no CSS selector", None),
        (MINIMAL + '[[layouts]]\ndrop = [".a", "p:hoover"]', "layouts[0].drop[1]: 'p:hoover'", None),
        (
            MINIMAL + '[[hosts]]\nhost = "www.example.se"\nfrom = 2020-02-01\nto = 2020-01-31',
            "hosts[0]: from 2020-02-01 is after to 2020-01-31",
            None,
        ),
    ],
)
def test_a_wrong_profile_is_one_error_that_names_it(
    tmp_path: Path, text: str, wrong: str, hint: str | None
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_site(write(tmp_path, text))
    assert wrong in caught.value.message
    assert "example.toml" in caught.value.message
    assert "\n" not in caught.value.message or text == "start_urls = ["
    if hint:
        assert hint in (caught.value.hint or "")


def test_patterns_match_path_and_query_from_the_start() -> None:
    site = parse_site(
        {
            "name": "x",
            "start_urls": ["https://x.se/"],
            "articles": {"include": ["/nyheter/*/", "/post.asp[x]?id=*"], "exclude": ["/nyheter/arkiv/"]},
        },
        source="x",
    )
    assert site.is_article_address("https://x.se/nyheter/a-b/") is True
    assert site.is_article_address("https://x.se/nyheter/a/b/") is None
    assert site.is_article_address("https://x.se/nyheter/arkiv/") is False
    assert site.is_article_address("https://x.se/post.asp[x]?id=7") is True
    assert site.is_article_address("https://x.se/en/nyheter/a/") is None


def test_layouts_hold_for_their_days() -> None:
    layouts = [
        {"body": ".old", "to": date(2019, 12, 31)},
        {"body": ".new", "from": date(2020, 1, 1)},
    ]
    site = parse_site({"name": "x", "start_urls": ["https://x.se/"], "layouts": layouts}, source="x")
    assert [layout.body for layout in site.layouts_on(date(2019, 12, 31))] == [".old"]
    assert [layout.body for layout in site.layouts_on(date(2020, 1, 1))] == [".new"]


def test_the_digest_says_whether_two_profiles_are_one() -> None:
    def site(**more: object) -> Site:
        return parse_site({"name": "x", "start_urls": ["https://x.se/"], **more}, source="x")

    assert site().digest == site().digest
    assert site().digest != site(language="sv").digest
    assert site().digest.startswith("sha256:")


def test_a_host_belongs_to_the_site_on_its_days() -> None:
    hosts = [
        {"host": "Old.se", "to": date(2019, 2, 28)},
        {"host": "new.se", "from": date(2019, 3, 1)},
    ]
    site = parse_site({"name": "x", "start_urls": ["https://new.se/"], "hosts": hosts}, source="x")
    last, first = date(2019, 2, 28), date(2019, 3, 1)
    assert site.owns("https://old.se/a/") and site.owns("https://new.se/a/")
    assert site.owns("https://old.se/a/", last) and not site.owns("https://old.se/a/", first)
    assert site.owns("https://new.se/a/", first) and not site.owns("https://new.se/a/", last)
    assert site.has_left("https://old.se/a/", first) and not site.has_left("https://other.se/", first)
    bare = parse_site({"name": "x", "start_urls": ["https://new.se/"]}, source="x")
    assert bare.owns("https://new.se/a/", first)


def test_only_where_the_profile_starts_a_host_may_be_private() -> None:
    data = {
        "name": "x",
        "start_urls": ["http://10.0.0.5:8000/nyheter/"],
        "listings": [{"kind": "feed", "url": "http://feeds.intra/rss"}],
        "hosts": [{"host": "10.0.0.5:8000"}, {"host": "10.0.0.6"}],
    }
    assert parse_site(data, source="x").private_host_names == {"10.0.0.5:8000", "feeds.intra"}
