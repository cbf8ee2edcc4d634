"""Errors, challenges and walls of consent in the README's languages, and articles about just these."""

from __future__ import annotations

import pytest

from archiver.extract.article import extract_article
from archiver.model import PageKind
from tests.extract.pages import article, document, page

MANAGED = "Det är en fråga om förvaltning, inte om teknik, säger Anna Berg som har lett arbetet under våren."
LINKS = "Var tjugonde länk leder till en sida som inte finns, visar vår genomgång av en miljon länkar."


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Nya regler för cookies", [
            "Från den 1 juli gäller nya regler för cookies på kommunernas webbplatser, skriver myndigheten.",
            "Samtycke till kakor ska vara frivilligt, och den som säger nej till cookies ska få samma tjänst.",
            "Vi frågade tio kommuner hur de använder cookies. Åtta av dem ska byta verktyg för samtycke i år."]),
        ("Cookie banners are broken", [
            "The cookie banner has become the most hated element on the web, our study of consent shows.",
            "Most visitors accept all cookies without reading, and consent is thus hardly informed.",
            "We use cookies ourselves, and asked a lawyer whether our consent form would pass. It would not."]),
        ("Einwilligung in Cookies: was gilt", [
            "Das Gericht hat entschieden, dass eine Einwilligung in Cookies aktiv erteilt werden muss.",
            "Wir verwenden Cookies, heißt es auf fast jeder Seite, doch die Einwilligung ist selten frei."]),
        ("Evästeet ja suostumus kunnissa", [
            "Kunnat käyttävät evästeitä eri tavoin, selviää selvityksestä, joka julkaistiin maanantaina.",
            "Evästeet vaativat suostumuksen, ja suostumus evästeisiin on voitava perua milloin tahansa."]),
        ("GDPR consent in the public sector", [
            "Consent is only one of six legal bases under the GDPR, and rarely the right one for a town.",
            "Consent must be freely given, and consent to a public authority rarely is, the board says."]),
        ("Captcha stänger ute", [
            "En captcha stänger ute var tionde besökare, visar en undersökning som kom i går.",
            "Den som möter en captcha ger ofta upp, och varje captcha kostar kommunen ett samtal."]),
        ("Captcha", [
            "Captcha är på väg bort från de offentliga e-tjänsterna, visar vår genomgång av tjugo kommuner.",
            "En captcha stänger ute den som inte ser, säger Anna Berg, som har prövat alla i undersökningen."]),
        ("Are you a robot?", [
            "The question has become the gatekeeper of public services, and it keeps the wrong people out.",
            "We asked thirty users with impairments to prove that they are no robots. Half of them failed."]),
        ("Access denied", [
            "Access denied is what one in ten users of screen readers hears when they visit a service.",
            "The study, which we publish today, followed thirty users and counted each access denied."]),
        ("403 Forbidden: så stängs besökare ute", [
            "Allt fler kommuner svarar 403 Forbidden på besök från utlandet, visar vår mätning.",
            "Felet 403 Forbidden möter den som surfar från ett annat land, och den som använder VPN."]),
        ("404", ["404 är koden som alla känner, och vår nya rapport handlar om varför den är så vanlig.", LINKS]),
        ("Page not found: om länkröta", [LINKS, MANAGED]),
        ("När sidan inte finns: sidan saknas för var tionde", [LINKS, MANAGED]),
        ("Något gick fel", [
            "Något gick fel i upphandlingen, visar den granskning som revisorerna lämnade i dag.", MANAGED]),
    ],
)  # fmt: skip
def test_an_article_about_refusals_is_an_article(title, lines):
    found = extract_article(page(article(title, text="".join(f"<p>{line}</p>" for line in lines))))
    assert found.kind is PageKind.ARTICLE, found.reason


def test_an_undated_text_about_consent_asks_for_none():
    text = "<p>Kommunerna har olika sätt att fråga om samtycke till cookies, visar vår genomgång.</p>" * 2
    found = extract_article(page(article("Samtycke till kakor i praktiken", date="", text=text)))
    assert found.kind is not PageKind.CONSENT


def bare(title, text, *, buttons=()):
    made = "".join(f"<button>{name}</button>" for name in buttons)
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><div><h1>{title}</h1>"
        f"<p>{text}</p><form>{made}</form></div><script src='/x.js'></script></body></html>"
    )


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Vi använder cookies",
         "Vi använder cookies för att ge dig en bättre upplevelse. Genom att klicka samtycker du till kakor."),
        ("Innan du fortsätter",
         "Vi använder cookies och data för att leverera våra tjänster, mäta besök och visa annonser."),
        ("Vi bruker informasjonskapsler",
         "Vi bruker informasjonskapsler for å gi deg en bedre opplevelse. Ved å klikke godtar du dem."),
        ("Vi bruger cookies",
         "Vi bruger cookies til at forbedre din oplevelse. Du kan trække dit samtykke tilbage."),
        ("Käytämme evästeitä",
         "Käytämme evästeitä parantaaksemme käyttökokemustasi. Hyväksymällä evästeet annat suostumuksesi."),
        ("Wir verwenden Cookies",
         "Wir verwenden Cookies, um Ihnen ein besseres Erlebnis zu bieten, mit Ihrer Einwilligung."),
        ("Wir schätzen Ihre Privatsphäre",
         "Wir und unsere 842 Partner speichern Cookies auf Ihrem Gerät und verarbeiten personenbezogene Daten."),
        ("We value your privacy",
         "We and our partners store and access information on a device, such as cookies. " * 9),
        ("Nous respectons votre vie privée",
         "Nous utilisons des cookies pour améliorer votre expérience, avec votre consentement."),
        ("Tu privacidad es importante",
         "Utilizamos cookies propias y de terceros. Si aceptas, das tu consentimiento al uso de cookies."),
        ("Wij gebruiken cookies", "Wij gebruiken cookies om uw ervaring te verbeteren, met uw toestemming."),
        ("Vi bruker informasjonskapslar",
         "Vi bruker informasjonskapslar for å gje deg ei betre oppleving. Du kan trekkje samtykket tilbake."),
        ("Við notum vafrakökur", "Við notum vafrakökur til að bæta upplifun þína, með samþykki þínu."),
        ("Utilizziamo i cookie", "Utilizziamo i cookie per migliorare la tua esperienza, con il tuo consenso."),
    ],
)  # fmt: skip
def test_walls_of_consent(title, text):
    html = bare(title, text, buttons=("Acceptera alla", "Nej"))
    assert extract_article(page(html)).kind is PageKind.CONSENT


@pytest.mark.parametrize(
    "said",
    [
        "Sidan kunde inte hittas", "Sidan finns inte", "Vi kan inte hitta sidan", "Ett fel har uppstått",
        "Siden finnes ikke", "Fant ikke siden", "Beklager, noe gikk galt", "Siden blev ikke fundet",
        "Siden findes ikke", "Vi kunne ikke finde siden", "Der opstod en fejl", "Sivua ei löytynyt",
        "Sivua ei ole olemassa", "Jokin meni pieleen", "Síðan fannst ekki", "Sida finst ikkje", "Fann ikkje sida",
        "Seite nicht gefunden",
        "Die Seite wurde nicht gefunden", "Diese Seite existiert nicht",
        "Die angeforderte Seite konnte nicht gefunden werden", "Page not found", "We couldn’t find that page",
        "Sorry, this page doesn't exist", "Something went wrong", "403 Forbidden", "Page introuvable",
        "Page non trouvée", "Cette page n’existe pas", "La page demandée est introuvable",
        "Página no encontrada", "No se ha encontrado la página", "La página no existe", "Pagina niet gevonden",
        "Deze pagina bestaat niet", "Deze pagina kon niet worden gevonden", "Pagina non trovata",
        "La pagina non esiste", "Impossibile trovare la pagina", "Artikeln har tagits bort",
        "Artikkelen er fjernet", "Artiklen findes ikke", "Artikkeli on poistettu", "This article is no longer available",
        "Dieser Artikel ist leider nicht mehr verfügbar", "Cet article n’existe plus",
        "Este artículo ya no está disponible", "Dit artikel is niet meer beschikbaar",
        "Questo articolo non è più disponibile",
    ],
)  # fmt: skip
@pytest.mark.parametrize("dated", [False, True])
def test_errors_sent_as_pages(said, dated):
    head = '<meta property="article:published_time" content="2024-03-04">' if dated else ""
    text = "Den kan ha flyttats. Kontrollera adressen du skrev, eller sök efter sidan."
    html = document(f"<h1>{said}</h1><p>{text}</p>", title=f"{said} | Fjällbro", head=head)
    assert extract_article(page(html, "/nyheter/x/")).kind is PageKind.ERROR


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Checking your browser before accessing example.se. This process is automatic."),
        ("Attention Required! | Cloudflare",
         "Sorry, you have been blocked. This website is using a security service to protect itself."),
        ("Security check", "Please verify you are a human by completing the captcha below."),
        ("Access Denied", "You don't have permission to access this page.</p><p>Ray ID: 7d2 2024-03-04 10:00 UTC"),
        ("Are you a robot?", "Please click the box below to let us know you are not a robot. Why is that?"),
        ("Pardon Our Interruption", "Something about your browser made us think you were a bot. " * 8),
        ("Ett ögonblick…", "Bekräfta att du är en människa genom att slutföra åtgärden nedan."),
        ("Kontroll", "Bekräfta att du inte är en robot."),
        ("Vent litt…", "Bekreft at du er et menneske ved å fullføre handlingen nedenfor."),
        ("Et øjeblik…", "Bekræft, at du er et menneske, ved at udføre handlingen nedenfor."),
        ("Hetkinen…", "Vahvista, että olet ihminen, suorittamalla alla oleva toiminto."),
        ("Nur einen Moment…", "Bestätigen Sie, dass Sie ein Mensch sind, indem Sie Folgendes tun."),
        ("Un instant…", "Vérifiez que vous êtes humain en effectuant l’action ci-dessous."),
        ("Un momento…", "Verifique que es un ser humano completando la acción a continuación."),
        ("Even geduld…", "Controleer of u een mens bent door de onderstaande actie uit te voeren."),
        ("Augnablik…", "Staðfestu að þú sért mennsk með því að ljúka aðgerðinni hér að neðan."),
        ("Vent litt…", "Stadfest at du er eit menneske ved å fullføre handlinga nedanfor."),
        ("Un attimo…", "Conferma di essere umano completando l’azione riportata di seguito."),
    ],
)  # fmt: skip
def test_challenges(title, text):
    assert extract_article(page(bare(title, text))).kind is PageKind.CHALLENGE
