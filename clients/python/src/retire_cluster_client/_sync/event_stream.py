# Generated from clients/python/src/retire_cluster_client/_async/event_stream.py by `npm run generate`.
"""The monitor stream, which goes on by itself where a connection broke."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from httpx_sse import EventSource

from .. import _operations as operations
from .._failures import RetireClusterError
from .._protocol import stranger
from .._retrying import pause, pause_after
from .runtime import sleep

if TYPE_CHECKING:
    from .._typing import Self
    from ..models import MonitorEvent
    from .connection import Connection
    from .runtime import Walk

# The server says something every 15 seconds, if only a comment; after three times that, nobody is there any more.
_SILENCE = 45.0


class _Position:
    """Where a stream stands: what to ask for, and the answer that is being read."""

    def __init__(self, connection: Connection, query: dict[str, Any], last_event_id: str | None) -> None:
        self.connection = connection
        self.query = query
        self.last_event_id = last_event_id
        self.server_pause = 0.0
        self.response: httpx.Response | None = None

    def open(self, attempt: int) -> httpx.Response:
        """Open the stream after the last event, however often that takes. Attempts from 1 on begin with a pause."""
        seconds = pause(attempt) if attempt > 0 else 0.0
        while True:
            sleep(seconds)
            try:
                self.response = self._opened()
            except RetireClusterError as error:
                attempt += 1
                again = pause_after(error, attempt, repeatable=True)
                if again is None:
                    raise
                seconds = max(again, self.server_pause)
            else:
                return self.response

    def _opened(self) -> httpx.Response:
        headers = {"accept": "text/event-stream"}
        if self.last_event_id is not None:
            headers["last-event-id"] = self.last_event_id
        response = self.connection.open(
            operations.STREAM_EVENTS, query=self.query, headers=headers, silence=_SILENCE
        )
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return response
        response.close()
        raise stranger(response)

    def close(self) -> None:
        """Let go of the connection."""
        response, self.response = self.response, None
        if response is not None:
            response.close()


def _events(position: _Position) -> Walk[MonitorEvent]:
    attempt = 0
    while True:
        response = position.response or position.open(attempt)
        try:
            for message in EventSource(response).iter_sse():
                if message.retry is not None:
                    position.server_pause = message.retry / 1000
                if message.data:
                    position.last_event_id = message.id
                    event: MonitorEvent = json.loads(message.data)
                    yield event
        except httpx.RequestError:
            # It broke off; what follows is what follows when the server ends it in good order, too.
            pass
        finally:
            position.close()
        attempt = 1


class EventStream:
    """Events as they happen. Ends when it is closed, or when nobody holds it any more.

    A connection that breaks is made anew, and the stream goes on where it was: no event is left out, and none comes
    twice. An event of type `stream_reset` says that what was missed is no longer kept. Entered as a context, the stream
    is open from then on: what happens within is told of.
    """

    # The generator holds the position, not this object: without a cycle, it ends as soon as nobody holds this any more.
    def __init__(self, connection: Connection, query: dict[str, Any], last_event_id: str | None) -> None:
        self._position = _Position(connection, query, last_event_id)
        self._events = _events(self._position)

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event that was given: another stream can go on from there."""
        return self._position.last_event_id

    def __enter__(self) -> Self:
        if self._position.response is None:
            self._position.open(0)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> MonitorEvent:
        return self._events.__next__()

    def close(self) -> None:
        """End the stream."""
        self._events.close()
        self._position.close()
