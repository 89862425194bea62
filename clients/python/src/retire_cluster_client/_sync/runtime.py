"""What the platform offers to this half of the client."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext
from time import sleep
from typing import Any, Callable, Optional, TypeVar

from .._page import Page
from ..models import TaskDetail

__all__ = ["Ask", "AskForPage", "Item", "Wait", "Walk", "sleep", "uninterrupted"]

Item = TypeVar("Item")

Walk = Generator[Item, None, None]
"""Items that come one after the other."""

Ask = Callable[[float, float], Optional[Item]]
"""Asks once: told how many seconds the API may wait, and until when to go on trying. None is no answer yet."""

AskForPage = Callable[[Optional[str]], Page[Item, Any]]
"""Asks for the page at a cursor; None is the first one."""

Wait = Callable[[str, Optional[float]], TaskDetail]
"""Waits for a task, so many seconds at most."""


def uninterrupted() -> nullcontext[None]:
    """Let what is done within come to its end. A second Ctrl-C ends it nevertheless."""
    return nullcontext()
