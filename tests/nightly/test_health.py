"""Three years of simulated nights: hardly a false alarm, and every outage within the nights that are promised."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.nightly.cases import (
    BEGUN,
    ENDED,
    OUTAGES,
    Case,
    applies,
    before_outage,
    invented,
    promised,
    refusing,
    seen_by,
)
from tests.nightly.simulated import Watched, episodes, watch

SINCE = date(2024, 3, 7)
YEAR = BEGUN + timedelta(364)
QUICK = [case for case in invented() if case.name in ("weekly", "alone")]


@pytest.mark.parametrize("case", invented(), ids=lambda case: case.name)
def test_at_most_one_false_alarm_a_site_and_year(case: Case) -> None:
    began = [day for day, _ in episodes(list(watch(case.site, BEGUN, ENDED, seed=1)))]
    for day in began:
        assert sum(day <= other < day + timedelta(365) for other in began) <= 1, began


@pytest.mark.parametrize("case", refusing(0.25), ids=lambda case: case.name)
def test_a_site_of_which_some_posts_were_never_to_be_had_is_healthy(case: Case) -> None:
    began = [(day, code) for day, code in episodes(list(watch(case.site, BEGUN, YEAR, seed=1)))]
    assert len(began) <= 1, began


@pytest.mark.parametrize("case", refusing(0.8), ids=lambda case: case.name)
def test_a_site_of_which_most_posts_were_never_to_be_had_is_told_of_every_night(case: Case) -> None:
    nights = list(watch(case.site, BEGUN, YEAR, seed=1))
    assert all("refused" in n.codes for n in nights if n.night.state != "failed")
    began = [(day, code) for day, code in episodes(nights) if code != "refused"]
    assert len(began) <= 1, began


@pytest.fixture(scope="module")
def judged() -> dict[str, list[Watched]]:
    """By site the nights before an outage."""
    return {case.name: before_outage(case, SINCE, seed=1) for case in QUICK}


@pytest.mark.parametrize(
    ("case", "outage"),
    [(case, outage) for case in QUICK for outage in OUTAGES if applies(case, outage)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_an_outage_is_found_within_its_promised_nights(
    judged: dict[str, list[Watched]], case: Case, outage: str
) -> None:
    found = seen_by(case, outage, SINCE, seed=1, before=judged[case.name])
    assert found is not None
    assert found <= promised(case, outage, SINCE)
