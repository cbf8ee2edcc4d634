"""Articles as the tests of exports use them: one with every field, hostile ones, empty ones."""

from __future__ import annotations

from typing import Any

from archiver.export.record import KEYS
from archiver.model import Article

CAPTURE = {
    "warc_record_id": "<urn:uuid:5a0d1c2e-0000-4000-8000-000000000001>",
    "warc_date": "2026-01-02T03:04:05.123456Z",
    "filename": "demo-20260102030405-00000-host.warc.gz",
    "offset": 1234,
    "length": 5678,
    "payload_digest": "sha256:" + "ab" * 32,
    "status": 200,
}

SEEN = "2026-01-02T03:04:05.123456Z"


def article(**values: Any) -> Article:
    """An article in which only what must be there is there."""
    empty: dict[str, Any] = dict.fromkeys(KEYS)
    empty |= {"id": "0123456789abcdef", "site": "s", "body": "", "body_markdown": "", "authors": ()}
    empty |= {"url": "https://s.example/a", "canonical_url": "https://s.example/a", "first_seen": SEEN}
    empty |= {"keywords": (), "captures": (), "evidence": {}, "extractor": "e", "versions": 1, "version": 1}
    return Article(**empty | values)


def full(**values: Any) -> Article:
    """An article with every field."""
    whole: dict[str, Any] = {
        "id": "cdf45fe247db5f92",
        "site": "demo",
        "url": "https://www.example.se/nyheter/väg?a=1&b=2",
        "canonical_url": "https://www.example.se/nyheter/vag/",
        "publisher": "Exempel & Söner AB",
        "title": "Ny väg framåt: 50 % «bättre» <b>än</b> i {fjol}",
        "description": "En kort & bra sammanfattning.",
        "body": "Första stycket.\n\nAndra, med å, ä, ö och 🙂.\n\nEn rubrik\n\n- ett\n- två",
        "body_markdown": "Första **stycket**.\n\nAndra, med å, ä, ö och 🙂.\n\n## En rubrik\n\n- ett\n- två",
        "authors": ("Anna Svensson", "Redaktionen", "Karin Ahl-Lund"),
        "keywords": ("digitalisering", "väg, järnväg", "R&D_50%"),
        "date_published": "2024-03-04T10:00:00+01:00",
        "date_modified": "2024-03-05",
        "language": "sv",
        "version": 2,
        "versions": 3,
        "first_seen": "2024-03-04T12:00:00.000000Z",
        "last_seen": "2026-01-02T03:04:05.123456Z",
        "gone_since": "2026-02-03T04:05:06.000007Z",
        "observed": "live",
        "capture": dict(CAPTURE),
        "captures": (CAPTURE["warc_record_id"], "<urn:uuid:5a0d1c2e-0000-4000-8000-000000000002>"),
        "evidence": {
            "title": {"method": "json-ld", "where": "/html/head/script[1]", "raw": "Ny väg & <b>"},
            "date_published": {"method": "time", "where": "//time[1]", "raw": "4 mars 2024"},
        },
        "extractor": "nyhetsarkiv 1.0",
        "chrome_model": "sha256:" + "cd" * 32,
        "profile": "sha256:" + "ef" * 32,
    }
    return Article(**whole | values)


HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    "=cmd|'/C calc'!A0",
    "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1",
    "]]>", "a]]><b>&amp;&#0;", "\x00\x01\x0b\x1f\x7f\x85\ufffe\uffff",
    "abc \u202egnp.exe\u202c",
    "Robert'); DROP TABLE articles;--",
    "a\nER  - \nTY  - BOOK", "a\r\nb\u2028c\u2029d\x1ce",
    "{ unbalanced", "} unbalanced", "\\input{/etc/passwd} \\", "$x_1^2 ~ 50% & #1", '"quoted", and "more',
    "--- \nid: evil\n...", "'", "''=1", "# heading", "[a](javascript:alert(1))", "![x](http://evil/x.png)",
    "`code`", "*a* _b_", "Anna and Bo", "Svensson, Anna", ", ", " ", "",
)  # fmt: skip
"""What goes through every export and stays text."""


def hostile() -> list[Article]:
    """An article for each text, with the text in every field that a page can choose."""
    return [
        full(
            id=f"{n:016x}", title=text, description=text, publisher=text, authors=(text,), keywords=(text,),
            body=text, body_markdown=text, language=text, date_published=text, date_modified=text,
            evidence={"title": {"method": text, "where": text, "raw": text}},
        )
        for n, text in enumerate(HOSTILE_TEXTS)
    ]  # fmt: skip
