"""The index that pywb reads is the one that other indexers would make of the same files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from archiver.home import Home

# One worker makes the archive of some nights, and all tests read it.
pytestmark = pytest.mark.xdist_group("nights")

Line = tuple[str, str, dict[str, str]]


def parsed(lines: list[str]) -> list[Line]:
    parts = (line.split(" ", 2) for line in lines)
    return [(key, stamp, json.loads(said)) for key, stamp, said in parts]


def ours(home: Home, site: str) -> list[Line]:
    return parsed(home.index(site).read_text("utf-8").splitlines())


def made_by(program: Path, *words: str, home: Home, site: str) -> list[Line]:
    """What an indexer finds, without the records about the crawl: they have no address to be played."""
    files = sorted(home.archive(site).iterdir())
    done = subprocess.run([program, *words, *files], capture_output=True, text=True, check=True, timeout=100)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("urn:", " CDX"))]
    return parsed(lines)


def test_line_for_line_with_cdxj_indexer(tools: Path, nights: Home) -> None:
    theirs = made_by(tools / "cdxj-indexer", "--sort", home=nights, site="demo")
    assert len(theirs) > 200
    # Digests too: cdxj-indexer takes what WARC-Payload-Digest says, and every capture here states one.
    assert ours(nights, "demo") == theirs


def test_the_same_places_as_pywbs_own_indexer(tools: Path, nights: Home) -> None:
    theirs = made_by(tools / "cdx-indexer", "-j", "-s", home=nights, site="demo")
    # pywb leaves out the status of a revisit, which its block states.
    stated = [
        (key, stamp, {n: v for n, v in said.items() if n != "status" or said["mime"] != "warc/revisit"})
        for key, stamp, said in ours(nights, "demo")
    ]
    assert stated == theirs


def test_only_revisits_without_a_page_are_left_out(tools: Path, ten_nights: Home) -> None:
    theirs = made_by(tools / "cdxj-indexer", "--sort", home=ten_nights, site="s")
    left_out = [(key, said["status"]) for key, _, said in theirs if said.get("status") == "304"]
    assert len(left_out) == 5
    # A response without a Content-Type has the mime "unk", as in pywb's own indexes.
    wanted = [(k, t, {"mime": "unk"} | said) for k, t, said in theirs if said.get("status") != "304"]
    assert ours(ten_nights, "s") == wanted
