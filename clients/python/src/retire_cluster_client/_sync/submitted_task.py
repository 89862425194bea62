# Generated from clients/python/src/retire_cluster_client/_async/submitted_task.py by `npm run generate`.
"""A task that was taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._typing import Self
    from ..models import TaskDetail, TaskSubmitted
    from .runtime import Wait


class SubmittedTask(str):
    """The id of a task, which can be waited for."""

    __slots__ = ("_wait", "assigned_device", "estimated_completion")

    assigned_device: str | None
    """The device that it was assigned to; None while it waits for one."""
    estimated_completion: str | None
    """When it should be done; None while it waits for a device."""
    _wait: Wait

    def __new__(cls, submitted: TaskSubmitted, wait: Wait) -> Self:
        """Make it of the API's answer."""
        task = super().__new__(cls, submitted["task_id"])
        task.assigned_device = submitted["assigned_device"]
        task.estimated_completion = submitted["estimated_completion"]
        task._wait = wait
        return task

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copied and pickled, it is the id alone: a connection can't be."""
        return str, (str(self),)

    def wait(self, timeout: float | None = None) -> TaskDetail:
        """Wait for the task, and give it when it is completed.

        Raises TaskFailedError where it fails or is cancelled, WaitTimeoutError after `timeout` seconds.
        """
        return self._wait(str(self), timeout)
