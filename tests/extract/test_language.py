"""The language of short texts, told by their words alone."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.extract.language import detect
from tests.extract.pages import page

TEXTS = {
    "sv": (
        "Kommunen bygger en ny skola i vår. Eleverna flyttar in efter sommaren, säger rektorn.",
        "Bolaget ökar sin omsättning med tio procent men räknar inte med samma takt nästa år. Det säger "
        "ledningen i en kommentar till rapporten.",
        "Vi söker dig som vill arbeta nära våra kunder och bidra till en bättre vardag för dem som bor här. "
        "Du har några års erfarenhet, trivs bland människor och vill lära dig mer om hur en förening drivs.",
    ),
    "da": (
        "Kommunen bygger en ny skole til foråret. Eleverne flytter ind efter sommerferien, siger rektor.",
        "Virksomheden øger omsætningen med ti procent, men venter ikke samme fart næste år. Det siger "
        "ledelsen i en kommentar til regnskabet, der blev offentliggjort tirsdag.",
        "Vi søger en kollega, som vil arbejde tæt på vores kunder og bidrage til en bedre hverdag. Du har "
        "nogle års erfaring, trives blandt mennesker og vil gerne lære mere om, hvordan en forening drives.",
        "I går åbnede museet en udstilling om byens havn. Den viser fotografier fra hundrede år, og mange af "
        "dem har aldrig været vist før. Entréen er gratis for børn, mens voksne betaler halvtreds kroner.",
        "Medarbejderne har fået en ny aftale. Den gælder fra første marts og giver flere fridage.",
    ),
    "nb": (
        "Kommunen bygger en ny skole til våren. Elevene flytter inn etter sommerferien, sier rektor.",
        "Selskapet øker omsetningen med ti prosent, men venter ikke samme fart neste år. Det sier "
        "ledelsen i en kommentar til regnskapet, som ble offentliggjort tirsdag.",
        "Vi søker en kollega som vil arbeide tett på kundene våre og bidra til en bedre hverdag. Du har "
        "noen års erfaring, trives blant mennesker og vil gjerne lære mer om hvordan en forening drives.",
        "I går åpnet museet en utstilling om byens havn. Den viser fotografier fra hundre år, og mange av "
        "dem har aldri vært vist før. Inngangen er gratis for barn, mens voksne betaler femti kroner.",
        "De ansatte har fått en ny avtale. Den gjelder fra første mars og gir flere fridager.",
    ),
    "nn": (
        "Kommunen bygger ein ny skule til våren. Elevane flyttar inn etter sommarferien, seier rektor.",
        "Selskapet aukar omsetnaden med ti prosent, men ventar ikkje same fart neste år. Det seier "
        "leiinga i ein kommentar til rekneskapen, som vart offentleggjord tysdag.",
        "Vi søkjer ein kollega som vil arbeide tett på kundane våre og gje folk ein betre kvardag. Du har "
        "nokre års erfaring, trivst blant menneske og vil gjerne lære meir om korleis eit lag vert drive.",
        "I går opna museet ei utstilling om hamna i byen. Ho viser fotografi frå hundre år, og mange av dei "
        "har aldri vore viste før. Inngangen er gratis for barn, medan vaksne betaler femti kroner.",
    ),
    "fi": (
        "Kunta rakentaa uuden koulun. Oppilaat muuttavat rakennukseen kesän jälkeen, kertoo rehtori, joka on "
        "tyytyväinen aikatauluun.",
        "Yhtiön liikevaihto kasvoi kymmenen prosenttia, mutta johto ei odota samaa vauhtia ensi vuonna. "
        "Tulos julkaistiin tiistaina ja se oli parempi kuin vuosi sitten.",
    ),
    "is": (
        "Sveitarfélagið byggir nýjan skóla í vor. Nemendur flytja inn eftir sumarið, segir skólastjórinn.",
        "Velta félagsins jókst um tíu prósent en ekki er búist við sama vexti á næsta ári. Þetta segir "
        "forstjórinn í tilkynningu sem var birt á þriðjudag.",
    ),
    "de": (
        "Die Gemeinde baut im Frühjahr eine neue Schule. Nach dem Sommer ziehen die Kinder ein.",
        "Das Unternehmen steigert seinen Umsatz um zehn Prozent, rechnet aber nächstes Jahr nicht mit dem "
        "gleichen Tempo. Das teilte der Vorstand am Dienstag mit.",
    ),
    "en": (
        "The council will build a new school this spring. Pupils move in after the summer, says the head.",
        "The company grew its sales by ten per cent but does not expect the same pace next year, its board "
        "said in a comment on the report on Tuesday.",
    ),
    "fr": (
        "La commune construit une nouvelle école au printemps. Les élèves y entreront après l'été.",
        "L'entreprise augmente son chiffre d'affaires de dix pour cent mais n'attend pas le même rythme "
        "l'année prochaine, a dit la direction mardi dans un commentaire.",
    ),
    "es": (
        "El ayuntamiento construye una escuela nueva en primavera. Los alumnos entrarán después del verano.",
        "La empresa aumenta sus ventas un diez por ciento, pero no espera el mismo ritmo el próximo año, "
        "según dijo la dirección el martes.",
    ),
    "nl": (
        "De gemeente bouwt dit voorjaar een nieuwe school. Na de zomer trekken de leerlingen erin.",
        "Het bedrijf verhoogt zijn omzet met tien procent, maar verwacht volgend jaar niet hetzelfde tempo. "
        "Dat zei de directie dinsdag in een toelichting.",
    ),
    "it": (
        "Il comune costruisce una nuova scuola in primavera. Gli alunni entreranno dopo l'estate con i maestri.",
        "L'azienda aumenta il fatturato del dieci per cento, ma non prevede lo stesso ritmo il prossimo anno. "
        "Lo ha detto la direzione martedì in una nota.",
    ),
}  # fmt: skip
EACH = [(code, text) for code, texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), EACH)
def test_a_few_words_tell_their_language(code, text):
    assert detect(text)[0] == code


@pytest.mark.parametrize("code", TEXTS)
def test_the_words_of_several_lines(code):
    assert detect(" ".join(TEXTS[code])) == (code, True)


@pytest.mark.parametrize("code", ["sv", "da", "nb", "nn"])
def test_a_page_that_declares_no_language(code):
    text = "".join(f"<p>{line}</p>" for line in TEXTS[code])
    html = f"<html><head><title>Alfa</title></head><body><article><h1>Alfa</h1>{text}</article></body></html>"
    assert extract_article(page(html)).language == code


def test_danish_that_is_declared_swedish():
    text = "".join(f"<p>{line}</p>" for line in TEXTS["da"])
    html = f'<html lang="sv"><body><article><h1>Alfa</h1>{text}</article></body></html>'
    assert extract_article(page(html)).language == "da"


def test_too_few_words_tell_nothing():
    assert detect("Alfa och Beta är ett par") == (None, False)
