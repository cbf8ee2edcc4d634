"""A WACZ is valid, holds what it should, byte for byte, and plays."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archiver.home import Home
from archiver.instants import now
from archiver.replay.access import rules_for_url, write_access_rules
from archiver.store.captures import save_captures
from archiver.store.database import open_database, open_reader
from archiver.store.filter import Filter
from archiver.store.search import search
from archiver.verify.files import Tally, verify_file
from archiver.warc.cdxj import merge_index
from archiver.warc.writer import Original
from tests.conftest import run_archiver
from tests.replay.conftest import pywb
from tests.warc.exchanges import NOON, answer, exchange, writer

# One worker makes the archive of some nights, and all tests read it.
pytestmark = pytest.mark.xdist_group("nights")


def export(home: Home, path: Path, *words: str) -> str:
    done = run_archiver(home.root, "export", "--format", "wacz", "-o", str(path), *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


def unpacked(path: Path, folder: Path) -> list[Path]:
    """The WARC files of a WACZ, after the zip's own checksums were checked."""
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        file.extractall(folder)
        for info in file.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
    return sorted((folder / "archive").iterdir())


def index_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as file:
        return gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()


def pages_of(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as file:
        head, *pages = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    return pages


def check_valid(tools: Path, path: Path) -> None:
    done = subprocess.run(
        [tools / "wacz", "validate", "-f", path], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the passed WACZ is valid" in done.stdout


def check_plays(tools: Path, path: Path, folder: Path, payloads: dict[tuple[str, str], set[str]]) -> None:
    """Every capture plays in pywb, in a collection of its own that knows nothing but the WACZ."""
    folder.mkdir()
    for words in (["init", "taken"], ["add", "--unpack-wacz", "taken", str(path)]):
        subprocess.run(
            [tools / "wb-manager", *words], cwd=folder, check=True, capture_output=True, timeout=100
        )
    with pywb(tools, folder) as replay:
        for (timestamp, url), digests in payloads.items():
            played = replay.get(f"/taken/{timestamp}id_/{url}")
            digest = "sha256:" + hashlib.sha256(played.body).hexdigest()
            assert (played.status, digest in digests) == (200, True), (timestamp, url)


def captured(home: Home, where: str = "1") -> dict[tuple[str, str], set[str]]:
    found = defaultdict(set)
    with closing(sqlite3.connect(home.database)) as db:
        query = f"SELECT timestamp, url, digest FROM captures WHERE status = 200 AND {where}"
        for timestamp, url, digest in db.execute(query):
            found[timestamp, url].add(digest)
    return found


def test_a_whole_archive(tools: Path, nights: Home, tmp_path: Path) -> None:
    path = tmp_path / "all.wacz"
    lines = nights.index("demo").read_text("utf-8").splitlines()
    assert export(nights, path) == f"51 articles and {len(lines)} captures in {path}\n"
    check_valid(tools, path)
    taken = unpacked(path, tmp_path / "x")
    kept = sorted(nights.archive("demo").iterdir())
    assert [(p.name, p.read_bytes()) for p in taken] == [(p.name, p.read_bytes()) for p in kept]
    assert index_of(path) == nights.index("demo").read_text("utf-8").splitlines()
    check_plays(tools, path, tmp_path / "replay", captured(nights))


def test_some_articles_with_all_that_they_need(tools: Path, nights: Home, tmp_path: Path) -> None:
    path = tmp_path / "some.wacz"
    export(nights, path, "--query", "upphandling", "--site", "demo")
    check_valid(tools, path)
    pages = pages_of(path)
    with closing(open_reader(nights.database)) as db:
        found_too = {hit.id for hit in search(db, Filter(query="upphandling"), limit=1000)}
        assert len(found_too) > 1
        assert {page["id"] for page in pages} == found_too
        rows = [r for r in db.execute("SELECT * FROM articles") if r["id"] in found_too]
        addresses = [
            row[0]
            for article in rows
            for row in db.execute("SELECT url FROM article_aliases WHERE article_id = ?", (article["id"],))
        ]
        derived_from = {
            record
            for article in rows
            for row in db.execute(
                "SELECT captures FROM article_versions WHERE article_id = ?", (article["id"],)
            )
            for record in json.loads(row[0])
        }
    assert all(p["title"] and p["text"] and re.match(r"\d{4}-\d\d-\d\dT.*Z\Z", p["ts"]) for p in pages)
    assert [p["date"] for p in pages] == [
        r["date_published"] for p in pages for r in rows if r["id"] == p["id"]
    ]
    taken = unpacked(path, tmp_path / "x")
    assert len(taken) == 3
    found = [f for file in taken for f in verify_file(file, now=now(), tally=Tally())]
    assert found == []
    ids = {
        record.record_id: record.record_type
        for file in taken
        for record in ArchiveIterator(io.BytesIO(file.read_bytes()), parse_http=False)
    }
    assert derived_from <= {f"<{i}>" if not i.startswith("<") else i for i in ids}
    assert sum(kind == WarcRecordType.warcinfo for kind in ids.values()) == 3
    kept = b"".join(file.read_bytes() for file in sorted(nights.archive("demo").iterdir()))
    index = [json.loads(line.split(" ", 2)[2]) for line in index_of(path)]
    for line in index:
        start = int(line["offset"])
        member = (tmp_path / "x" / "archive" / line["filename"]).read_bytes()[
            start : start + int(line["length"])
        ]
        assert member in kept
    quoted = ", ".join(f"'{url}'" for url in addresses)
    played = captured(nights, f"url IN ({quoted})")
    assert any(line["mime"] == "warc/revisit" for line in index)
    assert len(index) == len(played)
    check_plays(tools, path, tmp_path / "replay", played)


def test_the_index_is_that_of_other_indexers(tools: Path, nights: Home, tmp_path: Path) -> None:
    path = tmp_path / "some.wacz"
    export(nights, path, "--from", "2016", "--to", "2020")
    files = unpacked(path, tmp_path / "x")
    done = subprocess.run(
        [tools / "cdxj-indexer", "--sort", *files], capture_output=True, text=True, check=True, timeout=100
    )

    def places(lines: list[str]) -> list[tuple[str, ...]]:
        parts = [line.split(" ", 2) for line in lines]
        said = [(key, stamp, json.loads(rest)) for key, stamp, rest in parts]
        names = ("url", "status", "offset", "length", "filename")
        return sorted((key, stamp, *(str(v.get(name)) for name in names)) for key, stamp, v in said)

    # Others index what a file says of its crawl, too; it has no address that could be played.
    theirs = [line for line in done.stdout.splitlines() if not line.startswith("urn:")]
    assert places(index_of(path)) == places(theirs)


@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_standard_output_gets_the_same(tools: Path, nights: Home, tmp_path: Path, mode: str) -> None:
    words = [sys.executable, "-m", "archiver", "--data-dir", str(nights.root), "export", "--format", "wacz"]
    path = tmp_path / "piped.wacz"
    with path.open(mode) as file:
        if mode == "wb":
            with subprocess.Popen([*words, "-o", "-"], stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                shutil.copyfileobj(process.stdout, file)
            assert process.returncode == 0
        else:
            subprocess.run([*words, "-o", "-"], stdout=file, check=True)
    check_valid(tools, path)
    export(nights, tmp_path / "named.wacz")
    for one in ("archive", "indexes", "pages"):
        with zipfile.ZipFile(path) as ours, zipfile.ZipFile(tmp_path / "named.wacz") as theirs:
            names = [name for name in theirs.namelist() if name.startswith(one)]
            assert names
            assert [ours.read(name) for name in names] == [theirs.read(name) for name in names]


def test_what_is_hidden_stays_behind(nights: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(nights.root, home.root)
    export(home, tmp_path / "before.wacz")
    hidden = pages_of(tmp_path / "before.wacz")[0]["url"]
    for site in home.archived():
        write_access_rules(home.collection(site), rules_for_url(hidden))
    for words in ((), ("--from", "1990")):
        path = tmp_path / f"after{len(words)}.wacz"
        export(home, path, *words)
        assert hidden not in {page["url"] for page in pages_of(path)}
        for file in unpacked(path, tmp_path / f"x{len(words)}"):
            assert f"WARC-Target-URI: {hidden}\r\n".encode() not in gzip.decompress(file.read_bytes())
            assert [*verify_file(file, now=now(), tally=Tally())] == []


def test_a_packed_archive_gives_the_same_records(nights: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(nights.root, home.root)
    export(home, tmp_path / "before.wacz", "--query", "upphandling")
    assert run_archiver(home.root, "pack").returncode == 0
    export(home, tmp_path / "after.wacz", "--query", "upphandling")
    before = unpacked(tmp_path / "before.wacz", tmp_path / "x")
    [after] = unpacked(tmp_path / "after.wacz", tmp_path / "y")
    assert after.read_bytes() == b"".join(file.read_bytes() for file in before)


def test_nothing_half_written_is_left(nights: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(nights.root, home.root)
    lost = sorted(home.archive("demo").iterdir())[-1]
    lost.unlink()
    out = tmp_path / "out"
    out.mkdir()
    for words in ((), ("--query", "upphandling")):
        done = run_archiver(home.root, "export", "--format", "wacz", "-o", str(out / "a.wacz"), *words)
        assert done.returncode == 1
        assert f"{lost}: there is no such file" in done.stderr
    done = run_archiver(home.root, "export", "--format", "wacz", "-o", str(out / "a.wacz"), "--from", "2090")
    assert done.returncode == 2
    assert "no capture is meant" in done.stderr
    done = run_archiver(home.root, "export", "--format", "wacz", "-o", "-", "--site", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert list(out.iterdir()) == []


def test_a_file_that_a_crawl_still_writes(nights: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(nights.root, home.root)
    last = sorted(home.archive("demo").iterdir())[-1]
    content = last.read_bytes()
    last.unlink()
    (last.parent / (last.name + ".open")).write_bytes(content + content[:300])
    export(home, tmp_path / "a.wacz")
    *_, taken = unpacked(tmp_path / "a.wacz", tmp_path / "x")
    assert taken.name == last.name.replace(".warc.gz", ".excerpt.warc.gz")
    assert [*verify_file(taken, now=now(), tally=Tally())] == []
    assert len(index_of(tmp_path / "a.wacz")) == len(home.index("demo").read_text("utf-8").splitlines())


def small_archive(home: Home, bodies: list[bytes], *, original: Original | None = None) -> Home:
    """An archive of pages that were never derived, one file, with its rows and its index."""
    home.prepare()
    known: dict[str, Original] = {}
    warc = writer(home.archive("s"), site="s", original=lambda digest: original or known.get(digest))
    found = [
        warc.write(
            exchange(answer(body), url=f"https://www.example.com/{n}", began=NOON + timedelta(seconds=n))
        )
        for n, body in enumerate(bodies)
    ]
    warc.close()
    captures = [c for c in found if c]
    with closing(open_database(home.database)) as db:
        db.execute("INSERT INTO sites (name, timezone, start_urls, profile) VALUES ('s', 'UTC', '[]', '')")
        db.execute(
            "INSERT INTO crawls (id, command, started, software) VALUES (?, '', '', '')", (captures[0].crawl,)
        )
        save_captures(db, captures)
    merge_index(home.index("s"), captures)
    return home


def test_revisits_without_an_original_are_counted(tmp_path: Path) -> None:
    elsewhere = Original(url="https://a.example/", date=NOON, record_id="<urn:uuid:1>", status=200)
    home = small_archive(Home(tmp_path / "data"), [b"<p>Hej</p>"], original=elsewhere)
    assert "1 revisit cannot play" in export(home, tmp_path / "a.wacz")


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    home = small_archive(Home(tmp_path / "data"), [os.urandom(8_000_000) for _ in range(20)])
    for site in home.archived():
        write_access_rules(home.collection(site), rules_for_url("https://www.example.com/7"))
    script = (
        "import sys; from pathlib import Path; from archiver.cli.main import main; code = main(sys.argv[1:]);"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]); sys.exit(code)"
    )
    path = tmp_path / "a.wacz"
    words = ["--data-dir", str(home.root), "export", "--format", "wacz", "-o", str(path)]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True, timeout=100
    )
    assert path.stat().st_size > 150_000_000
    assert len(index_of(path)) == 19
    assert int(done.stdout) < 60_000, "kB"
