# Generated from clients/python/src/retire_cluster_client/_async/artifacts.py by `npm run generate`.
"""Files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations
from .._content import Content, content_of
from .._failures import ApiError, RetireClusterError
from .._retrying import pause, pause_after
from .runtime import sleep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .. import models
    from .connection import Connection
    from .runtime import Walk

# One call takes so many hashes.
_HASHES_A_CALL = 1000

# Less, in bytes, is sent again sooner than it is asked for, and a question counts as a read.
_LEAST_ASKED = 1024 * 1024

# So often it is tried without a byte more before it is given up.
_MOST_FAILURES = 8

# A file that comes gives a piece at least so often, in seconds, or its connection is dead.
_SILENCE = 60.0

# RFC 9110 §15.3.7.
_PARTIAL = 206


class Artifacts:
    """The operations on files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upload(self, content: Content) -> models.Artifact:
        """Store a file: bytes, or what stands at a path, which is read piece by piece.

        It is hashed first, so that what is changed on the way is refused. A transfer that breaks goes on where it was.
        """
        file = content_of(content)
        offset = 0 if file.size < _LEAST_ASKED else self._reached(file.sha256)
        attempt = 0
        while True:
            try:
                return self._connection.call(
                    operations.STORE_ARTIFACT,
                    query={"sha256": file.sha256, "offset": offset or None},
                    headers={"content-length": str(file.size - offset)},
                    content=self._pieces(file.pieces(offset)),
                )
            except RetireClusterError as error:
                attempt += 1
                # Somebody else has sent more of it, or its beginning is gone: where it goes on is asked for anew.
                elsewhere = offset > 0 and isinstance(error, ApiError) and error.code == "VALIDATION_ERROR"
                seconds = pause(attempt) if elsewhere else pause_after(error, attempt, repeatable=True)
                if seconds is None or attempt > _MOST_FAILURES:
                    raise
            sleep(seconds)
            reached = self._reached(file.sha256)
            if reached > offset:
                attempt = 0
            offset = reached

    def download(self, sha256: str, *, start: int = 0) -> Walk[bytes]:
        """Walk the bytes of a file from `start` on, in pieces as they come.

        A connection that breaks is made anew, and it goes on where it was. Nothing is compared with the hash: whoever
        must be sure does that.
        """
        attempt = 0
        while True:
            try:
                response = self._connection.open(
                    operations.GET_ARTIFACT,
                    path={"sha256": sha256},
                    headers={"accept": "*/*", **({"range": f"bytes={start}-"} if start > 0 else {})},
                    silence=_SILENCE,
                )
                # What stands between here and the API may know no parts of files, and sends all.
                known = 0 if response.status_code == _PARTIAL else start
                for piece in self._connection.raw_pieces(response):
                    rest = piece[known:]
                    known = max(0, known - len(piece))
                    if rest:
                        start += len(rest)
                        attempt = 0
                        yield rest
            except RetireClusterError as error:
                attempt += 1
                seconds = pause_after(error, attempt, repeatable=True)
                if seconds is None or attempt > _MOST_FAILURES:
                    raise
            else:
                return
            sleep(seconds)

    def missing(self, sha256: Iterable[str]) -> models.ArtifactsMissing:
        """Tell which of these are not stored, and of which of them a part is: any number, asked for by the thousand."""
        everything: models.ArtifactsMissing = {"missing": [], "partial": []}
        different = list(dict.fromkeys(sha256))
        for first in range(0, len(different), _HASHES_A_CALL):
            part = self._connection.call(
                operations.FIND_MISSING_ARTIFACTS,
                body={"sha256": different[first : first + _HASHES_A_CALL]},
                repeatable=True,
            )
            everything["missing"] += part["missing"]
            everything["partial"] += part["partial"]
        return everything

    def remove(self, sha256: str) -> models.ArtifactRemoved:
        """Remove a file. One that unfinished tasks name is refused with `ARTIFACT_IN_USE`."""
        return self._connection.call(operations.REMOVE_ARTIFACT, path={"sha256": sha256})

    def _reached(self, sha256: str) -> int:
        partial = (self.missing([sha256]))["partial"]
        return partial[0]["bytes"] if partial else 0

    def _pieces(self, pieces: Iterator[bytes]) -> Walk[bytes]:
        for piece in pieces:
            yield piece
