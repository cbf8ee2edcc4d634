from __future__ import annotations

from archiver.extract.article import extract_article
from tests.extract.pages import FIRST, HOST, SECOND, THIRD, article, page

PAGER = '<div class="page-links">Sidor: <span>1</span> <a href="/nyheter/lang/2/">2</a></div>'
NEIGHBOURS = '<nav><a rel="next" href="/nyheter/en-annan/">Nästa inlägg</a></nav>'


def test_the_next_page_of_the_same_article():
    found = extract_article(page(article(text=f"<p>{FIRST}</p>{PAGER}{NEIGHBOURS}"), "/nyheter/lang/"))
    assert found.next_url == HOST + "/nyheter/lang/2/"
    assert found.part is None


def test_never_the_next_article():
    found = extract_article(page(article(text=f"<p>{FIRST}</p>", column=NEIGHBOURS), "/nyheter/lang/"))
    assert found.next_url is None
    years = '<a href="/nyheter/2/">Nästa sida</a>'
    assert extract_article(page(article(column=years), "/nyheter/lang/")).next_url is None


def test_the_number_of_an_article_is_not_the_number_of_a_page():
    numbered = article(column='<a href="/nyheter/13/">Nästa nyhet</a>')
    found = extract_article(page(numbered, "/nyheter/12/"))
    assert (found.part, found.next_url) == (None, None)


def test_pages_are_joined_in_order_without_what_they_repeat():
    first = page(article("Lång text", text=f"<p>{FIRST}</p>{PAGER}"), "/nyheter/lang/")
    second = page(article("Lång text", text=f"<p>{FIRST}</p><p>{SECOND}</p>"), "/nyheter/lang/2/")
    pager = '<p>Sidor: <a href="/nyheter/lang/">1</a> <a href="/nyheter/lang/2/">2</a> 3</p>'
    third = page(article("Lång text", text=f"<p>{THIRD}</p>{pager}"), "/nyheter/lang/3/")
    found = extract_article(first, further=[second, third])
    assert found.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert extract_article(third).part == 3


def test_a_paragraph_that_begins_with_the_title_s_words_is_no_title():
    first = page(article("Älven", text=f"<p>{FIRST}</p>{PAGER}"), "/nyheter/lang/")
    text = f"<h2>Älven – sida 2 av 2</h2><p>Älven rann genom staden. {SECOND}</p>"
    pager = '<p>Sida: <a href="/nyheter/lang/">1</a> <a href="/nyheter/lang/2/">2</a></p>'
    second = page(article("Älven", text=text + pager), "/nyheter/lang/2/")
    assert extract_article(first, further=[second]).body == f"{FIRST}\n\nÄlven rann genom staden. {SECOND}"
