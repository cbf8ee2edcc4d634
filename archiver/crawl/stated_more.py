"""Lists that go on by POST as their profile says: ``more`` of a listing, filled in from its own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from archiver.crawl.load_more import says_more
from archiver.crawl.post_more import is_about_more, script_objects
from archiver.posted import form_of, posted_address, split_posted
from archiver.site import MORE_FIELD, More, Site

if TYPE_CHECKING:
    from archiver.crawl.links import LinkedPage
    from archiver.posted import Form

NUMBER = "{n}"
MAX_PAGE = 10_000_000


def stated_more(linked: LinkedPage, address: str, site: Site) -> tuple[list[str], list[str]]:
    """The POST that the profile says leads on from the page at an address, and what the page lacks for it.

    Both empty where the profile says nothing of this page.
    """
    for listing in site.listings:
        if listing.more is None:
            continue
        if address == listing.url:
            return _first(linked, listing.more)
        if (further := _further(address, listing.more)) is not None:
            return [further], []
    return [], []


def _first(linked: LinkedPage, more: More) -> tuple[list[str], list[str]]:
    values = stated_values(linked) | {"n": str(more.first)}
    template = _template(more)
    lacking = [name for _, value in template for name in MORE_FIELD.findall(value) if name not in values]
    if lacking:
        return [], list(dict.fromkeys(lacking))
    form = [(name, MORE_FIELD.sub(lambda found: values[found[1]], value)) for name, value in template]
    return [posted_address(more.url, form)], []


def _further(address: str, more: More) -> str | None:
    """The POST after this one; None where it is none of this list's."""
    parts, form, template = split_posted(address), form_of(address), _template(more)
    if parts is None or parts[0] != more.url or [n for n, _ in form] != [n for n, _ in template]:
        return None
    following: Form = []
    for (name, value), (_, said) in zip(form, template, strict=True):
        if said == NUMBER:
            if not re.fullmatch(r"\d{1,7}", value) or int(value) + more.step > MAX_PAGE:
                return None
            value = str(int(value) + more.step)
        elif not MORE_FIELD.search(said) and said != value:
            return None
        following.append((name, value))
    return posted_address(more.url, following)


def _template(more: More) -> Form:
    return parse_qsl(more.form, keep_blank_values=True)


def stated_values(linked: LinkedPage) -> dict[str, str]:
    """What a page states under a name: in its scripts' objects, in ``data-`` attributes, in hidden fields.

    What is about loading more comes before the rest, then the order of the page.
    """
    if linked.tree is None:
        return {}
    ranked = sorted(_named(linked), key=lambda said: not said[0])
    return {name: value for _, name, value in reversed(ranked)}


def _named(linked: LinkedPage) -> Iterator[tuple[bool, str, str]]:
    """Names and values, each with whether it is about loading more."""
    tree: Any = linked.tree
    for variable, values in script_objects(tree):
        is_about = is_about_more(variable, values)
        for name, value in values.items():
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                yield is_about, name, str(value)
    for element in tree.iter():
        if element.tag == "input" and element.get("type") == "hidden" and element.get("name"):
            yield False, element.get("name"), element.get("value") or ""
        data = [name for name in element.attrib if str(name).startswith("data-")]
        is_about = bool(data) and says_more(element)
        for name in data:
            yield is_about, str(name).removeprefix("data-").replace("-", "_"), element.get(name)
