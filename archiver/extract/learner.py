"""Learning a chrome model page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.extract.agreed import shown_dates, shown_titles, stated_days
from archiver.extract.body import find_container, weigh
from archiver.extract.chrome import LEAST, ChromeModel
from archiver.extract.decode import decode
from archiver.extract.features import features_of, same_frame
from archiver.extract.kinds import is_fed
from archiver.extract.likeness import ARTICLE, LISTING, OTHER
from archiver.extract.links import absolute
from archiver.extract.listings import listing_reason
from archiver.extract.places import address_key, block_key, place_of, short_hash
from archiver.extract.stated import read_stated
from archiver.extract.walk import read
from archiver.extract.words import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node
    from archiver.model import Mention, Page
    from archiver.site import Site

MOST = 3000  # blocks of a page that are looked at
PRUNED = 100  # pages after which what was seen seldom is looked through
ONCE, SELDOM = 200, 1000  # pages after which a block is forgotten
MANY = 40_000  # blocks of which half are kept, those seen seldom and longest ago forgotten first
SINGLE = 2000  # places, of whatever kind, above which those of one page are forgotten


class ChromeLearner:
    """Learns a model page by page; the order of the pages is part of the result."""

    def __init__(self, model: ChromeModel | None = None) -> None:
        model = model or ChromeModel.empty()
        self._pages = model.pages
        self._numbered = model.numbered
        self._blocks = dict(model.blocks)
        self._places = dict(model.places)
        self._menus = dict(model.menus)
        self._affixes = dict(model.affixes)
        self._texts = model.texts
        self._containers = dict(model.containers)
        self._spans = dict(model.spans)
        self._titles = dict(model.titles)
        self._dates = dict(model.dates)
        self._signatures = list(model.signatures)
        self._signature = {s: n for n, s in enumerate(model.signatures)}
        self._seen = dict(model.seen)

    def model(self) -> ChromeModel:
        """The model of all pages so far."""
        return ChromeModel(
            pages=self._pages,
            numbered=self._numbered,
            blocks=dict(self._blocks),
            places=dict(self._places),
            menus=dict(self._menus),
            affixes=dict(self._affixes),
            texts=self._texts,
            containers=dict(self._containers),
            spans=dict(self._spans),
            titles=dict(self._titles),
            dates=dict(self._dates),
            signatures=tuple(self._signatures),
            seen=dict(self._seen),
        )

    def add(self, page: Page, *, mentions: Sequence[Mention] = (), site: Site | None = None) -> None:
        """Learns from one capture. Never raises.

        An address learned before counts again only where its layout is another one; that a feed
        names it by now is learned all the same.
        """
        if page.status >= 300:
            return
        doc = read(decode(page.body, page.content_type).utf8)
        if doc is not None and len(doc.blocks) >= 3:
            self.add_document(doc, page, mentions=mentions, site=site)

    def add_document(
        self, doc: Document, page: Page, *, mentions: Sequence[Mention] = (), site: Site | None = None
    ) -> None:
        """Learns from a page that is walked already."""
        key = short_hash(address_key(page.url))
        features = tuple(features_of(doc, page.url))
        before = self._seen.get(key)
        if before is not None and same_frame(self._signatures[before[0]], features):
            if before[1] == 0 and is_fed(mentions):
                self._seen[key] = (before[0], ARTICLE)
            return
        label, container = _label(doc, page, mentions, site)
        self._pages += 1
        self._learn_blocks([b for b in doc.blocks[:MOST] if b.text], listing=label == LISTING)
        self._learn_menu(doc, page.url)
        for affix in affixes_of(doc.title):
            _count(self._affixes, affix)
        if label in (0, ARTICLE) and container is not None:
            self._learn_agreement(doc, container, mentions, site)
        if features not in self._signature:
            self._signature[features] = len(self._signatures)
            self._signatures.append(features)
        self._seen[key] = (self._signature[features], label)

    # ------------------------------------------------------------ blocks

    def _learn_blocks(self, blocks: list[Block], *, listing: bool) -> None:
        """Counts each block once a page, with whether its neighbours are those of the page before."""
        places = [place_of(b.node) for b in blocks]
        keys = [block_key(b, place) for b, place in zip(blocks, places, strict=True)]
        lines: dict[str, list[bool]] = {}
        around = ["", *(key[:8] for key in keys), ""]
        done: set[str] = set()
        for at, (key, place) in enumerate(zip(keys, places, strict=True), 1):
            if key in done:
                continue
            done.add(key)
            lines.setdefault(place, []).append(key in self._blocks)
            self._learn_block(key, around[at - 1], around[at + 1])
        self._learn_places(lines, listing=listing)
        if not listing:
            self._numbered += 1
            if self._numbered % PRUNED == 0:
                self._prune()
        if len(self._blocks) > MANY:
            self._halve()

    def _learn_block(self, key: str, before: str, after: str) -> None:
        number = self._numbered
        count, first, _, prev, same, following, also = self._blocks.get(key, (0, number, 0, "", 0, "", 0))
        same, also = same + (before == prev), also + (after == following)
        self._blocks[key] = (count + 1, first, number, before, same, after, also)

    def _learn_places(self, lines: dict[str, list[bool]], *, listing: bool) -> None:
        """Counts each place once a page, with how many of its lines came back from another page."""
        for name, known in lines.items():
            place = short_hash(name)
            pages, own, all_lines, again, proving = self._places.get(place, (0, 0, 0, 0, 0))
            if not listing:
                own, all_lines, again = own + 1, all_lines + len(known), again + sum(known)
                proving += sum(known) * 2 >= len(known)
            self._places[place] = (pages + 1, own, all_lines, again, proving)

    def _prune(self) -> None:
        """Forgets what was seen seldom and long ago; when, is a function of the number of pages alone."""
        once, seldom = self._numbered - ONCE, self._numbered - SELDOM
        self._blocks = {
            k: v
            for k, v in self._blocks.items()
            if v[2] >= once or (v[0] > 1 and v[2] >= seldom) or v[0] >= LEAST
        }
        self._menus = {k: v for k, v in self._menus.items() if v > 1}
        self._affixes = {k: v for k, v in self._affixes.items() if v > 1}
        self._prune_places()

    def _prune_places(self) -> None:
        """Forgets the places of one page where they are many: names that are made anew for each page."""
        if len(self._places) > SINGLE:
            self._places = {k: v for k, v in self._places.items() if v[0] > 1}
        if len(self._containers) > SINGLE:
            self._containers = {k: v for k, v in self._containers.items() if v > 1}
            self._spans = {k: v for k, v in self._spans.items() if k in self._containers}
        if len(self._titles) > SINGLE:
            self._titles = {k: v for k, v in self._titles.items() if v > 1}
        if len(self._dates) > SINGLE:
            self._dates = {k: v for k, v in self._dates.items() if sum(v) > 1}

    def _halve(self) -> None:
        """Forgets half of the blocks of a site of very long pages; nothing that may be chrome."""
        often = {k: v for k, v in self._blocks.items() if v[0] >= LEAST}
        seldom = sorted(
            ((k, v) for k, v in self._blocks.items() if v[0] < LEAST),
            key=lambda item: (min(item[1][0], 2), item[1][2]),
            reverse=True,
        )
        self._blocks = often | dict(seldom[: max(MANY // 2 - len(often), 0)])

    # ------------------------------------------------------------ menus and agreement

    def _learn_menu(self, doc: Document, url: str) -> None:
        linked = set()
        for href, _, _, node in doc.anchors:
            menu = node.marks & (Mark.NAV | Mark.HEADER | Mark.FOOTER) and not node.marks & Mark.ASIDE
            if menu and (target := absolute(href, url)):
                linked.add(address_key(target))
        for address in linked:
            _count(self._menus, address)

    def _learn_agreement(
        self, doc: Document, container: Node, mentions: Sequence[Mention], site: Site | None
    ) -> None:
        """Where this page has its text, its headline and, if its day is known, its date."""
        if container.good > 400:
            place = place_of(container)
            _count(self._containers, place)
            self._spans[place] = (self._spans.get(place, (self._texts,))[0], self._texts)
            self._texts += 1
        stated = read_stated(doc)
        for place in shown_titles(doc, stated, mentions):
            _count(self._titles, place)
        days = stated_days(doc, stated, mentions, site.zone if site else None)
        for place, day in shown_dates(doc).items() if days else ():
            right, wrong = self._dates.get(place, (0, 0))
            self._dates[place] = (right + (day in days), wrong + (day not in days))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def affixes_of(title: str) -> list[str]:
    """What a title might end or begin with that names its site: " | Name", "Name - "."""
    parts = re.split(r"(\s+[|\-–—·•:«»/]+\s+|\s*[|»]\s*|:\s+)", title)
    if len(parts) < 3:
        return []
    return ["".join(parts[-2:]), "".join(parts[:2])]


def _label(
    doc: Document, page: Page, mentions: Sequence[Mention], site: Site | None
) -> tuple[int, Node | None]:
    """What a page is known to be, else 0; and the container of its text."""
    weigh(doc, {})
    container = find_container(doc, None)
    ruled = site.is_article_address(page.url) if site else None
    if ruled is False:
        return OTHER, container
    if listing_reason(doc, page.url, container=container):
        return LISTING, container
    return (ARTICLE if ruled or is_fed(mentions) else 0), container
