"""Which elements hold lines, which are left out, and what an element's name says of its text."""

from __future__ import annotations

from archiver.extract.words import Mark


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCK_TAGS = _names(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul caption frameset noframes"
)
DROPPED = _names(
    "script style noscript template svg iframe object embed select option textarea input canvas map "
    "math audio video applet frame progress meter datalist colgroup dialog button"
)
TAG_MARKS = {
    "nav": Mark.NAV, "footer": Mark.FOOTER, "aside": Mark.ASIDE, "header": Mark.HEADER, "form": Mark.FORM,
    "figcaption": Mark.CAPTION, "caption": Mark.CAPTION, "menu": Mark.NAV, "address": Mark.BYLINE,
}  # fmt: skip
ROLE_MARKS = {
    "navigation": Mark.NAV, "contentinfo": Mark.FOOTER, "complementary": Mark.ASIDE, "banner": Mark.HEADER,
    "search": Mark.FORM, "dialog": Mark.COOKIE, "alertdialog": Mark.COOKIE, "menu": Mark.NAV,
    "menubar": Mark.NAV,
}  # fmt: skip
KINDS = {
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "li": "item", "dt": "term", "dd": "definition", "blockquote": "quote", "pre": "code",
    "figcaption": "caption", "caption": "caption", "td": "cell", "th": "cell",
}  # fmt: skip
STICKY = frozenset(("item", "quote", "code", "caption", "cell", "definition"))
INLINE_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
CHROME_MARKS = Mark.NAV | Mark.HEADER | Mark.FOOTER | Mark.ASIDE | Mark.HIDDEN
UNMARKED = frozenset(("html", "body"))
MAX_NODES = 60_000
INLINE, BLOCK, SKIPPED = 0, 1, 2
ROLES = {**dict.fromkeys(BLOCK_TAGS, BLOCK), **dict.fromkeys(DROPPED, SKIPPED)}
