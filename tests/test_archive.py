"""``Archive``: the archive for programs, and that importing it costs next to nothing."""

from __future__ import annotations

import doctest
import gzip
import hashlib
import io
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import date, datetime
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pytest
from warcio.archiveiterator import ArchiveIterator

import archiver
from archiver import Archive, ArchiverError, Article, Capture, Version
from archiver.home import Home
from tests.conftest import run_archiver

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("scrapy", "twisted", "lxml", "pandas", "pyarrow", "numpy", "sqlite_utils", "click", "rich")


@pytest.fixture
def here(demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has the demo archive as ``data``, in which the test runs."""
    (tmp_path / "data").symlink_to(demo_home.root, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ARCHIVER_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_the_examples_in_the_docstrings_run(here: Path) -> None:
    import archiver.archive

    done = doctest.testmod(archiver.archive)
    assert done.attempted > 15
    assert not done.failed


def test_the_examples_in_the_docs_run(here: Path) -> None:
    done = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False, encoding="utf-8")
    assert done.attempted > 15
    assert not done.failed


def test_importing_it_is_cheap_and_imports_nothing_heavy() -> None:
    words = f"import sys; from archiver import Archive; print([m for m in {HEAVY} if m in sys.modules])"
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.stdout.strip() == "[]"
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.3  # seconds of CPU, the interpreter's own start among them


def test_writing_a_database_imports_no_pandas_where_it_is_installed(tmp_path: Path) -> None:
    words = (
        "import sys; from pathlib import Path; from archiver.store.database import open_database\n"
        f"open_database(Path({str(tmp_path / 'archiver.db')!r})).close()\n"
        "print('sqlite_utils' in sys.modules, 'pandas' in sys.modules, 'numpy' in sys.modules)\n"
        "import pandas"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False"]


def test_reading_articles_imports_nothing_heavy(here: Path) -> None:
    words = (
        "import sys; from archiver import Archive\n"
        "with Archive('data') as archive: print(len(list(archive.articles())), len(archive.search('avfall')))\n"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", words], capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert first.split()[0] == "50"
    assert second == "[]"


def test_all_that_it_promises_is_there_and_nothing_else() -> None:
    for name in archiver.__all__:
        assert getattr(archiver, name).__name__ == name
        assert name in dir(archiver)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        archiver.Nothing  # noqa: B018
    with pytest.raises(ImportError):
        from archiver import Nothing  # noqa: F401


def test_a_program_that_uses_it_is_typed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from archiver import Archive, Article, Capture, Hit\n"
        "with Archive('data') as archive:\n"
        "    for article in archive.articles(site='demo', since=2016):\n"
        "        reveal_type(article.title)\n"
        "    reveal_type(archive.search('x')[0])\n"
        "    reveal_type(next(archive.captures()))\n"
        "    archive.articles(sites='demo')\n"
        "import archiver\n"
        "archiver.Nothing\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(program)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert 'Revealed type is "str | None"' in done.stdout, done.stdout
    assert 'Revealed type is "archiver.store.search.Hit"' in done.stdout
    assert 'Revealed type is "archiver.model.Capture"' in done.stdout
    assert 'Unexpected keyword argument "sites"' in done.stdout
    assert 'Module has no attribute "Nothing"' in done.stdout
    assert "Found 2 errors" in done.stdout


def test_articles_are_those_of_the_export(here: Path) -> None:
    exported = run_archiver(here / "data", "export", "--format", "jsonl").stdout.splitlines()
    with Archive("data") as archive:
        found = list(archive.articles())
        assert all(isinstance(article, Article) for article in found)
        assert len(found) == len(exported) == archive.count()
        assert [article.id for article in found] == [_json(line)["id"] for line in exported]
        some = list(archive.articles(site=["demo"], since=date(2016, 1, 1), until=datetime(2016, 12, 31)))
        assert some == [a for a in found if (a.date_published or "").startswith("2016")]
        assert list(archive.articles(since=2016, until="2016")) == some
        assert list(archive.articles(query="year:2016")) == some
        with pytest.raises(AttributeError):
            found[0].title = "other"  # type: ignore[misc]


def _json(line: str) -> dict[str, object]:
    import json

    found: dict[str, object] = json.loads(line)
    return found


def test_search_and_facets_are_those_of_the_command(here: Path) -> None:
    words = "klimat OR avfall"
    told = run_archiver(here / "data", "search", words, "--jsonl").stdout.splitlines()
    with Archive("data") as archive:
        hits = archive.search(words)
        assert [hit.id for hit in hits] == [_json(line)["id"] for line in told]
        assert archive.search(words, limit=1, offset=1) == hits[1:2]
        assert archive.search(words, limit=0) == archive.search("") == archive.search('"') == []
        assert archive.facets(words).total == len(archive.search(words, limit=1000))
        assert archive.facets("").total == 0


def test_captures_are_found_by_any_spelling_and_give_their_bytes(here: Path) -> None:
    with Archive("data") as archive:
        every = list(archive.captures())
        assert len(every) == archive.sites()[0].captures
        assert [c.seen for c in every] == sorted(c.seen for c in every)
        article = next(archive.articles())
        (capture,) = archive.captures(url=(article.url or "") + "#top", site="demo")
        assert isinstance(capture, Capture)
        assert capture.warc_record_id == (article.capture or {})["warc_record_id"]
        assert list(archive.captures(url="https://elsewhere.example/")) == []
        assert list(archive.captures(since=capture.warc_date, until=capture.warc_date.date()))
        assert list(archive.captures(until="2001")) == []
        payload, page = archive.payload(capture), archive.page(capture)
        assert f"sha256:{hashlib.sha256(payload).hexdigest()}" == capture.payload_digest
        assert page.body.lower().startswith(b"<!doctype html>")
        assert page == archive.page(capture.warc_record_id)
        raw = archive.record(capture)
        (record,) = list(ArchiveIterator(io.BytesIO(raw)))
        assert record.rec_headers.get_header("WARC-Record-ID") == capture.warc_record_id
        assert gzip.decompress(raw).startswith(b"WARC/1.1\r\n")
        with pytest.raises(ArchiverError, match="no capture has the record id"):
            archive.page("<urn:uuid:0>")


def test_tables_are_typed_as_the_export_to_parquet_is(here: Path) -> None:
    file = here / "a.parquet"
    assert run_archiver(here / "data", "export", "--format", "parquet", "-o", str(file)).returncode == 0
    with Archive("data") as archive:
        table, frame = archive.to_arrow(), archive.to_pandas(query="avfall")
        assert isinstance(frame, pandas.DataFrame)
        assert table.equals(pyarrow.parquet.read_table(file))
        assert list(frame["id"]) == [a.id for a in archive.articles(query="avfall")]
        assert str(frame["versions"].dtype) == "int64"
        none = archive.to_arrow(until=1900)
        assert none.num_rows == 0
        assert none.schema == table.schema
        assert archive.to_pandas(until=1900).columns.tolist() == frame.columns.tolist()


@pytest.mark.parametrize(("missing", "extra"), [("pandas", "pandas"), ("pyarrow", "parquet")])
def test_a_missing_extra_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch, missing: str, extra: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with Archive("data") as archive, pytest.raises(ArchiverError, match=missing) as error:
        archive.to_pandas() if missing == "pandas" else archive.to_arrow()
    assert error.value.hint == f"pip install 'nyhetsarkiv[{extra}]'"


def test_what_is_wrong_is_one_clear_error(here: Path) -> None:
    with Archive("nothing") as archive:
        assert not Path("nothing").exists()
        with pytest.raises(ArchiverError, match="there is no archive here yet"):
            archive.articles()
    Path("file").touch()
    with pytest.raises(ArchiverError, match="it is no folder"):
        Archive("file").sites()
    Path("bad").mkdir()
    Path("bad/archiver.db").write_bytes(b"no database" * 1000)
    with Archive("bad") as archive, pytest.raises(ArchiverError, match="the database cannot be used"):
        archive.search("a")
    with Archive("data") as archive:
        for wrong in ("2016-13", "2016-02-30", "yesterday", "", "2016-1-1", 16, "2016'--"):
            with pytest.raises(ArchiverError, match="is no date"):
                archive.articles(since=wrong)
        with pytest.raises(ArchiverError, match=r"since 2017 is later than until 2016-12"):
            archive.articles(since=2017, until="2016-12")
        with pytest.raises(ArchiverError, match="unknown site 'sherpa'"):
            archive.articles(site="sherpa")
        with pytest.raises(ArchiverError, match="names nothing to look for"):
            archive.articles(query='"')
        with pytest.raises(ArchiverError, match="no article has the id"):
            archive.article("Robert'); DROP TABLE articles;--")
        with pytest.raises(ArchiverError, match="no article"):
            archive.history("https://elsewhere.example/")


def test_a_closed_archive_says_so(here: Path) -> None:
    archive = Archive("data")
    archive.close()
    with pytest.raises(ArchiverError, match="was closed"):
        archive.sites()
    with Archive("data") as archive:
        articles = archive.articles()
        next(articles)
    with pytest.raises(ArchiverError, match="was closed"):
        next(articles)
    assert repr(archive) == "Archive('data')"


def test_another_thread_gets_an_error_that_says_why(here: Path) -> None:
    told = []
    with Archive("data") as archive:
        archive.sites()

        def ask() -> None:
            with pytest.raises(ArchiverError) as error:
                archive.sites()
            told.append(error.value.hint)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert told == ["an Archive belongs to the thread that first asked it"]


def test_without_a_folder_it_is_that_of_the_command(
    here: Path, monkeypatch: pytest.MonkeyPatch, demo_home: Home
) -> None:
    with Archive() as archive:
        assert archive.path == Path("data")
        assert archive.count() == 50
    (here / "empty").mkdir()
    monkeypatch.chdir(here / "empty")
    monkeypatch.setenv("ARCHIVER_DATA_DIR", str(demo_home.root))
    with Archive() as archive:
        assert archive.count() == 50


def test_it_reads_where_nothing_may_be_written_and_writes_nothing(demo_home: Home, tmp_path: Path) -> None:
    before = _state(demo_home.root)
    with Archive(demo_home.root) as archive:
        assert archive.coverage()[0].state == "complete"
        assert archive.states(next(archive.articles()).id or "") == []
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            archive._connected().execute("DELETE FROM articles")
    assert _state(demo_home.root) == before


def _state(root: Path) -> dict[str, int]:
    """What is there, but for what SQLite keeps beside a database while it is read."""
    files = (path for path in root.rglob("*") if path.is_file() and "archiver.db-" not in path.name)
    return {str(path): path.stat().st_mtime_ns for path in files}


def test_what_is_hidden_is_in_no_answer(demo_copy: Path) -> None:
    with Archive(demo_copy) as archive:
        one, *others = archive.articles()
        capture = next(archive.captures(url=one.url))
        count = sum(1 for _ in archive.captures())
    run = run_archiver(demo_copy, "suppress", "add", one.url or "", "--reason", "asked")
    assert run.returncode == 0, run.stderr
    with Archive(demo_copy) as archive:
        assert [a.id for a in archive.articles()] == [a.id for a in others]
        assert list(archive.captures(url=one.url)) == []
        assert sum(1 for _ in archive.captures()) == count - 1
        assert one.id not in archive.to_arrow()["id"].to_pylist()
        for ask in (archive.page, archive.payload, archive.record):
            with pytest.raises(ArchiverError, match="or it is hidden"):
                ask(capture)
        for reference in (one.url, one.id):
            with pytest.raises(ArchiverError, match="hidden since"):
                archive.article(reference or "")
    # The decision counts also where the list that pywb reads was lost.
    shutil.rmtree(demo_copy / "collections" / "demo" / "acl")
    with Archive(demo_copy) as archive:
        assert list(archive.captures(url=one.url)) == []


def test_damage_is_told(demo_copy: Path) -> None:
    with Archive(demo_copy) as archive:
        capture = next(archive.captures())
        path = demo_copy / "collections" / "demo" / "archive" / capture.filename
        data = bytearray(path.read_bytes())
        data[capture.offset : capture.offset + 40] = bytes(40)
        path.write_bytes(data)
        for ask in (archive.page, archive.payload, archive.record):
            with pytest.raises(ArchiverError, match="no whole record"):
                ask(capture)
        path.unlink()
        with pytest.raises(ArchiverError, match="there is no such file"):
            archive.record(capture)


def test_versions_of_an_article_are_there(here: Path) -> None:
    with Archive("data") as archive:
        article = next(archive.articles())
        (version,) = archive.history(article.url or "")
        assert isinstance(version, Version)
        assert version.body == article.body
