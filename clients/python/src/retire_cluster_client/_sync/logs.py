# Generated from clients/python/src/retire_cluster_client/_async/logs.py by `npm run generate`.
"""The log of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations
from .._page import Page
from .pages import walk

if TYPE_CHECKING:
    from .._typing import Unpack
    from ..models import ListLogsQuery, LogEntry, LogList
    from .connection import Connection
    from .runtime import Walk


class Logs:
    """The operations on the log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, cursor: str | None = None, **filters: Unpack[ListLogsQuery]) -> Page[LogEntry, LogList]:
        """Give one page of the log, newest first."""
        answer = self._connection.call(operations.LIST_LOGS, query={**filters, "cursor": cursor})
        return Page(answer["logs"], answer, answer["total"], answer["next_cursor"])

    def iter(self, **filters: Unpack[ListLogsQuery]) -> Walk[LogEntry]:
        """Walk all lines that match, newest first, page after page."""
        return walk(lambda cursor: self.list(cursor=cursor, **filters))
