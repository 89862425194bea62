"""When a request is sent again, and after how long."""

from __future__ import annotations

import random

from ._failures import ApiConnectionError, ApiError, RetireClusterError

PATIENCE = 30.0
"""A longer wait, in seconds, is not for a library to decide: the error goes to the caller, and tells it."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0

# By these, something between here and the API says "not now" rather than "no" (RFC 9110 §15.5.9, RFC 8470, RFC 6585).
_NOT_NOW = (408, 425, 429)

# RFC 9110 §15.5.
_CLIENT_ERRORS = range(400, 500)


def pause(attempt: int, at_least: float = 0.0) -> float:
    """Seconds before repetition `attempt`, from 1 on."""
    ceiling = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
    # Full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
    return at_least + random.random() * ceiling


def _refused(error: ApiConnectionError) -> bool:
    """Tell whether something else than the API said no, as a proxy does to a body that is too large for it."""
    return error.status in _CLIENT_ERRORS and error.status not in _NOT_NOW


def pause_after(
    error: RetireClusterError, attempt: int, *, repeatable: bool, patience: float = PATIENCE
) -> float | None:
    """Seconds before a request that failed is sent again for the `attempt`th time; None where that makes no sense.

    `repeatable` requests do by being sent twice what they do by being sent once. Others are repeated only where the API
    said that it did nothing. None is where it asks for a longer pause than `patience`, in seconds.
    """
    if isinstance(error, ApiConnectionError):
        return pause(attempt) if repeatable and not _refused(error) else None
    if not isinstance(error, ApiError) or error.code not in ("RATE_LIMIT_EXCEEDED", "CLUSTER_UNAVAILABLE"):
        return None
    at_least = error.retry_after or 0.0
    return None if at_least > patience else pause(attempt, at_least)
