"""What a file contains that is sent: bytes, or what stands at a path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

Content = Union[bytes, str, "os.PathLike[str]"]
"""Bytes, or the path of a file."""

# So much of a file is in memory at a time.
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class SentFile:
    """A file that is sent: what it contains, and how to read it again and again."""

    source: Content
    sha256: str
    size: int

    def pieces(self, offset: int) -> Iterator[bytes]:
        """Read it from `offset` on."""
        return _pieces(self.source, offset)


def _pieces(source: Content, offset: int = 0) -> Iterator[bytes]:
    if isinstance(source, bytes):
        for first in range(offset, len(source), _PIECE):
            yield source[first : first + _PIECE]
        return
    with open(source, "rb") as file:
        file.seek(offset)
        while piece := file.read(_PIECE):
            yield piece


def content_of(source: Content) -> SentFile:
    """Read a file once, for its hash."""
    digest = hashlib.sha256()
    size = 0
    for piece in _pieces(source):
        digest.update(piece)
        size += len(piece)
    return SentFile(source, digest.hexdigest(), size)
