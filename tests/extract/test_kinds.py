from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.model import Page, PageKind
from archiver.site import Articles, Site
from tests.extract.pages import FIRST, HOST, SECOND, THIRD, article, document, page


def teaser(n):
    return f'<div class="puff"><h2><a href="/nyheter/nr-{n}/">Nyhet nummer {n}</a></h2><p>{FIRST}</p></div>'


@pytest.mark.parametrize(
    ("html", "path", "kind"),
    [
        (article(), "/nyheter/sa-gick-det/", PageKind.ARTICLE),
        (document("<h1>Nyheter</h1>" + "".join(map(teaser, range(6)))), "/nyheter/", PageKind.LISTING),
        (document("<h1>Ämne: inköp</h1>" + teaser(1)), "/tag/inkop/", PageKind.LISTING),
        (document("<h1>mars 2024</h1><article>" + teaser(1) + "</article>"), "/2024/03/", PageKind.LISTING),
        (document(f"<h1>Välkommen</h1><p>{FIRST}</p><p>{SECOND}</p>"), "/", PageKind.FRONT),
        (document(f"<h1>Om oss</h1><p>{FIRST}</p><p>{SECOND}</p>"), "/om-oss/", PageKind.PAGE),
        (document(f"<h1>Kontakt</h1><p>{FIRST}</p>"), "/kontakt/", PageKind.PAGE),
        (document(f"<h1>Våra tjänster</h1><p>{FIRST}</p><p>{SECOND}</p>"), "/tjanster/", PageKind.SERVICE),
        (document(f"<h1>Lediga tjänster</h1><p>{FIRST}</p>"), "/lediga-tjanster/", PageKind.JOB),
        (
            document(
                f"<h1>Seniorkonsulent till Falun</h1><p>Senast 1 mars 2024</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>",
                head='<script type="application/ld+json">{"@type": "JobPosting", "datePosted": "2024-02-01"}</script>',
            ),
            "/nyheter/seniorkonsulent/",
            PageKind.JOB,
        ),
        (
            document("<h1>Sidan finns inte</h1><p>Den kan ha flyttats.</p>", title="404"),
            "/x/",
            PageKind.ERROR,
        ),
        (
            "<title>Just a moment...</title><p>Checking your browser</p><script>1</script>",
            "/n/",
            PageKind.CHALLENGE,
        ),
        (
            '<title>Fjällbro</title><div id="root"></div><script src="/app.js"></script>',
            "/n/1",
            PageKind.EMPTY,
        ),
        ('<title>x</title><meta http-equiv="refresh" content="0; url=/ny/">', "/gammal/", PageKind.REDIRECT),
        (
            document(
                "<article><h1>Skyddad: internt</h1><p>4 mars 2024</p><form><p>Innehållet är skyddat. "
                "Ange lösenordet.</p>"
                '<input type="password" name="post_password"></form></article>'
            ),
            "/nyheter/internt/",
            PageKind.LOGIN,
        ),
        (b"%PDF-1.7 \xff\xfe\x00", "/rapport.html", PageKind.FILE),
        (b"", "/tom/", PageKind.EMPTY),
    ],
)
def test_kinds_of_a_page_alone(html, path, kind):
    found = extract_article(page(html, path))
    assert found.kind is kind, found.reason
    assert found.reason
    assert 0 <= found.confidence <= 1


def test_an_error_status_is_an_error():
    assert extract_article(Page(url=HOST + "/x", body=article().encode(), status=404)).kind is PageKind.ERROR


def test_address_rules_of_the_profile_decide():
    site = Site(
        name="f",
        start_urls=(HOST + "/",),
        articles=Articles(include=("/nyheter/*/",), exclude=("/nyheter/om/",)),
    )
    html = document(f"<h1>Om oss</h1><p>{FIRST}</p><p>{SECOND}</p>")
    assert extract_article(page(html, "/nyheter/om-oss/"), site=site).kind is PageKind.ARTICLE
    assert extract_article(page(article(), "/nyheter/om/"), site=site).kind is PageKind.PAGE


def test_an_article_with_teasers_below_it_is_an_article():
    text = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>" * 3
    html = document(
        f"<article><h1>Så gick det</h1><p>4 mars 2024</p><div>{text}</div></article>"
        '<section><h2>Mer från oss</h2><h3><a href="/nyheter/a/">Första</a></h3><h3><a '
        'href="/nyheter/b/">Andra</a></h3>'
        '<h3><a href="/nyheter/c/">Tredje</a></h3></section>',
        title="Så gick det",
    )
    found = extract_article(page(html))
    assert found.kind is PageKind.ARTICLE, found.reason
    assert "Andra" not in found.body


SHORT = f"<p>{FIRST}</p><p>{SECOND}</p>"


@pytest.mark.parametrize(
    "heading",
    [
        "404 kommuner i Norden",
        "När något gick fel i projektet",
        "Captcha i offentliga e-tjänster",
        "Access denied: digital exclusion",
    ],
)
def test_words_of_errors_and_challenges_in_a_headline_are_none(heading):
    assert extract_article(page(article(heading))).kind is PageKind.ARTICLE


def test_a_form_guarded_against_robots_is_no_challenge():
    note = "<form><input name='q'><p>This site is protected by reCAPTCHA and the Google Privacy Policy applies.</p></form>"
    assert extract_article(page(article() + note)).kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    "said",
    [
        "Sivua ei löytynyt", "Oops! That page can’t be found.", "Vi finner dessverre ikke siden", "404",
        "Error 404 - Fjällbro", "Något gick fel", "Hoppsan! Sidan kan inte hittas.",
    ],
)  # fmt: skip
def test_soft_errors(said):
    html = document(f"<h1>{said}</h1><p>Kanske testa en sökning i stället?</p>", title="Fjällbro")
    assert extract_article(page(html, "/nyheter/x/")).kind is PageKind.ERROR


def test_an_index_of_a_directory_is_a_listing():
    html = '<title>Index of /nyheter</title><h1>Index of /nyheter</h1><pre><a href="a.html">a.html</a> 04-Mar-2024</pre>'
    assert extract_article(page(html, "/nyheter/")).kind is PageKind.LISTING


def test_news_beside_a_form_for_members_is_no_login():
    form = "<form><p>Logga in</p><input name='u'><input type='password' name='p'></form>"
    assert extract_article(page(article() + form)).kind is PageKind.ARTICLE
    assert extract_article(page(document(f"<h1>Logga in</h1>{form}"), "/x/")).kind is PageKind.LOGIN


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("Sök senast: 4 april 2024", "/jobb/konsult-sokes/"),
        ("Søknadsfrist: 4. april 2024", "/ledige-stillinger/radgiver/"),
        ("Haku päättyy 4.4.2024", "/avoimet-tyopaikat/konsultti/"),
        ("Bewerbungsfrist: 4. April 2024", "/karriere/berater/"),
        ("Ansök senast 2024-04-04. Vi söker en konsult.</p><h2>Om tjänsten</h2><p>", "/konsult/"),
    ],
)
def test_a_vacancy_until_a_day_is_a_job(line, path):
    html = document(f"<h1>Konsult inom utvärdering</h1><p>{line}</p>{SHORT}")
    assert extract_article(page(html, path)).kind is PageKind.JOB
    assert (
        extract_article(page(article(date=f"<p>4 mars 2024</p><p>{line[:30]}</p>"))).kind is PageKind.ARTICLE
    )


RULES = "Nya regler för cookies och samtycke"
ASKED = "<p>Vi använder cookies för att sidan ska fungera så bra som den kan. Du kan säga nej till dem.</p>"
REPORTED = (
    "<p>Den nya lagen om kakor börjar gälla i maj, och då ska varje webbplats fråga först.</p>"
    "<p>Samtycke till cookies ska vara lika lätt att neka som att ge, skriver myndigheten.</p>"
)


def test_a_dated_article_about_cookies_is_no_question_of_consent():
    assert extract_article(page(article(RULES, text=REPORTED))).kind is PageKind.ARTICLE
    changed = document(f"<h1>Cookies</h1><p>Uppdaterad 4 mars 2024</p>{ASKED}", title="Cookies")
    assert extract_article(page(changed)).kind is PageKind.CONSENT


@pytest.mark.parametrize(
    ("title", "path", "kind"),
    [
        ("Vi rekryterar ny vd", "/nyheter/ny-vd/", PageKind.PAGE),
        ("Så rekryterar du rätt i offentlig sektor", "/nyheter/ratt/", PageKind.PAGE),
        ("Fler lediga jobb i Norrland", "/nyheter/fler-lediga-jobb/", PageKind.PAGE),
        ("Fler lediga jobb i Norrland", "/fler-lediga-jobb-i-norrland/", PageKind.PAGE),
        ("Vår nya tjänst växer", "/aktuellt/2023/tjanst/", PageKind.PAGE),
        ("Lediga jobb", "/nyheter/lediga/", PageKind.JOB),
        ("Controller till Falun", "/lediga-jobb/controller-till-vart-kontor-i-falun/", PageKind.JOB),
        ("Controller till Falun", "/jobb/controller/", PageKind.JOB),
    ],
)
def test_an_article_about_jobs_is_no_vacancy(title, path, kind):
    found = extract_article(page(document(f"<h1>{title}</h1>{SHORT}", title=title), path))
    assert found.kind is kind
    assert ("like a vacancy" in found.reason) is (kind is PageKind.JOB)


def test_a_vacancy_among_the_news_reads_like_one():
    text = f"<h1>Controller till Falun</h1><p>Om tjänsten: {FIRST}</p><p>Vi erbjuder dig mycket. {SECOND}</p>"
    found = extract_article(page(document(text, title="Controller till Falun"), "/nyheter/controller/"))
    assert found.kind is PageKind.JOB
    assert found.reason.endswith("reads like a vacancy")


def test_a_day_in_the_address_speaks_for_an_article():
    text = document(f"<h1>Vi får en ny vd</h1>{SHORT}", title="Vi får en ny vd")
    found = extract_article(page(text, "/nyheter/2023-11-04-ny-vd/"))
    assert (found.kind, found.date_published) == (PageKind.ARTICLE, "2023-11-04")
    assert found.reason.startswith("dated by its address")
