"""Bits flipped in any file of an archive: commands say what is wrong, and never end in an exception."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver.cli.main import main
from archiver.home import Home
from tests.imports.archive import BASE, new_home, pages, run
from tests.imports.foreign import STYLES, packed

ROUNDS = 12
MANY = 400
COMMANDS = (("verify",), ("verify", "--fixity"), ("repair",), ("rebuild",))
PARTS = (
    "collections/n/archive/*.warc.gz",
    "collections/n/indexes/index.cdxj",
    "collections/n/manifests/*",
    "collections/n/path-index.txt",
    "runs/*/report.json",
    "sites/n.toml",
    "suppressions.jsonl",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small archive with every kind of file: a copy, a file in its place, a report, a suppression."""
    home = new_home(tmp_path_factory.mktemp("small") / "data")
    for name, style, options in (("a", "browsertrix", ()), ("b", "heritrix", ("--in-place",))):
        path = home.root.parent / f"{name}.warc.gz"
        path.write_bytes(packed(STYLES[style](pages(4))))
        assert run(home, "import", *options, str(path)) == 0
    assert run(home, "suppress", "add", f"{BASE}/nyheter/x/", "--reason", "asked for") == 0
    report = home.root / "runs" / "20260101T000000Z-abcd" / "report.json"
    if not list(home.root.glob("runs/*/report.json")):
        report.parent.mkdir(parents=True)
        report.write_text(
            '{"rows": {"crawls": [], "coverage": [{"site": "n", "night": "2026-01-01"}]}}', "utf-8"
        )
    return home


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A few bits of it the other way round, a few bytes gone, or cut off."""
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.2:
        at = chance.randrange(len(broken))
        del broken[at : at + chance.randrange(1, 40)]
    return bytes(broken[: chance.randrange(1, len(broken) + 1)] if chance.random() < 0.1 else broken)


def within(data: bytes, chance: random.Random) -> bytes:
    """Bits flipped in the record of one member, which is compressed again: no check sum tells it."""
    members: list[bytes] = []
    while data:
        stream = zlib.decompressobj(31)
        members.append(stream.decompress(data))
        data = stream.unused_data
    at = chance.randrange(len(members))
    whole = members[at]
    head = whole.index(b"\r\n\r\n") if chance.random() < 0.7 else len(whole)
    members[at] = flipped(whole[:head], chance) + whole[head:]
    return b"".join(gzip.compress(member, 1) for member in members)


def damage(
    home: Home, part: str, how: Callable[[bytes, random.Random], bytes], chance: random.Random
) -> None:
    path = chance.choice([p for p in sorted(home.root.glob(part)) if p.stat().st_size])
    path.write_bytes(how(path.read_bytes(), chance))


def check(archive: Home, folder: Path, part: str, inside: bool, seed: int) -> str:
    """Damages a copy of the archive, and runs a command on it; what it said of an exception."""
    shutil.copytree(archive.root, folder)
    home, chance = Home(folder), random.Random(f"{part} {inside} {seed}")
    damage(home, part, within if inside else flipped, chance)
    words = chance.choice(COMMANDS)
    code = main(["--data-dir", str(home.root), "-q", *words])
    assert code in (0, 1, 2, 3, 78), (words, seed)
    if (home.root / "archiver.db").exists():
        with closing(sqlite3.connect(home.database)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    shutil.rmtree(folder)
    return " ".join(words)


def rounds(
    archive: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, inside: bool, number: int
) -> None:
    for seed in range(number):
        words = check(archive, tmp_path / "data", part, inside, seed)
        said = capsys.readouterr().err
        assert "this is a defect" not in said, f"{words}, round {seed}: {said}"


CASES = [(part, False) for part in PARTS] + [(PARTS[0], True)]


@pytest.mark.parametrize(("part", "inside"), CASES)
def test_a_few_bits(
    archive: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, inside: bool
) -> None:
    rounds(archive, tmp_path, capsys, part, inside, ROUNDS)


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("part", "inside"), CASES)
def test_many_bits(
    archive: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, inside: bool
) -> None:
    rounds(archive, tmp_path, capsys, part, inside, MANY)
