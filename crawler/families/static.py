"""The follower: listings whose pages are pages of HTML, each found from the one before or worked out from its pager.

It walks every family that publishes its lists as pages (TRS, VSB, `content/post_`, extensionless, jhtml, …) and the unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.clicks import Click
from crawler.page import Page, parse
from crawler.paging import Signs, signs_of
from crawler.rows import rows_of
from crawler.sheet import Ask, Progress, Reply, Sheet, Source
from crawler.turns import Turns


def source_of(page: Page) -> Source:
    """The listing whose first page is here already."""
    follower = _Follower(page.url, signs_of(page))
    return Source(follower.sheet(page, 1), follower.read, follower.ask, "pages", again=Ask(page.url.partition("#")[0]))


def source_at(url: str, referer: str | None = None) -> Source:
    """The listing whose first page is yet to be asked for."""
    follower = _Follower(url, Signs())
    return Source(Ask(url, referer=referer), follower.read, follower.ask, "pages")


@dataclass(slots=True)
class _Follower:
    """Finds the next page: where the last one says it is, else where the pager's numbers put it."""

    url: str
    signs: Signs
    shifted: bool = False

    def read(self, reply: Reply) -> Sheet:
        """One page as rows and signs."""
        return self.sheet(parse(reply.url, reply.text), reply.ask.number)

    def sheet(self, page: Page, number: int) -> Sheet:
        signs = signs_of(page, number)
        if (signs.firm and not self.signs.firm) or self.signs.turns is None:
            self.signs = signs
        onward = signs.following or signs.numbered.get(number + 1)
        return Sheet(rows_of(page), signs.total, signs.pages, self._ask(onward, number + 1), veiled=signs.veiled)

    def ask(self, progress: Progress) -> Ask | None:
        """What follows, in order of trust."""
        number = progress.number + 1
        if number == 3 and not progress.fresh and progress.sheet.rows and self._shift():
            return self._turned(2)
        onward = progress.sheet.onward
        if onward is not None and onward.number == number:
            return onward
        wanted = number <= progress.pages if progress.pages else progress.expected
        return self._turned(number) if wanted or progress.beyond else None

    def _shift(self) -> bool:
        """Some sites number their second page one higher than its script tells: noticed when it is absent or the first again."""
        turns: Turns | None = self.signs.turns
        if self.shifted or turns is None or self.signs.firm:
            return False
        self.shifted = True
        self.signs = Signs(turns=turns.shifted(1), firm=True)
        return True

    def _turned(self, number: int) -> Ask | None:
        return self._ask(self.signs.to(number), number)

    def _ask(self, goal: Click | None, number: int) -> Ask | None:
        if goal is None:
            return None
        return Ask(goal.url, None if goal.form is None else dict(goal.form), referer=self.url, number=number)
