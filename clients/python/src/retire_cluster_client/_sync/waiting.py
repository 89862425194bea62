# Generated from clients/python/src/retire_cluster_client/_async/waiting.py by `npm run generate`.
"""Waiting for something that takes longer than one call may."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from .._failures import ApiConnectionError, WaitTimeoutError
from ..errors import ClusterUnavailableError, RateLimitExceededError

if TYPE_CHECKING:
    from .runtime import Ask, Item

LONGEST_WAIT = 60.0
"""The longest that the API waits in one call, in seconds."""


def wait_for(ask: Ask[Item], timeout: float | None, per_call: float = LONGEST_WAIT) -> Item:
    """Ask until there is an answer.

    Raises WaitTimeoutError after `timeout` seconds.
    """
    deadline = inf if timeout is None else monotonic() + timeout
    while True:
        try:
            # Three decimals: the API reads no exponents.
            answer = ask(round(min(per_call, max(0.0, deadline - monotonic())), 3), deadline)
        except (ApiConnectionError, ClusterUnavailableError, RateLimitExceededError) as error:
            if monotonic() < deadline:
                raise
            raise WaitTimeoutError(f"It did not end within {timeout} s.") from error
        if answer is not None:
            return answer
        if monotonic() >= deadline:
            raise WaitTimeoutError(f"It did not end within {timeout} s.")
