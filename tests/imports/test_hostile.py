"""Sources that are damaged at random, disks that are full, names that nobody should give a file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import run_archiver
from tests.imports.archive import BASE, contents, findings, new_home, pages, rows, run, select
from tests.imports.foreign import STYLES, Got, packed

ROUNDS = 12
# Runs a command without the two privileges by which root reads what its mode forbids (prctl(2),
# PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH). Others have neither, and lose nothing.
AS_ANYBODY = """
import ctypes, os, sys
for privilege in (1, 2):
    ctypes.CDLL(None).prctl(24, privilege, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("style", ["heritrix", "browsertrix"])
@pytest.mark.parametrize("layout", ["by record", "plain"])
def test_whatever_is_flipped_the_archive_is_whole(tmp_path: Path, style: str, layout: str) -> None:
    chance = random.Random(f"{style} {layout}")
    whole = packed(STYLES[style](pages(4)), layout)
    home = new_home(tmp_path / "data")
    for n in range(ROUNDS):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{n}.warc"
        path.write_bytes(data[: chance.randint(len(data) // 2, len(data))])
        assert run(home, "import", str(path)) in (0, 1)
    assert {level for level, _ in findings(home)} <= {"note"}
    ids = select(home, "SELECT warc_record_id FROM captures")
    assert len(ids) == len({*ids}) > 2


def test_a_full_disk_leaves_nothing_of_a_file_and_the_next_run_takes_it(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    noise = random.Random(1)
    small, large = tmp_path / "small.warc.gz", tmp_path / "large.warc.gz"
    small.write_bytes(packed(STYLES["warcio"](pages(4))))
    large.write_bytes(
        packed(STYLES["heritrix"]([Got(f"{BASE}/{n}", noise.randbytes(900_000)) for n in range(3)]))
    )
    # A shell's limit on the size of files stands for the disk: the database fits, the copy does not.
    script = 'ulimit -f 2000; trap "" XFSZ; exec "$@"'
    command = [
        sys.executable,
        "-m",
        "archiver",
        "--data-dir",
        str(home.root),
        "import",
        str(small),
        str(large),
    ]
    done = subprocess.run(
        ["bash", "-c", script, "bash", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ".warc.gz" in done.stderr
    assert len(rows(home, "captures")) == 4
    assert findings(home) == []
    assert not [p for p in home.archive("n").iterdir() if p.name.startswith(".")]
    assert run(home, "import", str(small), str(large)) == 0
    assert len(contents(home)) == 2
    assert {code for _, code in findings(home)} == {"lost-original"}


def test_names_that_no_path_index_can_hold(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    for name in ("a\tb.warc.gz", os.fsdecode(b"\xff\xfe.warc.gz")):
        path = tmp_path / name
        path.write_bytes(packed(STYLES["browsertrix"](pages(4))))
        done = run_archiver(home.root, "import", "--in-place", os.fspath(path))
        assert done.returncode == 2
        assert "a path index cannot hold this path" in done.stderr
    assert run(home, "import", os.fspath(path)) == 0
    assert len(rows(home, "captures")) == 4
    assert findings(home) == []


@pytest.mark.parametrize("options", [(), ("--in-place",)])
def test_what_cannot_be_read_is_one_error_and_the_rest_is_taken(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "good.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(4))))
    # A regular file that nobody can read, not even root.
    done = run_archiver(home.root, "import", *options, "/proc/self/mem", str(path))
    assert done.returncode == 1
    assert done.stderr.count("Input/output error") == 1
    assert "defect" not in done.stderr
    assert len(rows(home, "captures")) == 4
    assert findings(home) == []


def test_what_nobody_may_read_is_one_error(tmp_path: Path) -> None:
    home = new_home(tmp_path / "data")
    path = tmp_path / "secret.warc.gz"
    path.write_bytes(packed(STYLES["browsertrix"](pages(4))))
    path.chmod(0)
    command = [sys.executable, "-m", "archiver", "--data-dir", str(home.root), "import", str(path)]
    done = subprocess.run(
        [sys.executable, "-c", AS_ANYBODY, *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("Permission denied") == 1


@pytest.mark.parametrize("command", ["import", "verify"])
def test_a_pipe_is_refused(tmp_path: Path, command: str) -> None:
    home = new_home(tmp_path / "data")
    pipe = tmp_path / "pipe.warc.gz"
    os.mkfifo(pipe)
    done = run_archiver(home.root, command, str(pipe))
    assert done.returncode == 2
    assert f"{pipe}: is no regular file" in done.stderr
    (tmp_path / "other.warc.gz").write_bytes(packed(STYLES["warcio"](pages(3))))
    assert run_archiver(home.root, "import", str(tmp_path)).returncode == 0  # in a folder it is passed over
