"""pywb finds what was imported, in its copy and in its place, through the index and the path index."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.imports.archive import new_home, pages, run
from tests.imports.foreign import STYLES, packed

PYTHON = Path(__file__).resolve().parents[2] / ".venv-tools" / "bin" / "python"

LOOK_UP = """
import hashlib, json, sys
from pywb.warcserver.warcserver import WarcServer
from warcio.archiveiterator import ArchiveIterator
import io, urllib.parse

collection, urls = sys.argv[1], sys.argv[2:]
config = {"collections": {"n": {
    "index_paths": collection + "/indexes/index.cdxj",
    "archive_paths": [collection + "/archive/", collection + "/path-index.txt"],
}}}
server = WarcServer(custom_config=config)
found = {}
for url in urls:
    status = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/n/resource", "SCRIPT_NAME": "", "wsgi.input": io.BytesIO(),
        "QUERY_STRING": urllib.parse.urlencode({"url": url, "closest": "now"}), "SERVER_NAME": "x",
        "SERVER_PORT": "80", "wsgi.url_scheme": "http",
    }
    body = b"".join(server(environ, lambda line, head: status.append(line)))
    for record in ArchiveIterator(io.BytesIO(body)):
        found[url] = hashlib.sha256(record.content_stream().read()).hexdigest()
print(json.dumps(found))
"""


CASES: list[tuple[str, str, tuple[str, ...]]] = [(style, "by record", ()) for style in STYLES]
CASES += [("wget-like", "plain", ("--in-place",)), ("heritrix", "by record", ("--in-place",))]


@pytest.mark.parametrize(("style", "layout", "options"), CASES)
def test_every_page_plays(tmp_path: Path, style: str, layout: str, options: tuple[str, ...]) -> None:
    if not PYTHON.exists():
        pytest.skip("pywb is not there: run `make tools`")
    home, asked = new_home(tmp_path / "data"), pages(4)
    path = tmp_path / f"other.warc{'' if layout == 'plain' else '.gz'}"
    path.write_bytes(packed(STYLES[style](asked), layout))
    assert run(home, "import", *options, str(path)) == 0
    (home.collection("n") / "path-index.txt").touch()
    done = subprocess.run(
        [PYTHON, "-c", LOOK_UP, str(home.collection("n").absolute()), *(got.url for got in asked)],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    expected = {got.url: hashlib.sha256(got.body).hexdigest() for got in asked}
    assert json.loads(done.stdout.splitlines()[-1]) == expected, done.stderr
