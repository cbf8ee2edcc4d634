"""What became of an article: gone, moved, or replaced by something else, and since when.

The captures of its addresses are gone through in the order of their WARC-Dates. What answers at the
address where the article was last seen says what became of it; a page of it there ends that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archiver.derive.pages import Observation
from archiver.derive.stand_ins import REASON as SHARED
from archiver.instants import to_text
from archiver.model import ArticleState, Capture, PageKind, StateName

PERMANENT = frozenset({301, 308})
OF_KIND: dict[PageKind, StateName] = {
    PageKind.ERROR: "soft 404",
    PageKind.CONSENT: "consent wall",
    PageKind.CHALLENGE: "challenge",
    PageKind.LOGIN: "login",
    PageKind.FRONT: "front page",
    PageKind.LISTING: "front page",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What an address of an article answered that is no page of it.

    ``state`` is None where that says nothing of the article, as a server error does. ``to`` is the
    address of the article to which a redirect for good leads.
    """

    capture: Capture
    state: StateName | None
    reason: str = ""
    to: str | None = None


def state_of_page(kind: PageKind, reason: str) -> StateName:
    """What it is called where a page of this kind stands in an article's place."""
    return "replaced" if reason == SHARED else OF_KIND.get(kind, "replaced")


def states_of(
    pages: Sequence[Observation], answers: Iterable[Answer], preferred: str
) -> tuple[ArticleState, ...]:
    """The states that an article was in, in the order in which they began.

    Of several addresses with a page of it in one crawl the ``preferred`` one counts.
    """
    course = Course(preferred)
    events: list[tuple[Capture, Answer | None]] = [(seen.capture, None) for seen in pages]
    events += [(answer.capture, answer) for answer in answers]
    for capture, answer in sorted(events, key=lambda e: (e[0].seen, e[0].warc_record_id)):
        if answer is None:
            course.page(capture)
        else:
            course.answer(answer)
    return course.states()


class Course:
    """The course of an article so far: where it was last seen, and the states that last."""

    def __init__(self, preferred: str) -> None:
        self._preferred = preferred
        self._here: str | None = None
        self._visit: str | None = None
        self._lasting: ArticleState | None = None
        self._moved: ArticleState | None = None
        self._past: list[ArticleState] = []
        self._visits: list[str] = []
        self._places: dict[str, int] = {}  # where it was seen, each with the number of its first visit
        self._left: set[str] = set()  # places from which it has moved

    def page(self, capture: Capture) -> None:
        """A page of the article was seen."""
        self._end(capture)
        if self._moved is not None and self._moved.url == capture.url:
            self._past.append(replace(self._moved, until=to_text(capture.seen)))
            self._moved = None
        if self._visits[-1:] != [capture.visit]:
            self._visits.append(capture.visit)
        self._places.setdefault(capture.url, len(self._visits))
        self._left.discard(capture.url)
        if self._here != self._preferred or self._visit != capture.visit:
            self._here, self._visit = capture.url, capture.visit

    def answer(self, answer: Answer) -> None:
        """Something else was answered; it counts where the article was last seen.

        So does that it has moved, where it was seen at its new address before.
        """
        if answer.state is None:
            return
        if answer.capture.url != self._here:
            if answer.to == self._here and self._was_first_at(answer.capture.url):
                self._note_move(answer)
        elif answer.to is not None:
            self._move(answer, answer.to)
        elif self._lasting is None or self._lasting.state != answer.state:
            self._end(answer.capture)
            self._lasting = _begun(answer)

    def _move(self, answer: Answer, to: str) -> None:
        self._end(answer.capture)
        self._note_move(answer)
        self._here = to

    def _was_first_at(self, url: str) -> bool:
        """True for a place of an earlier visit than any to where it is now, if no move from it is known."""
        here = self._places.get(self._here or "", 0)
        return url not in self._left and self._places.get(url, here) < here

    def _note_move(self, answer: Answer) -> None:
        self._left.add(answer.capture.url)
        if self._moved is not None:
            self._past.append(replace(self._moved, until=to_text(answer.capture.seen)))
        self._moved = _begun(answer)

    def _end(self, capture: Capture) -> None:
        if self._lasting is not None:
            self._past.append(replace(self._lasting, until=to_text(capture.seen)))
        self._lasting = None

    def states(self) -> tuple[ArticleState, ...]:
        """All states, those that last among them."""
        found = [*self._past, *(s for s in (self._moved, self._lasting) if s is not None)]
        return tuple(sorted(found, key=lambda s: (s.since, s.state)))


def _begun(answer: Answer) -> ArticleState:
    capture = answer.capture
    return ArticleState(
        state=answer.state or "replaced",
        since=to_text(capture.seen),
        until=None,
        url=capture.url,
        capture=capture.warc_record_id,
        reason=answer.reason,
    )
