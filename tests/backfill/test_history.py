"""Mementos take their place in the history of articles by their own dates."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from archiver.store.database import open_database
from archiver.store.sources import gaps
from tests.backfill.test_backfill import backfill
from tests.backfill.web_archive import TEXT, Kept, article, web_archive
from tests.imports.archive import BASE, check_rebuild, findings, new_home, run, select

FIRST, LAST = "20150102030405", "20200102030405"


def test_an_article_changes_moves_and_is_gone(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    old = article("Ny rapport", FIRST, path="/artikel/1")
    edited = article(
        "Ny rapport", "20160102030405", path="/artikel/1", text=TEXT + " Nytt stycke om avgifter."
    )
    new = f"{BASE}/nyheter/ny-rapport/"
    moved = Kept(
        url=old.url, stamp="20170102030405", status="301 Moved Permanently", headers=(f"location: {new}",)
    )
    there = Kept(url=new, stamp="20170202030405", body=edited.body)
    gone = Kept(url=new, stamp=LAST, status="410 Gone", body=b"<h1>Borta</h1>")
    with web_archive([old, edited, moved, there, gone]) as server:
        assert backfill(home, server) == 0
    assert select(home, "SELECT count(*) FROM articles") == [1]
    assert select(home, "SELECT first_seen || ' ' || last_seen FROM article_versions ORDER BY version") == [
        "2015-01-02T03:04:05.000000Z 2015-01-02T03:04:05.000000Z",
        "2016-01-02T03:04:05.000000Z 2017-02-02T03:04:05.000000Z",
    ]
    assert select(home, "SELECT gone_since FROM articles") == ["2020-01-02T03:04:05.000000Z"]
    assert select(home, "SELECT state || ' ' || since FROM article_states ORDER BY since") == [
        "moved 2017-01-02T03:04:05.000000Z",
        "gone 2020-01-02T03:04:05.000000Z",
    ]
    assert select(home, "SELECT body LIKE '%Nytt stycke%' FROM articles") == [1]
    assert findings(home) == []
    check_rebuild(home)


def test_what_is_older_becomes_an_older_version_whenever_it_comes(tmp_path: Path) -> None:
    """Two archives, the one with the newer mementos first: nothing good is overwritten."""
    home = new_home(tmp_path / "data")
    texts = [TEXT, TEXT + " Andra stycket.", TEXT + " Andra stycket. Tredje stycket."]
    kept = [article("Ny rapport", f"201{n + 4}0102030405", text=text) for n, text in enumerate(texts)]
    with web_archive(kept[2:]) as server:
        assert backfill(home, server) == 0
    [identity] = select(home, "SELECT id FROM articles")
    with web_archive(kept[:2]) as server:
        assert backfill(home, server) == 0
    assert select(home, "SELECT id FROM articles") == [identity]
    assert select(home, "SELECT body LIKE '%Tredje%' FROM articles") == [1]
    assert select(home, "SELECT version || ' ' || first_seen FROM article_versions ORDER BY version") == [
        f"{n} 201{n + 3}-01-02T03:04:05.000000Z" for n in (1, 2, 3)
    ]
    assert select(home, "SELECT first_seen FROM articles") == ["2014-01-02T03:04:05.000000Z"]
    check_rebuild(home)


def test_a_site_that_went_to_https_keeps_its_articles(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    now = article("Ny rapport", LAST, text=TEXT)
    other = article("Ny rapport", FIRST, text="En helt annan text. " * 30)
    old = Kept(
        url=now.url.replace("https:", "http:").replace("exempel.se", "exempel.se:80"),
        stamp=FIRST,
        body=other.body,
    )
    with web_archive([old, now]) as server:
        assert backfill(home, server) == 0
    assert select(home, "SELECT versions FROM articles") == [2]
    assert select(home, "SELECT url FROM articles") == [now.url]
    assert select(home, "SELECT count(*) FROM captures WHERE url LIKE '%:80%'") == [0]


def test_the_state_of_a_site_is_not_that_of_a_backfill(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    with web_archive([article("Ny rapport", FIRST)]) as server:
        assert backfill(home, server) == 0
    assert select(home, "SELECT last_state FROM site_health") == [None]
    assert select(home, "SELECT last_observed FROM site_health") == [None]
    with closing(open_database(home.database)) as db:
        assert gaps(db, "n") == ([], 0)
    assert run(home, "show", f"{BASE}/nyheter/ny-rapport/") == 0
