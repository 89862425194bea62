"""What the platform offers to this half of the client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from typing import Any, Callable, Optional, TypeVar

from anyio import CancelScope, sleep

from .._page import Page
from ..models import TaskDetail

__all__ = ["Ask", "AskForPage", "Item", "Wait", "Walk", "sleep", "uninterrupted"]

Item = TypeVar("Item")

Walk = AsyncGenerator[Item, None]
"""Items that come one after the other."""

Ask = Callable[[float, float], Awaitable[Optional[Item]]]
"""Asks once: told how many seconds the API may wait, and until when to go on trying. None is no answer yet."""

AskForPage = Callable[[Optional[str]], Awaitable[Page[Item, Any]]]
"""Asks for the page at a cursor; None is the first one."""

Wait = Callable[[str, Optional[float]], Awaitable[TaskDetail]]
"""Waits for a task, so many seconds at most."""


def uninterrupted() -> CancelScope:
    """Let what is done within come to its end, though who does it was told to stop."""
    return CancelScope(shield=True)
