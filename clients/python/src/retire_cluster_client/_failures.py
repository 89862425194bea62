"""What can go wrong, as far as it is no code of the API: those stand in errors.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .models import ErrorDetails, Task, TaskDetail, ValidationIssue


class RetireClusterError(Exception):
    """The base of all that this package raises."""


@dataclass(frozen=True)
class Refusal:
    """What the API says when it says no."""

    code: str
    message: str
    details: ErrorDetails
    status: int
    request_id: str
    retry_after: float | None


def _listed(values: object) -> str:
    return ", ".join(str(value) for value in values) if isinstance(values, (list, tuple)) else str(values)


def _issue_lines(issue: ValidationIssue) -> Iterator[str]:
    yield f"{issue['in']} {issue['path']}: {issue['message']}"
    if "suggestion" in issue:
        yield f"  probably meant: {issue['suggestion']}"
    elif "allowed" in issue:
        yield f"  allowed: {_listed(issue['allowed'])}"


class ApiError(RetireClusterError):
    """The API said no. Each code has a class of its own; this one stands for those that are newer than this package."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.code: str = refusal.code
        """What went wrong, for programs. Codes never change."""
        self.message: str = refusal.message
        """What went wrong and what to do, for people."""
        self.details: ErrorDetails = refusal.details
        """What is allowed, and what was probably meant."""
        self.status: int = refusal.status
        """The HTTP status."""
        self.request_id: str = refusal.request_id
        """The id under which the server's log has the request."""
        self.retry_after: float | None = refusal.retry_after
        """Seconds after which trying again makes sense, where the API said so."""

    def _lines(self) -> Iterator[str]:
        yield f"{self.message} [{self.code}]"
        for issue in self.details.get("issues", []):
            for line in _issue_lines(issue):
                yield f"  {line}"
        for name, value in self.details.items():
            # The issues are told already, and the reason where the message has it.
            if name == "issues" or (name == "reason" and str(value) in self.message):
                continue
            yield f"  {'probably meant' if name == 'suggestion' else name}: {_listed(value)}"
        yield f"  request_id: {self.request_id}"

    def __str__(self) -> str:
        """Tells all of it: a traceback is where it is read."""
        return "\n".join(self._lines())


class ApiConnectionError(RetireClusterError, ConnectionError):
    """The API cannot be reached, its answer broke off, or what answers there is something else."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status: int | None = status
        """The HTTP status with which something else than the API answered; None where nothing did."""


class ApiTimeoutError(ApiConnectionError, TimeoutError):
    """No answer came within the time that the client gives it."""


class WaitTimeoutError(RetireClusterError, TimeoutError):
    """What was waited for did not end in time. It goes on."""


def _end_of(task: Task | TaskDetail) -> str:
    error = task["error"]
    cause = "" if error is None else f": {error['message']} ({error['code']})"
    ended = "was cancelled" if task["status"] == "cancelled" else "failed"
    return f"Task {task['task_id']} {ended}{cause}"


class TaskFailedError(RetireClusterError):
    """A task that was waited for failed, or was cancelled."""

    def __init__(self, task: TaskDetail) -> None:
        super().__init__(task)
        self.task: TaskDetail = task
        """The task as it ended."""

    def __str__(self) -> str:
        """Tells the cause, where there is one."""
        return _end_of(self.task)


class MapFailedError(RetireClusterError):
    """A function failed on some of the items that it was mapped over, or their tasks were cancelled."""

    def __init__(self, tasks: list[Task]) -> None:
        super().__init__(tasks)
        self.tasks: list[Task] = tasks
        """All tasks as they ended, in the order of the items: what the others returned is in their `result`."""

    def __str__(self) -> str:
        """Tells how many, and the cause of the first."""
        lost = [(number, task) for number, task in enumerate(self.tasks) if task["status"] != "completed"]
        number, first = lost[0]
        return (
            f"{len(lost)} of {len(self.tasks)} items have no value, the first of them item {number}: {_end_of(first)}"
        )
