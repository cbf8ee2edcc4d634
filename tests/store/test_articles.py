"""Articles are streamed as one state of the archive has them, whoever writes meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.store.articles import article, articles, count_articles
from archiver.store.database import open_reader
from archiver.store.filter import Filter
from tests.synthetic import make


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many")
    make(root, 450)
    return root


def test_a_stream_has_what_each_article_has(root: Path) -> None:
    with closing(open_reader(root / "archiver.db")) as db:
        found = list(articles(db, Filter()))
        assert len(found) == count_articles(db, Filter()) == 450
        assert found == [article(db, each.id or "") for each in found]
        assert all(each.capture and len(each.evidence) == 5 for each in found)
        keys = [(each.site, (each.date_published or "")[:10], each.id) for each in found]
        assert keys == sorted(keys)
        some = list(articles(db, Filter(sites=("site03",), since="2010")))
        assert some == [
            each for each in found if each.site == "site03" and (each.date_published or "") >= "2010"
        ]


def test_what_is_removed_meanwhile_is_still_in_the_stream(tmp_path: Path) -> None:
    make(tmp_path, 450)
    with closing(open_reader(tmp_path / "archiver.db")) as db:
        found = articles(db, Filter())
        first = [next(found) for _ in range(401)]  # the last lot is being read
        with closing(sqlite3.connect(tmp_path / "archiver.db")) as writer, writer:
            writer.execute("DELETE FROM articles")
        assert len(first) + len(list(found)) == 450
        assert list(articles(db, Filter())) == []
