"""More outages of a real site on loopback; the short ones stand in tests/nightly/test_outages.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.nightly.outages import TITLES, Archive, check_told, date_gone, night, site_with
from tests.servers.news import article, listing, redesigned
from tests.servers.raw import answer

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("outages")]


@pytest.mark.parametrize(("outage", "code"), [(date_gone, "no-date"), (redesigned, "layout")])
def test_an_outage_is_told_the_night_after(archive: Archive, outage: Callable[[str], str], code: str) -> None:
    check_told(archive, outage, code)


def test_pages_that_fail_two_nights_in_a_row_and_a_profile_that_expects_it(
    archive: Archive,
) -> None:
    home, port, base = archive
    pages = site_with(article, base) | {path: answer("", status="403 Forbidden") for path in TITLES}
    night(home, pages, port, "--full")
    found = night(home, pages, port, "--full")
    assert found["code"] == 3
    assert "errors" in [f["code"] for f in found["findings"]]
    profile = home / "sites" / "s.toml"
    profile.write_text(profile.read_text("utf-8") + '\n[expect]\nignore = ["errors", "wall"]\n', "utf-8")
    found = night(home, pages, port, "--full")
    assert {f["severity"] for f in found["findings"]} == {"note"}


def test_dates_that_only_the_listing_states_any_more(archive: Archive) -> None:
    home, port, base = archive
    dated = {"/nyheter/": answer(listing(TITLES))}
    assert night(home, site_with(article, base) | dated, port, "--full")["findings"] == []
    found = night(home, site_with(date_gone, base) | dated, port, "--full")
    assert found["code"] == 3
    assert [finding["code"] for finding in found["findings"]] == ["layout"]


def test_an_empty_listing(archive: Archive) -> None:
    home, port, base = archive
    found = night(home, site_with(article, base) | {"/nyheter/": answer(listing([]))}, port)
    assert found["code"] == 3
    [finding] = found["findings"]
    assert (finding["code"], finding["url"]) == ("listing-empty", f"{base}/nyheter/")
