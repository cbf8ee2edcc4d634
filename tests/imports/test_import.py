"""``archiver import``: files of other programs become captures and articles, byte for byte."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from archiver.demo import DemoServer, articles
from archiver.demo.content import EDITED
from archiver.home import Home
from tests.conftest import run_archiver
from tests.imports.archive import (
    BASE,
    check_rebuild,
    contents,
    findings,
    new_home,
    pages,
    report_of,
    rows,
    run,
    select,
)
from tests.imports.foreign import HOST, STYLES, Got, packed, record, split, wet

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LAYOUTS = ("by record", "plain", "one member")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "data")


def source_of(tmp_path: Path, records: list[bytes], layout: str = "by record", name: str = "other") -> Path:
    path = tmp_path / f"{name}.warc{'' if layout == 'plain' else '.gz'}"
    path.write_bytes(packed(records, layout))
    return path


@pytest.mark.parametrize("style", STYLES)
def test_files_of_every_program_become_captures_and_articles(home: Home, tmp_path: Path, style: str) -> None:
    asked = pages()
    records = STYLES[style](asked)
    path = source_of(tmp_path, records)
    done = run_archiver(home.root, "import", str(path), "--json")
    assert done.returncode == 0, done.stderr
    [told] = report_of(done.stdout)["files"]
    assert (told["records"], told["taken"], told["left_out"], told["faults"]) == (
        len(records),
        len(records),
        {},
        [],
    )
    # Byte for byte, behind a warcinfo and a description of ours, and before the outcome.
    [data] = contents(home)
    assert path.read_bytes() in data
    plain = gzip.decompress(data)
    assert b"".join(records) in plain
    assert plain.startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
    responses = select(home, "SELECT url FROM captures WHERE warc_type = 'response'")
    assert sorted(responses) == sorted(got.url for got in asked)
    digests = {got.url: "sha256:" + hashlib.sha256(got.body).hexdigest() for got in asked}
    with_digest = select(home, "SELECT url || ' ' || digest FROM captures WHERE warc_type = 'response'")
    assert sorted(with_digest) == sorted(f"{url} {digest}" for url, digest in digests.items())
    assert {*select(home, "SELECT source FROM captures")} == {"import"}
    assert select(home, "SELECT command FROM crawls") == ["import"]
    assert len(rows(home, "articles")) == len(asked) - 2
    assert {*select(home, "SELECT first_seen FROM articles")} <= {
        f"2021-03-04T05:06:{n:02}.{f}Z" for n in range(12) for f in ("000000", "123000")
    }
    assert {*select(home, "SELECT observed FROM articles")} == {"retrospective"}
    assert len(rows(home, "links")) > 5  # what feed and listing name
    expected = [("note", "lost-original")] if style == "heritrix" else []
    assert findings(home) == expected
    again = report_of(run_archiver(home.root, "verify", "--derive", "--json").stdout)
    assert [found["code"] for found in again] == [code for _, code in expected]
    check_rebuild(home)
    assert findings(home) == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same(home: Home, tmp_path: Path, layout: str) -> None:
    records = STYLES["wget-like"](pages(6))
    path = source_of(tmp_path, records, layout)
    assert run(home, "import", str(path)) == 0
    [data] = contents(home)
    assert b"".join(records) in gzip.decompress(data)
    assert len(rows(home, "captures")) == 6
    assert findings(home) == []


def test_the_same_file_twice_adds_nothing(home: Home, tmp_path: Path) -> None:
    path = source_of(tmp_path, STYLES["heritrix"](pages(6)))
    assert run(home, "import", str(path)) == 0
    before = contents(home), {table: rows(home, table) for table in ("captures", "crawls", "articles")}
    again = tmp_path / "recompressed.warc.gz"
    again.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    for one in (path, again):
        done = run_archiver(home.root, "import", str(one))
        assert done.returncode == 0
        assert "nothing was new" in done.stderr
    assert (
        contents(home),
        {table: rows(home, table) for table in ("captures", "crawls", "articles")},
    ) == before
    # Half of it known, and half new: each record once.
    more = STYLES["heritrix"](pages(9)[6:])
    both = source_of(tmp_path, [*gzip_records(path), *more], name="both")
    assert run(home, "import", str(both)) == 0
    ids = [
        line
        for data in contents(home)
        for line in gzip.decompress(data).split(b"\r\n")
        if line.startswith(b"WARC-Record-ID")
    ]
    of_captures = {i.encode() for i in select(home, "SELECT warc_record_id FROM captures")}
    assert len(of_captures) == 8 + 5
    assert sorted(line for line in ids if line.partition(b": ")[2] in of_captures) == sorted(
        b"WARC-Record-ID: " + i for i in of_captures
    )
    assert findings(home) == [("note", "lost-original")] * 2
    check_rebuild(home)


def gzip_records(path: Path) -> list[bytes]:
    return split(gzip.decompress(path.read_bytes()))


def test_what_is_of_no_site_is_counted_and_told(home: Home, tmp_path: Path) -> None:
    mine, strange = pages(4), [Got(f"http://www.{n % 2}.example/{n}", b"<p>Hej</p>") for n in range(5)]
    path = source_of(tmp_path, STYLES["common crawl"]([*mine, *strange]))
    done = run_archiver(home.root, "import", str(path))
    assert "no profile names the host: www.0.example 3, www.1.example 2" in done.stderr
    assert "archiver sites add https://www.0.example/ makes a profile" in done.stderr
    assert len(rows(home, "captures")) == 4
    assert b"www.0.example" not in gzip.decompress(contents(home)[0])
    # Named by a person, all of it is of that site; what was taken is not taken again.
    done = run_archiver(home.root, "import", "--site", "n", "--json", str(path))
    [told] = report_of(done.stdout)["files"]
    assert (told["captures"], told["known"], told["unknown_hosts"]) == (5, 4, {})
    assert len(rows(home, "captures")) == 9
    assert findings(home) == []
    check_rebuild(home)


def test_one_file_goes_to_many_sites(home: Home, tmp_path: Path) -> None:
    new_home(home.root, "other", "other.example")
    theirs = [Got("http://other.example:80/a", b"<p>Hej</p>"), Got("https://other.example/b", b"<p>Hej!</p>")]
    path = source_of(tmp_path, STYLES["browsertrix"]([*pages(5), *theirs]))
    assert run(home, "import", str(path)) == 0
    assert select(home, "SELECT count(*) FROM captures GROUP BY site ORDER BY site") == [5, 2]
    assert findings(home) == []
    check_rebuild(home, ("n", "other"))


def test_a_site_without_a_profile_is_an_error_that_says_how_to_write_one(home: Home, tmp_path: Path) -> None:
    path = source_of(tmp_path, STYLES["heritrix"](pages(3)))
    done = run_archiver(home.root, "import", "--site", "gone", str(path))
    assert done.returncode == 2
    assert "unknown site 'gone'" in done.stderr
    assert "gone.toml with the line start_urls" in done.stderr
    empty = tmp_path / "empty"
    done = run_archiver(empty, "import", str(path))
    assert done.returncode == 2
    assert f"the files hold pages of {HOST} " in done.stderr
    assert f"archiver sites add https://{HOST}/ makes" in done.stderr
    assert not empty.exists()
    assert run_archiver(home.root, "import", str(tmp_path / "none")).returncode == 2
    assert run_archiver(home.root, "import").returncode == 2


def test_an_answer_to_post_or_of_a_name_server_is_no_capture(home: Home, tmp_path: Path) -> None:
    path = source_of(tmp_path, [*STYLES["browsertrix"](pages(4)), *STYLES["heritrix"](pages(3))[1:2]])
    done = run_archiver(home.root, "import", str(path))
    assert "taken, but no captures: " in done.stderr
    assert "answer to POST 1" in done.stderr
    assert f"{BASE}/api/count" not in select(home, "SELECT url FROM captures")
    assert f"dns:{HOST}" not in select(home, "SELECT url FROM captures")
    assert "api/count" not in home.index("n").read_text("utf-8")
    assert findings(home) == []
    check_rebuild(home)


def test_versions_of_many_days_are_the_versions_of_an_article(home: Home, tmp_path: Path) -> None:
    edited = next(a for a in articles() if a.slug == EDITED).path
    nights = [
        [
            got
            for got in pages(80, changed=n == 1, date=f"2021-0{n + 3}-04T05:06:{{:02}}Z")
            if got.url.endswith(edited)
        ]
        for n in range(3)
    ]
    assert (
        run(
            home,
            "import",
            str(source_of(tmp_path, STYLES["common crawl"]([got for night in nights for got in night]))),
        )
        == 0
    )
    assert select(home, "SELECT substr(first_seen, 1, 7) FROM article_versions ORDER BY version") == [
        "2021-03",
        "2021-04",
        "2021-05",
    ]
    assert findings(home) == []
    check_rebuild(home)


def test_texts_are_articles_unless_their_pages_are_here(home: Home, tmp_path: Path) -> None:
    text = b"En rubrik om digitalisering\n" + b"En lang mening som handlar om nagot viktigt i kommunen. " * 20
    texts = wet([Got(f"{BASE}/nyheter/text/{n}", b"%d. " % n + text) for n in range(3)])
    assert run(home, "import", str(source_of(tmp_path, texts, name="wet"))) == 0
    assert select(home, "SELECT DISTINCT warc_type || status || mime FROM captures") == [
        "conversion200text/plain"
    ]
    before = len(rows(home, "articles"))
    assert before == 3, select(home, "SELECT kind || reason FROM captures")
    assert home.index("n").read_bytes() == b""  # no server sent a text: replay does not show it
    html = b"<html><head><title>Sidan</title></head><body><h1>Sidan</h1><p>" + text + b"</p></body></html>"
    again = STYLES["common crawl"]([Got(f"{BASE}/nyheter/text/0", html)])
    assert run(home, "import", str(source_of(tmp_path, again, name="html"))) == 0
    [capture] = select(home, f"SELECT capture FROM articles WHERE url = '{BASE}/nyheter/text/0'")
    assert select(home, f"SELECT warc_type FROM captures WHERE warc_record_id = '{capture}'") == ["response"]
    assert select(home, "SELECT reason FROM captures WHERE kind = 'file'") == [
        "the text of a page that is here itself"
    ]
    assert findings(home) == []
    check_rebuild(home)


DAMAGES = {
    "a bit of a body": ("block-digest", lambda r: r.replace(b"</p>", b"<-p>", 1), False),
    "a bit of a member": ("gzip-damage", lambda m: m[:60] + bytes([m[60] ^ 8]) + m[61:], True),
    "half a record": ("wrong-length", lambda r: r[: len(r) // 2], False),
    "junk": ("junk", lambda m: m + b"junk" * 9, True),
    "no date": ("no-date", lambda r: r.replace(b"WARC-Date", b"Some-Date"), False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_told_and_the_rest_is_taken(home: Home, tmp_path: Path, name: str) -> None:
    code, damage, is_of_member = DAMAGES[name]
    records = STYLES["common crawl"](pages(6))
    members = [gzip.compress(r) for r in records]
    members[8] = damage(members[8]) if is_of_member else gzip.compress(damage(records[8]))
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(b"".join(members))
    done = run_archiver(home.root, "import", str(path), "--json")
    assert done.returncode == 1
    [told] = report_of(done.stdout)["files"]
    at = sum(map(len, members[:8]))
    assert (code, at) in [(f["code"], f["offset"]) for f in told["faults"]] or name == "junk"
    assert code in [f["code"] for f in told["faults"]]
    assert told["captures"] == (6 if name == "junk" else 5)
    assert findings(home) == []
    again = run_archiver(home.root, "import", str(path))
    assert again.returncode == 1
    assert code in again.stderr and "nothing was new" in again.stderr


@pytest.mark.parametrize("command", ["import", "verify", "repair"])
def test_a_folder_without_warc_files_is_a_mistake(home: Home, tmp_path: Path, command: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "page.html").write_text("<p>Hej</p>")
    done = run_archiver(home.root, command, str(tmp_path / "other"))
    assert done.returncode == 2
    assert "there is no WARC file in this folder" in done.stderr


def test_a_torn_file_and_what_is_no_warc(home: Home, tmp_path: Path) -> None:
    whole = packed(STYLES["warcio"](pages(6)))
    torn, other, empty = (tmp_path / f"{n}.warc.gz" for n in ("torn", "other", "empty"))
    torn.write_bytes(whole[:-30])
    other.write_bytes(b"PK\x03\x04 no WARC" * 99)
    empty.write_bytes(b"")
    done = run_archiver(home.root, "import", str(torn), str(other), str(empty), "--json")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    told = report_of(done.stdout)["files"]
    assert [[f["code"] for f in one["faults"]] for one in told] == [["torn-tail"], ["zip-file"], []]
    assert len(rows(home, "captures")) == 6
    assert findings(home) == []


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("options", [(), ("--no-warc-compression",), ("--compression=gzip",)])
def test_what_wget_writes(tmp_path: Path, options: tuple[str, ...]) -> None:
    home = new_home(tmp_path / "data")
    with DemoServer() as server:
        home.profile("n").write_text(f'start_urls = ["{server.news_url}"]\n', "utf-8")
        subprocess.run(
            ["wget", "-q", "-r", "-l", "2", "-P", tmp_path / "tree", "--warc-file", tmp_path / "w", *options, server.news_url],
            check=False, env={},
        )  # fmt: skip
    [path] = tmp_path.glob("w.warc*")
    checked = run_archiver(home.root, "verify", str(path))
    assert (checked.returncode, "no defect" in checked.stderr) == (0, True), checked.stdout
    assert run(home, "import", str(path)) == 0
    assert len(rows(home, "articles")) > 15
    assert findings(home) == []
    check_rebuild(home)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("style", STYLES)
def test_verify_finds_no_defect_in_whole_files_of_others(
    home: Home, tmp_path: Path, style: str, layout: str
) -> None:
    path = source_of(tmp_path, STYLES[style](pages(5)), layout)
    done = run_archiver(home.root, "verify", "--json", str(path))
    assert done.returncode == 0, done.stdout
    assert {found["level"] for found in report_of(done.stdout)} <= {"note"}


CODINGS = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", CODINGS)
def test_bodies_in_any_coding_are_whole_and_read(home: Home, tmp_path: Path, coding: str) -> None:
    head = b"Content-Type: text/html; charset=utf-8\r\nContent-Encoding: " + coding.encode()
    coded = [replace(got, body=CODINGS[coding](got.body), head=head) for got in pages(5)[2:]]
    for style in ("heritrix", "wget-like", "browsertrix"):
        path = source_of(tmp_path, STYLES[style](coded), name=style)
        done = run_archiver(home.root, "verify", "--json", str(path))
        assert (done.returncode, "unapplied" in done.stdout) == (0, False), done.stdout
        assert run(home, "import", str(path)) == 0
    assert len(rows(home, "articles")) == 3
    assert {level for level, _ in findings(home)} <= {"note"}


def test_an_archive_of_ours_is_imported_like_any_other(home: Home, tmp_path: Path) -> None:
    first, second = home, new_home(tmp_path / "second")
    path = source_of(tmp_path, STYLES["heritrix"](pages(5)))
    assert run(first, "import", str(path)) == 0
    [copy] = first.archive("n").glob("*.warc.gz")
    assert run(second, "import", str(copy)) == 0
    of_first, of_second = (
        select(h, "SELECT warc_record_id FROM captures ORDER BY 1") for h in (first, second)
    )
    assert of_first == of_second
    assert select(second, "SELECT DISTINCT crawl FROM captures") == select(second, "SELECT id FROM crawls")
    assert findings(second) == [("note", "lost-original")]
    check_rebuild(second)


def test_pack_and_the_night_after(home: Home, tmp_path: Path) -> None:
    for n in range(3):
        path = source_of(tmp_path, STYLES["browsertrix"](pages(12)[n * 4 : n * 4 + 4]), name=f"part-{n}")
        assert run(home, "import", str(path)) == 0
    assert len(contents(home)) == 3
    assert run(home, "pack") == 0
    assert len(contents(home)) == 1
    assert findings(home) == []
    check_rebuild(home)


def test_a_record_id_that_another_capture_has_is_left_out(home: Home, tmp_path: Path) -> None:
    def one(url: str) -> bytes:
        return record("response", b"HTTP/1.1 200 OK\r\n\r\n", ("WARC-Target-URI", url), ("WARC-Record-ID", "<urn:uuid:1>"),
                      ("WARC-Date", "2021-03-04T05:06:07Z"), ("Content-Type", "application/http"))  # fmt: skip

    assert run(home, "import", str(source_of(tmp_path, [one(f"{BASE}/a")], name="a"))) == 0
    done = run_archiver(home.root, "import", str(source_of(tmp_path, [one(f"{BASE}/b")], name="b")))
    assert "left out: record-id-taken 1" in done.stderr
    assert select(home, "SELECT url FROM captures") == [f"{BASE}/a"]


def test_what_was_only_imported_was_never_crawled_and_no_crawl_was_cut_off(
    home: Home, tmp_path: Path
) -> None:
    path = source_of(tmp_path, STYLES[next(iter(STYLES))](pages()))
    assert run_archiver(home.root, "import", str(path)).returncode == 0
    done = run_archiver(home.root, "status", "--json")
    assert done.returncode == 0, done.stderr
    assert {row["last_state"] for row in json.loads(done.stdout)} == {"never crawled"}
