"""What a page asks of machines: X-Robots-Tag and ``<meta name=robots>``, and TDMRep's reservation of rights.

``noarchive`` hides a page from everything that shows what is in the archive; nothing here ever stops
that links are followed. The rest is kept for whoever uses the dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

AGENT = "nyhetsarkiv"
NOARCHIVE = "noarchive"
# The names of metas that say what is asked; the last two are TDMRep's (w3.org/community/reports/tdmrep).
METAS = ("robots", AGENT, "tdm-reservation", "tdm-policy")
_KNOWN = frozenset(
    {NOARCHIVE, "noindex", "nofollow", "none", "nosnippet", "noimageindex", "noai", "noimageai", "nocache"}
)
# Rules with a value of their own, whose colon ends no agent's name.
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
_AGENT = re.compile(r"\s*([\w.-]+)\s*:\s*(.*)", re.S)
TDM = ("tdm-reservation=", "tdm-policy=")
MAX_POLICY = 500


def header_wishes(x_robots_tag: str | None, tdm: str | None) -> set[str]:
    """What the header fields of an answer ask, as a capture has them: ``x_robots_tag`` is a line a field."""
    found: set[str] = set()
    for line in (x_robots_tag or "").splitlines():
        agent = _AGENT.fullmatch(line)
        if agent and agent[1].lower() not in _VALUED:
            if agent[1].lower() != AGENT:
                continue  # it is asked of another one
            line = agent[2]
        found |= _rules(line)
    return found | {wish for wish in (tdm or "").split() if wish}


def meta_wishes(metas: Iterable[tuple[str, str]]) -> set[str]:
    """What the metas of a page ask, given as pairs of name, in lower case, and content."""
    found: set[str] = set()
    for name, content in metas:
        if name in ("robots", AGENT):
            found |= _rules(content)
        elif name in METAS:
            found |= set((tdm_of(**{name.partition("-")[2]: content}) or "").split())
    return found


def tdm_of(*, reservation: str | None = None, policy: str | None = None) -> str | None:
    """What TDMRep's two fields say, as a capture keeps it, or None: a reservation is 0 or 1."""
    stated = (reservation or "").strip()
    words = [f"tdm-reservation={stated}"] if stated in ("0", "1") else []
    address = (policy or "").strip()
    if re.fullmatch(rf"https?://[!-~]{{1,{MAX_POLICY}}}", address):
        words.append(f"tdm-policy={address}")
    return " ".join(words) or None


def superseding(*sources: Iterable[str]) -> set[str]:
    """The wishes of several sources, of TDMRep's those of the last that states them (its section 6.4).

    The sources come in that order: the file of the server, the header, the metas of the page.
    """
    found: set[str] = set()
    for source in sources:
        wishes = set(source)
        stated = {name for name in TDM if any(wish.startswith(name) for wish in wishes)}
        overruled = TDM if TDM[0] in stated else stated
        found = {wish for wish in found if not wish.startswith(tuple(overruled))} | wishes
    return found


def wishes_text(wishes: Iterable[str]) -> str | None:
    """Wishes as a row keeps them, None without any."""
    return " ".join(sorted(set(wishes))) or None


def _rules(text: str) -> set[str]:
    return {rule for part in text.split(",") if (rule := part.strip().lower()) in _KNOWN}
