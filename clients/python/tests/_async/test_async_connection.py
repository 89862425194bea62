from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from retire_cluster_client import ApiConnectionError, ApiError, ApiTimeoutError, AsyncClusterClient, WaitTimeoutError
from retire_cluster_client.errors import InvalidTaskTypeError, RateLimitExceededError, TaskNotFoundError

from ..serving import Reply, broken_text, hang_up, refusal, serving, silence, success, text

pytestmark = pytest.mark.anyio

TOO_LARGE = text(413, "<html>413 Request Entity Too Large</html>", "text/html")


async def test_key_language_and_query_go_with_the_request() -> None:
    page = {"devices": [], "total": 0, "next_cursor": None}
    with serving(success(page)) as server:
        async with AsyncClusterClient(f"{server.url}/", "k", language="zh") as client:
            await client.devices.list(tag=["a", "b c"], limit=5)
            await client.devices.remove("task/1 2", force=True)
    listed, removed = server.seen
    assert listed.path in ("/api/v1/devices?tag=a&tag=b+c&limit=5", "/api/v1/devices?tag=a&tag=b%20c&limit=5")
    assert listed.headers["x-api-key"] == "k"
    assert listed.headers["accept-language"] == "zh"
    assert removed.path == "/api/v1/devices/task%2F1%202?force=true"


async def test_reads_are_repeated_when_the_connection_breaks_and_no_more_often_than_allowed() -> None:
    with serving(hang_up, hang_up, success({"cluster_stats": {"uptime": "0d 0h 1m"}})) as server:
        async with AsyncClusterClient(server.url) as client:
            assert (await client.cluster.status())["cluster_stats"]["uptime"] == "0d 0h 1m"
    with serving(hang_up) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ApiConnectionError, match="cannot be reached"):
                await client.with_options(max_retries=1).cluster.status()
    assert len(server.seen) == 2


async def test_a_submission_is_repeated_under_one_idempotency_key() -> None:
    submitted = {"task_id": "task-1", "assigned_device": None, "estimated_completion": None}
    with serving(hang_up, success(submitted)) as server:
        async with AsyncClusterClient(server.url) as client:
            task = await client.tasks.submit("echo", {"message": "x"}, priority="high")
    assert task == "task-1"
    first, second = server.seen
    assert json.loads(first.body) == {"task_type": "echo", "payload": {"message": "x"}, "priority": "high"}
    assert len(first.headers["idempotency-key"]) == 32
    assert second.headers["idempotency-key"] == first.headers["idempotency-key"]


async def test_what_is_not_safe_to_repeat_is_sent_once() -> None:
    with serving(hang_up) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ApiConnectionError):
                await client.tasks.cancel("task-1")
            with pytest.raises(ApiConnectionError):
                await client.devices.remove("device-1", force=True)
    assert len(server.seen) == 2


async def test_a_cluster_that_is_away_or_a_budget_that_is_used_up_is_tried_again_after_retry_after() -> None:
    away = refusal(503, "CLUSTER_UNAVAILABLE", retry_after="0")
    used_up = refusal(429, "RATE_LIMIT_EXCEEDED", retry_after="0")
    with serving(away, used_up, success({"cancelled_task": "task-1"})) as server:
        async with AsyncClusterClient(server.url) as client:
            assert (await client.tasks.cancel("task-1"))["cancelled_task"] == "task-1"
    assert len(server.seen) == 3


async def test_a_budget_that_is_used_up_for_long_is_told_at_once() -> None:
    with serving(refusal(429, "RATE_LIMIT_EXCEEDED", retry_after="600")) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(RateLimitExceededError) as raised:
                await client.cluster.status()
    error = raised.value
    assert (error.code, error.status, error.retry_after) == ("RATE_LIMIT_EXCEEDED", 429, 600)
    assert len(server.seen) == 1


async def test_other_refusals_are_not_repeated_and_each_code_has_its_class() -> None:
    with serving(refusal(404, "TASK_NOT_FOUND"), refusal(418, "NEWER_THAN_THIS")) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(TaskNotFoundError, match="it is TASK_NOT_FOUND"):
                await client.tasks.get("task-1")
            with pytest.raises(ApiError) as raised:
                await client.tasks.get("task-1")
    assert type(raised.value) is ApiError
    assert raised.value.code == "NEWER_THAN_THIS"
    assert len(server.seen) == 2


async def test_an_error_shows_what_is_allowed_and_what_was_probably_meant() -> None:
    details = {"task_type": "ecko", "available_types": ["echo", "sleep"], "suggestion": "echo"}
    issue = {"in": "body", "path": "/priority", "message": "must be one of these", "allowed": ["low", "high"]}
    with serving(
        refusal(400, "INVALID_TASK_TYPE", details),
        refusal(400, "VALIDATION_ERROR", {"issues": [issue, {**issue, "suggestion": "low"}]}),
    ) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(InvalidTaskTypeError) as raised:
                await client.tasks.submit("ecko")
            with pytest.raises(ApiError) as invalid:
                await client.tasks.submit("echo")
    assert raised.value.details["suggestion"] == "echo"
    assert str(raised.value).splitlines() == [
        "it is INVALID_TASK_TYPE [INVALID_TASK_TYPE]",
        "  task_type: ecko",
        "  available_types: echo, sleep",
        "  probably meant: echo",
        "  request_id: r-1",
    ]
    assert str(invalid.value).splitlines()[1:-1] == [
        "  body /priority: must be one of these",
        "    allowed: low, high",
        "  body /priority: must be one of these",
        "    probably meant: low",
    ]


@pytest.mark.parametrize(
    "answer", ["<h1>Bad Gateway</h1>", "[]", '{"status":"success"}', '{"status":"error","error":{"code":7}}']
)
async def test_what_is_not_the_api_is_told_apart(answer: str) -> None:
    with serving(text(502, answer), text(200, answer)) as server:
        async with AsyncClusterClient(server.url, max_retries=0) as client:
            with pytest.raises(ApiConnectionError, match=r"HTTP 502\) is not the Retire-Cluster API"):
                await client.cluster.status()
            with pytest.raises(ApiConnectionError, match="not the Retire-Cluster API"):
                await client.cluster.status()


async def test_what_something_else_than_the_api_refuses_is_not_asked_for_again() -> None:
    with serving(TOO_LARGE) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ApiConnectionError) as raised:
                await client.tasks.submit_batch([{"task_type": "echo", "payload": {}}])
            with pytest.raises(ApiConnectionError):
                await client.tasks.wait("task-1")
    assert raised.value.status == 413
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [408, 425, 429, 502, 503])
async def test_where_something_else_than_the_api_is_busy_it_is_asked_again(status: int) -> None:
    with serving(text(status, "<html>", "text/html"), success({"task_types": []})) as server:
        async with AsyncClusterClient(server.url) as client:
            assert await client.tasks.types() == []
    assert len(server.seen) == 2


async def test_what_a_task_prints_goes_on_where_the_connection_broke() -> None:
    with serving(broken_text("aé移"), broken_text("😀"), hang_up, text(200, "fgh", "text/plain")) as server:
        async with AsyncClusterClient(server.url) as client:
            printed = ""
            async for piece in client.tasks.follow_output("task-1", offset=1):
                printed += piece
    assert printed == "aé移😀fgh"
    # The API counts UTF-16 units.
    offsets = [parse_qs(urlsplit(seen.path).query)["offset"] for seen in server.seen]
    assert offsets == [["1"], ["4"], ["6"], ["6"]]
    with serving(refusal(404, "TASK_NOT_FOUND")) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(TaskNotFoundError):
                await client.tasks.follow_output("task-2").__anext__()


async def test_the_key_is_not_carried_to_where_a_redirect_points() -> None:
    with serving(success({})) as elsewhere, serving(text(307, "", location=elsewhere.url)) as server:
        async with AsyncClusterClient(server.url, "k", max_retries=0) as client:
            with pytest.raises(ApiConnectionError):
                await client.cluster.status()
    assert elsewhere.seen == []


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    with serving(silence) as server:
        async with AsyncClusterClient(server.url, timeout=0.05, max_retries=0) as client:
            with pytest.raises(TimeoutError) as raised:
                await client.cluster.status()
    assert isinstance(raised.value, ApiTimeoutError)


async def test_a_wait_ends_when_its_time_is_up_though_the_api_is_away() -> None:
    with serving(hang_up) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(WaitTimeoutError, match=r"did not end within 0\.2 s"):
                await client.tasks.wait("task-1", timeout=0.2)


async def test_who_waits_has_patience_until_the_time_is_up() -> None:
    with serving(refusal(429, "RATE_LIMIT_EXCEEDED", retry_after="600")) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(WaitTimeoutError) as raised:
                await client.tasks.wait("task-1", timeout=0.2)
    assert isinstance(raised.value.__cause__, RateLimitExceededError)
    assert len(server.seen) == 2


async def test_a_refused_part_of_a_map_cancels_the_parts_before() -> None:
    task_ids = [f"task-{number}" for number in range(1000)]
    with serving(
        success({"batch_id": "b", "task_ids": task_ids}),
        refusal(507, "STORAGE_FULL"),
        hang_up,
        success({"changed": 1000, "more": True}),
        success({"changed": 1, "more": False}),
    ) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ApiError, match="STORAGE_FULL"):
                await client.map("echo", [{"message": str(number)} for number in range(1001)], batch_id="b")
    assert [len(json.loads(seen.body).get("tasks", [])) for seen in server.seen] == [1000, 1, 0, 0, 0]
    for cancelled in server.seen[2:]:
        assert cancelled.path == "/api/v1/tasks/batch/cancel"
        assert json.loads(cancelled.body) == {"batch_id": "b"}


@pytest.mark.parametrize("answer", [refusal(404, "NOT_FOUND"), success({"changed": 0, "more": True})])
async def test_a_cancellation_ends_where_there_is_nothing_to_cancel(answer: Reply) -> None:
    with serving(TOO_LARGE, answer) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ApiConnectionError, match="HTTP 413"):
                await client.map("echo", [{}])
    assert [seen.path for seen in server.seen] == ["/api/v1/tasks/batch", "/api/v1/tasks/batch/cancel"]


@pytest.mark.parametrize("address", ["localhost:8081", "ftp://localhost", "http://", "http://localhost:port", ""])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="is no address of an API"):
        AsyncClusterClient(address)


def test_a_key_that_cannot_be_sent_is_refused_without_telling_it() -> None:
    with pytest.raises(ValueError, match="line end of a file") as raised:
        AsyncClusterClient("http://localhost", "secret\n")
    assert "secret" not in str(raised.value)


async def test_a_map_whose_first_part_is_refused_has_nothing_to_cancel() -> None:
    with serving(refusal(400, "INVALID_TASK_TYPE")) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(InvalidTaskTypeError):
                await client.map("ecko", [{}])
    assert len(server.seen) == 1


async def test_a_map_outlives_a_server_that_is_away_while_its_ends_are_listed() -> None:
    one = {"task_id": "task-1", "status": "completed"}
    listed = {"tasks": [one], "total": 2, "next_cursor": None}
    with serving(
        success({"batch_id": "b", "task_ids": ["task-1", "task-2"]}),
        success({"total": 2, "completed": 2, "failed": 0, "cancelled": 0}),
        hang_up,
        hang_up,
        success(listed),
        hang_up,
        success({"task": {**one, "task_id": "task-2"}}),
    ) as server:
        async with AsyncClusterClient(server.url, max_retries=0) as client:
            tasks = await client.map("echo", [{}, {}])
    assert [task["task_id"] for task in tasks] == ["task-1", "task-2"]


async def test_what_json_has_not_is_refused_before_it_is_sent() -> None:
    with serving(success({})) as server:
        async with AsyncClusterClient(server.url) as client:
            with pytest.raises(ValueError, match="JSON"):
                await client.tasks.submit("echo", {"message": float("nan")})
    assert server.seen == []
