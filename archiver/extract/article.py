"""A page in, an article with its evidence out: the front of this room. Pure, and never raises."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver.extract.agreed import agreed_date, agreed_title
from archiver.extract.authors import find_authors
from archiver.extract.body import Chosen, Survey, choose_body, path_of, survey
from archiver.extract.chrome import ChromeModel
from archiver.extract.decode import Decoded, decode
from archiver.extract.features import features_of
from archiver.extract.kinds import Verdict, decide, early_kind
from archiver.extract.language import find_language
from archiver.extract.links import absolute, split_url
from archiver.extract.parts import is_pager, join_parts, next_part, shown_part
from archiver.extract.published import Dates, find_dates, stated_date
from archiver.extract.render import body_markdown, body_text
from archiver.extract.rules import Rules, read_rules
from archiver.extract.scripted import scripted_blocks
from archiver.extract.stated import Stated, read_stated
from archiver.extract.text import read_plain
from archiver.extract.title import Title, find_title, stated_title
from archiver.extract.tree import looks_like_markup, parse
from archiver.extract.walk import read, walk
from archiver.model import Evidence, Extraction, Link, Mention, Page, PageKind, Stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bs4 import BeautifulSoup

    from archiver.extract.candidates import Row
    from archiver.extract.document import Block, Document
    from archiver.site import Site

EXTRACTOR = "nyhetsarkiv/1"
CONTROLS = bytes((*range(1, 9), *range(14, 27), *range(28, 32)))
TAG = re.compile(rb"<(?:!doctype|html|head|body|div|p)[\s>]", re.I)
BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\xd0\xcf\x11\xe0",
)


def extract_article(
    page: Page,
    *,
    site: Site | None = None,
    chrome: ChromeModel | None = None,
    mentions: Sequence[Mention] = (),
    further: Sequence[Page] = (),
    clean: Callable[[BeautifulSoup], None] | None = None,
) -> Extraction:
    """What a page says: its kind, and the fields of the article where it is one.

    ``mentions`` are what feeds, sitemaps and listings say of this address, ``further`` the pages
    2, 3 … of the same article in order, ``clean`` a site's own function on the soup. Any bytes
    give an answer; what was wrong with them stands in ``evidence["encoding"]``.
    """
    if page.body.lstrip()[:8].startswith(BINARY) or is_binary(page.body):
        return _nothing(page, PageKind.FILE, "bytes of a file that is no text")
    decoded = decode(page.body, page.content_type)
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    if kind == "text/plain" and not looks_like_markup(decoded.text):
        return _plain(page, decoded, mentions)
    found = _read(page, decoded, site, clean)
    if found is None:
        return _nothing(page, PageKind.EMPTY, "no text")
    doc, rules = found
    reading = _Reading(page, doc, rules, decoded, site, chrome or ChromeModel.empty(), mentions)
    return reading.extraction(further, clean)


def candidates_of(page: Page) -> list[tuple[Block, Row]]:
    """The lines of a page that may be its article's text, as the block judge sees them."""
    decoded = decode(page.body, page.content_type)
    doc = read(decoded.utf8)
    if doc is None:
        return []
    reading = _Reading(page, doc, Rules(), decoded, None, ChromeModel.empty(), ())
    found = reading._survey(reading._title())
    return found.lines().rows if found is not None else []


def is_binary(body: bytes) -> bool:
    """True for bytes that no text has: one in twenty a control character, and no tag among them.

    NUL does not count, as UTF-16 is full of it.
    """
    start = body[:4096]
    controls = len(start) - len(start.translate(None, CONTROLS))
    return controls * 20 > len(start) and not TAG.search(start)


def _nothing(page: Page, kind: PageKind, reason: str) -> Extraction:
    return Extraction(url=page.url, kind=kind, reason=reason, confidence=1.0)


def _read(
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


class _Reading:
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
        self.stated: Stated = read_stated(self.doc)
        self.evidence: dict[str, Evidence] = {}

    @property
    def base(self) -> str:
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
        early = early_kind(doc, status=page.status, url=page.url, text_chars=chars)
        canonical = self._canonical()
        if early is not None and not (
            early.kind is PageKind.EMPTY and scripted_blocks(doc, (), self.stated.body)
        ):
            return self._early(early, canonical)
        title = self._title()
        chosen = self._body(title)
        dates = self._dates(chosen, title)
        if self.rules.body is None and (held := scripted_blocks(doc, chosen.blocks, self.stated.body)):
            chosen = replace(chosen, blocks=held, scripted=True, chars=sum(b.chars for b in held))
        verdict = self._kind(chosen, title, dates)
        return self._fields(verdict, title, chosen, dates, canonical, further, clean)

    def _early(self, early: Verdict, canonical: str | None) -> Extraction:
        """A page without text to read: its kind, and what its head states."""
        evidence = self._encoding()
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

    def _title(self) -> Title | None:
        names = [n for n in (self._site_name(),) if n]
        found = find_title(
            self.doc, self.stated, site_names=[*names, *self._affix_names()], mentions=self.mentions
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

    def _body(self, title: Title | None) -> Chosen:
        if self.rules.body is not None:
            return self.rules.choose(self.doc, title.block if title else None)
        return choose_body(self._survey(title))

    def _survey(self, title: Title | None) -> Survey | None:
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
            stated=self.stated.body,
        )

    def _dates(self, chosen: Chosen, title: Title | None) -> Dates:
        found = find_dates(
            self.doc, self.stated, chosen, url=self.page.url, title=title.block if title else None,
            mentions=self.mentions, zone=self.site.zone if self.site else None, language=self.doc.language,
            ruled=self.rules.date,
        )  # fmt: skip
        return agreed_date(found, self.doc, self.chrome, self.site.zone if self.site else None)

    def _kind(self, chosen: Chosen, title: Title | None, dates: Dates) -> Verdict:
        return decide(
            self.doc, chosen, url=self.page.url,
            title_text=title.text if title else "", mentions=self.mentions,
            ruled=self.site.is_article_address(self.page.url) if self.site else None,
            in_menu=self.chrome.in_menu(self.page.url),
            likeness=self.chrome.likeness(features_of(self.doc, self.page.url) if self.chrome.pages else ()),
            alone=not self.chrome.pages,
            dated=dates.published is not None and dates.published.method not in ("url", "feed", "listing"),
        )  # fmt: skip

    def _canonical(self) -> str | None:
        for link in self.doc.links:
            if "canonical" in link["rel"].split() and (url := self.resolve(link["href"])):
                self.evidence["canonical_url"] = Evidence(
                    method="link", where="link[rel=canonical]", raw=link["href"].strip()
                )
                return url
        if (url := self.doc.meta("og:url")) and (found := self.resolve(url)):
            self.evidence["canonical_url"] = Evidence(method="meta", where="meta[og:url]", raw=url)
            return found
        return None

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
        evidence = {**self._encoding(), **self.evidence}
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
            how = "profile" if self.rules.body is not None else "container"
            evidence["body"] = Evidence(
                method=how, where=path_of(chosen.container), raw=f"{len(blocks)} blocks"
            )
        if chosen.scripted:
            evidence["body"] = Evidence(method="script", where="script", raw=f"{len(blocks)} blocks")
        for name, dated in (("date_published", dates.published), ("date_modified", dates.modified)):
            if dated:
                evidence[name] = Evidence(method=dated.method, where=dated.where, raw=dated.raw[:200])
        text = body_text(blocks)
        language, how, said = find_language(self.doc, self.stated, text, self.page.language)
        if language:
            evidence["language"] = Evidence(method=how, where=how, raw=said)
        about = self._description(evidence)
        part = shown_part(self.doc, self.base, self.page.url)
        return Extraction(
            url=self.page.url,
            kind=verdict.kind,
            reason=verdict.reason,
            confidence=verdict.confidence,
            title=title.text if title else None,
            description=about,
            body=text,
            body_markdown=body_markdown(blocks, self.resolve),
            authors=names,
            keywords=self._keywords(evidence),
            date_published=dates.published.stamp.iso if dates.published else None,
            date_modified=dates.modified.stamp.iso if dates.modified else None,
            language=language,
            publisher=self._publisher(evidence),
            canonical_url=canonical,
            next_url=next_part(self.doc, self.base, self.page.url)
            if verdict.kind is PageKind.ARTICLE
            else None,
            part=part,
            links=self._links(blocks),
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
        found = _read(page, decoded, self.site, clean)
        if found is None:
            return []
        reading = _Reading(page, *found, decoded, self.site, self.chrome, ())
        chosen = reading._body(reading._title())
        stripped.extend(chosen.stripped)
        return join_parts(before, [b for b in chosen.blocks if not is_pager(b)], title.text if title else "")

    def _encoding(self) -> dict[str, Evidence]:
        d = self.decoded
        return {"encoding": Evidence(method=d.method, where=d.encoding, raw="; ".join(d.problems))}

    def _description(self, evidence: dict[str, Evidence]) -> str | None:
        for name in (
            "description",
            "og:description",
            "twitter:description",
            "dc.description",
            "dcterms.description",
        ):
            if text := self.doc.meta(name):
                evidence["description"] = Evidence(method="meta", where=f"meta[{name}]", raw=text[:300])
                return text
        if self.stated.description:
            evidence["description"] = Evidence(
                method="json-ld", where="description", raw=self.stated.description[:300]
            )
            return self.stated.description
        return None

    def _keywords(self, evidence: dict[str, Evidence]) -> tuple[str, ...]:
        metas = [
            k
            for v in self.doc.all_meta("keywords", "news_keywords", "article:tag", "tags")
            for k in v.split(",")
        ]
        rels = self._tagged() if not metas and not self.stated.keywords else []
        found = self.stated.keywords or metas or rels or self.stated.tags
        names = tuple(dict.fromkeys(" ".join(k.split()) for k in found if k.strip()))[:50]
        if names:
            method = (
                "json-ld" if self.stated.keywords else "meta" if metas else "rel-tag" if rels else "microdata"
            )
            evidence["keywords"] = Evidence(method=method, where=method, raw=", ".join(names)[:300])
        return names

    def _tagged(self) -> list[str]:
        wanted = {href for href, rel, _, _ in self.doc.anchors if "tag" in rel.split()}
        return [
            b.text
            for b in self.doc.blocks
            if b.hrefs and b.hrefs[0] in wanted and len(b.hrefs) == 1 and b.chars < 60
        ]

    def _publisher(self, evidence: dict[str, Evidence]) -> str | None:
        if self.site and self.site.publisher:
            evidence["publisher"] = Evidence(method="profile", where="publisher", raw=self.site.publisher)
            return self.site.publisher
        name = self.stated.publisher or self.doc.meta("og:site_name", "publisher", "application-name")
        if name:
            method = "json-ld" if self.stated.publisher else "meta"
            evidence["publisher"] = Evidence(method=method, where=method, raw=name)
        return name or None

    def _links(self, blocks: list[Block]) -> tuple[Link, ...]:
        record = self.page.record or ""
        found: dict[str, Link] = {}
        for block in blocks:
            for href in block.hrefs:
                if (url := self.resolve(href)) and url not in found:
                    found[url] = Link(record=record, url=url, kind="body", text=block.text[:120])
        return tuple(found.values())


def _plain(page: Page, decoded: Decoded, mentions: Sequence[Mention]) -> Extraction:
    """An article in plain text."""
    found = read_plain(decoded.text)
    paragraphs = found.paragraphs
    body = "\n\n".join(paragraphs)
    evidence = {
        "encoding": Evidence(method=decoded.method, where=decoded.encoding, raw="; ".join(decoded.problems))
    }
    if found.title:
        evidence["title"] = Evidence(method="line", where="first line of words", raw=found.title)
    if found.published:
        evidence["date_published"] = Evidence(method="labelled line", where="head", raw=found.published_raw)
    language, how, said = find_language(None, None, body, page.language)
    if language:
        evidence["language"] = Evidence(method=how, where=how, raw=said)
    article = page.status < 400 and len(body) > 200 and bool(found.title)
    return Extraction(
        url=page.url,
        kind=PageKind.ARTICLE if article else (PageKind.ERROR if page.status >= 400 else PageKind.PAGE),
        reason="lines of prose under a title" if article else "no prose under a title",
        confidence=0.6,
        title=found.title,
        body=body,
        body_markdown="\n\n".join(re.sub(r"([\\`*_\[\]<>])", r"\\\1", p) for p in paragraphs),
        date_published=found.published.iso if found.published else None,
        language=language,
        evidence=evidence,
        stripped=tuple(
            Stripped(text=t[:300], where="line", reason="line of a menu or a column") for t in found.dropped
        ),
    )
