"""What differs between the halves of the client, and is generated for neither."""

from __future__ import annotations

import copy
import gc
import json

import anyio
import pytest

from retire_cluster_client import AsyncClusterClient, ClusterClient

from .serving import Reply, events, serving, silence, success

IDS: dict[str, object] = {"batch_id": "b", "task_ids": ["task-1"]}
HALF_DONE: dict[str, object] = {"total": 2, "completed": 1, "failed": 0, "cancelled": 0}
A_MAP: tuple[Reply, ...] = (success(IDS), success(HALF_DONE), success({"changed": 1, "more": False}))


def test_a_stream_that_nobody_holds_lets_go_of_its_connection() -> None:
    gc.disable()
    try:
        stream = events('id: 1.1\ndata: {"type":"log_entry"}\n\n', then=silence)
        with serving(stream) as server, ClusterClient(server.url) as client:
            for _ in client.monitor.stream():
                break
            assert server.answered.acquire(timeout=10)
    finally:
        gc.enable()


def test_ctrl_c_cancels_what_a_map_has_not_ended() -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with serving(*A_MAP) as server, ClusterClient(server.url) as client, pytest.raises(KeyboardInterrupt):
        client.map("echo", [{}], batch_id="b", on_progress=stop)
    assert server.seen[-1].path == "/api/v1/tasks/batch/cancel"
    assert json.loads(server.seen[-1].body) == {"batch_id": "b"}


@pytest.mark.anyio
async def test_a_cancellation_cancels_what_a_map_has_not_ended() -> None:
    with serving(*A_MAP) as server:
        async with AsyncClusterClient(server.url) as client:
            with anyio.CancelScope() as scope:
                await client.map("echo", [{}], batch_id="b", on_progress=lambda _: scope.cancel())
    assert scope.cancelled_caught
    assert server.seen[-1].path == "/api/v1/tasks/batch/cancel"


def test_a_submitted_task_can_be_copied_as_its_id() -> None:
    submitted = {"task_id": "task-1", "assigned_device": "pi-1", "estimated_completion": None}
    with serving(success(submitted)) as server, ClusterClient(server.url) as client:
        task = client.tasks.submit("echo")
    assert task.assigned_device == "pi-1"
    assert json.dumps([task]) == '["task-1"]'
    assert copy.deepcopy(task) == "task-1"
