"""Files that unpack to gigabytes: every command says what is wrong, in the memory of a small machine."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import brotli
import pytest

from archiver.home import Home
from archiver.warc.coding import zstd
from tests.imports.archive import BASE, new_home, pages, run, select
from tests.imports.bombs import BOMBS, MB, append, many_chunks, whole_record
from tests.imports.foreign import STYLES, packed, record
from tests.memory import measured

LIMIT = 200 * 1024  # kB
SMALL = 220  # MB, which nobody may hold
LARGE = 3_000
NEARLY = 1_000  # MB of a record that is still looked at
DAMAGED = (
    ("verify",),
    ("verify", "--fixity", "--json"),
    ("repair",),
    ("rebuild",),
    ("pack",),
    ("derive",),
    ("show", "--evidence", "ARTICLE"),
    ("export", "--format", "wacz", "-o", "OUT"),
)
FILES = (("verify", "FILE"), ("import", "FILE"), ("import", "--in-place", "FILE"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An archive with a few articles, which nobody changes."""
    home = new_home(tmp_path_factory.mktemp("small") / "data")
    path = home.root.parent / "a.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(8))))
    assert run(home, "import", str(path)) == 0
    return home


def check(home: Home, *words: str) -> None:
    """Runs a command: it ends by itself, without an exception, and within the memory that it may take."""
    names = {
        "ARTICLE": select(home, "SELECT id FROM articles ORDER BY id")[0],
        "OUT": str(home.root / "o.wacz"),
    }
    ended = measured(home.root, *(names.get(word, word) for word in words))
    assert ended.code in (0, 1, 78), ended.said
    assert "Traceback" not in ended.said, ended.said
    assert "this is a defect" not in ended.said, ended.said
    assert ended.most < LIMIT, words


def with_bomb(archive: Home, tmp_path: Path, *members: bytes) -> Home:
    """A copy of the archive with these members, and a whole one, behind its last record; a row names the first."""
    shutil.copytree(archive.root, tmp_path / "data")
    home = Home(tmp_path / "data")
    [path] = home.archive("n").glob("*.warc.gz")
    size = path.stat().st_size
    append(path, *members, packed(STYLES["heritrix"](pages(3))[:2]))
    with closing(sqlite3.connect(home.database)) as db:
        [(capture,)] = db.execute("SELECT capture FROM articles ORDER BY id LIMIT 1").fetchall()
        db.execute('UPDATE captures SET "offset" = ? WHERE warc_record_id = ?', (size, capture))
        db.commit()
    return home


@pytest.mark.parametrize("words", [("rebuild",), ("derive",)])
def test_a_record_that_is_whole_and_large(archive: Home, tmp_path: Path, words: tuple[str, ...]) -> None:
    check(with_bomb(archive, tmp_path, whole_record(SMALL)), *words)


def test_a_file_with_a_bomb(archive: Home, tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    append(path, BOMBS["no record"](SMALL))
    shutil.copytree(archive.root, tmp_path / "data")
    check(Home(tmp_path / "data"), "import", str(path))


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", [*BOMBS, "many chunks", "a whole record that is looked at"])
def test_every_bomb_and_every_command(archive: Home, tmp_path: Path, name: str) -> None:
    made: dict[str, Callable[[], bytes]] = {
        "many chunks": lambda: many_chunks(10),
        "a whole record that is looked at": lambda: whole_record(NEARLY),
    }
    bomb = made[name]() if name in made else BOMBS[name](LARGE)
    for number, words in enumerate(DAMAGED):
        check(with_bomb(archive, tmp_path / str(number), bomb), *words)
    path = tmp_path / "bomb.warc.gz"
    append(path, bomb)
    for words in FILES:
        shutil.copytree(archive.root, tmp_path / "data", dirs_exist_ok=True)
        check(Home(tmp_path / "data"), *(str(path) if word == "FILE" else word for word in words))


@pytest.mark.parametrize("name", ["suppressions.jsonl", "sites/n.toml", "all others"])
def test_a_line_of_a_hundred_megabytes(archive: Home, tmp_path: Path, name: str) -> None:
    shutil.copytree(archive.root, tmp_path / "data")
    home = Home(tmp_path / "data")
    report = home.run("20260101T000000Z-abcd") / "report.json"
    report.parent.mkdir(parents=True)
    others = [report, home.index("n"), home.collection("n") / "path-index.txt"]
    others += (home.collection("n") / "manifests").glob("*.txt")
    for path in others if name == "all others" else [home.root / name]:
        with path.open("ab") as file:
            file.writelines(b"a" * MB for _ in range(100))
    for words in (("verify", "--fixity"), ("rebuild",)):
        check(home, *words)


def gzipped(size: int) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(stream.compress(bytes(MB)) for _ in range(size)) + stream.flush()


CODINGS: dict[str, Callable[[int], bytes]] = {
    "gzip": gzipped,
    "gzip, gzip": lambda size: gzip.compress(gzipped(size)),
    "br": lambda size: brotli.compress(bytes(size * MB), quality=1),
    "zstd": lambda size: zstd.compress(bytes(size * MB)),
    "zstd, zstd": lambda size: zstd.compress(zstd.compress(bytes(size * MB))),
}


def coded(archive: Home, tmp_path: Path, body: bytes, coding: str) -> tuple[Home, Path]:
    """A copy of the archive, and a file with one page whose body is in this coding."""
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %b\r\n\r\n" % coding.encode() + body
    )
    page = record("response", block, ("WARC-Target-URI", f"{BASE}/nyheter/bomb"),
                  ("WARC-Date", "2021-03-04T05:06:07Z"), ("Content-Type", "application/http;msgtype=response"))  # fmt: skip
    path = tmp_path / "coded.warc.gz"
    path.write_bytes(packed([page]))
    shutil.copytree(archive.root, tmp_path / "data")
    return Home(tmp_path / "data"), path


@pytest.mark.parametrize("coding", ["zstd"])
def test_a_page_whose_coding_is_a_bomb(archive: Home, tmp_path: Path, coding: str) -> None:
    home, path = coded(archive, tmp_path, CODINGS[coding](SMALL), coding)
    check(home, "import", str(path))
    found = select(home, "SELECT kind || ', ' || reason FROM captures WHERE url LIKE '%/bomb'")
    assert found == [f"error, incomplete: {coding} is too large"]


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding(archive: Home, tmp_path: Path, coding: str) -> None:
    home, path = coded(archive, tmp_path, CODINGS[coding](1_900 if "gzip" not in coding else LARGE), coding)
    for words in (("import", str(path)), *DAMAGED):
        check(home, *words)
