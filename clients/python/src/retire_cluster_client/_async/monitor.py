"""What happens in the cluster, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .event_stream import AsyncEventStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._protocol import Subject
    from .._typing import Unpack
    from ..models import StreamEventsQuery
    from .connection import AsyncConnection


class AsyncMonitor:
    """The monitor stream."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def stream(
        self,
        types: Sequence[Subject] = (),
        *,
        last_event_id: str | None = None,
        **query: Unpack[StreamEventsQuery],
    ) -> AsyncEventStream:
        """Walk the events about these subjects; without any, about all.

        With `last_event_id` it goes on after that event, of an earlier stream.
        """
        return AsyncEventStream(self._connection, {**query, "types": list(types)}, last_event_id)
