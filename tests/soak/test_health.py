"""Three years of nights of many sites: false alarms, and outages of every kind at many times."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.nightly.cases import (
    BEGUN,
    ENDED,
    OUTAGES,
    Case,
    applies,
    before_outage,
    generated,
    invented,
    promised,
    refusing,
    seen_by,
)
from tests.nightly.simulated import episodes, watch

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
SINCE = (date(2022, 12, 1), date(2023, 3, 7), date(2023, 7, 20), date(2024, 2, 3))


def check_false_alarms(case: Case, seed: int) -> list[tuple[date, str]]:
    began = episodes(list(watch(case.site, BEGUN, ENDED, seed=seed)))
    for day, _ in began:
        year = [code for other, code in began if day <= other < day + timedelta(365)]
        assert len(year) <= 1, (case.name, seed, began)
    return began


def check_outages(case: Case, seed: int) -> dict[str, list[int]]:
    """Plants every outage at several times; after how many nights each was found."""
    nights: dict[str, list[int]] = {}
    for since in SINCE:
        before = before_outage(case, since, seed=seed)
        for outage in OUTAGES:
            if applies(case, outage) and not before[-1].codes & OUTAGES[outage][1]:
                found = seen_by(case, outage, since, seed=seed, before=before)
                assert found is not None, (case.name, outage, since)
                assert found <= promised(case, outage, since), (case.name, outage, since)
                nights.setdefault(outage, []).append(found)
    return nights


@pytest.mark.parametrize("seed", range(5))
def test_false_alarms_of_invented_sites(seed: int) -> None:
    for case in invented():
        check_false_alarms(case, seed)


@pytest.mark.parametrize("seed", range(2))
def test_false_alarms_of_sites_that_publish_as_generated_ones(shared: Path, seed: int) -> None:
    for case in generated(shared):
        check_false_alarms(case, seed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.1, 0.25, 0.8])
def test_false_alarms_of_sites_that_refuse_a_share_of_their_pages(share: float, seed: int) -> None:
    for case in refusing(share):
        nights = list(watch(case.site, BEGUN, ENDED, seed=seed))
        told = [n.day for n in nights if "refused" in n.codes]
        asked = [n.day for n in nights if n.night.state != "failed"]
        assert told == (asked if share > 0.5 else []), case.name
        began = [(day, code) for day, code in episodes(nights) if code != "refused"]
        for day, _ in began:
            assert sum(day <= other < day + timedelta(365) for other, _ in began) <= 1, (case.name, began)


def test_outages_of_invented_sites() -> None:
    for case in invented():
        check_outages(case, seed=2)


def test_outages_of_sites_that_publish_as_generated_ones(shared: Path) -> None:
    for case in generated(shared):
        check_outages(case, seed=2)
