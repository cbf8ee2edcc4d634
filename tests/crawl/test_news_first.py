"""What a site publishes goes before what waits since its first nights."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.servers.news import article, listing, write_profile
from tests.servers.raw import RawServer, answer


def serve(server: RawServer, kind: str, names: list[str]) -> None:
    """One list of all these articles; what is new is named last."""
    server.pages |= {f"/nyheter/{name}/": answer(article(name)) for name in names}
    if kind == "html":
        server.pages["/nyheter/"] = answer(listing(f"/nyheter/{name}/" for name in names))
        return
    urls = "".join(f"<url><loc>{server.url}/nyheter/{name}/</loc></url>" for name in names)
    server.pages["/nyheter/"] = answer(listing([]))
    server.pages["/sitemap.xml"] = answer(f"<urlset>{urls}</urlset>", kind="application/xml")


def frontier(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute("SELECT url, role, priority, state, via FROM frontier ORDER BY url").fetchall()


@pytest.mark.parametrize("kind", ["html", "sitemap"])
def test_a_new_article_is_read_before_those_that_wait(tmp_path: Path, kind: str) -> None:
    old = [f"n{n:02}" for n in range(16)]
    with RawServer() as server:
        serve(server, kind, old)
        more = f"[[listings]]\nkind = 'sitemap'\nurl = '{server.url}/sitemap.xml'\n"
        write_profile(tmp_path, server, more=more if kind == "sitemap" else "")
        run_archiver(tmp_path, "crawl", "--delay", "0", "--limit", "6")
        serve(server, kind, [*old, "nytt-a", "nytt-b"])
        begin = len(server.log)
        run_archiver(tmp_path, "crawl", "--delay", "0", "--limit", "5", days=1)
        asked = [seen.target for seen in server.log[begin:] if "/n" in seen.target[8:]]
    # one that waits may be on its way while the list is read
    assert [url for url in asked[:3] if "nytt" in url] == ["/nyheter/nytt-a/", "/nyheter/nytt-b/"]
    assert len(asked) > 2, "and then what waits"
    then = frontier(tmp_path)
    for name in ("archiver.db", "archiver.db-wal", "archiver.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert run_archiver(tmp_path, "rebuild").returncode == 0
    assert frontier(tmp_path) == then
