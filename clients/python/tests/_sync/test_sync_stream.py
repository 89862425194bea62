# Generated from clients/python/tests/_async/test_async_stream.py by `npm run generate`.
from __future__ import annotations

import pytest

from retire_cluster_client import ApiError, ClusterClient

from ..serving import events, hang_up, refusal, serving, silence, text

pytestmark = pytest.mark.anyio


def frame(identity: str, message: str) -> str:
    return f'id: {identity}\ndata: {{"type":"log_entry","message":"{message}"}}\n\n'


def test_a_stream_that_breaks_goes_on_after_its_last_event() -> None:
    # The second event was cut: it is told of when it comes whole.
    cut = "retry: 0\n\n" + frame("1.1", "one") + 'id: 1.2\ndata: {"type":"log'
    with serving(events(cut), hang_up, events(": hello\n\n", frame("1.2", "two"), frame("1.3", "three"))) as server:
        with ClusterClient(server.url) as client:
            with client.monitor.stream(["tasks", "logs"], level="error") as stream:
                seen = [stream.__next__() for _ in range(3)]
            assert stream.last_event_id == "1.3"
    assert [event["message"] for event in seen if event["type"] == "log_entry"] == ["one", "two", "three"]
    first, *others = server.seen
    assert first.path == "/api/v1/monitor/stream?level=error&types=tasks&types=logs"
    assert "last-event-id" not in first.headers
    assert [seen.headers["last-event-id"] for seen in others] == ["1.1", "1.1"]


def test_a_stream_goes_on_after_an_event_of_an_earlier_one() -> None:
    with serving(events(frame("1.2", "two"))) as server:
        with ClusterClient(server.url) as client, client.monitor.stream(last_event_id="1.1") as stream:
            stream.__next__()
    assert server.seen[0].headers["last-event-id"] == "1.1"


def test_what_ends_a_line_for_python_ends_none_of_the_stream() -> None:
    message = "a\u2028b\u2029c\x85d\u000b".replace("\u000b", "\\u000b")
    with serving(events(frame("1.1", message))) as server:
        with ClusterClient(server.url) as client, client.monitor.stream() as stream:
            event = stream.__next__()
    assert event["type"] == "log_entry"
    assert event["message"] == "a\u2028b\u2029c\x85d\u000b"


def test_a_refused_stream_is_told_and_not_tried_again() -> None:
    with serving(refusal(429, "RATE_LIMIT_EXCEEDED", retry_after="900")) as server:
        with ClusterClient(server.url) as client:
            with pytest.raises(ApiError, match="RATE_LIMIT_EXCEEDED"):
                for _ in client.monitor.stream():
                    pass
    assert len(server.seen) == 1


def test_what_is_no_stream_is_asked_again() -> None:
    with serving(text(200, "<h1>Sign in</h1>", "text/html"), events(frame("1.1", "one"))) as server:
        with ClusterClient(server.url) as client, client.monitor.stream() as stream:
            stream.__next__()
    assert len(server.seen) == 2


def test_leaving_the_loop_lets_go_of_the_connection() -> None:
    with serving(events(frame("1.1", "one"), then=silence)) as server:
        with ClusterClient(server.url) as client:
            with client.monitor.stream() as stream:
                for _ in stream:
                    break
            assert server.answered.acquire(timeout=10)
