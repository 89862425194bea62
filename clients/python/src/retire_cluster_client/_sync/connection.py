# Generated from clients/python/src/retire_cluster_client/_async/connection.py by `npm run generate`.
"""Requests: sent, repeated where that is safe, and their answers read."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Callable, NoReturn, TypeVar

import httpx

from .._failures import ApiConnectionError, ApiTimeoutError, RetireClusterError
from .._protocol import Arguments, Data, Operation, Settings, data_of, request_of, stranger, text_of
from .._retrying import PATIENCE, pause_after
from .runtime import sleep

if TYPE_CHECKING:
    from .._typing import Unpack
    from .runtime import Walk

T = TypeVar("T")

# What an answer that the API gives at the deadline needs to arrive.
_JOURNEY = 1.0


class Connection:
    """The API at an address."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        self.settings = settings
        self.http = http

    def call(
        self,
        operation: Operation[Data],
        *,
        wait: float = 0,
        deadline: float | None = None,
        **arguments: Unpack[Arguments],
    ) -> Data:
        """Call an operation, and give the `data` of its answer.

        The API may wait `wait` seconds before it answers. With a `deadline`, an instant of the monotonic clock, it is
        tried again until then, for as long as the API is not there.
        """
        data: Data = self._repeated(data_of, operation, wait, deadline, arguments)
        return data

    def text(self, operation: Operation[str], **arguments: Unpack[Arguments]) -> str:
        """Call an operation that answers with text."""
        arguments["headers"] = {"accept": "text/plain"}
        return self._repeated(text_of, operation, 0, None, arguments)

    def open(
        self, operation: Operation[Any], *, silence: float | None, **arguments: Unpack[Arguments]
    ) -> httpx.Response:
        """Call an operation once, and give its answer as soon as its head is there. Who asks for it closes it.

        `silence` is how many seconds nothing may come before the connection is taken for dead; None is for ever.
        """
        response = self._send(operation, arguments, silence, stream=True)
        if not response.is_success:
            self._refused(response)
        return response

    def pieces(self, response: httpx.Response) -> Walk[str]:
        """Walk the text of an answer, in pieces as they come."""
        try:
            for piece in response.iter_text():
                yield piece
        except httpx.RequestError as error:
            raise ApiConnectionError("The connection broke off.") from error
        finally:
            response.close()

    def raw_pieces(self, response: httpx.Response) -> Walk[bytes]:
        """Walk the bytes of an answer, in pieces as they come."""
        try:
            for piece in response.iter_bytes():
                yield piece
        except httpx.RequestError as error:
            raise ApiConnectionError("The connection broke off.") from error
        finally:
            response.close()

    def _repeated(
        self,
        read: Callable[[httpx.Response], T],
        operation: Operation[Any],
        wait: float,
        deadline: float | None,
        arguments: Arguments,
    ) -> T:
        # Who names a deadline has said how long is too long.
        patience = PATIENCE if deadline is None else inf
        repeatable = operation.repeatable or "idempotency_key" in arguments or "repeatable" in arguments
        attempt = 0
        while True:
            silence = self.settings.timeout + wait
            if deadline is not None:
                silence = min(silence, max(0.0, deadline - monotonic()) + _JOURNEY)
            try:
                return read(self._send(operation, arguments, silence))
            except RetireClusterError as error:
                attempt += 1
                seconds = pause_after(error, attempt, repeatable=repeatable, patience=patience)
                over = attempt > self.settings.max_retries if deadline is None else monotonic() >= deadline
                # What was sent of a file is gone; who has it sends it again.
                over = over or "content" in arguments
                if seconds is None or over:
                    raise
            sleep(seconds if deadline is None else min(seconds, max(0.0, deadline - monotonic())))

    def _send(
        self, operation: Operation[Any], arguments: Arguments, silence: float | None, *, stream: bool = False
    ) -> httpx.Response:
        request = request_of(self.settings, operation, **arguments)
        try:
            return self.http.send(
                self.http.build_request(
                    request.method,
                    request.url,
                    params=request.params,
                    headers=request.headers,
                    content=request.content,
                    timeout=httpx.Timeout(self.settings.timeout, read=silence),
                ),
                stream=stream,
                # Followed, a redirect would carry the key to wherever it points.
                follow_redirects=False,
            )
        except httpx.RequestError as error:
            raise self._failure(error) from error

    def _refused(self, response: httpx.Response) -> NoReturn:
        try:
            response.read()
        except httpx.RequestError as error:
            raise self._failure(error) from error
        finally:
            response.close()
        data_of(response)
        raise stranger(response)

    def _failure(self, error: httpx.RequestError) -> ApiConnectionError:
        if isinstance(error, httpx.TimeoutException):
            return ApiTimeoutError(f"The API at {self.settings.url} did not answer in time.")
        return ApiConnectionError(f"The API at {self.settings.url} cannot be reached: {error or type(error).__name__}")
