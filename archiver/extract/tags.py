"""Which elements hold lines, which are left out, and what an element's name says of its text."""

from __future__ import annotations

from archiver.extract.words import Mark


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCK_TAGS = _names(
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul caption frameset noframes"
)
DROPPED_TAGS = _names(
    "script style noscript template svg iframe object embed select option textarea input canvas map "
    "math audio video applet frame progress meter datalist colgroup dialog button title"
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
# the kind of line that an element makes, and its level
KINDS = {
    "h1": ("heading", 1), "h2": ("heading", 2), "h3": ("heading", 3), "h4": ("heading", 4),
    "h5": ("heading", 5), "h6": ("heading", 6), "li": ("item", 1), "dt": ("term", 0),
    "dd": ("definition", 0), "blockquote": ("quote", 0), "pre": ("code", 0), "figcaption": ("caption", 0),
    "caption": ("caption", 0), "td": ("cell", 0), "th": ("cell", 0),
}  # fmt: skip
LISTS = frozenset(("ul", "ol", "menu", "dir"))
STICKY = frozenset(("item", "quote", "code", "caption", "cell", "definition"))
INLINE_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
CHROME_MARKS = Mark.NAV | Mark.HEADER | Mark.FOOTER | Mark.ASIDE | Mark.HIDDEN
UNMARKED = frozenset(("html", "body"))
MAX_NODES = 60_000
NAMED = frozenset(("html", "body", "main", "article"))  # elements whose names say little or nothing

NODE, INLINE, LINK, EMPHASIS, DROPPED, BREAKS, RAISED, OTHER = range(8)
"""What an element is to a line: it holds lines, is part of one, or is left out."""

ELEMENTS: dict[str, tuple[int, str, int, int]] = {
    **{tag: (NODE, *KINDS.get(tag, ("text", 0)), TAG_MARKS.get(tag, 0)) for tag in BLOCK_TAGS},
    **dict.fromkeys(DROPPED_TAGS, (DROPPED, "", 0, 0)),
    **dict.fromkeys(INLINE_MARKS, (EMPHASIS, "", 0, 0)),
    **dict.fromkeys(("meta", "link", "base", "time", "img"), (OTHER, "", 0, 0)),
    "a": (LINK, "", 0, 0), "br": (BREAKS, "", 0, 0), "sup": (RAISED, "", 0, 0),
}  # fmt: skip
"""What each element is, the kind and level of the lines it holds, the marks of its name."""
