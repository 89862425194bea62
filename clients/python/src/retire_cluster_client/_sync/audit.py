# Generated from clients/python/src/retire_cluster_client/_async/audit.py by `npm run generate`.
"""Who changed what, and who was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations
from .._page import Page
from .pages import walk

if TYPE_CHECKING:
    from .._typing import Unpack
    from ..models import AuditEntry, AuditList, ListAuditQuery
    from .connection import Connection
    from .runtime import Walk


class Audit:
    """The operations on the audit log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self, *, cursor: str | None = None, **filters: Unpack[ListAuditQuery]
    ) -> Page[AuditEntry, AuditList]:
        """Give one page of the audit log, newest first."""
        answer = self._connection.call(operations.LIST_AUDIT, query={**filters, "cursor": cursor})
        return Page(answer["entries"], answer, answer["total"], answer["next_cursor"])

    def iter(self, **filters: Unpack[ListAuditQuery]) -> Walk[AuditEntry]:
        """Walk all lines that match, newest first, page after page."""
        return walk(lambda cursor: self.list(cursor=cursor, **filters))
