"""``archiver sites check``: a dry run of a few pages, with what would be stored and why."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from archiver.cli.derive import clean_of
from archiver.cli.main import Settings
from archiver.cli.output import emit_document, printable, say
from archiver.cli.rules import Difference, differences
from archiver.crawl.sample import Sample
from archiver.derive.observing import Clean
from archiver.extract.article import extract_article
from archiver.extract.chrome import ChromeModel
from archiver.extract.decode import decode
from archiver.extract.learner import ChromeLearner
from archiver.extract.tree import parse
from archiver.instants import now
from archiver.model import Extraction, Page, PageKind
from archiver.site import Site
from archiver.store.chrome import newest_model
from archiver.store.database import open_reader

FIELDS = ("title", "date_published", "authors", "language", "description")
# Lines of a difference that are shown; --json has them all.
LINES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One page of the sample, and what the site's own rules change of it; None without rules."""

    extraction: Extraction
    rules: list[Difference] | None


def check_site(settings: Settings, site: Site, *, pages: int, delay: float, as_json: bool) -> int:
    """Fetch the listings and a few of the pages they name; print what would be stored.

    Returns 0, 3 where something is wrong with the site, 4 where nothing could be fetched.
    Writes no capture.
    """
    from archiver.crawl.fetch import run_fetching

    problems: dict[str, str] = {}
    sample = Sample(site, pages)
    run_fetching(
        sample.run,
        allowed=site.private_host_names,
        delay=delay,
        contact=settings.config.get("contact"),
        proxy=settings.config.proxy,
        problems=problems,
    )
    found = _extracted(site, sample, clean_of(site, settings), _model_of(settings, site))
    findings = _findings(sample, [checked.extraction for checked in found], problems)
    findings += _unmatched(site, [page for page in sample.pages if page.url in sample.named])
    if as_json:
        rows = [
            asdict(c.extraction) | {"rules": None if c.rules is None else [asdict(d) for d in c.rules]}
            for c in found
        ]
        emit_document({"site": site.name, "pages": rows, "findings": findings})
    else:
        _print(found, findings)
    return 4 if not sample.pages else 3 if findings else 0


def _model_of(settings: Settings, site: Site) -> ChromeModel:
    """The chrome model that the archive has of the site, so that the check shows what is stored."""
    if not settings.home.database.exists():
        return ChromeModel.empty()
    with closing(open_reader(settings.home.database)) as db:
        stored = newest_model(db, site.name)
    return ChromeModel.from_json(stored.model) if stored else ChromeModel.empty()


def _extracted(site: Site, sample: Sample, clean: Clean | None, known: ChromeModel) -> list[Checked]:
    """The possible articles of the sample, with what is known of the site and all of the sample."""
    learner = ChromeLearner(known)
    for page in sample.pages:
        learner.add(page, mentions=sample.mentions.get(page.url, ()), site=site)
    model = learner.model()
    bare = msgspec.structs.replace(site, layouts=())
    found = []
    for page in sample.pages:
        if page.url not in sample.named:
            continue
        mentions = sample.mentions.get(page.url, ())
        extraction = extract_article(page, site=site, chrome=model, mentions=mentions, clean=clean)
        rules = None
        if site.layouts or clean:
            rules = differences(extraction, extract_article(page, site=bare, chrome=model, mentions=mentions))
        found.append(Checked(extraction=extraction, rules=rules))
    return found


def _findings(sample: Sample, found: list[Extraction], problems: dict[str, str]) -> list[dict[str, str]]:
    findings = [{"what": "not fetched", "url": url, "detail": why} for url, why in problems.items()]
    findings += [
        {"what": "names no article", "url": url, "detail": "check [[listings]]"} for url in sample.empty
    ]
    findings += [{"what": what, "url": url, "detail": detail} for url, what, detail in sample.more]
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
    if not sample.pages:
        findings.append(
            {"what": "nothing was fetched", "url": sample.site.start_urls[0], "detail": "is it up?"}
        )
    return findings


def _unmatched(site: Site, pages: list[Page]) -> list[dict[str, str]]:
    """The selectors of today's layouts that are on none of the pages."""
    layouts = site.layouts_on(now().date()) if pages else []
    from lxml.cssselect import CSSSelector

    trees = [tree for page in pages if (tree := parse(decode(page.body, page.content_type).text)) is not None]
    return [
        {"what": f"layout {key} matched no page", "url": pages[0].url, "detail": selector}
        for layout in layouts
        for key, selector in layout.selectors()
        if not any(CSSSelector(selector, translator="html")(tree) for tree in trees)
    ]


def _print(found: list[Checked], findings: list[dict[str, str]]) -> None:
    for checked in found:
        _print_page(checked)
    for finding in findings:
        say(f"finding: {finding['what']}: {finding['url']} ({finding['detail']})")
    if not findings:
        say("nothing looks wrong")


def _print_page(checked: Checked) -> None:
    e = checked.extraction
    print(printable(e.url))
    print(f"  kind         {e.kind.value} ({printable(e.reason)})")
    if e.kind is PageKind.ARTICLE:
        for name in FIELDS:
            print(f"  {name:<12} {_value(e, name)}")
        print(f"  body         {len(e.body)} characters: {printable(' '.join(e.body.split())[:90])} …")
        print(f"  stripped     {len(e.stripped)} blocks")
    if checked.rules == []:
        print("  rules        change nothing here")
    for difference in checked.rules or ():
        _print_difference(difference)


def _print_difference(difference: Difference) -> None:
    print(f"  rules change {difference.field}")
    marked = [("-", line) for line in difference.without] + [("+", line) for line in difference.with_rules]
    for sign, line in marked[:LINES]:
        print(f"    {sign} {printable(line[:100])}")
    if len(marked) > LINES:
        print(f"    … {len(marked) - LINES} more lines")


def _value(e: Extraction, name: str) -> str:
    value: Any = getattr(e, name)
    text = ", ".join(value) if isinstance(value, tuple) else str(value) if value else "-"
    found = e.evidence.get(name)
    return printable(" ".join(text.split())[:90]) + (f"   [{found.method}]" if found else "")
