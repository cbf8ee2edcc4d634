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
import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archiver.extract.body import find_container, weigh
from archiver.extract.decode import decode
from archiver.extract.features import features_of, same_frame
from archiver.extract.kinds import is_fed
from archiver.extract.links import absolute, split_url
from archiver.extract.listings import listing_reason
from archiver.extract.tree import parse
from archiver.extract.walk import walk
from archiver.extract.words import Mark
from archiver.model import Stripped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.extract.document import Block, Document, Node
    from archiver.model import Mention, Page
    from archiver.site import Site

VERSION = 1
LEAST = 6  # pages that must show a block before it can be chrome
OF_PLACE = 0.6  # share of the pages with that place
OF_PAGES = 0.1  # share of the pages of its span
STEADY = 0.6  # share of the pages on which a neighbour is the same as on the page before
PRUNED = 500  # pages after which what was seen once is looked through
MENU = 0.4  # share of pages whose menus link to a page
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """How often a block was seen: on ``pages`` of the ``of`` pages that could have shown it."""

    pages: int
    of: int
    chrome: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How like a site's known articles a page is laid out; ``odd`` are the families that differ."""

    score: float
    known: int
    odd: tuple[str, ...]


def _say(says: dict[str, float], name: str, value: float) -> None:
    """Keeps the strongest say of a family, a contradiction before an agreement."""
    family = name.partition(":")[0].partition(".")[0]
    family = {
        "under": "address",
        "shape": "address",
        "query": "address",
        "main": "frame",
        "body": "frame",
    }.get(family, family)
    before = says.get(family)
    if before is None or value < before < 0 or (before >= 0 and (value > before or value < -0.5)):
        says[family] = value


def block_key(block: Block) -> str:
    """The identity of a block on a site: hex over its place and its folded text."""
    text = " ".join(block.text.casefold().split())
    return _hash(f"{place_of(block.node)}\n{text}")


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def place_of(node: Node | None) -> str:
    """A node's place as its three nearest elements with their class names, numbers left out."""
    steps: list[str] = []
    while node is not None and len(steps) < 3:
        if node.tag not in ("html", "body"):
            names = " ".join(sorted(n for n in node.names.split()[:4] if not _DIGITS.search(n)))
            steps.append(f"{node.tag}.{names}" if names else node.tag)
        node = node.parent
    return ">".join(reversed(steps))


@dataclass(frozen=True, kw_only=True)
class ChromeModel:
    """What a site's pages have in common; frozen. ``digest`` names its content."""

    pages: int = 0
    blocks: dict[str, tuple[int, int, int, str, int, str, int]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    menus: dict[str, int] = field(default_factory=dict)
    affixes: dict[str, int] = field(default_factory=dict)
    containers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
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
        learner = ChromeLearner(self)
        for page, mentions in pages:
            learner.add(page, mentions=mentions, site=site)
        return learner.model()

    def to_json(self) -> str:
        """The model in canonical JSON: the same model is the same text."""
        return json.dumps(self._content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ChromeModel:
        """The model that ``to_json`` wrote; another version gives the empty model."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            return cls()
        data["blocks"] = {k: tuple(v) for k, v in data["blocks"].items()}
        data["texts"] = {k: tuple(v) for k, v in data["texts"].items()}
        data["seen"] = {k: tuple(v) for k, v in data["seen"].items()}
        data["signatures"] = tuple(tuple(s) for s in data["signatures"])
        return cls(**data)

    def _content(self) -> dict[str, Any]:
        return {
            "version": VERSION, "pages": self.pages, "blocks": self.blocks, "places": self.places,
            "menus": self.menus, "affixes": self.affixes, "containers": self.containers, "texts": self.texts,
            "signatures": self.signatures, "seen": self.seen,
        }  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """``sha256:`` and hex over the canonical JSON."""
        return "sha256:" + hashlib.sha256(self.to_json().encode()).hexdigest()

    def seen_block(self, block: Block) -> Seen:
        """How often this block was seen, and whether that makes it chrome."""
        if not block.text:
            return Seen(pages=0, of=self.pages, chrome=False)
        return self._seen_at(block_key(block), place_of(block.node))

    @staticmethod
    def place(node: Node) -> str:
        """A node's place as the model counts it."""
        return place_of(node)

    def _seen_at(self, key: str, place: str) -> Seen:
        found = self.blocks.get(key)
        if found is None:
            return Seen(pages=0, of=self.pages, chrome=False)
        count, first, last, _, before, _, after = found
        of = self.places.get(_hash(place), 0)
        span = last - first + 1
        enough = count >= max(LEAST, OF_PAGES * span) and span >= min(20, 0.5 * self.pages)
        enough = enough and max(before, after) >= STEADY * (count - 1)
        return Seen(pages=count, of=max(of, count), chrome=enough and count >= OF_PLACE * of)

    def chrome_blocks(self) -> list[Stripped]:
        """The blocks that are chrome, with their places and the pages that prove it, most frequent first."""
        rows = []
        for key, (text, place) in self.texts.items():
            seen = self._seen_at(key, place)
            if seen.chrome:
                rows.append(Stripped(text=text, where=place, reason="site", pages=seen.pages, of=seen.of))
        return sorted(rows, key=lambda r: (-r.pages, r.where, r.text))

    @cached_property
    def agreed_container(self) -> str | None:
        """The place of the element that holds the text on most of the site's pages of text."""
        total = sum(self.containers.values())
        place, count = max(self.containers.items(), key=lambda i: (i[1], i[0]), default=("", 0))
        return place if count >= LEAST and count >= 0.5 * total else None

    def in_menu(self, url: str) -> bool:
        """True where the menus of most of the site's pages link to this address."""
        return self.pages >= 5 and self.menus.get(_address(url), 0) >= MENU * self.pages

    @cached_property
    def _known(self) -> tuple[dict[str, int], int, dict[str, int], int]:
        """How many pages known as articles have each feature, and how many known as none."""
        counts: tuple[dict[str, int], dict[str, int]] = ({}, {})
        totals = [0, 0]
        menu = {_hash(u) for u, n in self.menus.items() if n >= MENU * self.pages and self.pages >= 5}
        for key, (signature, label) in self.seen.items():
            label = 2 if key in menu and label != 3 else label
            if label not in (1, 2):
                continue
            totals[label - 1] += 1
            for name in self.signatures[signature]:
                counts[label - 1][name] = counts[label - 1].get(name, 0) + 1
        return counts[0], totals[0], counts[1], totals[1]

    def likeness(self, features: Sequence[str]) -> Likeness:
        """How much a page with these features is like the pages that are known to be articles.

        Each family of features (class names of ``article``, shape of the address …) has one say:
        what articles always have and this page has not, what this page has and articles never.
        """
        yes, known, no, others = self._known
        if known < LEAST:
            return Likeness(score=0.0, known=known, odd=())
        says: dict[str, float] = {}
        own = set(features)
        for name in sorted(own):
            odds = math.log((yes.get(name, 0) + 0.5) / (known + 1)) - math.log(
                (no.get(name, 0) + 0.5) / (others + 1)
            )
            rare = yes.get(name, 0) <= 0.02 * known
            said = -1.0 if rare and known >= 10 else max(-1.0, min(0.6, 0.4 * odds))
            _say(says, name, said)
        for name, count in sorted(yes.items()):
            if count >= 0.93 * known and name not in own:
                _say(says, name, -1.0)
        odd = tuple(sorted(f for f, v in says.items() if v <= -0.8))
        return Likeness(score=sum(says.values()), known=known, odd=odd)

    @cached_property
    def site_affixes(self) -> tuple[str, ...]:
        """Beginnings and ends that the titles of a third of the pages share, the longest first."""
        if self.pages < 3:
            return ()
        least = max(3, 0.3 * self.pages)
        return tuple(sorted((a for a, n in self.affixes.items() if n >= least), key=lambda a: (-len(a), a)))


class ChromeLearner:
    """Learns a model page by page; the order of the pages is part of the result."""

    def __init__(self, model: ChromeModel | None = None) -> None:
        model = model or ChromeModel.empty()
        self._pages = model.pages
        self._blocks = dict(model.blocks)
        self._places = dict(model.places)
        self._menus = dict(model.menus)
        self._affixes = dict(model.affixes)
        self._containers = dict(model.containers)
        self._texts = dict(model.texts)
        self._known_signatures = list(model.signatures)
        self._signatures = {s: n for n, s in enumerate(model.signatures)}
        self._seen = dict(model.seen)

    def add(self, page: Page, *, mentions: Sequence[Mention] = (), site: Site | None = None) -> None:
        """Learns from one capture. Never raises.

        An address learned before counts again only where its layout is another one; that a feed
        names it by now is learned all the same.
        """
        if page.status >= 300:
            return
        root = parse(decode(page.body, page.content_type).text)
        if root is None:
            return
        doc = walk(root)
        if len(doc.blocks) >= 3:
            self.add_document(doc, page, mentions=mentions, site=site)

    def add_document(
        self, doc: Document, page: Page, *, mentions: Sequence[Mention] = (), site: Site | None = None
    ) -> None:
        """Learns from a page that is walked already."""
        key = _hash(_address(page.url))
        features = tuple(features_of(doc, page.url))
        before = self._seen.get(key)
        if before is not None and same_frame(self._known_signatures[before[0]], features):
            if before[1] == 0 and is_fed(mentions):
                self._seen[key] = (before[0], 1)
            return
        number = self._pages
        self._pages += 1
        self._learn_blocks([b for b in doc.blocks[:3000] if b.text], number)
        self._learn_menu(doc, page.url)
        self._learn_title(doc.title)
        label, container = _label(doc, page, mentions, site)
        if label < 2 and container is not None and container.good > 400:
            place = place_of(container)
            self._containers[place] = self._containers.get(place, 0) + 1
        if features not in self._signatures:
            self._signatures[features] = len(self._known_signatures)
            self._known_signatures.append(features)
        self._seen[key] = (self._signatures[features], label)
        if self._pages % PRUNED == 0:
            self._prune()

    def _prune(self) -> None:
        """Forgets what was seen once and long ago; when, is a function of the number of pages alone."""
        old = self._pages - 4 * PRUNED
        self._blocks = {k: v for k, v in self._blocks.items() if v[0] > 1 or v[2] >= old}
        self._menus = {k: v for k, v in self._menus.items() if v > 1}
        self._affixes = {k: v for k, v in self._affixes.items() if v > 1}

    def _learn_blocks(self, blocks: list[Block], number: int) -> None:
        """Counts each block once a page, with whether its neighbours are those of the page before."""
        keys = [block_key(b) for b in blocks]
        around = ["", *keys, ""]
        done: set[str] = set()
        for at, key in enumerate(keys, 1):
            if key in done:
                continue
            done.add(key)
            before, after = around[at - 1], around[at + 1]
            count, first, _, prev, same, following, also = self._blocks.get(key, (0, number, 0, "", 0, "", 0))
            same, also = same + (before == prev), also + (after == following)
            self._blocks[key] = (count + 1, first, number, before, same, after, also)
            steady = max(same, also) >= STEADY * count
            if (
                count + 1 >= LEAST
                and steady
                and count >= OF_PAGES * (number - first)
                and key not in self._texts
            ):
                self._texts[key] = (blocks[at - 1].text[:300], place_of(blocks[at - 1].node))
        for place in {_hash(place_of(b.node)) for b in blocks}:
            self._places[place] = self._places.get(place, 0) + 1

    def _learn_menu(self, doc: Document, url: str) -> None:
        linked = set()
        for href, _, _, node in doc.anchors:
            menu = node.marks & (Mark.NAV | Mark.HEADER | Mark.FOOTER) and not node.marks & Mark.ASIDE
            if menu and (target := absolute(href, url)):
                linked.add(_address(target))
        for address in linked:
            self._menus[address] = self._menus.get(address, 0) + 1

    def _learn_title(self, title: str) -> None:
        for affix in affixes_of(title):
            self._affixes[affix] = self._affixes.get(affix, 0) + 1

    def model(self) -> ChromeModel:
        """The model of all pages so far."""
        return ChromeModel(
            pages=self._pages,
            blocks=dict(self._blocks),
            places=dict(self._places),
            menus=dict(self._menus),
            affixes=dict(self._affixes),
            containers=dict(self._containers),
            texts=dict(self._texts),
            signatures=tuple(self._signatures),
            seen=dict(self._seen),
        )


def affixes_of(title: str) -> list[str]:
    """What a title might end or begin with that names its site: " | Name", "Name - "."""
    parts = re.split(r"(\s+[|\-–—·•:«»/]+\s+|\s*[|»]\s*|:\s+)", title)
    if len(parts) < 3:
        return []
    return ["".join(parts[-2:]), "".join(parts[:2])]


def _label(
    doc: Document, page: Page, mentions: Sequence[Mention], site: Site | None
) -> tuple[int, Node | None]:
    """1 for a known article, 2 for a page known to be none, 3 for a listing, else 0; and the container."""
    weigh(doc, {})
    container = find_container(doc, None)
    ruled = site.is_article_address(page.url) if site else None
    if ruled is not None:
        return (1 if ruled else 2), container
    if listing_reason(doc, page.url, container=container):
        return 3, container
    return (1 if is_fed(mentions) else 0), container


def _address(url: str) -> str:
    parts = split_url(url)
    return (parts.path.rstrip("/") or "/") + (f"?{parts.query}" if parts.query else "")
