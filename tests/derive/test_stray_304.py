"""A server that answers 304 to who has nothing: no page, no crash, and it is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Archiver
from tests.crawl.test_crawl import rows
from tests.nightly.test_nightly import news
from tests.servers.news import write_profile
from tests.servers.raw import RawServer

STRAY = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("path", ["/robots.txt", "/nyheter/", "/nyheter/1/"])
def test_a_stray_304_is_no_page_and_harms_nothing_else(archiver: Archiver, tmp_path: Path, path: str) -> None:
    home, pages = tmp_path / "data", news(3)
    with RawServer(news(2)) as healthy, RawServer(pages | {path: STRAY}) as server:
        write_profile(home, healthy, name="a")
        write_profile(home, server, name="b")
        first = archiver("nightly", "--delay", "0")
        assert first.returncode in (0, 3), first.stderr
        assert rows(home, "SELECT count(*) FROM articles WHERE site = 'a'") == [(2,)]
        assert rows(home, "SELECT state FROM coverage WHERE site = 'b'") != [("complete",)]
        server.pages.pop(path)
        server.pages |= {path: pages[path]} if path in pages else {}
        mended = archiver("nightly", "--delay", "0", days=1)
        assert mended.returncode == 0, mended.stdout
    assert rows(home, "SELECT count(*) FROM articles WHERE site = 'b'") == [(3,)]
    assert archiver("rebuild").returncode == 0
    assert rows(home, "SELECT count(*) FROM articles") == [(5,)]
