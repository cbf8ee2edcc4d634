"""A site that needs code: a mobile header and two columns stand among the text as plain blocks.

The example of a spider of one's own. Its pages are built by hand: no landmark, no class name
says what is article and what is chrome, only the words above each column do.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from spiders.news import NewsSpider

HEADINGS = re.compile(r"\s*(Nyhetsarkiv|Senaste nyheter)\s*:?\s*\Z", re.IGNORECASE)
MOBILE = re.compile(r"header[-_]?mobile", re.IGNORECASE)
HEADING_TAGS = ["h1", "h2", "h3", "h4", "p", "div", "strong", "b", "span"]


def _column(heading: Tag) -> Tag:
    """The column that a heading stands over: the largest element that begins with it."""
    column = heading
    while isinstance(column.parent, Tag) and column.parent.name not in ("body", "[document]"):
        if not column.parent.get_text(" ", strip=True).startswith(heading.get_text(" ", strip=True)):
            break
        column = column.parent
    return column


class ColumnsSpider(NewsSpider):
    """The news spider with a cleaning function; a profile names it with ``spider = "columns"``."""

    name = "columns"

    @staticmethod
    def clean(soup: BeautifulSoup) -> None:
        """Take out of a page's soup what the site wraps around its articles."""
        for mobile in soup.find_all(["img", "div", "p"], attrs={"class": MOBILE}) + soup.find_all(
            "img", src=MOBILE
        ):
            mobile.extract()
        for heading in soup.find_all(HEADING_TAGS, string=HEADINGS):
            _column(heading).extract()
