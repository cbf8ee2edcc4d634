"""What others captured plays too, in its copy and in its place."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.home import Home
from archiver.replay.configuration import config_file, write_configuration
from tests.conftest import run_archiver
from tests.imports.archive import BASE, new_home, pages, run
from tests.imports.foreign import STYLES, Got, packed, record
from tests.replay.conftest import free_port, pywb
from tests.replay.test_package import check_plays, check_valid, export, index_of, unpacked
from tests.replay.test_replay import digest, start

LAYOUTS = ("by record", "plain")
# The heads name a coding and a length that the kept bodies do not have; pywb hands both on as they are
# to whoever understands the coding, and to nobody else.
LIES = "common crawl"
NOWHERE = f"{BASE}/elsewhere"  # a revisit of what was never in the file


def imported(tmp_path: Path, *options: str) -> tuple[Home, dict[tuple[str, str], tuple[str, Got]]]:
    """An archive of files in every style and layout, each of a day of its own; by time and address, what it holds."""
    home = new_home(tmp_path / "data")
    store = tmp_path / "a store"
    store.mkdir()
    held, paths = {}, []
    cases = [(style, layout) for style in STYLES for layout in LAYOUTS]
    for day, (style, layout) in enumerate(cases, 1):
        asked = pages(4, date=f"2021-03-{day:02}T05:06:{{:02}}Z")
        path = store / f"{style} {layout}.warc{'' if layout == 'plain' else '.gz'}"
        path.write_bytes(packed(STYLES[style](asked), layout))
        paths.append(str(path))
        held |= {(f"202103{day:02}0506{n:02}", got.url): (style, got) for n, got in enumerate(asked)}
    assert run(home, "import", *options, *paths) == 0
    return home, held


def captured(home: Home) -> list[tuple[str, str, str | None]]:
    """Time, address and digest of each capture with status 200 whose bytes the archive has."""
    with closing(sqlite3.connect(home.database)) as db:
        query = "SELECT timestamp, url, digest FROM captures WHERE status = 200 AND url <> ?"
        return db.execute(query, (NOWHERE,)).fetchall()


@pytest.mark.parametrize("options", [(), ("--in-place",)])
def test_every_capture_plays(tools: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    home, held = imported(tmp_path, *options)
    first = pages(1)[0].body
    rows = captured(home)
    assert len(rows) == len(held) + len(LAYOUTS)  # a revisit in each file of Heritrix
    with pywb(tools, home.root) as replay:
        for timestamp, url, stated in rows:
            style, got = held.get((timestamp, url), ("revisit", Got(url, first)))
            codings = {"codings": ""} if style == LIES else {}
            played = replay.get(f"/n/{timestamp}id_/{url}", **codings)
            assert (played.status, played.body) == (200, got.body), (style, timestamp, url)
            assert style == "revisit" or digest(played.body) == stated
        newest = replay.get(f"/n/id_/{pages(1)[0].url}")
        assert (newest.status, newest.body) == (200, first)
        assert replay.get(f"/n/id_/{NOWHERE}").status == 503


@pytest.mark.parametrize("options", [(), pytest.param(("--in-place",), marks=pytest.mark.soak)])
def test_a_wacz_holds_what_others_captured(tools: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    home, held = imported(tmp_path, *options)
    path = tmp_path / "all.wacz"
    said = export(home, path)
    assert f"and {len(captured(home)) + len(LAYOUTS)} captures" in said
    assert f"{len(LAYOUTS)} revisits cannot play" in said  # those of what was never in the file
    check_valid(tools, path)
    payloads = {key: {digest(got.body)} for key, (style, got) in held.items() if style != LIES}
    payloads |= {(t, url): {digest(pages(1)[0].body)} for t, url, stated in captured(home) if not stated}
    check_plays(tools, path, tmp_path / "replay", payloads)


def test_a_wacz_takes_from_a_file_elsewhere_what_is_of_the_archive(tmp_path: Path) -> None:
    """Two sites share the file, in which there are pages of a third that nobody asked for."""
    home = new_home(tmp_path / "data")
    new_home(home.root, "other", "other.example")
    strange, theirs = (Got(f"https://{host}/a", b"<p>Hej</p>") for host in ("x.example", "other.example"))
    path = tmp_path / "w.warc"
    path.write_bytes(packed(STYLES["browsertrix"]([*pages(3), theirs, strange]), "plain"))
    assert run(home, "import", "--in-place", str(path)) == 0
    export(home, tmp_path / "all.wacz")
    taken = [gzip.decompress(file.read_bytes()) for file in unpacked(tmp_path / "all.wacz", tmp_path / "x")]
    found = re.findall(rb"WARC-Type: response\r\nWARC-Target-URI: ([^\r]+)", b"".join(taken))
    assert sorted(found) == sorted(got.url.encode() for got in (*pages(3), theirs))
    export(home, tmp_path / "other.wacz", "--site", "other")
    [part] = [
        gzip.decompress(file.read_bytes()) for file in unpacked(tmp_path / "other.wacz", tmp_path / "y")
    ]
    assert re.findall(rb"WARC-Type: response\r\nWARC-Target-URI: ([^\r]+)", part) == [theirs.url.encode()]


def test_a_wacz_of_an_article_holds_an_original_that_is_named_by_address_and_time(tmp_path: Path) -> None:
    home, asked = new_home(tmp_path / "data"), pages(4)
    revisit = record("revisit", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
                     ("WARC-Target-URI", asked[2].url), ("WARC-Date", "2021-03-05T05:06:07Z"),
                     ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
                     ("WARC-Refers-To-Target-URI", f"{BASE}/copy"), ("WARC-Refers-To-Date", "2021-03-04T00:00:00Z"),
                     ("Content-Type", "application/http; msgtype=response"))  # fmt: skip
    kept = Got(f"{BASE}/copy", asked[2].body, "2021-03-04T00:00:00Z")
    for name, records in (("a", STYLES["browsertrix"]([*asked, kept])[:-2]), ("b", [revisit])):
        path = tmp_path / f"{name}.warc.gz"
        path.write_bytes(packed(records))
        assert run(home, "import", str(path)) == 0
    path = tmp_path / "one.wacz"
    with closing(sqlite3.connect(home.database)) as db:
        [[title]] = db.execute("SELECT title FROM articles WHERE url = ?", (asked[2].url,))
    assert "cannot play" not in export(home, path, "--query", f'"{title}"')
    assert f"{BASE}/copy" in {json.loads(line.split(" ", 2)[2])["url"] for line in index_of(path)}


def test_what_is_hidden_while_pywb_runs_is_not_played_from_its_place(tools: Path, tmp_path: Path) -> None:
    home, _ = imported(tmp_path, "--in-place")
    [first, second] = [got.url for got in pages(2)]
    with pywb(tools, home.root) as replay:
        assert replay.get(f"/n/id_/{first}").status == 200
        assert run(home, "suppress", "add", first, "--reason", "asked") == 0
        assert (replay.get(f"/n/id_/{first}").status, replay.get(f"/n/id_/{second}").status) == (404, 200)


def test_a_configuration_is_there_where_files_lie_elsewhere_and_nowhere_else(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "w.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(3))))
    copied = tmp_path / "v.warc.gz"
    copied.write_bytes(packed(STYLES["heritrix"](pages(3))))
    assert run(home, "import", str(copied)) == 0
    assert not config_file(home).exists()
    assert run(home, "import", "--in-place", str(path)) == 0
    text = config_file(home).read_text("utf-8")
    assert '"collections/n/path-index.txt"' in text
    config_file(home).unlink()
    (home.collection("n") / "path-index.txt").unlink()
    assert run(home, "rebuild") == 0
    assert config_file(home).read_text("utf-8") == text
    (home.collection("n") / "path-index.txt").unlink()
    assert write_configuration(home) == []
    assert not config_file(home).exists()


def test_a_configuration_of_a_person_stays_and_what_it_lacks_is_said(tools: Path, tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "w.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(3))))
    config_file(home).write_text("debug: false\n")
    assert run(home, "import", "--in-place", str(path)) == 0
    assert config_file(home).read_text() == "debug: false\n"
    with start(home.root, free_port()) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.terminate()
    assert said.startswith(f"{config_file(home)}: names no path index of n")
    config_file(home).write_text("# as in collections/n/path-index.txt\n")
    assert write_configuration(home) == []


def test_a_disk_that_refuses_the_configuration_is_one_error(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "w.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(3))))
    config_file(home).mkdir()
    done = run_archiver(home.root, "import", "--in-place", str(path))
    assert done.returncode == 1
    assert f"{config_file(home)}: Is a directory" in done.stderr
    assert "Traceback" not in done.stderr
