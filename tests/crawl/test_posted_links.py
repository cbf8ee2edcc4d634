"""What a page says that is posted to load more, and what it only seems to say."""

from __future__ import annotations

import json

import pytest

from archiver.crawl.links import LinkedPage
from archiver.crawl.post_more import posted_after, posted_links, unstated
from archiver.crawl.reading import read
from archiver.model import Page, Target
from archiver.posted import endpoint_of, form_of, is_posted, lasting, posted_address
from archiver.site import Articles, Site
from tests.servers.blog import AJAX, MORE, Fields, script

HOME = "https://example.se"
NEWS = f"{HOME}/nyheter/"
SITE = Site(name="x", start_urls=(NEWS,), articles=Articles(include=("/nyheter/*/",)))


def found(markup: str) -> list[tuple[str, Fields]]:
    linked = LinkedPage(f"<html><body>{markup}</body></html>".encode(), url=NEWS)
    return [(endpoint_of(url).removeprefix(HOME), dict(form_of(url))) for url in posted_links(linked)]


PARAMS = {"ajaxurl": HOME + AJAX, "posts": '{"cat":"3","order":"DESC"}', "current_page": "1", "max_page": "7"}


@pytest.mark.parametrize(
    ("markup", "endpoint", "fields"),
    [
        (
            MORE.format(
                f"data-ajax-url='{AJAX}' data-action='load_more' data-page='2' data-max-pages='4'"
                " data-nonce='ab12' data-query='{\"cat\":3}' data-loading-text='Laddar' data-target='#lista'"
            ),
            AJAX,
            {"action": "load_more", "page": "2", "nonce": "ab12", "query": '{"cat":3}'},
        ),
        (
            MORE.format("data-action='load_more' data-offset='10'") + script("my_ajax", ajax_url=AJAX, nonce="n1"),
            AJAX,
            {"action": "load_more", "offset": "10", "nonce": "n1"},
        ),
        (
            script("loadmore_params", **PARAMS, action="loadmore"),
            AJAX,
            {"action": "loadmore", "posts": '{"cat":"3","order":"DESC"}', "current_page": "1"},
        ),
        (
            "<form method='post' action='/nyheter/fler' class='load-more'><input type=hidden name=page value=2>"
            "<button name=do value=next>Fler nyheter</button><button name=x value=y>Annat</button></form>",
            "/nyheter/fler",
            {"page": "2", "do": "next"},
        ),
        (
            "<form method='POST'><input type=hidden name=s value=''>"
            "<input type=hidden name=paged value=3><input type=submit value='Äldre inlägg'></form>",
            "/nyheter/",
            {"s": "", "paged": "3"},
        ),
        (
            "<div hx-post='/fler' hx-trigger='revealed' hx-vals='{\"page\": 3, \"kind\": \"news\"}'></div>",
            "/fler",
            {"page": "3", "kind": "news"},
        ),
        (MORE.format("data-url='/api/fler' data-method='post' data-cursor='abc'"), "/api/fler", {"cursor": "abc"}),
    ],
)  # fmt: skip
def test_what_a_page_says_that_is_posted(markup: str, endpoint: str, fields: Fields) -> None:
    assert found(markup) == [(endpoint, fields)]


NOT_POSTED = [
        # Not all of it is stated: no action, no endpoint, no number that counts.
        script("loadmore_params", **PARAMS),
        MORE.format("data-action='load_more' data-page='2'"),
        MORE.format(f"data-ajax-url='{AJAX}' data-action='load_more'"),
        # The last page is shown.
        script("loadmore_params", **PARAMS | {"current_page": "7"}, action="loadmore"),
        # A question to the reader, or more than reading on.
        "<form method=post class=load-more><input name=epost><button>Fler</button></form>",
        "<form method=post class=load-more><select name=page></select><button>Fler</button></form>",
        "<form method=post action=/login class=load-more><input type=hidden name=page value=2><button>Fler</button></form>",
        "<form method=post class=load-more><input type=hidden name=kind value=x><button>Fler</button></form>",
        "<form method=post action=/cookies class=load-more><input type=hidden name=page value=2><button>Fler</button></form>",
        "<form method=post action=/sok class=load-more><input type=hidden name=page value=2><button>Fler</button></form>",
        "<form method=post class=load-more><input type=hidden name=s value=x><button>Fler</button></form>",
        "<form method=post class=load-more enctype=multipart/form-data><button>Fler</button></form>",
        "<form method=post action=/nyheter/fler><input type=hidden name=page value=2><button>Skicka</button></form>",
        "<form method=get action=/fler class=load-more><input type=hidden name=page value=2><button>Fler</button></form>",
        MORE.format(f"data-ajax-url='{AJAX}' data-action='load_more_comments' data-page='2'"),
        MORE.format(f"data-ajax-url='{AJAX}' data-action='newsletter_signup' data-page='2'"),
        MORE.format("data-url='/wp-comments-post.php' data-method='post' data-page='2'"),
        MORE.format("data-url='/kundvagn/cart' data-method='post' data-page='2'"),
        MORE.format("data-url='/kontakt/' data-method='post' data-page='2'"),
        MORE.format(f"data-ajax-url='{AJAX}' data-action='more' data-page='2' data-email='a@b.se'"),
        f"<button class=share data-ajax-url='{AJAX}' data-action='share' data-page='2'>Dela</button>",
        # Too much, and no JSON.
        MORE.format(f"data-ajax-url='{AJAX}' data-action='more' data-page='2' data-query='{'x' * 9000}'"),
        "<script>var loadmore_params = {ajaxurl: '/x', action</script>",
        f"<script>var loadmore_params = {'[' * 50_000}</script>",
]  # fmt: skip


@pytest.mark.parametrize("markup", NOT_POSTED, ids=range(len(NOT_POSTED)))
def test_what_is_not_posted(markup: str) -> None:
    assert found(markup) == []


def test_an_endpoint_whose_fields_the_page_keeps_to_itself_is_told() -> None:
    linked = LinkedPage(script("loadmore_params", **PARAMS).encode(), url=NEWS)
    assert unstated(linked) == {HOME + AJAX: "action=…&posts={posts}&current_page={n}"}
    whole = LinkedPage(script("loadmore_params", **PARAMS, action="more").encode(), url=NEWS)
    assert unstated(whole) == {}


@pytest.mark.parametrize(
    ("form", "entries", "after"),
    [
        ([("action", "m"), ("page", "2")], 5, [("action", "m"), ("page", "3")]),
        ([("offset", "10"), ("posts_per_page", "6")], 5, [("offset", "16"), ("posts_per_page", "6")]),
        ([("skip", "10")], 5, [("skip", "15")]),
        ([("q", "ö å&+#%"), ("paged", "9")], 5, [("q", "ö å&+#%"), ("paged", "10")]),
        ([("cursor", "abc")], 5, None),
        ([], 5, None),
    ],
)
def test_the_post_behind_one_that_counts(
    form: list[tuple[str, str]], entries: int, after: list[tuple[str, str]] | None
) -> None:
    further = posted_after(posted_address(HOME + AJAX, form), entries)
    assert (form_of(further) if further else None) == after


def test_no_address_that_a_page_names_is_a_post() -> None:
    forged = f"{NEWS}?__wb_method=POST&log=admin"
    markup = f"<ul><li><a href='{forged}'>Nästa</a><li><a rel=next href='{forged}&page=2'>2</a></ul>"
    feed = f"<rss version='2.0'><channel><title>x</title><item><title>y</title><link>{forged}</link></item></channel></rss>"
    sitemap = f"<sitemapindex><sitemap><loc>{HOME}/map.xml?__wb_method=POST</loc></sitemap></sitemapindex>"
    items = json.dumps({"items": [{"title": "a", "url": forged}], "next": forged})
    bodies = {"listing": markup, "feed": feed, "sitemap": sitemap, "article": markup}
    for role, body in [*bodies.items(), ("listing", items)]:
        target = Target(url=NEWS, role=role, hops=1)  # type: ignore[arg-type]
        kind = "text/html" if body == markup else "text/xml"
        reading = read(Page(url=NEWS, body=body.encode(), content_type=kind), target, SITE, year=2026)
        assert not [t.url for t in reading.follow if is_posted(t.url)]


def test_nothing_is_posted_to_another_host() -> None:
    button = MORE.format("data-url='https://other.example/fler' data-method='post' data-page='2'")
    own = MORE.format("data-url='/fler' data-method='post' data-page='2'")
    body = f"<html><body><a href='/nyheter/a/'>Nyhet</a>{button}{own}".encode()
    reading = read(Page(url=NEWS, body=body), Target(url=NEWS, role="listing"), SITE, year=2026)
    assert [t.url for t in reading.follow if is_posted(t.url)] == [f"{HOME}/fler?__wb_method=POST&page=2"]


def test_the_frontier_leaves_fleeting_values_out() -> None:
    address = posted_address(
        HOME + AJAX, [("action", "m"), ("_wpnonce", "x"), ("page_token", "t"), ("page", "2")]
    )
    assert form_of(lasting(address)) == [
        ("action", "m"),
        ("_wpnonce", ""),
        ("page_token", "t"),
        ("page", "2"),
    ]
    assert lasting(lasting(address)) == lasting(address)
    assert lasting(NEWS) == NEWS
