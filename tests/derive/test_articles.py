"""Building articles from observations: versions, days, what is gone, which address counts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from archiver.derive.articles import Derived, article_id, build, day_in, one_a_crawl, runs_of
from archiver.derive.pages import Observation
from archiver.model import Capture, Extraction, PageKind
from archiver.site import parse_site

URL = "https://www.example.se/nyheter/a/"
SITE = parse_site({"name": "x", "start_urls": ["https://www.example.se/"]}, source="x")
START = datetime(2024, 3, 1, 2, tzinfo=UTC)


def capture(night: int, url: str = URL, status: int = 200) -> Capture:
    return Capture(
        warc_record_id=f"<urn:{night}:{url[-2:]}:{status}>", warc_type="response", site="x",
        crawl=f"2024030{night}T020000Z-0000", url=url, urlkey=url, timestamp="20240301020000",
        warc_date=START + timedelta(days=night), mime="text/html", status=status, payload_digest="sha256:0",
        filename="f", offset=0, length=1,
    )  # fmt: skip


def seen(
    night: int, body: str, url: str = URL, date: str | None = "2024-03-02", **more: object
) -> Observation:
    extraction = Extraction(
        url=url, kind=PageKind.ARTICLE, reason="", confidence=1.0, title="T", body=body,
        date_published=date, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return Observation(capture=capture(night, url), extraction=extraction)


def built(observations: list[Observation], **more: object) -> Derived:
    options: dict[str, object] = {
        "identity": "0" * 16, "addresses": [URL], "others": [], "extractor": "e", "chrome_model": None,
        "first_complete": START, "dated_by": [],
    }  # fmt: skip
    return build(SITE, observations, **options | more)  # type: ignore[arg-type]


def test_a_b_a_is_three_versions() -> None:
    observations = [seen(n, body) for n, body in enumerate(["A", "A", "B", "A", "A"])]
    assert [len(run) for run in runs_of(observations)] == [2, 1, 2]
    article = built(observations).article
    assert (article.version, article.versions, article.body) == (3, 3, "A")
    versions = built(observations).versions
    assert versions[0].last_seen < versions[1].first_seen
    assert article.first_seen == versions[0].first_seen
    assert article.last_seen == versions[2].last_seen


def test_the_order_is_that_of_the_captures_not_of_their_arrival() -> None:
    versions = built([seen(3, "B"), seen(1, "A"), seen(2, "A")]).versions
    assert [v.body for v in versions] == ["A", "B"]


def test_two_addresses_in_one_crawl_make_no_versions() -> None:
    amp = "https://www.example.se/amp/a/"
    observations = [seen(1, "A"), seen(1, "A, short", amp), seen(2, "A, short", amp), seen(2, "A")]
    assert [o.extraction.body for o in one_a_crawl(observations, URL)] == ["A", "A"]
    assert built(observations, addresses=[URL, amp]).article.versions == 1


def test_a_move_keeps_the_article_and_takes_the_new_address() -> None:
    new = "https://www.example.se/insikter/a/"
    derived = built([seen(1, "A"), seen(2, "A", new)], addresses=[URL, new])
    assert derived.article.url == derived.article.canonical_url == new
    assert derived.article.versions == 1
    assert derived.aliases == tuple(sorted((URL, new)))


def test_edits_that_only_an_address_with_a_parameter_shows_are_versions() -> None:
    linked = URL + "?ref=start"
    nights = [seen(1, "A"), seen(1, "A", linked, canonical_url=URL), seen(2, "B", linked, canonical_url=URL)]
    derived = built(nights, addresses=[URL, linked])
    assert [v.body for v in derived.versions] == ["A", "B"]
    assert derived.article.url == derived.article.canonical_url == URL


def test_another_version_that_names_the_own_page_as_canonical_makes_no_version() -> None:
    other = "https://www.example.se/nyheter/visa-a/"
    nights = [seen(1, "A"), *(seen(n, "A, short", other, canonical_url=URL) for n in (1, 2))]
    derived = built(nights, addresses=[URL, other])
    assert [v.body for v in derived.versions] == ["A"]
    assert derived.article.url == URL


@pytest.mark.parametrize(
    ("status", "night", "gone"), [(410, 3, True), (404, 3, True), (404, 0, False), (503, 3, False)]
)
def test_gone_is_what_no_page_follows(status: int, night: int, gone: bool) -> None:
    article = built([seen(1, "A"), seen(2, "A")], others=[capture(night, status=status)]).article
    assert (article.gone_since is not None) is gone
    assert article.body == "A"


@pytest.mark.parametrize(
    ("date", "first_complete", "observed"),
    [
        ("2024-02-28", START, "retrospective"),
        ("2024-03-02", START, "live"),
        ("2024-03", START, "live"),
        ("2024-03-02", None, "retrospective"),
        (None, START + timedelta(days=3), "retrospective"),
        (None, START - timedelta(days=3), "live"),
    ],
)
def test_what_was_published_before_the_first_night_is_retrospective(
    date: str | None, first_complete: datetime | None, observed: str
) -> None:
    assert built([seen(1, "A", date=date)], first_complete=first_complete).article.observed == observed


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (None, None),
        ("2024", "2024"),
        ("2024-03", "2024-03"),
        ("2024-03-04", "2024-03-04"),
        ("2024-03-04T10:00:00", "2024-03-04"),
        ("2024-07-03T22:30:00Z", "2024-07-04"),
        ("2024-07-03T22:30:00+00:00", "2024-07-04"),
        ("2024-01-03T22:30:00-08:00", "2024-01-04"),
    ],
)
def test_the_day_is_the_sites_own(date: str | None, day: str | None) -> None:
    assert day_in(ZoneInfo("Europe/Stockholm"), date) == day


def test_the_id_follows_from_site_and_first_address() -> None:
    assert article_id("x", URL) == hashlib.sha256(b"x\n" + URL.encode()).hexdigest()[:16]
