# Generated from clients/python/tests/_async/test_async_cluster.py by `npm run generate`.
"""Against a live cluster of two workers that allow `command` and `python`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from retire_cluster_client import (
    ClusterClient,
    SubmittedTask,
    MapFailedError,
    TaskFailedError,
    WaitTimeoutError,
    errors,
)

if TYPE_CHECKING:
    from fractions import Fraction

pytestmark = pytest.mark.anyio


def test_submit_wait_and_read_the_result(client: ClusterClient) -> None:
    task = client.tasks.submit("echo", {"message": "Hello", "repeat": 2}, priority="high")
    assert isinstance(task, str)
    assert isinstance(task, SubmittedTask)
    assert task.startswith("task-")
    assert task.assigned_device in (None, "worker-1", "worker-2")
    done = task.wait()
    assert done["result"] is not None
    assert done["result"]["output"] == "Hello\nHello"
    assert (client.tasks.get(task))["status"] == "completed"
    assert client.tasks.output(task) == "Hello\nHello"


def test_two_submissions_under_one_idempotency_key_make_one_task(client: ClusterClient) -> None:
    key = uuid.uuid4().hex
    first = client.tasks.submit("echo", idempotency_key=key)
    assert client.tasks.submit("echo", idempotency_key=key) == first


def test_what_a_task_prints_comes_while_it_runs(client: ClusterClient) -> None:
    task = client.tasks.submit("command", {"command": ["sh", "-c", "echo é first; sleep 60"]})
    printed = ""
    for piece in client.tasks.follow_output(task):
        printed += piece
        # It runs until it is cancelled, which ends the loop, too.
        if printed == "é first\n":
            assert (client.tasks.get(task))["status"] == "running"
            client.tasks.cancel(task)
    assert printed == "é first\n"


def test_a_task_that_fails_raises_from_the_wait_with_the_task(client: ClusterClient) -> None:
    task = client.tasks.submit("command", {"command": ["sh", "-c", "exit 3"]})
    with pytest.raises(TaskFailedError, match=r"failed: .*\(TASK_EXIT_NONZERO\)") as raised:
        task.wait()
    result = raised.value.task["result"]
    assert result is not None
    assert result["exit_code"] == 3
    again = client.tasks.retry(task, priority="low")
    assert (client.tasks.get(again["new_task_id"]))["original_task_id"] == task


def test_a_wait_that_is_too_short_says_so_and_the_task_goes_on(client: ClusterClient) -> None:
    task = client.tasks.submit("sleep", {"duration": 60})
    with pytest.raises(WaitTimeoutError):
        task.wait(timeout=0.2)
    with pytest.raises(TimeoutError):
        task.wait(timeout=0)
    assert (client.tasks.cancel(task))["cancelled_task"] == task
    with pytest.raises(TaskFailedError, match="was cancelled"):
        task.wait()


def test_errors_bear_code_details_and_request_id(client: ClusterClient, url: str) -> None:
    with pytest.raises(errors.InvalidTaskTypeError, match="probably meant: echo") as raised:
        client.tasks.submit("ecko")
    error = raised.value
    assert (error.code, error.status, error.details["suggestion"]) == ("INVALID_TASK_TYPE", 400, "echo")
    assert len(error.request_id) == 36
    with pytest.raises(errors.ValidationError, match="probably meant: message"):
        client.tasks.submit("echo", {"massage": "x"})
    with pytest.raises(errors.DeviceNotFoundError, match="available_devices: worker-1, worker-2"):
        client.devices.get("worker-l")
    with ClusterClient(url) as stranger:
        with pytest.raises(errors.AuthenticationRequiredError):
            stranger.devices.list()


def test_listings_are_lists_and_are_walked_page_after_page(client: ClusterClient) -> None:
    devices = client.devices.list(status="online", limit=1)
    assert [device["id"] for device in devices] == ["worker-1"]
    assert (devices.total, devices.answer["online"]) == (2, 2)
    (second,) = client.devices.list(status="online", limit=1, cursor=devices.next_cursor)
    assert second["id"] == "worker-2"
    assert [device["id"] for device in client.devices.iter(limit=1)] == ["worker-1", "worker-2"]
    batch_id = f"listed-{uuid.uuid4().hex}"
    batch = client.tasks.submit_batch([{"task_type": "echo", "payload": {}}] * 5, batch_id=batch_id)
    listed = [task["task_id"] for task in client.tasks.iter(batch_id=batch_id, limit=2)]
    assert listed == batch["task_ids"][::-1]
    assert len([entry["message"] for entry in client.logs.iter(limit=3, level="info")]) > 3
    assert [entry["operation"] for entry in client.audit.iter(limit=1, operation="submitBatch")]


def test_map_gives_the_ends_in_the_order_of_the_items(client: ClusterClient) -> None:
    progress: list[float | None] = []
    tasks = client.map(
        "echo",
        ({"message": f"item {number}"} for number in range(1203)),
        on_progress=lambda batch: progress.append(batch["progress"]),
        max_retries=1,
    )
    assert [task["result"]["output"] for task in tasks if task["result"]] == [f"item {n}" for n in range(1203)]
    assert progress[-1] == 100
    assert client.map("echo", []) == []


def inverse(number: int) -> tuple[float, Fraction | None]:
    import math  # noqa: PLC0415

    print(f"the inverse of {number}")
    return math.pow(number, -1), None


def test_map_of_a_function_gives_what_it_returns_in_the_order_of_the_items(client: ClusterClient) -> None:
    progress: list[float | None] = []
    values = client.map(
        inverse, (1 << n for n in range(20)), on_progress=lambda batch: progress.append(batch["progress"])
    )
    assert values == [[1 / (1 << n), None] for n in range(20)]
    assert progress[-1] == 100
    assert client.map(inverse, []) == []


def test_a_function_that_fails_on_an_item_tells_when_all_have_ended(client: ClusterClient) -> None:
    with pytest.raises(MapFailedError) as raised:
        client.map(inverse, [4, 0, 2, 0])
    tasks = raised.value.tasks
    assert [task["result"]["value"] for task in tasks if task["result"]] == [[0.25, None], None, [0.5, None], None]
    assert str(raised.value) == (
        "2 of 4 items have no value, the first of them item 1: "
        f"Task {tasks[1]['task_id']} failed: ValueError: math domain error (TASK_EXIT_NONZERO)"
    )
    assert "the inverse of 0\nTraceback" in client.tasks.output(tasks[1]["task_id"])


def test_many_are_cancelled_and_retried_by_one_call_and_a_placement_says_why(client: ClusterClient) -> None:
    batch = client.tasks.submit_batch([{"task_type": "sleep", "payload": {"duration": 60}}] * 2)
    assert len((client.tasks.placement(batch["task_ids"][0]))["devices"]) == 2
    assert (client.tasks.cancel_many(batch_id=batch["batch_id"]))["changed"] == 2
    retried = client.tasks.retry_many(task_ids=batch["task_ids"], priority="low")
    assert retried["changed"] == 2
    assert (client.tasks.batch(batch["batch_id"]))["cancelled"] == 2
    new_ids = [outcome["new_task_id"] for outcome in retried["outcomes"]]
    client.tasks.cancel_many(task_ids=[task_id for task_id in new_ids if task_id is not None])


def test_keys_are_made_and_revoked(client: ClusterClient, url: str) -> None:
    made = client.keys.create(name="reader", scopes=["read"])
    with ClusterClient(url, made["secret"]) as reader:
        assert (reader.cluster.status())["cluster_stats"]["total_devices"] == 2
        with pytest.raises(errors.PermissionDeniedError, match="required_scope: write"):
            reader.tasks.submit("echo")
        assert made["key"]["id"] in [key["id"] for key in client.keys.list()]
        client.keys.remove(made["key"]["id"])
        with pytest.raises(errors.AuthenticationRequiredError):
            reader.cluster.status()


def test_join_tokens_are_made_and_revoked(client: ClusterClient) -> None:
    made = client.join_tokens.create(tags=["lab"], expires_in=60, max_uses=1)
    token = made["join_token"]
    assert made["secret"] in made["command"]
    assert token["tags"] == ["lab"]
    assert token["id"] in [one["id"] for one in client.join_tokens.list()]
    assert (client.join_tokens.remove(token["id"]))["removed_join_token"] == token["id"]
    with pytest.raises(errors.ApiError):
        client.join_tokens.remove(token["id"])


def test_devices_config_and_figures(client: ClusterClient) -> None:
    assert (client.devices.update("worker-1", display_name="Kitchen tablet"))["id"] == "worker-1"
    assert (client.devices.ping("worker-1", count=1))["reachable"]
    assert (client.devices.approve("worker-1"))["status"] == "online"
    many = client.devices.update_many(device_ids=["worker-1", "worker-2"], set={"tags": ["lab"]})
    assert len(many["outcomes"]) == 2
    assert len(client.devices.list(tag=["lab"])) == 2
    client.config.update(cluster={"heartbeat_interval": 20})
    assert (client.config.get())["cluster"]["heartbeat_interval"] == 20
    assert (client.cluster.health())["checks"]["network"]["connected_devices"] == 2
    assert (client.cluster.metrics(period="1h", type="cpu"))["period"] == "1h"
    assert (client.stats.tasks(period="1h", group_by="task_type"))["period"] == "1h"
    assert set((client.stats.devices(period="24h"))["utilization"]) == {"worker-1", "worker-2"}
    assert "command" in [task_type["task_type"] for task_type in client.tasks.types()]


def test_a_stream_that_is_open_tells_all_that_happens_within(client: ClusterClient) -> None:
    with client.monitor.stream(["tasks"]) as stream:
        task = client.tasks.submit("echo", {"message": "seen"})
        types = []
        for event in stream:
            if "task_id" in event and event["task_id"] == task:
                types.append(event["type"])
                if event["type"] == "task_completed":
                    break
    assert types[0] == "task_created"
    for event in client.monitor.stream(["tasks"], last_event_id="0.0"):
        assert event["type"] == "stream_reset"
        break
