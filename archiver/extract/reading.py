"""One page being read: what is known of it so far, and what comes of it in the end."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.extract.agreed import agreed_date, agreed_title
from archiver.extract.authors import find_authors
from archiver.extract.body import Chosen, Survey, choose_body, path_of, survey
from archiver.extract.decode import Decoded, decode
from archiver.extract.features import features_of
from archiver.extract.fields import (
    find_canonical,
    find_description,
    find_keywords,
    find_publisher,
    links_of,
)
from archiver.extract.kinds import Verdict, decide, early_kind
from archiver.extract.language import find_language
from archiver.extract.links import absolute, split_url
from archiver.extract.parts import is_pager, join_parts, next_part, shown_part
from archiver.extract.published import Dates, find_dates, stated_date
from archiver.extract.render import body_markdown, body_text
from archiver.extract.rules import Rules, read_rules
from archiver.extract.scripted import scripted_blocks
from archiver.extract.stated import Stated, read_stated
from archiver.extract.title import Title, find_title, stated_title
from archiver.extract.tree import parse
from archiver.extract.walk import read, walk
from archiver.model import Evidence, Extraction, Mention, Page, PageKind, Stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bs4 import BeautifulSoup

    from archiver.extract.chrome import ChromeModel
    from archiver.extract.document import Block, Document, Node
    from archiver.site import Site


def open_page(
    page: Page, decoded: Decoded, site: Site | None, clean: Callable[[BeautifulSoup], None] | None
) -> tuple[Document, Rules] | None:
    """The page's document, and what the site's own rules find; a tree is built for these alone."""
    if site is None or not site.layouts:
        utf8 = _cleaned(decoded.text, clean).encode("utf-8", "ignore") if clean else decoded.utf8
        doc = read(utf8)
        return (doc, Rules()) if doc is not None else None
    root = parse(_cleaned(decoded.text, clean) if clean else decoded.text)
    if root is None:
        return None
    rules = read_rules(root, site, page.captured)
    return walk(root), rules


def _cleaned(text: str, clean: Callable[[BeautifulSoup], None]) -> str:
    """The document after a site's own function has worked on its soup."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    clean(soup)
    return str(soup)


class Reading:
    """One page being read: what is known so far."""

    def __init__(
        self,
        page: Page,
        doc: Document,
        rules: Rules,
        decoded: Decoded,
        site: Site | None,
        chrome: ChromeModel,
        mentions: Sequence[Mention],
    ) -> None:
        self.page = page
        self.decoded = decoded
        self.site = site
        self.chrome = chrome
        self.mentions = mentions
        self.rules = rules
        self.doc = doc
        self.stated: Stated = read_stated(self.doc, page.url)
        self.evidence = {
            "encoding": Evidence(
                method=decoded.method,
                where=decoded.encoding,
                raw="; ".join((*decoded.problems, *doc.problems)),
            )
        }

    @property
    def base(self) -> str:
        """The address that the page's references are relative to."""
        return (absolute(self.doc.base, self.page.url) or self.page.url) if self.doc.base else self.page.url

    def resolve(self, href: str) -> str | None:
        """An address of the page made absolute."""
        return absolute(href, self.base)

    def extraction(
        self, further: Sequence[Page], clean: Callable[[BeautifulSoup], None] | None
    ) -> Extraction:
        """The page's kind and fields."""
        doc, page = self.doc, self.page
        chars = sum(b.chars for b in doc.blocks)
        early = early_kind(doc, status=page.status, text_chars=chars)
        canonical = self._noted("canonical_url", find_canonical(doc, self.resolve))
        if early is not None and not (
            early.kind is PageKind.EMPTY and scripted_blocks(doc, (), self.stated.body)
        ):
            return self._early(early, canonical)
        title = self.title()
        chosen = self.body(title)
        dates = self._dates(chosen, title)
        if self.rules.body is None and (held := scripted_blocks(doc, chosen.blocks, self.stated.body)):
            chosen = replace(chosen, blocks=held, scripted=True, chars=sum(b.chars for b in held))
        verdict = self._kind(chosen, title, dates)
        return self._fields(verdict, title, chosen, dates, canonical, further, clean)

    def _early(self, early: Verdict, canonical: str | None) -> Extraction:
        """A page without text to read: its kind, and what its head states."""
        evidence = self.evidence
        if early.kind is PageKind.EMPTY:
            how = evidence["encoding"]
            evidence["encoding"] = replace(how, raw="; ".join(filter(None, (how.raw, early.reason))))
        title = stated_title(self.doc, self.stated) if early.kind is PageKind.EMPTY else None
        dated = stated_date(self.doc, self.stated, self.site.zone if self.site else None)
        if early.kind is PageKind.EMPTY and dated is not None:
            evidence["date_published"] = Evidence(method=dated.method, where=dated.where, raw=dated.raw[:200])
        return Extraction(
            url=self.page.url, kind=early.kind, reason=early.reason, confidence=early.confidence,
            title=title.text if title else self.doc.title or None,
            date_published=dated.stamp.iso if "date_published" in evidence and dated else None,
            canonical_url=canonical or self._refreshed(early.kind), evidence=evidence,
        )  # fmt: skip

    # ------------------------------------------------------------ fields

    def _refreshed(self, kind: PageKind) -> str | None:
        """Where a page that only sends its readers on sends them."""
        found = re.search(r"url\s*=\s*[\"']?([^\"'\s]+)", self.doc.refresh, re.I)
        return self.resolve(found[1]) if kind is PageKind.REDIRECT and found else None

    def title(self) -> Title | None:
        """The page's headline: by the site's rule, as it states and shows it, as the site's pages agree."""
        names = [n for n in (self._site_name(),) if n]
        found = find_title(
            self.doc,
            self.stated,
            site_names=[*names, *self._affix_names()],
            mentions=self.mentions,
            url=self.page.url,
        )
        if self.rules.title:
            found = Title(
                text=self.rules.title,
                method="profile",
                where="layout.title",
                block=found.block if found else None,
            )
        return agreed_title(found, self.doc, self.stated, self.chrome, self.mentions)

    def _site_name(self) -> str | None:
        return (self.site.display_name or self.site.publisher) if self.site else None

    def _affix_names(self) -> list[str]:
        return [re.sub(r"^[\W_]+|[\W_]+$", "", a) for a in self.chrome.site_affixes]

    def body(self, title: Title | None) -> Chosen:
        """The lines of the article."""
        if self.rules.body is not None:
            block, text = (title.block, title.text) if title else (None, "")
            return self.rules.choose(self.doc, block, text, self.chrome)
        return choose_body(self.survey(title))

    def survey(self, title: Title | None) -> Survey | None:
        """The page with its container found, as the block judge is asked about it."""
        about = (
            self.doc.meta("og:description", "description", "twitter:description") or self.stated.description
        )
        return survey(
            self.doc,
            title=title.block if title else None,
            title_text=title.text if title else "",
            description=about,
            chrome=self.chrome,
            host=split_url(self.page.url).netloc,
        )

    def _dates(self, chosen: Chosen, title: Title | None) -> Dates:
        found = find_dates(
            self.doc, self.stated, chosen, url=self.page.url, title=title.block if title else None,
            mentions=self.mentions, zone=self.site.zone if self.site else None, language=self.doc.language,
            ruled=self.rules.date, captured=self.page.captured,
        )  # fmt: skip
        return agreed_date(found, self.doc, self.chrome, self.site.zone if self.site else None)

    def _kind(self, chosen: Chosen, title: Title | None, dates: Dates) -> Verdict:
        dated = dates.published
        return decide(
            self.doc, chosen, url=self.page.url,
            title_text=title.text if title else "", mentions=self.mentions,
            ruled=self.site.is_article_address(self.page.url) if self.site else None,
            in_menu=self.chrome.in_menu(self.page.url),
            likeness=self.chrome.likeness(features_of(self.doc, self.page.url) if self.chrome.pages else ()),
            alone=not self.chrome.pages,
            dated=dated is not None and dated.method not in ("url", "feed", "listing"),
            by_address=dated is not None and dated.method == "url" and dated.stamp.precision == "day",
        )  # fmt: skip

    def _fields(
        self,
        verdict: Verdict,
        title: Title | None,
        chosen: Chosen,
        dates: Dates,
        canonical: str | None,
        further: Sequence[Page],
        clean: Callable[[BeautifulSoup], None] | None,
    ) -> Extraction:
        evidence = self.evidence
        stripped: list[Stripped] = list(chosen.stripped)
        blocks = [b for b in chosen.blocks if not is_pager(b)]
        for page in further:
            blocks += self._further(page, title, blocks, stripped, clean)
        names, method, where, raw = find_authors(
            self.doc, self.stated, chosen, title=title.block if title else None
        )
        if self.rules.authors:
            names, method, where, raw = (
                self.rules.authors,
                "profile",
                "layout.authors",
                "; ".join(self.rules.authors),
            )
        if names:
            evidence["authors"] = Evidence(method=method, where=where, raw=raw)
        if title:
            evidence["title"] = Evidence(method=title.method, where=title.where, raw=title.text[:300])
        if chosen.container is not None:
            evidence["body"] = self._how_chosen(chosen.container, chosen, len(blocks))
        if chosen.scripted:
            evidence["body"] = Evidence(method="script", where="script", raw=f"{len(blocks)} blocks")
        for name, dated in (("date_published", dates.published), ("date_modified", dates.modified)):
            if dated:
                evidence[name] = Evidence(method=dated.method, where=dated.where, raw=dated.raw[:200])
        text = body_text(blocks)
        language, how, said = find_language(self.doc, self.stated, text, self.page.language)
        if language:
            evidence["language"] = Evidence(method=how, where=how, raw=said)
        return Extraction(
            url=self.page.url,
            kind=verdict.kind,
            reason=verdict.reason,
            confidence=verdict.confidence,
            title=title.text if title else None,
            description=self._noted("description", find_description(self.doc, self.stated)),
            body=text,
            body_markdown=body_markdown(blocks, self.resolve),
            authors=names,
            keywords=self._keywords(),
            date_published=dates.published.stamp.iso if dates.published else None,
            date_modified=dates.modified.stamp.iso if dates.modified else None,
            language=language,
            publisher=self._noted("publisher", find_publisher(self.doc, self.stated, self.site)),
            canonical_url=canonical,
            next_url=next_part(self.doc, self.base, self.page.url)
            if verdict.kind is PageKind.ARTICLE
            else None,
            part=shown_part(self.doc, self.base, self.page.url),
            links=links_of(blocks, self.resolve, self.page.record or ""),
            evidence=evidence,
            stripped=tuple(stripped),
        )

    def _further(
        self,
        page: Page,
        title: Title | None,
        before: list[Block],
        stripped: list[Stripped],
        clean: Callable[[BeautifulSoup], None] | None,
    ) -> list[Block]:
        """The blocks of a further page of the same article, what it repeats left out."""
        decoded = decode(page.body, page.content_type)
        found = open_page(page, decoded, self.site, clean)
        if found is None:
            return []
        reading = Reading(page, *found, decoded, self.site, self.chrome, ())
        chosen = reading.body(reading.title())
        stripped.extend(chosen.stripped)
        return join_parts(before, [b for b in chosen.blocks if not is_pager(b)], title.text if title else "")

    def _how_chosen(self, container: Node, chosen: Chosen, count: int) -> Evidence:
        """How the element that holds the text is known: by rule, by the site's pages, by the page."""
        where = path_of(container)
        if chosen.by_site:
            proof = self.chrome.container_proof(self.chrome.place(container))
            where += f" (on {proof.pages} of {proof.of} pages)"
        how = "profile" if self.rules.body is not None else "site" if chosen.by_site else "container"
        return Evidence(method=how, where=where, raw=f"{count} blocks")

    def _keywords(self) -> tuple[str, ...]:
        names, how = find_keywords(self.doc, self.stated)
        if how is not None:
            self.evidence["keywords"] = how
        return names

    def _noted(self, name: str, found: tuple[str, Evidence] | None) -> str | None:
        """A value whose evidence is kept."""
        if found is None:
            return None
        self.evidence[name] = found[1]
        return found[0]
