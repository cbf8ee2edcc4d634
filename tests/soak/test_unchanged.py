"""Nights on a large site on which nothing happened: next to nothing is transferred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.servers.news import article, page, write_profile
from tests.servers.raw import RawServer, Tagged, answer

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

ARTICLES = 5000
A_PAGE = 50
SENT: Counter[str] = Counter()


@dataclass(frozen=True)
class Counted(Tagged):
    """A page that counts the bytes of its body as they are sent."""

    def answer(self, head: bytes) -> bytes:
        """What the server says to a request."""
        whole = super().answer(head)
        SENT["bytes"] += len(whole.partition(b"\r\n\r\n")[2])
        return whole


def tagged(number: int, body: str) -> Counted:
    return Counted(body, f'"{number}-{len(body)}"')


def untagged(number: int, body: str) -> Callable[[int], bytes]:
    def sent(count: int) -> bytes:
        SENT["bytes"] += len(body.encode())
        return answer(body)

    return sent


def site(
    made: Callable[[int, str], Counted | Callable[[int], bytes]],
) -> dict[str, Counted | Callable[[int], bytes]]:
    """A news archive of a hundred pages, the newest article of yesterday and one for every day before it."""
    newest = date.today() - timedelta(days=1)
    pages = {}
    for number in range(ARTICLES):
        day = newest - timedelta(days=number)
        pages[f"/nyheter/{number}/"] = made(number, article(f"Nytt {number}", day=day.isoformat()))
    for first in range(0, ARTICLES, A_PAGE):
        rows = "".join(
            f"<li><a href='/nyheter/{n}/'>Nytt {n}</a> {newest - timedelta(days=n)}</li>"
            for n in range(first, first + A_PAGE)
        )
        further = f"<a rel='next' href='/nyheter/?sida={first // A_PAGE + 2}'>Äldre</a>"
        more = further if first + A_PAGE < ARTICLES else ""
        path = f"/nyheter/?sida={first // A_PAGE + 1}" if first else "/nyheter/"
        pages[path] = made(ARTICLES + first, page("Nyheter", f"<h1>Nyheter</h1><ul>{rows}</ul>{more}"))
    return pages


@pytest.mark.parametrize("made", [tagged, untagged])
def test_a_night_on_an_unchanged_site_transfers_under_a_hundredth(
    archiver: Archiver, tmp_path: Path, made: Callable[[int, str], Counted | Callable[[int], bytes]]
) -> None:
    home = tmp_path / "data"
    SENT.clear()
    sent, asked = [], 0
    with RawServer(site(made)) as server:
        write_profile(home, server)
        for night in range(9):
            done = archiver("nightly", "--delay", "0", days=night, timeout=900)
            assert done.returncode == 0, done.stdout + done.stderr
            pages = sum(each.target.startswith("/nyheter/?sida=") for each in server.log[asked:])
            asked = len(server.log)
            sent.append((SENT.pop("bytes"), pages > 0))
    assert rows(home, "SELECT count(*) FROM articles") == [(ARTICLES,)]
    # Once in each of the weeks all pages of the list are read; without validators they come whole.
    shares = [size / sent[0][0] for size, is_deep in sent[1:] if made is tagged or not is_deep]
    assert max(shares) < 0.01, shares
    assert len(shares) >= 6
