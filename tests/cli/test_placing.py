"""Where exports go: never into the archive itself, and never half."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver.home import Home
from tests.conftest import run_archiver as run
from tests.synthetic import make


@pytest.mark.parametrize(
    "place",
    [
        "archiver.toml",
        ".lock",
        "datasette.yaml",
        "archiver.db",
        "archiver.db-wal",
        "suppressions.jsonl",
        "metadata.yaml",
        "sites/x.jsonl",
        "WARC",
    ],
)
def test_no_export_writes_over_the_archive(demo_copy: Path, place: str) -> None:
    home = Home(demo_copy)
    [warc] = home.archive("demo").glob("*.warc.gz")
    path = warc if place == "WARC" else home.root / place
    before = path.read_bytes() if path.exists() else None
    done = run(home.root, "export", "--format", "jsonl", "-o", str(path))
    assert (done.returncode, "a place of the archive itself" in done.stderr) == (2, True)
    after = path.read_bytes() if path.exists() else None
    assert after == before or (place.endswith("-wal") and not after), "SQLite makes its own when it reads"
    folder = run(home.root, "export", "--format", "markdown", "-o", str(home.collections / "x"))
    assert folder.returncode == 2


@pytest.mark.parametrize("form", ["jsonl", "csv", "markdown"])
def test_a_place_has_a_name(demo_home: Home, form: str) -> None:
    done = run(demo_home.root, "export", "--format", form, "-o", "")
    assert (done.returncode, "is empty" in done.stderr, "defect" in done.stderr) == (2, True, False)


def test_no_export_writes_over_what_the_archive_has_elsewhere(demo_copy: Path, tmp_path: Path) -> None:
    home, elsewhere = Home(tmp_path / "new"), tmp_path / "elsewhere"
    home.sites.mkdir(parents=True)
    elsewhere.mkdir()
    [warc] = Home(demo_copy).archive("demo").glob("*.warc.gz")
    imported, database, settings = (
        elsewhere / name for name in ("import.warc.gz", "large.db", "settings.toml")
    )
    imported.write_bytes(warc.read_bytes())
    home.profile("demo").write_bytes(Home(demo_copy).profile("demo").read_bytes())
    done = run(home.root, "import", "--in-place", "--site", "demo", str(imported))
    assert done.returncode == 0, done.stderr
    home.database.rename(database)
    home.database.symlink_to(database)
    settings.write_text('operator = "The Archive"\n')
    before = [path.read_bytes() for path in (imported, database, settings)]
    for path in (imported, database, settings):
        for words in (("export", "--format", "jsonl", "-o"), ("extract", "-", "--output")):
            done = run(home.root, "--config", str(settings), *words, str(path))
            assert (done.returncode, "a place of the archive itself" in done.stderr) == (2, True), done.stderr
    assert [path.read_bytes() for path in (imported, database, settings)] == before


def test_a_description_that_cannot_be_written_is_said_before(demo_home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.csv.datapackage.json").mkdir()
    done = run(demo_home.root, "export", "--format", "csv", "-o", str(tmp_path / "a.csv"))
    assert (done.returncode, "datapackage.json is a folder" in done.stderr) == (2, True)
    assert not (tmp_path / "a.csv").exists()


def test_a_table_never_stands_beside_the_description_of_another(demo_home: Home, tmp_path: Path) -> None:
    """Ended at any moment, also between the two."""
    table, about = tmp_path / "a.csv", tmp_path / "a.csv.datapackage.json"
    words = [
        sys.executable,
        "-m",
        "archiver",
        "--data-dir",
        str(demo_home.root),
        "-q",
        "export",
        "--format",
        "csv",
    ]
    subprocess.run([*words, "-o", str(table)], check=True)
    assert about.exists()
    for turn in range(6):
        before = table.stat().st_ino if table.exists() else None
        choice = ["--from", "2020"] if turn % 2 else []
        night = subprocess.Popen([*words, *choice, "-o", str(table)])
        while night.poll() is None and (table.stat().st_ino if table.exists() else None) == before:
            pass
        night.kill()
        night.wait()
        if about.exists():
            stated = json.loads(about.read_text())["resources"][0]["hash"]
            assert stated.removeprefix("sha256:") == hashlib.sha256(table.read_bytes()).hexdigest()


@pytest.mark.parametrize("signals", [1, 2])
@pytest.mark.parametrize("what", ["csv", "texts", "dataset"])
def test_a_sigterm_leaves_nothing_half_written(tmp_path: Path, what: str, signals: int) -> None:
    make(tmp_path / "data", 4000)
    out = tmp_path / "out"
    out.mkdir()
    place = ["--dataset", str(out / "d")] if what == "dataset" else ["--format", what, "-o", str(out / "x")]
    words = ["-m", "archiver", "--data-dir", str(tmp_path / "data"), "export", *place]
    export = subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE)
    while not os.listdir(out) and export.poll() is None:  # noqa: PTH208
        time.sleep(0.01)
    for _ in range(signals):
        export.send_signal(signal.SIGTERM)
        time.sleep(0.02)
    export.communicate(timeout=30)
    assert export.returncode in (143, -signal.SIGTERM)
    assert list(out.iterdir()) == []


def test_a_dataset_goes_into_the_folder_where_one_stands(demo_home: Home, tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "archiver",
        "--data-dir",
        str(demo_home.root.resolve()),
        "export",
        "--dataset",
    ]
    folder = tmp_path / "here"
    folder.mkdir()
    done = subprocess.run([*words, "here"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "SHA256SUMS").exists()
    empty = tmp_path / "empty"
    empty.mkdir()
    here = subprocess.run([*words, "."], cwd=empty, capture_output=True, text=True, check=False)
    assert (here.returncode, "in which you stand" in here.stderr) == (2, True)
    dash = subprocess.run([*words, "-"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert dash.returncode == 2
