# Generated from clients/python/src/retire_cluster_client/_async/monitor.py by `npm run generate`.
"""What happens in the cluster, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .event_stream import EventStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._protocol import Subject
    from .._typing import Unpack
    from ..models import StreamEventsQuery
    from .connection import Connection


class Monitor:
    """The monitor stream."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stream(
        self,
        types: Sequence[Subject] = (),
        *,
        last_event_id: str | None = None,
        **query: Unpack[StreamEventsQuery],
    ) -> EventStream:
        """Walk the events about these subjects; without any, about all.

        With `last_event_id` it goes on after that event, of an earlier stream.
        """
        return EventStream(self._connection, {**query, "types": list(types)}, last_event_id)
