"""What both drivers of Python have in common; drive.mjs is the same for Node."""

MESSAGE = "hello"
"""What each task is given, and gives back."""


def expect_message(result: object) -> None:
    """Fails unless this is the result of a task."""
    if result != MESSAGE:
        raise ValueError(f"the result of a task is {result!r}")
