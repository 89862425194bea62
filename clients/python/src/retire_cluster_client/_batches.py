"""Many submissions, in as few requests as the bounds of the API allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._protocol import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .models import BatchProgress

# The API takes that many tasks by one request…
_TASKS_A_REQUEST = 1000
# …of at most 16 MiB.
_BYTES_A_REQUEST = 15 * 1024 * 1024


def requests_of(submissions: Iterable[object]) -> Iterator[list[object]]:
    """Cut submissions into the lists that one request each can take, in their order."""
    request: list[object] = []
    size = 0
    for submission in submissions:
        more = len(encoded(submission)) + 1
        if request and (len(request) >= _TASKS_A_REQUEST or size + more > _BYTES_A_REQUEST):
            yield request
            request, size = [], 0
        request.append(submission)
        size += more
    if request:
        yield request


def ended(progress: BatchProgress) -> bool:
    """Whether no task of a batch is still to be done."""
    return progress["completed"] + progress["failed"] + progress["cancelled"] == progress["total"]
