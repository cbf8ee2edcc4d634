"""A site on loopback that breaks, its nights by the real command, and what must be said of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import run_archiver
from tests.servers.news import article, listing, page, paragraphs, write_profile
from tests.servers.raw import RawServer, answer

TITLES = {f"/nyheter/text-{n}/": f"Rapport nummer {n} om kommunens arbete" for n in range(22)}
FEED = "<rss version='2.0'><channel><title>Nyheter</title>{items}</channel></rss>"
ITEM = "<item><title>En nyhet</title><link>{base}{path}</link></item>"
Pages = dict[str, bytes]


def site_with(make: Callable[[str], str], base: str, *more: str) -> Pages:
    """The site with its articles made so; ``more`` are paths that the feed names besides."""
    items = "".join(ITEM.format(base=base, path=path) for path in (*more, *TITLES))
    return {
        **{path: answer(make(title)) for path, title in TITLES.items()},
        "/nyheter/": answer(listing(TITLES).replace(" 2024-03-01", "")),  # dates are on the pages alone
        "/flode.xml": answer(FEED.format(items=items), kind="application/rss+xml"),
    }


def night(home: Path, pages: Pages, port: int, *words: str) -> dict[str, Any]:
    """A crawl of the site as it is now, all pages of it; what the report says."""
    with RawServer(pages, port=port):
        done = run_archiver(home, "crawl", "--delay", "0", "--json", *words)
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return {"code": done.returncode, "said": done.stderr, **report["sites"][0]}


class Archive(NamedTuple):
    """An archive of the site, the port of its server, and its address."""

    home: Path
    port: int
    base: str

    def copy(self, to: Path) -> Archive:
        shutil.copytree(self.home, to)
        return self._replace(home=to)


def healthy(home: Path) -> Archive:
    """An archive of the site after two nights without an alarm."""
    with RawServer() as server:
        port, base = server.port, server.url
        write_profile(home, server, more=f'[[listings]]\nkind = "feed"\nurl = "{base}/flode.xml"\n')
    for words in ((), ("--full",)):
        found = night(home, site_with(article, base), port, *words)
        assert (found["code"], found["findings"]) == (0, []), found
    return Archive(home, port, base)


def consent(title: str) -> str:
    text = (
        "Vi använder kakor för att webbplatsen ska fungera. Du måste samtycka till kakor innan du fortsätter."
    )
    return page(
        "Innan du fortsätter", f"<h1>Din integritet</h1><p>{text}</p><button>Godkänn alla kakor</button>"
    )


def teaser(title: str) -> str:
    last = "".join(f"<p>{text}</p>" for text in paragraphs(title)[1:])
    assert last in article(title)
    return article(title).replace(last, "<p><a href='/logga-in/'>Läs mer</a></p>")


def date_elsewhere(title: str) -> str:
    dated = "<time datetime='2024-03-01'>2024-03-01</time>"
    return article(title, more="<div class='fakta'><p>Publicerad 2024-03-01</p></div>").replace(dated, "")


def date_gone(title: str) -> str:
    return article(title).replace("<time datetime='2024-03-01'>2024-03-01</time>", "")


def check_told(archive: Archive, outage: Callable[[str], str], code: str) -> None:
    """The night of an outage says so: exit code 3, the page that shows it, a command that runs."""
    home, port, base = archive
    found = night(home, site_with(outage, base), port, "--full")
    assert found["code"] == 3
    [finding] = [f for f in found["findings"] if f["code"] == code]
    assert finding["severity"] == "warning"
    assert finding["url"].startswith(f"{base}/nyheter/text-")
    assert finding["hint"].startswith("archiver ")
    assert f"({code})" in found["said"]
    assert found["said"].count(f"  {code}: {finding['url']} – {finding['hint']}\n") == 1
    words = finding["hint"].split()[1:]
    # The site is not served any more, so that a check fetches nothing.
    assert run_archiver(home, *words).returncode == (4 if "check" in words else 0)
