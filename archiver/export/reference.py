"""A citation as a line for people, plain or HTML: who, what, when, where, and what proves it.

The link in HTML is robust by the convention of robustlinks.mementoweb.org: beside the original address it
names the memento and the day of the capture, so that a reader finds the page also when it is gone. Texts
of a page are isolated (``bdi``), so that marks of direction in them reach no further.
"""

from __future__ import annotations

import html
import re

from archiver.export.citation import Citation, one_line

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::(?!00)\d\d)?)(?::00)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")


def reference_text(citation: Citation, entry: str | None = None) -> str:
    """The citation on one line; ``entry`` is what a style makes of it, else a plain form of our own."""
    return " ".join([entry or entry_text(citation), evidence_text(citation, entry)]).strip()


def entry_text(citation: Citation) -> str:
    """Authors, title, publisher, date and address. A date is as precise as the page states it."""
    who = ", ".join(name.literal for name in citation.authors)
    title = f"“{citation.title}”" if citation.title else "[untitled]"
    when = ", ".join(part for part in (citation.publisher, moment_text(citation.date) or "n.d.") if part)
    gone = f" (gone since {citation.gone_since[:10]})" if citation.gone_since else ""
    where = f" <{citation.url}>{gone}." if citation.url else ""
    return f"{f'{who}: ' if who else ''}{title}. {when.rstrip('.')}.{where}"


def evidence_text(citation: Citation, entry: str | None = None) -> str:
    """Where the capture plays, when it was made, its record and digest; empty where there is none.

    Since when the page is gone no ``entry`` of a style says.
    """
    is_gone = citation.gone_since and entry
    said = [f"gone since {(citation.gone_since or '')[:10]}"] if is_gone else []
    said += [f"archived at <{citation.memento_url}>"] if citation.memento_url else []
    said += [f"captured {citation.captured}"] if citation.captured else []
    said += [f"WARC record <{citation.record}>"] if citation.record else []
    said += [f"payload {citation.digest}"] if citation.digest else []
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def reference_html(citation: Citation, entry: str | None = None) -> str:
    """The citation as a paragraph with a robust link; ``entry`` is what a style makes of it, as HTML."""
    shown = entry if entry is not None else html.escape(entry_text(citation))
    return f'<p class="citation"><bdi>{_linked(citation, shown)}</bdi>{_evidence_html(citation, entry)}</p>\n'


def robust_link(citation: Citation, text: str) -> str:
    """A link of HTML to the original address, with all that is known of its memento.

    The text alone where the address is none of the web.
    """
    if not _is_of_the_web(citation.url):
        return html.escape(text)
    values = {
        "href": citation.url,
        "data-originalurl": citation.original_url or citation.url,
        "data-versionurl": citation.memento_url,
        "data-versiondate": (citation.captured or "")[:10],
    }
    said = " ".join(f'{name}="{html.escape(value)}"' for name, value in values.items() if value)
    return f"<a {said}>{html.escape(text)}</a>"


def moment_text(text: str | None) -> str | None:
    """A date of a page for people: ``2024-03-04 10:00+01:00``, ``2024-03-04``, ``2024-03`` or ``2024``."""
    found = _MOMENT.fullmatch(text or "")
    return f"{found[1]} {found[2]}{found[3] or ''}" if found else one_line(text)


def _linked(citation: Citation, shown: str) -> str:
    """An entry in which its address is the robust link; one that has none gets it at its end."""
    address = html.escape(citation.url or "", quote=False)
    link = robust_link(citation, citation.url or "")
    for written in (f"&lt;{address}&gt;", html.escape(citation.url or ""), address):
        before, found, after = shown.rpartition(written) if address else ("", "", shown)
        if found:
            return f"{before}{link}{after}"
    return f"{shown} {link}" if address else shown


def _evidence_html(citation: Citation, entry: str | None) -> str:
    text = html.escape(evidence_text(citation, entry))
    if citation.memento_url and _is_of_the_web(citation.memento_url):
        address = html.escape(citation.memento_url)
        text = text.replace(f"&lt;{address}&gt;", f'<a href="{address}">{address}</a>')
    return f" {text}" if text else ""


def _is_of_the_web(url: str | None) -> bool:
    return bool(re.match(r"https?://", url or "", re.I))
