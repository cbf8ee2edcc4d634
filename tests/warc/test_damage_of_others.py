"""The 17 kinds of damage that the shared script makes, in files of ours and in files that warcio wrote."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.warc.verify import Seen, check_file
from tests.servers.exact import cases
from tests.warc.exchanges import NOON, exchange, writer

BASE = "http://127.0.0.1:8099"
# By the beginning of the file's name: what is wrong, and what follows from that.
EXPECTED: dict[str, tuple[str, set[str]]] = {
    "01": ("block-digest", {"payload-digest"}),
    "02": ("gzip-damage", {"dangling-concurrent-to"}),
    "03": ("torn-tail", set()),
    "04": ("wrong-length", {"block-digest", "payload-digest"}),
    "05": ("one-member", set()),
    "06": ("no-date", set()),
    "07": ("no-record-id", {"dangling-concurrent-to"}),
    "08": ("bad-date", set()),
    "09": ("duplicate-record-id", set()),
    "10": ("bare-lf", set()),
    "11": ("no-target-uri", set()),
    "12": ("dangling-concurrent-to", set()),
    "13": ("no-profile", set()),
    "14": ("no-status-line", {"block-digest", "wrong-length"}),
    "15": ("no-warcinfo", {"dangling-warcinfo-id"}),
    # The script leaves the length of the block as it was, which is one byte more.
    "16": ("decoded-body", {"no-block-digest", "no-payload-digest", "wrong-length"}),
    "17": ("unknown-type", set()),
}


def ours(folder: Path) -> bytes:
    """The exact answers as our writer stores them."""
    warc = writer(folder / "ours")
    # The script damages the first response that names "/plain", as the type of robots.txt does.
    for path, answer in sorted(cases().items(), key=lambda case: case[0] == "/robots.txt"):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8099\r\n\r\n".encode()
        warc.write(exchange(answer.wire, url=BASE + path, request=request, truncated=answer.truncated))
    warc.close()
    [path] = (folder / "ours").iterdir()
    return path.read_bytes()


def warcios(folder: Path) -> bytes:
    """The answers that warcio can parse as its writer stores them, with a revisit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its temporary files to the collector
        made = _of_warcio()
        gc.collect()
    return made


def _of_warcio() -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import BufferWARCWriter

    writer: Any = BufferWARCWriter(gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "warcio"}))
    for path in ("/plain", "/gzip", "/close", "/404"):
        url, answer = BASE + path, cases()[path].wire
        asking = StatusAndHeaders(f"GET {path} HTTP/1.1", [("Host", "127.0.0.1")], is_http_request=True)
        response = writer.create_warc_record(url, "response", payload=io.BytesIO(answer))
        request = writer.create_warc_record(url, "request", http_headers=asking)
        writer.write_request_response_pair(request, response)
        if path == "/gzip":
            digest, date = (response.rec_headers.get_header(f"WARC-{n}") for n in ("Payload-Digest", "Date"))
            again = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(writer.create_revisit_record(url, digest, url, date, http_headers=again))
    return bytes(writer.get_contents())


@pytest.fixture(params=[ours, warcios], ids=["ours", "warcio"])
def damaged(request: pytest.FixtureRequest, shared: Path, tmp_path: Path) -> Path:
    """A folder of damaged files: the shared script, run on a whole file."""
    (tmp_path / "fid_nodedupe.warc.gz").write_bytes(request.param(tmp_path))
    script = (shared / "prototypes" / "corrupt.py").read_text("utf-8")
    assert "/tmp/bad_" in script
    here = script.replace("/tmp/bad_", f"{tmp_path}/bad_")
    done = subprocess.run(
        [sys.executable, "-c", here], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_each_of_the_17_is_named(damaged: Path) -> None:
    files = sorted(damaged.glob("bad_*.warc.gz"))
    assert [path.name[4:6] for path in files] == ["00", *EXPECTED]
    for path in files:
        seen = Seen()
        found = {fault.code for fault in check_file(path, now=NOON + timedelta(days=3650), seen=seen)}
        kind, follows = EXPECTED.get(path.name[4:6], ("", set()))
        of_warcio = set() if seen.is_own else {"weak-digest", "no-refers-to", "framed-digest"}
        left = found - follows - of_warcio
        assert left == ({kind} if kind else set()), path.name
