"""``archiver extract``: files in, JSON out, no archive touched."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = """<!doctype html><html lang="sv"><head><title>Nytt kontor | Exempel AB</title></head><body>
<nav><a href="/">Start</a> <a href="/nyheter/">Nyheter</a></nav>
<main><article><h1>Nytt kontor</h1><p class="date">Publicerad 4 mars 2024</p>
<p>Vi öppnar ett nytt kontor i Härnösand i höst. Lokalerna ligger vid kajen, och dörren står öppen.</p>
<p>Tre kollegor flyttar in i september, och fler är på väg under vintern om allt går som det ska.</p>
</article></main><footer>© 2025 Exempel AB</footer></body></html>"""


def extract(folder: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "archiver", "extract", *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": "/usr/bin:/bin"},
    )


def test_no_lines_are_written_over_the_archive(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "archiver.db").write_bytes(b"all that there is")
    done = extract(tmp_path, "page.html", "--output", "data/archiver.db")
    assert (done.returncode, b"a place of the archive itself" in done.stderr) == (2, True)
    assert (tmp_path / "data" / "archiver.db").read_bytes() == b"all that there is"
    assert extract(tmp_path, "page.html", "--output", "articles.db").returncode == 0


def test_a_page_becomes_one_line(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    done = extract(tmp_path, "page.html", "--url", "https://www.example.se/nyheter/nytt-kontor/")
    (line,) = done.stdout.decode().splitlines()
    article = json.loads(line)
    assert article["title"] == "Nytt kontor"
    assert article["date_published"] == "2024-03-04"
    assert article["body"].startswith("Vi öppnar")
    assert article["id"] is None
    assert article["capture"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_standard_input_and_missing_files(tmp_path: Path) -> None:
    done = extract(tmp_path, "-", "none.html", stdin=PAGE.encode())
    assert done.returncode == 2
    assert json.loads(done.stdout)["title"] == "Nytt kontor"
    assert b"none.html: No such file" in done.stderr


def test_a_batch_reads_gzip_and_goes_on_after_a_bad_line(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html/a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    entries = [
        {"id": "a", "url": "https://www.example.se/nyheter/nytt-kontor/", "file": "html/a.html.gz"},
        {"id": "b", "url": None, "file": "html/none.html"},
    ]
    lines = [json.dumps(entry) for entry in entries]
    (tmp_path / "pages.jsonl").write_text("\n".join([lines[0], "not json", lines[1], ""]))
    done = extract(tmp_path, "--batch", "pages.jsonl", "--output", "pred.jsonl")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 2
    assert b"line 2: no JSON: " in done.stderr
    assert b"none.html: No such file or directory" in done.stderr
    assert b"Error" not in done.stderr
    (line,) = (tmp_path / "pred.jsonl").read_text("utf-8").splitlines()
    predicted = json.loads(line)
    assert set(predicted) == {"id", "title", "body", "date", "authors"}
    assert (predicted["id"], predicted["date"]) == ("a", "2024-03-04")


def test_output_takes_the_lines_of_files_too(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    done = extract(tmp_path, "page.html", "page.html", "--output", "articles.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")
    lines = (tmp_path / "articles.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Nytt kontor"] * 2


@pytest.mark.parametrize("words", [("page.html",), ("--url", "https://www.example.se/")])
def test_a_batch_and_what_it_would_ignore_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "pages.jsonl").write_text("")
    done = extract(tmp_path, "--batch", "pages.jsonl", *words)
    assert done.returncode == 2
    assert b"--batch names the pages" in done.stderr


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "-"])
def test_a_warc_file_is_no_page(tmp_path: Path, name: str) -> None:
    content = b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(content)
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(content))
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    done = extract(tmp_path, name, "page.html", stdin=content)
    assert done.returncode == 2
    assert done.stderr.decode() == f"archiver: {name}: this is a WARC file: archiver import takes it\n"
    assert len(done.stdout.splitlines()) == 1
    (tmp_path / "pages.jsonl").write_text('{"id": "a", "file": "a.warc.gz"}')
    assert b"line 1: this is a WARC file" in extract(tmp_path, "--batch", "pages.jsonl").stderr


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"x" * 9999, mtime=0)[:-9], b"\x1f\x8b\x08\x00" + b"\xff" * 99]
)
def test_gzip_that_is_none_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.html.gz").write_bytes(content)
    done = extract(tmp_path, "page.html.gz")
    assert done.returncode == 2
    assert done.stderr.startswith(b"archiver: page.html.gz: ") and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"%PDF-1.7 \xff\xfe", b"<html>" * 5000, b"\xff\xfe<\x00"]
)
def test_no_bytes_make_it_fail(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.html").write_bytes(content)
    done = extract(tmp_path, "page.html")
    assert done.returncode == 0
    assert b"no article" in done.stderr
    json.loads(done.stdout)


def test_the_page_that_it_all_began_with(shared: Path, tmp_path: Path) -> None:
    done = extract(tmp_path, str(shared / "seed" / "sherpa-almedalen-2015.txt"))
    article = json.loads(done.stdout)
    assert article["title"] == "Reflektion #1 Samverkan - Almedalen 2015"
    assert article["body"].startswith("Här kommer vår första reflektion")
    assert article["body"].endswith("samverkan i komplexa miljöer.")
    assert article["date_published"] is None
    for line in ("sherpa-header_mobile", "Nyhetsarkiv", "Senaste nyheter"):
        assert line not in article["body"]
    assert article["evidence"]["title"]["raw"] == article["title"]
