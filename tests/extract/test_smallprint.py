"""Lines of small print: the date line and the byline of an article, as sites of many languages write them."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.extract.labels import BYLINE, DATED, says
from tests.extract.pages import FIRST, SECOND, document, page

SMALL_PRINT = """
Publicerad i Nyheter den 4 mars 2024
Publicerad under Nyheter 4 mars 2024
Publicerat i Inrikes nyheter 2024-03-04
Postad i Blogg den 4 mars 2024
Publisert i Nyheter 4. mars 2024
Publisert under Aktuelt den 4. mars 2024
Udgivet i Nyheder den 4. marts 2024
Publiceret i Nyheder 4. marts 2024
Birt í Fréttir 4. mars 2024
Veröffentlicht in News am 4. März 2024
Veröffentlicht unter Aktuelles am 4. März 2024
Posted in News on March 4, 2024
Published in Company News on 4 March 2024
Posted on March 4, 2024 in News
Posted on 4 March 2024 under Blog
March 4, 2024 in News
4 mars 2024 i Nyheter
4. März 2024 in Aktuelles
Publié dans Actualités le 4 mars 2024
Publié le 4 mars 2024 dans Actualités
Publicado en Noticias el 4 de marzo de 2024
Publicado el 4 de marzo de 2024 en Noticias
Gepubliceerd in Nieuws op 4 maart 2024
Geplaatst op 4 maart 2024 in Nieuws
Pubblicato in Notizie il 4 marzo 2024
Pubblicato il 4 marzo 2024 in Notizie
Julkaistu 4.3.2024 kategoriassa Uutiset
Julkaistu 4.3.2024 Uutiset
By Anna Lind on March 4, 2024 in News
By Anna Lind on March 4, 2024
Posted by Anna Lind on March 4, 2024
Posted by Anna Lind on March 4, 2024 in News
Written by Anna Lind on 4 March 2024
Published by Anna Lind on 4 March 2024
Published on 4 March 2024 by Anna Lind
Posted on March 4, 2024 by Anna Lind
Posted on March 4, 2024 by Anna Lind in News
Av Anna Lind den 4 mars 2024 i Nyheter
Av Anna Lind den 4 mars 2024
Skrivet av Anna Lind den 4 mars 2024
Publicerad av Anna Lind den 4 mars 2024 i Nyheter
Publicerad den 4 mars 2024 av Anna Lind
Af Anna Lind den 4. marts 2024 i Nyheder
Af Anna Lind, 4. marts 2024
Av Anna Lind 4. mars 2024 i Nyheter
Von Anna Lind am 4. März 2024 in News
Veröffentlicht von Anna Lind am 4. März 2024
Verfasst von Anna Lind am 4. März 2024 in Aktuelles
Par Anna Lind le 4 mars 2024 dans Actualités
Par Anna Lind, le 4 mars 2024
Publié par Anna Lind le 4 mars 2024
Por Anna Lind el 4 de marzo de 2024 en Noticias
Publicado por Anna Lind el 4 de marzo de 2024
Door Anna Lind op 4 maart 2024 in Nieuws
Di Anna Lind il 4 marzo 2024 in Notizie
Pubblicato da Anna Lind il 4 marzo 2024
Kirjoittanut Anna Lind 4.3.2024
Eftir Anna Lind 4. mars 2024
München, den 04.03.2024
Frankfurt am Main, den 4. März 2024
Stockholm den 4 mars 2024
Göteborg, den 4 mars 2024
Oslo, 4. mars 2024
Oslo, den 4. mars 2024
København, den 4. marts 2024
Helsinki 4.3.2024
Helsingissä 4.3.2024
Reykjavík, 4. mars 2024
Paris, le 4 mars 2024
Madrid, 4 de marzo de 2024
Madrid, a 4 de marzo de 2024
Amsterdam, 4 maart 2024
Den Haag, 4 maart 2024
Roma, 4 marzo 2024
Roma, lì 4 marzo 2024
London, 4 March 2024
New York, March 4, 2024
Publicerad 20240304
Publicerat: 20240304
Publisert 20240304
Udgivet 20240304
Julkaistu 20240304
Veröffentlicht 20240304
Published 20240304
Updated 20240304
Datum: 20240304
Publicerad 2024-03-04 kl. 14:05
Publicerad: 2024-03-04 | Uppdaterad: 2024-03-05
Publié le 4 mars 2024 à 14h05
Publicado: 4 de marzo de 2024, 14:05 h
4 mars 2024, 14.05
Updated 4 March 2024 2:05 pm
""".strip().split("\n")

TEXT = """
Konferens i Lund den 4 mars 2024
Möte i Visby den 26 juni 2024
4 mars 2024 i Lund
Vi öppnar i Malmö den 4 mars 2024
Bolaget grundades i Lund den 4 mars 2004
He died in Paris on 4 March 2024
By 4 March 2024 in London
Published in Nature on 4 March 2024 the study shows
Publicerad i Nature den 4 mars 2024 visar studien hur
Sök senast den 4 mars 2024
Faktura 20240304
Anmälan till kursen 20240304
Stockholm den 4 mars 2024 samlades styrelsen
Anna Lind den 4 mars 2024
Von Berlin nach Paris am 4. März 2024
Från Lund den 4 mars 2024 till Malmö
Konzert in München am 4. März 2024
Datum: 26 juni 2024 i Visby
""".strip().split("\n")


@pytest.mark.parametrize("line", SMALL_PRINT)
def test_a_line_of_small_print_is_known(line):
    assert says(line) & (DATED | BYLINE)


@pytest.mark.parametrize("line", TEXT)
def test_a_line_that_tells_of_a_day_is_text(line):
    assert not says(line) & (DATED | BYLINE)


@pytest.mark.parametrize("line", SMALL_PRINT)
def test_small_print_between_title_and_text_is_no_text(line):
    main = f"<article><h1>Så byggdes bron</h1><p>{line}</p><p>{FIRST}</p><p>{SECOND}</p></article>"
    assert line not in extract_article(page(document(main))).body
