"""Reads feeds that are JSON: JSON Feed, and what WordPress' REST interface lists of its posts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archiver.extract.literal import read_json

# What is asked of each post; the texts are read from the pages, and need not be sent twice.
POST_FIELDS = "link,date,date_gmt,modified_gmt,title"
POSTS_A_PAGE = 100
_USUAL_POSTS = 10
# How the head of a page names the REST interface (developer.wordpress.org/rest-api).
REST_LINK = "https://api.w.org/"


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonEntry:
    """What a JSON feed says of one page, as it stands there; ``where`` is its place."""

    url: Any
    title: Any
    date: Any
    modified: Any
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonFeed:
    """What a JSON feed says, unchecked: an address may be anything that JSON holds."""

    entries: tuple[JsonEntry, ...] = ()
    title: Any = None
    language: Any = None
    next_url: Any = None
    home: Any = None


def read_json_feed(body: bytes, *, url: str, most: int) -> JsonFeed | None:
    """The feed in these bytes with at most so many entries, None where they are none."""
    try:
        data = read_json(body.decode(json.detect_encoding(body), "replace"))
    except (ValueError, RecursionError):
        return None
    if isinstance(data, list):
        return _posts(data[:most], url)
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version")):
        return None
    items = data.get("items")
    return JsonFeed(
        entries=tuple(_items(items[:most] if isinstance(items, list) else [])),
        title=data.get("title"),
        language=data.get("language"),
        next_url=data.get("next_url"),
        home=data.get("home_page_url"),
    )


def _items(items: list[Any]) -> list[JsonEntry]:
    """The items of a JSON Feed 1.0 or 1.1 (jsonfeed.org/version/1.1)."""
    return [
        JsonEntry(
            url=item.get("url") or item.get("id"),
            title=item.get("title"),
            date=item.get("date_published") or item.get("date_modified"),
            modified=item.get("date_modified") if item.get("date_published") else None,
            where=f"items[{number}]",
        )
        for number, item in enumerate(items, 1)
        if isinstance(item, dict)
    ]


def _posts(items: list[Any], url: str) -> JsonFeed | None:
    """A page of ``wp/v2/posts``. ``date`` is in the site's own time, ``date_gmt`` in UTC."""
    posts = [(number, item) for number, item in enumerate(items, 1) if _is_post(item)]
    if not posts:
        return None
    return JsonFeed(
        entries=tuple(
            JsonEntry(
                url=post["link"],
                title=_rendered(post.get("title")),
                date=post.get("date") or _in_utc(post.get("date_gmt")),
                modified=_in_utc(post.get("modified_gmt")),
                where=f"posts[{number}]",
            )
            for number, post in posts
        ),
        next_url=_next_posts(url, len(items)),
    )


def _is_post(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("link"), str) and bool({"date", "title"} & {*item})


def _rendered(title: Any) -> Any:
    return title.get("rendered") if isinstance(title, dict) else title


def _in_utc(date: Any) -> str | None:
    return f"{date}Z" if isinstance(date, str) and date else None


def _next_posts(url: str, count: int) -> str | None:
    """The next page of posts, where this one is full; the interface says so in a header alone."""
    query = dict(parse_qsl(urlsplit(url).query))
    full = query.get("per_page", str(_USUAL_POSTS))
    number = query.get("page", "1")
    if not (full.isdecimal() and number.isdecimal()) or count < int(full):
        return None
    return _with_query(url, query | {"page": str(int(number) + 1)})


def posts_address(root: str) -> str:
    """Where the interface at this address lists its posts, also where it is a parameter itself."""
    asked = {"per_page": str(POSTS_A_PAGE), "_fields": POST_FIELDS}
    query = dict(parse_qsl(urlsplit(root).query))
    if "rest_route" in query:
        return _with_query(root, query | {"rest_route": "/wp/v2/posts"} | asked)
    return _with_query(urljoin(root.rstrip("/") + "/", "wp/v2/posts"), asked)


def is_posts_address(url: str) -> bool:
    """True for an address at which WordPress' REST interface lists posts."""
    parts = urlsplit(url)
    return "/wp/v2/posts" in parts.path or "/wp/v2/posts" in dict(parse_qsl(parts.query)).get(
        "rest_route", ""
    )


def _with_query(url: str, query: dict[str, str]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(query, safe=",/")))
