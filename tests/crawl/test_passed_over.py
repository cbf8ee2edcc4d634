"""What a listing passes over: entries made as those of articles that no pattern takes, and nothing else."""

from __future__ import annotations

import pytest

from archiver.crawl.reading import read
from archiver.model import Page, Target
from archiver.site import parse_site

BASE = "https://www.example.se"
HERE = f"{BASE}/nyheter/"
OLD = [f"/nyheter/gammal-{n}/" for n in range(4)]
NEW = [f"/insikter/ny-{n}/" for n in range(4)]
ENTRY = (
    "<li class='post post-{n}'><h2><a href='{href}'>En rubrik</a></h2><time>2024-03-0{n}</time>{more}</li>"
)


def entries(hrefs: list[str], entry: str = ENTRY, more: str = "") -> str:
    return "".join(entry.format(n=n + 1, href=href, more=more) for n, href in enumerate(hrefs))


def passed(
    markup: str,
    include: tuple[str, ...] = ("/nyheter/*/",),
    exclude: tuple[str, ...] = (),
    follow: str = "news",
) -> list[str]:
    data = {
        "name": "s", "start_urls": [HERE], "crawl": {"follow": follow},
        "articles": {"include": list(include), "exclude": list(exclude)},
    }  # fmt: skip
    menu = (
        "<nav><ul><li><h2><a href='/insikter/meny/'>Insikter</a></h2><time>2024-03-01</time></li></ul></nav>"
    )
    body = f"<html><body>{menu}<main><ul>{markup}</ul></main><footer><a href='/om/'>Om</a></footer></body></html>"
    page = Page(url=HERE, body=body.encode(), content_type="text/html", record="<r>")
    found = read(page, Target(url=HERE, role="listing"), parse_site(data, source="test"), year=2024)
    return [link.url.removeprefix(BASE) for link in found.links if link.kind == "passed"]


def test_new_articles_under_another_path_among_old_ones() -> None:
    assert passed(entries(NEW) + entries(OLD)) == NEW
    assert passed(entries(NEW) + entries(OLD[:1])) == NEW, "one old article is left"
    assert passed(entries(NEW[:1]) + entries(OLD)) == NEW[:1]


def test_new_articles_alone() -> None:
    assert passed(entries(NEW)) == NEW
    assert passed(entries(NEW[:2])) == [], "two of a kind may be anything"


def test_nothing_is_passed_over_where_everything_is_followed() -> None:
    assert passed(entries(NEW) + entries(OLD), include=()) == []
    assert passed(entries(NEW) + entries(OLD), follow="all") == []


def test_what_the_profile_leaves_out_was_chosen() -> None:
    assert passed(entries(NEW) + entries(OLD), exclude=("/insikter/**",)) == []


@pytest.mark.parametrize(
    "more",
    [
        "<li class='annons'><h2><a href='/kampanj/hosten/'>Köp</a></h2><time>2024-03-01</time></li>",
        "<li class='post'><h2><a href='/kampanj/hosten/'>Utan datum</a></h2></li>",
        "<li><h2><a href='/kampanj/hosten/'>Utan klass</a></h2><time>2024-03-01</time></li>",
        "<li class='post'><a href='/tjanster/'>Ingen rubrik</a><time>2024-03-01</time></li>",
        "<li class='post'><h2><a href='/kategori/skola/'>Skola</a></h2><time>2024-03-01</time></li>",
        "<li class='post'><h2><a href='https://annan.example/x/'>Annan</a></h2><time>2024-03-01</time></li>",
        "<li class='post'><h2><a href='/'>Start</a></h2><time>2024-03-01</time></li>",
        "<li class='post'><h2><a href='/nyheter/'>Nyheter</a></h2><time>2024-03-01</time></li>",
        "<aside><li class='post'><h2><a href='/event/1/'>Event</a></h2><time>2024-03-01</time></li></aside>",
    ],
    ids=["advert", "undated", "class", "heading", "category", "elsewhere", "front", "listing", "aside"],
)
def test_what_stands_among_articles_and_is_made_otherwise(more: str) -> None:
    assert passed(more + entries(OLD)) == []


def test_categories_and_authors_within_entries() -> None:
    entry = (
        "<li><a href='{href}'>En rubrik</a> <a href='/amne/{n}/'>Ämne</a> <a href='/folk/anna/'>Anna</a></li>"
    )
    assert passed(entries(OLD, entry)) == []
    assert passed(entries(NEW, entry) + entries(OLD, entry.replace("amne", "tema"))) == NEW


def test_rows_of_entries() -> None:
    entry = "<article><h3><a href='{href}'>En rubrik</a></h3></article>"
    rows = f"<div class='rad'>{entries(NEW, entry)}</div><div class='rad'>{entries(OLD, entry)}</div>"
    assert passed(rows) == NEW


def test_entries_that_are_links() -> None:
    entry = "<a href='{href}'>En rubrik</a>"
    assert passed(f"<div>{entries(NEW, entry)}{entries(OLD, entry)}</div>") == NEW
