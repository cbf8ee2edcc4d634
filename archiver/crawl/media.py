"""What a page shows beside its text: images of the article, documents that it links to, style sheets.

Pure, like the reading of pages: the same bytes give the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from archiver.crawl.links import LinkedPage
from archiver.extract.article import extract_article
from archiver.extract.links import absolute
from archiver.model import Link, Page, PageKind
from archiver.site import Site

DOCUMENTS = (
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx", ".odp",
    ".epub",
)  # fmt: skip
_OF_STYLE = re.compile(r"""url\(\s*["']?([^"')\s]+)|@import\s+["']([^"']+)""", re.I)
_IMAGE = re.compile(rb"<\0?i\0?m\0?g", re.I)  # in UTF-16 too
_REQUISITE = frozenset(("stylesheet", "icon", "apple-touch-icon", "preload"))


def of_page(page: Page, linked: LinkedPage, site: Site) -> list[Link]:
    """The images and documents of an article, and all else that its page needs where the profile asks.

    Nothing where the page is no article: a listing's thumbnails are not kept.
    """
    if site.crawl.media == "none":
        return []
    others = list(_documents(page, linked))
    if site.crawl.media == "page":
        others += _requisites(page, linked)
    if not others and not _IMAGE.search(page.body):
        return []  # to know what kind of page it is costs far more than to look for an image
    found = extract_article(page, site=site)
    if found.kind is not PageKind.ARTICLE:
        return []
    return _each_once([*(link for link in found.links if link.kind == "image"), *others])


def of_style_sheet(page: Page, site: Site) -> list[Link]:
    """What a style sheet names: others, fonts and images."""
    kind = (page.content_type or "").partition(";")[0].strip().lower()
    if site.crawl.media != "page" or kind != "text/css":
        return []
    text = page.body.decode("utf-8", "replace")
    return _each_once(_as_links((m[1] or m[2] for m in _OF_STYLE.finditer(text)), page))


def _documents(page: Page, linked: LinkedPage) -> Iterator[Link]:
    """The files that a page links to outside of its menus."""
    for link in linked.links(_is_document):
        if not link.in_nav:
            yield Link(record=page.record or "", url=link.url, kind="file", text=link.text[:120] or None)


def _is_document(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(DOCUMENTS)


def _requisites(page: Page, linked: LinkedPage) -> Iterator[Link]:
    """Style sheets, icons and all images of a page."""
    heads = (link.url for link in linked.links() if link.head and link.rel & _REQUISITE)
    yield from _as_links(heads, page)
    if linked.tree is not None:
        sources = (image.get("src") or image.get("data-src") or "" for image in linked.tree.iter("img"))
        yield from _as_links(sources, page)


def _as_links(references: Iterable[str], page: Page) -> Iterator[Link]:
    for reference in references:
        if reference and (url := absolute(reference, page.url)) and url != page.url:
            yield Link(record=page.record or "", url=url, kind="requisite")


def _each_once(links: Iterable[Link]) -> list[Link]:
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link.url, link)
    return list(found.values())
