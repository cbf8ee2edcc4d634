"""Times of day beside a date, as sites of many languages write them, and the zones that they name."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from archiver.extract.article import extract_article
from archiver.extract.clock import offset_of
from archiver.extract.dates import find_date
from archiver.site import Site
from tests.extract.pages import article, page

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FORMS = """
Publicerad 2024-03-04 kl. 14:05
Publicerad 2024-03-04 kl 14.05
Publicerad 2024-03-04, 14:05
2024-03-04 | 14:05
2024-03-04 - 14:05
4 mars 2024, 14.05
4 mars 2024 klockan 14.05
4 mars 2024 (14:05)
4. mars 2024 klokken 14.05
4.3.2024 klo 14.05
4. mars 2024 klukkan 14:05
Updated 4 March 2024 2:05 pm
March 4th, 2024 @ 2:05 p.m.
4. März 2024 um 14.05 Uhr
04.03.2024 | 14:05 Uhr
4 mars 2024 à 14h05
4 mars 2024 à 14 h 05
4 de marzo de 2024 a las 14:05
4 de marzo de 2024, 14:05 h
4 maart 2024 om 14.05 uur
4 marzo 2024 alle ore 14.05
4 marzo 2024, ore 14:05
14:05, 4 mars 2024
14:05 - Monday, 4 March 2024
kl. 14.05 den 4 mars 2024
2:05 pm, March 4, 2024
""".strip().split("\n")


@pytest.mark.parametrize("text", FORMS)
def test_a_time_beside_a_day_is_read_in_the_site_s_zone(text):
    found = find_date(text, zone=STOCKHOLM)
    assert found is not None
    assert found[0].iso == "2024-03-04T14:05:00+01:00"


@pytest.mark.parametrize("text", FORMS)
def test_without_a_zone_no_offset_is_invented(text):
    found = find_date(text)
    assert found is not None
    assert found[0].iso == "2024-03-04"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("4 March 2024 14:05 GMT", "2024-03-04T14:05:00+00:00"),
        ("Mon 4 Mar 2024 14.05 CET", "2024-03-04T14:05:00+01:00"),
        ("2024-03-04 14:05 CET", "2024-03-04T14:05:00+01:00"),
        ("Mar 4, 2024 2:05 PM (EST)", "2024-03-04T14:05:00-05:00"),
        ("4 March 2024, 14:05 GMT+10", "2024-03-04T14:05:00+10:00"),
        ("14:05 GMT, 4 March 2024", "2024-03-04T14:05:00+00:00"),
        ("le 4 mars 2024 à 14h05 est publié", "2024-03-04"),
        ("4 maart 2024 om 14:05 met Jan", "2024-03-04"),
    ],
)
def test_a_zone_that_is_named_counts(text, iso):
    found = find_date(text)
    assert found is not None
    assert found[0].iso == iso


@pytest.mark.parametrize(
    "text",
    ["Version 2.05, 4 March 2024", "Ändrad 14:05 och åter 4 mars 2024", "4 mars 2024", "1:14:05 4 mars 2024"],
)
def test_other_numbers_are_no_time(text):
    found = find_date(text, zone=STOCKHOLM)
    assert found is not None
    assert found[0].iso == "2024-03-04"


def test_a_time_belongs_to_the_day_before_it():
    line = "<p>Publicerad 2024-03-04 14:05, uppdaterad 2024-03-05</p>"
    site = Site(name="fjallbro", start_urls=("https://www.fjallbro.example/",), timezone="Europe/Stockholm")
    found = extract_article(page(article(date=line)), site=site)
    assert (found.date_published, found.date_modified) == ("2024-03-04T14:05:00+01:00", "2024-03-05")


@pytest.mark.parametrize(
    ("name", "hours"), [("CET", 1), ("PST", -8), ("+0530", 5.5), ("-03", -3), ("GMT+1", 1), ("GMT-0200", -2)]
)
def test_offsets(name, hours):
    offset = offset_of(name)
    assert offset is not None
    assert offset.utcoffset(None) == timedelta(hours=hours)


def test_no_offset():
    assert offset_of(None) is None
    assert offset_of("+99:00") is None
    assert offset_of("Z") is UTC
