"""Fixtures: pages as systems of many makes emit them, each with what a careful reader says it says.

A folder of ``fixtures/`` is a layout. It holds ``<slug>.html`` (or .txt), the page's bytes, and
``<slug>.json``, what it was and what it says. Where ``learn_with`` names a folder beside the page,
the pages in it are learned first, as a crawl of that site would have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.model import Extraction, Page, PageKind

FIXTURES = Path(__file__).parent / "fixtures"
SUFFIXES = (".html", ".txt")
# What is expected of every page, and what only of an article.
OF_EVERY_PAGE = ("canonical_url", "kind", "title")
OF_AN_ARTICLE = (
    "authors", "body", "body_markdown", "date_modified", "date_published", "description", "keywords",
    "language", "next_url", "stripped",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixture:
    """A page on disk with its expectation; the fields are the keys of its JSON.

    ``captured`` is the day on which a page of this make was the current one, ``valid_until`` the
    last day of the layout or None while it lasts. ``known_differences`` says of a field why the
    extractor does not give what is expected; such a field must fail.
    """

    file: Path
    url: str
    content_type: str | None
    captured: date
    valid_until: date | None
    expected: dict[str, Any]
    status: int = 200
    content_language: str | None = None
    learn_with: str | None = None
    known_differences: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Layout and slug."""
        return f"{self.file.parent.name}/{self.file.stem}"

    @property
    def page(self) -> Page:
        """The page as extraction gets it."""
        return Page(
            url=self.url,
            body=self.file.read_bytes(),
            content_type=self.content_type,
            status=self.status,
            language=self.content_language,
        )

    def neighbours(self) -> list[Page]:
        """The site's other pages, at addresses beside this one's."""
        if self.learn_with is None:
            return []
        files = page_files(self.file.parent / self.learn_with)
        return [
            Page(url=urljoin(self.url, f"../{f.stem}/"), body=f.read_bytes(), content_type=self.content_type)
            for f in files
        ]

    def extract(self) -> Extraction:
        """What the extractor says of the page today, its neighbours learned first."""
        pages = [(page, ()) for page in self.neighbours()]
        model = ChromeModel.empty().learn([*pages, (self.page, ())]) if pages else None
        return extract_article(self.page, chrome=model)


def page_files(folder: Path) -> list[Path]:
    """The pages in a folder, by name."""
    return sorted(f for f in folder.iterdir() if f.suffix in SUFFIXES)


def fixtures() -> Iterator[Fixture]:
    """Every fixture, by layout and slug. Raises where a page has no JSON, or one that is not whole."""
    for folder in sorted(f for f in FIXTURES.iterdir() if f.is_dir()):
        for file in page_files(folder):
            yield read_fixture(file)


def read_fixture(file: Path) -> Fixture:
    """The fixture of a page, from the JSON beside it; an unknown key raises TypeError."""
    data = json.loads(file.with_suffix(".json").read_text("utf-8"))
    until = data.pop("valid_until")
    return Fixture(
        file=file,
        captured=date.fromisoformat(data.pop("captured")),
        valid_until=date.fromisoformat(until) if until else None,
        **data,
    )


def write_fixture(fixture: Fixture) -> str:
    """Writes the JSON of a fixture, keys sorted, and gives its text."""
    data = {
        "captured": fixture.captured.isoformat(),
        "content_language": fixture.content_language,
        "content_type": fixture.content_type,
        "expected": fixture.expected,
        "known_differences": fixture.known_differences,
        "learn_with": fixture.learn_with,
        "status": fixture.status,
        "url": fixture.url,
        "valid_until": fixture.valid_until.isoformat() if fixture.valid_until else None,
    }
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    fixture.file.with_suffix(".json").write_text(text, "utf-8")
    return text


def fields(found: Extraction) -> dict[str, Any]:
    """An extraction as the fields of a fixture: a text as its lines, what was stripped by the alphabet."""
    names = OF_EVERY_PAGE + (OF_AN_ARTICLE if found.kind is PageKind.ARTICLE else ())
    return {name: _plain(name, getattr(found, name)) for name in sorted(names)}


def _plain(name: str, value: Any) -> Any:
    if name == "kind":
        return value.value
    if name in ("body", "body_markdown"):
        return value.split("\n")
    if name == "stripped":
        proved = [
            block for block in value if block.of or block.where == "line"
        ]  # not by the page's own marks
        return sorted(block.text for block in proved)
    return list(value) if isinstance(value, tuple) else value
