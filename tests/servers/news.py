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


def page(title: str, body: str) -> str:
    """A page of the site."""
    return (
        f"<!DOCTYPE html><html lang='sv'><head><meta charset='utf-8'><title>{html.escape(title)}</title></head>"
        f"<body><nav><a href='/'>Start</a> <a href='/nyheter/'>Nyheter</a></nav><main>{body}</main>"
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
