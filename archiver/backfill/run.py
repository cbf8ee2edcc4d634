"""One backfill: what a web archive has of a site, and the archive has not, becomes captures.

An exchange and the capture derived from it are written, synced, and only then their rows are stored. A
crash leaves whole records that no row knows, which the next run adopts: it goes on where this one was.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import msgspec

from archiver.backfill.choice import Choice
from archiver.backfill.listed import Listed, raw_address
from archiver.backfill.manners import LeaveAloneError, Manners
from archiver.backfill.memento import Memento, Refused, memento_of
from archiver.backfill.source import Source
from archiver.backfill.wire import Answer, NoAnswerError
from archiver.backfill.writing import MementoWriter
from archiver.crawl.describing import SOFTWARE, in_use
from archiver.crawl.records import INTERRUPTED
from archiver.crawl.recovery import recover, take_over
from archiver.crawl.targets import seeds
from archiver.disk import make_folder
from archiver.home import Home
from archiver.model import Capture
from archiver.site import Site
from archiver.stopping import StoppedError, Stopping
from archiver.store.captures import captures_of_crawl
from archiver.store.crawls import Coverage, begin_crawl, finish_crawl, save_coverage
from archiver.store.database import transaction
from archiver.store.frontier import Frontier
from archiver.store.sites import save_site
from archiver.warc.cdxj import merge_index
from archiver.warc.imported import OUTCOME
from archiver.warc.manifest import attest

SECONDS = 300.0  # in which a memento must have come
MAX_FAILURES = 10  # in a row, after which the archive is left alone
COMMIT_EVERY = 64
COMMIT_SECONDS = 1.0
MAX_REASONS = 50  # that are told apart
DIFFERS = "their bytes are not those of the digest that the archive states"
RAW = "raw"
_KEPT = 50


@dataclass(frozen=True, kw_only=True)
class BackfillOptions:
    """How a backfill is run: its crawl id, where mementos are played, bounds and what files say of it."""

    crawl: str
    source: str
    replay: str | None = None
    limit: int | None = None
    heeds_robots: bool = True
    user_agent: str = SOFTWARE
    operator: str | None = None
    proxy: str | None = None


@dataclass(kw_only=True)
class Course:
    """How a backfill goes: captures by year, and what failed by the reason, with an address for each.

    ``differing`` counts captures whose body is not that of the digest in the list. ``stopped`` says why it
    ended before its end.
    """

    fetched: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    differing: int = 0
    stopped: str | None = None
    hint: str | None = None

    def fail(self, found: Listed, reason: str, url: str) -> None:
        """Count a memento that did not come."""
        self.failed[found.timestamp[:4]] += 1
        if reason not in self.reasons and len(self.reasons) >= MAX_REASONS:
            reason = "other reasons"
        self.reasons[reason] += 1
        self.examples.setdefault(reason, url)


class BackfillRun:
    """Everything that one backfill of one site stores. The caller holds the archive's lock."""

    def __init__(
        self,
        home: Home,
        db: sqlite3.Connection,
        site: Site,
        options: BackfillOptions,
        *,
        manners: Manners,
        source: Source,
        choice: Choice,
        stopping: Stopping,
        clock: Callable[[], datetime],
        watch: Callable[[int, str], None] = lambda done, url: None,
    ) -> None:
        self.home = home
        self.db = db
        self.site = site
        self.options = options
        self.course = Course()
        self.has_begun = False
        self._manners = manners
        self._source = source
        self._choice = choice
        self._stopping = stopping
        self._watch = watch
        self._writer = MementoWriter(
            home.backfill(site.name) / "archive",
            site=site.name,
            crawl=options.crawl,
            info=_info(options, site),
            clock=clock,
            closed=self._attest,
        )
        self._frontier = Frontier(db, site.name, crawl=options.crawl)
        self._clock = clock
        self._captures: list[Capture] = []
        self._page: Answer | None = None
        self._before: list[Answer] = []
        self._last_commit = time.monotonic()
        self._in_a_row = 0
        self._is_cut_off = True  # until it comes to its end: then its articles are derived
        manners.seen = self._seen
        source.pages = self._listing

    def recover(self) -> int:
        """Bring together what a crash left of the site; the number of records that were adopted."""
        if not self.home.archive(self.site.name).exists():
            return 0
        with transaction(self.db):
            save_site(self.db, self.site)
        return recover(self.home, self.db, self.site, self._frontier)

    def go(self) -> None:
        """Fetch what is wanted. Raises ArchiverError where not even the list could be had.

        Whatever ends it, what was fetched is stored, and so is the outcome.
        """
        try:
            for found in self._wanted():
                self._take(found)
            self._is_cut_off = False
        except StoppedError:
            self.course.stopped = INTERRUPTED[0]
        except (LeaveAloneError, NoAnswerError) as error:
            if not self.has_begun:
                raise
            self.course.stopped, self.course.hint = error.message, error.hint
            self._is_cut_off = False
        finally:
            self._end()

    def plan(self) -> Iterator[Listed]:
        """What would be fetched, without a request for it."""
        return self._choice.of(self._source.listed())

    def _listing(self, answer: Answer) -> None:
        """Take a page of the list; it is kept where a memento that it names is."""
        self._page = answer

    def _wanted(self) -> Iterator[Listed]:
        for found in islice(self.plan(), self.options.limit):
            if self._stopping.signal is not None:
                raise StoppedError
            yield found

    # -- one memento

    def _take(self, found: Listed) -> None:
        uri, prefer = self._address(found)
        self._watch(self.course.fetched.total(), found.url)
        limit = self.site.crawl.max_bytes
        try:
            answer = self._manners.followed(uri, limit=2 * limit + (1 << 20), seconds=SECONDS, prefer=prefer)
        except NoAnswerError as error:
            self._failed(found, error.message.removeprefix(f"{uri}: "), uri)
            return
        made = memento_of(answer, found, limit=limit)
        if prefer and isinstance(made, Memento) and not _is_applied(answer, prefer):
            made = Refused(reason="the archive does not say that it is raw")
        self._store(found, answer, made)

    def _address(self, found: Listed) -> tuple[str, str | None]:
        """Where a memento is had as it was captured, and what to prefer where its address does not say."""
        if found.uri is None:
            prefix = self.options.replay or self._source.replay() or ""
            return f"{prefix}{found.timestamp}id_/{found.url}", None
        raw = raw_address(found.uri)
        return (raw, None) if raw else (found.uri, RAW)

    def _store(self, found: Listed, answer: Answer, made: Memento | Refused) -> None:
        self._begin()
        if isinstance(made, Refused):
            self._writer.keep(answer)
            self._failed(found, made.reason, answer.url)
        else:
            capture = self._writer.keep(answer, made, found.digest)
            self._captures += [capture] if capture else []
            self._choice.unstored.add((found.url, found.timestamp))
            self.course.fetched[found.timestamp[:4]] += 1
            if made.digest == "differs":
                self.course.differing += 1
                self.course.examples.setdefault(DIFFERS, answer.url)
            self._in_a_row = 0
        if len(self._captures) >= COMMIT_EVERY or time.monotonic() - self._last_commit >= COMMIT_SECONDS:
            self._commit()

    def _failed(self, found: Listed, reason: str, url: str) -> None:
        """Count a failure. Raises LeaveAloneError where there were too many in a row."""
        self.course.fail(found, reason, url)
        self._in_a_row += 1
        if self._in_a_row >= MAX_FAILURES:
            self._begin()
            raise LeaveAloneError(
                f"{self._in_a_row} mementos in a row could not be had: {reason} ({url})",
                hint="the same command goes on; --replay says where the archive plays mementos",
                url=url,
            )

    # -- storing

    def _seen(self, answer: Answer) -> None:
        """Keep an answer that is no memento: robots.txt, a redirect of the archive, a refusal."""
        if self.has_begun:
            self._writer.keep(answer)
        elif len(self._before) < _KEPT:
            self._before.append(answer)

    def _begin(self) -> None:
        """Before the first memento: who asks, for what, and what the archive said so far."""
        if not self.has_begun:
            make_folder(self.home.archive(self.site.name))
            with transaction(self.db):
                save_site(self.db, self.site)
                self._frontier.add(seeds(self.site))
            for what, block in in_use(self.db, self.site):
                self._writer.describe(f"urn:nyhetsarkiv:{what}:{self.site.name}", block)
            for answer in self._before:
                self._writer.keep(answer)
            self._before, self.has_begun = [], True
        if self._page is not None:
            self._writer.keep(self._page)
            self._page = None

    def _commit(self) -> None:
        """Sync the file, then store the rows of what is in it."""
        self._last_commit = time.monotonic()
        if not self._captures:
            return
        self._writer.sync()
        with transaction(self.db):
            self._save_crawl()
            take_over(self.home, self.db, self.site, self._frontier, self._captures)
        self._captures = []
        self._choice.unstored.clear()

    def _end(self) -> None:
        """The rest, the outcome, the index: what has ended is whole."""
        if not self.has_begun:
            return
        outcome = Coverage(
            site=self.site.name, crawl=self.options.crawl, state="not run", reason=self._reason()
        )
        try:
            self._commit()
            ended = self._writer.describe(OUTCOME + self.site.name, msgspec.json.encode(outcome))
        finally:
            self._writer.close()
        merge_index(
            self.home.index(self.site.name), captures_of_crawl(self.db, self.site.name, self.options.crawl)
        )
        with transaction(self.db):
            self._save_crawl()
            save_coverage(self.db, outcome)
            finish_crawl(self.db, self.options.crawl, at=ended)

    def _save_crawl(self) -> None:
        """The row of this run; not before there is a file that a rebuild makes it of."""
        at = self._clock()
        begin_crawl(self.db, self.options.crawl, command="backfill", at=at, software=SOFTWARE)

    def _reason(self) -> str:
        return INTERRUPTED[0] if self._is_cut_off else "backfill: the site was not asked"

    def _attest(self, filename: str) -> None:
        collection = self.home.backfill(self.site.name)
        attest(collection, [collection / "archive" / filename])


def _info(options: BackfillOptions, site: Site) -> dict[str, str]:
    """The fields of the warcinfo records."""
    info = {
        "software": SOFTWARE,
        "command": "backfill",
        "robots": "obey (RFC 9309)" if options.heeds_robots else "ignored, as the operator chose",
        "http-header-user-agent": options.user_agent,
        "description": f"mementos of {site.display_name or site.name} from {options.source}",
    }
    more = {"operator": options.operator, "proxy": options.proxy}
    return info | {name: value for name, value in more.items() if value}


def _is_applied(answer: Answer, prefer: str) -> bool:
    return any(prefer in value.lower() for value in answer.message.fields("preference-applied"))
