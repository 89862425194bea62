# Generated from clients/python/src/retire_cluster_client/_async/client.py by `npm run generate`.
"""The client: an address, a key, and the operations by what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar, overload

import httpx

from .._protocol import Settings
from .artifacts import Artifacts
from .audit import Audit
from .cluster import Cluster
from .config import Config
from .connection import Connection
from .devices import Devices
from .join_tokens import JoinTokens
from .keys import Keys
from .logs import Logs
from .mapping import map_function, map_tasks
from .monitor import Monitor
from .stats import Stats
from .tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._protocol import Language
    from .._typing import Self, Unpack
    from ..models import BatchProgress, SubmissionOptions, Task

Item = TypeVar("Item")


class ClusterClient:
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
        http_client: httpx.Client | None = None,
    ) -> None:
        self._owns_http = http_client is None
        settings = Settings(url, api_key, timeout, max_retries, language)
        connection = Connection(settings, http_client or httpx.Client())
        self._connection = connection
        self.artifacts = Artifacts(connection)
        self.audit = Audit(connection)
        self.cluster = Cluster(connection)
        self.config = Config(connection)
        self.devices = Devices(connection)
        self.join_tokens = JoinTokens(connection)
        self.keys = Keys(connection)
        self.logs = Logs(connection)
        self.monitor = Monitor(connection)
        self.stats = Stats(connection)
        self.tasks = Tasks(connection)

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> ClusterClient:
        """Give a client of the same cluster, over the same connections, that is more or less patient."""
        settings = self._connection.settings
        return ClusterClient(
            settings.url,
            settings.api_key,
            timeout=settings.timeout if timeout is None else timeout,
            max_retries=settings.max_retries if max_retries is None else max_retries,
            language=settings.language,
            http_client=self._connection.http,
        )

    @overload
    def map(
        self,
        task_type: str,
        /,
        items: Iterable[Mapping[str, object]],
        *,
        on_progress: Callable[[BatchProgress], object] | None = None,
        **options: Unpack[SubmissionOptions],
    ) -> list[Task]: ...

    @overload
    def map(
        self,
        function: Callable[[Item], object],
        /,
        items: Iterable[Item],
        *,
        on_progress: Callable[[BatchProgress], object] | None = None,
        **options: Unpack[SubmissionOptions],
    ) -> list[Any]: ...

    def map(
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
            return map_tasks(self._connection, work, items, on_progress, options)
        return map_function(self._connection, work, items, on_progress, options)

    def close(self) -> None:
        """Close the connections. Those of a client that was given are left to who gave it."""
        if self._owns_http:
            self._connection.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
