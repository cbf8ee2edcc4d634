"""A proxy: one of the environment is ignored, the configured one is used, and the captures say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from tests.conftest import run_archiver
from tests.crawl.test_crawl import rows, warc_files
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer

DEAD = "http://127.0.0.1:9"


def said_of_the_crawl(home: Path) -> str:
    [path] = warc_files(home)
    with path.open("rb") as file:
        records = ArchiveIterator(file, record_types=WarcRecordType.warcinfo)
        return "".join(record.reader.read().decode() for record in records)


def test_a_proxy_of_the_environment_is_ignored(tmp_path: Path) -> None:
    names = ("http_proxy", "https_proxy", "all_proxy")
    env = dict.fromkeys((*names, *map(str.upper, names)), DEAD) | {"no_proxy": ""}
    with RawServer(
        {"/nyheter/": answer(listing(["/nyheter/a/"])), "/nyheter/a/": answer(article("A"))}
    ) as server:
        for words in (("sites", "add", f"{server.url}/nyheter/", "--name", "s"), ("crawl",)):
            done = run_archiver(tmp_path, *words, "--delay", "0", env=env)
            assert done.returncode == 0, done.stderr
    assert "proxy" not in said_of_the_crawl(tmp_path)


def test_the_configured_proxy_is_used_and_captures_say_so(tmp_path: Path) -> None:
    pages = {"/nyheter/": answer(listing(["/nyheter/a/"])), "/nyheter/a/": answer(article("A"))}
    with RawServer() as site, RawServer() as proxy:
        proxy.pages = {site.url + path: page for path, page in pages.items()}
        write_profile(tmp_path, site)
        done = run_archiver(tmp_path, "crawl", "--delay", "0", env={"ARCHIVER_PROXY": proxy.url})
        assert done.returncode == 0, done.stderr
        assert site.log == []
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(1,)]
    assert f"proxy: {proxy.url}\r\n" in said_of_the_crawl(tmp_path)


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:9", "127.0.0.1:9", "http://a:hemlig@127.0.0.1:9", "http:///"]
)
def test_a_proxy_that_cannot_be_used_is_one_error(tmp_path: Path, proxy: str) -> None:
    with RawServer() as server:
        write_profile(tmp_path, server)
    done = run_archiver(tmp_path, "crawl", env={"ARCHIVER_PROXY": proxy})
    assert done.returncode == 78
    assert "proxy cannot be used (from the environment)" in done.stderr
    assert "hemlig" not in done.stderr
