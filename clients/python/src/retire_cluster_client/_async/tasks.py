"""Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations
from .._failures import RetireClusterError, TaskFailedError
from .._page import Page
from .._protocol import new_idempotency_key, utf16_length
from .._retrying import pause_after
from .pages import walk
from .runtime import sleep
from .submitted_task import AsyncSubmittedTask
from .waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .. import models
    from .._typing import Unpack
    from ..models import ListTasksQuery, Task, TaskDetail, TaskList
    from .connection import AsyncConnection
    from .runtime import Walk


class AsyncTasks:
    """The operations on tasks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def submit(
        self,
        task_type: str,
        payload: Mapping[str, object] | None = None,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[models.SubmissionOptions],
    ) -> AsyncSubmittedTask:
        """Submit a task, and give its id: a string, which can be waited for too.

        It is on the node's disk when this returns. A connection that breaks meanwhile makes no second task. Two
        submissions with one `idempotency_key` make one task; without it, each call has a key of its own.
        """
        submitted = await self._connection.call(
            operations.SUBMIT_TASK,
            body={"task_type": task_type, "payload": payload or {}, **options},
            idempotency_key=idempotency_key or new_idempotency_key(),
        )
        return AsyncSubmittedTask(submitted, self.wait)

    async def submit_batch(
        self,
        tasks: Iterable[Mapping[str, object]],
        *,
        batch_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> models.BatchSubmitted:
        """Submit up to 1,000 tasks, each a `models.TaskSubmission`: all are taken in, or none."""
        named = {} if batch_id is None else {"batch_id": batch_id}
        return await self._connection.call(
            operations.SUBMIT_BATCH,
            body={"tasks": list(tasks), **named},
            idempotency_key=idempotency_key or new_idempotency_key(),
        )

    async def batch(self, batch_id: str) -> models.BatchProgress:
        """Tell how far a batch is."""
        return await self._connection.call(operations.GET_BATCH, path={"batch_id": batch_id})

    async def get(self, task_id: str) -> TaskDetail:
        """Give one task, with its log, usage and attempts."""
        return (await self._connection.call(operations.GET_TASK, path={"task_id": task_id}))["task"]

    async def list(self, *, cursor: str | None = None, **filters: Unpack[ListTasksQuery]) -> Page[Task, TaskList]:
        """Give one page of the tasks, newest first, up to `limit` of them."""
        answer = await self._connection.call(operations.LIST_TASKS, query={**filters, "cursor": cursor})
        return Page(answer["tasks"], answer, answer["total"], answer["next_cursor"])

    def iter(self, **filters: Unpack[ListTasksQuery]) -> Walk[Task]:
        """Walk all tasks that match, newest first, page after page."""
        return walk(lambda cursor: self.list(cursor=cursor, **filters))

    async def wait(self, task_id: str, timeout: float | None = None) -> TaskDetail:
        """Wait for a task, over restarts of the server, and give it when it is completed.

        Raises TaskFailedError where it fails or is cancelled, WaitTimeoutError after `timeout` seconds.
        """

        async def ask(wait: float, deadline: float) -> TaskDetail | None:
            answer = await self._connection.call(
                operations.GET_TASK, path={"task_id": task_id}, query={"wait": wait}, wait=wait, deadline=deadline
            )
            return None if answer["task"]["status"] in ("pending", "running") else answer["task"]

        task = await wait_for(ask, timeout)
        if task["status"] != "completed":
            raise TaskFailedError(task)
        return task

    async def cancel(self, task_id: str) -> models.TaskCancellation:
        """Cancel a task that has not ended."""
        return await self._connection.call(operations.CANCEL_TASK, path={"task_id": task_id})

    async def retry(self, task_id: str, **request: Unpack[models.TaskRetryRequest]) -> models.TaskRetried:
        """Make a new task of the work of a failed or cancelled one."""
        return await self._connection.call(
            operations.RETRY_TASK,
            path={"task_id": task_id},
            body=request,
            idempotency_key=new_idempotency_key(),
        )

    async def cancel_many(self, **selection: Unpack[models.BatchSelection]) -> models.BatchCancellation:
        """Cancel many tasks by one call: up to 1,000 `task_ids`, or all of a `batch_id`; an outcome for each."""
        return await self._connection.call(operations.CANCEL_TASKS, body=selection)

    async def retry_many(self, **selection: Unpack[models.BatchRetryRequest]) -> models.BatchRetried:
        """Make new tasks of the work of many: up to 1,000 `task_ids`, or what did not complete of a `batch_id`."""
        return await self._connection.call(
            operations.RETRY_TASKS, body=selection, idempotency_key=new_idempotency_key()
        )

    async def placement(self, task_id: str) -> models.TaskPlacement:
        """Tell why a task is where it is: for each device, whether it could run there, and its score."""
        return await self._connection.call(operations.GET_TASK_PLACEMENT, path={"task_id": task_id})

    async def output(self, task_id: str) -> str:
        """Give what a task has printed so far."""
        return await self._connection.text(operations.GET_TASK_OUTPUT, path={"task_id": task_id})

    async def follow_output(self, task_id: str, **query: Unpack[models.GetTaskOutputQuery]) -> Walk[str]:
        """Walk what a task prints, in pieces as they come, until it ends.

        A connection that breaks is made anew, and it goes on where it was.
        """
        offset = query.get("offset", 0)
        attempt = 0
        while True:
            try:
                response = await self._connection.open(
                    operations.GET_TASK_OUTPUT,
                    path={"task_id": task_id},
                    query={"offset": offset, "follow": True},
                    headers={"accept": "text/plain"},
                    silence=None,
                )
                async for piece in self._connection.pieces(response):
                    offset += utf16_length(piece)
                    attempt = 0
                    yield piece
            except RetireClusterError as error:
                attempt += 1
                seconds = pause_after(error, attempt, repeatable=True)
                if seconds is None:
                    raise
            else:
                return
            await sleep(seconds)

    async def types(self) -> Sequence[models.TaskType]:
        """Give the task types that can be submitted."""
        return (await self._connection.call(operations.LIST_TASK_TYPES))["task_types"]
