"""Address groups: which addresses are the same article.

Redirects, canonical links, identical text and what the archive knows already join
addresses; the further pages of an article join its first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from archiver.derive.pages import Observation
from archiver.derive.renderings import is_same_article, plain_version
from archiver.extract.parts import first_part
from archiver.model import PageKind

# Shorter texts than this may be alike by chance.
MIN_TEXT = 200


class Groups:
    """Disjoint sets of addresses (union by the address that arrived first)."""

    def __init__(self, arrival: Mapping[str, int]) -> None:
        self._arrival = arrival
        self._parent: dict[str, str] = {}

    def find(self, url: str) -> str:
        """The address that stands for the group of this one."""
        root = url
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(url, url)) != root:
            self._parent[url], url = root, parent
        return root

    def join(self, a: str, b: str) -> None:
        """Make two addresses one article; the one that arrived first stands for both."""
        a, b = self.find(a), self.find(b)
        if a != b:
            last = len(self._arrival)
            first, second = sorted((a, b), key=lambda url: (self._arrival.get(url, last), url))
            self._parent[second] = first

    def members(self, urls: Iterable[str]) -> dict[str, list[str]]:
        """The groups of these addresses: representative to members, in the order given."""
        groups: dict[str, list[str]] = defaultdict(list)
        for url in urls:
            groups[self.find(url)].append(url)
        return dict(groups)


def join_canonical(groups: Groups, latest: Mapping[str, Observation]) -> None:
    """Join each article with the canonical address that it rightly claims."""
    claims: dict[str, list[str]] = defaultdict(list)
    for url, seen in latest.items():
        canonical = seen.extraction.canonical_url
        if seen.extraction.kind is PageKind.ARTICLE and canonical and canonical != url:
            claims[canonical].append(url)
    for canonical, claimants in claims.items():
        known = latest.get(canonical)
        titles = {latest[url].extraction.title for url in claimants}
        if known is not None and known.extraction.kind is PageKind.ARTICLE:
            titles.add(known.extraction.title)
        elif known is not None:
            continue
        if len(titles) == 1:
            for url in claimants:
                groups.join(canonical, url)


def join_same_text(groups: Groups, latest: Mapping[str, Observation]) -> None:
    """Join addresses that serve the same article: equal in title, date and text."""
    by_content: dict[tuple[str | None, str, str | None], str] = {}
    for url, seen in latest.items():
        if seen.extraction.kind is PageKind.ARTICLE and len(seen.extraction.body) >= MIN_TEXT:
            groups.join(by_content.setdefault(seen.content, url), url)


def join_renderings(groups: Groups, latest: Mapping[str, Observation]) -> None:
    """Join AMP and print versions with their article: by the address, else by title, day and text."""
    articles = _articles(latest)
    plain = {url.rstrip("/"): url for url in articles}
    by_title: dict[str | None, list[str]] = defaultdict(list)
    for url, seen in articles.items():
        if plain_version(url) is None:
            by_title[seen.extraction.title].append(url)
    for url, seen in articles.items():
        address = plain_version(url)
        if address is None:
            continue
        named = plain.get(address)
        if named and articles[named].extraction.title == seen.extraction.title:
            groups.join(named, url)
            continue
        same = [u for u in by_title[seen.extraction.title]
                if is_same_article(articles[u].extraction, seen.extraction)]  # fmt: skip
        if same:
            groups.join(same[0], url)


def join_parts(groups: Groups, latest: Mapping[str, Observation]) -> None:
    """Join each page that shows itself to be page 2, 3 … of an article with the first."""
    articles = _articles(latest)
    plain = {url.rstrip("/"): url for url in articles}
    for url, seen in articles.items():
        first = plain.get(first_part(url).rstrip("/")) if seen.extraction.part else None
        if first and first != url and _continues(articles[first], seen):
            groups.join(first, url)


def _continues(first: Observation, later: Observation) -> bool:
    """True where a page has the title of the first, or one that begins with it."""
    title = first.extraction.title
    return bool(title) and (later.extraction.title or "").startswith(title or "")


def _articles(latest: Mapping[str, Observation]) -> dict[str, Observation]:
    return {url: seen for url, seen in latest.items() if seen.extraction.kind is PageKind.ARTICLE}
