"""Outages of a real site on loopback: the command says so the next night, with the page and exit code 3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.nightly.outages import (
    Archive,
    check_told,
    consent,
    date_elsewhere,
    night,
    site_with,
    teaser,
)
from tests.servers.news import article

pytestmark = pytest.mark.xdist_group("outages")  # one archive for all


@pytest.mark.parametrize(
    ("outage", "code"), [(consent, "wall"), (teaser, "short-body"), (date_elsewhere, "layout")]
)
def test_an_outage_is_told_the_night_after(archive: Archive, outage: Callable[[str], str], code: str) -> None:
    check_told(archive, outage, code)


def test_a_feed_that_goes_on_while_its_pages_are_missing(archive: Archive) -> None:
    home, port, base = archive
    new = [f"/nyheter/ny-{n}/" for n in range(4)]
    found = night(home, site_with(article, base, *new), port)
    assert found["code"] == 3
    assert [f["code"] for f in found["findings"]] == ["unread"]
    assert found["findings"][0]["url"] in {base + path for path in new}
