"""The demo site's pages as HTML, as a content management system of middling tidiness makes them.

How an article states its date depends on its age, as on a site that was rebuilt twice:
before 2018 only as visible text, then in a ``time`` element, from 2021 also in JSON-LD.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from archiver.demo.markup import block_html, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archiver.demo.content import DemoArticle, DemoPage

NAME = "Åkerbär & Granit"
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


@cache
def _template(name: str) -> Template:
    return Template((files("archiver.demo") / "templates" / name).read_text("utf-8"))


def swedish_day(moment: datetime) -> str:
    """The day as Swedish text: 4 mars 2019."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


class Renderer:
    """Renders the pages of one state of the site for one base address (no slash at its end)."""

    def __init__(self, base: str, articles: Sequence[DemoArticle]) -> None:
        self.base = base
        self.newest = tuple(reversed(articles))
        self.years = sorted({a.published.year for a in articles if a.published}, reverse=True)

    def page(
        self, *, title: str, crumb: str, content: str, meta: str = "", kind: str = "page", lang: str = "sv"
    ) -> bytes:
        """A whole page around this content."""
        head_title = escape(NAME if kind == "front" else f"{title} | {NAME}")
        html = _template("base.html").substitute(
            lang=lang,
            head_title=head_title,
            meta=meta or f'<meta property="og:title" content="{escape(title)}">',
            body_class=kind,
            breadcrumb=crumb,
            content=content,
            latest="\n".join(_entry(a) for a in self.newest[:5]),
            years="\n".join(f'<li><a href="/nyheter/arkiv/{y}/">{y}</a></li>' for y in self.years),
            year=self.years[0],
        )
        return html.encode()

    def article(self, article: DemoArticle, part: int = 1) -> bytes:
        """One page of an article; ``part`` counts from 1."""
        first = part == 1
        content = _template("article.html").substitute(
            title=escape(article.title),
            dateline=_dateline(article) if first else "",
            byline_top=_byline(article) if first and article.byline == "top" else "",
            byline_end=_byline(article) if part == len(article.parts) and article.byline == "end" else "",
            picture=_figure(article) if first else "",
            body="\n".join(block_html(block) for block in article.parts[part - 1]),
            pager=_part_links(article, part),
            share=quote(article.title),
            keywords=_keywords(article),
            related="\n".join(_entry(a) for a in self._related(article)),
        )
        return self.page(
            title=article.title,
            crumb=f'<a href="/nyheter/">Nyheter</a> / <span>{escape(article.title)}</span>',
            content=content,
            meta=self._meta(article, part),
            kind="article",
            lang=article.language,
        )

    def _related(self, article: DemoArticle) -> list[DemoArticle]:
        """Three other articles: with a keyword in common first, then the neighbours in time."""
        here = self.newest.index(article) if article in self.newest else 0
        others = [(n, a) for n, a in enumerate(self.newest) if a.path != article.path]
        others.sort(key=lambda pair: (-len({*pair[1].keywords} & {*article.keywords}), abs(pair[0] - here)))
        return [a for _, a in others[:3]]

    def _meta(self, article: DemoArticle, part: int) -> str:
        lines = [
            f'<meta property="og:title" content="{escape(article.title)}">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:site_name" content="{escape(NAME)}">',
            f'<meta name="description" content="{escape(teaser(article))}">',
        ]
        if part == 1:
            lines.append(f'<link rel="canonical" href="{self.base}{article.path}">')
        if article.picture:
            lines.append(f'<meta property="og:image" content="{self.base}/bilder/{article.picture}">')
        if article.published and article.published.year >= 2018:
            moment = article.published.isoformat()
            lines.append(f'<meta property="article:published_time" content="{moment}">')
        if article.published and article.published.year >= 2021:
            lines.append(f'<script type="application/ld+json">{self._json_ld(article)}</script>')
        return "\n".join(lines)

    def _json_ld(self, article: DemoArticle) -> str:
        data: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "mainEntityOfPage": self.base + article.path,
            "publisher": {"@type": "Organization", "name": f"{NAME} AB"},
        }
        for key, moment in (("datePublished", article.published), ("dateModified", article.modified)):
            if moment:
                data[key] = moment.isoformat()
        if article.authors:
            data["author"] = [{"@type": "Person", "name": name} for name in article.authors]
        return json.dumps(data, ensure_ascii=False)

    def front(self) -> bytes:
        """The front page: a greeting and the three newest articles."""
        content = (
            '<div class="hero"><h1>Förändring som håller, i lagom takt</h1>'
            "<p>Vi hjälper kommuner, myndigheter och bolag att göra rätt saker färre gånger.</p></div>\n"
            "<h2>Ur nyhetsflödet</h2>\n" + "\n".join(_teaser(a) for a in self.newest[:3])
        )
        return self.page(title=NAME, crumb="<span>Välkommen</span>", content=content, kind="front")

    def news(self, number: int, size: int) -> bytes:
        """Page ``number`` (from 1) of the news archive, ``size`` articles a page."""
        count = -(-len(self.newest) // size)
        listed = self.newest[(number - 1) * size : number * size]
        content = "<h1>Nyheter</h1>\n" + "\n".join(_teaser(a) for a in listed) + "\n" + _pager(number, count)
        title = "Nyheter" if number == 1 else f"Nyheter, sida {number}"
        return self.page(title=title, crumb="<span>Nyheter</span>", content=content, kind="listing")

    def year(self, year: int) -> bytes:
        """The archive page of a year: days and titles."""
        of_year = [a for a in self.newest if a.published and a.published.year == year]
        rows = "\n".join(
            f'<li><span class="date">{a.published:%Y-%m-%d}</span> '
            f'<a href="{a.path}">{escape(a.title)}</a></li>'
            for a in of_year
        )
        content = f'<h1>Nyhetsarkiv {year}</h1>\n<ul class="archive-list">\n{rows}\n</ul>'
        crumb = f'<a href="/nyheter/">Nyheter</a> / <span>{year}</span>'
        return self.page(title=f"Nyhetsarkiv {year}", crumb=crumb, content=content, kind="listing")

    def static(self, page: DemoPage) -> bytes:
        """A page that is no news."""
        content = f"<h1>{escape(page.title)}</h1>\n" + "\n".join(block_html(b) for b in page.blocks)
        return self.page(title=page.title, crumb=f"<span>{escape(page.title)}</span>", content=content)

    def staff(self, people: Sequence[DemoPage]) -> bytes:
        """The list of the members of staff."""
        rows = "\n".join(f'<li><a href="{p.path}">{escape(p.title)}</a></li>' for p in people)
        content = f'<h1>Medarbetare</h1>\n<ul class="people">\n{rows}\n</ul>'
        return self.page(title="Medarbetare", crumb="<span>Medarbetare</span>", content=content)

    def message(self, title: str, text: str) -> bytes:
        """A page with one sentence: not found, gone, search."""
        content = f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>"
        return self.page(title=title, crumb=f"<span>{escape(title)}</span>", content=content, kind="message")


def teaser(article: DemoArticle) -> str:
    """The first paragraph, cut at a word near 160 characters."""
    text = plain(next(b for b in article.parts[0] if b.kind == "paragraph").lines[0])
    return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"


def _entry(article: DemoArticle) -> str:
    return f'<li><a href="{article.path}">{escape(article.title)}</a></li>'


def _teaser(article: DemoArticle) -> str:
    date = f'<p class="dateline">{swedish_day(article.published)}</p>' if article.published else ""
    return (
        f'<div class="teaser"><h2><a href="{article.path}">{escape(article.title)}</a></h2>{date}'
        f'<p>{escape(teaser(article))}</p><p><a href="{article.path}" class="more">Läs mer</a></p></div>'
    )


def _dateline(article: DemoArticle) -> str:
    if article.published is None:
        return ""
    if article.published.year < 2018:
        text = f'<div class="dateline">{article.published:%Y-%m-%d}'
    else:
        moment = article.published.isoformat(timespec="minutes")
        text = (
            f'<div class="dateline">Publicerad <time datetime="{moment}">'
            f"{swedish_day(article.published)}</time>"
        )
    if article.modified:
        text += f' <span class="changed">Senast ändrad {swedish_day(article.modified)}</span>'
    return text + "</div>"


def _byline(article: DemoArticle) -> str:
    names = " och ".join(escape(name) for name in article.authors)
    return f'<p class="byline">{"Av" if article.byline == "top" else "Text:"} {names}</p>'


def _figure(article: DemoArticle) -> str:
    if not article.picture:
        return ""
    caption = escape(article.caption or "")
    return (
        f'<figure><img src="/bilder/{article.picture}" alt="{caption}" width="480" height="270">'
        f'<figcaption class="caption">{caption}</figcaption></figure>'
    )


def _keywords(article: DemoArticle) -> str:
    return f'<p class="tags">Ämnen: {escape(", ".join(article.keywords))}</p>' if article.keywords else ""


def _part_links(article: DemoArticle, part: int) -> str:
    if not article.further:
        return ""
    addresses = (article.path, *article.further)
    links = [
        f"<strong>{n}</strong>" if n == part else f'<a href="{address}">{n}</a>'
        for n, address in enumerate(addresses, 1)
    ]
    if part < len(addresses):
        links.append(f'<a rel="next" href="{addresses[part]}">Fortsätt läsa</a>')
    return f'<div class="parts">Sida: {" ".join(links)}</div>'


def _pager(number: int, count: int) -> str:
    """Links to the pages of the archive: the first, the neighbours, the last."""

    def address(n: int) -> str:
        return "/nyheter/" if n == 1 else f"/nyheter/sida/{n}/"

    shown = sorted({1, number - 1, number, number + 1, count} & set(range(1, count + 1)))
    links = [f"<strong>{n}</strong>" if n == number else f'<a href="{address(n)}">{n}</a>' for n in shown]
    if number > 1:
        links.insert(0, f'<a href="{address(number - 1)}">« Nyare</a>')
    if number < count:
        links.append(f'<a href="{address(number + 1)}">Äldre nyheter »</a>')
    return f'<div class="pager">{" ".join(links)}</div>'
