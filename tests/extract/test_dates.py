from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.extract.addresses import url_date
from archiver.extract.dates import find_date, is_relative, read_date

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("4 mars 2024", "2024-03-04"),
        ("den 4:e mars 2024", "2024-03-04"),
        ("måndag 4 mars 2024", "2024-03-04"),
        ("4 mars, 2024", "2024-03-04"),
        ("25 nov 2019", "2019-11-25"),
        ("1 maj 2020", "2020-05-01"),
        ("4. mars 2024", "2024-03-04"),
        ("17. desember 2021", "2021-12-17"),
        ("d. 3. marts 2022", "2022-03-03"),
        ("3. januar 2022", "2022-01-03"),
        ("4. maaliskuuta 2024", "2024-03-04"),
        ("12.4.2023", "2023-04-12"),
        ("4. júní 2021", "2021-06-04"),
        ("3. März 2020", "2020-03-03"),
        ("03.05.2019", "2019-05-03"),
        ("March 4, 2024", "2024-03-04"),
        ("4th of March 2024", "2024-03-04"),
        ("Sept. 9, 2018", "2018-09-09"),
        ("1er février 2020", "2020-02-01"),
        ("4 de marzo de 2024", "2024-03-04"),
        ("4 maart 2024", "2024-03-04"),
        ("4 marzo 2024", "2024-03-04"),
        ("2024-03-04", "2024-03-04"),
        ("20240304", "2024-03-04"),
        ("2024/03/04", "2024-03-04"),
        ("2024-03-04T10:20:30+01:00", "2024-03-04T10:20:30+01:00"),
        ("2024-03-04T10:20:30Z", "2024-03-04T10:20:30+00:00"),
        ("2024-03-04 10:20", "2024-03-04T10:20:00+01:00"),
        ("4 mars 2024 kl. 13.45", "2024-03-04T13:45:00+01:00"),
        ("4. juli 2024 klokken 13:45", "2024-07-04T13:45:00+02:00"),
        ("July 4, 2024 at 1:45 pm", "2024-07-04T13:45:00+02:00"),
        ("Mon, 04 Mar 2024 10:20:30 GMT", "2024-03-04T10:20:30+00:00"),
        ("Tue Jul 30 09:35:14 CEST 2019", "2019-07-30T09:35:14+02:00"),
        ("Tue Aug 25 2020 00:23:33 GMT+0200 (CEST)", "2020-08-25T00:23:33+02:00"),
        ("2024-03-04T10:20:30.684Z", "2024-03-04T10:20:30+00:00"),
        ("2024-03-04T10:20", "2024-03-04T10:20:00+01:00"),
        ("24-03-04", "2024-03-04"),
        ("98-03-04", "1998-03-04"),
        ("04-03-98", "1998-03-04"),
        ("4/3 2024", "2024-03-04"),
        ("4/3-24", "2024-03-04"),
        ("4/3-2024", "2024-03-04"),
        ("4 mars -24", "2024-03-04"),
        ("4 March '24", "2024-03-04"),
        ("28.09.1912:44", "2019-09-28T12:44:00+02:00"),
        ("1709545230", "2024-03-04T09:40:30+00:00"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
    ],
)
def test_forms(raw, iso):
    stamp = read_date(raw, zone=STOCKHOLM)
    assert stamp is not None
    assert stamp.iso == iso


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "nyss",
        "31 februari 2024",
        "telefon 08-123 45 67",
        "version 2.4.1",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "mars",
    ],
)
def test_no_date_is_none(raw):
    assert read_date(raw, zone=STOCKHOLM) is None


def test_a_time_needs_a_zone():
    assert read_date("2024-03-04 10:20").iso == "2024-03-04"


def test_month_and_day_by_country():
    assert read_date("03/04/2024").iso == "2024-04-03"
    assert read_date("03/04/2024", month_first=True).iso == "2024-03-04"
    assert read_date("12/25/2024").iso == "2024-12-25"


def test_the_first_date_of_a_line_counts():
    found = find_date("Publicerad 4 mars 2024, ändrad 2024-05-06")
    assert found is not None
    assert found[0].iso == "2024-03-04"


@pytest.mark.parametrize(
    ("path", "iso"),
    [
        ("/2024/03/04/rubrik/", "2024-03-04"),
        ("/nyheter/2024-03-04-rubrik", "2024-03-04"),
        ("/2024/03/rubrik/", "2024-03"),
        ("/nyheter/rubrik-2024/", None),
        ("/2024/mar/4/x", "2024-03-04"),
        ("/artikel/A2024030413200005196", "2024-03-04"),
    ],
)
def test_addresses(path, iso):
    stamp = url_date(path)
    assert (stamp.iso if stamp else None) == iso


def test_relative_dates_are_seen():
    assert is_relative("3 timmar sedan")


@given(st.text(max_size=200))
def test_any_text(text):
    stamp = read_date(text, zone=STOCKHOLM)
    assert stamp is None or 1900 <= stamp.day.year <= 2100
