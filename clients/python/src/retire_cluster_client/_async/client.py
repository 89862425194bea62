"""The client: an address, a key, and the operations by what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar, overload

import httpx

from .._protocol import Settings
from .artifacts import AsyncArtifacts
from .audit import AsyncAudit
from .cluster import AsyncCluster
from .config import AsyncConfig
from .connection import AsyncConnection
from .devices import AsyncDevices
from .join_tokens import AsyncJoinTokens
from .keys import AsyncKeys
from .logs import AsyncLogs
from .mapping import map_function, map_tasks
from .monitor import AsyncMonitor
from .stats import AsyncStats
from .tasks import AsyncTasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._protocol import Language
    from .._typing import Self, Unpack
    from ..models import BatchProgress, SubmissionOptions, Task

Item = TypeVar("Item")


class AsyncClusterClient:
    """A Retire-Cluster. Nothing is sent before the first call.

    It keeps connections open from call to call: use it as a context, or close it.

    - `url`: the base of the API, without `/api/v1`
    - `api_key`: where the API asks for one
    - `timeout`: seconds that the API may be silent, beyond what the call itself waits for
    - `max_retries`: how often a request that failed is sent again, where that is safe
    - `language`: of the error messages; None is English
    - `http_client`: what carries the requests, for a proxy or certificates of your own; who made it closes it
    """

    def __init__(
        self,
        url: str = "http://localhost:8081",
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        max_retries: int = 2,
        language: Language | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._owns_http = http_client is None
        settings = Settings(url, api_key, timeout, max_retries, language)
        connection = AsyncConnection(settings, http_client or httpx.AsyncClient())
        self._connection = connection
        self.artifacts = AsyncArtifacts(connection)
        self.audit = AsyncAudit(connection)
        self.cluster = AsyncCluster(connection)
        self.config = AsyncConfig(connection)
        self.devices = AsyncDevices(connection)
        self.join_tokens = AsyncJoinTokens(connection)
        self.keys = AsyncKeys(connection)
        self.logs = AsyncLogs(connection)
        self.monitor = AsyncMonitor(connection)
        self.stats = AsyncStats(connection)
        self.tasks = AsyncTasks(connection)

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> AsyncClusterClient:
        """Give a client of the same cluster, over the same connections, that is more or less patient."""
        settings = self._connection.settings
        return AsyncClusterClient(
            settings.url,
            settings.api_key,
            timeout=settings.timeout if timeout is None else timeout,
            max_retries=settings.max_retries if max_retries is None else max_retries,
            language=settings.language,
            http_client=self._connection.http,
        )

    @overload
    async def map(
        self,
        task_type: str,
        /,
        items: Iterable[Mapping[str, object]],
        *,
        on_progress: Callable[[BatchProgress], object] | None = None,
        **options: Unpack[SubmissionOptions],
    ) -> list[Task]: ...

    @overload
    async def map(
        self,
        function: Callable[[Item], object],
        /,
        items: Iterable[Item],
        *,
        on_progress: Callable[[BatchProgress], object] | None = None,
        **options: Unpack[SubmissionOptions],
    ) -> list[Any]: ...

    async def map(
        self,
        work: str | Callable[[Any], object],
        /,
        items: Iterable[Any],
        *,
        on_progress: Callable[[BatchProgress], object] | None = None,
        **options: Unpack[SubmissionOptions],
    ) -> list[Any]:
        """Run a task type or a function over many items, a task for each.

        Of a task type, whose items are payloads, it gives the tasks as they ended, in the order of the items; failed
        ones are among them, with their `error`.

        A function is called with each item on devices that allow `python`, and what it returned is given, in the order
        of the items; items and values are JSON, where a tuple becomes a list. It is sent as its source: it stands at
        the top level of a module, and imports inside itself what it needs. Raises ValueError for any other, and
        MapFailedError, when all have ended, where some failed.

        It submits as few batches as it takes. `on_progress` is told of how far it is, at least every two seconds. What
        ends it early (Ctrl-C, a cancellation, an error) cancels what of its batch has not ended: a `batch_id` that is
        given is to be no other's.
        """
        if isinstance(work, str):
            return await map_tasks(self._connection, work, items, on_progress, options)
        return await map_function(self._connection, work, items, on_progress, options)

    async def aclose(self) -> None:
        """Close the connections. Those of a client that was given are left to who gave it."""
        if self._owns_http:
            await self._connection.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
