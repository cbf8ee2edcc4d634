"""The bench site: a news archive of any size, the same bytes every time, made as it is asked for.

Every page is some 36 kB with 160 links, as pages of news sites are: a menu, a mobile menu,
columns of latest and related articles, tags, a footer, and the text in between. The news
archive lists fifty articles a page. Every address of the site that a page names exists.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, cached_property

PAGE_BYTES = 36_000
LINKS = 160
A_LISTING = 50
FIRST_YEAR, YEARS = 2006, 20
_SECTIONS = ("tjanster", "om-oss", "medarbetare", "karriar", "kontakt", "kunder", "metod", "utbildning")
_TAGS = ("ledning", "vard", "skola", "digitalisering", "upphandling", "organisation", "analys", "klimat")
_BEGINNINGS = "sam ut för av till upp in an be om vid över fram kring mot mellan sär under"
_MIDDLES = "verk sats slag håll led veckl sök arbet ställ bygg tänk form häv mål kraft sikt byte"
_ENDINGS = "ning an ar else het are ande skap ligt bar isk ingar nad eringen samt full tid en"
WORDS = sorted({a + b + c for a in _BEGINNINGS.split() for b in _MIDDLES.split() for c in _ENDINGS.split()})


@dataclass(frozen=True, kw_only=True)
class BenchSite:
    """A site of ``articles`` articles, the newest with the highest number."""

    articles: int

    def page(self, path: str) -> bytes | None:
        """The page at a path, None where there is none."""
        if path == "/robots.txt":
            return b"User-agent: *\nAllow: /\n"
        parts = path.strip("/").split("/")
        if parts == ["nyheter"]:
            return self._listing(1)
        if parts[:2] == ["nyheter", "sida"] and len(parts) == 3 and parts[2].isdigit():
            return self._listing(int(parts[2]))
        if parts[0] == "nyheter" and len(parts) == 3:
            return self._article(path)
        return self._section(path) if path in self._others else None

    @cached_property
    def _others(self) -> frozenset[str]:
        sections = ["/", *(f"/{name}/" for name in _SECTIONS)]
        return frozenset([*sections, *(f"/etikett/{name}/" for name in _TAGS)])

    @property
    def listings(self) -> int:
        """How many pages the news archive has."""
        return -(-self.articles // A_LISTING)

    @property
    def pages(self) -> int:
        """How many pages a crawler finds that follows every link."""
        return self.articles + self.listings + len(self._others)

    def address(self, number: int) -> str:
        """The path of an article, by its number from 1."""
        rng = random.Random(number)  # noqa: S311 - the same site every time
        year = FIRST_YEAR + (number - 1) * YEARS // self.articles
        return f"/nyheter/{year}/{'-'.join(rng.choices(self._plain, k=5))}-{number}/"

    @cached_property
    def _plain(self) -> list[str]:
        return [word.translate(str.maketrans("åäö", "aao")) for word in WORDS]

    def _article(self, path: str) -> bytes | None:
        number = path.rstrip("/").rsplit("-", 1)[-1]
        if not number.isdigit() or not 0 < int(number) <= self.articles:
            return None
        if self.address(int(number)) != path:
            return None
        return self._filled(f"Artikel {number}", "", int(number))

    def _listing(self, page: int) -> bytes | None:
        if not 0 < page <= self.listings:
            return None
        newest = self.articles - (page - 1) * A_LISTING
        items = "".join(
            f"<li><h2>{self._link(number)}</h2><p>{sentence(number, 25)}</p></li>"
            for number in range(newest, max(0, newest - A_LISTING), -1)
        )
        further = "".join(
            f'<a href="/nyheter/sida/{n}/">{n}</a> '
            for n in range(max(2, page - 3), page + 4)
            if n <= self.listings
        )
        return self._filled("Nyheter", f"<ul>{items}</ul><p>{further}</p>", -page)

    def _section(self, path: str) -> bytes:
        return self._filled(path, "", -100_000 - len(path))

    def _filled(self, title: str, main: str, seed: int) -> bytes:
        """A page with its columns, brought to its number of links and bytes."""
        missing = LINKS - _FIXED - main.count("<a ")
        column = "".join(f"<li>{self._link(n)}</li>" for n in self._around(seed, missing))
        before = (_HEAD.format(title=title) + main).encode()
        after = _FOOT.format(latest=self._latest, column=column).encode()
        return before + prose(seed, max(0, PAGE_BYTES - len(before) - len(after))) + after

    @cached_property
    def _latest(self) -> str:
        newest = range(self.articles, max(0, self.articles - 10), -1)
        return "".join(f"<li>{self._link(number)}</li>" for number in newest)

    def _around(self, seed: int, count: int) -> list[int]:
        """Numbers of articles: half the same on every page, half of this page's own."""
        starts = [seed * 31 if step % 2 else 0 for step in range(max(0, count))]
        return [(start + step * 97) % self.articles + 1 for step, start in enumerate(starts)]

    def _link(self, number: int) -> str:
        if number not in self._links:
            self._links[number] = f'<a href="{self.address(number)}">{sentence(number, 4)}</a>'
        return self._links[number]

    @cached_property
    def _links(self) -> dict[int, str]:
        return {}


def sentence(seed: int, words: int) -> str:
    """So many words, the same for the same seed."""
    rng = random.Random(seed * 7919)  # noqa: S311 - the same site every time
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


@cache
def paragraphs() -> tuple[bytes, ...]:
    """The paragraphs of which every text is made, no two alike."""
    return tuple(f"<p>{sentence(number, 60)}</p>\n".encode() for number in range(-3000, 0))


def prose(seed: int, size: int) -> bytes:
    """Paragraphs of ``size`` bytes; the last one is cut off, whole in its characters."""
    rng = random.Random(seed)  # noqa: S311 - the same site every time
    pieces = rng.sample(paragraphs(), k=size // 500 + 1)
    return b"".join(pieces)[:size].decode("utf-8", "ignore").encode()


def _menu(kind: str) -> str:
    items = "".join(f'<li><a href="/{name}/">{name.capitalize()}</a></li>' for name in _SECTIONS)
    return f'<nav class="{kind}"><ul>{items}<li><a href="/nyheter/">Nyheter</a></li></ul></nav>'


# Name, two menus, ten latest articles, tags, footer.
_FIXED = 1 + 2 * (len(_SECTIONS) + 1) + 10 + len(_TAGS) + 3
_TAG_LINKS = " ".join(f'<a href="/etikett/{name}/">{name}</a>' for name in _TAGS)
_HEAD = (
    '<!DOCTYPE html>\n<html lang="sv"><head><meta charset="utf-8"><title>{title} | Bänkkonsult</title>\n'
    '<meta property="og:site_name" content="Bänkkonsult"></head>\n<body><header class="site-header">'
    '<a href="/">Bänkkonsult</a>' + _menu("mobile-menu") + _menu("main-menu") + "</header>\n"
    '<main><article><h1>{title}</h1><p class="meta"><time datetime="2015-07-01">1 juli 2015</time></p>\n'
)
_FOOT = (
    "</article></main>\n<aside><h2>Senaste nyheter</h2><ul>{latest}</ul><h2>Nyhetsarkiv</h2><ul>{column}</ul>"
    f"<p>{_TAG_LINKS}</p></aside>\n"
    '<footer><a href="/kontakt/">Kontakt</a> <a href="#top">Upp</a>'
    ' <a href="mailto:info@example.se">Skriv</a></footer></body></html>\n'
)
