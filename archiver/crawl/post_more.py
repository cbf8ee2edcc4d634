"""Lists that go on by POST: what a page itself says is to be posted where, and what a profile says of it.

A page says it by a form without a question in it, by htmx (``hx-post``, ``hx-vals``), by the ``data-``
attributes of a button or a list, or in an object of its scripts, as themes of WordPress write it. It is
followed only where the endpoint and what is posted are both stated, among that a page number, an offset or a
cursor, and where nothing of it looks like a login, a search, a comment, an order or the like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from archiver.crawl.discover.words import PAGE_SEGMENTS, fold
from archiver.crawl.links import absolute
from archiver.crawl.load_more import loads_more, says_more
from archiver.extract.literal import read_json
from archiver.posted import (
    FORM_TYPE,
    doubtful,
    endpoint_of,
    forbidden,
    form_of,
    is_form,
    posted_address,
    split_posted,
)

if TYPE_CHECKING:
    from lxml import etree

    from archiver.crawl.links import LinkedPage
    from archiver.posted import Form

MAX_FOUND = 3
MAX_SCRIPT = 500_000
MAX_OBJECTS = 200
_TAGS = ("button", "a", "div", "section", "nav", "ul", "ol", "span", "li", "input")
_ENDPOINTS = (
    "data-ajax-url", "data-ajaxurl", "data-ajax", "data-endpoint", "data-api-url", "data-load-more-url",
    "data-post-url", "data-action-url", "data-url", "data-href", "data-src",
)  # fmt: skip
_METHODS = ("data-method", "data-type", "data-http-method", "data-ajax-method", "data-request-method")
_OBJECT = re.compile(r"(?:\b(?:var|let|const)\s+|\bwindow\.)([\w$]{1,80})\s*=\s*(?=\{)")
_NAMED_SO = re.compile(
    r".*(?:load_?more|more_?posts|ajax_?(?:posts|pagination|news)|pagination_?(?:ajax|params)|infinite_?scroll).*"
)
_ENDPOINT_KEYS = frozenset(
    {"ajaxurl", "ajaxendpoint", "ajaxadmin", "adminajax", "endpoint", "url", "posturl"}
)
_LAST_KEYS = frozenset({
    "max", "maxpage", "maxpages", "maxnumpages", "pages", "totalpages", "lastpage", "pagestotal", "numpages",
})  # fmt: skip
_OFFSETS = frozenset({"start", "offset", "skip", "from", "exclude"})
_CURSORS = frozenset({"cursor", "after", "lastid", "lastdate", "before", "continuation", "pagetoken"})
_STEPS = (
    "limit",
    "count",
    "take",
    "size",
    "perpage",
    "postsperpage",
    "pagesize",
    "num",
    "rows",
    "antal",
    "ppp",
)
# What a script shows or where, and never sends.
_SHOWN = re.compile(
    r"(?:target|container|wrapper|selector|template|text|label|title|loading|toggle|bs|aos|gtm|track|effect|"
    r"animation|delay|icon|class|style|i18n|nomore|message|more|debug|siteurl|homeurl|themeurl)[a-z]*"
)
_HIDDEN_TYPES = frozenset({"hidden", "submit", "button", "image"})


def posted_links(linked: LinkedPage) -> list[str]:
    """The POSTs by which the page says that its list goes on, as addresses, with fleeting values."""
    if linked.tree is None:
        return []
    objects = list(script_objects(linked.tree))
    found = (*_forms(linked), *_elements(linked, objects), *_scripts(linked, objects))
    return list(islice(dict.fromkeys(address for address in found if _may_be_sent(address)), MAX_FOUND))


def _may_be_sent(address: str) -> bool:
    parts = split_posted(address)
    if parts is None or not is_form(parts[1]):
        return False
    form = form_of(address)
    return forbidden(parts[0], form) is None and doubtful(parts[0], form) is None


def unstated(linked: LinkedPage) -> dict[str, str]:
    """Endpoints of scripts that load more where the page says not all that they post, with a draft of it.

    The draft is a form as a profile states it, without what only the site's script knows.
    """
    if linked.tree is None:
        return {}
    stated = {endpoint_of(address) for address in posted_links(linked)}
    found: dict[str, str] = {}
    for name, values in script_objects(linked.tree):
        endpoint = _endpoint(values) if is_about_more(name, values) else None
        url = absolute(linked.base, endpoint) if endpoint else None
        if url and url not in stated:
            form = _plain((n, v) for n, v in values.items() if _letters(n) not in _ENDPOINT_KEYS)
            fields = (f"{n}={{{'n' if _counts(n, v) else n}}}" for n, v in form)
            found.setdefault(url, "&".join(("action=…", *fields)))
    return found


# -- forms


def _forms(linked: LinkedPage) -> Iterator[str]:
    """Forms that a reader only has to send off."""
    for form in () if linked.tree is None else linked.tree.iter("form"):
        method, kind = (
            (form.get(name) or default).strip().lower()
            for name, default in (("method", "get"), ("enctype", FORM_TYPE))
        )
        if method != "post" or kind != FORM_TYPE:
            continue
        controls = list(form.iter("input", "button", "select", "textarea"))
        senders = [c for c in controls if _kind(c) in ("submit", "image") and c.get("disabled") is None]
        sender = next((c for c in senders if says_more(c)), None)
        if sender is None and says_more(form) and len(senders) == 1:
            sender = senders[0]
        url = absolute(linked.base, form.get("action") or linked.url)
        if sender is None or url is None or any(_kind(c) not in _HIDDEN_TYPES for c in controls):
            continue
        fields = _fields_of(controls, sender)
        if counts_on([*fields, *_query_of(url)]):
            yield posted_address(url, fields)


def _query_of(url: str) -> Form:
    return parse_qsl(url.partition("?")[2], keep_blank_values=True)


def _kind(control: etree._Element) -> str:
    """What a control is, by its ``type``; a question to the reader where it is no button."""
    default = {"input": "text", "button": "submit"}.get(str(control.tag), str(control.tag))
    return (control.get("type") or default).strip().lower() if control.tag in ("input", "button") else default


def _fields_of(controls: Iterable[etree._Element], sender: etree._Element) -> Form:
    """What the form sends when its button is pressed (HTML, 4.10.22.4)."""
    return [
        (name, control.get("value") or "")
        for control in controls
        if (name := control.get("name"))
        and control.get("disabled") is None
        and (control is sender or _kind(control) == "hidden")
    ]


# -- buttons and lists


def _elements(linked: LinkedPage, objects: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """Elements with what is posted in their attributes."""
    for element in () if linked.tree is None else linked.tree.iter(*_TAGS):
        if not element.attrib or not any(str(name).startswith(("data-", "hx-")) for name in element.attrib):
            continue
        url = element.get("hx-post") or element.get("data-hx-post")
        if url is not None:
            form = _htmx(element)
            counts = counts_on([*form, *_query_of(url)])
        else:
            url, form = _posted_by(element, objects), _data(element, objects)
            counts = counts_on(form) and not _is_over(form, _last(_named_data(element)))
        address = absolute(linked.base, url) if url is not None and counts and loads_more(element) else None
        if address:
            yield posted_address(address, form)


def _htmx(element: etree._Element) -> Form:
    """What htmx posts with an element: its ``hx-vals``."""
    try:
        values = read_json(element.get("hx-vals") or element.get("data-hx-vals") or "{}")
    except (ValueError, RecursionError):
        return []
    return _plain(values.items()) if isinstance(values, dict) else []


def _posted_by(element: etree._Element, objects: list[tuple[str, dict[str, Any]]]) -> str | None:
    """The endpoint that an element, or with its ``data-action`` a script, posts to, or None."""
    stated = next((v.strip() for name in _ENDPOINTS if (v := element.get(name)) and v.strip()), None)
    is_post = any((element.get(name) or "").strip().lower() == "post" for name in _METHODS)
    if stated is not None:
        return stated if is_post or _is_admin_ajax(stated) else None
    if element.get("data-action") is None:
        return None
    return next((e for _, v in objects if (e := _endpoint(v)) is not None and _is_admin_ajax(e)), None)


def _is_admin_ajax(url: str) -> bool:
    """True for WordPress' endpoint, which its themes post to."""
    return url.endswith("/admin-ajax.php")


def _named_data(element: etree._Element) -> list[tuple[str, Any]]:
    return [
        (str(name).removeprefix("data-").replace("-", "_"), value)
        for name, value in element.attrib.items()
        if str(name).startswith("data-") and name not in (*_ENDPOINTS, *_METHODS)
    ]


def _data(element: etree._Element, objects: list[tuple[str, dict[str, Any]]]) -> Form:
    """What the ``data-`` attributes of an element say is posted; a nonce may stand in the script's object."""
    form = _plain(_named_data(element))
    if any(name.endswith("nonce") or name == "security" for name, _ in form):
        return form
    given = (
        (name, value)
        for _, values in objects
        if _endpoint(values) is not None
        for name, value in values.items()
    )
    nonce = next(((n, v) for n, v in given if n in ("nonce", "security") and isinstance(v, str)), None)
    return [*form, *([nonce] if nonce else [])]


# -- scripts


def _scripts(linked: LinkedPage, objects: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """Objects of scripts that name endpoint and action of what loads more."""
    for name, values in objects:
        endpoint = _endpoint(values)
        if endpoint is None or "action" not in values or not is_about_more(name, values):
            continue
        form = _plain((n, v) for n, v in values.items() if _letters(n) not in _ENDPOINT_KEYS)
        url = absolute(linked.base, endpoint)
        if url and counts_on(form) and not _is_over(form, _last(values.items())):
            yield posted_address(url, form)


def script_objects(tree: etree._Element) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects that a page's scripts are given, as JSON, with the names of their variables."""
    seen = 0
    for script in tree.iter("script"):
        text = (script.text or "")[:MAX_SCRIPT]
        for found in _OBJECT.finditer(text) if script.get("src") is None else ():
            seen += 1
            if seen > MAX_OBJECTS:
                return
            try:
                value, _ = json.JSONDecoder(strict=False).raw_decode(text, found.end())
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                yield found[1], value


def _endpoint(values: dict[str, Any]) -> str | None:
    return next(
        (v for n, v in values.items() if _letters(n) in _ENDPOINT_KEYS and isinstance(v, str) and "/" in v),
        None,
    )


def is_about_more(name: str, values: dict[str, Any]) -> bool:
    """True for an object whose name, or whose page numbers, say that a list goes on."""
    if _NAMED_SO.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()):
        return True
    return counts_on(_plain(values.items())) and _last(values.items()) is not None


# -- fields


def _plain(values: Iterable[tuple[Any, Any]]) -> Form:
    """What is posted of names and values: texts and numbers, and no words for the reader."""
    return [
        (str(name), str(value))
        for name, value in values
        if isinstance(value, str | int)
        and not isinstance(value, bool)
        and not _SHOWN.fullmatch(letters := _letters(str(name)))
        and letters not in _LAST_KEYS
    ]


def counts_on(form: Form) -> bool:
    """True where a form says from where the list is to go on: by a number that counts, or a cursor."""
    return any(_counts(name, value) or (_letters(name) in _CURSORS and value) for name, value in form)


def _counts(name: str, value: str) -> bool:
    last = re.split(r"[\[\].$:_-]", fold(name).rstrip("]"))[-1]
    is_number = value.isascii() and value.isdigit() and len(value) < 7
    return is_number and last in _OFFSETS | PAGE_SEGMENTS | {"pageindex", "pageno"}


def _last(values: Iterable[tuple[Any, Any]]) -> int | None:
    """The number of the last page, where it is stated."""
    for name, value in values:
        if _letters(str(name)) in _LAST_KEYS and re.fullmatch(r"\d{1,6}", str(value)):
            return int(value)
    return None


def _is_over(form: Form, last: int | None) -> bool:
    """True where the page that a form names is behind the last one, or where the last one is shown now."""
    for name, value in form:
        if last is not None and _counts(name, value) and _letters(name) not in _OFFSETS:
            return int(value) >= last if "current" in name.lower() else int(value) > last
    return False


def posted_after(address: str, entries: int) -> str | None:
    """The POST that asks for what is behind the entries of this one; None where it counts nothing."""
    parts, form = split_posted(address), form_of(address)
    if parts is None:
        return None
    sizes = {_letters(name): value for name, value in form}
    step = next((int(sizes[k]) for k in _STEPS if re.fullmatch(r"\d{1,4}", sizes.get(k, ""))), entries)
    for place, (name, value) in enumerate(form):
        if _counts(name, value):
            by = step if re.split(r"[^a-z]", fold(name))[-1] in _OFFSETS else 1
            form[place] = (name, str(int(value) + by))
            return posted_address(parts[0], form)
    return None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
