"""The zip of a WACZ: its index in blocks, its digests, its entries."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from archiver.warc.wacz import LINES, WaczWriter

CREATED = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)


def wacz(lines: list[str], pages: list[dict[str, str]]) -> zipfile.ZipFile:
    out = io.BytesIO()
    with WaczWriter(out, created=CREATED, software="nyhetsarkiv/0") as writer:
        writer.add_warc("a.warc.gz", [b"one", b"two"], size=6)
        assert writer.add_index(lines) == len(lines)
        assert writer.add_pages(pages) == len(pages)
        writer.finish(title="Å", description="alla")
    return zipfile.ZipFile(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("number", [0, 1, LINES, 2 * LINES + 1])
def test_each_block_of_the_index_can_be_read_alone(number: int) -> None:
    lines = [
        f'com,example)/{n:06} 20260102030405 {{"url": "http://example.com/{n:06}"}}' for n in range(number)
    ]
    with wacz(lines, []) as file:
        packed = file.read("indexes/index.cdx.gz")
        head, *blocks = file.read("indexes/index.idx").decode().splitlines()
    assert head == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    assert len(blocks) == -(-number // LINES)
    found = []
    for block in blocks:
        key, stamp, said = block.split(" ", 2)
        place = json.loads(said)
        member = packed[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == "sha256:" + hashlib.sha256(member).hexdigest()
        inside = gzip.decompress(member).decode().splitlines()
        assert inside[0].startswith(f"{key} {stamp} ")
        found += inside
    assert found == lines


def test_the_package_says_what_is_in_it() -> None:
    with wacz(["a 1 {}"], [{"id": "1", "url": "http://a.example/", "ts": "x", "title": "Ärende\n1"}]) as file:
        package = json.loads(file.read("datapackage.json"))
        digest = json.loads(file.read("datapackage-digest.json"))
        assert digest["hash"] == "sha256:" + hashlib.sha256(file.read("datapackage.json")).hexdigest()
        assert {r["path"] for r in package["resources"]} | {
            "datapackage.json",
            "datapackage-digest.json",
        } == set(file.namelist())
        for resource in package["resources"]:
            content = file.read(resource["path"])
            assert resource["bytes"] == len(content)
            assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert file.read("archive/a.warc.gz") == b"onetwo"
        _, page = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
        assert page["title"] == "Ärende\n1"
        assert {info.date_time for info in file.infolist()} == {(2026, 1, 2, 3, 4, 6)}
    assert (package["wacz_version"], package["created"]) == ("1.1.1", "2026-01-02T03:04:06Z")


def test_what_fails_midway_raises_and_nothing_is_finished() -> None:
    out = io.BytesIO()
    with (
        pytest.raises(OSError, match="full"),
        WaczWriter(out, created=CREATED, software="nyhetsarkiv/0") as writer,
    ):
        writer.add_warc("a.warc.gz", (_ for _ in [b"one"]), size=3)
        raise OSError("full")
    assert "datapackage.json" not in zipfile.ZipFile(io.BytesIO(out.getvalue())).namelist()
