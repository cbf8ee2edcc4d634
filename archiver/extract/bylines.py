"""How sites of the README's languages say who wrote a text: one list for all that reads bylines.

A line is a byline where a word of these stands before the names of people; what follows them may be
who took the pictures, or the office of the one who wrote.
"""

from __future__ import annotations

import re

CAPITAL = "A-ZÅÄÖÆØÜÉÍÞÁÓÚÑÇŠŽÐ"
_BY = r"by|av|af|von|par|por|door|di|eftir"
_BOTH = r"text och (?:bild|foto)|text & (?:foto|bild)|tekst og (?:bilde|foto)|text und (?:bild|foto)"
# before a name with or without a colon, and those that say it with a colon alone
_WRITER = (
    rf"{_BOTH}|text|tekst|teksti|skribent|författare|forfatter|forfattar|author|auteur|"
    r"autor(?:in)?(?:/autor)?|kirjoittaja|journalist|reporter|redaktör|redaktion"
)
_WRITER_COLON = (
    r"texti|texte|texto|testo|höfundur|toimittaja|autore|autrice|auteure|autora|skrevet|skriven|"
    r"artikelförfattare|redaktor|konsulent"
)
_PICTURES = (
    r"foton?|fotos|photos?|bild|bilde[rt]?|billeder?|kuvat?|valokuvat?|myndir?|ljósmyndi?r?|"
    r"fotograf|photographe?r?|illustration|video|grafik"
)
_WRITTEN_BY = (
    r"(?:publicera[dt]|postad|inlagd|upplagd|skr[ie]ve[nt]|författad|publisert|udgivet|publiceret|"
    r"offentliggjort) a[vf]|(?:written|posted|published) by|(?:verfasst|geschrieben|veröffentlicht) von|"
    r"(?:publié|écrit) par|(?:publicado|escrito) por|(?:gepubliceerd|geplaatst|geschreven) door|"
    r"(?:pubblicato|scritto) d[ai]|kirjoittanut|eftir"
)
_OFFICES = (
    r"partner|konsult\w*|konsulent\w*|consultant|analy[ts]\w*|analytiker|utredare|vd|ceo|redaktör\w*|"
    r"redaktør\w*|redakteur\w*|journalist\w*|reporters?|reportrar|reportere|editors?|writers?|columnist|correspondents?|"
    r"korrespondent\w*|economists?|\w*ekonom|\w*økonom|projektledare|prosjektleder|projektleder|rådgiv\w+|"
    r"forsk\w+|direktør|direktör|director|manager|officer|president|professor|lektor|docent|jurist|"
    r"berater\w*|geschäftsführer\w*|toimitusjohtaja|osakas|asiantuntija|toimittaja|kommunikatör|"
    r"kommunikationschef|\w*chef|\w*ansvarig"
)
_COLON = r"(?:\s*:|\s+(?:von|av|af|by))\s+"
_PARTICLE = r"(?:(?:von|van|de|der|den|af|av|da|di|du|la|le|zu|ten|ter)\s+)"
_PERSON = rf"{_PARTICLE}{{0,2}}[{CAPITAL}][\w’'.\-]+"
_PEOPLE = (
    rf"(?:{_PERSON}(?:[\s,&]+|\Z)){{1,5}}"
    rf"(?:(?:och|og|and|und|ja|et|y|en|e)\s+(?:{_PERSON}(?:[\s,]+|\Z)){{1,4}})?"
)
_OFFICE = rf"(?:(?:[\w-]+\s+){{0,3}}(?:{_OFFICES})\b(?:\s+[^.!?\n]{{1,50}})?)"

LABEL = re.compile(
    rf"^\W*(?:(?:{_WRITTEN_BY}|(?:{_WRITER})(?: (?:von|av|af|by))?|{_BY})\b\s*[:/]?|"
    rf"(?:{_WRITER_COLON})\s*:)\s+",
    re.I,
)
"""What stands before the name of who wrote."""

LABELLED = re.compile(rf"\W*(?:{_WRITER}|{_WRITER_COLON})\s*:\s+[^\W\d_]", re.I)
"""The beginning of a line that a colon makes a byline."""

BYLINE_LINE = re.compile(
    rf"(?i:(?:{_WRITER}|{_BY}|{_PICTURES}|{_WRITTEN_BY})\s*[:/]?|"
    rf"(?:{_WRITER_COLON})\s*:)\s+{_PEOPLE}"
    rf"(?:[\s/|·•&–-]*(?i:{_PICTURES}|{_WRITER}){_COLON}{_PEOPLE}){{0,2}}(?i:{_OFFICE})?\Z"
)
"""A line that only says who wrote, and perhaps who took the pictures."""

SURE = re.compile(rf"\W*(?:{_WRITTEN_BY})\s*:?\s+", re.I)
"""A label that no other line begins with."""

WRITTEN = re.compile(rf"\b(?:{_WRITTEN_BY})\s+(?=[{CAPITAL}])", re.I)
"""Such a label anywhere in a line."""

TOLD = re.compile(
    r"\W*(?:publi\w+|posted|postad|skapad|skr[ie]ve[nt]|inlagd|upplagd|offentliggjort|udgivet|veröffentlicht|"
    r"erstellt|written)\b.{4,60}?\s(?:av|af|by|von)\s+",
    re.I,
)
"""The beginning of a line that tells both when and by whom."""

PICTURED = re.compile(rf"[\s,;/|·•&–-]+(?:{_PICTURES})(?:\s*:|\s+(?:von|av|af|by)\b).*\Z", re.I | re.S)
"""What a byline says after its names of who took the pictures."""

OFFICE = re.compile(rf",\s+(?:(?:senior|junior|ansvarig|managing|seniori)\s*)?(?:{_OFFICES})\Z", re.I)
"""The office after the name on a line without a label."""

IS_OFFICE = re.compile(rf"{_OFFICE}\Z", re.I)
"""The words of an office alone."""

PERSON_ALONE = re.compile(rf"{_PERSON}(?:\s+{_PERSON}){{1,3}}\Z")
"""A name and nothing more."""
