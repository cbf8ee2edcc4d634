from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from tests.extract.pages import FIRST, SECOND, THIRD, article, page

LONGER = "Styrelsen räknar med att fler kommuner prövar samma väg, och att kostnaderna då sjunker något år efter år."
PLAIN = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{LONGER}</p>"
WHOLE = "\n\n".join((FIRST, SECOND, THIRD, LONGER))


def body_of(text: str, date: str = "") -> str:
    """The body of an article with this text."""
    return extract_article(page(article(text=text, date=date))).body


@pytest.mark.parametrize("attributes", ["hidden", 'style="display:none"', 'aria-hidden="true"'])
def test_hidden_text_is_never_text(attributes):
    unseen = f"<p {attributes}>Detta stycke är gömt, och ingen som läser sidan får någonsin se det här.</p>"
    found = extract_article(page(article(text=f"<p>{FIRST}</p>{unseen}<p>{SECOND}</p><p>{THIRD}</p>")))
    assert found.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert "hidden" in [s.reason for s in found.stripped]


def test_a_notice_of_cookies_inside_the_article_is_never_text():
    notice = '<div class="cookie-notice"><p>Vi använder kakor för att sidan ska fungera så bra som den kan.</p></div>'
    assert body_of(PLAIN + notice) == WHOLE
