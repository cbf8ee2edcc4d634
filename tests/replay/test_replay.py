"""What pywb plays from an archive home that it opens as it is."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
import zlib
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import brotli
import pytest

from archiver.demo import DemoServer
from archiver.home import Home
from archiver.replay.environment import MARK, environments, find_python, set_up
from archiver.warc.cdxj import merge_index
from tests.conftest import Archiver, run_archiver
from tests.replay.conftest import BODY, OLD, PAGE, TOOLS, free_port, pywb
from tests.warc.exchanges import exchange, writer


def digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


@pytest.mark.xdist_group("nights")
def test_every_page_plays_with_the_bytes_that_the_server_sent(tools: Path, nights: Home) -> None:
    captured = defaultdict(set)
    with closing(sqlite3.connect(nights.database)) as db:
        rows = db.execute("SELECT timestamp, url, digest FROM captures WHERE status = 200")
        for timestamp, url, payload in rows:
            captured[timestamp, url].add(payload)
        revisits = db.execute("SELECT count(*) FROM captures WHERE warc_type = 'revisit'").fetchone()[0]
    assert len(captured) > 200
    assert revisits > 60
    with pywb(tools, nights.root) as replay:
        for (timestamp, url), payloads in captured.items():
            played = replay.get(f"/demo/{timestamp}id_/{url}")
            assert (played.status, digest(played.body) in payloads) == (200, True), (timestamp, url)


def test_after_ten_unchanged_nights_the_undated_address_still_plays(tools: Path, ten_nights: Home) -> None:
    wanted = BODY.partition(b"\r\n\r\n")[2]
    with pywb(tools, ten_nights.root) as replay:
        for date in ("", "2026", "20260103", "20260104", "20260111", "20260112120001"):
            played = replay.get(f"/s/{date}id_/{PAGE}" if date else f"/s/id_/{PAGE}")
            while played.status in (302, 307):
                played = replay.get(played.headers["Location"].removeprefix(replay.base))
            assert (played.status, played.body) == (200, wanted), date
        shown = replay.get(f"/s/mp_/{PAGE}")
        assert shown.status == 200
        assert b"<h1>Ny rapport</h1>" in shown.body


@pytest.mark.soak
def test_after_ten_unchanged_crawls_every_address_still_plays(tools: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    with DemoServer() as server:
        run_archiver(home.root, "sites", "add", server.news_url, "--name", "demo", "--delay", "0")
        for night in range(11):
            words = ["--full"] if night else []
            assert run_archiver(home.root, "crawl", "--delay", "0", *words).returncode == 0
    with closing(sqlite3.connect(home.database)) as db:
        first = db.execute("SELECT min(crawl) FROM captures").fetchone()[0]
        pages = dict(
            db.execute("SELECT url, digest FROM captures WHERE status = 200 AND crawl = ?", (first,))
        )
        revisits = db.execute("SELECT count(*) FROM captures WHERE warc_type = 'revisit'").fetchone()[0]
    assert len(pages) > 60
    assert revisits >= 10 * len(pages)
    with pywb(tools, home.root) as replay:
        for url, payload in pages.items():
            played = replay.get(f"/demo/id_/{url}")
            assert (played.status, digest(played.body)) == (200, payload), url


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x;name=value\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def message(body: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines]) + b"\r\n\r\n" + body


TEXT = "<h1>Nyheter från Åre</h1>".encode() * 20
CODED = {"gzip": gzip.compress(TEXT), "br": brotli.compress(TEXT), "deflate": zlib.compress(TEXT)}
ODD = {
    "no-length": (message(TEXT), TEXT),
    "no-headers": (b"HTTP/1.0 200 OK\r\n\r\n" + TEXT, TEXT),
    "bare-lf": (b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + TEXT, TEXT),
    "no-reason": (b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n" + TEXT, TEXT),
    "empty": (message(b"", b"Content-Length: 0"), b""),
    "chunked": (message(chunked(TEXT), b"Transfer-Encoding: chunked"), TEXT),
    "wrong-charset": (message(TEXT, b"Content-Type: text/html; charset=no-such"), TEXT),
    "not-gzip": (message(TEXT, b"Content-Encoding: gzip", b"Content-Length: %d" % len(TEXT)), TEXT),
    "binary": (message(bytes(range(256)) * 999, b"Content-Type: application/pdf"), bytes(range(256)) * 999),
    "8-bit-header": (message(TEXT, "X-Namn: Åke".encode("latin-1")), TEXT),
} | {
    f"{coding}{'-chunked' * is_chunked}": (
        message(
            chunked(body) if is_chunked else body,
            b"Content-Encoding: " + coding.encode(),
            b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % len(body),
        ),
        body,
    )
    for coding, body in CODED.items()
    for is_chunked in (False, True)
}  # fmt: skip


def test_odd_answers_play_too(tools: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    warc = writer(home.archive("s"), site="s")
    urls = {name: f"https://www.example.com/{name}" for name in ODD}
    found = [warc.write(exchange(ODD[name][0], url=url)) for name, url in urls.items()]
    warc.close()
    merge_index(home.index("s"), [c for c in found if c])
    with pywb(tools, home.root) as replay:
        played = {name: replay.get(f"/s/20260102120000id_/{url}") for name, url in urls.items()}
    wrong = {
        name: (p.status, p.body[:60])
        for name, p in played.items()
        if (p.status, p.body) != (200, ODD[name][1])
    }
    assert wrong == {}


def test_redirects_play(tools: Path, ten_nights: Home) -> None:
    with pywb(tools, ten_nights.root) as replay:
        as_sent = replay.get(f"/s/20260102120000id_/{OLD}")
        assert (as_sent.status, as_sent.headers["Location"]) == (301, PAGE)
        played = replay.get(f"/s/20260102120000mp_/{OLD}")
        assert played.status == 301
        assert played.headers["Location"] == f"{replay.base}/s/20260102120000mp_/{PAGE}"
        followed = replay.get(played.headers["Location"].removeprefix(replay.base))
        while followed.status in (302, 307):
            followed = replay.get(followed.headers["Location"].removeprefix(replay.base))
        assert followed.status == 200


def start(home: Path, port: int, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data-dir", str(home), "replay", "--port", str(port), *words],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_command_serves_until_it_is_interrupted(
    tools: Path, ten_nights: Home, sent: signal.Signals, code: int
) -> None:
    port = free_port()
    before = sorted(ten_nights.root.rglob("*"))
    with start(ten_nights.root, port) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"s: http://127.0.0.1:{port}/s/\n"
        assert "Ctrl-C" in process.stderr.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/s/id_/{PAGE}") as response:
            assert response.read() == BODY.partition(b"\r\n\r\n")[2]
        process.send_signal(sent)
        assert process.wait(20) == code
        assert "Traceback" not in process.stderr.read()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
    assert sorted(ten_nights.root.rglob("*")) == before


def test_a_port_that_is_taken_is_said(tools: Path, ten_nights: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_archiver(ten_nights.root, "replay", "--port", str(port))
    assert done.returncode == 2
    assert "Address already in use" in done.stderr
    assert "--port" in done.stderr


def test_a_pywb_that_does_not_start_says_why(ten_nights: Home, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "archiver" / "pywb"
    (folder / "bin").mkdir(parents=True)
    (folder / MARK).touch()
    (folder / "bin" / "wayback").touch()
    python = folder / "bin" / "python"
    python.write_text("#!/bin/sh\necho 'ModuleNotFoundError: no gevent' >&2\nexit 1\n")
    python.chmod(0o755)
    done = run_archiver(
        ten_nights.root, "replay", "--port", str(free_port()), env={"XDG_CACHE_HOME": str(tmp_path / "cache")}
    )
    assert done.returncode == 1
    assert "pywb did not start: ModuleNotFoundError: no gevent" in done.stderr


def test_without_an_archive_there_is_nothing_to_play(archiver: Archiver) -> None:
    done = archiver("replay")
    assert done.returncode == 2
    assert "there is no archive here yet" in done.stderr


def test_pywb_is_found_where_it_was_made_to_the_end(tmp_path: Path) -> None:
    made, half = tmp_path / "made", tmp_path / "half"
    for folder in (made, half):
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "wayback").touch()
    (made / MARK).touch()
    assert find_python([half, made]) == made / "bin" / "python"
    with pytest.raises(Exception, match="pywb is not installed") as caught:
        find_python([half])
    assert "archiver replay --setup" in str(getattr(caught.value, "hint", ""))
    looked_at = environments({"HOME": "/h"})
    assert looked_at[0] == Path("/h/.cache/archiver/pywb")
    assert [folder.name for folder in looked_at[1:]] == [TOOLS.name]


def test_a_setup_that_fails_leaves_nothing_that_looks_ready(tmp_path: Path) -> None:
    done = run_archiver(
        tmp_path / "data",
        "replay",
        "--setup",
        env={
            "XDG_CACHE_HOME": str(tmp_path),
            "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_FIND_LINKS": "",
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_RETRIES": "0",
        },
    )
    assert done.returncode == 78
    assert "cannot be installed" in done.stderr or "cannot be upgraded" in done.stderr
    assert not (tmp_path / "archiver" / "pywb" / MARK).exists()


@pytest.mark.soak
def test_setup_makes_an_environment_that_plays(tools: Path, ten_nights: Home, tmp_path: Path) -> None:
    folder = tmp_path / "pywb"
    set_up(folder)
    assert find_python([folder]) == folder / "bin" / "python"
    with pywb(folder / "bin", ten_nights.root) as replay:
        assert replay.get(f"/s/id_/{PAGE}").status == 200
    shutil.rmtree(folder)
