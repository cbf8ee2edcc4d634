"""Pages of an invented consultancy, as its templates would render them."""

from __future__ import annotations

from archiver.model import Page

HOST = "https://www.fjallbro.example"
MENU = """<header class="top"><a class="logo" href="/">Fjällbro</a><nav><ul>
<li><a href="/nyheter/">Nyheter</a></li>
<li><a href="/tjanster/">Tjänster</a></li><li><a href="/om-oss/">Om oss</a></li></ul></nav></header>"""
FOOT = """<footer><p>© 2024 Fjällbro AB, Storgatan 1, Östersund</p>
<a href="/integritet/">Integritetspolicy</a></footer>"""
COLUMN = """<div class="spalt"><h3>Nyhetsarkiv</h3><ul><li><a href="/nyheter/2023/">2023</a></li>
<li><a href="/nyheter/2022/">2022</a></li></ul><h3>Senaste nyheter</h3><ul>
<li><a href="/nyheter/hosten-fylls-av-kurser/">Hösten fylls av kurser</a></li>
<li><a href="/nyheter/nytt-kontor-i-falun/">Nytt kontor i Falun</a></li></ul></div>"""

FIRST = (
    "Kommunen har i två år prövat ett gemensamt arbetssätt för upphandling, och nu syns resultaten tydligt."
)
SECOND = (
    "Vi följde arbetet på nära håll, intervjuade trettio chefer och läste de protokoll som fanns att läsa."
)
THIRD = "Det mest oväntade var hur lite som behövde köpas in, när alla väl hade samma bild av behovet."


def document(
    main: str, *, title: str = "En rubrik | Fjällbro", head: str = "", lang: str = "sv", body: str = ""
) -> str:
    """A whole page around this main content."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body{body}>{MENU}<main>{main}</main>{FOOT}</body></html>"
    )


def article(
    title: str = "Så gick det för kommunen",
    *,
    date: str = '<p class="datum">Publicerad 4 mars 2024</p>',
    text: str = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>",
    column: str = "",
    head: str = "",
) -> str:
    """An article page with these parts."""
    inner = f'<article class="nyhet"><h1>{title}</h1>{date}<div class="text">{text}</div>{column}</article>'
    return document(inner, title=f"{title} | Fjällbro", head=head)


def page(
    html: str | bytes,
    path: str = "/nyheter/sa-gick-det/",
    content_type: str | None = "text/html; charset=utf-8",
) -> Page:
    """These bytes as the answer for this address."""
    body = html.encode() if isinstance(html, str) else html
    return Page(url=HOST + path, body=body, content_type=content_type)
