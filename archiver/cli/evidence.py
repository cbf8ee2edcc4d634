"""``show --evidence``: how each field is known, where its capture lies, what was stripped and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from archiver.cli.main import Settings
from archiver.cli.output import printable
from archiver.model import Article, Stripped
from archiver.store.articles import stripped
from archiver.warc.places import located

# Of what the page itself marks, so many lines of one reason are shown; --json has all.
SHOWN = 10
WIDTH = 90


def print_evidence(db: sqlite3.Connection, settings: Settings, article: Article) -> None:
    """Print the evidence of an article for a person."""
    print("\nEvidence")
    for name, found in article.evidence.items():
        raw = " ".join(found["raw"].split())[:120]
        said = f": {printable(raw)}" if raw else ""
        print(f"  {name:<16}{found['method']}, {printable(found['where'])}{said}")
    capture = article.capture or {}
    print(f"\nCapture   {capture.get('warc_record_id')}")
    path = located(settings.home.archive(article.site or ""), str(capture.get("filename")))
    print(f"  in {path}")
    offset, length = int(capture.get("offset", 0)), int(capture.get("length", 0))
    unpack = "" if path.name.endswith(".warc") else " | gunzip"
    print(f"  cut it out: tail -c +{offset + 1} '{path}' | head -c {length}{unpack}")
    for line in stripped_lines(stripped(db, article.id or "")):
        print(f"\n{line}" if line.startswith("Stripped") else line)


def stripped_lines(blocks: Sequence[Stripped]) -> list[str]:
    """What was stripped: first what the site's pages prove, then what the page's own marks say."""
    lines: list[str] = []
    if proven := [b for b in blocks if b.of]:
        lines.append("Stripped: the site's pages show it")
        lines += [f"  {_short(b.text)} – {b.pages} of {b.of} pages" for b in proven]
    reasons: dict[str, list[str]] = {}
    for block in blocks:
        if not block.of:
            reasons.setdefault(block.reason, []).append(_short(block.text))
    if reasons:
        lines.append("Stripped: the page itself says what it is")
    for reason, texts in reasons.items():
        more = f" · and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
        lines.append(f"  {' · '.join(texts[:SHOWN])}{more} – {reason}")
    return lines


def _short(text: str) -> str:
    return printable(" ".join(text.split())[:WIDTH])
