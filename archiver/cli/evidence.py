"""``show --evidence``: how each field is known, where its capture lies, what was stripped and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from archiver.cli.main import Settings
from archiver.cli.output import printable
from archiver.instants import to_text
from archiver.model import Article, Capture, Stripped
from archiver.originals import original_of
from archiver.store.articles import stripped
from archiver.store.captures import capture
from archiver.warc.file import OPEN
from archiver.warc.places import located

MENTIONED = ("feed", "sitemap", "listing")  # methods of evidence that another page gives

# Of what the page itself marks, so many lines of one reason are shown; --json has all.
SHOWN = 10
WIDTH = 90


def print_evidence(db: sqlite3.Connection, settings: Settings, article: Article) -> None:
    """Print the evidence of an article for a person: each field, each record that it was read from."""
    print("\nEvidence")
    for name, found in article.evidence.items():
        raw = " ".join(found["raw"].split())[:120]
        said = f": {printable(raw)}" if raw else ""
        print(f"  {name:<16}{found['method']}, {printable(found['where'])}{said}")
    archive = settings.home.archive(article.site or "")
    for fields, held in records_of(db, article):
        print(f"\nRecord    {held.warc_record_id}")
        print(f"  says    {', '.join(fields) or 'what further pages of the article say'}")
        print(f"  of      {printable(held.url)}, {to_text(held.warc_date)}")
        _print_place(archive, held)
        if (original := original_of(db, archive, held)) is not None:
            print(f"  as in   {original.warc_record_id}, which keeps the same payload")
            _print_place(archive, original)
    for line in stripped_lines(stripped(db, article.id or "")):
        print(f"\n{line}" if line.startswith("Stripped") else line)


def _print_place(archive: Path, held: Capture) -> None:
    path = located(archive, held.filename)
    print(f"  in      {path}, bytes {held.offset} to {held.offset + held.length}")
    print(f"  cut it out: {cut_command(path, held)}")


def records_of(db: sqlite3.Connection, article: Article) -> list[tuple[list[str], Capture]]:
    """The records that an article was read from, each with the fields that it says."""
    own = str((article.capture or {}).get("warc_record_id"))
    captures = {record: capture(db, record) for record in (own, *(article.captures or ()))}
    fields: dict[str, list[str]] = {own: []}
    for name, found in article.evidence.items():
        if found["method"] == "profile":
            continue
        said_by = own
        if found["method"] in MENTIONED:
            others = (r for r, c in captures.items() if c is not None and c.url == found["where"])
            said_by = next(others, own)
        fields.setdefault(said_by, []).append(name)
    named = [record for record in captures if record in fields or record in (article.captures or ())]
    return [(fields.get(record, []), c) for record in named if (c := captures[record]) is not None]


def cut_command(path: Path, capture: Capture) -> str:
    """The command that prints a record as it lies in its file."""
    cut = f"tail -c +{capture.offset + 1} {quote(str(path))} | head -c {capture.length}"
    return cut if path.name.removesuffix(OPEN).endswith(".warc") else f"{cut} | gunzip"


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
