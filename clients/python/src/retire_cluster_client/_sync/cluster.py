# Generated from clients/python/src/retire_cluster_client/_async/cluster.py by `npm run generate`.
"""The cluster as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import Connection


class Cluster:
    """The operations on the cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def status(self) -> models.ClusterStatus:
        """Give the cluster in figures."""
        return self._connection.call(operations.GET_CLUSTER_STATUS)

    def health(self) -> models.ClusterHealth:
        """Check each part of the cluster, now."""
        return self._connection.call(operations.GET_CLUSTER_HEALTH)

    def metrics(self, **query: Unpack[models.GetClusterMetricsQuery]) -> models.ClusterMetrics:
        """Give usage and tasks over a period."""
        return self._connection.call(operations.GET_CLUSTER_METRICS, query=query)
