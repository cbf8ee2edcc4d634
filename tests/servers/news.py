"""A news site for tests of crawls: pages of its own around whatever a test serves."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path

from tests.servers.raw import RawServer

SENTENCES = (
    "Kommunen har under året arbetat med att samla stödet till verksamheterna på ett ställe.",
    "Resultatet visar att handläggningstiderna har blivit kortare och att fler får hjälp i tid.",
    "Arbetet fortsätter under våren tillsammans med regionen och de lokala företagen.",
    "Erfarenheterna sammanfattas i en rapport som presenteras på ett seminarium i maj.",
)
LAST = "Det sista stycket avslutar texten om {title} och säger att den är hel."


def paragraphs(title: str) -> list[str]:
    """The text of the article with this title."""
    body = [f"{title}: {SENTENCES[i % 4]} {SENTENCES[(i + 1) % 4]} Stycke {i + 1}." for i in range(6)]
    return [*body, LAST.format(title=title)]


def article(title: str, *, day: str = "2024-03-01", more: str = "") -> str:
    """The page of an article; ``more`` is markup behind its text."""
    text = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs(title))
    return page(
        title,
        f"<article><h1>{html.escape(title)}</h1><time datetime='{day}'>{day}</time>{text}{more}</article>",
    )


def redesigned(title: str, *, day: str = "2024-03-01", more: str = "", others: Iterable[str] = ()) -> str:
    """The page of the same article in the site's later layout: other elements, another menu, a side column."""
    text = "".join(f"<div class='stycke'>{html.escape(p)}</div>" for p in paragraphs(title))
    latest = "".join(f"<li><a href='{html.escape(href)}'>Nyhet</a></li>" for href in others)
    return (
        "<!DOCTYPE html><html lang='sv'><head><meta charset='utf-8'>"
        f"<title>{html.escape(title)} | Exempelbolaget</title></head><body>"
        "<div id='topp'><a href='/'>Exempelbolaget</a> <a href='/om/'>Om oss</a>"
        "<a href='/nyheter/'>Nyhetsarkiv</a></div><div id='spalt'>"
        f"<h2 class='rubrik'>{html.escape(title)}</h2><p class='publicerad'>Publicerad {day}</p>"
        f"<div class='brodtext'>{text}{more}</div></div>"
        f"<div id='sida'><h3>Senaste nyheter</h3><ul>{latest}</ul></div>"
        "<div id='botten'>Exempelbolaget, Storgatan 1. Vi använder kakor.</div></body></html>"
    )


def page(title: str, body: str) -> str:
    """A page of the site."""
    return (
        "<!DOCTYPE html><html lang='sv'><head><meta charset='utf-8'>"
        f"<title>{html.escape(title)}</title></head><body>"
        f"<nav><a href='/'>Start</a> <a href='/nyheter/'>Nyheter</a></nav><main>{body}</main>"
        "<footer>Exempelbolaget</footer></body></html>"
    )


def listing(hrefs: Iterable[str]) -> str:
    """The news archive with links to these addresses."""
    rows = "".join(
        f"<li><a href='{html.escape(href, quote=True)}'>Nyhet {number}</a> 2024-03-01</li>"
        for number, href in enumerate(hrefs)
    )
    return page("Nyheter", f"<h1>Nyheter</h1><ul>{rows}</ul>")


def write_profile(home: Path, server: RawServer, *, name: str = "s", more: str = "") -> Path:
    """A profile for the server: everything directly under ``/nyheter/`` is an article."""
    path = home / "sites" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'start_urls = ["{server.url}/nyheter/"]\n{more}\n[articles]\ninclude = ["/nyheter/*/"]\n', "utf-8"
    )
    return path
