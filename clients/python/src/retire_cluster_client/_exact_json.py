"""What JSON has exactly, so that it arrives as it was sent."""

from __future__ import annotations

import math

# Beyond it the numbers of JavaScript, in which the API is written, leave some out.
_SAFE_INTEGER = 2**53 - 1

# A body is nested 32 levels at most.
_DEEPEST = 32


def _problem_of(value: object) -> str | None:
    if isinstance(value, int) and abs(value) > _SAFE_INTEGER:
        return " is a whole number beyond 2^53"
    if isinstance(value, float) and not math.isfinite(value):
        return f" is {value}"
    return None if value is None or isinstance(value, (str, int, float)) else f" is of the type {type(value).__name__}"


def inexact(value: object, levels: int = _DEEPEST) -> str | None:
    """Say where and why JSON does not have a value exactly, such as `['a'][0] is of the type set`; None where it does.

    A tuple is a list there. The worker measures what a function returns in the same way.
    """
    if not isinstance(value, (dict, list, tuple)):
        return _problem_of(value)
    if levels == 0:
        return " lies too deep"
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, dict) and not isinstance(key, str):
            return f" has the key {key!r}, which is no text"
        within = inexact(item, levels - 1)
        if within is not None:
            return f"[{key!r}]{within}"
    return None
