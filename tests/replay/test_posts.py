"""Answers to POSTs in the index, in a WACZ and in replay: found by their form, as pywb asks for them."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import json
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from archiver.home import Home
from archiver.posted import form_of
from tests.conftest import run_archiver
from tests.replay.conftest import Replay, pywb
from tests.replay.test_index import ours, parsed
from tests.servers.blog import AJAX, Blog
from tests.servers.news import write_profile
from tests.servers.raw import RawServer

pytestmark = pytest.mark.xdist_group("posts")


@pytest.fixture(scope="module")
def blog_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two nights of a list that goes on by POST; never written to."""
    home = Home(tmp_path_factory.mktemp("blog"))
    with RawServer() as server:
        blog = Blog(server, [f"n{number}" for number in range(7)])
        write_profile(home.root, server)
        for name in ("a", "b", "c", "d"):
            assert run_archiver(home.root, "crawl", "--delay", "0").returncode == 0
            blog.names = [name, *blog.names]
            blog.add(name)
    return home


def posts(home: Home) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home.database)) as db:
        found = "SELECT timestamp, url, digest FROM captures WHERE url LIKE '%wb_method%' AND status = 200"
        return db.execute(found).fetchall()


def test_line_for_line_with_cdxj_indexer(tools: Path, blog_home: Home) -> None:
    files = sorted(blog_home.archive("s").iterdir())
    command = [tools / "cdxj-indexer", "--sort", "--post-append", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    theirs = parsed([line for line in done.stdout.splitlines() if not line.startswith("urn:")])
    assert ours(blog_home, "s") == theirs
    assert sum(said.get("method") == "POST" for _, _, said in theirs) == len(posts(blog_home)) >= 3


def post(replay: Replay, path: str, form: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", replay.port, timeout=30)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        connection.request("POST", path, urlencode(form), kind)
        answered = connection.getresponse()
        return answered.status, answered.read()
    finally:
        connection.close()


def test_pywb_plays_what_was_posted(tools: Path, blog_home: Home) -> None:
    with pywb(tools, blog_home.root) as replay:
        for timestamp, url, digest in posts(blog_home):
            status, body = post(replay, f"/s/{timestamp}id_/{url.partition('?')[0]}", dict(form_of(url)))
            assert (status, "sha256:" + hashlib.sha256(body).hexdigest()) == (200, digest), url
    assert len({digest for _, _, digest in posts(blog_home)}) > 2


def test_a_wacz_has_them(tools: Path, blog_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    done = run_archiver(blog_home.root, "export", "--format", "wacz", "-o", str(path))
    assert done.returncode == 0, done.stderr
    subprocess.run([tools / "wacz", "validate", "-f", path], capture_output=True, check=True, timeout=100)
    with zipfile.ZipFile(path) as package:
        packed = package.read("indexes/index.cdx.gz")
    lines = gzip.GzipFile(fileobj=io.BytesIO(packed)).read().decode().splitlines()
    said = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [s["requestBody"] for s in said if s.get("method") == "POST"]
    assert all(s["url"].endswith(AJAX) for s in said if s.get("method") == "POST")


def test_packed_and_verified(blog_home: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "copy")
    shutil.copytree(blog_home.root, home.root)
    assert run_archiver(home.root, "pack").returncode == 0
    done = run_archiver(home.root, "verify", "--derive")
    assert done.returncode == 0, done.stdout
    assert len(list(home.archive("s").iterdir())) == 1
