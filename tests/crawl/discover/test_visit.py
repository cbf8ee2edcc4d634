"""Discovery on whole sites: the demo site, sites of many makes, and bad ones."""

from __future__ import annotations

import asyncio
import gzip
import json
import tomllib
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from archiver.crawl.discover import Discovery, discover
from archiver.crawl.discover.profile import profile_toml
from archiver.demo import DemoServer, articles
from archiver.errors import ArchiverError
from archiver.site import parse_site

from .conftest import TableServer, fetch

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TITLES = [
    "Vi förlänger avtalet med sju kommuner",
    "Nytt kontor öppnar i hamnen",
    "Så räknar vi på väntetider",
    "Tre frågor om upphandling i vården",
    "Höstens frukostseminarier är klara",
    "Ny kollega på plats i norr",
    "Vad händer när strömmen går",
    "Rapport om skolans lokaler",
    "Därför skriver vi kortare",
    "Ett år med ny form",
]
SLUGS = [
    "avtal-sju-kommuner",
    "nytt-kontor-i-hamnen",
    "vantetider",
    "tre-fragor-om-vard",
    "hostens-seminarier",
    "ny-kollega",
    "nar-strommen-gar",
    "skolans-lokaler",
    "kortare",
    "ett-ar-med-ny-form",
]
MENU = (
    '<header><nav><a href="/">Start</a> <a href="/tjanster/radgivning/">Rådgivning</a> '
    '<a href="/om-oss/">Om oss</a> {}</nav></header>'
)


def look(server: TableServer, path: str = "/") -> Discovery:
    return asyncio.run(discover(server.base + path, fetch=server.fetch, now=NOW))


def page(title: str, body: str, *, menu: str = "", head: str = "", lang: str = "sv") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title} | Firman AB</title>{head}</head>'
        f"<body>{MENU.format(menu)}<main><h1>{title}</h1>{body}</main>"
        f'<footer><a href="/kontakt/">Kontakta oss</a></footer></body></html>'
    )


def teasers(addresses: list[str]) -> str:
    return "".join(
        f'<article><h2><a href="{a}">{t}</a></h2><p>{3 + n} maj 202{n % 6}</p>'
        f'<a href="{a}">Läs mer</a></article>'
        for n, (a, t) in enumerate(zip(addresses, TITLES, strict=False))
    )


def feed(addresses: list[str], title: str = "Firman AB") -> str:
    items = "".join(f"<item><title>x</title><link>{{base}}{a}</link></item>" for a in addresses)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def urlset(addresses: list[str]) -> str:
    rows = "".join(f"<url><loc>{{base}}{a}</loc></url>" for a in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def kinds(found: Discovery) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {"feed": [], "sitemap": [], "html": []}
    for listing in found.site.listings:
        parts = urlsplit(listing.url)
        named[listing.kind].append(parts.path + ("?" + parts.query if parts.query else ""))
    return named


@pytest.mark.parametrize("start", ["url", "news_url"])
def test_demo_site(start: str) -> None:
    async def get(url: str):
        return await asyncio.to_thread(fetch, url)

    with DemoServer() as server:
        found = asyncio.run(discover(getattr(server, start), fetch=get, now=NOW, name="demo"))
        base = server.url.rstrip("/")
    assert kinds(found) == {"feed": ["/nyheter/rss.xml"], "sitemap": ["/sitemap.xml"], "html": ["/nyheter/"]}
    assert (found.site.name, found.site.language, found.site.timezone) == ("demo", "sv", "Europe/Stockholm")
    assert found.site.publisher == "Åkerbär & Granit"
    assert all(found.site.is_article_address(base + a.path) for a in articles())
    for path in (
        "/",
        "/nyheter/",
        "/nyheter/sida/2/",
        "/nyheter/arkiv/2020/",
        "/medarbetare/tyra-hallongren/",
    ):
        assert not found.site.is_article_address(base + path), path
    assert {a.path for a in articles()} <= {urlsplit(m.url).path for m in found.mentions}
    assert found.visits <= 25


@pytest.mark.parametrize("start", ["/", "/nyheter/"])
def test_wordpress(serve, start: str) -> None:
    paths = [f"/2024/{n + 1:02}/{slug}/" for n, slug in enumerate(SLUGS)]
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Firman AB &raquo; Flöde" href="/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="Kommentarsflöde" href="/comments/feed/">'
        '<meta property="og:site_name" content="Firman AB">'
    )
    menu = '<a href="/nyheter/">Nyheter</a>'
    pager = '<nav class="pagination"><a href="/nyheter/page/2/">Äldre inlägg</a></nav>'
    widget = '<div class="widget"><a href="/2019/03/">mars 2019</a><a href="/category/press/">Press</a></div>'
    index = "".join(
        f"<sitemap><loc>{{base}}/{name}-sitemap.xml</loc></sitemap>" for name in ("category", "page", "post")
    )
    server = serve(
        {
            "/": page("Start", "<p>Hej</p>", menu=menu, head=head),
            "/nyheter/": page("Nyheter", teasers(paths[:5]) + pager + widget, menu=menu, head=head),
            "/nyheter/page/2/": page("Nyheter", teasers(paths[5:]) + widget, menu=menu, head=head),
            "/feed/": feed(paths[:3]),
            "/comments/feed/": feed([paths[0] + "#comment-1"], "Kommentarer"),
            "/robots.txt": "User-agent: *\nSitemap: {base}/sitemap_index.xml",
            "/sitemap_index.xml": f"<sitemapindex>{index}</sitemapindex>",
            "/post-sitemap.xml": urlset(paths),
            "/page-sitemap.xml": urlset(["/om-oss/", "/2024/"]),
            "/category-sitemap.xml": urlset(["/category/press/"]),
        }
    )
    found = look(server, start)
    assert kinds(found) == {"feed": ["/feed/"], "sitemap": ["/sitemap_index.xml"], "html": ["/nyheter/"]}
    assert found.site.articles.include == ("/20*/*/*/",) and found.site.articles.exclude == ()
    assert found.site.publisher == "Firman AB"
    assert "/comments/feed/" not in server.asked


def test_the_open_list_of_posts_of_a_wordpress(serve) -> None:
    paths = [f"/2024/{n + 1:02}/{slug}/" for n, slug in enumerate(SLUGS)]
    head = '<link rel="https://api.w.org/" href="/wp-json/">'
    posts = [{"link": "{base}" + path, "title": {"rendered": "x"}, "date": "2024-03-01"} for path in paths]
    asked = "/wp-json/wp/v2/posts?per_page=100&_fields=link,date,date_gmt,modified_gmt,title"
    server = serve(
        {
            "/": page("Start", teasers(paths[:3]), head=head),
            "/feed/": feed(paths[:3]),
            asked: json.dumps(posts),
        }
    )
    found = look(server)
    assert kinds(found)["feed"] == ["/feed/", asked]
    closed = serve({"/": page("Start", teasers(paths[:3]), head=head), "/feed/": feed(paths[:3])})
    assert kinds(look(closed))["feed"] == ["/feed/"]


def test_drupal_pages_count_from_zero(serve) -> None:
    paths = [f"/nyheter/{slug}" for slug in SLUGS]
    pager = '<a href="?page=1" title="Gå till sida 2">2</a> <a href="?page=1">Nästa ›</a>'
    server = serve(
        {
            "/": page("Start", "", menu='<a href="/nyheter">Aktuellt</a>'),
            "/nyheter": page("Aktuellt", teasers(paths[:5]) + pager),
            "/nyheter?page=1": page("Aktuellt", teasers(paths[5:])),
            "/sitemap.xml": gzip.compress(b"<urlset><url><loc>/om-oss</loc></url></urlset>"),
        }
    )
    found = look(server)
    assert kinds(found) == {"feed": [], "sitemap": ["/sitemap.xml"], "html": ["/nyheter"]}
    assert found.site.articles.include == ("/nyheter/*",)
    assert {urlsplit(m.url).path for m in found.mentions} >= set(paths)


def test_optimizely_years_without_pages(serve) -> None:
    paths = [f"/sv/om-oss/pressrum/202{n % 2}/{slug}/" for n, slug in enumerate(SLUGS)]
    links = (f'<li><a href="/sv/om-oss/pressrum/{y}/">{y}</a></li>' for y in (2021, 2020))
    years = f'<ul class="years">{"".join(links)}</ul>'
    listed = {
        f"/sv/om-oss/pressrum/{y}/": page(
            f"Pressmeddelanden {y}", teasers([p for p in paths if f"/{y}/" in p]) + years
        )
        for y in (2020, 2021)
    }
    server = serve(
        {
            "/": (302, "/sv/"),
            "/sv/": page("Start", "", menu='<a href="/sv/om-oss/pressrum/">Pressrum</a>'),
            "/sv/om-oss/pressrum/": page("Pressrum", "<p>Välj ett år.</p>" + years),
            **listed,
        }
    )
    found = look(server)
    assert kinds(found)["html"] == ["/sv/om-oss/pressrum/"]
    assert found.site.articles.include == ("/sv/om-oss/pressrum/20*/*/",)


def test_ghost_articles_at_the_root_have_no_pattern(serve) -> None:
    paths = [f"/{slug}/" for slug in SLUGS]
    server = serve(
        {"/": page("Blogg", teasers(paths) + '<a href="/page/2/">Older</a>'), "/rss/": feed(paths)}
    )
    found = look(server)
    assert found.site.articles.include == ()
    assert kinds(found) == {"feed": ["/rss/"], "sitemap": [], "html": ["/"]}
    assert any("no pattern" in str(line) for line in found.found)


def test_tag_feeds_go_where_a_feed_of_the_whole_site_exists(serve) -> None:
    paths = [f"/blogg/{slug}" for slug in SLUGS]
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{h}">'
        for h in ("/tag/lean/feed/", "/author/eva/rss.xml", "/feed.xml", "/feed.atom")
    )
    server = serve(
        {
            "/": page("Start", "", head=head),
            "/tag/lean/feed/": feed(paths[:2]),
            "/author/eva/rss.xml": feed(paths[:1]),
            "/feed.xml": feed(paths),
            "/feed.atom": feed(paths),
        }
    )
    assert kinds(look(server))["feed"] == ["/feed.xml"]


def test_service_cards_on_the_front_page_are_no_news(serve) -> None:
    cards = "".join(
        f'<div class="card"><h3><a href="/tjanster/{s}/">{t}</a></h3></div>'
        for s, t in zip(SLUGS, TITLES, strict=True)
    )
    found = look(serve({"/": page("Välkommen", cards)}))
    assert found.site.listings == () and found.site.articles.include == ()
    assert [line.kind for line in found.found] == ["robots.txt", "sitemap", "feed", "html", "patterns"]
    assert (
        parse_site(tomllib.loads(profile_toml(found.site, notes=map(str, found.found))), source="x")
        == found.site
    )


def test_given_a_feed(serve) -> None:
    paths = [f"/nyheter/{slug}/" for slug in SLUGS]
    server = serve(
        {"/rss": feed(paths), "/": page("Start", ""), "/nyheter/": page("Nyheter", teasers(paths))}
    )
    found = look(server, "/rss")
    assert kinds(found) == {"feed": ["/rss"], "sitemap": [], "html": ["/nyheter/"]}
    assert found.site.articles.include == ("/nyheter/*/",)
    assert found.site.start_urls == (server.base + "/",)


def test_soft_404_everywhere(serve) -> None:
    soft = page("Sidan finns inte", "<p>Tyvärr</p>")
    usual = ("/robots.txt", "/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/feed/", "/rss.xml")
    found = look(serve({"/": page("Start", ""), **dict.fromkeys(usual, soft)}))
    assert found.site.listings == ()


def test_sources_about_other_hosts_are_left_out(serve) -> None:
    away = '<rss version="2.0"><channel><item><link>https://press.example/1</link></item></channel></rss>'
    sitemap = "<urlset><url><loc>https://other.example/a</loc></url></urlset>"
    found = look(serve({"/": page("Start", ""), "/feed/": away, "/sitemap.xml": sitemap}))
    assert found.site.listings == ()
    assert sum("other hosts" in line.text for line in found.found) == 2


def test_feeds_that_the_pages_name_and_that_give_nothing_are_told(serve) -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{href}">'
        for href in ("/tom", "/borta", "/sida")
    )
    empty = '<rss version="2.0"><channel><title>Nyheter</title></channel></rss>'
    paths = [f"/nyheter/{slug}/" for slug in SLUGS]
    start = page("Start", teasers(paths), head=head)
    found = look(serve({"/": start, "/tom": empty, "/sida": page("Sida", "")}))
    told = {urlsplit(line.url or "").path: line.text for line in found.found if line.kind == "feed"}
    assert "it has no entries" in told["/tom"]
    assert "status 404" in told["/borta"]
    assert "it is none" in told["/sida"]


def test_no_more_than_the_bound_is_asked_for(serve) -> None:
    menu = "".join(f'<a href="/{n}/nyheter/">Nyheter</a>' for n in range(50))
    head = "".join(f'<link rel="alternate" type="application/atom+xml" href="/f{n}.xml">' for n in range(50))
    children = "".join(f"<sitemap><loc>{{base}}/post-{n}.xml</loc></sitemap>" for n in range(500))
    answers = {f"/{n}/nyheter/": page("N", f'<a href="?page=2">Nästa {n}</a>') for n in range(50)}
    server = serve(
        {
            "/": page("Start", "", menu=menu, head=head),
            "/sitemap.xml": f"<sitemapindex>{children}</sitemapindex>",
        }
        | answers
    )
    found = look(server)
    assert found.visits <= 25 and len(server.asked) <= 25


@pytest.mark.parametrize(
    ("path", "words"), [("/finns-inte/", "answers with status 404"), ("/fel/", "status 500")]
)
def test_given_address_fails(serve, path: str, words: str) -> None:
    server = serve({"/": page("Start", ""), "/fel/": (500, "fel")})
    with pytest.raises(ArchiverError, match=words):
        look(server, path)


def test_no_answer(serve) -> None:
    server = serve({})
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(ArchiverError, match="does not answer"):
        look(server)


def test_old_articles_in_menus_or_called_like_a_year_are_not_excluded(serve) -> None:
    paths = [f"/nyheter/{slug}/" for slug in SLUGS]
    menu = '<a href="/nyheter/stort/">Vårt stora uppdrag är äntligen klart</a><a href="/nyheter/">Nyheter</a>'
    listing = teasers(paths) + '<h2><a href="/nyheter/2014/">2014</a></h2>'
    server = serve({"/": page("Start", "", menu=menu), "/nyheter/": page("Nyheter", listing, menu=menu)})
    site = look(server).site
    assert site.articles.include == ("/nyheter/*/",) and site.articles.exclude == ()
