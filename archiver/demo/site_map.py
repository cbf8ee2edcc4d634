"""Every address of the demo site and what it answers: pages, pictures, feed, sitemap, robots.txt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from importlib.resources import files

from archiver.demo.content import DemoArticle, articles, drafts, gone, pages
from archiver.demo.pictures import picture
from archiver.demo.render import NAME, Renderer, teaser

PAGE_SIZE = 10
FEED_SIZE = 10
HTML = "text/html; charset=utf-8"
NEWS = "/nyheter/"
FEED = "/nyheter/rss.xml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """What one address answers. ``modified`` is aware; ``location`` makes it a redirect."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    modified: datetime | None = None
    location: str | None = None


def site_map(base: str, *, changed: bool = False) -> dict[str, Resource]:
    """Path and query of every address of the site under ``base`` (no slash at its end)."""
    current = articles(changed=changed)
    render = Renderer(base, current)
    newest = max(a.modified or a.published for a in current if a.published)
    found = {
        **_news(render, current),
        **_other(render),
        **_redirects(current),
        FEED: Resource(body=_feed(base, render.newest), media_type="application/rss+xml; charset=utf-8"),
        "/sitemap.xml": Resource(body=_sitemap(base, current), media_type="application/xml"),
    }
    if changed:
        text = "Sidan har tagits bort."
        found[gone().path] = Resource(body=render.message("Borttagen", text), status=410)
    found = {path: replace(r, modified=newest) if r.status == 200 else r for path, r in found.items()}
    return {**found, **_assets(base, found)}


def not_found(base: str, *, changed: bool = False) -> Resource:
    """The answer to any other address."""
    render = Renderer(base, articles(changed=changed))
    text = "Sidan du söker finns inte. Den kan ha flyttats när vi bytte webbplats."
    return Resource(body=render.message("Sidan hittades inte", text), status=404)


def _news(render: Renderer, current: tuple[DemoArticle, ...]) -> dict[str, Resource]:
    """Articles (drafts too, which nothing links to), and the pages that list them."""
    found = {}
    for article in (*current, *drafts()):
        for number, path in enumerate((article.path, *article.further), 1):
            found[path] = Resource(body=render.article(article, number))
    for number in range(1, -(-len(current) // PAGE_SIZE) + 1):
        path = NEWS if number == 1 else f"{NEWS}sida/{number}/"
        found[path] = Resource(body=render.news(number, PAGE_SIZE))
    for year in render.years:
        found[f"{NEWS}arkiv/{year}/"] = Resource(body=render.year(year))
    return found


def _other(render: Renderer) -> dict[str, Resource]:
    """The front page and the pages that are no news."""
    people = [page for page in pages() if page.path.startswith("/medarbetare/")]
    found = {page.path: Resource(body=render.static(page)) for page in pages()}
    search = render.message("Sök", "Skriv ett ord i rutan för att söka bland nyheter och sidor.")
    return {
        "/": Resource(body=render.front()),
        "/medarbetare/": Resource(body=render.staff(people)),
        "/sok/": Resource(body=search),
        **found,
    }


def _redirects(current: tuple[DemoArticle, ...]) -> dict[str, Resource]:
    """The addresses that the site had before 2016, and those without the slash at the end."""
    moved = {a.old_path: a.path for a in current if a.old_path}
    moved |= {"/nyheter": NEWS, "/aktuellt/": NEWS, "/index.php": "/"}
    return {old: Resource(body=b"", status=301, location=new) for old, new in moved.items()}


def _assets(base: str, found: dict[str, Resource]) -> dict[str, Resource]:
    """Pictures, the style sheet, the icon and robots.txt; they have not changed for long."""
    long_ago = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
    names = {a.picture for a in (*articles(), *articles(changed=True)) if a.picture}
    kinds = {f"/bilder/{name}": picture(name) for name in sorted(names)}
    kinds["/assets/ikon.svg"] = picture("ikon.svg")
    style = (files("archiver.demo") / "templates" / "stil.css").read_bytes()
    kinds["/assets/stil.css?v=4"] = ("text/css; charset=utf-8", style)
    robots = f"User-agent: *\nDisallow: /sok/\nDisallow: /utkast/\n\nSitemap: {base}/sitemap.xml\n"
    kinds["/robots.txt"] = ("text/plain; charset=utf-8", robots.encode())
    return {
        path: Resource(body=body, media_type=kind, modified=long_ago) for path, (kind, body) in kinds.items()
    }


def _feed(base: str, newest: tuple[DemoArticle, ...]) -> bytes:
    """RSS 2.0 with the newest articles that have a date."""
    dated = [a for a in newest if a.published][:FEED_SIZE]
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{base}{a.path}</link>"
        f'<guid isPermaLink="true">{base}{a.path}</guid>'
        f"<pubDate>{format_datetime(a.published)}</pubDate>"
        f"<description>{escape(teaser(a))}</description></item>\n"
        for a in dated
        if a.published
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>Nyheter från {escape(NAME)}</title><link>{base}{NEWS}</link>"
        f"<description>Det senaste från {escape(NAME)}</description><language>sv</language>\n"
        f"{items}</channel></rss>\n"
    )
    return text.encode()


def _sitemap(base: str, current: tuple[DemoArticle, ...]) -> bytes:
    """A sitemap of everything that is linked; an article's ``lastmod`` is its day."""
    rows = [(path, "") for path in ("/", NEWS, "/medarbetare/", *(page.path for page in pages()))]
    for article in current:
        moment = article.modified or article.published
        rows.append((article.path, f"<lastmod>{moment:%Y-%m-%d}</lastmod>" if moment else ""))
    text = "".join(f"<url><loc>{base}{path}</loc>{lastmod}</url>\n" for path, lastmod in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{text}</urlset>\n'
    ).encode()
