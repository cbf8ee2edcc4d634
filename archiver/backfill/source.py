"""What a web archive has of a site: its list, page by page, whatever form it answers in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from archiver.backfill.listed import MOST, Form, Further, Listed, entries, form_of, says_nothing
from archiver.backfill.manners import Manners
from archiver.backfill.wire import Answer, NoAnswerError
from archiver.errors import DamagedError, UsageError
from archiver.site import is_web_address

SECONDS = 3600.0  # in which a list must have come
MAX_PAGES = 10_000
GARBAGE = 1000  # entries in a row that cannot be read, after which a list is given up
PLACE = "{url}"
_HINT = (
    "a CDX server is named by its endpoint, as https://web.archive.org/cdx/search/cdx or"
    " https://HOST/COLLECTION/cdx; a TimeMap by its own address, as https://HOST/COLLECTION/timemap/link/URL"
)


class Source:
    """The list that a web archive gives of a site, at the address that a person named.

    ``hosts`` are those of the site, ``bounds`` the first and last date that are wanted, of 14 digits or
    fewer, ``urls`` what stands for ``{url}`` in the address of TimeMaps. ``pages`` is told each answer with
    a list before its entries come. ``problems`` says what kept the list from being read to its end.
    """

    def __init__(
        self,
        address: str,
        manners: Manners,
        *,
        hosts: Sequence[str],
        bounds: tuple[str | None, str | None] = (None, None),
        urls: Callable[[], Iterator[str]] = lambda: iter(()),
    ) -> None:
        self.address = address
        self.form: Form | None = None
        self.unread = 0
        self.problems: list[str] = []
        self.pages: Callable[[Answer], None] = lambda answer: None
        self._manners = manners
        self._hosts = hosts
        self._bounds = bounds
        self._urls = urls
        self._asked: set[str] = set()

    def listed(self) -> Iterator[Listed]:
        """Every memento that the archive lists. Raises UsageError where the address is that of no list."""
        if PLACE in self.address:
            yield from self._of_each()
        elif _names_an_address(self.address):
            yield from self._whole(self.address, self._first(self.address))
        else:
            yield from self._of_hosts()

    def replay(self) -> str | None:
        """Where the archive plays mementos, told from where its list of captures is; None for TimeMaps."""
        if self.form == "link-format":
            return None
        parts = urlsplit(self.address)
        path = re.sub(r"(/cdx/search/cdx|/cdx/search|/__wb/cdx|/xmlquery\.jsp)/?\Z", "/web/", parts.path)
        path = re.sub(r"(/cdx|-cdx|/index|-index)/?\Z", "/", path)
        return f"{parts.scheme}://{parts.netloc}{path if path.endswith('/') else path + '/'}"

    # -- which lists there are

    def _of_hosts(self) -> Iterator[Listed]:
        """A CDX server is asked for each host; where it is none, the address itself is read."""
        for number, host in enumerate(self._hosts):
            url = self._query(host)
            if number:
                yield from self._whole(url, self._get(url))
                continue
            try:
                answer = self._first(url)
            except UsageError:
                yield from self._whole(self.address, self._first(self.address))
                return
            if self.form == "link-format":  # it takes no query, and the first list was all
                yield from self._whole(url, answer)
                return
            yield from self._whole(url, answer)

    def _of_each(self) -> Iterator[Listed]:
        """A TimeMap for each address that is known of the site."""
        for url in self._urls():
            there = self.address.replace(PLACE, url)
            answer = self._get(there)
            if answer is not None and answer.status != 404:
                self._recognise(there, answer)
                yield from self._whole(there, answer)

    def _query(self, host: str) -> str:
        since, until = self._bounds
        wanted = {"url": host, "matchType": "host", "output": "json", "showResumeKey": "true"}
        wanted |= {name: value for name, value in (("from", since), ("to", until)) if value}
        return _with(self.address, wanted)

    def _first(self, url: str) -> Answer:
        """The answer that tells what the address is. Raises UsageError where it is no list."""
        try:
            answer = self._manners.followed(url, limit=MOST, seconds=SECONDS)
        except NoAnswerError as error:
            error.hint = "is the address right, and can it be reached from here?"
            raise
        self._recognise(url, answer)
        return answer

    def _recognise(self, url: str, answer: Answer) -> None:
        form = form_of(answer.message) if answer.status == 200 else None
        if form is None and _is_empty(answer):
            return
        if form is None:
            raise UsageError(
                f"{url}: is neither a CDX server nor a TimeMap ({_what(answer)})", hint=_HINT, url=url
            )
        self.form = form

    # -- reading

    def _whole(self, url: str, answer: Answer | None) -> Iterator[Listed]:
        """The mementos of a list, and of the lists that it goes on in, each of them once."""
        waiting: list[tuple[str, Answer | None]] = [(url, answer)]
        while waiting:
            url, answer = waiting.pop(0)
            if url in self._asked:
                self._problem(f"{url}: the list goes on where it was already")
                continue
            if len(self._asked) >= MAX_PAGES:
                self._problem(f"{url}: the list has more than {MAX_PAGES} pages")
                return
            self._asked.add(url)
            answer = answer or self._get(url)
            if answer is None:
                continue
            for entry in self._entries(url, answer):
                if isinstance(entry, Listed):
                    yield entry
                elif entry.url is not None:
                    waiting += [(entry.url, None)] if entry.url not in self._asked else []
                elif entry.key is not None:
                    waiting.append((_with(url, {"resumeKey": entry.key}), None))

    def _get(self, url: str) -> Answer | None:
        """A further list; None where it cannot be had, which is a problem and no end."""
        try:
            return self._manners.followed(url, limit=MOST, seconds=SECONDS)
        except NoAnswerError as error:
            self._problem(error.message)
            return None

    def _entries(self, url: str, answer: Answer) -> Iterator[Listed | Further]:
        form = form_of(answer.message) if answer.status == 200 else None
        if form is None:
            if not _is_empty(answer):
                self._problem(f"{url}: is no list ({_what(answer)})")
            return
        self.form = form
        self.pages(answer)
        unread = 0
        try:
            for entry in entries(answer.message, form, answer.url):
                if entry is not None:
                    unread = 0
                    yield entry
                    continue
                self.unread += 1
                unread += 1
                if unread >= GARBAGE:
                    self._problem(f"{url}: {unread} entries in a row cannot be read")
                    return
        except DamagedError as error:
            self._problem(f"{url}: {error.message}")
        if answer.exchange.truncated:
            self._problem(f"{url}: the list was cut off ({answer.exchange.truncated})")

    def _problem(self, text: str) -> None:
        if text not in self.problems and len(self.problems) < GARBAGE:
            self.problems.append(text)


def _names_an_address(url: str) -> bool:
    """True for the address of a list that says what it is a list of: in its path, or in its query."""
    parts = urlsplit(url)
    asked = any(name == "url" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return asked or re.search(r"/https?:/", parts.path, re.I) is not None


def _with(url: str, wanted: dict[str, str]) -> str:
    """An address with these parameters, in place of those that it has under the same names."""
    parts = urlsplit(url)
    kept = [(n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if n not in wanted]
    return parts._replace(query=urlencode([*kept, *wanted.items()]), fragment="").geturl()


def _is_empty(answer: Answer) -> bool:
    """True for an archive's word that it has nothing: an empty list, or 404 in the form of one."""
    media = (answer.message.header("content-type") or "").lower()
    if answer.status == 404:
        return "link-format" in media or ("json" in media and "html" not in media)
    return answer.status == 200 and "html" not in media and says_nothing(answer.message)


def _what(answer: Answer) -> str:
    media = (answer.message.header("content-type") or "no type").partition(";")[0]
    return f"status {answer.status or 'none'}, {media}"


def check_address(url: str) -> None:
    """Raises UsageError where no web archive can have such an address."""
    if not is_web_address(url):
        raise UsageError(f"{url!r} is no address of a web archive", hint=_HINT, url=url)
