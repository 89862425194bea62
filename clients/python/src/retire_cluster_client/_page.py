"""Pages of listings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Page(list[Item], Generic[Item, Answer]):
    """One page of a listing: a list that knows how many there are, and how to go on."""

    def __init__(self, items: Iterable[Item], answer: Answer, total: int, next_cursor: str | None) -> None:
        super().__init__(items)
        self.answer: Answer = answer
        """The whole answer, with the counts by status."""
        self.total: int = total
        """How many match, on all pages."""
        self.next_cursor: str | None = next_cursor
        """Give it to `list` as `cursor` for the next page; None on the last one."""
