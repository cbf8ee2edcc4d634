"""The chrome model of a site: which blocks its pages share, which layouts its articles have.

No single page can tell that a block is chrome; a site can. The model is a pure function of
an ordered list of captures (and of what feeds and listings say of them); learning from ten
more pages costs what those ten cost. A block is its text and its place; what counts as
chrome is judged among the pages that have that place and between the first and the last page
that show the block, so that a redesign does not hide the columns of the old layout.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from archiver.extract.likeness import LISTING, OTHER, Layouts, Likeness
from archiver.extract.places import address_key, block_key, is_link_line, place_of, short_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Node
    from archiver.model import Mention, Page
    from archiver.site import Site

VERSION = 4
LEAST = 6  # pages that must show a block before it can be chrome
OF_PLACE = 0.6  # share of the pages with that place
OF_PAGES = 0.4  # share of the pages of its span, listings left out
OF_LAYOUT = 0.8  # share of the pages of a short layout
OF_PAGES_LINK = 0.1  # the same for a line that is a link
STEADY = 0.6  # share of the pages on which a neighbour is the same as on the page before
COMES_BACK = 0.6  # share of a column's lines that other pages showed before
EDGE = 20  # pages from the first, or the last, within which chrome begins, or ends
OF_TEXTS = 0.5  # share of the pages of text of its span that have a container
SPAN = 12  # pages of text over which a layout must reach, or half of the site's
MENU = 0.4  # share of pages whose menus link to a page
RIGHT = 0.9  # share of the pages on which a place shows the date that is stated elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A block that is chrome: ``pages`` of the ``of`` pages that could have shown it prove that."""

    pages: int
    of: int


@dataclass(frozen=True, kw_only=True)
class ChromeModel:
    """What a site's pages have in common; frozen. ``digest`` names its content.

    ``blocks`` has for each block's key: on how many pages it was, on which first and last (numbers
    of pages that are no listings), its neighbours there, and how often each was the one of the page
    before. ``places``: pages with that place; of those that are no listings: pages, lines, lines
    that came back from another page, pages on which most lines did. ``containers``: pages whose text
    is in an element at a place; ``spans``: the first and the last of them, as numbers of ``texts``.
    ``titles``: pages whose headline stands at a place. ``dates``: pages that show the right, and a
    wrong, date at a place.
    """

    pages: int = 0
    numbered: int = 0
    blocks: dict[str, tuple[int, int, int, str, int, str, int]] = field(default_factory=dict)
    places: dict[str, tuple[int, int, int, int, int]] = field(default_factory=dict)
    menus: dict[str, int] = field(default_factory=dict)
    affixes: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    containers: dict[str, int] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    dates: dict[str, tuple[int, int]] = field(default_factory=dict)
    signatures: tuple[tuple[str, ...], ...] = ()
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> ChromeModel:
        """The model of a site of which nothing is known."""
        return cls()

    def learn(
        self, pages: Sequence[tuple[Page, Sequence[Mention]]], *, site: Site | None = None
    ) -> ChromeModel:
        """The model after these pages, in this order, each with what is said of it."""
        from archiver.extract.learner import ChromeLearner

        learner = ChromeLearner(self)
        for page, mentions in pages:
            learner.add(page, mentions=mentions, site=site)
        return learner.model()

    def to_json(self) -> str:
        """The model in canonical JSON: the same model is the same text."""
        return self._json

    @cached_property
    def _json(self) -> str:
        content = {"version": VERSION} | {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ChromeModel:
        """The model that ``to_json`` wrote; another version gives the empty model."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            return cls()
        for name in ("blocks", "places", "spans", "dates", "seen"):
            data[name] = {key: tuple(value) for key, value in data[name].items()}
        data["signatures"] = tuple(tuple(s) for s in data["signatures"])
        return cls(**data)

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and hex over the canonical JSON."""
        return "sha256:" + hashlib.sha256(self._json.encode()).hexdigest()

    @staticmethod
    def place(node: Node) -> str:
        """A node's place as the model counts it."""
        return place_of(node)

    # ------------------------------------------------------------ chrome

    def proven(self, blocks: Sequence[Block]) -> dict[int, Seen]:
        """The blocks of a page that the site's pages prove to be chrome, by index, with the proof."""
        if not self.pages:
            return {}
        return _Proving(self, [b for b in blocks if b.text]).proven()

    def is_frequent(self, key: str, of: int, layout: int, *, linked: bool) -> bool:
        """True for a block on enough pages of its place and of its span.

        Wide enough is a span of many pages, or of most of the ``layout`` pages that have their text
        where this one has it: a layout may have lived for a few pages only.
        """
        count, first, last = self.blocks[key][:3]
        span = last - first + 1
        share = OF_PAGES_LINK if linked else OF_PAGES
        wide = span >= min(EDGE, 0.5 * self.numbered, OF_LAYOUT * layout)
        return count >= max(LEAST, share * span, OF_PLACE * of) and wide

    def is_passing(self, key: str, of: int) -> bool:
        """True for a block that came and went on few of the pages that have their text where this has it.

        Chrome comes or goes with a layout; what does so amid one, as a series does, is the articles' own.
        """
        count, first, last = self.blocks[key][:3]
        return first >= EDGE and last < self.numbered - EDGE and count < OF_PAGES * of

    def is_common(self, block: Block) -> bool:
        """True for a line that stands on several pages, and so is no page's own."""
        return self.blocks.get(block_key(block), (0,))[0] >= LEAST

    def is_steady(self, key: str) -> bool:
        """True where a neighbour of a block is mostly the same: chrome stands in a row, prose does not."""
        count, *_, before, _, after = self.blocks[key]
        return max(before, after) >= STEADY * (count - 1)

    def comes_back(self, place: str) -> bool:
        """True where most lines at a place were on other pages before, as those of a column are."""
        _, pages, lines, again, _ = self.places.get(place, (0, 0, 0, 0, 0))
        return pages >= LEAST and again >= COMES_BACK * lines

    # ------------------------------------------------------------ agreement

    @cached_property
    def agreed_container(self) -> str | None:
        """The place of the element that holds the text on most pages of the newest layout."""
        return next(iter(self.agreed_containers), None)

    @cached_property
    def agreed_containers(self) -> tuple[str, ...]:
        """The places of the elements that hold the text, those of the newest layout first.

        Each on most pages of text between the first and the last that have it.
        """
        found = [place for place in self.containers if self._is_agreed(place)]
        return tuple(sorted(found, key=lambda p: (-self.spans[p][1], -self.containers[p], p)))

    def _is_agreed(self, place: str) -> bool:
        proof = self.container_proof(place)
        wide = proof.of >= min(SPAN, 0.5 * self.texts)
        return wide and proof.pages >= max(LEAST, OF_TEXTS * proof.of)

    def container_proof(self, place: str) -> Seen:
        """On how many pages the text is in an element at this place, of those of its span."""
        first, last = self.spans.get(place, (0, -1))
        return Seen(pages=self.containers.get(place, 0), of=last - first + 1)

    @cached_property
    def agreed_titles(self) -> frozenset[str]:
        """The places where pages show the headline that they also state."""
        own = (place for place, count in self.titles.items() if count >= LEAST)
        return frozenset(place for place in own if not self.comes_back(short_hash(place)))

    @cached_property
    def agreed_dates(self) -> dict[str, tuple[int, int]]:
        """The places where pages show the date that they, a feed or a listing state, and how many do."""
        return {
            place: (right, right + wrong)
            for place, (right, wrong) in self.dates.items()
            if right >= LEAST and right >= RIGHT * (right + wrong)
        }

    @cached_property
    def site_affixes(self) -> tuple[str, ...]:
        """Beginnings and ends that the titles of a third of the pages share, the longest first."""
        if self.pages < 3:
            return ()
        least = max(3, 0.3 * self.pages)
        return tuple(sorted((a for a, n in self.affixes.items() if n >= least), key=lambda a: (-len(a), a)))

    # ------------------------------------------------------------ kinds

    def in_menu(self, url: str) -> bool:
        """True where the menus of most of the site's pages link to this address."""
        return self.pages >= 5 and self.menus.get(address_key(url), 0) >= MENU * self.pages

    def likeness(self, features: Sequence[str]) -> Likeness:
        """How much a page with these features is like the pages that are known to be articles."""
        return self._layouts.likeness(features)

    @cached_property
    def _layouts(self) -> Layouts:
        counts: tuple[dict[str, int], dict[str, int]] = ({}, {})
        totals = [0, 0]
        menu = {short_hash(u) for u, n in self.menus.items() if n >= MENU * self.pages and self.pages >= 5}
        for key, (signature, label) in self.seen.items():
            label = OTHER if key in menu and label != LISTING else label
            if label not in (1, 2):
                continue
            totals[label - 1] += 1
            for name in self.signatures[signature]:
                counts[label - 1][name] = counts[label - 1].get(name, 0) + 1
        return Layouts(articles=counts[0], known=totals[0], others=counts[1], known_others=totals[1])


class _Proving:
    """The lines of one page, asked of the model in their order.

    A line that many pages show among the same neighbours is chrome. So is a link in a column whose
    lines change from night to night but come back, beside another; and what stands among those.
    """

    def __init__(self, model: ChromeModel, blocks: Sequence[Block]) -> None:
        self.model = model
        self.blocks = blocks
        places = [place_of(b.node) for b in blocks]
        self.keys = [block_key(b, place) for b, place in zip(blocks, places, strict=True)]
        hashes = {place: short_hash(place) for place in set(places)}
        self.places = [hashes[place] for place in places]
        self.columns = {place for place in hashes.values() if model.comes_back(place)}
        self.layout = self._layout()
        self.frequent = [self._is_frequent(n) for n in range(len(blocks))]
        passing = self._passing()
        self.sure = [
            f and n not in passing and model.is_steady(k)
            for n, (f, k) in enumerate(zip(self.frequent, self.keys, strict=True))
        ]

    def proven(self) -> dict[int, Seen]:
        self._links()
        self._among()
        return {b.index: self._seen(n) for n, b in enumerate(self.blocks) if self.sure[n]}

    def _layout(self) -> int:
        """The number of pages that have a line where this page has most of its prose."""
        prose: dict[str, int] = {}
        for place, block in zip(self.places, self.blocks, strict=True):
            if block.sentence and not block.links:
                prose[place] = prose.get(place, 0) + block.chars
        fullest = max(prose, key=lambda place: (prose[place], place), default="")
        return self.model.places.get(fullest, (0, 0))[1]

    def _passing(self) -> set[int]:
        """Lines of prose that came and went, and what stands beside them."""
        lines = [
            n for n, f in enumerate(self.frequent)
            if f and self.blocks[n].sentence and self.model.is_passing(self.keys[n], self.layout)
        ]  # fmt: skip
        return {near for n in lines for near in (n - 1, n, n + 1)}

    def _is_frequent(self, n: int) -> bool:
        key = self.keys[n]
        if key not in self.model.blocks:
            return False
        of = self.model.places.get(self.places[n], (0,))[0]
        return self.model.is_frequent(key, of, self.layout, linked=is_link_line(self.blocks[n]))

    def _links(self) -> None:
        """Links in a column, two or more in a row or beside what is chrome already."""
        links = [self.places[n] in self.columns and is_link_line(b) for n, b in enumerate(self.blocks)]
        known = [a or b for a, b in zip(links, self.sure, strict=True)]
        for n, link in enumerate(links):
            if link and (self._at(known, n - 1) or self._at(known, n + 1)):
                self.sure[n] = True

    def _among(self) -> None:
        """The heading of a column, and the dates and excerpts between its links."""
        for n, block in enumerate(self.blocks):
            if self.sure[n] or block.kind == "cell":
                continue
            before, after = self._at(self.sure, n - 1), self._at(self.sure, n + 1)
            if self.frequent[n]:
                self.sure[n] = after or (before and block.kind != "heading")
            elif before and block.kind != "heading" and self.places[n] in self.columns:
                self.sure[n] = after or block.node.parent is self.blocks[n - 1].node.parent

    @staticmethod
    def _at(flags: list[bool], n: int) -> bool:
        return 0 <= n < len(flags) and flags[n]

    def _seen(self, n: int) -> Seen:
        """The proof: the line's own pages, or those on which the lines of its column came back."""
        of, pages, _, _, proving = self.model.places.get(self.places[n], (0, 0, 0, 0, 0))
        if self.frequent[n]:
            count = self.model.blocks[self.keys[n]][0]
            return Seen(pages=count, of=max(of, count))
        return Seen(pages=proving, of=pages)
