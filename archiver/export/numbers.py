"""What a dataset holds, counted while its articles pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archiver.export.citation import one_line
from archiver.model import Article


@dataclass
class SiteNumbers:
    """What there is of one site; ``first`` and ``last`` are the earliest and the latest publication."""

    publisher: str | None = None
    articles: int = 0
    dated: int = 0
    first: str | None = None
    last: str | None = None


@dataclass
class Numbers:
    """The numbers of a dataset; ``oldest`` and ``newest`` are the instants of its first and last capture."""

    articles: int = 0
    characters: int = 0
    with_author: int = 0
    gone: int = 0
    changed: int = 0
    oldest: str | None = None
    newest: str | None = None
    sites: dict[str, SiteNumbers] = field(default_factory=dict)
    years: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    def each(self, articles: Iterable[Article]) -> Iterator[Article]:
        """The articles as they come, counted."""
        for article in articles:
            self._count(article)
            yield article

    @property
    def dated(self) -> int:
        """How many articles have a date of publication."""
        return sum(site.dated for site in self.sites.values())

    @property
    def first(self) -> str | None:
        """The earliest date of publication."""
        return min((site.first for site in self.sites.values() if site.first), default=None)

    @property
    def last(self) -> str | None:
        """The latest date of publication."""
        return max((site.last for site in self.sites.values() if site.last), default=None)

    def _count(self, article: Article) -> None:
        self.articles += 1
        self.characters += len(article.body)
        self.with_author += bool(article.authors)
        self.gone += article.gone_since is not None
        self.changed += (article.versions or 1) > 1
        if captured := (article.capture or {}).get("warc_date"):
            self.oldest = min(self.oldest or captured, captured)
            self.newest = max(self.newest or captured, captured)
        self.languages[one_line(article.language) or "unknown"] += 1
        self._count_of_site(article)

    def _count_of_site(self, article: Article) -> None:
        site = self.sites.setdefault(article.site or "", SiteNumbers())
        site.articles += 1
        site.publisher = site.publisher or one_line(article.publisher)
        day = (one_line(article.date_published) or "")[:10]
        self.years[day[:4] or "unknown"] += 1
        if day:
            site.dated += 1
            site.first = min(site.first or day, day)
            site.last = max(site.last or day, day)
