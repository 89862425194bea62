# Generated from clients/python/src/retire_cluster_client/_async/pages.py by `npm run generate`.
"""Listings that come in pages, walked as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .runtime import AskForPage, Item, Walk


def walk(page: AskForPage[Item]) -> Walk[Item]:
    """Walk the items of all pages; a page is asked for when the one before is used up."""
    cursor: str | None = None
    while True:
        current = page(cursor)
        for item in current:
            yield item
        cursor = current.next_cursor
        if cursor is None:
            return
