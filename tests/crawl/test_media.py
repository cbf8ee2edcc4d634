"""What belongs to an article is captured with it: its images, the documents that it links to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.reservations import TDM_FILE
from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, write_profile
from tests.servers.raw import RawServer, answer

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"x" * 2000
PDF = b"%PDF-1.7 " + b"x" * 3000
MORE = (
    "<figure><img src='/bilder/ny.png' alt='Ett kontor'></figure>"
    "<p>Läs hela <a href='/filer/rapport.pdf'>rapporten</a> eller <a href='bilaga.docx'>bilagan</a>.</p>"
    "<p>Om <a href='https://other.example/annat.pdf'>något annat</a>, på en annan webbplats.</p>"
)
STYLE = "@font-face { src: url(/typsnitt/a.woff2) } body { background: url('/bilder/bakgrund.png') }"


def pages() -> dict[str, bytes]:
    thumbnail = "<aside><img src='/bilder/liten.png'><a href='/filer/villkor.pdf'>Villkor</a></aside>"
    text = article("Nytt kontor", more=MORE).replace("</main>", f"</main>{thumbnail}")
    text = text.replace("</head>", "<link rel='stylesheet' href='/stil.css'></head>")
    return {
        "/robots.txt": answer("User-agent: *\nDisallow: /filer/hemlig", kind="text/plain"),
        "/nyheter/": answer(listing(["/nyheter/a/"]).replace("<ul>", "<img src='/bilder/lista.png'><ul>")),
        "/nyheter/a/": answer(text),
        "/nyheter/om/": answer(page("Om oss", "<h1>Om oss</h1><img src='/bilder/om.png'>")),
        "/bilder/ny.png": answer(PNG, kind="image/png"),
        "/bilder/liten.png": answer(PNG + b"s", kind="image/png"),
        "/filer/rapport.pdf": answer(PDF, kind="application/pdf"),
        "/nyheter/a/bilaga.docx": answer(b"PK" + PDF, kind="application/octet-stream"),
        "/stil.css": answer(STYLE, kind="text/css"),
        "/typsnitt/a.woff2": answer(b"wOF2" + PDF, kind="font/woff2"),
        "/bilder/bakgrund.png": answer(PNG + b"b", kind="image/png"),
    }


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "archiver.db")) as db:
        return db.execute(query).fetchall()


ARTICLE = ["/bilder/ny.png", "/filer/rapport.pdf", "/nyheter/a/bilaga.docx"]
PAGE = ["/bilder/bakgrund.png", "/bilder/liten.png", "/stil.css", "/typsnitt/a.woff2"]


@pytest.mark.parametrize(
    ("media", "asked"), [("article", ARTICLE), ("none", []), ("page", sorted(ARTICLE + PAGE))]
)
def test_what_the_profile_asks_for_is_captured(tmp_path: Path, media: str, asked: list[str]) -> None:
    with RawServer(pages()) as server:
        write_profile(tmp_path, server, more=f'[crawl]\nmedia = "{media}"\n')
        done = run_archiver(tmp_path, "crawl", "--delay", "0", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["sites"][0]["media"] == len(asked)
        others = {"/robots.txt", TDM_FILE, "/nyheter/", "/nyheter/a/"}
        assert sorted({a.target for a in server.log} - others) == asked
        again = run_archiver(tmp_path, "crawl", "--full", "--delay", "0")
        assert again.returncode == 0, again.stderr
        assert [server.times(target) for target in asked] == [1] * len(asked), "what is there stays there"
    verified = run_archiver(tmp_path, "verify", "--derive")
    assert verified.returncode == 0, verified.stdout
    assert len(rows(tmp_path, "SELECT * FROM articles")) == 1
    files = rows(
        tmp_path,
        "SELECT kind, replace(url, rtrim(url, replace(url, '/', '')), ''), capture FROM article_files",
    )
    captures = {row[0] for row in rows(tmp_path, "SELECT warc_record_id FROM captures WHERE status = 200")}
    expected = {("image", "ny.png"), ("file", "rapport.pdf"), ("file", "bilaga.docx")} if asked else set()
    assert {(kind, name) for kind, name, _ in files} == expected
    assert {capture for _, _, capture in files} <= captures


def test_numbers_and_sizes_are_bounded_and_robots_obeyed(tmp_path: Path) -> None:
    many = "".join(f"<p><img src='/bilder/{n}.png' alt='Bild {n}'></p>" for n in range(9))
    more = f"<p><a href='/filer/hemlig.pdf'>Hemlig</a></p><p><img src='/stor.png'></p>{many}"
    served = pages() | {
        "/nyheter/a/": answer(article("Nytt kontor", more=more)),
        "/stor.png": answer(PNG * 100, kind="image/png"),
        **{f"/bilder/{n}.png": answer(PNG, kind="image/png") for n in range(9)},
    }
    with RawServer(served) as server:
        write_profile(tmp_path, server, more="[crawl]\nmax_media = 6\nmax_bytes = 100000\n")
        done = run_archiver(tmp_path, "crawl", "--delay", "0")
        assert done.returncode == 0, done.stderr
        asked = {a.target for a in server.log}
    assert len([target for target in asked if target.endswith(".png")]) == 6
    assert "/filer/hemlig.pdf" not in asked
    assert rows(tmp_path, "SELECT truncated FROM captures WHERE url LIKE '%stor.png'") == [("length",)]
    assert run_archiver(tmp_path, "verify").returncode == 0
