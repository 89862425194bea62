# Generated from clients/python/src/retire_cluster_client/_async/mapping.py by `npm run generate`.
"""One task type or function over many items: as many submissions as it takes, one batch, the ends in order."""

from __future__ import annotations

from contextlib import suppress
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Callable

from .. import _operations as operations
from .._batches import ended, requests_of
from .._failures import ApiError, MapFailedError, RetireClusterError
from .._functions import calls_of
from .._page import Page
from .._protocol import new_idempotency_key
from .pages import walk
from .runtime import uninterrupted
from .waiting import LONGEST_WAIT, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..models import BatchProgress, SubmissionOptions, Task, TaskList
    from .connection import Connection

# A server that restarts meanwhile costs time alone: every step goes on trying.
_FOR_EVER = inf

# How often progress is told of at least, in seconds.
_LONGEST_SILENCE = 2.0

# How long a cancellation goes on trying to reach the API, in seconds.
_CANCELLING = 30.0


def _submit(
    connection: Connection, batch_id: str, submissions: Iterable[object], task_ids: list[str]
) -> None:
    for tasks in requests_of(submissions):
        batch = connection.call(
            operations.SUBMIT_BATCH,
            body={"batch_id": batch_id, "tasks": tasks},
            idempotency_key=new_idempotency_key(),
            deadline=_FOR_EVER,
        )
        task_ids += batch["task_ids"]


def _cancel(connection: Connection, batch_id: str) -> None:
    deadline = monotonic() + _CANCELLING
    with uninterrupted(), suppress(RetireClusterError):
        # One call cancels so many at most.
        while True:
            answer = connection.call(
                operations.CANCEL_TASKS, body={"batch_id": batch_id}, repeatable=True, deadline=deadline
            )
            if not answer["more"] or answer["changed"] == 0:
                return


def _ends(connection: Connection, batch_id: str) -> dict[str, Task]:
    def page(cursor: str | None) -> Page[Task, TaskList]:
        query = {"batch_id": batch_id, "limit": 1000, "cursor": cursor}
        answer = connection.call(operations.LIST_TASKS, query=query, deadline=_FOR_EVER)
        return Page(answer["tasks"], answer, answer["total"], answer["next_cursor"])

    return {task["task_id"]: task for task in walk(page)}


def _end(connection: Connection, task_id: str) -> Task:
    path = {"task_id": task_id}
    return (connection.call(operations.GET_TASK, path=path, deadline=_FOR_EVER))["task"]


def map_tasks(
    connection: Connection,
    task_type: str,
    items: Iterable[Mapping[str, object]],
    on_progress: Callable[[BatchProgress], object] | None,
    options: SubmissionOptions,
) -> list[Task]:
    """Run `task_type` over the payloads, and give the tasks as they ended, in the order of the payloads."""
    batch_id = options.get("batch_id", f"map-{new_idempotency_key()}")
    shared: dict[str, Any] = {name: value for name, value in options.items() if name != "batch_id"}

    def ask(wait: float, deadline: float) -> BatchProgress | None:
        progress = connection.call(
            operations.GET_BATCH, path={"batch_id": batch_id}, query={"wait": wait}, wait=wait, deadline=deadline
        )
        if on_progress is not None:
            on_progress(progress)
        return progress if ended(progress) else None

    submissions = ({"task_type": task_type, "payload": item, **shared} for item in items)
    task_ids: list[str] = []
    try:
        _submit(connection, batch_id, submissions, task_ids)
        if not task_ids:
            return []
        wait_for(ask, None, LONGEST_WAIT if on_progress is None else _LONGEST_SILENCE)
    except BaseException as error:
        # Nobody would know of what was taken in. Where the first request was refused, nothing was; where it was cut
        # off, who knows.
        if task_ids or not isinstance(error, ApiError):
            _cancel(connection, batch_id)
        raise
    ends = _ends(connection, batch_id)
    # What has already aged out is asked for by its name: the API then says that it is gone.
    return [ends.get(task_id) or _end(connection, task_id) for task_id in task_ids]


def map_function(
    connection: Connection,
    function: Callable[[Any], object],
    items: Iterable[Any],
    on_progress: Callable[[BatchProgress], object] | None,
    options: SubmissionOptions,
) -> list[Any]:
    """Call `function` with each item, and give what it returned, in the order of the items."""
    tasks = map_tasks(connection, "python", calls_of(function, items), on_progress, options)
    if any(task["status"] != "completed" for task in tasks):
        raise MapFailedError(tasks)
    return [task["result"]["value"] for task in tasks if task["result"] is not None]
