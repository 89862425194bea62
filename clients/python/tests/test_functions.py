"""Which functions can be sent, and what is sent of them."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Callable

import pytest

from retire_cluster_client import ClusterClient
from retire_cluster_client._exact_json import inexact
from retire_cluster_client._functions import calls_of, source_of

from .serving import serving, success

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT = 3
GREETING = """
   hello"""


def whole(counts: Mapping[str, int], least: int = 2) -> list[str]:
    """Use what a function may use: builtins, its own names, imports, itself."""
    import collections  # noqa: PLC0415
    from string import ascii_lowercase as letters  # noqa: PLC0415

    class Kept:
        most = 5
        more = most + 1

        def holds(self, word: str) -> bool:
            return counts[word] >= least and word in letters and isinstance(self, Kept)

    if least == 0:
        return whole(counts, 1)
    annotated: Mapping[str, int] = collections.OrderedDict(counts)
    return sorted(word for word in annotated if Kept().holds(word) if any(Kept.more == n for n in range(9)))


if hasattr(math, "nextafter"):

    def indented() -> str:
        return """
   hello"""


def limited(numbers: list[int]) -> list[int]:
    return [number for number in numbers if any(number < LIMIT for _ in "a")]


def rounded(number: float) -> int:
    return math.floor(number) + len(GREETING)


def defaulting(number: int, limit: int = LIMIT) -> bool:
    return number < limit


def counting(number: int) -> int:
    global LIMIT  # noqa: PLW0603
    LIMIT = LIMIT + number
    return LIMIT


def logged(function: Callable[[int], int]) -> Callable[[int], int]:
    @functools.wraps(function)
    def wrapper(number: int) -> int:
        return function(number)

    return wrapper


@logged
def decorated(number: int) -> int:
    return number


class Thing:
    def method(self) -> None: ...

    @staticmethod
    def static() -> None: ...


def _run(function: Callable[..., Any], *args: object) -> object:
    """Call a function as a device does: by its source alone, and with arguments that have been JSON."""
    namespace: dict[str, Any] = {}
    exec(source_of(function), namespace)  # noqa: S102
    return namespace[function.__name__](*json.loads(json.dumps(args)))


def test_a_function_that_stands_by_itself_works_by_its_source() -> None:
    counts = Counter("aabbc")
    assert whole(counts) == ["a", "b"]
    assert _run(whole, counts) == ["a", "b"]
    assert _run(whole, counts, 0) == ["a", "b", "c"]
    assert _run(indented) == indented() == GREETING


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (limited, "LIMIT"),
        (rounded, "GREETING, math"),
        (defaulting, "LIMIT"),
        (counting, "LIMIT"),
        (decorated, "logged"),
    ],
)
def test_one_that_uses_its_module_is_refused_by_name(function: Callable[..., object], names: str) -> None:
    with pytest.raises(ValueError, match=rf"^\w+ cannot be sent, as it uses {names} of its module: import what it "):
        source_of(function)


def test_one_that_does_not_stand_at_the_top_of_a_module_is_refused() -> None:
    factor = 2

    def closure(number: int) -> int:
        return factor * number

    for inner in (closure, Thing.method, Thing.static):
        with pytest.raises(ValueError, match=r"(closure|method|static).* cannot be sent, .*top level of .* module"):
            source_of(inner)
    others: list[Callable[..., object]] = [lambda number: number, len, Thing, Thing().method]
    others += [functools.partial(limited, []), functools.lru_cache(limited)]
    for other in others:
        with pytest.raises(ValueError, match=r" cannot be sent: write a function with def, at the top level"):
            source_of(other)


def test_one_without_a_source_is_refused() -> None:
    namespace: dict[str, Any] = {}
    exec("def typed_in(): return 1", namespace)  # noqa: S102
    with pytest.raises(ValueError, match="typed_in cannot be sent, as nothing holds its source: write it to a file"):
        source_of(namespace["typed_in"])


def test_what_cannot_be_sent_is_refused_before_anything_is() -> None:
    with serving(success({})) as server, ClusterClient(server.url) as client:
        with pytest.raises(ValueError, match="limited cannot be sent"):
            client.map(limited, [[1]])
        assert server.seen == []


@pytest.mark.parametrize(
    "value", [None, True, -1, 2**53 - 1, 0.5, "é", [], (1, [2]), {"a": {"b": ()}}, Counter("ab"), [[[[[]]]]]]
)
def test_what_json_has_is_taken(value: object) -> None:
    assert inexact(value) is None


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"a": [1, {2}]}, "['a'][1] is of the type set"),
        ((1, {2: 3}), "[1] has the key 2, which is no text"),
        (2**53, " is a whole number beyond 2^53"),
        ([math.inf], "[0] is inf"),
        (b"x", " is of the type bytes"),
    ],
)
def test_what_json_lacks_is_told_with_its_place(value: object, problem: str) -> None:
    assert inexact(value) == problem
    with pytest.raises(ValueError, match=r"^Item 1 cannot be sent, as it is no JSON: item") as raised:
        list(calls_of(whole, [{}, value]))
    assert problem in str(raised.value)


def test_what_holds_itself_is_no_json() -> None:
    ring: list[object] = []
    ring.append(ring)
    assert str(inexact(ring)).endswith(" lies too deep")
