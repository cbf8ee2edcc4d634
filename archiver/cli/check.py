"""``archiver sites check``: a dry run of a few pages, with what would be stored and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archiver.cli.derive import clean_of
from archiver.cli.main import Settings
from archiver.cli.output import emit_document, printable, say
from archiver.crawl.reading import read, seeds
from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeLearner
from archiver.instants import now
from archiver.model import Extraction, Mention, Page, PageKind, Target
from archiver.site import Site

if TYPE_CHECKING:
    from archiver.crawl.discover import Fetch

FIELDS = ("title", "date_published", "authors", "language", "description")


def check_site(settings: Settings, site: Site, *, pages: int, delay: float, as_json: bool) -> int:
    """Fetch the listings and a few of the pages they name; print what would be stored.

    Returns 0, 3 where something is wrong with the site, 4 where nothing could be fetched.
    Writes no capture.
    """
    from archiver.crawl.fetch import run_fetching

    problems: dict[str, str] = {}
    visit = _Visit(site, pages)
    run_fetching(
        visit.run,
        allowed=site.host_names,
        delay=delay,
        contact=settings.config.get("contact"),
        problems=problems,
    )
    clean = clean_of(site, settings)
    learner = ChromeLearner()
    for page in visit.pages:
        learner.add(page, mentions=visit.mentions.get(page.url, ()), site=site)
    model = learner.model()
    found = [
        extract_article(page, site=site, chrome=model, mentions=visit.mentions.get(page.url, ()), clean=clean)
        for page in visit.pages
        if page.url in visit.named
    ]
    findings = _findings(site, visit, found, problems)
    if as_json:
        emit_document({"site": site.name, "pages": [asdict(e) for e in found], "findings": findings})
    else:
        _print(found, findings)
    return 4 if not visit.pages else 3 if findings else 0


class _Visit:
    """Fetches seeds first, then the pages that they name, up to a number."""

    def __init__(self, site: Site, limit: int) -> None:
        self.site = site
        self.limit = limit
        self.pages: list[Page] = []
        self.named: dict[str, Target] = {}
        self.mentions: dict[str, list[Mention]] = {}
        self.empty: list[str] = []

    async def run(self, fetch: Fetch) -> None:
        for target in seeds(self.site):
            await self._listing(fetch, target)
        wanted = sorted(self.named.values(), key=lambda t: -t.priority)[: self.limit]
        self.named = {target.url: target for target in wanted}
        for target in wanted:
            page = await self._page(fetch, target.url)
            if page is not None and page.url != target.url:
                self.named[page.url] = target

    async def _listing(self, fetch: Fetch, target: Target, depth: int = 0) -> None:
        page = await self._page(fetch, target.url)
        if page is None:
            return
        reading = read(page, target, self.site, year=now().year)
        follow = [t for t in reading.follow if t.role in ("article", "page")]
        for t in follow:
            self.named.setdefault(t.url, t)
        for link in reading.links:
            if link.kind in ("feed", "sitemap", "listing"):
                mention = Mention(
                    url=link.url, kind=link.kind, title=link.text, date=link.date, where=page.url
                )
                self.mentions.setdefault(link.url, []).append(mention)
        children = [t for t in reading.follow if t.role == "sitemap"]
        if depth == 0:
            for child in children[:3]:
                await self._listing(fetch, child, depth + 1)
        if not follow and not children:
            self.empty.append(target.url)

    async def _page(self, fetch: Fetch, url: str) -> Page | None:
        answer = await fetch(url)
        if answer is None or answer.status != 200:
            return None
        page = Page(url=answer.url, body=answer.body, content_type=answer.content_type)
        self.pages.append(page)
        return page


def _findings(
    site: Site, visit: _Visit, found: list[Extraction], problems: dict[str, str]
) -> list[dict[str, str]]:
    findings = [{"what": "not fetched", "url": url, "detail": why} for url, why in problems.items()]
    findings += [
        {"what": "names no article", "url": url, "detail": "check [[listings]]"} for url in visit.empty
    ]
    articles = [e for e in found if e.kind is PageKind.ARTICLE]
    if found and not articles:
        findings.append(
            {"what": "no article", "url": found[0].url, "detail": f"{found[0].kind.value}: {found[0].reason}"}
        )
    undated = [e.url for e in articles if e.date_published is None]
    if articles and len(undated) * 2 > len(articles):
        findings.append(
            {"what": "no date on most pages", "url": undated[0], "detail": "see [[layouts]] date"}
        )
    if not urlsplit(site.start_urls[0]).hostname or not visit.pages:
        findings.append({"what": "nothing was fetched", "url": site.start_urls[0], "detail": "is it up?"})
    return findings


def _print(found: list[Extraction], findings: list[dict[str, str]]) -> None:
    for e in found:
        print(printable(e.url))
        print(f"  kind         {e.kind.value} ({printable(e.reason)})")
        for name in FIELDS if e.kind is PageKind.ARTICLE else ():
            print(f"  {name:<12} {_value(e, name)}")
        if e.kind is PageKind.ARTICLE:
            body = " ".join(e.body.split())
            print(f"  body         {len(e.body)} characters: {printable(body[:90])} …")
            print(f"  stripped     {len(e.stripped)} blocks")
    for finding in findings:
        say(f"finding: {finding['what']}: {finding['url']} ({finding['detail']})")
    if not findings:
        say("nothing looks wrong")


def _value(e: Extraction, name: str) -> str:
    value: Any = getattr(e, name)
    text = ", ".join(value) if isinstance(value, tuple) else str(value) if value else "-"
    found = e.evidence.get(name)
    return printable(" ".join(text.split())[:90]) + (f"   [{found.method}]" if found else "")
