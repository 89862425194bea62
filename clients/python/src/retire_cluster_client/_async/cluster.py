"""The cluster as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import AsyncConnection


class AsyncCluster:
    """The operations on the cluster."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def status(self) -> models.ClusterStatus:
        """Give the cluster in figures."""
        return await self._connection.call(operations.GET_CLUSTER_STATUS)

    async def health(self) -> models.ClusterHealth:
        """Check each part of the cluster, now."""
        return await self._connection.call(operations.GET_CLUSTER_HEALTH)

    async def metrics(self, **query: Unpack[models.GetClusterMetricsQuery]) -> models.ClusterMetrics:
        """Give usage and tasks over a period."""
        return await self._connection.call(operations.GET_CLUSTER_METRICS, query=query)
