"""Functions as they are sent to devices: by their source, which knows nothing of the program that it is taken from."""

from __future__ import annotations

import builtins
import dis
import inspect
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Callable

from ._exact_json import inexact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Annotations are for who reads and checks a function: no device needs the types that they name.
_HEAD = "from __future__ import annotations\n\n"

_BUILTINS = frozenset(dir(builtins))


def _looked_up(code: CodeType) -> set[str]:
    """Give the names that code, or what lies within it, looks for at the top level of its module."""
    instructions = list(dis.get_instructions(code))
    loaded = {one.argval for one in instructions if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    # In a class, a name may be its own.
    stored = {one.argval for one in instructions if one.opname == "STORE_NAME"}
    return (loaded - stored).union(*(_looked_up(one) for one in code.co_consts if isinstance(one, CodeType)))


def _text_of(function: FunctionType) -> str:
    try:
        text = inspect.getsource(function)
    except OSError:
        raise ValueError(
            f"{function.__name__} cannot be sent, as nothing holds its source: write it to a file."
        ) from None
    # Within an `if` or a `try` of its module. Its lines stay as they are: texts may go over several of them.
    return f"if True:\n{text}" if text[0].isspace() else text


def source_of(function: Callable[..., object]) -> str:
    """Give a source that defines a function without the rest of its module. Raises ValueError where there is none."""
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        raise ValueError(f"{function!r} cannot be sent: write a function with def, at the top level of a module.")
    if "." in function.__qualname__:
        raise ValueError(
            f"{function.__qualname__} cannot be sent, as it is part of a function or a class:"
            " move it to the top level of its module, and import what it needs inside the function."
        )
    name = function.__name__
    source = _HEAD + _text_of(function)
    foreign = _looked_up(compile(source, "<source>", "exec", dont_inherit=True)) - _BUILTINS - {name}
    if foreign:
        raise ValueError(
            f"{name} cannot be sent, as it uses {', '.join(sorted(foreign))} of its module:"
            " import what it needs inside the function, and give it the rest with each item."
        )
    return source


def calls_of(function: Callable[[Any], object], items: Iterable[object]) -> Iterator[dict[str, object]]:
    """Give the payload of a task for each item. Raises ValueError where the function or an item cannot be sent."""
    source = source_of(function)

    def payload(number: int, item: object) -> dict[str, object]:
        problem = inexact(item)
        if problem is not None:
            raise ValueError(f"Item {number} cannot be sent, as it is no JSON: item{problem}.")
        return {"source": source, "function": function.__name__, "args": [item]}

    return (payload(number, item) for number, item in enumerate(items))
