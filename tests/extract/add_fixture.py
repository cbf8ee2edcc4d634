"""Adds a fixture: ``python -m tests.extract.add_fixture LAYOUT PAGE.html --url URL``.

The page is copied into ``fixtures/LAYOUT/`` and its JSON written from what the extractor says
today. That is where reading begins: correct the JSON until it says what the page says.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.extract.fixture import FIXTURES, SUFFIXES, Fixture, fields, page_files, write_fixture


def _words(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.extract.add_fixture", description=__doc__)
    parser.add_argument("layout", help="the folder in fixtures/; a new name is a new layout")
    parser.add_argument("page", type=Path, help="the page's bytes, .html or .txt; its name is the slug")
    parser.add_argument("--url", required=True, help="the address that the page came from")
    parser.add_argument("--captured", type=date.fromisoformat, help="the day of the capture; default today")
    parser.add_argument("--valid-until", type=date.fromisoformat, help="the layout's last day")
    parser.add_argument("--content-type", help="the header; default by the name, without a charset")
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--learn-with", type=Path, help="a folder of other pages of the site, learned first")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Add one; 2 where the page is of no known type or its slug is taken."""
    given = _words(words)
    folder = FIXTURES / given.layout
    file = folder / given.page.name
    if file.suffix not in SUFFIXES or file.with_suffix(".json").exists():
        print(f"{file}: is there already, or neither .html nor .txt", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    _copy(given.page, file)
    for other in page_files(given.learn_with) if given.learn_with else ():
        (folder / given.learn_with.name).mkdir(exist_ok=True)
        _copy(other, folder / given.learn_with.name / other.name)
    fixture = Fixture(
        file=file,
        url=given.url,
        content_type=given.content_type or ("text/plain" if file.suffix == ".txt" else "text/html"),
        captured=given.captured or datetime.now(UTC).date(),
        valid_until=given.valid_until,
        status=given.status,
        learn_with=given.learn_with.name if given.learn_with else None,
        expected={},
    )
    print(write_fixture(replace(fixture, expected=fields(fixture.extract()))), end="")
    return 0


def _copy(page: Path, to: Path) -> None:
    if page.resolve() != to.resolve():
        shutil.copyfile(page, to)


if __name__ == "__main__":
    sys.exit(main())
